/*
 * The whole loop with a file for each sender, on a kernel that can fail: each
 * line is in a file of its sender, whole and in order, or still waits.
 *
 * Four senders have three files and few descriptors; midnight comes, HUP, and
 * somebody renames a file and a directory.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sweep.h"
#include "wholetext.h"

#define STORY_END_MS 22000
#define DESCRIPTORS  2

static const struct world_files files = {
	.pattern = "{host}/%Y-%m-%d.log",
	.most = 3,
	.open_most = DESCRIPTORS,
};

void begin_story(void)
{
	world_reset_files(MIDNIGHT - 5, &files);
}

static int set_up_files(void **state)
{
	(void)state;
	begin_story();
	return 0;
}

static void say_each(const char *text)
{
	unsigned host;

	for (host = 1; host <= 4; host++)
		fake_say(host, text);
}

static void scene_before_midnight(void)
{
	say_each("first\n");
	say_each("second\n");
}

static void scene_over_midnight(void)
{
	say_each("begun before midnight, ");
}

static void scene_after_midnight(void)
{
	say_each("ended after it\n");
	say_each("a new day\n");
}

static void scene_after_reopening(void)
{
	say_each("after HUP\n");
}

static void scene_renaming(void)
{
	fake_rename("/log/192.0.2.1", "/log/192.0.2.1.old");
	fake_rename("/log/192.0.2.2/2026-11-23.log",
		    "/log/192.0.2.2/2026-11-23.log.1");
}

static void scene_after_renaming(void)
{
	say_each("a new file\n");
	say_each("left unfinished");
}

static void tell_story(void)
{
	fake_at(1100, scene_before_midnight);
	fake_at(5500, scene_over_midnight);
	fake_at(6500, scene_after_midnight);
	fake_at(10500, reopen);
	fake_at(11000, scene_after_reopening);
	fake_at(15000, scene_renaming);
	fake_at(17000, scene_after_renaming);
	fake_at(STORY_END_MS, tell_to_stop);
}

/* The lines of a host, by the time at which they are to stand in its files. */
static const struct {
	int32_t day;
	const char *time, *text;
} lines[] = {
	{ 20261122, "2026-11-22 23:59:55", "first" },
	{ 20261122, "2026-11-22 23:59:55", "second" },
	{ 20261122, "2026-11-22 23:59:59",
	  "begun before midnight, ended after it" },
	{ 20261123, "2026-11-23 00:00:00", "a new day" },
	{ 20261123, "2026-11-23 00:00:05", "after HUP" },
	{ 20261123, "2026-11-23 00:00:11", "a new file" },
	{ 20261123, "2026-11-23 00:00:11", "left unfinished" },
};

/*
 * A file and the one that has its name by now.  A piece of a line that was torn
 * by the renaming stands in the new file once more.
 */
static void add_files(struct text *text, const char *before, const char *path)
{
	const char *renamed = fake_text(before);
	const char *end = strrchr(renamed, '\n');
	size_t len = end ? (size_t)(end - renamed + 1) : 0;

	text_add(text, renamed, fake_node(path) ? len : strlen(renamed));
	text_add_file(text, path);
}

static const char *read_day(const char *host, int32_t day)
{
	static struct text text;
	char name[64], path[96], moved[128], renamed[128];
	unsigned beside;

	text_begin(&text);
	snprintf(name, sizeof(name), "%s/2026-11-%02d.log", host,
		 (int)(day % 100));
	snprintf(path, sizeof(path), "/log/%s", name);
	snprintf(moved, sizeof(moved), "/log/%s.old/2026-11-%02d.log", host,
		 (int)(day % 100));
	snprintf(renamed, sizeof(renamed), "%s.1", path);
	if (fake_node(moved))
		add_files(&text, moved, path);
	else
		add_files(&text, renamed, path);
	for (beside = 1; beside <= FILENAME_BESIDE; beside++) {
		snprintf(path, sizeof(path), "/log/%s/2026-11-%02d.%u.log",
			 host, (int)(day % 100), beside);
		text_add_file(&text, path);
	}
	text_add_waiting(&text, name);
	return text.bytes;
}

static const char *const hosts[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3",
				     "others" };

#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

/* A line of the host that has that number, 0 being the first. */
static size_t write_line(char line[160], size_t i, size_t number)
{
	return (size_t)snprintf(line, 160, "%s 192.0.2.%zu:6665 %s\n",
				lines[i].time, number + 1, lines[i].text);
}

static void check_host(const char *which, size_t number)
{
	int32_t day;
	size_t i;

	for (day = 20261122; day <= 20261123; day++) {
		static struct text wanted;
		char line[160];

		text_begin(&wanted);
		for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (lines[i].day == day)
				text_add(&wanted, line,
					 write_line(line, i, number));
		if (strcmp(read_day(hosts[number], day), wanted.bytes) != 0)
			fail_msg("%s: %s %d:\n%s--\n%s", which, hosts[number],
				 (int)day, read_day(hosts[number], day),
				 fake_text("stderr"));
	}
}

/* What refuses a name for ever sends its lines to another's file. */
static void check_all(const char *which)
{
	static struct text all;
	size_t number, i, wanted = 0;
	char line[160];

	text_begin(&all);
	for (number = 0; number < HOSTS; number++) {
		for (i = 22; i <= 23; i++) {
			const char *day =
				read_day(hosts[number], 20261100 + (int32_t)i);

			text_add(&all, day, strlen(day));
		}
	}
	for (number = 0; number < HOSTS; number++)
		for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
			wanted += write_line(line, i, number);
			if (!strstr(all.bytes, line))
				fail_msg("%s: no %s in:\n%s--\n%s", which, line,
					 all.bytes, fake_text("stderr"));
		}
	if (all.len != wanted)
		fail_msg("%s: too much:\n%s--\n%s", which, all.bytes,
			 fake_text("stderr"));
}

static void check_hosts(const char *which)
{
	size_t number;

	if (strstr(fake_text("stderr"), "in the file that was in use last")) {
		check_all(which);
		return;
	}
	for (number = 0; number < HOSTS; number++)
		check_host(which, number);
}

/* What was said of @error: of the disk's faults, one for all files. */
static void check_messages(const char *which, int error)
{
	bool is_of_disk = error == ENOSPC || error == EDQUOT || error == EIO ||
			  error == EROFS || error == EMFILE || error == ENFILE;
	unsigned count = count_lines(fake_text("stderr"));

	if (count > (is_of_disk ? 9 : 40))
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
}

void run_story(const char *which)
{
	tell_story();
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	check_hosts(which);
	check_messages(which, sweep_error);
	sweep_descriptors(which);
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	run_story("no fault");
	assert_int_equal(count_lines(fake_text("stderr")), 1);
	assert_has(fake_text("stderr"), "files=3 are there");
	assert_int_equal(fake_node("/log/192.0.2.3")->mode, S_IFDIR | 0700);
	assert_non_null(fake_node("/log/192.0.2.1.old"));
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
	sweep_short_writes(120, sweep_step(13));
}

/* Full at any byte, over midnight, over HUP, over the renaming. */
static void test_a_disk_may_be_full_at_any_byte(void **state)
{
	static const uint64_t ends_ms[] = { 6000, 10900, 16000, 23000 };

	(void)state;
	sweep_full_disk(ends_ms, sizeof(ends_ms) / sizeof(ends_ms[0]), 1600,
			sweep_step(13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_story_without_faults,
				       set_up_files),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
		cmocka_unit_test(test_every_write_may_be_short),
		cmocka_unit_test(test_a_disk_may_be_full_at_any_byte),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
