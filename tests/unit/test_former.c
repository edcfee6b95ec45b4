/* A file that is renamed under our hands, and perhaps removed later. */
#include "unit.h"

#include "fileworld.h"

static void (*meddle)(void); /* before the next write; NULL: nobody does */

static ssize_t writev_to_meddled(int fd, const struct iovec *iov, int count)
{
	if (meddle)
		meddle();
	meddle = NULL;
	return fakesys.writev(fd, iov, count);
}

static struct sys sys;

/* Writes @line, with @result, just after @by has meddled with the file. */
static void write_after(void (*by)(void), const char *line, int result)
{
	sys = fakesys;
	sys.writev = writev_to_meddled;
	settings.sys = &sys;
	meddle = by;
	put(line);
	assert_int_equal(drain(DAY), result);
	settings.sys = &fakesys;
}

/* "two" goes to a file that was just renamed. */
static void write_to_renamed(void)
{
	put_and_drain("one\n");
	write_after(rename_it, "two\n", 0);
}

static void wait_ms(uint64_t ms)
{
	uint64_t end_ms = fake.now_ms + ms;
	uint64_t due;

	while ((due = retrywrite_deadline(&a_log, queue)) <= end_ms) {
		assert_true(due > fake.now_ms);
		fake.now_ms = due;
		assert_int_equal(drain(DAY), 0);
	}
	fake.now_ms = end_ms;
}

static void remove_old(void)
{
	fake_unlink(OLD);
}

/* But the next file is made by the next line. */
static void test_a_rename_is_noticed_by_the_line_that_meets_it(void **state)
{
	(void)state;
	write_to_renamed();
	assert_null(fake_node(PATH));
	assert_int_equal(outq_passed(queue), 0);
	assert_int_equal(outq_aside(queue), 4);
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
}

/* Compressed and removed: perhaps before "two" came, so it is written again. */
static void test_a_line_of_a_file_that_is_removed_is_written_again(void **state)
{
	(void)state;
	write_to_renamed();
	put_and_drain("three\n");
	remove_old();
	wait_ms(FORMER_LOOK_MS);
	assert_string_equal(fake_text(PATH), "three\ntwo\n");
	wait_ms(1000);
	assert_int_equal(outq_aside(queue), 0);
	assert_int_equal(retrywrite_deadline(&a_log, queue), DEADLINE_NEVER);
	assert_int_equal(fake_open_fds(), 2);
	assert_string_equal(fake_text("stderr"), "");
}

static void rename_and_remove(void)
{
	rename_it();
	remove_old();
}

/* Renamed, read, and removed between two looks of ours. */
static void test_a_mover_may_be_faster_than_any_look(void **state)
{
	(void)state;
	put_and_drain("one\n");
	write_after(rename_and_remove, "two\n", 0);
	assert_string_equal(fake_text(PATH), "two\n");
}

static void test_a_removal_is_noticed_as_long_as_it_is_watched(void **state)
{
	static const uint64_t ages_ms[] = { 1, 5000, 60000,
					    FORMER_WATCH_MS - 1 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ages_ms) / sizeof(ages_ms[0]); i++) {
		set_up(NULL);
		write_to_renamed();
		wait_ms(ages_ms[i]);
		assert_string_equal(fake_text(PATH), "");
		remove_old();
		wait_ms(ages_ms[i] / 7 + FORMER_LOOK_MS);
		assert_string_equal(fake_text(PATH), "two\n");
		tear_down(NULL);
	}
	set_up(NULL);
}

static void test_a_file_that_stays_keeps_its_lines(void **state)
{
	unsigned looks;

	(void)state;
	write_to_renamed();
	looks = fake.counts[FAKE_FSTAT];
	wait_ms(FORMER_WATCH_MS);
	assert_true(fake.counts[FAKE_FSTAT] - looks < 200);
	assert_int_equal(outq_aside(queue), 0);
	assert_int_equal(pool_available(&files.blocks), BLOCKS);
	assert_int_equal(fake_open_fds(), 1);
	remove_old();
	put_and_drain("three\n");
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "three\n");
}

/* What was confirmed is none of this. */
static void test_a_rename_between_two_lines_is_not_watched(void **state)
{
	(void)state;
	put_and_drain("one\n");
	put_and_drain("two\n");
	rename_it();
	fake.now_ms++;
	put_and_drain("three\n");
	assert_int_equal(outq_aside(queue), 0);
	assert_int_equal(fake_open_fds(), 2);
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
	assert_string_equal(fake_text(PATH), "three\n");
}

static void test_a_file_may_get_its_name_back(void **state)
{
	(void)state;
	write_to_renamed();
	fake_rename(OLD, PATH);
	put_and_drain("three\n");
	confirm();
	assert_int_equal(outq_aside(queue), 0);
	assert_int_equal(fake_open_fds(), 2);
	assert_string_equal(fake_text(PATH), "one\ntwo\nthree\n");
}

/* Each of its names may be the one that was compressed. */
static void test_a_file_with_two_names_may_lose_one(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake_node(PATH)->links = 1;
	write_after(rename_it, "two\n", 0);
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "");
	fake_node(OLD)->links = 0;
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "two\n");
}

/* The second name stays. */
static void test_a_file_with_two_names_may_be_replaced(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake_node(PATH)->links = 1;
	write_after(delete_it, "two\n", 0);
	assert_int_equal(outq_aside(queue), 4);
	wait_ms(FORMER_WATCH_MS);
	assert_string_equal(fake_text(PATH), "");
}

static void rename_again(void)
{
	fake_rename(PATH, "/log/older");
}

static void test_a_second_rename_ends_the_first_watch(void **state)
{
	(void)state;
	write_to_renamed();
	put_and_drain("three\n");
	put("four\n");
	write_after(rename_again, "five\n", 0);
	assert_string_equal(fake_text("/log/older"), "three\nfour\nfive\n");
	assert_string_equal(fake_text(PATH), "two\n");
	assert_int_equal(outq_aside(queue), 10);
	assert_int_equal(fake_open_fds(), 3);
	fake_unlink("/log/older");
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "two\nfour\nfive\n");
}

static void test_the_end_of_all_ends_the_watch(void **state)
{
	(void)state;
	write_to_renamed();
	remove_old();
	settings.ends = true;
	openfile_recall(&a_log.file, queue);
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "two\n");
	/* Nobody could watch another one. */
	write_after(rename_it, "three\n", 0);
	assert_int_equal(outq_aside(queue), 0);
	assert_string_equal(fake_text(OLD), "two\nthree\n");
	assert_string_equal(fake_text(PATH), "three\n");
}

static void test_without_memory_lines_are_written_again(void **state)
{
	(void)state;
	while (pool_available(&files.blocks) > 1)
		pool_get(&files.blocks);
	write_to_renamed();
	assert_int_equal(outq_aside(queue), 0);
	assert_string_equal(fake_text(PATH), "two\n");
	assert_int_equal(fake_open_fds(), 2);
}

/* A descriptor is worth more than to know. */
static void test_the_watch_gives_its_descriptor(void **state)
{
	(void)state;
	write_to_renamed();
	openfile_reopen(&a_log.file);
	put("three\n");
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EMFILE, 0);
	assert_int_equal(drain(DAY), 0);
	confirm();
	assert_string_equal(fake_text(PATH), "two\nthree\n");
	assert_int_equal(fake_open_fds(), 2);
}

/* "two" is written, but the look behind it fails. */
static void write_unseen(void)
{
	put_and_drain("one\n");
	fake_fail(FAKE_BIT(FAKE_LSTAT), 1, 1, EIO, 0);
	put_and_drain("two\n");
	assert_int_equal(outq_passed(queue), 4);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EMFILE, 0);
}

static void test_a_file_that_gives_its_descriptor_keeps_its_lines(void **state)
{
	(void)state;
	write_unseen();
	put_and_drain("three\n");
	assert_string_equal(fake_text(PATH), "one\ntwo\nthree\n");
}

static void test_a_renamed_file_that_gives_its_descriptor(void **state)
{
	(void)state;
	write_unseen();
	rename_it();
	put_and_drain("three\n");
	assert_int_equal(outq_aside(queue), 0);
	assert_int_equal(fake_open_fds(), 2);
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
	assert_string_equal(fake_text(PATH), "two\nthree\n");
}

static void test_looks_that_fail_for_long_are_said(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake_fail(FAKE_BIT(FAKE_LSTAT), 1, UINT32_MAX, EIO, 0);
	put_and_drain("two\n");
	wait_ms(3000);
	assert_non_null(strstr(fake_text("stderr"),
			       "unable to open " PATH ": Input/output error"));
	fake_no_faults();
	wait_ms(3000);
	assert_int_equal(outq_passed(queue), 0);
	assert_string_equal(fake_text(PATH), "one\ntwo\n");
	assert_non_null(strstr(fake_text("stderr"), "able to write"));
}

static void test_a_file_is_watched_while_the_disk_refuses(void **state)
{
	(void)state;
	write_to_renamed();
	put("three\n");
	a_log.failing = true;
	a_log.retry_ms = fake.now_ms + 1000;
	assert_int_equal(retrywrite_deadline(&a_log, queue),
			 fake.now_ms + FORMER_LOOK_MS);
}

/* Its server has it no more. */
static void test_a_stale_file_counts_as_removed(void **state)
{
	(void)state;
	write_to_renamed();
	fake_fail(FAKE_BIT(FAKE_FSTAT), 1, 1, ESTALE, 0);
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "two\n");
}

static void test_a_watch_goes_on_after_a_look_that_fails(void **state)
{
	(void)state;
	write_to_renamed();
	fake_fail(FAKE_BIT(FAKE_FSTAT), 1, 3, EIO, 0);
	wait_ms(FORMER_WATCH_MS / 2);
	assert_string_equal(fake_text(PATH), "");
	assert_int_equal(outq_aside(queue), 4);
	remove_old();
	wait_ms(FORMER_WATCH_MS / 2);
	assert_string_equal(fake_text(PATH), "two\n");
}

static void test_after_the_watch_what_can_not_be_looked_at_is_lost(void **state)
{
	(void)state;
	write_to_renamed();
	wait_ms(FORMER_WATCH_MS - 1);
	fake_fail(FAKE_BIT(FAKE_FSTAT), 1, 1, EIO, 0);
	wait_ms(100);
	assert_string_equal(fake_text(PATH), "two\n");
	assert_int_equal(outq_aside(queue), 0);
}

/* Nothing is known then; the file is still what the name stands for. */
static void test_a_look_that_fails_changes_nothing(void **state)
{
	static const int errors[] = { EIO, ENOMEM, EACCES, ELOOP, ENOENT };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		set_up(NULL);
		put_and_drain("one\n");
		fake_fail(FAKE_BIT(FAKE_LSTAT), 1, 1, errors[i], 0);
		put_and_drain("two\n");
		wait_ms(1000);
		put_and_drain("three\n");
		wait_ms(1000);
		assert_int_equal(outq_passed(queue) + outq_aside(queue), 0);
		assert_string_equal(fake_text(PATH), "one\ntwo\nthree\n");
		assert_int_equal(fake_open_fds(), 2);
		tear_down(NULL);
	}
	set_up(NULL);
}

/* Lines wait for a name that can't be opened, as all do. */
static void test_a_rename_may_be_followed_by_an_obstacle(void **state)
{
	(void)state;
	write_to_renamed();
	fake_create(PATH, S_IFDIR | 0755, "");
	put("three\n");
	fake.now_ms += RETRYWRITE_CONFIRM_MS;
	assert_int_equal(drain(DAY), -1);
	remove_old();
	fake.now_ms += FORMER_LOOK_MS;
	assert_int_equal(drain(DAY), -1);
	fake_unlink(PATH);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "two\nthree\n");
}

static void rename_and_fill(void)
{
	rename_it();
	fake.capacity = 11;
}

static void test_a_torn_line_is_taken_out_of_the_renamed_file(void **state)
{
	(void)state;
	put_and_drain("one\n");
	put("two\n");
	write_after(rename_and_fill, "three\n", -1);
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
	assert_int_equal(outq_aside(queue), 4);
	fake.capacity = SIZE_MAX;
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "three\n");
	remove_old();
	wait_ms(1000);
	assert_string_equal(fake_text(PATH), "three\ntwo\n");
}

/* NFS: close() tells what write() didn't. */
static void test_a_close_that_fails_is_told(void **state)
{
	(void)state;
	write_to_renamed();
	remove_old();
	fake_fail(FAKE_BIT(FAKE_CLOSE), 1, 1, EDQUOT, 0);
	wait_ms(1000);
	assert_non_null(strstr(fake_text("stderr"), "unable to close " PATH));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_rename_is_noticed_by_the_line_that_meets_it),
		CASE(test_a_line_of_a_file_that_is_removed_is_written_again),
		CASE(test_a_mover_may_be_faster_than_any_look),
		CASE(test_a_removal_is_noticed_as_long_as_it_is_watched),
		CASE(test_a_file_that_stays_keeps_its_lines),
		CASE(test_a_rename_between_two_lines_is_not_watched),
		CASE(test_a_file_may_get_its_name_back),
		CASE(test_a_file_with_two_names_may_lose_one),
		CASE(test_a_file_with_two_names_may_be_replaced),
		CASE(test_a_second_rename_ends_the_first_watch),
		CASE(test_the_end_of_all_ends_the_watch),
		CASE(test_without_memory_lines_are_written_again),
		CASE(test_the_watch_gives_its_descriptor),
		CASE(test_a_file_that_gives_its_descriptor_keeps_its_lines),
		CASE(test_a_renamed_file_that_gives_its_descriptor),
		CASE(test_looks_that_fail_for_long_are_said),
		CASE(test_a_file_is_watched_while_the_disk_refuses),
		CASE(test_a_stale_file_counts_as_removed),
		CASE(test_a_watch_goes_on_after_a_look_that_fails),
		CASE(test_after_the_watch_what_can_not_be_looked_at_is_lost),
		CASE(test_a_look_that_fails_changes_nothing),
		CASE(test_a_rename_may_be_followed_by_an_obstacle),
		CASE(test_a_torn_line_is_taken_out_of_the_renamed_file),
		CASE(test_a_close_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
