/* Tests of live: what --status and --heard end with, and what they say. */
#include "unit.h"

#include <fcntl.h>

#include "diag.h"
#include "fakesys.h"
#include "live.h"
#include "printed.h"
#include "runfiles.h"

#define NOW 1796000100

static struct diag diag;
static struct question q;

static int make_run(void **state)
{
	(void)state;
	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	runfiles_make();
	q = (struct question){
		.mode = QUESTION_HEARD,
		.now = NOW,
		.host = "web1",
		.since_seconds = 60,
	};
	q.options.settings.run = runfiles;
	return 0;
}

static int remove_run(void **state)
{
	(void)state;
	runfiles_remove();
	return 0;
}

static void put_senders(const char *rows, time_t age)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", RUNFILES_HEAD, rows);
	runfiles_put("senders", text, strlen(text));
	runfiles_date(NOW - age);
}

/* What it ends with, when it prints nothing. */
static int ends_with(void)
{
	int status;
	size_t len;

	printed_begin();
	status = live_answer(&q, &diag);
	printed_end(&len);
	assert_int_equal(len, 0);
	return status;
}

static void assert_said(const char *part)
{
	if (!strstr(fake_text("stderr"), part))
		fail_msg("no \"%s\" in: %s", part, fake_text("stderr"));
}

#define ROW(name, address, port, heard) \
	name "\t" address "\t" port "\t" heard "\t1\t0.0\t0\t0\t-\t-\n"

static void test_heard_within_the_time_or_not(void **state)
{
	static const struct {
		const char *heard;
		int status;
	} rows[] = {
		{ "1796000100.000", LIVE_YES }, { "1796000040.000", LIVE_YES },
		{ "1796000040.999", LIVE_YES }, { "1796000039.999", LIVE_NO },
		{ "1796000200.000", LIVE_YES }, { "-", LIVE_NO },
		{ "hostile", LIVE_NO },		{ "0", LIVE_NO },
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text),
			 "web1\t192.0.2.1\t6665\t%s\t1\t0.0\t0\t0\t-\t-\n",
			 rows[i].heard);
		put_senders(text, 0);
		if (ends_with() != rows[i].status)
			fail_msg("%s", rows[i].heard);
	}
	assert_said("web1 was not heard for 61 s\n");
	assert_said("web1 was not heard\n");
}

static void test_the_latest_of_those_that_are_meant_counts(void **state)
{
	static const struct {
		const char *host;
		int status;
	} rows[] = {
		{ "web1", LIVE_YES },
		{ "192.0.2.1", LIVE_YES },
		{ "192.0.2.1:1", LIVE_NO },
		{ "192.0.2.1:2", LIVE_YES },
		{ "192.0.2.3", LIVE_NO },
		{ "192.0.2.33", LIVE_YES },
		{ "[2001:db8::1]:5", LIVE_YES },
		{ "2001:db8::1", LIVE_YES },
		{ "web", LIVE_NO },
		{ "other", LIVE_NO },
	};
	size_t i;

	(void)state;
	put_senders(ROW("web1", "192.0.2.1", "1", "1796000000.000") ROW(
			    "web1", "192.0.2.1", "2", "1796000090.000")
			    ROW("-", "192.0.2.33", "1", "1796000090.000") ROW(
				    "-", "2001:db8::1", "5", "1796000090.000")
				    ROW("other", "192.0.2.4", "x", "1"),
		    0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q.host = rows[i].host;
		if (ends_with() != rows[i].status)
			fail_msg("%s", rows[i].host);
	}
}

static void test_what_is_old_tells_nothing(void **state)
{
	(void)state;
	put_senders(ROW("web1", "192.0.2.1", "1", "1796000090.000"), 30);
	assert_int_equal(ends_with(), LIVE_YES);
	assert_string_equal(fake_text("stderr"), "");
	put_senders(ROW("web1", "192.0.2.1", "1", "1796000090.000"), 31);
	assert_int_equal(ends_with(), LIVE_UNKNOWN);
	assert_said("run=: what is there is 31 s old");
}

static void test_without_files_nobody_knows(void **state)
{
	(void)state;
	assert_int_equal(ends_with(), LIVE_UNKNOWN);
	assert_said("unable to read senders there");
	q.mode = QUESTION_STATUS;
	assert_int_equal(ends_with(), LIVE_UNKNOWN);
	q.options.settings.run = NULL;
	assert_int_equal(ends_with(), LIVE_UNKNOWN);
	assert_said("run=: not set, so nobody knows");
	q.mode = QUESTION_HEARD;
	assert_int_equal(ends_with(), LIVE_UNKNOWN);
}

static void test_a_hostile_host_is_shown_escaped(void **state)
{
	(void)state;
	put_senders("", 0);
	q.host = "a\033[2J";
	assert_int_equal(ends_with(), LIVE_NO);
	assert_said("a\\x1b[2J was not heard\n");
}

static void test_each_format_is_printed(void **state)
{
	static const struct {
		uint8_t format;
		const char *begin;
	} rows[] = {
		{ QUESTION_TEXT, "udplogger , since -, told 0 s ago\n" },
		{ QUESTION_JSON, "{\"version\":\"\"," },
		{ QUESTION_HTML, "<!DOCTYPE html>\n" },
	};
	const char *text;
	size_t i, len;

	(void)state;
	q.mode = QUESTION_STATUS;
	for (i = 0; i < 3; i++) {
		put_senders(ROW("web1", "192.0.2.1", "1", "1796000090.000"), 0);
		q.format = rows[i].format;
		printed_begin();
		assert_int_equal(live_answer(&q, &diag), LIVE_YES);
		text = printed_end(&len);
		assert_memory_equal(text, rows[i].begin, strlen(rows[i].begin));
		assert_non_null(strstr(text, "web1"));
		put_senders("", 31);
		printed_begin();
		assert_int_equal(live_answer(&q, &diag), LIVE_UNKNOWN);
		printed_end(&len);
		assert_true(len > 0);
	}
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, make_run, remove_run)
	const struct CMUnitTest tests[] = {
		RUN(test_heard_within_the_time_or_not),
		RUN(test_the_latest_of_those_that_are_meant_counts),
		RUN(test_what_is_old_tells_nothing),
		RUN(test_without_files_nobody_knows),
		RUN(test_a_hostile_host_is_shown_escaped),
		RUN(test_each_format_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
