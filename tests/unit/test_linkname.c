/* Tests of linkname: which names link= may have, and where the link stands. */
#include "unit.h"

#include <string.h>

#include "linkname.h"

static void test_a_name_is_one_safe_component(void **state)
{
	static const char *const good[] = { "current", "a",    "A.B_c-9",
					    "none",    "log.", "x..y" };
	static const char *const bad[] = { "",	    ".",   "..",   ".log",
					   "a/b",   "/a",  "a/",   "a b",
					   "a\n",   "a%Y", "{x}",  "\xc3\xa9",
					   "a\x7f", "*",   "a\tb", "a:b" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_null(linkname_wrong(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(linkname_wrong(bad[i]));
}

static void test_its_spare_name_fits_into_a_directory(void **state)
{
	char name[LINKNAME_MAX + 2];
	char spare[300];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[LINKNAME_MAX + 1] = '\0';
	assert_non_null(linkname_wrong(name));
	name[LINKNAME_MAX] = '\0';
	assert_null(linkname_wrong(name));
	assert_true(snprintf(spare, sizeof(spare), LINKNAME_SPARE, name) <=
		    255);
}

static const char *wrong_with(const char *name, const char *pattern)
{
	struct filename file;

	assert_null(filename_compile(&file, pattern));
	return linkname_wrong_with(name, &file);
}

static void test_each_directory_has_one_file_a_day(void **state)
{
	static const char *const good[] = {
		"%Y-%m-%d.log",
		"%Y/%m/%d.log",
		"{host}/%Y-%m-%d.log",
		"{host}/{port}/%Y/%m-%d.log",
		"all/{address}-{port}/%Y%m%d%H",
		"100%%/{host}/%Y%m%d",
		"%%Y{host}%%/%Y%m%d",
	};
	static const char *const bad[] = {
		"{host}-%Y-%m-%d.log",	   "{host}/{port}-%Y-%m-%d.log",
		"%Y/{host}/%m-%d.log",	   "%Y%m%d/{host}",
		"{host}-%Y/%m%d",	   "%Y-{host}/%m%d",
		"{host}/%Y/{port}/%m%d",   "%H/{host}/%Y%m%d",
		"%%%d/{address}/%Y-%m-%d",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (wrong_with("current", good[i]))
			fail_msg("%s is refused", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!wrong_with("current", bad[i]))
			fail_msg("%s is not refused", bad[i]);
}

static void test_no_file_or_directory_has_its_name(void **state)
{
	static const char *const bad[][2] = {
		{ "2026-11-29.log", "%Y-%m-%d.log" },
		{ "2026-11-29.3.log", "%Y-%m-%d.log" },
		{ "2026-11-29.log.gz", "%Y-%m-%d.log" },
		{ "2026-11-29.log.1.zst", "%Y-%m-%d.log.1" },
		{ "2026", "%Y/%m/%d.log" },
		{ "all", "all/%Y/%m-%d" },
		{ "11", "{host}/%m/%Y-%d.log" },
	};
	static const char *const good[][2] = {
		{ "2026-13-29.log", "%Y-%m-%d.log" },
		{ "2026-02-30.log", "%Y-%m-%d.log" },
		{ "11", "%Y/%m/%d.log" },
		{ "2026.gz", "%Y/%m/%d.log" },
		{ "web", "{host}/%Y-%m-%d.log" },
		{ "127.0.0.1", "{host}/%Y-%m-%d.log" },
		{ "2026-11-29.log", "{host}/%Y/%m-%d.log" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!wrong_with(bad[i][0], bad[i][1]))
			fail_msg("%s in %s", bad[i][0], bad[i][1]);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (wrong_with(good[i][0], good[i][1]))
			fail_msg("%s in %s", good[i][0], good[i][1]);
}

static void test_files_of_incidents_have_names_of_their_own(void **state)
{
	static const char *const good[] = {
		"%Y-%m-%d.log",
		"%Y-%m-%d",
		"%Y-%m-%d-{host}",
		"%Y-%m-%d{host}", /* none begins with a dot */
		"{host}-%Y-%m-%d.log",
		"{host}/%Y-%m-%d.incidents",
		"%Y-%m-%d.incidents.log",
		"%Y-%m-%d.{port}",
		"%Y%m%d.incidents",
		"%Y-%m-%d.%H.incidents",
		"incidents/%Y-%m-%d",
	};
	static const char *const bad[] = {
		"%Y-%m-%d.incidents",	     "%Y-%d-%m.incidents",
		"%Y-%m-%d.{host}",	     "%Y-%m-%d.inc{host}",
		"%Y-%m-%d.3.incidents",	     "%Y-%m-%d.{port}.incidents",
		"%Y-%m-%d.incidents.xz",     "%Y-%m-%d.2.{host}.gz",
		"%Y-%m-%d.incidents/{host}",
	};
	struct filename file;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_null(filename_compile(&file, good[i]));
		if (linkname_wrong_with_incidents(&file))
			fail_msg("%s", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(filename_compile(&file, bad[i]));
		if (!linkname_wrong_with_incidents(&file))
			fail_msg("%s", bad[i]);
	}
}

static void test_the_longest_name_may_be_that_of_incidents(void **state)
{
	const size_t incidents = sizeof("2026-11-22.9.incidents");
	struct filename file;

	(void)state;
	assert_null(filename_compile(&file, "%Y%m%d"));
	assert_int_equal(linkname_longest(NULL, &file, false), file.max);
	assert_int_equal(linkname_longest(NULL, &file, true), incidents);
	assert_int_equal(linkname_longest("now", &file, true),
			 incidents + 3 + sizeof(LINKNAME_SPARE) - 1);
	assert_null(filename_compile(&file, "{host}/%Y-%m-%d.log"));
	assert_int_equal(linkname_longest(NULL, &file, true), file.max);
}

static void test_the_link_stands_below_the_last_sender(void **state)
{
	(void)state;
	assert_int_equal(linkname_depth("%Y/%m/%d"), 0);
	assert_int_equal(linkname_depth("{host}/%Y/%m/%d"), 1);
	assert_int_equal(linkname_depth("a/{host}/b{port}/%Y/%m%d"), 3);
	assert_string_equal(linkname_below("a/b/c", 0), "a/b/c");
	assert_string_equal(linkname_below("a/b/c", 2), "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_name_is_one_safe_component),
		cmocka_unit_test(test_its_spare_name_fits_into_a_directory),
		cmocka_unit_test(test_each_directory_has_one_file_a_day),
		cmocka_unit_test(test_no_file_or_directory_has_its_name),
		cmocka_unit_test(
			test_files_of_incidents_have_names_of_their_own),
		cmocka_unit_test(
			test_the_longest_name_may_be_that_of_incidents),
		cmocka_unit_test(test_the_link_stands_below_the_last_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
