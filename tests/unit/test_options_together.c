/* Settings that are each allowed, and not together. */
#include "unit.h"

#include <limits.h>
#include <string.h>

#include "escape.h"
#include "options.h"

static struct options options;
static char error[ERROR_MAX];

/* Parses up to three arguments, in either order; NULL: none. */
static int parse(const char *a, const char *b, const char *c)
{
	static char texts[4][64] = { "udplogger" }; /* the settings lead here */
	char *argv[5] = { texts[0], NULL };
	const char *given[3] = { a, b, c };
	int argc = 1, i;

	for (i = 0; i < 3; i++)
		if (given[i]) {
			snprintf(texts[argc], sizeof(texts[0]), "%s", given[i]);
			argv[argc] = texts[argc];
			argc++;
		}
	memset(error, 0, sizeof(error));
	return options_parse(&options, argc, argv, error);
}

static void assert_refused(const char *a, const char *b, const char *c,
			   const char *why)
{
	assert_int_equal(parse(a, b, c), -1);
	assert_string_equal(error, why);
	assert_int_equal(parse(c, b, a), -1);
	assert_string_equal(error, why);
}

static void test_raw_bytes_are_no_json(void **state)
{
	(void)state;
	assert_refused("raw=yes", "format=json", NULL,
		       "raw=yes: not allowed with format=json, which cannot "
		       "hold arbitrary bytes; allowed is raw=no, or "
		       "format=text");
	assert_int_equal(parse("raw=no", "format=json", NULL), 0);
	assert_int_equal(parse("raw=yes", "format=text", NULL), 0);
}

static void test_incidents_have_files_of_their_own(void **state)
{
	(void)state;
	assert_refused("incidents=yes", "file=%Y-%m-%d.{host}", NULL,
		       "incidents=yes: not allowed with file=%Y-%m-%d.{host}: "
		       "a file or a directory may get the name of a file of "
		       "incidents, YYYY-MM-DD.incidents; allowed is a pattern "
		       "that can't make it");
	assert_int_equal(parse("incidents=no", "file=%Y-%m-%d.{host}", NULL),
			 0);
	assert_int_equal(parse("incidents=yes", "file=%Y-%m-%d.log", NULL), 0);
}

static void test_paths_of_files_are_short_enough(void **state)
{
	char dir[PATH_MAX];
	size_t fits = PATH_MAX - sizeof("/2026-11-29.1.log");

	(void)state;
	assert_int_equal(parse(NULL, NULL, NULL), 0);
	memset(dir, 'd', sizeof(dir));
	dir[fits + 1] = '\0';
	options.settings.dir = dir;
	assert_int_equal(options_check_paths(&options.settings, dir, error),
			 -1);
	assert_non_null(strstr(error, "...: too long for file=, with which "
				      "paths can have 4096 bytes; allowed are "
				      "4095"));
	dir[fits] = '\0';
	assert_int_equal(options_check_paths(&options.settings, dir, error), 0);
	options.settings.link = "current";
	assert_int_equal(options_check_paths(&options.settings, dir, error),
			 -1);
}

static void test_a_link_needs_directories_of_senders(void **state)
{
	(void)state;
	assert_refused("link=now", "file={host}-%Y%m%d", NULL,
		       "link=now: not allowed with file={host}-%Y%m%d: senders "
		       "share a directory, and one link cannot lead to the "
		       "files of all; allowed are {host}, {address}, {port} "
		       "and {lport} in names of directories alone");
	assert_int_equal(parse("link=now", "file={host}/%Y%m%d", NULL), 0);
	assert_string_equal(options.settings.link, "now");
	assert_int_equal(parse("link=now", "link=none", "file={host}%Y%m%d"),
			 0);
	assert_null(options.settings.link);
}

static void test_raw_bytes_are_not_changed(void **state)
{
	(void)state;
	assert_refused("raw=yes", "ansi=hide", NULL,
		       "raw=yes: not allowed with ansi=hide, which changes "
		       "what came; allowed is raw=no, or ansi=show");
	assert_int_equal(parse("raw=no", "ansi=hide", NULL), 0);
	assert_int_equal(parse("raw=yes", "ansi=show", NULL), 0);
}

/* Even if each byte is escaped, and with what stands before it. */
static void test_the_longest_line_fits_into_the_queue(void **state)
{
	(void)state;
	assert_int_equal(ESCAPE_GROWTH, 4);
	assert_int_equal(parse("wbuf=1048576", "queue=5242880", NULL), 0);
	assert_refused("wbuf=1048576", "queue=5242879", NULL,
		       "queue=5242879: too small for wbuf=1048576; allowed is "
		       "5242880 or more with that");
	assert_int_equal(parse("wbuf=1024", "queue=1M", NULL), 0);
}

static void test_an_object_may_be_longer(void **state)
{
	(void)state;
	assert_int_equal(ESCAPE_GROWTH_JSON, 5);
	assert_int_equal(parse("wbuf=1M", "queue=6M", "format=json"), 0);
	assert_refused("wbuf=1M", "queue=6291455", "format=json",
		       "queue=6291455: too small for wbuf=1048576; allowed is "
		       "6291456 or more with that");
}

static void test_the_last_setting_of_each_counts(void **state)
{
	(void)state;
	assert_int_equal(parse("raw=yes", "format=json", "raw=no"), 0);
	assert_false(options.settings.raw);
	assert_true(options.settings.json);
	assert_int_equal(parse("raw=no", "format=json", "raw=yes"), -1);
}

/* What is said of the options themselves comes first. */
static void test_each_is_looked_at_before_all(void **state)
{
	(void)state;
	assert_int_equal(parse("raw=yes", "format=json", "port=x"), -1);
	assert_non_null(strstr(error, "port=x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw_bytes_are_no_json),
		cmocka_unit_test(test_raw_bytes_are_not_changed),
		cmocka_unit_test(test_incidents_have_files_of_their_own),
		cmocka_unit_test(test_paths_of_files_are_short_enough),
		cmocka_unit_test(test_a_link_needs_directories_of_senders),
		cmocka_unit_test(test_the_longest_line_fits_into_the_queue),
		cmocka_unit_test(test_an_object_may_be_longer),
		cmocka_unit_test(test_the_last_setting_of_each_counts),
		cmocka_unit_test(test_each_is_looked_at_before_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
