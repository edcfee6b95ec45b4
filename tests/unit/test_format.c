/* Tests of format: a record as the bytes of a log line. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "format.h"

static struct record a_record(const void *text, size_t len)
{
	return (struct record){
		.stamp = "2026-11-22 03:04:05 ",
		.stamp_len = STAMP_BYTES,
		.prefix = "192.0.2.1:6665 ",
		.prefix_len = 15,
		.text = text,
		.text_len = len,
	};
}

static void assert_line(const void *text, size_t len, enum format format,
			const char *want, size_t want_len)
{
	struct record record = a_record(text, len);
	char out[FORMAT_MAX(100)];
	size_t room = format_max(&record, format);

	memset(out, 0xa5, sizeof(out));
	assert_int_equal(format_record(out, &record, format), want_len);
	assert_memory_equal(out, want, want_len);
	assert_int_equal((unsigned char)out[room], 0xa5);
}

#define BEGIN "2026-11-22 03:04:05 192.0.2.1:6665 "
#define ASSERT_LINE(text, format, want)                                  \
	assert_line((text), sizeof(text) - 1, (format), BEGIN want "\n", \
		    sizeof(BEGIN want "\n") - 1)

static void test_a_line_is_stamp_source_text_and_lf(void **state)
{
	(void)state;
	ASSERT_LINE("eth0: link up", FORMAT_TEXT, "eth0: link up");
	ASSERT_LINE("eth0: link up", FORMAT_RAW, "eth0: link up");
}

static void test_an_empty_text_leaves_the_space_before_it(void **state)
{
	(void)state;
	ASSERT_LINE("", FORMAT_TEXT, "");
	ASSERT_LINE("", FORMAT_RAW, "");
}

static void test_spaces_of_the_text_stay(void **state)
{
	(void)state;
	ASSERT_LINE("  a  b  ", FORMAT_TEXT, "  a  b  ");
	ASSERT_LINE(" ", FORMAT_TEXT, " ");
}

static void test_a_text_is_escaped_unless_raw(void **state)
{
	(void)state;
	ASSERT_LINE("a\0\033[2J\r\x7f\xff\xc3\xa4", FORMAT_TEXT,
		    "a\\x00\\x1b[2J\\x0d\\x7f\\xff\xc3\xa4");
	ASSERT_LINE("a\0\033[2J\r\x7f\xff\xc3\xa4", FORMAT_RAW,
		    "a\0\033[2J\r\x7f\xff\xc3\xa4");
}

/* Or the rest of it could be taken for a line with another's source. */
static void test_a_newline_in_a_text_is_escaped_also_if_raw(void **state)
{
	(void)state;
	ASSERT_LINE("a\n2026-11-22 03:04:05 b\033", FORMAT_TEXT,
		    "a\\x0a2026-11-22 03:04:05 b\\x1b");
	ASSERT_LINE("a\n2026-11-22 03:04:05 b\033", FORMAT_RAW,
		    "a\\x0a2026-11-22 03:04:05 b\\x1b");
}

static void test_notices_name_the_daemon_behind_the_source(void **state)
{
	struct record record = a_record("sender booted", 13);
	char out[FORMAT_MAX(100)];
	size_t len;

	(void)state;
	record.notice = "booted";
	len = format_record(out, &record, FORMAT_TEXT);
	assert_int_equal(len, strlen(BEGIN "udplogger: sender booted\n"));
	assert_memory_equal(out, BEGIN "udplogger: sender booted\n", len);
	record.prefix_len = 0;
	len = format_record(out, &record, FORMAT_TEXT);
	assert_memory_equal(
		out, "2026-11-22 03:04:05 udplogger: sender booted\n", len);
}

static void test_the_most_that_a_line_can_take_is_enough(void **state)
{
	char prefix[SRCADDR_TEXT_MAX];
	size_t len;

	(void)state;
	memset(prefix, 'p', sizeof(prefix));
	for (len = 0; len <= 300; len++) {
		unsigned char *text = calloc(1, len + 1);
		char *out = malloc(FORMAT_MAX(len));
		struct record record = a_record(text, len);

		assert_non_null(text);
		assert_non_null(out);
		record.prefix = prefix;
		record.prefix_len = sizeof(prefix);
		record.stamp = "2026-11-22T03:04:05.123456+09:00 ";
		record.stamp_len = STAMP_ISO_BYTES;
		record.notice = "booted";
		assert_int_equal(format_max(&record, FORMAT_TEXT),
				 FORMAT_MAX(len));
		assert_int_equal(format_record(out, &record, FORMAT_TEXT),
				 FORMAT_MAX(len));
		assert_int_equal(out[FORMAT_MAX(len) - 1], '\n');
		assert_int_equal(format_record(out, &record, FORMAT_RAW),
				 FORMAT_MAX(len) - 3 * len);
		free(out);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_is_stamp_source_text_and_lf),
		cmocka_unit_test(test_an_empty_text_leaves_the_space_before_it),
		cmocka_unit_test(test_spaces_of_the_text_stay),
		cmocka_unit_test(test_a_text_is_escaped_unless_raw),
		cmocka_unit_test(
			test_a_newline_in_a_text_is_escaped_also_if_raw),
		cmocka_unit_test(
			test_notices_name_the_daemon_behind_the_source),
		cmocka_unit_test(test_the_most_that_a_line_can_take_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
