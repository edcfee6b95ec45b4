/* Tests of options: command line and file together. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

static char text[65537];

/* Parses with a file of that text; up to two arguments, NULL ends them. */
static int parse(struct options *options, char error[ERROR_MAX],
		 const char *file_text, const char *a, const char *b)
{
	static char copies[2][256];
	static char name[] = "udplogger";
	char *argv[] = { name, copies[0], copies[1], NULL };
	struct options_file file = { .path = "my.conf", .text = text };

	snprintf(copies[0], sizeof(copies[0]), "%s", a ? a : "");
	snprintf(copies[1], sizeof(copies[1]), "%s", b ? b : "");
	snprintf(text, sizeof(text), "%s", file_text);
	file.len = strlen(text);
	memset(error, 0xa5, ERROR_MAX);
	return options_parse_file(options, 1 + (a != NULL) + (b != NULL), argv,
				  &file, error);
}

static uint32_t origin(const struct options *options, const char *name)
{
	return options->origins[rules_place(rules_find(name, strlen(name)))];
}

static void test_the_command_line_goes_before_the_file(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "port=1\ndir=/f\nperm=0640",
			       "port=2", "conf=my.conf"),
			 0);
	assert_int_equal(options.settings.ports.at[0], 2);
	assert_string_equal(options.settings.dir, "/f");
	assert_int_equal(options.settings.perm, 0640);
	assert_int_equal(origin(&options, "port"), OPTIONS_COMMAND_LINE);
	assert_int_equal(origin(&options, "dir"), 2);
	assert_int_equal(origin(&options, "perm"), 3);
	assert_int_equal(origin(&options, "wbuf"), OPTIONS_DEFAULT);
	assert_string_equal(options.settings.conf, "my.conf");
	assert_null(options.first_double.rule);
}

static void test_none_turns_off_what_the_file_has(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "keep=7\nhosts=/etc/h",
			       "keep=none", "hosts=none"),
			 0);
	assert_int_equal(options.settings.keep_days, 0);
	assert_null(options.settings.hosts);
}

static void test_what_is_wrong_is_named_with_its_place(void **state)
{
	static const char *const rows[][2] = {
		{ "\nport = abc # x",
		  "my.conf:2: port=abc: not allowed; allowed is 0 to "
		  "65535; up to 16, with commas" },
		{ "prot=7", "my.conf:1: prot=: unknown option; did you mean "
			    "port=? See --help" },
		{ "check=yes",
		  "my.conf:1: check=: unknown option; see --help" },
		{ "--check", "my.conf:1: --check: unknown option; see --help" },
		{ "port", "my.conf:1: port: needs a value; port=PORT,..., "
			  "0 to 65535; up to 16, with commas" },
		{ "port=", "my.conf:1: port=: empty value; allowed is "
			   "0 to 65535; up to 16, with commas" },
		{ "conf=other",
		  "my.conf:1: conf=other: not allowed in a file that conf= "
		  "names; allowed is conf= on the command line" },
		{ "file=%Y",
		  "my.conf:1: file=%Y: it must hold %Y, %m and %d, or days "
		  "would share a file; allowed is a path with %Y, %m and %d" },
		{ "dir=x\nport=1\nraw=yes\n\nformat=json",
		  "my.conf:5: raw=yes: not allowed with format=json, which "
		  "cannot hold arbitrary bytes; allowed is raw=no, or "
		  "format=text" },
		{ "ansi=hide\nraw=yes",
		  "my.conf:2: raw=yes: not allowed with ansi=hide, which "
		  "changes what came; allowed is raw=no, or ansi=show" },
		{ "queue=1M\nwbuf=1M",
		  "my.conf:2: queue=1048576: too small for wbuf=1048576; "
		  "allowed is 5242880 or more with that" },
	};
	char error[ERROR_MAX];
	struct options options;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(&options, error, rows[i][0],
				       "conf=my.conf", NULL),
				 -1);
		assert_string_equal(error, rows[i][1]);
	}
}

/* What is said of two that stand in two places names the file's. */
static void test_the_file_is_named_only_where_it_has_a_part(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, error, "raw=yes", "format=json", NULL),
			 -1);
	assert_memory_equal(error, "my.conf:1: raw=yes: ", 20);
	assert_int_equal(
		parse(&options, error, "dir=x", "format=json", "raw=yes"), -1);
	assert_memory_equal(error, "raw=yes: ", 9);
	assert_int_equal(parse(&options, error, "port=1", "port=x", NULL), -1);
	assert_memory_equal(error, "port=x: ", 8);
}

static void test_a_wrong_line_is_refused_even_if_it_had_no_effect(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(
		parse(&options, error, "port=x\nport=1", "port=2", NULL), -1);
	assert_memory_equal(error, "my.conf:1: port=x: ", 19);
}

static void test_of_doubles_the_last_counts_and_the_first_is_known(void **s)
{
	char error[ERROR_MAX];
	struct options options;

	(void)s;
	assert_int_equal(parse(&options, error,
			       "dir=a\nport=1\nport=2\ndir=b\nport=3", NULL,
			       NULL),
			 0);
	assert_int_equal(options.settings.ports.at[0], 3);
	assert_string_equal(options.settings.dir, "b");
	assert_string_equal(options.first_double.rule->name, "port");
	assert_int_equal(options.first_double.line, 2);
	assert_int_equal(options.first_double.later, 3);
}

/* With conf= what holds together is known only when the file was read. */
static void test_without_its_file_nothing_is_held_together(void **state)
{
	static char name[] = "udplogger", conf[] = "conf=x";
	static char raw[] = "raw=yes", json[] = "format=json";
	char *argv[] = { name, conf, raw, json, NULL };
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(options_parse(&options, 4, argv, error), 0);
	assert_string_equal(options.settings.conf, "x");
	snprintf(conf, sizeof(conf), "%s", "raw=no");
	assert_int_equal(options_parse(&options, 4, argv, error), -1);
}

static void test_any_path_leaves_room_for_the_reason(void **state)
{
	static const size_t lengths[] = { 1,   98,  99,	 100, 101,
					  398, 399, 400, 401, 4095 };
	static const char fills[] = { 'x', '\n', '\xff' };
	char path[4096], error[ERROR_MAX], name[] = "udplogger";
	char *argv[] = { name, NULL };
	struct options options;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (j = 0; j < sizeof(fills); j++) {
			struct options_file file = { .path = path,
						     .text = text };

			memset(path, fills[j], lengths[i]);
			path[lengths[i]] = '\0';
			memset(text, 'y', 5000);
			memcpy(text, "port=", 5);
			file.len = 4096;
			assert_int_equal(options_parse_file(&options, 1, argv,
							    &file, error),
					 -1);
			assert_non_null(strstr(error, "0 to 65535"));
			assert_null(strchr(error, '\n'));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_command_line_goes_before_the_file),
		cmocka_unit_test(test_none_turns_off_what_the_file_has),
		cmocka_unit_test(test_what_is_wrong_is_named_with_its_place),
		cmocka_unit_test(
			test_the_file_is_named_only_where_it_has_a_part),
		cmocka_unit_test(
			test_a_wrong_line_is_refused_even_if_it_had_no_effect),
		cmocka_unit_test(
			test_of_doubles_the_last_counts_and_the_first_is_known),
		cmocka_unit_test(
			test_without_its_file_nothing_is_held_together),
		cmocka_unit_test(test_any_path_leaves_room_for_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
