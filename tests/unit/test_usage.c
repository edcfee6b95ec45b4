/* Tests of usage: --help and the manual against the table of options. */
#include "unit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "rules.h"
#include "usage.h"

#define MANUAL	   "man/udplogger.8"
#define MANUAL_MAX 100000

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in: %s", part, text);
}

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
	assert_contains(help, "See udplogger(8).\n");
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
	assert_contains(help, "\n  --help ");
	assert_contains(help, "\n  --version ");
}

/* ---- the manual ---- */

/* Skips where there is no manual because this isn't run from the top. */
static void read_manual(char *manual)
{
	FILE *file = fopen(MANUAL, "r");
	FILE *top = fopen("lib/settings/rules.h", "r");
	size_t len;

	if (top)
		fclose(top);
	if (!file && !top) {
		skip_because("not run from the top directory");
	}
	assert_non_null(file);
	len = fread(manual, 1, MANUAL_MAX - 1, file);
	fclose(file);
	assert_between(len, 1000, MANUAL_MAX - 2);
	manual[len] = '\0';
}

/* Cuts out the section OPTIONS; returns its first byte. */
static char *options_section(char *manual)
{
	char *begin = strstr(manual, "\n.Sh OPTIONS\n");
	char *end;

	assert_non_null(begin);
	end = strstr(begin + 1, "\n.Sh ");
	assert_non_null(end);
	end[1] = '\0';
	return begin;
}

/*
 * Makes mdoc plain: a request's or macro's name goes, "Ns" joins the words
 * beside it, \& is nothing, \- is -, and ends of lines become spaces.
 */
static void make_plain(char *out, const char *in, size_t len)
{
	const char *end = in + len;
	bool at_line = true;

	while (in < end) {
		if (at_line && *in == '.')
			in += strcspn(in, " \n");
		at_line = *in == '\n';
		if (end - in >= 2 && memcmp(in, "\\&", 2) == 0) {
			in += 2;
		} else if (end - in >= 4 && memcmp(in, " Ns ", 4) == 0) {
			in += 4;
		} else if (*in == '\\') {
			in++;
		} else {
			*out++ =
				(char)(isspace((unsigned char)*in) ? ' ' : *in);
			in++;
		}
	}
	*out++ = ' ';
	*out = '\0';
}

/* The plain text of the item that begins at @item, up to the next. */
static void item_text(char *text, const char *item)
{
	const char *end = strstr(item + 1, "\n.It ");

	make_plain(text, item, end ? (size_t)(end - item) : strlen(item));
}

static void test_the_manual_has_every_option_with_default_and_range(void **s)
{
	static char manual[MANUAL_MAX], text[MANUAL_MAX];
	const struct rule *rule;
	char *options, part[512];
	size_t i;

	(void)s;
	read_manual(manual);
	options = options_section(manual);
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
	read_manual(manual);
	at = options_section(manual);
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

static void test_the_manual_has_the_flags(void **state)
{
	static char manual[MANUAL_MAX];
	char *options;

	(void)state;
	read_manual(manual);
	options = options_section(manual);
	assert_contains(options, "\n.It Fl Fl check\n");
	assert_contains(options, "\n.It Fl Fl help\n");
	assert_contains(options, "\n.It Fl Fl version\n");
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
		cmocka_unit_test(test_the_manual_has_the_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
