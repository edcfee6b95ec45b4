/* The files of several days; what is waited out at start, and what is not. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "engineworld.h"

#define DAY	 20261122
#define NEXT_DAY 20261123

static struct writer *const w = &engine.writer;
static char why[SAFEOPEN_WHY_MAX];

static void put(int32_t day, const char *line)
{
	struct outq *queue = rig_day(&engine.files, day);

	assert_non_null(queue);
	assert_true(outq_put(queue, line, strlen(line)));
}

/* The start. */

static void test_what_passes_is_waited_out_at_start(void **state)
{
	static const int errors[] = { ENOSPC, EDQUOT,  EIO,    EROFS,  EFBIG,
				      EAGAIN, EMFILE,  ENFILE, ENOMEM, ETXTBSY,
				      ESTALE, EUNATCH, EBUSY };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		set_up(NULL);
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, errors[i], 0);
		assert_int_equal(
			writer_begin(w, STAMP_PERIOD(DAY, 0), fake.now_ms, why),
			0);
		assert_has(fake_text("stderr"),
			   "udplogger: warning: unable to open " YESTERDAY
			   ": ");
		assert_int_equal(count_lines(fake_text("stderr")), 1);
		/* It is the same failure when the first line comes. */
		put(DAY, "one\n");
		fake.now_ms += BACKOFF_MAX_MS;
		assert_false(writer_drain(w, fake.now_ms));
		assert_int_equal(count_lines(fake_text("stderr")), 1);
		fake_no_faults();
		fake.now_ms = writer_deadline(w);
		assert_true(writer_drain(w, fake.now_ms));
		assert_string_equal(fake_text(YESTERDAY), "one\n");
		assert_has(fake_text("stderr"),
			   "able to write " YESTERDAY " again, after 2 ");
	}
}

static void test_what_lasts_is_refused_at_start(void **state)
{
	static const int errors[] = { ENOENT, ENOTDIR,	    EACCES, EPERM,
				      ELOOP,  ENAMETOOLONG, EISDIR, EINVAL };
	static const mode_t modes[] = { S_IFLNK | 0777, S_IFDIR | 0700,
					S_IFIFO | 0600, S_IFREG | 0700 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		set_up(NULL);
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, errors[i], 0);
		assert_int_equal(
			writer_begin(w, STAMP_PERIOD(DAY, 0), fake.now_ms, why),
			-1);
		assert_string_equal(why, strerror(errors[i]));
	}
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		set_up(NULL);
		fake_create(YESTERDAY, modes[i], "");
		assert_int_equal(
			writer_begin(w, STAMP_PERIOD(DAY, 0), fake.now_ms, why),
			-1);
	}
	assert_string_equal(fake_text("stderr"), "");
}

/* Days. */

/* One that refuses holds up nobody else. */
static void test_a_day_that_is_refused_does_not_hold_up_another(void **state)
{
	(void)state;
	fake_create(YESTERDAY, S_IFDIR | 0755, "");
	put(DAY, "old\n");
	put(NEXT_DAY, "new\n");
	assert_false(writer_drain(w, fake.now_ms));
	assert_string_equal(fake_text(TODAY), "new\n");
	fake_unlink(YESTERDAY);
	fake.now_ms = writer_deadline(w);
	assert_true(writer_drain(w, fake.now_ms));
	assert_string_equal(fake_text(YESTERDAY), "old\n");
}

/* Nobody looks any more after days that are over. */
static void test_an_old_day_retires(void **state)
{
	(void)state;
	put(DAY, "old\n");
	writer_drain(w, fake.now_ms);
	put(NEXT_DAY, "new\n");
	writer_drain(w, fake.now_ms);
	assert_int_equal(fake_open_fds(), 4);
	fake.now_ms += 61000;
	writer_drain(w, fake.now_ms);
	writer_drain(w, fake.now_ms);
	assert_int_equal(fake_open_fds(), 3);
	assert_false(engine.files.files[0].dirty);
	assert_int_equal(writer_deadline(w), DEADLINE_NEVER);
	put(DAY, "late\n");
	assert_true(writer_drain(w, fake.now_ms));
	assert_string_equal(fake_text(YESTERDAY), "old\nlate\n");
}

static void put_blocks(uint32_t blocks)
{
	while (engine.files.blocks.used < blocks)
		put(DAY, "a line like many others\n");
}

/* The queue has fewer blocks here than what counts as much elsewhere. */
static void call_much(uint32_t blocks)
{
	w->much_blocks = w->drain_blocks = blocks;
}

/*
 * In the middle of a round, writing begins when some blocks are full: also after
 * a disk that refused had more of them filled than that, and took them all.
 */
static void test_much_is_written_early_after_an_outage_too(void **state)
{
	(void)state;
	call_much(4);
	put_blocks(3);
	writer_drain_much(w, fake.now_ms);
	assert_string_equal(fake_text(YESTERDAY), "");
	put_blocks(4);
	writer_drain_much(w, fake.now_ms);
	assert_int_equal(outq_waiting(rig_day(&engine.files, DAY)), 0);
	fill_disk();
	put_blocks(11);
	writer_drain_much(w, fake.now_ms);
	assert_int_equal(engine.files.blocks.used, 11);
	/* A disk that refuses isn't asked for each datagram. */
	fake.counts[FAKE_WRITEV] = 0;
	fake.now_ms += 10000;
	put_blocks(12);
	writer_drain_much(w, fake.now_ms);
	assert_int_equal(fake.counts[FAKE_WRITEV], 0);
	enlarge_disk();
	assert_true(writer_drain(w, fake.now_ms));
	writer_confirm(w, fake.now_ms);
	put_blocks(4);
	writer_drain_much(w, fake.now_ms);
	assert_int_equal(outq_waiting(rig_day(&engine.files, DAY)), 0);
}

/* Each time that as many blocks more wait, a disk that refused is asked. */
static void test_a_disk_that_refuses_is_asked_now_and_then(void **state)
{
	(void)state;
	call_much(4);
	fill_disk();
	put_blocks(5);
	writer_drain_much(w, fake.now_ms);
	assert_true(fake.counts[FAKE_WRITEV] > 0);
	fake.counts[FAKE_WRITEV] = 0;
	fake.now_ms += 10000;
	put_blocks(8);
	writer_drain_much(w, fake.now_ms);
	assert_int_equal(fake.counts[FAKE_WRITEV], 0);
	put_blocks(9);
	writer_drain_much(w, fake.now_ms);
	assert_true(fake.counts[FAKE_WRITEV] > 0);
}

/* What failed on a day long ago says nothing of today. */
static void test_a_failure_is_forgotten_with_its_day(void **state)
{
	int32_t day;

	(void)state;
	assert_int_equal(
		writer_begin(w, STAMP_PERIOD(DAY - 1, 0), fake.now_ms, why), 0);
	fake_create(YESTERDAY, S_IFDIR | 0755, "");
	rig_day(&engine.files, DAY);
	writer_reopen(w, STAMP_PERIOD(DAY, 0), fake.now_ms);
	assert_int_equal(count_lines(fake_text("stderr")), 1);
	for (day = NEXT_DAY; day < NEXT_DAY + (int32_t)RIG_DAYS - 1; day++) {
		fake.now_ms += 86400000;
		put(day, "new\n");
		assert_true(writer_drain(w, fake.now_ms));
		fake.now_ms += 61000;
		writer_drain(w, fake.now_ms);
	}
	assert_int_equal(count_lines(fake_text("stderr")), 1);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, EISDIR, 0);
	put(day, "newest\n");
	assert_false(writer_drain(w, fake.now_ms));
	assert_int_equal(count_lines(fake_text("stderr")), 2);
	fake_no_faults();
	fake.now_ms = writer_deadline(w);
	assert_true(writer_drain(w, fake.now_ms));
	assert_has(fake_text("stderr"), "again, after 1 failures in 0 s");
}

/* The reserve that a full table of descriptors cost is held again. */
static void test_the_reserve_comes_back_when_an_old_day_is_closed(void **state)
{
	struct safeopen_rules *rules = &w->agenda.settings->rules;

	(void)state;
	put(DAY, "old\n");
	writer_drain(w, fake.now_ms);
	put(NEXT_DAY, "new\n");
	writer_drain(w, fake.now_ms);
	assert_false(rules->has_reserve);
	fake_create("/dev/null", S_IFCHR | 0666, "");
	fake.now_ms += 61000;
	writer_drain(w, fake.now_ms);
	assert_true(rules->has_reserve);
}

/* Puts a line that meets a file which was just renamed. */

static ssize_t writev_to_renamed(int fd, const struct iovec *iov, int count)
{
	fake_rename(YESTERDAY, "/log/old");
	return fakesys.writev(fd, iov, count);
}

static void set_a_line_aside(void)
{
	static struct sys sys;
	const struct sys *before = w->agenda.settings->sys;

	sys = fakesys;
	sys.writev = writev_to_renamed;
	put(DAY, "one\n");
	w->agenda.settings->sys = &sys;
	assert_true(writer_drain(w, fake.now_ms));
	w->agenda.settings->sys = before;
	assert_int_equal(engine.files.blocks.used, 1);
}

/* What is set aside takes room, until somebody needs it. */
static void test_room_is_made_of_what_is_set_aside(void **state)
{
	(void)state;
	set_a_line_aside();
	assert_true(writer_makes_room(w, fake.now_ms));
	assert_int_equal(engine.files.blocks.used, 0);
	assert_string_equal(fake_text(YESTERDAY), "one\n");
	assert_false(writer_makes_room(w, fake.now_ms));
}

/* Its slot stays that of its day, over midnight. */
static void test_a_day_with_lines_set_aside_does_not_retire(void **state)
{
	(void)state;
	set_a_line_aside();
	put(NEXT_DAY, "new\n");
	writer_drain(w, fake.now_ms);
	fake.now_ms += 61000;
	writer_drain(w, fake.now_ms);
	assert_true(writer_deadline(w) < fake.now_ms + FORMER_WATCH_MS);
	fake_unlink("/log/old");
	fake.now_ms = writer_deadline(w);
	assert_true(writer_drain(w, fake.now_ms));
	assert_string_equal(fake_text(YESTERDAY), "one\n");
	assert_string_equal(fake_text(TODAY), "new\n");
	fake.now_ms += 61000;
	writer_drain(w, fake.now_ms);
	assert_int_equal(writer_deadline(w), DEADLINE_NEVER);
}

static void test_at_the_end_nothing_stays_aside(void **state)
{
	(void)state;
	set_a_line_aside();
	writer_begin_end(w);
	assert_true(writer_drain(w, fake.now_ms));
	assert_true(writer_confirm(w, fake.now_ms));
	assert_string_equal(fake_text(YESTERDAY), "one\n");
	writer_end(w);
	assert_int_equal(fake_open_fds(), 2);
}

/* What removes old files asks. */

static bool has_open(const char *path)
{
	struct stat st = { .st_ino = 0 };

	fakesys.lstat(path, &st);
	return writer_has_open(w, path + strlen("/log/"), &st);
}

static void test_the_files_of_all_days_in_use_are_open(void **state)
{
	(void)state;
	fake_create("/log/2020-01-01.log", S_IFREG | 0600, "");
	put(DAY, "old\n");
	assert_true(has_open(YESTERDAY)); /* it will be made */
	assert_false(has_open(TODAY));
	put(NEXT_DAY, "new\n");
	writer_drain(w, fake.now_ms);
	writer_confirm(w, fake.now_ms);
	assert_true(has_open(YESTERDAY));
	assert_true(has_open(TODAY));
	assert_false(has_open("/log/2020-01-01.log"));
	fake_rename(YESTERDAY, "/log/2020-01-02.log");
	assert_true(has_open("/log/2020-01-02.log"));
	fake.now_ms += 61000;
	writer_drain(w, fake.now_ms);
	assert_false(has_open("/log/2020-01-02.log"));
	assert_true(has_open(TODAY));
}

static void test_a_file_that_is_watched_is_open(void **state)
{
	(void)state;
	set_a_line_aside();
	assert_true(has_open("/log/old"));
}

static void test_a_full_disk_is_told_from_other_faults(void **state)
{
	static const int errors[] = { ENOSPC, EDQUOT, EIO, EROFS, EACCES };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		set_up(NULL);
		assert_false(writer_lacks_room(w));
		put(DAY, "one\n");
		fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, errors[i], 0);
		assert_false(writer_drain(w, fake.now_ms));
		assert_int_equal(writer_lacks_room(w), i < 2);
		fake.now_ms = writer_deadline(w);
		assert_true(writer_drain(w, fake.now_ms));
		assert_false(writer_lacks_room(w));
	}
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_passes_is_waited_out_at_start),
		CASE(test_what_lasts_is_refused_at_start),
		CASE(test_a_day_that_is_refused_does_not_hold_up_another),
		CASE(test_an_old_day_retires),
		CASE(test_much_is_written_early_after_an_outage_too),
		CASE(test_a_disk_that_refuses_is_asked_now_and_then),
		CASE(test_a_failure_is_forgotten_with_its_day),
		CASE(test_the_reserve_comes_back_when_an_old_day_is_closed),
		CASE(test_room_is_made_of_what_is_set_aside),
		CASE(test_a_day_with_lines_set_aside_does_not_retire),
		CASE(test_at_the_end_nothing_stays_aside),
		CASE(test_the_files_of_all_days_in_use_are_open),
		CASE(test_a_file_that_is_watched_is_open),
		CASE(test_a_full_disk_is_told_from_other_faults),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
