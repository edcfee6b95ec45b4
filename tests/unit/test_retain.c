/* Tests of retain: what goes by age, and how much is done at a time. */
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

static void test_a_clock_set_back_meanwhile_saves_what_was_old(void **state)
{
	(void)state;
	make("2026-11-01.log", 40 * KIB);
	keep(5);
	begin(DATE);
	go_to_removal();
	fake_set_wall(FAKE_NOON - (time_t)86400 * 20);
	run_for(2000);
	assert_there("2026-11-01.log");
}

static void test_the_same_for_room(void **state)
{
	(void)state;
	make("2026-11-01.log", 40 * KIB);
	settings.max_bytes = 1;
	begin(DATE);
	go_to_removal();
	fake_set_wall(FAKE_NOON - (time_t)86400 * 20);
	run_for(2000);
	assert_there("2026-11-01.log");
}

/* So that no disk makes it busy all the time. */
static void test_after_a_long_pass_it_rests_longer(void **state)
{
	uint64_t began;

	(void)state;
	make("2026-11-22.log", 1);
	keep(5);
	begin(DATE);
	began = fake.now_ms;
	do {
		retain_step(&retain, 0, false, fake.now_ms);
		fake.now_ms += 1000;
	} while (retain.phase != RETAIN_RESTS);
	fake.now_ms -= 1000;
	assert_int_equal(retain_deadline(&retain),
			 fake.now_ms + RETAIN_PASS_MS +
				 10 * (fake.now_ms - began));
}

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

/* A walk that goes on is given up: it is of the former pattern. */
static void test_other_limits_hold_at_once(void **state)
{
	unsigned open_before;
	int steps;

	(void)state;
	settings.conf = "conf";
	make("2026-11-14.log", 1);
	make("a/2026-11-13.log", 1);
	begin(DATE);
	assert_int_equal(retain_deadline(&retain), DEADLINE_NEVER);
	open_before = fake_open_fds();
	for (steps = 0; steps < 6; steps++) {
		int i;

		keep(100);
		assert_null(filename_compile(&settings.file, "{host}/" DATE));
		retain_change(&retain);
		for (i = 0; i < steps; i++) {
			retain_step(&retain, 0, false, fake.now_ms);
			fake.now_ms++;
		}
		assert_null(filename_compile(&settings.file, DATE));
		retain_change(&retain);
		assert_int_equal(fake_open_fds(), open_before);
	}
	keep(7);
	retain_change(&retain);
	run_for(2000);
	assert_gone("2026-11-14.log");
	assert_there("a/2026-11-13.log");
	settings.keep_days = 0;
	retain_change(&retain);
	assert_int_equal(retain_deadline(&retain), DEADLINE_NEVER);
	assert_int_equal(retain.removed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_without_a_limit_nothing_is_looked_at),
		TEST(test_files_older_than_keep_go_within_two_seconds),
		TEST(test_keep_0_leaves_today),
		TEST(test_by_age_the_files_of_one_day_go_in_an_hour),
		TEST(test_a_clock_that_jumps_ahead_does_not_empty_the_disk),
		TEST(test_a_day_that_ends_makes_the_next_files_old),
		TEST(test_a_clock_set_back_meanwhile_saves_what_was_old),
		TEST(test_the_same_for_room),
		TEST(test_after_a_long_pass_it_rests_longer),
		TEST(test_a_huge_file_is_shortened_before_it_goes),
		TEST(test_a_file_of_one_part_is_not_shortened),
		TEST(test_a_step_does_little),
		TEST(test_more_than_there_is_memory_for_go_in_turns),
		TEST(test_other_limits_hold_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
