/* What people and other programs may do to a file while it is written to. */
#include "unit.h"

#include "fileworld.h"

/* Deleted. */

static void test_a_line_after_deletion_is_in_a_new_file(void **state)
{
	(void)state;
	put_and_drain("one\n");
	confirm();
	delete_it();
	fake.now_ms++;
	put_and_drain("two\n");
	confirm();
	assert_string_equal(fake_text(PATH), "two\n");
	assert_int_equal(fake_open_fds(), 2);
}

/* In the same millisecond nobody looks before the write, but after it. */
static void test_a_line_at_once_after_deletion_is_in_a_new_file(void **state)
{
	(void)state;
	put_and_drain("one\n");
	delete_it();
	put_and_drain("two\n");
	assert_string_equal(fake_text(PATH), "two\n");
	assert_int_equal(retrywrite_deadline(&a_log, queue), DEADLINE_NEVER);
}

/* The look found the file there: whoever reads it after that reads the line. */
static void test_a_line_that_was_seen_is_not_written_again(void **state)
{
	(void)state;
	put_and_drain("one\n");
	assert_int_equal(outq_passed(queue), 0);
	assert_int_equal(pool_available(&files.blocks), BLOCKS);
	delete_it();
	put_and_drain("two\n");
	assert_string_equal(fake_text(PATH), "two\n");
}

/* Many at once are not kept for long. */
static void test_much_is_confirmed_while_it_is_written(void **state)
{
	const size_t len = 2 * OUTQ_BLOCK_BYTES;
	char line[2 * OUTQ_BLOCK_BYTES];
	unsigned looks;

	(void)state;
	memset(line, 'x', len);
	line[99] = '\n';
	line[len - 1] = '\n';
	assert_true(outq_put(queue, line, len));
	assert_int_equal(open_file(DAY), 0);
	looks = fake.counts[FAKE_LSTAT];
	fake.short_nth = 1;
	fake.short_len = OUTQ_BLOCK_BYTES;
	drain(DAY);
	assert_int_equal(fake.counts[FAKE_LSTAT], looks + 3);
	assert_int_equal(outq_passed(queue), 0);
}

/* Also when the disk is full before all is written. */
static void test_what_was_written_before_a_failure_is_confirmed(void **state)
{
	(void)state;
	fake.capacity = 6;
	put("one\n");
	put("two\n");
	assert_int_equal(drain(DAY), -1);
	assert_int_equal(outq_passed(queue), 2);
	assert_int_equal(outq_torn(queue), 2);
}

/* Nothing is known when the look fails: it is made again. */
static void test_a_look_that_fails_is_made_again(void **state)
{
	(void)state;
	put_and_drain("one\n");
	fake.now_ms++;
	fake_fail(FAKE_BIT(FAKE_LSTAT), 2, 2, EIO, 0);
	put_and_drain("two\n");
	assert_int_equal(outq_passed(queue), 4);
	assert_int_equal(retrywrite_deadline(&a_log, queue),
			 a_log.file.looked_ms + RETRYWRITE_CONFIRM_MS);
	fake.now_ms += RETRYWRITE_CONFIRM_MS;
	drain(DAY);
	fake.now_ms = retrywrite_deadline(&a_log, queue);
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(outq_passed(queue), 0);
	assert_string_equal(fake_text(PATH), "one\ntwo\n");
}

static unsigned deletions;

static ssize_t writev_to_deleted(int fd, const struct iovec *iov, int count)
{
	if (deletions > 0) {
		deletions--;
		fake_unlink(PATH);
	}
	return fakesys.writev(fd, iov, count);
}

static void test_a_file_may_be_deleted_just_before_a_write(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.writev = writev_to_deleted;
	settings.sys = &sys;
	put_and_drain("one\n");
	confirm();
	deletions = 1;
	put("two\n");
	put_and_drain("three\n");
	confirm();
	assert_string_equal(fake_text(PATH), "two\nthree\n");
	/* Again and again: others have their turn, nothing is lost. */
	deletions = 100;
	put("four\n");
	do {
		fake.now_ms += RETRYWRITE_CONFIRM_MS;
		if (drain(DAY))
			assert_int_equal(retry_time(), fake.now_ms);
	} while (outq_waiting(queue) + outq_passed(queue) > 0);
	assert_string_equal(fake_text(PATH), "four\n");
	assert_string_equal(fake_text("stderr"), "");
	settings.sys = &fakesys;
}

/* A torn line that goes on in a file that has just been deleted. */
static void test_a_torn_line_is_whole_when_its_end_was_deleted(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.writev = writev_to_deleted;
	settings.sys = &sys;
	fake.capacity = 6;
	put("first line\n");
	put("second line\n");
	assert_int_equal(drain(DAY), -1);
	fake.capacity = SIZE_MAX;
	fake.now_ms = retry_time();
	deletions = 1;
	assert_int_equal(drain(DAY), 0);
	confirm();
	assert_string_equal(fake_text(PATH), "first line\nsecond line\n");
	settings.sys = &fakesys;
}

static int open_deleted(const char *path, int flags, mode_t mode)
{
	int fd = fakesys.open(path, flags, mode);

	if (deletions > 0 && strcmp(path, PATH) == 0) {
		deletions--;
		fake_unlink(PATH);
	}
	return fd;
}

static void test_a_file_may_be_deleted_just_after_it_was_opened(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.open = open_deleted;
	settings.rules.sys = &sys;
	deletions = 1;
	put_and_drain("one\n");
	confirm();
	assert_string_equal(fake_text(PATH), "one\n");
	settings.rules.sys = &fakesys;
}

/* Some file systems say 0 always.  Then only the name tells. */
static void test_without_counted_links_the_name_tells(void **state)
{
	(void)state;
	fake.no_links = true;
	put_and_drain("one\n");
	put_and_drain("two\n");
	confirm();
	assert_string_equal(fake_text(PATH), "one\ntwo\n");
	delete_it();
	put_and_drain("three\n");
	assert_string_equal(fake_text(PATH), "three\n");
}

/* Truncated, and added to. */

static void truncate_to(size_t len)
{
	struct fake_node *node = fake_node(PATH);

	node->len = len;
	node->bytes[len] = '\0';
	fake.now_ms++;
}

static void test_a_truncated_file_goes_on_with_a_new_line(void **state)
{
	char expected[40];
	size_t len;

	(void)state;
	for (len = 0; len <= 15; len++) {
		set_up(NULL);
		put("first\n");
		put_and_drain("second\n");
		truncate_to(len < 13 ? len : 13);
		put_and_drain("third\n");
		snprintf(expected, sizeof(expected), "%.*s%sthird\n", (int)len,
			 "first\nsecond\n",
			 len == 0 || len == 6 || len >= 13 ? "" : "\n");
		assert_string_equal(fake_text(PATH), expected);
		tear_down(NULL);
	}
	set_up(NULL);
}

static void test_what_others_add_is_ended_first(void **state)
{
	struct fake_node *node;
	int fd;

	(void)state;
	put_and_drain("one\n");
	node = fake_node(PATH);
	fd = fake_fd(node, O_WRONLY);
	assert_int_equal(fakesys.write(fd, "edited", 6), 6);
	fakesys.close(fd);
	fake.now_ms++;
	put_and_drain("two\n");
	assert_string_equal(fake_text(PATH), "one\nedited\ntwo\n");
}

/* perm=0400: it can't be opened a second time, and is looked at all the same. */
static void test_a_file_that_stays_open_is_looked_at(void **state)
{
	(void)state;
	put("first\n");
	put_and_drain("second\n");
	truncate_to(8);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, EACCES, 0);
	openfile_reopen(&a_log.file);
	put_and_drain("third\n");
	assert_string_equal(fake_text(PATH), "first\nse\nthird\n");
}

/* Renamed or given up in mid-line: no piece of a line stays behind. */

static void tear(size_t len)
{
	set_up(NULL);
	fake.capacity = len;
	put("first\n");
	put("second line\n");
	put("third\n");
	assert_int_equal(drain(DAY), -1);
}

static size_t whole_lines(size_t len)
{
	return len < 6 ? 0 : len < 18 ? 6 : 18;
}

static void test_a_renamed_file_keeps_no_piece_of_a_line(void **state)
{
	char expected[40];
	size_t len;

	(void)state;
	for (len = 0; len < 24; len++) {
		tear(len);
		rename_it();
		fake.capacity = SIZE_MAX;
		fake.now_ms += BACKOFF_MAX_MS;
		assert_int_equal(drain(DAY), 0);
		snprintf(expected, sizeof(expected), "%s%s", fake_text(OLD),
			 fake_text(PATH));
		assert_string_equal(expected, "first\nsecond line\nthird\n");
		tear_down(NULL);
	}
	set_up(NULL);
}

static void test_a_file_that_is_given_up_keeps_no_piece(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < 24; len++) {
		tear(len);
		retrywrite_end(&a_log, queue);
		assert_int_equal(strlen(fake_text(PATH)), whole_lines(len));
		tear_down(NULL);
	}
	set_up(NULL);
}

/* What others have done to the end meanwhile is theirs. */
static void test_what_is_not_ours_is_never_cut(void **state)
{
	(void)state;
	tear(10);
	truncate_to(8);
	retrywrite_end(&a_log, queue);
	assert_string_equal(fake_text(PATH), "first\nse");
	tear_down(NULL);
	set_up(NULL);
	put_and_drain("first\n");
	retrywrite_end(&a_log, queue);
	assert_string_equal(fake_text(PATH), "first\n");
	assert_int_equal(fake.counts[FAKE_FTRUNCATE], 0);
}

/* chattr +a, for instance. */
static void test_a_piece_may_have_to_stay(void **state)
{
	(void)state;
	tear(10);
	fake_fail(FAKE_BIT(FAKE_FTRUNCATE), 1, 1, EPERM, 0);
	rename_it();
	fake.capacity = SIZE_MAX;
	fake.now_ms += BACKOFF_MAX_MS;
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(OLD), "first\nseco");
	assert_string_equal(fake_text(PATH), "second line\nthird\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_line_after_deletion_is_in_a_new_file),
		CASE(test_a_line_at_once_after_deletion_is_in_a_new_file),
		CASE(test_a_line_that_was_seen_is_not_written_again),
		CASE(test_much_is_confirmed_while_it_is_written),
		CASE(test_what_was_written_before_a_failure_is_confirmed),
		CASE(test_a_look_that_fails_is_made_again),
		CASE(test_a_file_may_be_deleted_just_before_a_write),
		CASE(test_a_torn_line_is_whole_when_its_end_was_deleted),
		CASE(test_a_file_may_be_deleted_just_after_it_was_opened),
		CASE(test_without_counted_links_the_name_tells),
		CASE(test_a_truncated_file_goes_on_with_a_new_line),
		CASE(test_what_others_add_is_ended_first),
		CASE(test_a_file_that_stays_open_is_looked_at),
		CASE(test_a_renamed_file_keeps_no_piece_of_a_line),
		CASE(test_a_file_that_is_given_up_keeps_no_piece),
		CASE(test_what_is_not_ours_is_never_cut),
		CASE(test_a_piece_may_have_to_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
