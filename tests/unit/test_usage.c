/* Tests of usage: --help and the manual against the table of options. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manual.h"
#include "options.h"
#include "rules.h"
#include "usage.h"

static void test_the_text_fits_and_ends_in_a_whole_line(void **state)
{
	char help[USAGE_MAX];
	size_t len;

	(void)state;
	memset(help, 0xa5, sizeof(help));
	usage_text(help);
	len = strnlen(help, sizeof(help));
	assert_between(len, 1000, sizeof(help) - 2);
	assert_int_equal(help[len - 1], '\n');
	assert_contains(help, "udplogger(8).\n");
}

static void test_no_line_is_wider_than_80_columns(void **state)
{
	char help[USAGE_MAX];
	const char *line = help;

	(void)state;
	usage_text(help);
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		assert_between(len, 0, 80);
		if (len > 0)
			assert_int_not_equal(line[len - 1], ' ');
		line += len + (line[len] == '\n');
	}
}

/* Each option begins a line; its default and range come before the next. */
static void test_help_has_every_option_with_default_and_range(void **state)
{
	const struct rule *rule;
	char help[USAGE_MAX], part[512];
	char *at = help;
	size_t i;

	(void)state;
	usage_text(help);
	for (i = 0; (rule = rules_nth(i)); i++) {
		char *next;

		snprintf(part, sizeof(part), "\n  %s=%s ", rule->name,
			 rule->value);
		next = strstr(at, part);
		if (!next)
			fail_msg("no '%s' where it should be", part);
		at = next + strlen(part);
		snprintf(part, sizeof(part), "default %s; %s\n", rule->fallback,
			 rule->allowed);
		next = strstr(at, part);
		if (!next)
			fail_msg("%s: no '%s'", rule->name, part);
		assert_true(next - at < 200);
		at = next;
	}
}

static void test_help_has_every_line_of_what_an_option_is_for(void **state)
{
	const struct rule *rule;
	char help[USAGE_MAX], part[512];
	size_t i;

	(void)state;
	usage_text(help);
	for (i = 0; (rule = rules_nth(i)); i++) {
		const char *line = rule->help;

		while (*line != '\0') {
			size_t len = strcspn(line, "\n");

			snprintf(part, sizeof(part), " %.*s\n", (int)len, line);
			assert_contains(help, part);
			line += len + (line[len] == '\n');
		}
	}
}

static void test_help_has_the_flags(void **state)
{
	char help[USAGE_MAX];

	(void)state;
	usage_text(help);
	assert_contains(help, "\n  --check ");
	assert_contains(help, "\n  -h, --help ");
	assert_contains(help, "\n  -V, --version ");
}

/* ---- the manual ---- */

/* The plain text of the item that begins at @item, up to the next. */
static void item_text(char *text, const char *item)
{
	const char *end = strstr(item + 1, "\n.It ");

	manual_plain(text, item, end ? (size_t)(end - item) : strlen(item));
}

static void test_the_manual_has_every_option_with_default_and_range(void **s)
{
	static char manual[MANUAL_MAX], text[MANUAL_MAX];
	const struct rule *rule;
	char *options, part[512];
	size_t i;

	(void)s;
	manual_read(manual);
	options = manual_section(manual, "OPTIONS");
	for (i = 0; (rule = rules_nth(i)); i++) {
		const char *item;

		snprintf(part, sizeof(part), "\n.It Cm %s= Ns Ar ", rule->name);
		item = strstr(options, part);
		if (!item) {
			fail_msg("%s: no '%s'", MANUAL, part + 1);
			return;
		}
		item_text(text, item);
		snprintf(part, sizeof(part), " Default %s, ", rule->fallback);
		assert_contains(text, part);
		snprintf(part, sizeof(part), " %s. ", rule->allowed);
		assert_contains(text, part);
	}
}

static void test_the_manual_has_no_option_that_is_not_there(void **state)
{
	static char manual[MANUAL_MAX];
	static const char begin[] = "\n.It Cm ";
	const struct rule *rule;
	const char *at;
	size_t i;

	(void)state;
	manual_read(manual);
	at = manual_section(manual, "OPTIONS");
	for (i = 0; (at = strstr(at, begin)); i++) {
		size_t len;

		at += sizeof(begin) - 1;
		rule = rules_nth(i);
		len = strcspn(at, "=\n");
		if (!rule || strlen(rule->name) != len ||
		    memcmp(at, rule->name, len) != 0)
			fail_msg("%s: '%.*s' is another in the code", MANUAL,
				 (int)len, at);
	}
	assert_null(rules_nth(i));
}

/* "Live, and changed at once, are A , B and C ." lists those, and no others. */
static void test_the_manual_lists_what_is_live(void **state)
{
	static char manual[MANUAL_MAX], text[MANUAL_MAX];
	const char *begin, *end;
	const struct rule *rule;
	char name[32];
	size_t i;

	(void)state;
	manual_read(manual);
	begin = strstr(manual, "\nLive, and changed at once, are\n");
	assert_non_null(begin);
	begin = strchr(begin + 1, '\n') + 1;
	end = strstr(begin, "\nA change of any other");
	assert_non_null(end);
	text[0] = ' ';
	manual_plain(text + 1, begin, (size_t)(end - begin));
	for (i = 0; (rule = rules_nth(i)); i++) {
		snprintf(name, sizeof(name), " %s ", rule->name);
		if (!strstr(text, name) == rule->live)
			fail_msg("%s: in the table live is %d", rule->name,
				 rule->live);
	}
}

static void test_the_manual_has_the_flags(void **state)
{
	static char manual[MANUAL_MAX];
	char *options;

	(void)state;
	manual_read(manual);
	options = manual_section(manual, "OPTIONS");
	assert_contains(options, "\n.It Fl Fl check\n");
	assert_contains(options, "\n.It Fl h , Fl Fl help\n");
	assert_contains(options, "\n.It Fl V , Fl Fl version\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_text_fits_and_ends_in_a_whole_line),
		cmocka_unit_test(test_no_line_is_wider_than_80_columns),
		cmocka_unit_test(
			test_help_has_every_option_with_default_and_range),
		cmocka_unit_test(
			test_help_has_every_line_of_what_an_option_is_for),
		cmocka_unit_test(test_help_has_the_flags),
		cmocka_unit_test(
			test_the_manual_has_every_option_with_default_and_range),
		cmocka_unit_test(
			test_the_manual_has_no_option_that_is_not_there),
		cmocka_unit_test(test_the_manual_lists_what_is_live),
		cmocka_unit_test(test_the_manual_has_the_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
