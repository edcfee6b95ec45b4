/* Lines for whoever watches: shown, or told that they are not. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fakesys.h"
#include "tee.h"

static struct tee shown;
static struct fake_node *terminal;
static void *memory;

static int set_up(void **state)
{
	struct console out = { 0 };

	(void)state;
	fake_reset();
	memory = malloc(TEE_BYTES);
	terminal = fake_create("tty", S_IFIFO, "");
	out.fd = fake_fd(terminal, O_WRONLY);
	tee_init(&shown, &fakesys, &out, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	free(memory);
	return 0;
}

static void put(const char *line)
{
	assert_true(outq_put(&shown.queue, line, strlen(line)));
}

static void test_what_waits_is_shown(void **state)
{
	(void)state;
	put("one\n");
	put("two\n");
	assert_true(tee_drain(&shown, 0));
	assert_string_equal(fake_text("tty"), "one\ntwo\n");
	assert_false(shown.blocked || shown.dead);
}

static void test_nothing_waiting_writes_nothing(void **state)
{
	(void)state;
	assert_true(tee_drain(&shown, 0));
	assert_int_equal(fake.calls, 0);
}

static void test_a_write_may_be_short_by_any_length(void **state)
{
	size_t len;

	(void)state;
	for (len = 1; len <= 8; len++) {
		put("one\n");
		put("two\n");
		fake.short_nth = 1;
		fake.short_len = len;
		assert_true(tee_drain(&shown, 0));
		assert_string_equal(fake_text("tty"), "one\ntwo\n");
		terminal->len = 0;
	}
}

static void test_what_is_full_is_tried_again(void **state)
{
	(void)state;
	terminal->takes = 6;
	put("one\n");
	put("two\n");
	assert_true(tee_drain(&shown, 0));
	assert_true(shown.blocked);
	assert_string_equal(fake_text("tty"), "one\ntw");
	assert_true(tee_drain(&shown, 0));
	assert_true(shown.blocked);
	terminal->takes = SIZE_MAX;
	assert_true(tee_drain(&shown, 0));
	assert_false(shown.blocked);
	assert_string_equal(fake_text("tty"), "one\ntwo\n");
}

static void test_an_interrupted_write_is_tried_at_once(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_WRITE), 1, 3, EINTR, 0);
	put("one\n");
	assert_true(tee_drain(&shown, 0));
	assert_string_equal(fake_text("tty"), "one\n");
}

static void test_who_is_gone_is_left_alone(void **state)
{
	static const int errors[] = { EPIPE, EIO, EBADF, ENXIO, ENOSPC };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		tear_down(NULL);
		set_up(NULL);
		fake_fail(FAKE_BIT(FAKE_WRITE), 1, 1, errors[i], 0);
		put("one\n");
		assert_false(tee_drain(&shown, 0));
		assert_true(shown.dead);
		assert_false(tee_drain(&shown, 0));
		assert_int_equal(fake.counts[FAKE_WRITE], 1);
	}
}

static void test_lines_not_shown_are_told(void **state)
{
	(void)state;
	terminal->takes = 0;
	put("one\n");
	assert_true(tee_drain(&shown, 7));
	terminal->takes = SIZE_MAX;
	assert_true(tee_drain(&shown, 9));
	assert_string_equal(fake_text("tty"),
			    "one\nudplogger: 9 lines are not shown here; the "
			    "log has them\n");
	assert_true(tee_drain(&shown, 9));
	assert_true(tee_drain(&shown, 12));
	assert_non_null(strstr(fake_text("tty"), "them\nudplogger: 3 lines"));
}

/* What is left out is told between the lines where it is missing. */
static void test_not_shown_is_told_after_what_was_shown_before(void **state)
{
	char line[1000];
	unsigned refused = 0;

	(void)state;
	terminal->takes = 0;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (outq_put(&shown.queue, line, sizeof(line)))
		;
	refused++;
	assert_true(outq_waiting(&shown.queue) > TEE_BYTES / 2);
	terminal->takes = SIZE_MAX;
	assert_true(tee_drain(&shown, refused));
	assert_ptr_equal(strstr(fake_text("tty"), "udplogger: 1 lines") +
				 strlen("udplogger: 1 lines are not shown "
					"here; the log has them\n"),
			 fake_text("tty") + strlen(fake_text("tty")));
}

/* A write that takes nothing and says no error. */
static ssize_t take_nothing(int fd, const void *bytes, size_t len)
{
	(void)fd;
	(void)bytes;
	(void)len;
	fake.calls++;
	if (fake.calls > 100)
		fail_msg("it tries for ever");
	return 0;
}

static void test_a_write_of_nothing_is_no_endless_loop(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.write = take_nothing;
	shown.sys = &sys;
	put("one\n");
	tee_drain(&shown, 0);
	assert_true(shown.blocked || shown.dead);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_waits_is_shown),
		CASE(test_nothing_waiting_writes_nothing),
		CASE(test_a_write_may_be_short_by_any_length),
		CASE(test_what_is_full_is_tried_again),
		CASE(test_an_interrupted_write_is_tried_at_once),
		CASE(test_who_is_gone_is_left_alone),
		CASE(test_lines_not_shown_are_told),
		CASE(test_not_shown_is_told_after_what_was_shown_before),
		CASE(test_a_write_of_nothing_is_no_endless_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
