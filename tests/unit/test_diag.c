/* What is said, how often, and to whom nobody listens. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
	fail_at(8999 + DIAG_QUIET_MS, EIO);
	assert_said("udplogger: warning: unable to write FILE: broken\n");
}

static void work_at(uint64_t now_ms)
{
	diag_works(&diag, &fault, now_ms, "write FILE");
}

static void fail_and_recover(void)
{
	fail_at(1000, ENOSPC);
	work_at(2000);
	assert_said("udplogger: warning: unable to write FILE: no space\n"
		    "udplogger: able to write FILE again, after 1 failures in "
		    "1 s\n");
}

/* At each turn a failure and a success: a message for the lot of them. */
static void test_what_comes_and_goes_is_not_told_each_time(void **state)
{
	uint64_t now_ms;

	(void)state;
	fail_and_recover();
	for (now_ms = 2100; now_ms < 2000 + DIAG_QUIET_MS; now_ms += 100) {
		fail_at(now_ms, ENOSPC);
		work_at(now_ms + 10);
	}
	assert_said("");
	assert_int_equal(diag_due(&fault), 2000 + DIAG_QUIET_MS);
	work_at(diag_due(&fault));
	assert_said("udplogger: able to write FILE again, after 49 failures in "
		    "4 s\n");
	assert_int_equal(diag_due(&fault), DEADLINE_NEVER);
}

static void test_what_comes_and_goes_for_hours_is_told_ever_less(void **state)
{
	const uint64_t hours_ms = 10 * 3600 * 1000;
	uint64_t now_ms;

	(void)state;
	fail_and_recover();
	for (now_ms = 2100; now_ms < hours_ms; now_ms += 3000) {
		fail_at(now_ms, ENOSPC);
		fail_at(now_ms + 1500, ENOSPC);
		work_at(now_ms + 2000);
	}
	/* A warning and its end for each quiet. */
	assert_true(fake.counts[FAKE_WRITE] <
		    2 * (hours_ms / DIAG_QUIET_MOST_MS + 12));
	assert_true(fake.counts[FAKE_WRITE] >
		    2 * (hours_ms / DIAG_QUIET_MOST_MS - 12));
}

static void test_what_returns_and_lasts_is_told(void **state)
{
	(void)state;
	fail_and_recover();
	fail_at(2500, ENOSPC);
	fail_at(2400 + DIAG_PATIENCE_MS, ENOSPC);
	assert_said("");
	fail_at(2500 + DIAG_PATIENCE_MS, ENOSPC);
	assert_said("udplogger: warning: unable to write FILE: no space\n");
	fail_at(2600 + DIAG_PATIENCE_MS, ENOSPC);
	assert_said("");
	assert_int_equal(diag_due(&fault), DEADLINE_NEVER);
	work_at(2000 + DIAG_QUIET_MS);
	assert_said("udplogger: able to write FILE again, after 4 failures in "
		    "4 s\n");
}

/* After a long peace a failure is as new as the first. */
static void test_after_the_quiet_it_is_told_at_once(void **state)
{
	(void)state;
	fail_and_recover();
	fail_at(2100, ENOSPC);
	work_at(2200);
	work_at(diag_due(&fault));
	fake_node("stderr")->len = 0;
	fail_at(2000 + 3 * DIAG_QUIET_MS, ENOSPC);
	assert_said("udplogger: warning: unable to write FILE: no space\n");
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

static struct diag_loss loss;

static void lose(uint64_t now_ms, uint64_t n)
{
	diag_lost(&diag, &loss, now_ms, n, "datagrams lost", "why");
}

static void check_loss(uint64_t now_ms)
{
	diag_loss_check(&diag, &loss, now_ms, "datagrams lost");
}

static void test_a_loss_is_said_and_its_end(void **state)
{
	(void)state;
	loss = (struct diag_loss){ 0 };
	assert_true(diag_loss_due(&loss) == DEADLINE_NEVER);
	lose(1000, 3);
	assert_said("udplogger: warning: 3 datagrams lost, why\n");
	lose(1500, 4);
	lose(4000, 5);
	assert_int_equal(diag_loss_due(&loss), 4000 + DIAG_QUIET_MS);
	check_loss(4000 + DIAG_QUIET_MS - 1);
	assert_said("");
	check_loss(4000 + DIAG_QUIET_MS);
	assert_said("udplogger: no more datagrams lost, after 12 in 3 s\n");
	assert_true(diag_loss_due(&loss) == DEADLINE_NEVER);
}

static void test_more_of_a_loss_is_said_at_ten_times_as_many(void **state)
{
	uint64_t i;

	(void)state;
	loss = (struct diag_loss){ 0 };
	lose(1000, 2);
	assert_said("udplogger: warning: 2 datagrams lost, why\n");
	for (i = 0; i < 100; i++)
		lose(1001, 1);
	assert_said("");
	lose(1000 + DIAG_QUIET_MS, 1);
	assert_said("udplogger: warning: 103 datagrams lost, why\n");
	lose(1000 + 2 * DIAG_QUIET_MS, 926);
	assert_said("");
	lose(1000 + 3 * DIAG_QUIET_MS, 1);
	assert_said("udplogger: warning: 1030 datagrams lost, why\n");
}

/* Twice as long each time, and no loss is left out of the counts. */
static void test_a_loss_that_returns_gets_rarer(void **state)
{
	uint64_t now = 1000, quiet = DIAG_QUIET_MS;
	int i;

	(void)state;
	loss = (struct diag_loss){ 0 };
	lose(now, 1);
	now += DIAG_QUIET_MS;
	check_loss(now);
	fake_node("stderr")->len = 0;
	fake_node("stderr")->bytes[0] = '\0';
	for (i = 0; i < 4; i++) {
		lose(now, 2);
		assert_said("");
		check_loss(now + quiet - 1);
		assert_said("");
		now += quiet;
		check_loss(now);
		assert_said("udplogger: no more datagrams lost, after 2 in 0 "
			    "s\n");
		quiet *= 2;
	}
	lose(now + quiet, 1);
	assert_said("udplogger: warning: 1 datagrams lost, why\n");
}

static void test_the_end_says_what_was_kept_back(void **state)
{
	(void)state;
	loss = (struct diag_loss){ 0 };
	diag_loss_end(&diag, &loss, "datagrams lost");
	assert_said("");
	diag_lost(&diag, &loss, 1000, 3, "messages lost", NULL);
	assert_said("udplogger: warning: 3 messages lost\n");
	diag_loss_end(&diag, &loss, "messages lost");
	assert_said("udplogger: no more messages lost, after 3 in 0 s\n");
}

/* Opens it on the test's own stderr, which @journal names as the journal. */
static void open_on_stderr(const char *journal)
{
	setenv("JOURNAL_STREAM", journal, 1);
	diag_open(&diag, &sys_linux);
	unsetenv("JOURNAL_STREAM");
	diag.sys = &fakesys;
	diag.out = (struct console){
		.fd = fake_fd(fake_node("stderr"), O_WRONLY),
	};
}

static void test_the_journal_gets_levels_and_no_name(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	open_on_stderr(stream);
	diag_begin_times(&diag);
	diag_say(&diag, "listening");
	assert_said("<6>listening\n");
	diag_warn(&diag, "small");
	assert_said("<4>warning: small\n");
	diag_error(&diag, "gave up");
	assert_said("<3>gave up\n");
}

static void test_what_is_not_the_journal_gets_none(void **state)
{
	(void)state;
	open_on_stderr("1:1");
	diag_error(&diag, "gave up");
	assert_said("udplogger: gave up\n");
}

static void test_a_file_gets_times_once_it_runs(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	open_on_stderr("");
	diag_say(&diag, "before");
	assert_said("udplogger: before\n");
	diag_begin_times(&diag);
	fake.wall_ms = (int64_t)FAKE_NOON * 1000 - (int64_t)fake.now_ms;
	diag_warn(&diag, "small");
	assert_said("2026-11-22 12:00:00 udplogger: warning: small\n");
	unsetenv("TZ");
	tzset();
}

static void test_a_terminal_gets_none(void **state)
{
	(void)state;
	open_on_stderr("");
	diag.out.is_terminal = true;
	diag_begin_times(&diag);
	diag_say(&diag, "hello");
	assert_said("udplogger: hello\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_message_is_one_line_and_one_write),
		CASE(test_a_message_of_any_length_is_one_line),
		CASE(test_the_first_failure_is_told),
		CASE(test_a_loss_is_said_and_its_end),
		CASE(test_more_of_a_loss_is_said_at_ten_times_as_many),
		CASE(test_a_loss_that_returns_gets_rarer),
		CASE(test_the_end_says_what_was_kept_back),
		CASE(test_the_same_failure_is_told_once),
		CASE(test_another_reason_is_told_too),
		CASE(test_recovery_is_told_with_count_and_time),
		CASE(test_what_comes_and_goes_is_not_told_each_time),
		CASE(test_what_comes_and_goes_for_hours_is_told_ever_less),
		CASE(test_what_returns_and_lasts_is_told),
		CASE(test_after_the_quiet_it_is_told_at_once),
		CASE(test_what_never_failed_is_not_told_to_work),
		CASE(test_nobody_may_be_listening),
		CASE(test_the_journal_gets_levels_and_no_name),
		CASE(test_what_is_not_the_journal_gets_none),
		CASE(test_a_file_gets_times_once_it_runs),
		CASE(test_a_terminal_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
