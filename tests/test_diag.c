/* What is said, how often, and to whom nobody listens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "fakesys.h"

static struct diag diag;
static struct diag_fault fault;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	fault = (struct diag_fault){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void assert_said(const char *text)
{
	struct fake_node *node = fake_node("stderr");

	assert_string_equal(node->bytes, text);
	node->len = 0;
	node->bytes[0] = '\0';
}

static void fail_at(uint64_t now_ms, int error)
{
	diag_failed(&diag, &fault, now_ms, "write FILE", error,
		    error == ENOSPC ? "no space" : "broken");
}

static void test_a_message_is_one_line_and_one_write(void **state)
{
	(void)state;
	diag_say(&diag, "%s %d", "listening on", 7);
	assert_said("udplogger: listening on 7\n");
	assert_int_equal(fake.counts[FAKE_WRITE], 1);
	diag_warn(&diag, "small");
	assert_said("udplogger: warning: small\n");
}

static void test_a_message_of_any_length_is_one_line(void **state)
{
	static char text[20000];
	const char *said;
	size_t len;

	(void)state;
	for (len = 8100; len < 8300; len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		diag_say(&diag, "%s", text);
		said = fake_text("stderr");
		assert_ptr_equal(strchr(said, '\n') + 1, said + strlen(said));
		assert_memory_equal(said, "udplogger: xxx", 14);
		fake_node("stderr")->len = 0;
		fake_node("stderr")->bytes[0] = '\0';
	}
}

static void test_the_first_failure_is_told(void **state)
{
	(void)state;
	fail_at(1000, ENOSPC);
	assert_said("udplogger: warning: unable to write FILE: no space\n");
}

static void test_the_same_failure_is_told_once(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		fail_at(1000 + i, ENOSPC);
	assert_said("udplogger: warning: unable to write FILE: no space\n");
}

static void test_another_reason_is_told_too(void **state)
{
	(void)state;
	fail_at(1000, ENOSPC);
	fail_at(1001, EIO);
	fail_at(1002, EIO);
	assert_said("udplogger: warning: unable to write FILE: no space\n"
		    "udplogger: warning: unable to write FILE: broken\n");
}

static void test_recovery_is_told_with_count_and_time(void **state)
{
	(void)state;
	fail_at(1000, ENOSPC);
	fail_at(2000, EIO);
	fail_at(3000, EIO);
	fake_node("stderr")->len = 0;
	diag_works(&diag, &fault, 8999, "write FILE");
	assert_said("udplogger: able to write FILE again, after 3 failures in "
		    "7 s\n");
	diag_works(&diag, &fault, 9000, "write FILE");
	assert_said("");
	fail_at(10000, EIO);
	assert_said("udplogger: warning: unable to write FILE: broken\n");
}

static void test_what_never_failed_is_not_told_to_work(void **state)
{
	(void)state;
	diag_works(&diag, &fault, 5000, "write FILE");
	assert_said("");
}

/* A full pipe, a closed one, a descriptor that is gone: no harm, no wait. */
static void test_nobody_may_be_listening(void **state)
{
	static const int errors[] = {
		EAGAIN, EPIPE, EBADF, EIO, ENOSPC, EINTR
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_fail(FAKE_BIT(FAKE_WRITE), 1, 1, errors[i], 0);
		diag_say(&diag, "hello");
		fail_at(1000, ENOSPC);
	}
	assert_int_equal(fake.counts[FAKE_PSELECT], 0);
	assert_int_equal(fault.count, 6);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_message_is_one_line_and_one_write),
		CASE(test_a_message_of_any_length_is_one_line),
		CASE(test_the_first_failure_is_told),
		CASE(test_the_same_failure_is_told_once),
		CASE(test_another_reason_is_told_too),
		CASE(test_recovery_is_told_with_count_and_time),
		CASE(test_what_never_failed_is_not_told_to_work),
		CASE(test_nobody_may_be_listening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
