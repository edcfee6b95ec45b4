/* Tests of today: files of today that lines can't go to are named. */
#include "retainworld.h"

#include "today.h"

#define TODAY STAMP_PERIOD(20261122, 0)

static unsigned check(const char *pattern)
{
	retain = (struct retain){ .on = false };
	assert_null(filename_compile(&settings.file, pattern));
	return today_check(&settings.file, &fakesys, &diag, "/log", TODAY);
}

static void test_files_that_will_do_are_no_fault(void **state)
{
	(void)state;
	make("a/2026-11-22.log", 1);
	make("b/2026-11-22.log", 0);
	make("b/notes", 1)->mode = S_IFLNK | 0777;
	assert_int_equal(check("{host}/%Y-%m-%d.log"), 0);
	assert_string_equal(fake_text("stderr"), "");
	assert_int_equal(fake_open_fds(), 1);
}

static void test_each_that_is_refused_is_named(void **state)
{
	(void)state;
	make("a/2026-11-22.log", 1)->mode = S_IFLNK | 0777;
	make("b/2026-11-22.log", 0)->mode = S_IFDIR | 0755;
	make("c/2026-11-22.log", 0)->mode = S_IFIFO | 0600;
	make("d/2026-11-22.log", 0)->mode = S_IFREG | 0755;
	make("e/2026-11-22.log", 0);
	assert_int_equal(check("{host}/%Y-%m-%d.log"), 4);
	assert_said("unable to open /log/a/2026-11-22.log: is a symbolic "
		    "link\n");
	assert_said("/log/b/2026-11-22.log: is a directory\n");
	assert_said("/log/c/2026-11-22.log: is not a regular file\n");
	assert_said("/log/d/2026-11-22.log: is executable\n");
	assert_int_equal(fake_open_fds(), 1);
}

static void test_only_files_of_today_count(void **state)
{
	(void)state;
	make("a/2026-11-21.log", 1)->mode = S_IFREG | 0755;
	make("a/2026-11-22.log.gz", 1)->mode = S_IFREG | 0755;
	make("a/x", 1)->mode = S_IFREG | 0755;
	assert_int_equal(check("{host}/%Y-%m-%d.log"), 0);
	assert_string_equal(fake_text("stderr"), "");
}

static void test_one_that_may_not_be_written_is_named(void **state)
{
	(void)state;
	make("a/2026-11-22.log", 1);
	fake_fail(FAKE_BIT(FAKE_ACCESS), 1, 1, EACCES, 0);
	assert_int_equal(check("{host}/%Y-%m-%d.log"), 1);
	assert_said("/log/a/2026-11-22.log: Permission denied\n");
}

static void test_a_few_stand_for_many(void **state)
{
	char name[64];
	int i;

	(void)state;
	for (i = 0; i < TODAY_SAID_MAX + 5; i++) {
		snprintf(name, sizeof(name), "h%d/2026-11-22.log", i);
		make(name, 0)->mode = S_IFREG | 0755;
	}
	assert_int_equal(check("{host}/%Y-%m-%d.log"), TODAY_SAID_MAX);
	assert_int_equal(said_times("unable to open"), TODAY_SAID_MAX);
	assert_int_equal(fake_open_fds(), 1);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_files_that_will_do_are_no_fault),
		TEST(test_each_that_is_refused_is_named),
		TEST(test_only_files_of_today_count),
		TEST(test_one_that_may_not_be_written_is_named),
		TEST(test_a_few_stand_for_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
