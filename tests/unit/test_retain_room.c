/* Tests of retain: what goes for max= and free=, and what keepmin= keeps. */
#include "retainworld.h"

#define DATE "%Y-%m-%d.log"

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

/* Each pass counts anew. */
static void test_who_held_most_before_does_not_count(void **state)
{
	(void)state;
	settings.max_bytes = 130 * KIB;
	make("noisy/2026-11-01.log", 100 * KIB);
	make("quiet/2026-11-02.log", 20 * KIB);
	begin("{host}/" DATE);
	run_for(2000);
	fake_unlink("/log/noisy/2026-11-01.log");
	fake_unlink("/log/noisy");
	make("other/2026-11-22.log", 120 * KIB);
	run_for(RETAIN_PASS_MS);
	assert_gone("quiet/2026-11-02.log");
}

static void test_who_holds_little_is_not_collected(void **state)
{
	(void)state;
	settings.max_bytes = 130 * KIB;
	make("noisy/2026-11-01.log", 100 * KIB);
	make("quiet/2020-11-02.log", 40 * KIB);
	begin("{host}/" DATE);
	go_to_removal();
	assert_int_equal(retain.candidates.count, 1);
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

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		TEST(test_who_held_most_before_does_not_count),
		TEST(test_who_holds_little_is_not_collected),
		TEST(test_directories_that_become_empty_go),
		TEST(test_the_directory_itself_stays),
		TEST(test_an_hour_in_the_name_is_an_order_within_the_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
