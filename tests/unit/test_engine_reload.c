/*
 * Two sockets, and HUP with other settings, on a kernel that can fail: whatever
 * happens, each line is in a file once, whole, or still waiting; and settings
 * are those of before or those of the file, never some of each.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "settings.h"
#include "sweep.h"
#include "wholetext.h"

#define LINES 9

static void write_settings(const char *text)
{
	fake_unlink(WORLD_CONF);
	fake_create(WORLD_CONF, S_IFREG | 0644, text);
}

static void change_settings(void)
{
	write_settings(
		"timeout=6\nkeepmin=0\nperm=0640\nstamp=iso\nlimit=1000\n"
		"link=now\nfile=%Y%m%d.log\n");
	reopen();
}

static void change_settings_back(void)
{
	write_settings("timeout=5\nkeepmin=0\n");
	reopen();
}

/* Senders with odd numbers send to the second. */
void begin_story(void)
{
	set_up(NULL);
	world_add_socket(6667);
	intake_tell_apart(&engine.intake);
	fake.senders_to = 2;
	world_read_settings();
}

static void say(unsigned line)
{
	char text[32];

	snprintf(text, sizeof(text), "line %u of %u\n", line, LINES);
	fake_say(line, text);
}

static void scene_before(void)
{
	say(1);
	say(2);
	fake_say(3, "line 3 ");
}

static void scene_between(void)
{
	say(4);
	fake_say(3, "of 9\n");
	say(5);
	fake_say(6, "line 6 ");
}

static void scene_after(void)
{
	fake_say(6, "of 9\n");
	say(7);
	say(8);
	say(9);
}

/* A line in either form; its sender has its number. */
static void check_line(const char *which, unsigned line)
{
	char wanted[80];
	const char *all = text_read_all();
	const char *at;
	unsigned found = 0;

	snprintf(wanted, sizeof(wanted), " 192.0.2.%u:6665 line %u of %u\n",
		 line, line, LINES);
	for (at = all; (at = strstr(at, wanted)); at++)
		found++;
	if (found != 1)
		fail_msg("%s: line %u is there %u times:\n%s--\n%s", which,
			 line, found, all, fake_text("stderr"));
}

static void check_settings(const char *which)
{
	const struct settings *s = engine.collector.settings;
	bool is_new = s->timeout_ms == 6000;

	if (s->iso != is_new || (s->perm == 0640) != is_new ||
	    (s->limit_lines == 1000) != is_new || (s->link != NULL) != is_new)
		fail_msg("%s: settings of both files; %s", which,
			 fake_text("stderr"));
}

void run_story(const char *which)
{
	unsigned line;

	fake_at(1100, scene_before);
	fake_at(2000, change_settings);
	fake_at(2000, scene_between);
	fake_at(4000, change_settings_back);
	fake_at(4001, scene_after);
	fake_at(12000, tell_to_stop);
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	for (line = 1; line <= LINES; line++)
		check_line(which, line);
	if (count_lines(text_read_all()) != LINES)
		fail_msg("%s: more than was sent:\n%s", which, text_read_all());
	check_settings(which);
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	begin_story();
	run_story("no fault");
	assert_has(fake_text("/log/20261122.log"), "T23:59:56");
	assert_has(fake_text(YESTERDAY), "line 1 of 9\n");
	/* The link went with its setting. */
	assert_null(fake_node("/log/now"));
	assert_has(fake_text("stderr"), "from now on: file=%Y%m%d.log link=now "
					"timeout=6 limit=1000 perm=0640 "
					"stamp=iso\n");
}

static void test_every_call_may_fail_once(void **state)
{
	(void)state;
	sweep(1, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_once_with_every_error(void **state)
{
	(void)state;
	sweep_all(1, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_a_few_times(void **state)
{
	(void)state;
	sweep(3, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_for_a_while(void **state)
{
	(void)state;
	sweep(UINT32_MAX, 900);
}

static void test_every_call_may_fail_for_ever(void **state)
{
	(void)state;
	sweep(UINT32_MAX, UINT32_MAX);
}

static void fail_and_say(unsigned line)
{
	fake_fail(FAKE_BIT(FAKE_WRITEV) | FAKE_BIT(FAKE_WRITE), 1, 1, ENOSPC,
		  UINT32_MAX);
	say(line);
}

static void fail_first(void)
{
	fail_and_say(1);
}

static void fail_again(void)
{
	fail_and_say(2);
}

/* After the change no line has gone anywhere. */
static void test_a_fault_ends_while_no_file_is_the_latest(void **state)
{
	const char *first, *second;

	(void)state;
	begin_story();
	fake_at(1100, fail_first);
	fake_at(2000, fail_again);
	fake_at(3000, change_settings);
	fake_at(60000, tell_to_stop);
	assert_true(engine_run(&engine));
	first = strstr(fake_text("stderr"),
		       "able to write " YESTERDAY " again");
	assert_non_null(first);
	second = strstr(first + 1, "able to write " YESTERDAY " again");
	assert_non_null(second);
	check_line("after two faults", 1);
	check_line("after two faults", 2);
}

static void link_to_now(void)
{
	write_settings("timeout=5\nkeepmin=0\nlink=now\n");
	reopen();
}

static void link_to_latest(void)
{
	write_settings("timeout=5\nkeepmin=0\nlink=latest\n");
	reopen();
}

static void say_at_noon(void)
{
	fake_set_wall(FAKE_NOON);
	say(1);
}

static void say_a_day_later(void)
{
	fake_set_wall(FAKE_NOON + 86400);
	say(2);
}

/* Both files are known, and were linked to. */
static void test_the_link_follows_a_clock_that_is_set(void **state)
{
	(void)state;
	begin_story();
	fake_at(1100, link_to_now);
	fake_at(1200, say_at_noon);
	fake_at(2000, say_a_day_later);
	fake_at(3000, say_at_noon);
	fake_at(4000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_string_equal(fake_text("/log/now"), "2026-11-22.log");
	/* And forward again. */
	begin_story();
	fake_at(1100, link_to_now);
	fake_at(1200, say_a_day_later);
	fake_at(2000, say_at_noon);
	fake_at(3000, say_a_day_later);
	fake_at(4000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_string_equal(fake_text("/log/now"), "2026-11-23.log");
}

/* What stands at the former name is said, and no hindrance any more. */
static void test_a_fault_of_the_link_ends_with_its_name(void **state)
{
	(void)state;
	begin_story();
	fake_create("/log/now", S_IFREG | 0600, "mine");
	fake_create("/log/latest", S_IFREG | 0600, "mine, too");
	fake_at(1100, link_to_now);
	fake_at(2000, link_to_latest);
	fake_at(3000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "unable to link /log/now: something");
	assert_has(fake_text("stderr"),
		   "unable to link /log/latest: something");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_story_without_faults),
		cmocka_unit_test(test_a_fault_ends_while_no_file_is_the_latest),
		cmocka_unit_test(test_a_fault_of_the_link_ends_with_its_name),
		cmocka_unit_test(test_the_link_follows_a_clock_that_is_set),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(
			test_every_call_may_fail_once_with_every_error),
		cmocka_unit_test(test_every_call_may_fail_a_few_times),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
