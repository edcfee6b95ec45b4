/*
 * The whole loop with incidents, on a kernel that can fail: what is told of
 * them is in the files of their days, whole and in order, or still waits.
 *
 * Lines come meanwhile; midnight, HUP, and a file that somebody renames.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "incidentline.h"
#include "sweep.h"
#include "wholetext.h"

#define STORY_END_MS 22000
#define ROTATED	     "/log/2026-11-23.incidents.1"

static const struct world_files *world_files;

static const struct world_files one_file = { "%Y-%m-%d.log", 1, 8, false };
static const struct world_files by_host = { "{host}/%Y-%m-%d.log", 3, 2,
					    false };

void begin_story(void)
{
	world_reset_files(MIDNIGHT - 5, world_files);
}

/* A second of the story, and a title. */
static void tell(time_t second, const char *title)
{
	const struct timespec time = { MIDNIGHT - 5 + second, 0 };
	const struct incident_line line = {
		.what = INCIDENT_BEGIN,
		.class = "oops",
		.title = title,
		.length = strlen(title),
	};
	struct record record = {
		.prefix = "192.0.2.1:6665 ",
		.prefix_len = 15,
		.address = "192.0.2.1",
		.address_len = 9,
		.port = 6665,
	};

	assert_true(output_incident(&engine.collector.output, &record, &time,
				    &line));
}

static void scene_before_midnight(void)
{
	fake_say(1, "a line\n");
	tell(1, "first");
	tell(1, "second");
}

static void scene_after_midnight(void)
{
	tell(5, "of today");
	tell(4, "of yesterday");
	fake_say(1, "a line of today\n");
}

static void scene_after_reopening(void)
{
	tell(11, "after HUP");
	fake_say(1, "another\n");
}

static void scene_renaming(void)
{
	fake_rename("/log/2026-11-23.incidents", ROTATED);
}

static void scene_after_renaming(void)
{
	tell(17, "in a new file");
}

static void tell_story(void)
{
	fake_at(1100, scene_before_midnight);
	fake_at(6500, scene_after_midnight);
	fake_at(10500, reopen);
	fake_at(11000, scene_after_reopening);
	fake_at(15000, scene_renaming);
	fake_at(17000, scene_after_renaming);
	fake_at(STORY_END_MS, tell_to_stop);
}

#define LINE(time, title) time " 192.0.2.1:6665 oops: " title "\n"

static const char yesterday[] = LINE("2026-11-22 23:59:56", "first")
	LINE("2026-11-22 23:59:56", "second")
		LINE("2026-11-22 23:59:59", "of yesterday");
static const char today[] = LINE("2026-11-23 00:00:00", "of today")
	LINE("2026-11-23 00:00:06", "after HUP")
		LINE("2026-11-23 00:00:12", "in a new file");

/*
 * What is told of the incidents of @day.  A piece of a line that was torn by
 * the renaming stands in the new file once more.
 */
static const char *read_day(unsigned day)
{
	static struct text text;
	const char *renamed = day == 23 ? fake_text(ROTATED) : "";
	const char *end = strrchr(renamed, '\n');
	char path[64];
	unsigned beside;

	snprintf(path, sizeof(path), "/log/2026-11-%u.incidents", day);
	text_begin(&text);
	text_add(&text, renamed,
		 !fake_node(path) ? strlen(renamed)
		 : end		  ? (size_t)(end - renamed + 1)
				  : 0);
	text_add_file(&text, path);
	for (beside = 1; beside <= FILENAME_BESIDE; beside++) {
		snprintf(path, sizeof(path), "/log/2026-11-%u.%u.incidents",
			 day, beside);
		text_add_file(&text, path);
	}
	snprintf(path, sizeof(path), "2026-11-%u.incidents", day);
	text_add_waiting(&text, path);
	return text.bytes;
}

/* What refuses their names for ever has them stand in a log. */
static bool is_in_a_log(const char *line)
{
	return strstr(fake_text(YESTERDAY), line) ||
	       strstr(fake_text(TODAY), line) ||
	       strstr(fake_text("/log/192.0.2.1/2026-11-22.log"), line) ||
	       strstr(fake_text("/log/192.0.2.1/2026-11-23.log"), line);
}

static bool are_anywhere(const char *lines)
{
	char line[160];
	int len;

	for (; sscanf(lines, "%159[^\n]\n%n", line, &len) == 1; lines += len)
		if (!strstr(read_day(22), line) &&
		    !strstr(read_day(23), line) && !is_in_a_log(line))
			return false;
	return true;
}

static void check_story(const char *which)
{
	bool whole;

	if (strstr(fake_text("stderr"), "in the file that was in use last"))
		whole = are_anywhere(yesterday) && are_anywhere(today);
	else
		whole = strcmp(read_day(22), yesterday) == 0 &&
			strcmp(read_day(23), today) == 0;
	if (!whole)
		fail_msg("%s:\n%s--\n%s--\n%s", which, read_day(22),
			 read_day(23), fake_text("stderr"));
	/* No line of the log is among them. */
	if (strstr(read_day(22), "a line") || strstr(read_day(23), "a line") ||
	    strstr(read_day(23), "another"))
		fail_msg("%s: a line of the log; %s", which,
			 fake_text("stderr"));
}

void run_story(const char *which)
{
	tell_story();
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	check_story(which);
	sweep_descriptors(which);
	if (count_lines(fake_text("stderr")) > 24)
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	begin_story();
	run_story("no fault");
	assert_string_equal(fake_text("stderr"), "");
	assert_int_equal(fake_node("/log/2026-11-23.incidents")->mode,
			 S_IFREG | 0600);
	assert_non_null(fake_node(ROTATED));
}

static void test_every_call_may_fail_once(void **state)
{
	(void)state;
	sweep_once();
}

static void test_every_call_may_fail_for_a_while(void **state)
{
	(void)state;
	sweep_while();
}

static void test_every_call_may_fail_for_ever(void **state)
{
	(void)state;
	sweep_ever();
}

static void test_every_write_may_be_short(void **state)
{
	(void)state;
	sweep_short_writes(120, 1);
}

static void test_a_disk_may_be_full_at_any_byte(void **state)
{
	static const uint64_t ends_ms[] = { 6000, 10900, 16000, 23000 };

	(void)state;
	sweep_full_disk(ends_ms, sizeof(ends_ms) / sizeof(ends_ms[0]), 600, 1);
}

/* A directory stands at the name: they go beside it, as lines do. */
static void test_a_refused_name_has_others_beside_it(void **state)
{
	(void)state;
	begin_story();
	fake_create("/log/2026-11-22.incidents", S_IFDIR | 0755, "");
	fake_at(1100, scene_before_midnight);
	fake_at(STORY_END_MS, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_string_equal(fake_text("/log/2026-11-22.1.incidents"),
			    LINE("2026-11-22 23:59:56", "first")
				    LINE("2026-11-22 23:59:56", "second"));
	assert_has(fake_text("stderr"),
		   "/log/2026-11-22.incidents is a directory: going on in "
		   "2026-11-22.1.incidents");
}

/* files= is for senders; a flood of them leaves incidents their file. */
static void test_no_number_of_senders_takes_their_file(void **state)
{
	unsigned host;

	(void)state;
	world_files = &by_host;
	begin_story();
	world_files = &one_file;
	for (host = 1; host <= WORLD_CLIENTS; host++)
		fake_say(host, "a line\n");
	fake_at(1100, scene_before_midnight);
	fake_at(STORY_END_MS, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(engine.files.shares);
	assert_has(fake_text("/log/2026-11-22.incidents"), "oops: second\n");
}

/* What removes old files asks. */
static void test_a_file_that_lines_go_to_is_known(void **state)
{
	const struct fake_node *node;
	struct stat st = { .st_mode = S_IFREG };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		world_files = i == 0 ? &one_file : &by_host;
		begin_story();
		fake_at(1100, scene_before_midnight);
		fake_at(2000, tell_to_stop);
		engine_serve(&engine);
		node = fake_node("/log/2026-11-22.incidents");
		assert_non_null(node);
		assert_int_equal(fakesys.lstat(node->path, &st), 0);
		assert_true(writer_has_open(&engine.writer,
					    "2026-11-22.incidents", &st));
		/* And by any name, as people may have renamed it. */
		assert_true(writer_has_open(&engine.writer,
					    "2026-11-21.incidents", &st));
		st.st_ino += 1000;
		assert_false(writer_has_open(&engine.writer,
					     "2026-11-21.incidents", &st));
	}
	world_files = &one_file;
}

static void test_senders_may_have_files_of_their_own(void **state)
{
	(void)state;
	world_files = &by_host;
	begin_story();
	run_story("no fault");
	sweep(1, SWEEP_WHILE_MS);
	sweep(UINT32_MAX, 1200);
	world_files = &one_file;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_story_without_faults),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
		cmocka_unit_test(test_every_write_may_be_short),
		cmocka_unit_test(test_a_disk_may_be_full_at_any_byte),
		cmocka_unit_test(test_a_refused_name_has_others_beside_it),
		cmocka_unit_test(test_no_number_of_senders_takes_their_file),
		cmocka_unit_test(test_a_file_that_lines_go_to_is_known),
		cmocka_unit_test(test_senders_may_have_files_of_their_own),
	};

	world_files = &one_file;
	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
