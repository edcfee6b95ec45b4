/*
 * The whole loop on a kernel that can fail: whatever happens, each datagram's
 * bytes are in the files once, whole and in order, or still waiting.
 *
 * One story is told again and again with another fault in it.  Stamps are the
 * kernel's, so what must be in the files is what is there without a fault.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "sweep.h"
#include "wholetext.h"

#define ROTATED	     "/log/2026-11-23.log.1"
#define LINK	     "/log/current"
#define STORY_END_MS 22000

/* The world, with link=. */
static int set_up_linked(void **state)
{
	struct openfile_common *settings;

	set_up(state);
	settings = engine.writer.agenda.settings;
	settings->link = (struct link){
		.sys = &fakesys,
		.diag = engine.diag,
		.name = "current",
		.pattern = engine.files.pattern,
	};
	return 0;
}

static void scene_before_midnight(void)
{
	fake_say(1, "first\n");
	fake_say(2, "begun, ");
	fake_say(1, "second\nthird\r\n");
	fake_say(3, "");
	fake_say(2, "ended\n");
}

static void scene_over_midnight(void)
{
	fake_say(1, "begun before midnight, ");
}

static void scene_after_midnight(void)
{
	fake_say(2, "a new day\n");
	fake_say(1, "ended after it\n");
}

static void scene_after_reopening(void)
{
	fake_say(3, "after HUP\n");
	fake_say(2, "more after HUP\n");
}

static void scene_rotation(void)
{
	fake_rename(TODAY, ROTATED);
}

static void scene_after_rotation(void)
{
	fake_say(3, "a new file\n");
	fake_say(1, "left unfinished");
}

static void tell_story(void)
{
	fake_at(1100, scene_before_midnight);
	fake_at(5500, scene_over_midnight);
	fake_at(6500, scene_after_midnight);
	fake_at(10500, reopen);
	fake_at(11000, scene_after_reopening);
	fake_at(15000, scene_rotation);
	fake_at(17000, scene_after_rotation);
	fake_at(STORY_END_MS, tell_to_stop);
}

static char expected_yesterday[] =
	"2026-11-22 23:59:55 192.0.2.1:6665 first\n"
	"2026-11-22 23:59:55 192.0.2.1:6665 second\n"
	"2026-11-22 23:59:55 192.0.2.1:6665 third\n"
	"2026-11-22 23:59:55 192.0.2.2:6665 begun, ended\n"
	"2026-11-22 23:59:59 192.0.2.1:6665 begun before midnight, "
	"ended after it\n";

static char expected_today[] =
	"2026-11-23 00:00:00 192.0.2.2:6665 a new day\n"
	"2026-11-23 00:00:05 192.0.2.3:6665 after HUP\n"
	"2026-11-23 00:00:05 192.0.2.2:6665 more after HUP\n"
	"2026-11-23 00:00:11 192.0.2.3:6665 a new file\n"
	"2026-11-23 00:00:11 192.0.2.1:6665 left unfinished\n";

/* The bytes that wait for the file of @day. */
static void add_waiting(struct text *text, int32_t day)
{
	size_t i;

	for (i = 0; i < engine.files.count; i++)
		if (STAMP_PERIOD_DAY(engine.files.files[i].period) ==
		    (uint32_t)day)
			text_add_queue(text, &engine.files.files[i].queue);
}

/*
 * Today's lines, in the rotated file, in the new one, or waiting.  A piece of
 * a line that was torn by the rotation stands in the new file once more.
 */
static const char *read_today(void)
{
	static struct text text;
	const char *rotated = fake_text(ROTATED);
	const char *end = strrchr(rotated, '\n');
	size_t len = end ? (size_t)(end - rotated + 1) : 0;
	char path[64];
	unsigned beside;

	text_begin(&text);
	text_add(&text, rotated, fake_node(TODAY) ? len : strlen(rotated));
	text_add_file(&text, TODAY);
	for (beside = 1; beside <= FILENAME_BESIDE; beside++) {
		snprintf(path, sizeof(path), "/log/2026-11-23.%u.log", beside);
		text_add_file(&text, path);
	}
	add_waiting(&text, 20261123);
	return text.bytes;
}

static const char *read_yesterday(void)
{
	static struct text text;

	text_begin(&text);
	text_add_file(&text, YESTERDAY);
	add_waiting(&text, 20261122);
	return text.bytes;
}

/* Whether each of @lines is in a file of yesterday or today, or waits. */
static bool are_anywhere(const char *lines)
{
	char line[160];
	int len;

	for (; sscanf(lines, "%159[^\n]\n%n", line, &len) == 1; lines += len)
		if (!strstr(read_yesterday(), line) &&
		    !strstr(read_today(), line))
			return false;
	return true;
}

/* What refuses today's file for ever sends its lines to yesterday's. */
static bool is_story_whole(void)
{
	if (!strstr(fake_text("stderr"), "in the file that was in use last"))
		return strcmp(read_yesterday(), expected_yesterday) == 0 &&
		       strcmp(read_today(), expected_today) == 0;
	return are_anywhere(expected_yesterday) &&
	       are_anywhere(expected_today) &&
	       strlen(read_yesterday()) + strlen(read_today()) ==
		       strlen(expected_yesterday) + strlen(expected_today);
}

static void check_story(const char *which)
{
	if (!is_story_whole())
		fail_msg("%s:\n%s--\n%s--\n%s--\n%s", which,
			 fake_text(YESTERDAY), fake_text(ROTATED),
			 fake_text(TODAY), fake_text("stderr"));
}

/* It leads to the latest file, or to one beside it, if it could. */
static void check_link(const char *which, bool must)
{
	const struct fake_node *link = fake_node(LINK);

	if (!link && !must)
		return;
	if (!link || !S_ISLNK(link->mode) ||
	    (strncmp(link->bytes, "2026-11-23.", 11) &&
	     (must || strcmp(link->bytes, strrchr(YESTERDAY, '/') + 1))))
		fail_msg("%s: the link; %s", which, fake_text("stderr"));
}

/* Lines for people, whole ones, and not one for each retry. */
static void check_messages(const char *which)
{
	const char *line = fake_text("stderr");
	unsigned count = 0;

	for (; *line; line = strchr(line, '\n') + 1, count++)
		if (strncmp(line, "udplogger: ", 11) || !strchr(line, '\n'))
			fail_msg("%s: said %s", which, line);
	if (count > 8)
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
}

void begin_story(void)
{
	set_up_linked(NULL);
}

void run_story(const char *which)
{
	tell_story();
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	check_story(which);
	check_link(which, sweep_passes);
	check_messages(which);
	sweep_descriptors(which);
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	run_story("no fault");
	check_link("no fault", true);
	assert_string_equal(fake_text("stderr"), "");
	assert_int_equal(fake_node(TODAY)->mode, S_IFREG | 0600);
	assert_non_null(fake_node(ROTATED));
}

static void test_every_call_may_fail_once_with_every_error(void **state)
{
	(void)state;
	sweep_all(1, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_for_a_while_with_every_error(void **state)
{
	(void)state;
	sweep_all(UINT32_MAX, 900);
}

static void test_every_call_may_fail_for_ever_with_every_error(void **state)
{
	(void)state;
	sweep_all(UINT32_MAX, UINT32_MAX);
}

static void test_every_call_may_fail_once(void **state)
{
	(void)state;
	sweep(1, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_a_few_times(void **state)
{
	unsigned times;

	(void)state;
	for (times = 2; times <= 5; times++)
		sweep(times, SWEEP_WHILE_MS);
}

/* Shorter than the last lines are waited for at the end. */
static void test_every_call_may_fail_for_a_while(void **state)
{
	(void)state;
	sweep(UINT32_MAX, 20);
	sweep(UINT32_MAX, 900);
	sweep(UINT32_MAX, 1200);
}

/* Then nothing may be gone, and it must be said. */
static void test_every_call_may_fail_for_ever(void **state)
{
	(void)state;
	sweep(UINT32_MAX, UINT32_MAX);
}

static void test_every_write_may_be_short(void **state)
{
	(void)state;
	sweep_short_writes(300, 1);
}

/* Full at any byte, over midnight, over HUP, over the rotation. */
static void test_a_disk_may_be_full_at_any_byte(void **state)
{
	static const uint64_t ends_ms[] = { 6000,  9000,  10900, 14000,
					    16000, 20000, 23000 };

	(void)state;
	sweep_full_disk(ends_ms, sizeof(ends_ms) / sizeof(ends_ms[0]), 600, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_story_without_faults,
				       set_up_linked),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(test_every_call_may_fail_a_few_times),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
		cmocka_unit_test(
			test_every_call_may_fail_once_with_every_error),
		cmocka_unit_test(
			test_every_call_may_fail_for_a_while_with_every_error),
		cmocka_unit_test(
			test_every_call_may_fail_for_ever_with_every_error),
		cmocka_unit_test(test_every_write_may_be_short),
		cmocka_unit_test(test_a_disk_may_be_full_at_any_byte),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
