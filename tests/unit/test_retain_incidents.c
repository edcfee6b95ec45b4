/* Tests of retain: files of incidents count as of their day. */
#include "retainworld.h"

#define DATE "%Y-%m-%d.log"

static void test_by_age_they_go_in_the_same_hour_as_their_log(void **state)
{
	(void)state;
	keep(5);
	make("2026-11-10.log", 1);
	make("2026-11-10.incidents", 1);
	make("2026-11-11.1.incidents.gz", 1);
	make("2026-11-17.incidents", 1);
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-10.log");
	assert_gone("2026-11-10.incidents");
	assert_there("2026-11-11.1.incidents.gz");
	run_for(RETAIN_DAY_MS + RETAIN_PASS_MS);
	assert_gone("2026-11-11.1.incidents.gz");
	assert_there("2026-11-17.incidents");
	assert_said("removed /log/2026-11-10.incidents (keep=)\n");
	assert_said("retention: 4 files of 16384 bytes; 0 others");
}

static void test_for_room_they_go_behind_the_log_of_their_day(void **state)
{
	(void)state;
	settings.max_bytes = 100 * KIB;
	make("2026-11-10.incidents", KIB);
	make("2026-11-10.log", 40 * KIB);
	make("2026-11-11.incidents", KIB);
	make("2026-11-11.log", 40 * KIB);
	make("2026-11-22.log", 40 * KIB);
	begin(DATE);
	run_for(2000);
	/* 100 KiB are left without it; but it tells of lines that are gone. */
	assert_gone("2026-11-10.log");
	assert_gone("2026-11-10.incidents");
	assert_there("2026-11-11.log");
	assert_there("2026-11-11.incidents");
	assert_said("removed /log/2026-11-10.log (max=)\n"
		    "udplogger: removed /log/2026-11-10.incidents (max=)\n");
	assert_int_equal(retain.removed, 2);
}

static void test_they_stay_while_a_log_of_their_day_does(void **state)
{
	(void)state;
	settings.max_bytes = 120 * KIB;
	make("2026-11-10.incidents", KIB);
	make("2026-11-10.03", 40 * KIB);
	make("2026-11-10.23", 40 * KIB);
	make("2026-11-22.00", 40 * KIB);
	begin("%Y-%m-%d.%H");
	run_for(RETAIN_PASS_MS * 2);
	assert_gone("2026-11-10.03");
	assert_there("2026-11-10.23");
	assert_there("2026-11-10.incidents");
	make("2026-11-21.00", 40 * KIB);
	run_for(RETAIN_PASS_MS);
	assert_gone("2026-11-10.23");
	assert_gone("2026-11-10.incidents");
}

/* That nothing was to be removed for is no reason to remove one. */
static void test_without_a_log_they_stay_until_a_limit_is_passed(void **state)
{
	(void)state;
	settings.max_bytes = 100 * KIB;
	make("2026-11-09.incidents", KIB);
	make("2026-11-10.log", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 2);
	assert_int_equal(retain.removed, 0);
	make("2026-11-11.log", 60 * KIB);
	run_for(RETAIN_PASS_MS);
	assert_int_equal(retain.removed, 1);
	assert_gone("2026-11-09.incidents");
}

static void test_keepmin_keeps_them_and_today_is_kept_always(void **state)
{
	(void)state;
	settings.max_bytes = 1;
	make("2026-11-19.incidents", 40 * KIB);
	make("2026-11-20.incidents", 40 * KIB);
	make("2026-11-22.incidents", 40 * KIB);
	make("2026-12-24.incidents", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 3);
	assert_int_equal(retain.removed, 1);
	assert_gone("2026-11-19.incidents");
}

static void test_keepmin_0_keeps_todays(void **state)
{
	(void)state;
	settings.max_bytes = 1;
	settings.keepmin_days = 0;
	make("2026-11-21.log", KIB);
	make("2026-11-21.incidents", KIB);
	make("2026-11-22.incidents", 40 * KIB);
	begin(DATE);
	run_for(RETAIN_PASS_MS * 3);
	assert_gone("2026-11-21.log");
	assert_gone("2026-11-21.incidents");
	assert_there("2026-11-22.incidents");
}

static void test_they_make_room_for_free_too(void **state)
{
	(void)state;
	settings.free_bytes = 100 * KIB;
	fake.capacity = 200 * KIB;
	make("2026-11-09.incidents", 40 * KIB);
	make("2026-11-10.log", 40 * KIB);
	fake_create("/log/other", S_IFREG, "")->hole = 60 * KIB;
	begin(DATE);
	run_for(2000);
	assert_gone("2026-11-09.incidents");
	assert_there("2026-11-10.log");
	assert_said("removed /log/2026-11-09.incidents (free=)\n");
}

/*
 * Where senders have their own files, whoever forges incidents pushes out old
 * incidents, and no lines.
 */
static void test_many_incidents_push_out_no_lines_of_senders(void **state)
{
	(void)state;
	settings.max_bytes = 300 * KIB;
	make("quiet/2020-01-01.log", 16 * KIB);
	make("other/2026-11-10.log", 16 * KIB);
	make("2026-11-09.incidents", 100 * KIB);
	make("2026-11-10.incidents", 100 * KIB);
	make("2026-11-22.incidents", 200 * KIB);
	begin("{host}/" DATE);
	run_for(RETAIN_PASS_MS * 2);
	assert_gone("2026-11-09.incidents");
	assert_gone("2026-11-10.incidents");
	assert_there("2026-11-22.incidents");
	assert_there("quiet/2020-01-01.log");
	assert_there("other/2026-11-10.log");
}

static void test_few_incidents_stay_when_a_sender_gives_files(void **state)
{
	(void)state;
	settings.max_bytes = 100 * KIB;
	make("2026-11-09.incidents", KIB);
	make("noisy/2026-11-09.log", 60 * KIB);
	make("noisy/2026-11-10.log", 60 * KIB);
	begin("{host}/" DATE);
	run_for(RETAIN_PASS_MS);
	assert_gone("noisy/2026-11-09.log");
	assert_there("2026-11-09.incidents");
}

/* The pattern may be as short as a date. */
static void test_long_names_are_removed_by_their_whole_name(void **state)
{
	(void)state;
	keep(5);
	make("2026-11-10.9.incidents.bz2", 1);
	begin("%Y%m%d");
	run_for(2000);
	assert_gone("2026-11-10.9.incidents.bz2");
}

static void test_what_lines_go_to_stays(void **state)
{
	(void)state;
	keep(5);
	open_name = "2026-11-10.incidents";
	make("2026-11-10.incidents", 1);
	make("2026-11-10.log", 1);
	begin(DATE);
	run_for(2000);
	assert_there("2026-11-10.incidents");
	assert_gone("2026-11-10.log");
}

static void test_what_has_another_nature_stays(void **state)
{
	(void)state;
	keep(5);
	make("2026-11-10.incidents", 1)->mode = S_IFLNK | 0777;
	make("2026-11-11.incidents/x", 1);
	make("2026-11-12.incidents", 1)->links = 2;
	begin(DATE);
	run_for(RETAIN_DAY_MS * 4);
	assert_int_equal(retain.removed, 0);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_age_they_go_in_the_same_hour_as_their_log),
		TEST(test_for_room_they_go_behind_the_log_of_their_day),
		TEST(test_they_stay_while_a_log_of_their_day_does),
		TEST(test_without_a_log_they_stay_until_a_limit_is_passed),
		TEST(test_keepmin_keeps_them_and_today_is_kept_always),
		TEST(test_keepmin_0_keeps_todays),
		TEST(test_they_make_room_for_free_too),
		TEST(test_many_incidents_push_out_no_lines_of_senders),
		TEST(test_few_incidents_stay_when_a_sender_gives_files),
		TEST(test_long_names_are_removed_by_their_whole_name),
		TEST(test_what_lines_go_to_stays),
		TEST(test_what_has_another_nature_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
