/* The loop: signals, the end, days, who watches; on a kernel in memory. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "engineworld.h"
#include "sockets.h"

static void test_usr1_says_the_counts(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, say_half);
	fake_at(1300, ask_counts);
	fake_at(1400, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"),
		   "udplogger: counts: datagrams 2 bytes 17 lines 1 "
		   "sources 1 lost 0 waiting 0 messages-lost 0 gaps 0 "
		   "doubles 0 removed 0 left-out 0\n");
}

/* A line's time is up while nothing else happens. */
static void test_an_unfinished_line_is_written_in_time(void **state)
{
	(void)state;
	fake_at(1200, say_half);
	fake_at(6100, ask_counts);
	fake_at(6201, ask_counts);
	fake_at(9000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "lines 0 sources 1");
	assert_has(fake_text("stderr"), "lines 1 sources 1");
	assert_string_equal(fake_text(YESTERDAY),
			    "2026-11-22 23:59:55 192.0.2.1:6665 half a line\n");
}

/* A pause when datagrams come fast; here of 50 ms, that it can be seen. */

static void say_fast(void)
{
	unsigned i;

	for (i = 0; i < PACE_FAST; i++)
		say_hello();
}

static unsigned lines_then;

static void count_then(void)
{
	lines_then = count_lines(fake_text(YESTERDAY));
}

/* Lines come fast at 1100; those in the file are counted at @count_ms. */
static void run_with_pause(unsigned pause_us, uint64_t count_ms)
{
	engine.pace.pause_us = pause_us;
	fake_at(1100, say_fast);
	fake_at(count_ms, count_then);
	fake_at(1300, tell_to_stop);
	assert_true(engine_run(&engine));
}

static void test_what_comes_fast_is_received_together(void **state)
{
	(void)state;
	fake_at(1110, say_hello);
	fake_at(1120, say_hello);
	run_with_pause(50000, 1149);
	assert_int_equal(lines_then, PACE_FAST);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), PACE_FAST + 2);
	assert_true(fake.counts[FAKE_RECVMMSG] < 8);
}

static void test_a_pause_ends_in_time(void **state)
{
	(void)state;
	fake_at(1110, say_hello);
	run_with_pause(50000, 1151);
	assert_int_equal(lines_then, PACE_FAST + 1);
}

static void test_a_line_alone_is_not_delayed(void **state)
{
	(void)state;
	fake_at(1200, say_hello);
	fake_at(1201, say_hello);
	run_with_pause(50000, 1202);
	assert_int_equal(lines_then, PACE_FAST + 2);
}

/* A buffer that is small is emptied as soon as it can be. */
static void test_without_a_pause_all_is_received_at_once(void **state)
{
	(void)state;
	fake_at(1101, say_hello);
	run_with_pause(0, 1102);
	assert_int_equal(lines_then, PACE_FAST + 1);
}

static void test_a_signal_is_heard_in_a_pause(void **state)
{
	(void)state;
	engine.pace.pause_us = 50000;
	fake_at(1100, say_fast);
	fake_at(1110, say_hello);
	fake_at(1120, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(fake.now_ms, 1120);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), PACE_FAST + 1);
}

/* HUP. */

static void rotate_and_reopen(void)
{
	fake_rename(YESTERDAY, "/log/old");
	reopen();
}

static void test_hup_makes_the_new_file_at_once(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, rotate_and_reopen);
	fake_at(1300, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text("/log/old")), 1);
	assert_non_null(fake_node(YESTERDAY));
}

static void rotate_and_say(void)
{
	rotate_and_reopen();
	say_hello();
	say_hello();
}

/* What was sent after the signal is not in the old file. */
static void test_hup_is_heard_before_what_came_with_it(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, rotate_and_say);
	fake_at(1300, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text("/log/old")), 1);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 2);
}

static void put_directory(void)
{
	rotate_and_reopen();
	fake_create(YESTERDAY, S_IFDIR | 0755, "");
}

static void remove_directory(void)
{
	fake_unlink(YESTERDAY);
}

static bool file_then;

static void look_for_file(void)
{
	file_then = fake_node(YESTERDAY) != NULL;
}

static void test_a_file_is_tried_again_though_no_line_comes(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, put_directory);
	fake_at(2500, remove_directory);
	fake_at(4000, look_for_file);
	fake_at(5000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(file_then);
	assert_has(fake_text("stderr"), "is a directory\nudplogger: able to ");
	assert_true(fake.counts[FAKE_PSELECT] < 30);
}

static void fill_disk_in_mid_line(void)
{
	fake.capacity = 60;
	fake_say(1, "one\n");
	fake_say(1, "two, which the disk has no room for\n");
}

/* Every line of @path begins with a stamp, and the last is whole. */
static void check_lines(const char *path)
{
	const char *line = fake_text(path);

	for (; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "2026-11-2", 9) || !strchr(line, '\n'))
			fail_msg("%s has a torn line: %s", path, line);
	}
}

static void test_hup_does_not_tear_a_line_in_two_files(void **state)
{
	(void)state;
	fake_at(1100, fill_disk_in_mid_line);
	fake_at(1200, rotate_and_reopen);
	fake_at(1300, enlarge_disk);
	fake_at(5000, tell_to_stop);
	assert_true(engine_run(&engine));
	check_lines(YESTERDAY);
	assert_has(fake_text(YESTERDAY), "two, which the disk has no room");
}

static void delete_file(void)
{
	fake_unlink(YESTERDAY);
}

static void delete_and_reopen(void)
{
	delete_file();
	reopen();
}

/* The new file can have the number of the deleted one. */
static void test_a_deleted_file_does_not_tear_a_line(void **state)
{
	(void)state;
	fake_at(1100, fill_disk_in_mid_line);
	fake_at(1200, delete_file);
	fake_at(3000, enlarge_disk);
	fake_at(9000, tell_to_stop);
	assert_true(engine_run(&engine));
	check_lines(YESTERDAY);
	assert_has(fake_text(YESTERDAY), "two, which the disk has no room");
}

static void test_hup_after_deletion_does_not_tear_a_line(void **state)
{
	(void)state;
	fake_at(1100, fill_disk_in_mid_line);
	fake_at(1200, delete_and_reopen);
	fake_at(1300, enlarge_disk);
	fake_at(5000, tell_to_stop);
	assert_true(engine_run(&engine));
	check_lines(YESTERDAY);
}

/* Days. */

static void step_back(void)
{
	fake_set_wall(MIDNIGHT - 24 * 3600);
	say_hello();
}

static void step_forward(void)
{
	fake_set_wall(MIDNIGHT + 100);
	say_hello();
}

static void test_a_step_of_the_clock_finds_the_right_file(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, step_back);
	fake_at(1300, step_forward);
	fake_at(1400, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_string_equal(fake_text(TODAY),
			    "2026-11-23 00:01:40 192.0.2.1:6665 hello\n");
	assert_string_equal(fake_text(YESTERDAY),
			    "2026-11-22 23:59:55 192.0.2.1:6665 hello\n"
			    "2026-11-22 00:00:00 192.0.2.1:6665 hello\n");
}

static void say_on_twenty_days(void)
{
	int day;

	for (day = 0; day < 20; day++) {
		fake_set_wall(MIDNIGHT - 5 + day * 86400);
		say_hello();
	}
}

static void test_more_days_than_queues_wait_in_the_socket(void **state)
{
	unsigned day, files = 0;

	(void)state;
	fill_disk();
	fake_at(1100, say_on_twenty_days);
	fake_at(8000, enlarge_disk);
	fake_at(20000, tell_to_stop);
	assert_true(engine_run(&engine));
	for (day = 0; day < FAKE_NODES; day++)
		files += fake.nodes[day].len > 0 &&
			 strstr(fake.nodes[day].bytes, " hello\n");
	assert_int_equal(files, 20);
}

static unsigned open_then;

static void count_open(void)
{
	open_then = fake_open_fds();
}

/* Be it that nothing comes. */
static void test_the_file_of_another_day_is_closed_after_a_while(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(10000, say_hello);
	fake_at(80000, count_open);
	fake_at(300000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(TODAY)), 1);
	assert_int_equal(open_then, 3); /* stderr, socket, today's */
}

/* Who watches. */

static char tee_memory[TEE_BYTES];
static struct fake_node *watched;

static void watch(size_t takes)
{
	struct console out = { 0 };

	watched = fake_create("stdout", S_IFIFO, "");
	watched->takes = takes;
	out.fd = fake_fd(watched, O_WRONLY);
	tee_init(&engine.tee, &fakesys, &out, tee_memory);
	engine.collector.output.tee = &engine.tee.queue;
}

static void read_more(void)
{
	watched->takes = SIZE_MAX;
}

/* Nothing but the terminal itself wakes it. */
static void check_that_all_is_shown(void)
{
	assert_string_equal(fake_text("stdout"), fake_text(YESTERDAY));
}

static void let_join(void)
{
	fake.join_error = 0;
}

/* The interface may come at any time. */
static void test_a_group_is_joined_though_nothing_comes(void **state)
{
	static struct sockets sockets;

	(void)state;
	sockets = (struct sockets){ .count = 1 };
	sockets.each[0] = (struct listener){
		.fd = engine.intake.inlets[0].socket.fd,
		.local = { .ip = { 0xff, 0x05, [15] = 7 }, .port = 6666 },
		.group_error = ENODEV,
	};
	engine.sockets = &sockets;
	fake.join_error = ENODEV;
	fake_at(fake.now_ms + 5000, let_join);
	fake_at(fake.now_ms + 10000, tell_to_stop);
	assert_true(engine_run(&engine));
	engine.sockets = NULL;
	assert_int_equal(fake.joined, 1);
	assert_int_equal(sockets.each[0].group_error, 0);
	assert_has(fake_text("stderr"), "joined multicast group ff05::7\n");
	assert_true(fake.counts[FAKE_PSELECT] < 30);
}

static void test_lines_are_shown_as_they_are_written(void **state)
{
	(void)state;
	watch(SIZE_MAX);
	fake_at(1100, say_hello);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_string_equal(fake_text("stdout"), fake_text(YESTERDAY));
}

static void test_a_stopped_terminal_holds_nothing_up(void **state)
{
	(void)state;
	watch(0);
	fake_at(1100, say_many);
	fake_at(1200, ask_counts);
	fake_at(5000, read_more);
	fake_at(6000, check_that_all_is_shown);
	fake_at(9000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "lines 4000 ");
	assert_int_equal(count_lines(fake_text(YESTERDAY)), MANY);
	assert_string_equal(fake_text("stdout"), fake_text(YESTERDAY));
	assert_true(fake.counts[FAKE_PSELECT] < 20);
}

static void test_a_closed_terminal_ends_the_showing(void **state)
{
	(void)state;
	watch(SIZE_MAX);
	fake_fail(FAKE_BIT(FAKE_WRITE), 1, UINT32_MAX, EPIPE, 0);
	fake_at(1100, say_hello);
	fake_at(1200, say_hello);
	fake_at(1300, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 2);
	assert_null(engine.collector.output.tee);
	assert_int_equal(fake.counts[FAKE_WRITE], 1);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_usr1_says_the_counts),
		CASE(test_an_unfinished_line_is_written_in_time),
		CASE(test_what_comes_fast_is_received_together),
		CASE(test_a_pause_ends_in_time),
		CASE(test_a_line_alone_is_not_delayed),
		CASE(test_without_a_pause_all_is_received_at_once),
		CASE(test_a_signal_is_heard_in_a_pause),
		CASE(test_hup_makes_the_new_file_at_once),
		CASE(test_hup_is_heard_before_what_came_with_it),
		CASE(test_a_file_is_tried_again_though_no_line_comes),
		CASE(test_hup_does_not_tear_a_line_in_two_files),
		CASE(test_a_deleted_file_does_not_tear_a_line),
		CASE(test_hup_after_deletion_does_not_tear_a_line),
		CASE(test_a_step_of_the_clock_finds_the_right_file),
		CASE(test_more_days_than_queues_wait_in_the_socket),
		CASE(test_the_file_of_another_day_is_closed_after_a_while),
		CASE(test_a_group_is_joined_though_nothing_comes),
		CASE(test_lines_are_shown_as_they_are_written),
		CASE(test_a_stopped_terminal_holds_nothing_up),
		CASE(test_a_closed_terminal_ends_the_showing),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
