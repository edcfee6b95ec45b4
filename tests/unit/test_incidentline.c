/* Tests of incidentline: the lines of a file of incidents, byte for byte. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "incidentline.h"
#include "rig.h"
#include "srcaddr.h"
#include "stamp.h"

#define TEXT "2026-11-22 12:00:00 192.0.2.1:6665 "
#define OBJECT                                            \
	"{\"time\":\"2026-11-22T01:14:00.123456+09:00\"," \
	"\"address\":\"192.0.2.1\",\"port\":6665,\"class\":"

static struct record a_record(bool json)
{
	return (struct record){
		.stamp = json ? "2026-11-22T01:14:00.123456+09:00 "
			      : "2026-11-22 12:00:00 ",
		.stamp_len = json ? STAMP_ISO_BYTES : STAMP_BYTES,
		.prefix = "192.0.2.1:6665 ",
		.prefix_len = 15,
		.address = "192.0.2.1",
		.address_len = 9,
		.port = 6665,
	};
}

static void assert_written(const struct record *record,
			   const struct incident_line *line, bool json,
			   const char *want)
{
	/* Just as large as was said, so that a checker sees what is more. */
	char *out = malloc(INCIDENTLINE_MAX);
	size_t len = incidentline_write(out, record, line, json);

	assert_true(len <= INCIDENTLINE_MAX);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(out, want, len);
	free(out);
}

static void assert_text(const struct incident_line *line, const char *want)
{
	struct record record = a_record(false);
	char all[2000];

	snprintf(all, sizeof(all), TEXT "%s\n", want);
	assert_written(&record, line, false, all);
}

static void assert_object(const struct incident_line *line, const char *want)
{
	struct record record = a_record(true);
	char all[2000];

	snprintf(all, sizeof(all), OBJECT "%s}\n", want);
	assert_written(&record, line, true, all);
}

static struct incident_line a_begin(const char *title, size_t len)
{
	return (struct incident_line){
		.what = INCIDENT_BEGIN,
		.class = "panic",
		.title = title,
		.length = len,
	};
}

static void test_a_begin_has_class_and_title(void **state)
{
	const char *title = "Kernel panic - not syncing: sysrq triggered crash";
	struct incident_line line = a_begin(title, strlen(title));

	(void)state;
	assert_text(&line, "panic: Kernel panic - not syncing: sysrq triggered "
			   "crash");
	assert_object(&line, "\"panic\",\"title\":\"Kernel panic - not "
			     "syncing: sysrq triggered crash\"");
	line = a_begin("", 0);
	assert_text(&line, "panic: ");
	assert_object(&line, "\"panic\",\"title\":\"\"");
}

static void test_an_end_has_its_way_and_numbers(void **state)
{
	struct incident_line line = {
		.what = INCIDENT_END,
		.class = "panic",
		.ended = "silence",
		.lines = 42,
		.bytes = 2345,
		.milliseconds = 1234,
	};

	(void)state;
	assert_text(&line, "panic ended (silence): 42 lines, 1.2 s, 0 lost");
	assert_object(&line, "\"panic\",\"ended\":\"silence\",\"lines\":42,"
			     "\"bytes\":2345,\"seconds\":1.2,\"lost\":0");
	line.after = "oops";
	line.lost = 7;
	assert_text(&line, "panic ended (silence): 42 lines, 1.2 s, 7 lost, "
			   "after oops");
	assert_object(&line, "\"panic\",\"ended\":\"silence\",\"lines\":42,"
			     "\"bytes\":2345,\"seconds\":1.2,\"lost\":7,"
			     "\"after\":\"oops\"");
	line.tasks = 99;
	assert_text(&line, "panic ended (silence): 42 lines, 1.2 s, 7 lost, "
			   "99 tasks, after oops");
	assert_object(&line, "\"panic\",\"ended\":\"silence\",\"lines\":42,"
			     "\"bytes\":2345,\"seconds\":1.2,\"lost\":7,"
			     "\"tasks\":99,\"after\":\"oops\"");
}

static void test_seconds_are_rounded(void **state)
{
	static const struct {
		uint64_t milliseconds;
		const char *seconds;
	} cases[] = {
		{ 0, "0.0" },	     { 49, "0.0" },
		{ 50, "0.1" },	     { 949, "0.9" },
		{ 950, "1.0" },	     { 1250, "1.3" },
		{ 599999, "600.0" }, { UINT64_MAX, "18446744073709551.6" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct incident_line line = {
			.what = INCIDENT_END,
			.class = "hung",
			.ended = "open",
			.milliseconds = cases[i].milliseconds,
		};
		char want[100];

		snprintf(want, sizeof(want),
			 "hung ended (open): 0 lines, %s s, 0 lost",
			 cases[i].seconds);
		assert_text(&line, want);
	}
}

static void test_a_boot_tells_how_the_one_before_ended(void **state)
{
	struct incident_line line = {
		.what = INCIDENT_BOOT,
		.class = "boot",
		.title = "Linux version 6.12.1 (gcc)",
		.length = 26,
		.release = "6.12.1 (gcc)",
		.release_length = 6,
		.before = "panic",
	};

	(void)state;
	assert_text(&line, "boot: 6.12.1, before that panic");
	assert_object(&line, "\"boot\",\"title\":\"Linux version 6.12.1 "
			     "(gcc)\",\"release\":\"6.12.1\",\"before\":"
			     "\"panic\"");
	line.title = line.release = NULL;
	line.length = line.release_length = 0;
	line.before = "unknown";
	assert_text(&line, "boot: unknown, before that unknown");
	assert_object(&line, "\"boot\",\"before\":\"unknown\"");
}

static void test_what_is_not_told_is_counted(void **state)
{
	const struct incident_line line = {
		.what = INCIDENT_UNTOLD,
		.untold = 17,
	};
	struct record record = a_record(false);

	(void)state;
	record.prefix_len = 0;
	assert_written(&record, &line, false,
		       "2026-11-22 12:00:00 udplogger: 17 incidents not told"
		       "\n");
	record = a_record(true);
	record.prefix_len = 0;
	assert_written(&record, &line, true,
		       "{\"time\":\"2026-11-22T01:14:00.123456+09:00\","
		       "\"program\":\"udplogger\",\"notice\":"
		       "\"incidents-not-told\",\"incidents\":17,\"message\":"
		       "\"17 incidents not told\"}\n");
}

static void test_a_source_stands_there_as_in_the_log(void **state)
{
	struct incident_line line = a_begin("up", 2);
	struct record record = a_record(true);

	(void)state;
	record.prefix = "web1 192.0.2.1";
	record.prefix_len = 5;
	record.host_len = 4;
	record.address = record.prefix + 5;
	record.tells_local = true;
	record.local = 6666;
	assert_written(&record, &line, true,
		       "{\"time\":\"2026-11-22T01:14:00.123456+09:00\","
		       "\"host\":\"web1\",\"address\":\"192.0.2.1\","
		       "\"port\":6665,\"lport\":6666,\"class\":\"panic\","
		       "\"title\":\"up\"}\n");
	record.by_address = true;
	record.stamp = "2026-11-22 12:00:00 ";
	record.stamp_len = STAMP_BYTES;
	assert_written(&record, &line, false,
		       "2026-11-22 12:00:00 web1 panic: up\n");
}

static void test_titles_are_safe_to_look_at(void **state)
{
	static const char bytes[] =
		"\x1b[2J\n\r\0\xff\xc3\xa4\"\\\t\xe2\x80\xae";
	struct incident_line line = a_begin(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_text(&line, "panic: \\x1b[2J\\x0a\\x0d\\x00\\xff\xc3\xa4\"\\\t"
			   "\\xe2\\x80\\xae");
	assert_object(&line, "\"panic\",\"title\":\"\\\\x1b[2J\\\\x0a\\\\x0d"
			     "\\\\x00\\\\xff\xc3\xa4\\\"\\\\\\t\\\\xe2\\\\x80"
			     "\\\\xae\"");
}

static void test_releases_are_safe_to_look_at(void **state)
{
	const struct incident_line line = {
		.what = INCIDENT_BOOT,
		.class = "boot",
		.release = "6\x9b\n\"",
		.release_length = 4,
		.before = "silent",
	};

	(void)state;
	assert_text(&line, "boot: 6\\x9b\\x0a\", before that silent");
	assert_object(&line, "\"boot\",\"release\":\"6\\\\x9b\\\\x0a\\\"\","
			     "\"before\":\"silent\"");
}

/* A title of @len bytes whose last two, or three, are one character. */
static void assert_cut(size_t len, size_t shown)
{
	struct record record = a_record(false);
	char title[INCIDENTLINE_TITLE_MAX + 8];
	char want[INCIDENTLINE_TITLE_MAX + 100];
	struct incident_line line = a_begin(title, len);

	memset(title, 'x', sizeof(title));
	memcpy(title + INCIDENTLINE_TITLE_MAX - 1, "\xe2\x82\xac", 3);
	snprintf(want, sizeof(want), TEXT "panic: %.*s\n", (int)shown, title);
	assert_written(&record, &line, false, want);
}

static void test_a_long_title_is_cut_between_characters(void **state)
{
	(void)state;
	assert_cut(INCIDENTLINE_TITLE_MAX - 1, INCIDENTLINE_TITLE_MAX - 1);
	assert_cut(INCIDENTLINE_TITLE_MAX + 2, INCIDENTLINE_TITLE_MAX - 1);
	assert_cut(INCIDENTLINE_TITLE_MAX + 8, INCIDENTLINE_TITLE_MAX - 1);
}

static void test_no_line_is_longer_than_was_said(void **state)
{
	static char host[SRCADDR_TEXT_MAX + SRCADDR_HOST_MAX];
	static char bytes[1000];
	struct incident_line line = {
		.class = "sanitizer",
		.title = bytes,
		.length = sizeof(bytes),
		.release = bytes,
		.release_length = sizeof(bytes),
		.before = "planned",
		.ended = "silence",
		.after = "sanitizer",
		.lines = UINT64_MAX,
		.bytes = UINT64_MAX,
		.milliseconds = UINT64_MAX,
		.lost = UINT64_MAX,
		.tasks = UINT64_MAX,
		.untold = UINT64_MAX,
	};
	struct record record = a_record(true);
	char *out = malloc(INCIDENTLINE_MAX);
	int what, json;

	(void)state;
	memset(bytes, 0x80, sizeof(bytes));
	memset(host, '\\', sizeof(host));
	record.prefix = host;
	record.prefix_len = SRCADDR_TEXT_MAX;
	record.host_len = SRCADDR_TEXT_MAX - 1;
	record.address = host + SRCADDR_TEXT_MAX;
	record.address_len = SRCADDR_HOST_MAX;
	record.port = record.local = 65535;
	record.tells_local = true;
	for (what = INCIDENT_BEGIN; what <= INCIDENT_UNTOLD; what++)
		for (json = 0; json < 2; json++) {
			line.what = (enum incident_what)what;
			assert_true(incidentline_write(out, &record, &line,
						       json == 1) <=
				    INCIDENTLINE_MAX);
		}
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_begin_has_class_and_title),
		cmocka_unit_test(test_an_end_has_its_way_and_numbers),
		cmocka_unit_test(test_seconds_are_rounded),
		cmocka_unit_test(test_a_boot_tells_how_the_one_before_ended),
		cmocka_unit_test(test_what_is_not_told_is_counted),
		cmocka_unit_test(test_a_source_stands_there_as_in_the_log),
		cmocka_unit_test(test_titles_are_safe_to_look_at),
		cmocka_unit_test(test_releases_are_safe_to_look_at),
		cmocka_unit_test(test_a_long_title_is_cut_between_characters),
		cmocka_unit_test(test_no_line_is_longer_than_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
