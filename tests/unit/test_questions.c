/* Tests of questions: the tables against the manual and --help. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "manual.h"
#include "nearest.h"
#include "questions.h"
#include "usage.h"

#define ROW "\n.It Cm "

static char manual[MANUAL_MAX], text[MANUAL_MAX];

/* The first table of the section; there is a NUL at its end. */
static char *table(void)
{
	char *begin, *end;

	manual_read(manual);
	begin = strstr(manual_section(manual, "ASKING"), "\n.Bl -column ");
	assert_non_null(begin);
	end = strstr(begin, "\n.El\n");
	assert_non_null(end);
	end[1] = '\0';
	return begin;
}

/* Row by row, in the order of the code, and none besides. */
static void test_the_manual_has_every_question_as_it_is(void **state)
{
	const struct questions_option *option;
	char modes[QUESTIONS_MODES_MAX], want[512];
	char *row, *end;
	size_t i;

	(void)state;
	row = strstr(table(), ROW);
	for (i = 0; (option = questions_nth(i)); i++) {
		if (!option->set)
			continue;
		questions_name_modes(modes, option);
		snprintf(want, sizeof(want), " Cm %s= Ta %s Ta %s Ta %s ",
			 option->name, modes, option->fallback,
			 option->allowed);
		if (!row)
			fail_msg("%s: no row of%s", MANUAL, want);
		end = strchr(row + 1, '\n');
		assert_non_null(end);
		manual_plain(text, row + 1, (size_t)(end - row - 1));
		assert_string_equal(text, want);
		row = strstr(end, ROW);
	}
	assert_true(i > 0);
	if (row)
		fail_msg("%s has besides: %s", MANUAL, row + 1);
}

static void test_the_manual_has_what_is_read_as_the_daemon_does(void **state)
{
	const struct questions_option *option;
	char *section, name[64];
	size_t i;

	(void)state;
	manual_read(manual);
	section = manual_section(manual, "ASKING");
	*strstr(section, "\n.Bl -column ") = '\0';
	for (i = 0; (option = questions_nth(i)); i++) {
		snprintf(name, sizeof(name), "\n.Cm %s\n", option->name);
		if (!option->set && !strstr(section, name)) {
			snprintf(name, sizeof(name), "\n.Cm %s ,\n",
				 option->name);
			assert_contains(section, name);
		}
	}
}

static void test_the_manual_has_every_mode(void **state)
{
	const struct questions_mode *mode;
	char want[128];
	char *synopsis;
	size_t i;

	(void)state;
	manual_read(manual);
	synopsis = manual_section(manual, "SYNOPSIS");
	for (i = 0; (mode = questions_nth_mode(i)); i++) {
		snprintf(want, sizeof(want), "\n.Fl Fl %s%s\n", mode->name,
			 mode->operand ? " Ar host" : "");
		assert_contains(synopsis, want);
		if (!mode->needs)
			continue;
		snprintf(want, sizeof(want), "\n.Fl Fl %s\n.Cm %s= Ns Ar %s\n",
			 mode->name, mode->needs, mode->needs);
		assert_contains(synopsis, want);
	}
}

static void test_modes_are_in_the_usage_and_near_a_misspelling(void **s)
{
	const struct questions_mode *mode;
	char help[USAGE_MAX], want[64], meant[NEAREST_MAX];
	size_t i;

	(void)s;
	usage_text(help);
	for (i = 0; (mode = questions_nth_mode(i)); i++) {
		snprintf(want, sizeof(want), "\n       udplogger --%s%s%s ",
			 mode->name, mode->operand ? " " : "",
			 mode->operand ? mode->operand : "");
		assert_contains(help, want);
		assert_true(nearest_option(meant, mode->name,
					   strlen(mode->name) - 1,
					   NEAREST_FLAGS_FIRST));
		snprintf(want, sizeof(want), "--%s", mode->name);
		assert_string_equal(meant, want);
	}
}

static void test_help_has_every_question_with_its_default(void **state)
{
	const struct questions_option *option;
	char help[QUESTIONS_HELP_MAX], modes[QUESTIONS_MODES_MAX];
	char part[128];
	const char *at;
	size_t i;

	(void)state;
	questions_help(help);
	at = help;
	for (i = 0; (option = questions_nth(i)); i++) {
		if (!option->set)
			continue;
		snprintf(part, sizeof(part), "\n  %s=%s ", option->name,
			 option->value);
		assert_contains(at, part);
		at = strstr(at, part) + 1;
		questions_name_modes(modes, option);
		snprintf(part, sizeof(part), " default %s; for %s\n",
			 option->fallback, modes);
		assert_contains(at, part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_manual_has_every_question_as_it_is),
		cmocka_unit_test(
			test_modes_are_in_the_usage_and_near_a_misspelling),
		cmocka_unit_test(
			test_the_manual_has_what_is_read_as_the_daemon_does),
		cmocka_unit_test(test_the_manual_has_every_mode),
		cmocka_unit_test(test_help_has_every_question_with_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
