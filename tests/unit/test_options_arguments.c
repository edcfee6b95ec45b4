/* Tests of options: what an argument may look like, and how it is refused. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "rules.h"

#define UNKNOWN "unknown option; "

/* Parses up to three arguments; NULL ends them. */
static int parse(struct options *options, char error[ERROR_MAX], const char *a,
		 const char *b, const char *c)
{
	static char copies[3][256];
	static char name[] = "udplogger";
	char *argv[] = { name, copies[0], copies[1], copies[2], NULL };
	int argc = 1 + (a != NULL) + (b != NULL) + (c != NULL);

	snprintf(copies[0], sizeof(copies[0]), "%s", a ? a : "");
	snprintf(copies[1], sizeof(copies[1]), "%s", b ? b : "");
	snprintf(copies[2], sizeof(copies[2]), "%s", c ? c : "");
	memset(error, 0xa5, ERROR_MAX);
	return options_parse(options, argc, argv, error);
}

/* Parses one argument of any length; its copy has just that length. */
static void refuse(const char *argument, char error[ERROR_MAX])
{
	char name[] = "udplogger";
	char *copy = strdup(argument);
	char *argv[] = { name, copy, NULL };
	struct options options;
	size_t len, i;

	assert_non_null(copy);
	memset(error, 0xa5, ERROR_MAX);
	if (options_parse(&options, 2, argv, error) != -1)
		fail_msg("taken: %s", argument);
	free(copy);
	len = strnlen(error, ERROR_MAX);
	assert_between(len, 1, ERROR_MAX - 1);
	for (i = 0; i < len; i++)
		if ((unsigned char)error[i] < 0x20 || error[i] == 0x7f)
			fail_msg("a control in: %s", error);
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in: %s", part, text);
}

/* The name, with "=" if there is one, is what is said of it. */
static void test_what_is_no_option_is_refused_in_a_short_line(void **state)
{
	static const char *const wrong[] = {
		"",	    "=",	   "=5",	 "-",
		"--",	    "--=5",	   "---port=1",	 "-port=1",
		"Port=1",   "PORT=1",	   "por=1",	 "p=1",
		"ports=1",  "port =1",	   " port=1",	 "port:1",
		"port1",    "help",	   "-hV",	 "-?",
		"--hel",    "--help ",	   "--help=",	 "--help=1",
		"--Help",   "--version=1", "--checks",	 "--chec",
		"check",    "version",	   "6666",	 "/var/log",
		"wbu=1024", "rbuff=65536", "dir,x=1",	 "--no-port=1",
		"ti=10",    "log=x",	   "\xc3\xa4=1",
	};
	char error[ERROR_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t len = strcspn(wrong[i], "=");

		len += wrong[i][len] == '=';
		refuse(wrong[i], error);
		if (strncmp(error, wrong[i], len) != 0)
			fail_msg("%s: not named in: %s", wrong[i], error);
		assert_memory_equal(error + len, ": " UNKNOWN,
				    strlen(": " UNKNOWN));
		assert_true(strlen(error) < 80);
		assert_contains(error, "ee --help");
	}
}

static void test_what_was_meant_is_named(void **state)
{
	static const char *const rows[][2] = {
		{ "prot=7", "prot=: unknown option; did you mean port=? "
			    "See --help" },
		{ "--prot=7", "--prot=: unknown option; did you mean port=? "
			      "See --help" },
		{ "--status=json", "--status=: unknown option; did you mean "
				   "--status? See --help" },
		{ "--help=x", "--help=: unknown option; did you mean --help? "
			      "See --help" },
		{ "--incident=yes", "--incident=: unknown option; did you mean "
				    "incidents=? See --help" },
		{ "--hel", "--hel: unknown option; did you mean --help? "
			   "See --help" },
		{ "check", "check: unknown option; did you mean --check? "
			   "See --help" },
		{ "x=prot", "x=: unknown option; see --help" },
	};
	char error[ERROR_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		refuse(rows[i][0], error);
		assert_string_equal(error, rows[i][1]);
	}
}

/* But one that is an option itself, as that of keepmin=. */
static void test_every_prefix_of_every_option_is_refused(void **state)
{
	char error[ERROR_MAX], argument[64];
	const struct rule *rule;
	size_t i, len;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++)
		for (len = 0; len < strlen(rule->name); len++) {
			if (rules_find(rule->name, len))
				continue;
			snprintf(argument, sizeof(argument), "%.*s=%s",
				 (int)len, rule->name, rule->fallback);
			/* "file" is a part of "files". */
			if (rules_find(rule->name, len))
				continue;
			refuse(argument, error);
			assert_contains(error, UNKNOWN);
		}
}

static void test_an_option_without_a_value_says_what_it_needs(void **state)
{
	char error[ERROR_MAX], argument[64], begin[96];
	const struct rule *rule;
	size_t i, j;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++)
		for (j = 0; j < 4; j++) {
			snprintf(argument, sizeof(argument), "%s%s%s",
				 j % 2 ? "--" : "", rule->name,
				 j >= 2 ? "=" : "");
			snprintf(begin, sizeof(begin), "%s: %s", argument,
				 j >= 2 ? "empty value" : "needs a value");
			refuse(argument, error);
			assert_memory_equal(error, begin, strlen(begin));
			assert_contains(error, rule->allowed);
		}
}

static void test_the_last_setting_counts(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "port=1", "--port=2", "port=3"),
			 0);
	assert_int_equal(options.settings.ports.at[0], 3);
	assert_int_equal(parse(&options, error, "dir=/a", "raw=yes", "raw=no"),
			 0);
	assert_string_equal(options.settings.dir, "/a");
	assert_false(options.settings.raw);
}

static void test_a_wrong_setting_is_refused_wherever_it_stands(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "port=x", "port=1", "port=2"),
			 -1);
	assert_memory_equal(error, "port=x: ", 8);
	assert_int_equal(parse(&options, error, "port=1", "port=x", "port=y"),
			 -1);
	assert_memory_equal(error, "port=x: ", 8);
	assert_int_equal(parse(&options, error, "port=1", "port=2", "port=x"),
			 -1);
	assert_memory_equal(error, "port=x: ", 8);
	assert_int_equal(parse(&options, error, "--check", "", NULL), -1);
}

static void test_modes_go_with_options(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "--help", NULL, NULL), 0);
	assert_int_equal(options.mode, OPTIONS_HELP);
	assert_int_equal(parse(&options, error, "--version", NULL, NULL), 0);
	assert_int_equal(options.mode, OPTIONS_VERSION);
	assert_int_equal(parse(&options, error, "-h", NULL, NULL), 0);
	assert_int_equal(options.mode, OPTIONS_HELP);
	assert_int_equal(parse(&options, error, "-V", NULL, NULL), 0);
	assert_int_equal(options.mode, OPTIONS_VERSION);
	assert_int_equal(parse(&options, error, "port=5", "--check", "dir=d"),
			 0);
	assert_int_equal(options.mode, OPTIONS_CHECK);
	assert_int_equal(options.settings.ports.at[0], 5);
	assert_string_equal(options.settings.dir, "d");
}

/* Whoever asks for help may have got all else wrong. */
static void test_help_and_version_go_before_all_behind_them(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "-h", "--check", NULL), 0);
	assert_int_equal(options.mode, OPTIONS_HELP);
	assert_int_equal(parse(&options, error, "--check", "-V", "-h"), 0);
	assert_int_equal(options.mode, OPTIONS_VERSION);
	assert_int_equal(parse(&options, error, "--version", "x=5", NULL), 0);
	assert_int_equal(options.mode, OPTIONS_VERSION);
	assert_int_equal(parse(&options, error, "wbuf=1M", "queue=1M", "-h"),
			 0);
	assert_int_equal(options.mode, OPTIONS_HELP);
	assert_int_equal(parse(&options, error, "x=5", "--version", NULL), -1);
}

static void test_the_bad_part_of_a_pattern_is_named(void **state)
{
	static const char *const rows[][2] = {
		{ "{x}/%Y%m%d", "{x}" },
		{ "%Y%m%d-{hosts}-%q", "{hosts}" },
		{ "{host/%Y%m%d", "{host" },
		{ "%Y%m%d%", "%" },
		{ "%Y%m%D", "%D" },
		{ "%Y%m%d%/a", "%" },
		{ "%Y%m%d}}", "}" },
		{ "%Y%m%d%\n", "%\\x0a" },
		{ "{aaaaaaaaaaaaaaaaaaaa}%Y%m%d", "{aaaaaaaaaaa" },
	};
	char error[ERROR_MAX], argument[80], want[160];
	struct options options;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(argument, sizeof(argument), "file=%s", rows[i][0]);
		snprintf(want, sizeof(want),
			 ": %s is none of %%Y %%m %%d %%H %%%% {host} "
			 "{address} {port} {lport}; allowed is a path with "
			 "%%Y, %%m and %%d",
			 rows[i][1]);
		assert_int_equal(parse(&options, error, argument, NULL, NULL),
				 -1);
		assert_contains(error, want);
	}
	assert_int_equal(parse(&options, error, "file=%Y%m", NULL, NULL), -1);
	assert_contains(error, "file=%Y%m: it must hold %Y, %m and %d");
}

static void test_a_value_may_hold_an_equals_sign_or_any_byte(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "dir=a=b", "uid=c=d", NULL), 0);
	assert_string_equal(options.settings.dir, "a=b");
	assert_string_equal(options.settings.uid, "c=d");
	assert_int_equal(parse(&options, error, "dir=a\nb\033", NULL, NULL), 0);
	assert_string_equal(options.settings.dir, "a\nb\033");
}

static void test_bytes_of_an_argument_cannot_act_in_the_error_text(void **s)
{
	static const char *const rows[][2] = {
		{ "port=1\nudplogger: listening", "port=1\\x0audplogger: " },
		{ "port=\033[2J", "port=\\x1b[2J: " },
		{ "timeout=10\n", "timeout=10\\x0a: " },
		{ "\n", "\\x0a: " },
		{ "a\n=\n", "a\\x0a=: " },
		{ "a\x9b\xc2\x9bz", "a\\x9b\\xc2\\x9bz: " },
		{ "raw=yes\n", "raw=yes\\x0a: " },
		{ "%s%n%99999d", "%s%n%99999d: " },
		{ "port=%s%n", "port=%s%n: " },
		{ "ip=::1\n", "ip=::1\\x0a: " },
	};
	char error[ERROR_MAX];
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		refuse(rows[i][0], error);
		assert_memory_equal(error, rows[i][1], strlen(rows[i][1]));
	}
}

/* For each option and for none: @fill as long as can be, and beyond. */
static void assert_long_refused(const char *name, const char *allowed,
				char fill)
{
	static const size_t lengths[] = { 100,	115,  116,   120,    121,  122,
					  255,	256,  257,   1023,   1024, 1025,
					  4095, 4096, 65536, 1000000 };
	char error[ERROR_MAX];
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = strlen(name);
		char *argument = malloc(len + lengths[i] + 1);

		assert_non_null(argument);
		memcpy(argument, name, len);
		memset(argument + len, fill, lengths[i]);
		argument[len + lengths[i]] = '\0';
		refuse(argument, error);
		assert_memory_equal(error, name, len);
		assert_contains(error, allowed);
		free(argument);
	}
}

static void test_arguments_of_any_length_leave_room_for_the_reason(void **s)
{
	static const char fills[] = { 'x', '9', '\n', '\x7f', '\xff' };
	const struct rule *rule;
	char name[32];
	size_t i, j;

	(void)s;
	for (j = 0; j < sizeof(fills); j++)
		assert_long_refused("", UNKNOWN, fills[j]);
	for (i = 0; (rule = rules_nth(i)); i++) {
		snprintf(name, sizeof(name), "%s=", rule->name);
		/*
		 * Any text may be a path; any but digits, a user; a link may
		 * be of letters and digits.
		 */
		for (j = 0; j < sizeof(fills); j++)
			if (strcmp(rule->value, "DIRECTORY") != 0 &&
			    (strcmp(rule->name, "link") != 0 || j > 1) &&
			    strcmp(rule->value, "FILE") != 0 &&
			    (strcmp(rule->value, "USER") != 0 || j == 1) &&
			    (strcmp(rule->value, "GROUP") != 0 || j == 1))
				assert_long_refused(name, rule->allowed,
						    fills[j]);
	}
}

static void test_the_table_has_every_option_once(void **state)
{
	static const char *const names[] = {
		"conf",	 "ip",	     "port",	  "dir",   "file",   "link",
		"files", "hosts",    "timeout",	  "line",  "source", "clients",
		"limit", "wbuf",     "held",	  "rbuf",  "queue",  "keep",
		"max",	 "free",     "keepmin",	  "run",   "uid",    "gid",
		"perm",	 "notices",  "incidents", "raw",   "ansi",   "format",
		"stamp", "extended", "reorder",	  "level", "tee"
	};
	const struct rule *rule;
	size_t i;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++) {
		assert_true(i < sizeof(names) / sizeof(names[0]));
		assert_string_equal(rule->name, names[i]);
		assert_true(rule->value[0] && rule->fallback[0] &&
			    rule->allowed[0] && rule->help[0]);
	}
	assert_int_equal(i, sizeof(names) / sizeof(names[0]));
	assert_null(rules_nth(i + 1));
	assert_null(rules_nth(SIZE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_what_is_no_option_is_refused_in_a_short_line),
		cmocka_unit_test(test_what_was_meant_is_named),
		cmocka_unit_test(test_every_prefix_of_every_option_is_refused),
		cmocka_unit_test(
			test_an_option_without_a_value_says_what_it_needs),
		cmocka_unit_test(test_the_last_setting_counts),
		cmocka_unit_test(
			test_a_wrong_setting_is_refused_wherever_it_stands),
		cmocka_unit_test(test_modes_go_with_options),
		cmocka_unit_test(
			test_help_and_version_go_before_all_behind_them),
		cmocka_unit_test(test_the_bad_part_of_a_pattern_is_named),
		cmocka_unit_test(
			test_a_value_may_hold_an_equals_sign_or_any_byte),
		cmocka_unit_test(
			test_bytes_of_an_argument_cannot_act_in_the_error_text),
		cmocka_unit_test(
			test_arguments_of_any_length_leave_room_for_the_reason),
		cmocka_unit_test(test_the_table_has_every_option_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
