/* Tests of logline and jsonline: lines of log files in their parts. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logline.h"

#define STAMP "2026-11-28 10:00:00 "
#define ISO   "2026-11-28T10:00:00.123456+09:00"

static void assert_part(const char *part, size_t len, const char *want)
{
	if (!want) {
		assert_null(part);
		return;
	}
	assert_non_null(part);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(part, want, len);
}

static void test_lines_of_text_have_their_parts(void **state)
{
	static const struct {
		const char *line, *source, *text;
		bool is_notice;
	} rows[] = {
		{ STAMP "10.0.0.1:6665 a b", "10.0.0.1:6665", "a b", false },
		{ ISO " 10.0.0.1:6665 a b", "10.0.0.1:6665", "a b", false },
		{ STAMP "[fe80::1%eth0]:1 x", "[fe80::1%eth0]:1", "x", false },
		{ STAMP "web1  two", "web1", " two", false },
		{ STAMP "web1 ", "web1", "", false },
		{ STAMP "web1", "web1", "", false },
		{ STAMP "web1 udplogger: 2 messages lost", "web1",
		  "udplogger: 2 messages lost", true },
		{ STAMP "udplogger: 5 datagrams lost", NULL,
		  "udplogger: 5 datagrams lost", true },
	};
	struct logline l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(
			logline_read(&l, rows[i].line, strlen(rows[i].line)));
		assert_part(l.source, l.source_len, rows[i].source);
		assert_part(l.text, l.text_len, rows[i].text);
		assert_int_equal(l.is_notice, rows[i].is_notice);
		assert_false(l.is_json);
	}
}

static void test_what_is_no_line_of_ours_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"2026-11-28 10:00:00",
		"2026-11-28_10:00:00 x",
		"{",
		"{}",
		"{\"message\":\"x\"}",
		"[1]",
		ISO,
		"{\"a\"",
		"{\"a",
		"{\"time\"}",
	};
	struct logline l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (logline_read(&l, rows[i], strlen(rows[i])))
			fail_msg("%s is read", rows[i]);
}

static void test_objects_have_their_parts(void **state)
{
	static const char line[] =
		"{\"time\":\"" ISO "\",\"host\":\"web1\",\"address\":\"::7\","
		"\"port\":6665,\"lport\":7,\"message\":\"a\\\"b\",\"level\":6}";
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;
	struct logline l;

	(void)state;
	assert_true(logline_read(&l, line, sizeof(line) - 1));
	assert_true(l.is_json && !l.is_notice);
	assert_part(l.seen.host, l.seen.host_len, "web1");
	assert_part(l.seen.address, l.seen.address_len, "::7");
	assert_int_equal(l.seen.port, 6665);
	assert_part(l.text, l.text_len, "a\\\"b");
	assert_true(logline_time(&l, &stamp, &clock));
	assert_int_equal(stamp.us, 1795827600123456);
}

static void test_members_may_stand_in_any_order(void **state)
{
	static const char line[] =
		"{ \"x\" : {\"message\":[\"}\"]} , \"port\":1,"
		"\"address\":\"10.0.0.1\", \"n\":null,\"time\":\"" ISO "\"}";
	struct logline l;

	(void)state;
	assert_true(logline_read(&l, line, sizeof(line) - 1));
	assert_part(l.seen.address, l.seen.address_len, "10.0.0.1");
	assert_int_equal(l.seen.port, 1);
	assert_null(l.text);
}

static void assert_plain(const char *line, const char *want)
{
	size_t len = strlen(line);
	char *out = malloc(LOGLINE_TEXT_MAX(len));
	struct logline l;

	assert_non_null(out);
	assert_true(logline_read(&l, line, len));
	assert_part(out, logline_plain(out, &l), want);
	free(out);
}

static void test_plain_is_what_a_console_shows(void **state)
{
	(void)state;
	assert_plain(STAMP "web1 [    1.0] a", "[    1.0] a\n");
	assert_plain("{\"time\":\"" ISO "\",\"message\":\"[    1.000000] a\","
		     "\"usec\":1000000}",
		     "[    1.000000] a\n");
	assert_plain("{\"time\":\"" ISO "\",\"message\":\"a\\nb\","
		     "\"level\":6,\"sequnum\":1,\"usec\":12345678,"
		     "\"caller\":\"T1\"}",
		     "[   12.345678][    T1] a\n[   12.345678][    T1] b\n");
	assert_plain("{\"time\":\"" ISO "\",\"message\":\"\\\\x1b \\u00e4"
		     "\\ud83d\\ude00\\t\"}",
		     "\\x1b \xc3\xa4\xf0\x9f\x98\x80\t\n");
	assert_plain("{\"time\":\"" ISO "\",\"message\":\"\\u001b\\u0000\"}",
		     "\\x1b\\x00\n");
	assert_plain("{\"time\":\"" ISO "\",\"message\":\"\"}", "\n");
}

/* Each byte is one that ASan guards. */
static void test_lines_may_be_cut_anywhere(void **state)
{
	static const char *const rows[] = {
		STAMP "10.0.0.1:6665 udplogger: x",
		ISO " [fe80::1%eth0]:6665 x",
		"{\"time\":\"" ISO "\",\"host\":\"w\",\"address\":\"::7\","
		"\"port\":1,\"d\":{\"a\":[1,\"\\\"]\"]},\"message\":\"a\\u00e4"
		"\",\"sequnum\":1,\"usec\":5,\"caller\":\"C1\"}",
	};
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (len = 0; len <= strlen(rows[i]); len++) {
			char *line = malloc(len + 1);
			char *out = malloc(LOGLINE_TEXT_MAX(len));
			struct logline l;

			assert_true(line && out);
			line = realloc(line, len > 0 ? len : 1);
			memcpy(line, rows[i], len);
			if (logline_read(&l, line, len))
				logline_plain(out, &l);
			free(line);
			free(out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_text_have_their_parts),
		cmocka_unit_test(test_what_is_no_line_of_ours_is_refused),
		cmocka_unit_test(test_objects_have_their_parts),
		cmocka_unit_test(test_members_may_stand_in_any_order),
		cmocka_unit_test(test_plain_is_what_a_console_shows),
		cmocka_unit_test(test_lines_may_be_cut_anywhere),
	};

	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
