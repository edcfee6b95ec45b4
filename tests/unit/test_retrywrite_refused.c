/* A name that stays refused: its lines go where they can. */
#include "unit.h"

#include "fakedir.h"
#include "fileworld.h"

#define BESIDE	"/log/2026-11-22.1.log"
#define BESIDE2 "/log/2026-11-22.2.log"

static void assert_said(const char *part)
{
	if (!strstr(fake_text("stderr"), part))
		fail_msg("no \"%s\" in:\n%s", part, fake_text("stderr"));
}

/* Tries until lines go elsewhere; returns how long that took. */
static uint64_t wait_for_patience(void)
{
	uint64_t begin = fake.now_ms;

	while (drain(DAY)) {
		assert_true(fake.now_ms - begin <= 2 * RETRYWRITE_REFUSED_MS);
		fake.now_ms = retry_time();
	}
	return fake.now_ms - begin;
}

static void try_name_again(void)
{
	fake.now_ms = a_log.name_ms;
	drain(DAY);
}

static void assert_patient(uint64_t waited_ms)
{
	assert_between(waited_ms, RETRYWRITE_REFUSED_MS,
		       RETRYWRITE_REFUSED_MS + BACKOFF_MAX_MS);
}

static void test_lines_go_beside_what_is_refused(void **state)
{
	static const mode_t modes[] = { S_IFLNK | 0777, S_IFDIR | 0755,
					S_IFIFO | 0600, S_IFREG | 0700 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		set_up(NULL);
		fake_create(PATH, modes[i], "");
		put("one\n");
		assert_patient(wait_for_patience());
		assert_said(": going on in 2026-11-22.1.log\n");
		put_and_drain("two\n");
		assert_string_equal(fake_text(BESIDE), "one\ntwo\n");
		assert_string_equal(fake_text(PATH), "");
		/* Until it is gone. */
		try_name_again();
		fake_unlink(PATH);
		try_name_again();
		assert_said("able to write " PATH " again");
		put_and_drain("three\n");
		assert_string_equal(fake_text(BESIDE), "one\ntwo\n");
		assert_string_equal(fake_text(PATH), "three\n");
		assert_int_equal(retrywrite_deadline(&a_log, queue),
				 DEADLINE_NEVER);
		tear_down(NULL);
	}
	set_up(NULL);
}

static void test_the_next_free_name_is_taken(void **state)
{
	(void)state;
	fake_create(PATH, S_IFDIR | 0755, "");
	fake_create(BESIDE, S_IFLNK | 0777, "");
	fake_create(BESIDE2, S_IFREG | 0640, "zero\n");
	put("one\n");
	wait_for_patience();
	assert_string_equal(fake_text(BESIDE2), "zero\none\n");
}

/* Where there is no directory, none of the other names is tried. */
static void test_without_a_directory_one_name_is_enough(void **state)
{
	(void)state;
	settings.ends = true;
	fake_fail(FAKE_BIT(FAKE_LSTAT), 1, UINT32_MAX, ENOTDIR, 0);
	put("one\n");
	assert_int_equal(drain(DAY), -1);
	assert_between(fake.counts[FAKE_LSTAT], 2, 3);
}

/* A file beside may lose its name, too; at once there is another. */
static void test_a_file_beside_is_looked_at(void **state)
{
	(void)state;
	fake_create(PATH, S_IFDIR | 0755, "");
	put("one\n");
	wait_for_patience();
	fake_rename(BESIDE, OLD);
	fake.now_ms++;
	put_and_drain("two\n");
	assert_string_equal(fake_text(OLD), "one\n");
	assert_string_equal(fake_text(BESIDE), "two\n");
	fake_unlink(BESIDE);
	put_and_drain("three\n");
	assert_string_equal(fake_text(BESIDE), "three\n");
}

static void test_a_quarter_of_the_queues_is_enough(void **state)
{
	char line[OUTQ_BLOCK_BYTES];

	(void)state;
	fake_create(PATH, S_IFDIR | 0755, "");
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	assert_true(outq_put(queue, line, sizeof(line)));
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(fake_node(BESIDE)->len, sizeof(line));
}

static void test_at_the_end_nothing_waits_for_a_name(void **state)
{
	(void)state;
	settings.ends = true;
	fake_create(PATH, S_IFDIR | 0755, "");
	put_and_drain("one\n");
	assert_string_equal(fake_text(BESIDE), "one\n");
}

/* What is the disk's fault is no obstacle. */
static void test_the_disk_is_waited_for(void **state)
{
	static const int errors[] = {
		ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		uint64_t begin = fake.now_ms;

		set_up(NULL);
		settings.ends = true;
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, errors[i], 0);
		put("one\n");
		while (fake.now_ms < begin + 2 * RETRYWRITE_REFUSED_MS) {
			assert_int_equal(drain(DAY), -1);
			fake.now_ms = retry_time();
		}
		fake_no_faults();
		assert_int_equal(drain(DAY), 0);
		assert_string_equal(fake_text(PATH), "one\n");
		assert_null(fake_node(BESIDE));
		tear_down(NULL);
	}
	set_up(NULL);
}

/* The open file. */

static void hold(void)
{
	put_and_drain("one\n");
	rename_it();
	fake_create(PATH, S_IFDIR | 0755, "");
	fake.now_ms++;
	put("two\n");
	assert_patient(wait_for_patience());
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
	assert_said("is a directory: going on in the file that is open\n");
}

static void test_a_renamed_file_goes_on(void **state)
{
	(void)state;
	hold();
	fake_unlink(PATH);
	try_name_again();
	put_and_drain("three\n");
	assert_string_equal(fake_text(PATH), "three\n");
	assert_string_equal(fake_text(OLD), "one\ntwo\n");
	/* It can be seen there: nobody writes it again. */
	openfile_recall(&a_log.file, queue);
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "three\n");
}

static void test_what_went_to_a_file_that_is_removed_goes_beside(void **state)
{
	(void)state;
	hold();
	put_and_drain("three\n");
	fake_unlink(OLD);
	fake.now_ms++;
	put_and_drain("four\n");
	assert_string_equal(fake_text(BESIDE), "two\nthree\nfour\n");
}

static void test_removal_is_noticed_after_the_name_is_free(void **state)
{
	(void)state;
	hold();
	fake_unlink(PATH);
	try_name_again();
	fake_unlink(OLD);
	fake.now_ms += FORMER_WATCH_MS / 2;
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "two\n");
}

/* Calls from @first on fail, @count of them, while the name comes back. */
static void go_back_while_looks_fail(unsigned first, unsigned count)
{
	hold();
	fake_fail(FAKE_BIT(FAKE_FSTAT), first, count, EIO, 0);
	put("three\n");
	drain(DAY);
	fake_unlink(PATH);
	try_name_again();
	put("four\n");
	while (drain(DAY))
		fake.now_ms = retry_time();
	fake_no_faults();
	fake.now_ms += FORMER_WATCH_MS;
	assert_int_equal(drain(DAY), 0);
}

static void test_no_line_is_written_again_as_looks_fail(void **state)
{
	unsigned first, count;
	char text[100];

	(void)state;
	for (first = 1; first <= 12; first++)
		for (count = 1; count <= 6; count++) {
			set_up(NULL);
			go_back_while_looks_fail(first, count);
			snprintf(text, sizeof(text), "%s%s", fake_text(OLD),
				 fake_text(PATH));
			assert_string_equal(text, "one\ntwo\nthree\nfour\n");
			assert_int_equal(outq_passed(queue), 0);
			tear_down(NULL);
		}
	set_up(NULL);
}

static void test_a_file_that_was_made_executable_goes_on(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake_node(PATH)->mode |= 0100;
	fake.now_ms++;
	put("two\n");
	assert_patient(wait_for_patience());
	assert_string_equal(fake_text(PATH), "one\ntwo\n");
}

/* DIR. */

static void test_a_file_goes_on_in_a_renamed_directory(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fakedir_lose_log("/away");
	fake.now_ms++;
	put("two\n");
	assert_patient(wait_for_patience());
	assert_string_equal(fake_text("/away/2026-11-22.log"), "one\ntwo\n");
	assert_true(fake.no_log);
}

static void test_a_directory_that_is_gone_is_made_anew(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fakedir_lose_log(NULL);
	fake.now_ms++;
	put("two\n");
	assert_patient(wait_for_patience());
	assert_string_equal(fake_text(PATH), "two\n");
	assert_said("/log is gone: going on in one that is made anew\n");
	assert_said("able to write " PATH " again");
}

static void test_a_directory_may_not_be_made(void **state)
{
	(void)state;
	fakedir_lose_log(NULL);
	fake_fail(FAKE_BIT(FAKE_MKDIR), 1, 3, EACCES, 0);
	put("one\n");
	wait_for_patience();
	assert_string_equal(fake_text(PATH), "one\n");
}

/* The file of the day before. */

static struct retrywrite next_log;
static struct outq *next_queue;

/* The next day's first line comes while the day's file is open, and no DIR. */
static void lose_next_day(void)
{
	next_queue = rig_day(&files, NEXT_DAY);
	retrywrite_init(&next_log, &settings, &disk, 1);
	fakedir_lose_log("/away");
	fake_fail(FAKE_BIT(FAKE_MKDIR), 1, UINT32_MAX, EEXIST, 0);
	assert_true(outq_put(next_queue, "two\n", 4));
}

static void begin_next_day(void)
{
	put_and_drain("one\n");
	lose_next_day();
}

static void drain_next_day(void)
{
	while (retrywrite_drain(&next_log, next_queue, fake.now_ms))
		fake.now_ms = next_log.retry_ms;
}

static void end_next_day(void)
{
	openfile_recall(&next_log.file, next_queue);
	openfile_close(&next_log.file);
}

/* The full disk has taken three bytes of a line of the day before. */
static void test_no_piece_of_a_line_stays_before_the_next_day(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake.capacity = fake_disk_used() + strlen("who");
	put("whole\n");
	assert_int_not_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\nwho");
	fake.capacity = SIZE_MAX;
	lose_next_day();
	drain_next_day();
	assert_string_equal(fake_text("/away/2026-11-22.log"), "one\ntwo\n");
	while (drain(DAY))
		fake.now_ms = retry_time();
	assert_string_equal(fake_text("/away/2026-11-22.log"),
			    "one\ntwo\nwhole\n");
	end_next_day();
}

static void test_the_next_day_goes_to_the_file_that_is_open(void **state)
{
	uint64_t begin;

	(void)state;
	begin_next_day();
	begin = fake.now_ms;
	drain_next_day();
	assert_patient(fake.now_ms - begin);
	assert_string_equal(fake_text("/away/2026-11-22.log"), "one\ntwo\n");
	assert_said(NEXT);
	assert_said(": going on in the file that was in use last\n");
	/* It goes on there, also when the former day's is closed. */
	openfile_close(&a_log.file);
	assert_true(outq_put(next_queue, "three\n", 6));
	drain_next_day();
	assert_string_equal(fake_text("/away/2026-11-22.log"),
			    "one\ntwo\nthree\n");
	/* DIR is there again. */
	fake_no_faults();
	fake.no_log = false;
	fake.now_ms = next_log.name_ms;
	assert_true(outq_put(next_queue, "four\n", 5));
	drain_next_day();
	assert_string_equal(fake_text(NEXT), "four\n");
	end_next_day();
}

static void test_what_the_former_file_takes_with_it_comes_again(void **state)
{
	(void)state;
	begin_next_day();
	drain_next_day();
	fake_no_faults();
	fake.no_log = false;
	fake_unlink("/away/2026-11-22.log");
	fake.now_ms = next_log.name_ms;
	drain_next_day();
	assert_true(outq_put(next_queue, "three\n", 6));
	drain_next_day();
	assert_string_equal(fake_text(NEXT), "two\nthree\n");
	end_next_day();
}

static void test_no_descriptor_may_be_left_for_the_next_day(void **state)
{
	(void)state;
	begin_next_day();
	settings.ends = true;
	fake_fail(FAKE_BIT(FAKE_DUP), 1, 1, EMFILE, 0);
	assert_int_equal(retrywrite_drain(&next_log, next_queue, fake.now_ms),
			 -1);
	fake_no_faults();
	fake_fail(FAKE_BIT(FAKE_MKDIR), 1, UINT32_MAX, EEXIST, 0);
	drain_next_day();
	assert_string_equal(fake_text("/away/2026-11-22.log"), "one\ntwo\n");
	end_next_day();
}

static void test_a_file_without_a_name_takes_nothing(void **state)
{
	(void)state;
	begin_next_day();
	fake_unlink("/away/2026-11-22.log");
	settings.ends = true;
	assert_int_equal(retrywrite_drain(&next_log, next_queue, fake.now_ms),
			 -1);
	fake_no_faults();
	drain_next_day();
	assert_string_equal(fake_text(NEXT), "two\n");
	end_next_day();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_lines_go_beside_what_is_refused),
		CASE(test_the_next_free_name_is_taken),
		CASE(test_without_a_directory_one_name_is_enough),
		CASE(test_a_file_beside_is_looked_at),
		CASE(test_a_quarter_of_the_queues_is_enough),
		CASE(test_at_the_end_nothing_waits_for_a_name),
		CASE(test_the_disk_is_waited_for),
		CASE(test_a_renamed_file_goes_on),
		CASE(test_what_went_to_a_file_that_is_removed_goes_beside),
		CASE(test_removal_is_noticed_after_the_name_is_free),
		CASE(test_no_line_is_written_again_as_looks_fail),
		CASE(test_a_file_that_was_made_executable_goes_on),
		CASE(test_a_file_goes_on_in_a_renamed_directory),
		CASE(test_a_directory_that_is_gone_is_made_anew),
		CASE(test_a_directory_may_not_be_made),
		CASE(test_no_piece_of_a_line_stays_before_the_next_day),
		CASE(test_the_next_day_goes_to_the_file_that_is_open),
		CASE(test_what_the_former_file_takes_with_it_comes_again),
		CASE(test_no_descriptor_may_be_left_for_the_next_day),
		CASE(test_a_file_without_a_name_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
