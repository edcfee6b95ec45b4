/* Writing, failing and trying again, on a disk in memory. */
#include "unit.h"

#include <stdlib.h>

#include "fileworld.h"

static unsigned opens(void)
{
	return fake.counts[FAKE_OPEN];
}

/* Days. */

static void test_the_new_day_is_open_before_the_old_is_closed(void **state)
{
	(void)state;
	put("one\n");
	assert_int_equal(drain(DAY), 0);
	put("two\n");
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, ENOSPC, 0);
	assert_int_equal(drain(NEXT_DAY), -1);
	assert_int_equal(fake.counts[FAKE_CLOSE], 0);
	fake.now_ms = retry_time();
	assert_int_equal(drain(NEXT_DAY), 0);
	assert_int_equal(fake.counts[FAKE_CLOSE], 1);
	assert_string_equal(fake_text(PATH), "one\n");
	assert_string_equal(fake_text(NEXT), "two\n");
}

/* Unless the old one's descriptor is just what is missing. */
static void test_the_old_day_gives_the_last_descriptor(void **state)
{
	static const int errors[] = { EMFILE, ENFILE };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		put("one\n");
		assert_int_equal(drain(DAY), 0);
		put("two\n");
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, errors[i], 0);
		assert_int_equal(drain(NEXT_DAY), 0);
		assert_string_equal(fake_text(NEXT), "two\n");
	}
}

/* The descriptor. */

static void test_a_descriptor_that_ails_is_replaced(void **state)
{
	static const int errors[] = { EIO, ESTALE, EBADF, ENXIO, EROFS };
	unsigned before;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		put("one\n");
		before = opens();
		fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, errors[i], 0);
		assert_int_equal(drain(DAY), -1);
		fake.now_ms = retry_time();
		assert_int_equal(drain(DAY), 0);
		assert_true(opens() > before);
	}
	assert_string_equal(fake_text(PATH), "one\none\none\none\none\n");
}

static void test_a_full_disk_is_no_reason_to_open_again(void **state)
{
	static const int errors[] = { ENOSPC, EDQUOT, EFBIG, EAGAIN };
	unsigned before;
	size_t i;

	(void)state;
	assert_int_equal(open_file(DAY), 0);
	before = opens();
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		put("one\n");
		fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, errors[i], 0);
		assert_int_equal(drain(DAY), -1);
		fake.now_ms = retry_time();
		assert_int_equal(drain(DAY), 0);
	}
	assert_int_equal(opens(), before);
}

/* A long queue is written in turns, so that others have theirs. */
static void test_a_drain_has_its_bound(void **state)
{
	const size_t bytes = 3 * RETRYWRITE_TURN_BYTES;
	char *large = malloc(bytes);
	struct pool large_pool;
	char line[1000];
	size_t left;

	(void)state;
	pool_init(&large_pool, large, bytes, OUTQ_BLOCK_BYTES);
	outq_init(queue, &large_pool);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (outq_put(queue, line, sizeof(line)))
		;
	left = outq_waiting(queue);
	assert_int_equal(drain(DAY), -1);
	assert_int_equal(retry_time(), fake.now_ms);
	assert_between(left - outq_waiting(queue), RETRYWRITE_TURN_BYTES,
		       2 * RETRYWRITE_TURN_BYTES);
	while (drain(DAY))
		assert_int_equal(retry_time(), fake.now_ms);
	assert_int_equal(strlen(fake_text(PATH)), left);
	assert_string_equal(fake_text("stderr"), "");
	free(large);
}

/* Trying again. */

static void test_a_refusal_is_tried_again_at_its_time(void **state)
{
	uint64_t calls;

	(void)state;
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 2, ENOSPC, 0);
	assert_int_equal(drain(DAY), -1);
	calls = fake.calls;
	assert_int_equal(drain(DAY), -1);
	assert_int_equal(fake.calls, calls);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), -1);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\n");
	assert_stderr("udplogger: warning: unable to write " PATH ": %s\n"
		      "udplogger: able to write " PATH
		      " again, after 2 failures in 0 s\n",
		      ENOSPC);
}

static void test_an_interrupted_write_is_tried_at_once(void **state)
{
	(void)state;
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 3, EINTR, 0);
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\n");
	assert_string_equal(fake_text("stderr"), "");
}

static void test_after_success_it_is_tried_soon_again(void **state)
{
	uint64_t first_ms, wait_ms;

	(void)state;
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 5, ENOSPC, 0);
	drain(DAY);
	first_ms = retry_time() - fake.now_ms;
	do {
		wait_ms = retry_time() - fake.now_ms;
		fake.now_ms = retry_time();
	} while (drain(DAY));
	assert_true(wait_ms > first_ms);
	put("two\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, ENOSPC, 0);
	assert_int_equal(drain(DAY), -1);
	assert_int_equal(retry_time() - fake.now_ms, first_ms);
}

/* The disk is full before it could show that its own fault is over. */
static void test_a_fault_of_the_file_ends_behind_one_of_the_disk(void **state)
{
	(void)state;
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, ETXTBSY, 0);
	assert_int_equal(drain(DAY), -1);
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, 1, ENOSPC, 0);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), -1);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\n");
	assert_int_equal(disk.fault.count, 0);
	assert_int_equal(a_log.fault.count, 0);
}

static void test_a_write_of_nothing_is_no_success(void **state)
{
	(void)state;
	put("one\n");
	fake.short_nth = 1;
	assert_int_equal(drain(DAY), -1);
	assert_int_equal(outq_waiting(queue), 4);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_new_day_is_open_before_the_old_is_closed),
		CASE(test_the_old_day_gives_the_last_descriptor),
		CASE(test_a_descriptor_that_ails_is_replaced),
		CASE(test_a_full_disk_is_no_reason_to_open_again),
		CASE(test_a_drain_has_its_bound),
		CASE(test_a_refusal_is_tried_again_at_its_time),
		CASE(test_an_interrupted_write_is_tried_at_once),
		CASE(test_after_success_it_is_tried_soon_again),
		CASE(test_a_fault_of_the_file_ends_behind_one_of_the_disk),
		CASE(test_a_write_of_nothing_is_no_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
