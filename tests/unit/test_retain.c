/* Tests of retain: what goes, what stays, and when. */
#include "retainworld.h"

#define DATE "%Y-%m-%d.log"

static void test_without_a_limit_nothing_is_looked_at(void **state)
{
	(void)state;
	settings.keepmin_days = 0;
	make("2020-01-01.log", 1);
	begin(DATE);
	assert_int_equal(retain_deadline(&retain), DEADLINE_NEVER);
	retain_step(&retain, 1000000, true, fake.now_ms);
	assert_int_equal(fake.counts[FAKE_OPEN], 0);
	assert_int_equal(fake.counts[FAKE_STATFS], 0);
	assert_there("2020-01-01.log");
}

/* ---- by age ---- */

static void test_files_older_than_keep_go_within_two_seconds(void **state)
{
	(void)state;
	keep(7);
	make("2026-11-14.log", 1);
	make("2026-11-15.log", 1);
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-14.log");
	assert_there("2026-11-15.log");
	assert_said("udplogger: removed /log/2026-11-14.log (keep=)\n");
	assert_int_equal(retain.removed, 1);
}

static void test_keep_0_leaves_today(void **state)
{
	(void)state;
	keep(0);
	make("2026-11-21.log", 1);
	make("2026-11-22.log", 1);
	make("2026-11-23.log", 1);
	begin(DATE);
	run_for(RETAIN_DAY_MS * 3);
	assert_gone("2026-11-21.log");
	assert_there("2026-11-22.log");
	assert_there("2026-11-23.log");
}

static void test_by_age_the_files_of_one_day_go_in_an_hour(void **state)
{
	(void)state;
	keep(5);
	make("b/2026-11-03.log", 1);
	make("a/2026-11-02.log", 1);
	make("a/2026-11-01.log", 1);
	make("b/2026-11-01.log", 1);
	make("c/2026-11-01.log.gz", 1);
	begin("{host}/" DATE);
	run_for(RETAIN_DAY_MS - 1000);
	assert_int_equal(retain.removed, 3);
	assert_gone("a/2026-11-01.log");
	assert_gone("b/2026-11-01.log");
	assert_gone("c/2026-11-01.log.gz");
	run_for(RETAIN_PASS_MS);
	assert_int_equal(retain.removed, 4);
	assert_gone("a/2026-11-02.log");
	run_for(RETAIN_DAY_MS);
	assert_int_equal(retain.removed, 5);
}

/* All of it would be gone, were it not for the hours. */
static void test_a_clock_that_jumps_ahead_does_not_empty_the_disk(void **state)
{
	char name[32];
	int day;

	(void)state;
	keep(30);
	for (day = 1; day <= 22; day++) {
		snprintf(name, sizeof(name), "2026-11-%02d.log", day);
		make(name, 1);
	}
	begin(DATE);
	run_for(RETAIN_PASS_MS);
	assert_int_equal(retain.removed, 0);
	fake_set_wall(FAKE_NOON + (time_t)86400 * 365 * 20);
	run_for(RETAIN_DAY_MS);
	assert_between(retain.removed, 1, 2);
	fake_set_wall(FAKE_NOON);
	run_for(RETAIN_DAY_MS * 5);
	assert_between(retain.removed, 1, 2);
}

static void test_a_day_that_ends_makes_the_next_files_old(void **state)
{
	(void)state;
	keep(1);
	make("2026-11-21.log", 1);
	make("2026-11-20.log", 1);
	begin(DATE);
	run_for((uint64_t)13 * 3600 * 1000);
	assert_gone("2026-11-20.log");
	assert_gone("2026-11-21.log");
}

/* ---- for room ---- */

static void test_the_oldest_go_until_max_holds(void **state)
{
	(void)state;
	settings.max_bytes = 100 * KIB;
	make("2026-11-10.log", 40 * KIB);
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-11.log", 40 * KIB);
	make("2026-11-22.log", 40 * KIB);
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-09.log");
	assert_gone("2026-11-10.log");
	assert_there("2026-11-11.log");
	assert_there("2026-11-22.log");
	assert_said("removed /log/2026-11-10.log (max=)\n");
}

static void test_at_max_nothing_goes(void **state)
{
	(void)state;
	settings.max_bytes = 80 * KIB;
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-10.log", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 2);
	assert_int_equal(retain.removed, 0);
	make("2026-11-11.log", 0);
	run_for(RETAIN_PASS_MS);
	assert_int_equal(retain.removed, 1);
}

static void test_keepmin_keeps_its_days_whatever_max_and_free_say(void **state)
{
	(void)state;
	settings.max_bytes = 1;
	settings.free_bytes = SIZE_MAX / 2;
	fake.capacity = 4096 * KIB;
	make("2026-11-19.log", 40 * KIB);
	make("2026-11-20.log", 40 * KIB);
	make("2026-11-21.log", 40 * KIB);
	make("2026-11-22.log", 40 * KIB);
	make("2026-12-24.log", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 3);
	assert_int_equal(retain.removed, 1);
	assert_gone("2026-11-19.log");
}

static void test_keepmin_0_keeps_today(void **state)
{
	(void)state;
	settings.max_bytes = 1;
	settings.keepmin_days = 0;
	make("2026-11-21.log", 40 * KIB);
	make("2026-11-22.log", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 3);
	assert_gone("2026-11-21.log");
	assert_there("2026-11-22.log");
}

static void test_keepmin_does_not_hold_up_keep(void **state)
{
	(void)state;
	keep(0);
	settings.keepmin_days = 9;
	make("2026-11-21.log", 1);
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-21.log");
}

static void test_the_oldest_go_until_free_holds(void **state)
{
	(void)state;
	settings.free_bytes = 100 * KIB;
	fake.capacity = 240 * KIB;
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-10.log", 40 * KIB);
	make("2026-11-11.log", 40 * KIB);
	fake_create("/log/other", S_IFREG, "")->hole = 80 * KIB;
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-09.log");
	assert_gone("2026-11-10.log");
	assert_there("2026-11-11.log");
	assert_there("other");
	assert_said("removed /log/2026-11-10.log (free=)\n");
	assert_int_equal(retain.removed, 2);
}

/* As ext4, XFS and Btrfs may, until they have written their tables. */
static void test_room_that_shows_late_is_not_made_twice(void **state)
{
	(void)state;
	settings.free_bytes = 100 * KIB;
	fake.capacity = 200 * KIB;
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-10.log", 40 * KIB);
	make("2026-11-11.log", 40 * KIB);
	begin(DATE);
	fake.hides = 40 * KIB;
	run_for(2000);
	fake.hides += 80 * KIB;
	assert_int_equal(retain.removed, 2);
	for (; written < 20 * KIB; written += KIB)
		run_for(1000);
	assert_int_equal(retain.removed, 2);
	fake.hides = 0;
	run_for(RETAIN_PASS_MS * 3);
	assert_int_equal(retain.removed, 2);
}

/* Inodes, or a quota: the free bytes don't show it. */
static void test_on_a_full_disk_a_file_goes_each_second(void **state)
{
	(void)state;
	settings.free_bytes = 64 * KIB;
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-10.log", 40 * KIB);
	make("2026-11-11.log", 40 * KIB);
	begin(DATE);
	run_for(30000);
	assert_int_equal(retain.removed, 0);
	is_full = true;
	run_for(900);
	assert_int_equal(retain.removed, 1);
	assert_gone("2026-11-09.log");
	run_for(1100);
	assert_int_equal(retain.removed, 2);
	is_full = false;
	run_for(RETAIN_PASS_MS * 2);
	assert_int_equal(retain.removed, 2);
}

static void test_a_full_disk_alone_removes_nothing(void **state)
{
	(void)state;
	keep(100);
	settings.max_bytes = 1000 * KIB;
	make("2026-11-09.log", 40 * KIB);
	begin(DATE);
	is_full = true;
	run_for(RETAIN_PASS_MS * 2);
	assert_int_equal(retain.removed, 0);
}

/* A walk each second would find nothing else. */
static void test_where_nothing_can_go_it_is_not_tried_each_second(void **state)
{
	unsigned walks;

	(void)state;
	settings.free_bytes = 64 * KIB;
	settings.max_bytes = 1;
	fake.capacity = KIB;
	make("2026-11-22.log", 40 * KIB);
	begin(DATE);
	is_full = true;
	run_for(2000);
	walks = fake.counts[FAKE_OPEN];
	run_for(RETAIN_PASS_MS - 3000);
	assert_int_equal(fake.counts[FAKE_OPEN], walks);
	run_for(5000);
	assert_int_equal(fake.counts[FAKE_OPEN], walks + 1);
}

static void test_files_that_grow_count_before_the_next_pass(void **state)
{
	(void)state;
	settings.max_bytes = 100 * KIB;
	make("2026-11-09.log", 40 * KIB);
	make("2026-11-22.log", 40 * KIB);
	begin(DATE);
	run_for(2000);
	written = 20 * KIB;
	run_for(2000);
	assert_int_equal(retain.removed, 0);
	written = 20 * KIB + 1;
	fake_node("/log/2026-11-22.log")->hole += (size_t)written;
	run_for(2000);
	assert_int_equal(retain.removed, 1);
}

static void test_growing_files_have_free_looked_at_sooner(void **state)
{
	(void)state;
	settings.free_bytes = 100 * KIB;
	fake.capacity = 1000 * KIB;
	make("2026-11-09.log", 40 * KIB);
	begin(DATE);
	run_for(2000);
	fake_create("/log/other", S_IFREG, "")->hole = 920 * KIB;
	written = 1;
	run_for(RETAIN_LOOK_MS);
	written = 2;
	run_for(2000);
	assert_int_equal(retain.removed, 1);
}

/* ---- senders ---- */

static void test_whoever_holds_most_gives_the_oldest(void **state)
{
	(void)state;
	settings.max_bytes = 130 * KIB;
	make("quiet/2020-01-01.log", 20 * KIB);
	make("quiet/2020-01-02.log", 20 * KIB);
	make("noisy/2026-11-12.log", 60 * KIB);
	make("noisy/2026-11-11.log", 60 * KIB);
	make("noisy/2026-11-21.log", 8 * KIB);
	begin("{host}/" DATE);
	run_for(2000);
	assert_int_equal(retain.removed, 1);
	assert_gone("noisy/2026-11-11.log");
}

static void test_one_noisy_machine_does_not_push_out_the_others(void **state)
{
	char name[32];
	unsigned host;

	(void)state;
	settings.max_bytes = 200 * KIB;
	for (host = 0; host < 10; host++) {
		snprintf(name, sizeof(name), "h%u/2026-11-0%u.log", host,
			 host % 9 + 1);
		make(name, 16 * KIB);
	}
	for (host = 10; host < 20; host++) {
		snprintf(name, sizeof(name), "noisy/2026-11-%02u.log", host);
		make(name, 100 * KIB);
	}
	begin("{host}/" DATE);
	run_for(RETAIN_PASS_MS);
	for (host = 0; host < 10; host++) {
		snprintf(name, sizeof(name), "h%u/2026-11-0%u.log", host,
			 host % 9 + 1);
		assert_there(name);
	}
	assert_int_equal(retain.removed, 10);
}

/* Today's files of the largest can't go, so others have to. */
static void test_who_has_nothing_to_remove_is_passed_over(void **state)
{
	(void)state;
	settings.max_bytes = 120 * KIB;
	make("noisy/2026-11-22.log", 100 * KIB);
	make("quiet/2026-11-01.log", 20 * KIB);
	make("other/2026-11-01.log", 12 * KIB);
	begin("{host}/" DATE);
	run_for(2000);
	assert_gone("quiet/2026-11-01.log");
	assert_there("other/2026-11-01.log");
}

static void test_directories_that_become_empty_go(void **state)
{
	(void)state;
	keep(5);
	make("2026/10/01/a/x.log", 1);
	make("2026/10/01/b/x.log", 1);
	make("2026/11/22/a/x.log", 1);
	begin("%Y/%m/%d/{host}/x.log");
	run_for(2000);
	assert_int_equal(retain.removed, 2);
	assert_gone("2026/10");
	assert_there("2026");
	assert_there("2026/11/22/a/x.log");
}

static void test_the_directory_itself_stays(void **state)
{
	(void)state;
	keep(5);
	make("a/2026-11-01.log", 1);
	begin("{host}/" DATE);
	run_for(2000);
	assert_gone("a");
	assert_non_null(fake_node("/log"));
	assert_string_equal(strstr(fake_text("stderr"), "removed"),
			    "removed /log/a/2026-11-01.log (keep=)\n");
}

static void test_an_hour_in_the_name_is_an_order_within_the_day(void **state)
{
	(void)state;
	settings.max_bytes = 70 * KIB;
	make("2026-11-01.13", 30 * KIB);
	make("2026-11-01.02", 30 * KIB);
	make("2026-11-02.00", 30 * KIB);
	begin("%Y-%m-%d.%H");
	run_for(2000);
	assert_int_equal(retain.removed, 1);
	assert_gone("2026-11-01.02");
}

/* ---- what is never touched ---- */

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

/* ---- steps ---- */

static void test_a_huge_file_is_shortened_before_it_goes(void **state)
{
	(void)state;
	keep(5);
	make("2020-01-01.log", (size_t)700 << 20);
	begin(DATE);
	run_for(2000);
	assert_gone("2020-01-01.log");
	assert_int_equal(fake.counts[FAKE_FTRUNCATE], 2);
	assert_int_equal(said_times("removed"), 1);
	assert_int_equal(retain.removed, 1);
}

static void test_a_file_of_one_part_is_not_shortened(void **state)
{
	(void)state;
	keep(5);
	make("2020-01-01.log", REMOVAL_PART_BYTES);
	begin(DATE);
	run_for(2000);
	assert_gone("2020-01-01.log");
	assert_int_equal(fake.counts[FAKE_FTRUNCATE], 0);
}

/* Of a directory one part is read, of a file one part removed. */
static void test_a_step_does_little(void **state)
{
	unsigned looks = 0, steps = 0;
	char name[32];
	int day;

	(void)state;
	keep(5);
	for (day = 1; day <= 20; day++) {
		snprintf(name, sizeof(name), "2020-01-%02d.log", day);
		make(name, (size_t)300 << 20);
	}
	begin(DATE);
	while (retain.removed == 0) {
		retain_step(&retain, 0, false, fake.now_ms++);
		assert_true(fake.counts[FAKE_GETDENTS64] <= ++steps);
		assert_true(fake.counts[FAKE_FSTATAT] <= looks + 2);
		looks = fake.counts[FAKE_FSTATAT];
	}
	assert_true(steps > 10);
}

static void test_more_than_there_is_memory_for_go_in_turns(void **state)
{
	char name[32];
	int i;

	(void)state;
	keep(5);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "h%02d/2020-01-01.log", i);
		make(name, 1);
	}
	begin("{host}/" DATE);
	/* As if many more had been found. */
	while (retain.phase != RETAIN_REMOVES)
		retain_step(&retain, 0, false, fake.now_ms++);
	while (retain.candidates.count > 7)
		candidates_take(&retain.candidates, 0);
	retain.candidates.overflowed = true;
	run_for(10000);
	assert_int_equal(retain.removed, 40);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_without_a_limit_nothing_is_looked_at),
		TEST(test_files_older_than_keep_go_within_two_seconds),
		TEST(test_keep_0_leaves_today),
		TEST(test_by_age_the_files_of_one_day_go_in_an_hour),
		TEST(test_a_clock_that_jumps_ahead_does_not_empty_the_disk),
		TEST(test_a_day_that_ends_makes_the_next_files_old),
		TEST(test_the_oldest_go_until_max_holds),
		TEST(test_at_max_nothing_goes),
		TEST(test_keepmin_keeps_its_days_whatever_max_and_free_say),
		TEST(test_keepmin_0_keeps_today),
		TEST(test_keepmin_does_not_hold_up_keep),
		TEST(test_the_oldest_go_until_free_holds),
		TEST(test_room_that_shows_late_is_not_made_twice),
		TEST(test_on_a_full_disk_a_file_goes_each_second),
		TEST(test_a_full_disk_alone_removes_nothing),
		TEST(test_where_nothing_can_go_it_is_not_tried_each_second),
		TEST(test_files_that_grow_count_before_the_next_pass),
		TEST(test_growing_files_have_free_looked_at_sooner),
		TEST(test_whoever_holds_most_gives_the_oldest),
		TEST(test_one_noisy_machine_does_not_push_out_the_others),
		TEST(test_who_has_nothing_to_remove_is_passed_over),
		TEST(test_directories_that_become_empty_go),
		TEST(test_the_directory_itself_stays),
		TEST(test_an_hour_in_the_name_is_an_order_within_the_day),
		TEST(test_only_files_that_the_pattern_can_make_go),
		TEST(test_what_is_no_file_with_one_name_is_never_touched),
		TEST(test_nor_where_the_file_system_tells_no_types),
		TEST(test_directories_are_found_without_types),
		TEST(test_no_symbolic_link_is_followed),
		TEST(test_a_file_that_lines_go_to_stays),
		TEST(test_a_file_that_was_replaced_meanwhile_stays),
		TEST(test_a_huge_file_is_shortened_before_it_goes),
		TEST(test_a_file_of_one_part_is_not_shortened),
		TEST(test_a_step_does_little),
		TEST(test_more_than_there_is_memory_for_go_in_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
