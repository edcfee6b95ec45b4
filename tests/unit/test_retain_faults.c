/*
 * Whatever call fails: it is said once, other files go on, and what could not
 * be removed goes later.
 */
#include "retainworld.h"

#define PATTERN "{host}/%Y-%m-%d.log"

static void make_disk(void)
{
	keep(100);
	settings.max_bytes = 100 * KIB;
	settings.free_bytes = 64 * KIB;
	fake.capacity = SIZE_MAX;
	make("a/2020-01-01.log", KIB);
	make("b/2020-01-01.log", (size_t)600 << 20);
	make("b/2026-11-01.log", 90 * KIB);
	make("c/2026-11-02.log", 10 * KIB);
	make("c/2026-11-22.log", 10 * KIB);
	make("d/note", 1);
	begin(PATTERN);
}

/* All that is to go, and nothing else. */
static void check_disk(const char *which)
{
	/* Directories stay where rmdir() has failed. */
	if (is_there("a/2020-01-01.log") || is_there("b/2020-01-01.log") ||
	    is_there("b/2026-11-01.log") || !is_there("c/2026-11-22.log") ||
	    !is_there("d/note"))
		fail_msg("%s: %s", which, fake_text("stderr"));
	/* Where one that should go can't, another may have to. */
	if (!fake.failed && !is_there("c/2026-11-02.log"))
		fail_msg("%s: too much: %s", which, fake_text("stderr"));
	if (said_times("unable") > 1 || said_times("removed") > 4)
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
	walk_end(&retain.walk);
	if (fake_open_fds() != 1)
		fail_msg("%s: a descriptor is left open", which);
}

static void test_a_disk_without_faults(void **state)
{
	(void)state;
	make_disk();
	run_for(RETAIN_PASS_MS);
	check_disk("no fault");
	assert_gone("b");
	assert_int_equal(said_times("unable"), 0);
	assert_int_equal(retain.removed, 3);
}

static void sweep(enum fake_call call, unsigned times, uint64_t lasts_ms)
{
	static const int errors[] = { EACCES, EPERM,   EIO,   EROFS,  EMFILE,
				      ENFILE, ENOMEM,  EINTR, ESTALE, EBUSY,
				      ENOENT, ENOTDIR, ELOOP, EDQUOT };
	char which[64];
	unsigned nth;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (nth = 1;; nth++) {
			tear_down(NULL);
			set_up(NULL);
			make_disk();
			fake_fail(FAKE_BIT(call), nth, times, errors[i],
				  lasts_ms);
			snprintf(which, sizeof(which), "call %d, %s, %u.",
				 (int)call, strerror(errors[i]), nth);
			run_for(lasts_ms + 3 * RETAIN_PASS_MS);
			check_disk(which);
			if (!fake.failed)
				break;
		}
	assert_true(nth > 1);
}

static const enum fake_call calls[] = {
	FAKE_OPEN,  FAKE_OPENAT,    FAKE_FSTATAT,  FAKE_STATFS, FAKE_GETDENTS64,
	FAKE_FSTAT, FAKE_FTRUNCATE, FAKE_UNLINKAT, FAKE_CLOSE,
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static void test_each_call_may_fail_once(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CALLS; i++)
		sweep(calls[i], 1, 0);
}

static void test_each_call_may_fail_for_minutes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CALLS; i++)
		sweep(calls[i], UINT32_MAX, 5 * RETAIN_PASS_MS);
}

static void test_a_file_that_stays_holds_up_no_other(void **state)
{
	(void)state;
	keep(5);
	make("a/2020-01-01.log", 1)->stays = true;
	make("a/2020-01-02.log", 1)->stays = true;
	make("a/2020-01-03.log", 1);
	make("b/2020-01-01.log", 1);
	begin(PATTERN);
	run_for(3 * RETAIN_DAY_MS);
	assert_there("a/2020-01-01.log");
	assert_gone("a/2020-01-03.log");
	assert_gone("b");
	assert_int_equal(said_times("unable"), 1);
	assert_said("warning: unable to remove /log/a/2020-01-0");
	assert_int_equal(said_times("able to remove old files"), 0);
	fake_node("/log/a/2020-01-01.log")->stays = false;
	fake_node("/log/a/2020-01-02.log")->stays = false;
	run_for(3 * RETAIN_DAY_MS);
	assert_gone("a");
	assert_said(
		"udplogger: able to remove old files in /log again, after ");
	assert_int_equal(said_times("unable"), 1);
}

static void test_for_room_others_go_in_place_of_a_file_that_stays(void **state)
{
	(void)state;
	settings.max_bytes = 50 * KIB;
	make("2020-01-01.log", 40 * KIB)->stays = true;
	make("2020-01-02.log", 40 * KIB);
	make("2020-01-03.log", 4 * KIB);
	begin("%Y-%m-%d.log");
	run_for(2000);
	assert_there("2020-01-01.log");
	assert_gone("2020-01-02.log");
	assert_there("2020-01-03.log");
}

static void test_who_has_a_file_that_stays_keeps_no_other_from_going(void **s)
{
	(void)s;
	settings.max_bytes = 110 * KIB;
	make("noisy/2026-11-01.log", 100 * KIB)->stays = true;
	make("quiet/2026-11-02.log", 20 * KIB);
	begin(PATTERN);
	run_for(2000);
	assert_there("noisy/2026-11-01.log");
	assert_gone("quiet/2026-11-02.log");
}

static void test_a_directory_that_cannot_be_read_holds_up_no_other(void **state)
{
	(void)state;
	keep(5);
	make("a/2020-01-01.log", 1);
	make("b/2020-01-01.log", 1);
	fake_node("/log/a")->mode = S_IFDIR;
	begin(PATTERN);
	run_for(3 * RETAIN_PASS_MS);
	assert_there("a/2020-01-01.log");
	assert_gone("b");
	assert_int_equal(said_times("unable"), 1);
	assert_said("unable to open /log/a: Permission denied\n");
	fake_node("/log/a")->mode = S_IFDIR | 0700;
	run_for(RETAIN_PASS_MS);
	assert_gone("a");
}

static void test_a_directory_that_is_gone_is_waited_for(void **state)
{
	(void)state;
	keep(5);
	settings.free_bytes = 64 * KIB;
	fake.capacity = KIB;
	make("2020-01-01.log", 1);
	begin("%Y-%m-%d.log");
	fake_rename("/log", "/mounted-over");
	run_for(3 * RETAIN_PASS_MS);
	assert_non_null(fake_node("/mounted-over/2020-01-01.log"));
	assert_int_equal(said_times("unable"), 1);
	fake_rename("/mounted-over", "/log");
	run_for(RETAIN_PASS_MS);
	assert_gone("2020-01-01.log");
}

/* One that can't be written, or is in use elsewhere, can be deleted. */
static void test_a_huge_file_that_cannot_be_shortened_goes_at_once(void **state)
{
	(void)state;
	keep(5);
	make("2020-01-01.log", (size_t)600 << 20);
	begin("%Y-%m-%d.log");
	fake_fail(FAKE_BIT(FAKE_FTRUNCATE), 1, UINT32_MAX, EPERM, 0);
	run_for(2000);
	assert_gone("2020-01-01.log");
	assert_int_equal(said_times("unable"), 0);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_disk_without_faults),
		TEST(test_each_call_may_fail_once),
		TEST(test_each_call_may_fail_for_minutes),
		TEST(test_a_file_that_stays_holds_up_no_other),
		TEST(test_for_room_others_go_in_place_of_a_file_that_stays),
		TEST(test_who_has_a_file_that_stays_keeps_no_other_from_going),
		TEST(test_a_directory_that_cannot_be_read_holds_up_no_other),
		TEST(test_a_directory_that_is_gone_is_waited_for),
		TEST(test_a_huge_file_that_cannot_be_shortened_goes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
