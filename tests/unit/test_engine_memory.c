/* The loop when the queues are full and the kernel drops; on a fake kernel. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "engineworld.h"

static uint64_t received_at_stop;

static void note_and_stop(void)
{
	received_at_stop = fake.received;
	tell_to_stop();
}

static void test_full_memory_stops_the_receiving(void **state)
{
	char gave_up[100];
	size_t lines;

	(void)state;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(20000, note_and_stop);
	assert_false(engine_run(&engine));
	assert_true(filetable_waiting(&engine.files) <= WORLD_SPOOL_BYTES);
	assert_true(received_at_stop < MANY);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 0);
	/* What waits and what is counted as given up is all of it. */
	lines = filetable_lines(&engine.files);
	assert_between(lines, received_at_stop - NETRX_BATCH, received_at_stop);
	snprintf(gave_up, sizeof(gave_up), "gave up %zu lines (%zu bytes), 0 ",
		 lines, filetable_waiting(&engine.files));
	assert_has(fake_text("stderr"), gave_up);
	snprintf(gave_up, sizeof(gave_up), "and %zu datagrams", MANY - lines);
	assert_has(fake_text("stderr"), gave_up);
}

static void test_full_memory_loses_no_line(void **state)
{
	const char *line;
	unsigned i;

	(void)state;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(8000, enlarge_disk);
	fake_at(20000, tell_to_stop);
	assert_true(engine_run(&engine));
	line = fake_text(YESTERDAY);
	for (i = 0; i < MANY; i++) {
		char expected[100];

		snprintf(expected, sizeof(expected), "192.0.2.%u:6665 %060u\n",
			 i % 5, i);
		assert_memory_equal(line + 20, expected, strlen(expected));
		line += 20 + strlen(expected);
	}
	assert_int_equal(*line, '\0');
}

/* While the disk is full, deadlines of lines must not make the loop spin. */
static void test_full_memory_does_not_spin(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1050, say_half);
	fake_at(1100, say_many);
	fake_at(60000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_true(fake.counts[FAKE_PSELECT] < 200);
}

/* It is said once, and again when lines find room. */
static void test_a_full_queue_is_told(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(8000, enlarge_disk);
	fake_at(20000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"),
		   "warning: unable to receive: the queue is full, ");
	assert_has(fake_text("stderr"), "able to receive again, after ");
	assert_int_equal(count_lines(fake_text("stderr")), 4);
}

/* While nothing is received, too. */
static void test_counts_know_of_all_drops(void **state)
{
	char expected[80];

	(void)state;
	fake.rx_room = 1000;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(1200, say_many);
	fake_at(1300, ask_counts);
	fake_at(2000, tell_to_stop);
	assert_false(engine_run(&engine));
	snprintf(expected, sizeof(expected), " lost %u waiting ", fake.drops);
	assert_has(fake_text("stderr"), expected);
}

/* The kernel drops while nobody receives; all is there or counted. */
static void test_drops_are_told_where_they_happened(void **state)
{
	const char *lost;
	char expected[80];

	(void)state;
	fake.rx_room = 1000;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(8000, enlarge_disk);
	fake_at(9000, say_hello);
	fake_at(20000, tell_to_stop);
	assert_true(engine_run(&engine));
	snprintf(expected, sizeof(expected),
		 " udplogger: %u datagrams lost, receive buffer full\n",
		 fake.drops);
	assert_int_equal(engine.intake.inlets->socket.drops.total, fake.drops);
	lost = strstr(fake_text(YESTERDAY), expected);
	assert_non_null(lost);
	assert_ptr_equal(strstr(fake_text(YESTERDAY), "udplogger:") - 1, lost);
	assert_true(strstr(fake_text(YESTERDAY), "hello") ||
		    strstr(fake_text(TODAY), "hello"));
}

/* A small buffer of big datagrams is full with few of them. */
static void overflow_with_few(void)
{
	fake.rx_room = 5;
	say_many();
}

static void test_drops_before_a_silence_are_told_at_the_end(void **state)
{
	(void)state;
	fake_at(1100, overflow_with_few);
	fake_at(3000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(engine.intake.inlets->socket.drops.total, fake.drops);
	assert_has(fake_text(YESTERDAY),
		   " udplogger: 3995 datagrams lost, receive buffer full\n");
}

static void say_records(void)
{
	fake_say(9, "6,1,1000,-;one\n msgid=1\n");
	fake_say(9, "6,5,5000,-;five\n msgid=5\n");
}

static void say_later_records(void)
{
	fake_say(9, "6,8,8000,-;eight\n msgid=8\n");
}

/* On stderr, for whoever reads the journal and not the log. */
static void test_losses_are_warned_of_and_their_end_is_said(void **state)
{
	(void)state;
	fake_at(1100, overflow_with_few);
	fake_at(1200, say_records);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"),
		   "warning: 3995 datagrams lost, receive buffer full\n");
	assert_has(fake_text("stderr"),
		   "warning: 3 messages lost on the network\n");
	assert_has(fake_text("stderr"),
		   "no more datagrams lost, after 3995 in 0 s\n");
	assert_has(fake_text("stderr"),
		   "no more messages lost on the network, after 3 in 0 s\n");
}

static void test_each_kind_of_loss_is_warned_of_by_itself(void **state)
{
	(void)state;
	fake_at(1100, overflow_with_few);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "warning: 3995 datagrams lost, ");
	assert_has(fake_text("stderr"), "no more datagrams lost, after 3995 ");
	assert_null(strstr(fake_text("stderr"), "messages lost"));
	world_reset(MIDNIGHT - 5);
	fake_at(1100, say_records);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "warning: 3 messages lost ");
	assert_has(fake_text("stderr"), "no more messages lost on the ");
	assert_null(strstr(fake_text("stderr"), "datagrams lost"));
}

static void say_late_record(void)
{
	fake_say(9, "6,3,3000,-;three\n msgid=3\n");
}

/* What comes late is no new loss; the next one is. */
static void test_what_comes_late_is_not_warned_of(void **state)
{
	(void)state;
	fake_at(1100, say_records);
	fake_at(1200, say_late_record);
	fake_at(60000, say_later_records);
	fake_at(90000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"), "warning: 3 messages lost ");
	assert_has(fake_text("stderr"), "warning: 2 messages lost ");
	assert_null(strstr(fake_text("stderr"), "warning: 1 messages"));
}

/* Neither a receive that fails for long nor full queues make it spin. */

static void fail_to_receive(void)
{
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, UINT32_MAX, ENOMEM, 20000);
	say_hello();
}

static void test_a_failing_receive_does_not_spin(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, fail_to_receive);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 2);
	assert_true(fake.counts[FAKE_PSELECT] < 100);
}

static void fail_once(void)
{
	fake_no_faults();
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, ENOMEM, 0);
	say_hello();
}

/* The end of a failure that returned is still to be said. */
static void
test_a_full_queue_after_a_failing_receive_does_not_spin(void **state)
{
	(void)state;
	fake_at(1100, fail_once);
	fake_at(1200, fail_once);
	fake_at(2000, fill_disk);
	fake_at(2100, say_many);
	fake_at(60000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_true(fake.counts[FAKE_PSELECT] < 200);
	assert_has(fake_text("stderr"),
		   "able to receive datagrams again, after 1 failures in 0 s\n"
		   "udplogger: warning: unable to write");
}

/* Leaves room for less than a line, then drops that nothing tells of. */
static void fill_queues(void)
{
	struct outq *queue = rig_day(&engine.files, 20261122);

	while (pool_available(&engine.files.blocks) > 0)
		assert_true(outq_put(queue, "filling\n", 8));
	while (outq_put(queue, "\n", 1))
		;
	say_half();
	fake.drops = 5;
}

static void test_drops_that_find_no_room_do_not_spin(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, fill_queues);
	fake_at(4000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_true(fake.counts[FAKE_PSELECT] < 100);
}

static void test_drops_that_find_no_room_are_told_later(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, fill_queues);
	fake_at(4500, enlarge_disk);
	fake_at(8000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(engine.intake.inlets->socket.drops.total, 5);
	assert_non_null(strstr(fake_text(YESTERDAY), "5 datagrams lost"));
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_full_memory_stops_the_receiving),
		CASE(test_full_memory_loses_no_line),
		CASE(test_full_memory_does_not_spin),
		CASE(test_a_full_queue_is_told),
		CASE(test_counts_know_of_all_drops),
		CASE(test_drops_are_told_where_they_happened),
		CASE(test_drops_before_a_silence_are_told_at_the_end),
		CASE(test_losses_are_warned_of_and_their_end_is_said),
		CASE(test_each_kind_of_loss_is_warned_of_by_itself),
		CASE(test_what_comes_late_is_not_warned_of),
		CASE(test_a_failing_receive_does_not_spin),
		CASE(test_a_full_queue_after_a_failing_receive_does_not_spin),
		CASE(test_drops_that_find_no_room_do_not_spin),
		CASE(test_drops_that_find_no_room_are_told_later),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
