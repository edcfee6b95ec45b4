/* Tests of retain: what is never touched. */
#include "retainworld.h"

#define DATE "%Y-%m-%d.log"

static void test_only_files_that_the_pattern_can_make_go(void **state)
{
	static const char *const others[] = {
		"2020-01-01.log.1",   "2020-01-01.log.gz.bak",
		"2020-13-01.log",     "2020-01-01.txt",
		"x2020-01-01.log",    "2020-01-01.log~",
		"2020-1-1.log",	      "README",
		"2020-01-01.10.log",  ".2020-01-01.log",
		"sub/2020-01-01.log", "2020-01-01.log.GZ",
	};
	static const char *const ours[] = {
		"2020-01-01.log",    "2020-01-01.9.log",   "2020-01-01.log.gz",
		"2020-01-01.log.xz", "2020-01-01.log.zst", "2020-01-01.log.bz2",
	};
	size_t i;

	(void)state;
	keep(5);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		make(others[i], 1);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		make(ours[i], 1);
	begin(DATE);
	run_for(RETAIN_DAY_MS * 2);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_there(others[i]);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_gone(ours[i]);
	assert_int_equal(retain.removed, sizeof(ours) / sizeof(ours[0]));
	assert_said("retention: 6 files of 24576 bytes; 11 others, whose names "
		    "are not such, stay\n");
	assert_int_equal(said_times("retention: "), 1);
}

static void make_what_is_no_plain_file(void)
{
	make("2020-01-01.log", 1)->mode = S_IFLNK | 0777;
	make("2020-01-02.log", 1)->mode = S_IFIFO | 0600;
	make("2020-01-03.log", 1)->mode = S_IFDIR | 0700;
	make("2020-01-04.log", 1)->mode = S_IFCHR | 0600;
	make("2020-01-05.log", 1)->links = 1;
	keep(5);
	settings.max_bytes = 1;
	begin(DATE);
	run_for(RETAIN_DAY_MS * 2);
	assert_int_equal(retain.removed, 0);
	assert_int_equal(fake.counts[FAKE_UNLINKAT], 0);
	assert_int_equal(said_times("unable"), 0);
}

static void test_what_is_no_file_with_one_name_is_never_touched(void **state)
{
	(void)state;
	make_what_is_no_plain_file();
	assert_said("retention: 0 files of 0 bytes; 1 others");
}

static void test_nor_where_the_file_system_tells_no_types(void **state)
{
	(void)state;
	fake.no_types = true;
	make_what_is_no_plain_file();
	make("2020-01-06.log", 1);
	run_for(RETAIN_PASS_MS);
	assert_gone("2020-01-06.log");
}

static void test_directories_are_found_without_types(void **state)
{
	(void)state;
	fake.no_types = true;
	keep(5);
	make("a/2020-01-06.log", 1);
	begin("{host}/" DATE);
	run_for(2000);
	assert_gone("a");
}

static void test_no_symbolic_link_is_followed(void **state)
{
	(void)state;
	keep(5);
	fake.no_types = true;
	make("a/2020-01-06.log", 1);
	fake_node("/log/a")->mode = S_IFLNK | 0777;
	begin("{host}/" DATE);
	run_for(2000);
	assert_there("a/2020-01-06.log");
	assert_int_equal(said_times("unable"), 0);
}

static void test_a_file_that_lines_go_to_stays(void **state)
{
	(void)state;
	keep(0);
	settings.max_bytes = 1;
	make("2020-01-01.log", KIB);
	make("2020-01-02.log", KIB);
	open_name = "2020-01-01.log";
	begin(DATE);
	run_for(RETAIN_DAY_MS * 2);
	assert_there("2020-01-01.log");
	assert_gone("2020-01-02.log");
	open_name = NULL;
	run_for(RETAIN_DAY_MS);
	assert_gone("2020-01-01.log");
}

static void replace_it(void)
{
	fake_rename("/log/2020-01-01.log", "/log/kept");
	make("2020-01-01.log", 1);
}

/* It is another file than the one that was found. */
static void test_a_file_that_was_replaced_meanwhile_stays(void **state)
{
	(void)state;
	keep(5);
	make("2020-01-01.log", 1);
	begin(DATE);
	while (retain.phase != RETAIN_REMOVES) {
		retain_step(&retain, 0, false, fake.now_ms);
		fake.now_ms++;
	}
	replace_it();
	run_for(1000);
	assert_there("2020-01-01.log");
	assert_int_equal(said_times("unable"), 0);
	run_for(RETAIN_PASS_MS);
	assert_gone("2020-01-01.log");
	assert_there("kept");
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_only_files_that_the_pattern_can_make_go),
		TEST(test_what_is_no_file_with_one_name_is_never_touched),
		TEST(test_nor_where_the_file_system_tells_no_types),
		TEST(test_directories_are_found_without_types),
		TEST(test_no_symbolic_link_is_followed),
		TEST(test_a_file_that_lines_go_to_stays),
		TEST(test_a_file_that_was_replaced_meanwhile_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
