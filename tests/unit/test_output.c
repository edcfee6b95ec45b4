/* Records get their stamps, and go into the queue of their day. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "incidentline.h"
#include "output.h"
#include "record.h"
#include "rig.h"
#include "settings.h"

#define BLOCKS	 20
#define NOON	 1795348800 /* 2026-11-22 12:00:00 UTC */
#define DAY	 20261122
#define DAY_SECS 86400

static struct settings settings;
static struct filetable files;
static struct pool tee_pool;
static struct outq tee;
static struct output output;
static char *text;

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	settings = rig_settings();
	text = rig_memory(output_bytes(&settings, OUTQ_BLOCK_BYTES));
	rig_files_init(&files, (size_t)BLOCKS * OUTQ_BLOCK_BYTES);
	tee_pool = rig_pool(1);
	outq_init(&tee, &tee_pool);
	output_init(&output, &settings, &files, NULL, text);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_files_free(&files);
	free(text);
	free(tee_pool.memory);
	return 0;
}

static struct record a_record(const void *bytes, size_t len)
{
	return (struct record){
		.prefix = "192.0.2.1:6665 ",
		.prefix_len = 15,
		.address = "192.0.2.1",
		.address_len = 9,
		.port = 6665,
		.text = bytes,
		.text_len = len,
	};
}

static bool put(const char *line, time_t second)
{
	struct timespec time = { second, 123456789 };
	struct record record = a_record(line, strlen(line));

	return output_put(&output, &record, &time);
}

static void assert_waits(const struct outq *queue, const char *want)
{
	assert_int_equal(outq_waiting(queue), strlen(want));
	assert_true(rig_waits(queue, want, strlen(want)));
}

static void assert_day(int32_t day, const char *want)
{
	assert_waits(rig_day(&files, day), want);
}

static void test_a_record_gets_its_stamp_and_its_day(void **state)
{
	(void)state;
	assert_true(put("one", NOON));
	assert_true(put("two", NOON + DAY_SECS / 2 - 1));
	assert_true(put("three", NOON + DAY_SECS / 2));
	assert_day(DAY, "2026-11-22 12:00:00 192.0.2.1:6665 one\n"
			"2026-11-22 23:59:59 192.0.2.1:6665 two\n");
	assert_day(DAY + 1, "2026-11-23 00:00:00 192.0.2.1:6665 three\n");
	assert_int_equal(output.lines, 3);
}

static void test_a_stamp_may_have_microseconds(void **state)
{
	(void)state;
	settings.iso = true;
	output_init(&output, &settings, &files, NULL, text);
	assert_true(put("one", NOON));
	assert_day(DAY, "2026-11-22T12:00:00.123456+00:00 192.0.2.1:6665 "
			"one\n");
}

static void test_the_form_is_the_one_that_was_set(void **state)
{
	(void)state;
	assert_true(put("\x1b[2J", NOON));
	settings.raw = true;
	assert_true(put("\x1b[2J", NOON));
	settings.raw = false;
	settings.json = true;
	output_init(&output, &settings, &files, NULL, text);
	assert_true(put("\x1b[2J", NOON));
	assert_day(DAY, "2026-11-22 12:00:00 192.0.2.1:6665 \\x1b[2J\n"
			"2026-11-22 12:00:00 192.0.2.1:6665 \x1b[2J\n"
			"{\"time\":\"2026-11-22T12:00:00.123456+00:00\","
			"\"address\":\"192.0.2.1\",\"port\":6665,"
			"\"message\":\"\\\\x1b[2J\"}\n");
}

static void test_what_is_shown_is_never_raw(void **state)
{
	(void)state;
	settings.raw = true;
	output_init(&output, &settings, &files, &tee, text);
	assert_true(put("\x1b[2J", NOON));
	assert_day(DAY, "2026-11-22 12:00:00 192.0.2.1:6665 \x1b[2J\n");
	assert_waits(&tee, "2026-11-22 12:00:00 192.0.2.1:6665 \\x1b[2J\n");
}

static void test_objects_are_shown_as_objects(void **state)
{
	(void)state;
	settings.json = true;
	output_init(&output, &settings, &files, &tee, text);
	assert_true(put("up", NOON));
	assert_waits(&tee, "{\"time\":\"2026-11-22T12:00:00.123456+00:00\","
			   "\"address\":\"192.0.2.1\",\"port\":6665,"
			   "\"message\":\"up\"}\n");
}

/* A line of @len bytes of text that all need an escape. */
static bool put_long(size_t len)
{
	static unsigned char bytes[OUTQ_BLOCK_BYTES];
	struct timespec time = { NOON, 0 };
	struct record record = a_record(bytes, len);

	memset(bytes, 0x80, len);
	return output_put(&output, &record, &time);
}

/* What doesn't fit into the rest of a block goes on in the next. */
static void test_lines_of_any_length_come_whole(void **state)
{
	size_t len, sum = 0, lines = 0;

	(void)state;
	for (len = 0; len <= 3000; len += 97) {
		assert_true(put_long(len));
		sum += 35 + 4 * len + 1;
		lines++;
		if (outq_waiting(rig_day(&files, DAY)) <
		    8 * (size_t)OUTQ_BLOCK_BYTES)
			continue;
		outq_take(rig_day(&files, DAY),
			  outq_waiting(rig_day(&files, DAY)));
		sum = 0;
	}
	assert_int_equal(outq_waiting(rig_day(&files, DAY)), sum);
	assert_int_equal(output.lines, lines);
}

static void test_no_line_is_longer_than_was_said(void **state)
{
	static const bool json[] = { false, true };
	size_t len, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		settings.json = json[i];
		output_init(&output, &settings, &files, NULL, text);
		for (len = 0; len < 100; len++) {
			struct outq *queue = rig_day(&files, DAY);

			assert_true(put_long(len));
			assert_true(outq_waiting(queue) <=
				    output_bytes(&settings, len));
			outq_take(queue, outq_waiting(queue));
		}
	}
}

static void fill(void)
{
	while (put_long(1000))
		;
	while (put("", NOON))
		;
}

static void test_a_full_queue_takes_nothing(void **state)
{
	size_t waiting;
	uint64_t lines;

	(void)state;
	output_init(&output, &settings, &files, &tee, text);
	fill();
	waiting = filetable_waiting(&files);
	lines = output.lines;
	outq_take(&tee, outq_waiting(&tee));
	assert_false(put("once", NOON));
	assert_int_equal(filetable_waiting(&files), waiting);
	assert_int_equal(output.lines, lines);
	/* Whoever watches sees a line once, when the log has it. */
	assert_int_equal(outq_waiting(&tee), 0);
	outq_take(rig_day(&files, DAY), waiting);
	assert_true(put("once", NOON));
	assert_int_equal(output.lines, lines + 1);
	assert_waits(&tee, "2026-11-22 12:00:00 192.0.2.1:6665 once\n");
}

static void test_who_does_not_watch_holds_up_nothing(void **state)
{
	uint64_t lines;

	(void)state;
	output_init(&output, &settings, &files, &tee, text);
	assert_true(put("one", NOON));
	assert_int_equal(output.not_shown, 0);
	while (output.not_shown == 0)
		assert_true(put("another", NOON));
	assert_int_equal(output.not_shown, 1);
	lines = output.lines;
	assert_true(put_long(1000));
	assert_int_equal(output.not_shown, 2);
	assert_int_equal(output.lines, lines + 1);
}

static void test_a_day_without_a_queue_has_to_wait(void **state)
{
	int day;

	(void)state;
	for (day = 0; day < RIG_DAYS; day++)
		assert_true(put("line", NOON + day * DAY_SECS));
	assert_false(put("late", NOON + RIG_DAYS * DAY_SECS));
	assert_int_equal(output.lines, RIG_DAYS);
	outq_take(rig_day(&files, DAY), outq_waiting(rig_day(&files, DAY)));
	filetable_release(&files, 0);
	assert_true(put("late", NOON + RIG_DAYS * DAY_SECS));
	assert_day(20261208, "2026-12-08 12:00:00 192.0.2.1:6665 late\n");
}

static bool put_incident(time_t second)
{
	const struct incident_line line = {
		.what = INCIDENT_BEGIN,
		.class = "hung",
		.title = "INFO",
		.length = 4,
	};
	struct timespec time = { second, 123456789 };
	struct record record = a_record("", 0);

	return output_incident(&output, &record, &time, &line);
}

static const char *incidents_of(uint32_t day, struct outq **queue)
{
	uint32_t file = filetable_incidents(&files, day);

	*queue = filetable_queue(&files, file);
	return filetable_name(&files, file);
}

static void test_incidents_go_to_the_file_of_their_day(void **state)
{
	struct outq *queue;

	(void)state;
	output_init(&output, &settings, &files, &tee, text);
	assert_true(put("one", NOON));
	assert_true(put_incident(NOON + DAY_SECS / 2 - 1));
	assert_true(put("two", NOON));
	assert_true(put_incident(NOON + DAY_SECS / 2));
	assert_true(put_incident(NOON));
	assert_string_equal(incidents_of(DAY, &queue), "2026-11-22.incidents");
	assert_waits(queue, "2026-11-22 23:59:59 192.0.2.1:6665 hung: INFO\n"
			    "2026-11-22 12:00:00 192.0.2.1:6665 hung: INFO\n");
	incidents_of(DAY + 1, &queue);
	assert_waits(queue, "2026-11-23 00:00:00 192.0.2.1:6665 hung: INFO\n");
	/* Neither lines of the log nor what is shown have them. */
	assert_day(DAY, "2026-11-22 12:00:00 192.0.2.1:6665 one\n"
			"2026-11-22 12:00:00 192.0.2.1:6665 two\n");
	assert_waits(&tee, "2026-11-22 12:00:00 192.0.2.1:6665 one\n"
			   "2026-11-22 12:00:00 192.0.2.1:6665 two\n");
	assert_int_equal(output.lines, 2);
}

static void test_incidents_have_the_form_of_the_log(void **state)
{
	struct outq *queue;

	(void)state;
	settings.iso = true;
	output_change(&output);
	assert_true(put_incident(NOON));
	settings.json = true;
	output_change(&output);
	assert_true(put_incident(NOON));
	incidents_of(DAY, &queue);
	assert_waits(queue, "2026-11-22T12:00:00.123456+00:00 192.0.2.1:6665 "
			    "hung: INFO\n"
			    "{\"time\":\"2026-11-22T12:00:00.123456+00:00\","
			    "\"address\":\"192.0.2.1\",\"port\":6665,"
			    "\"class\":\"hung\",\"title\":\"INFO\"}\n");
}

static void test_a_full_queue_takes_no_incident(void **state)
{
	struct outq *queue;
	size_t waiting;

	(void)state;
	fill();
	waiting = filetable_waiting(&files);
	assert_false(put_incident(NOON));
	assert_int_equal(filetable_waiting(&files), waiting);
	outq_take(rig_day(&files, DAY), waiting);
	assert_true(put_incident(NOON));
	incidents_of(DAY, &queue);
	assert_waits(queue, "2026-11-22 12:00:00 192.0.2.1:6665 hung: INFO\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_record_gets_its_stamp_and_its_day),
		CASE(test_a_stamp_may_have_microseconds),
		CASE(test_the_form_is_the_one_that_was_set),
		CASE(test_what_is_shown_is_never_raw),
		CASE(test_objects_are_shown_as_objects),
		CASE(test_lines_of_any_length_come_whole),
		CASE(test_no_line_is_longer_than_was_said),
		CASE(test_a_full_queue_takes_nothing),
		CASE(test_who_does_not_watch_holds_up_nothing),
		CASE(test_a_day_without_a_queue_has_to_wait),
		CASE(test_incidents_go_to_the_file_of_their_day),
		CASE(test_incidents_have_the_form_of_the_log),
		CASE(test_a_full_queue_takes_no_incident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
