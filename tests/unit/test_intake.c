/* Tests of intake: from the socket to the collector, with and without room. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engineworld.h"
#include "fakenet.h"

static struct intake *const in = &engine.intake;

/* A queue that is full but for about @bytes, and a disk that refuses. */
static void leave_room(size_t bytes)
{
	struct outq *queue =
		rig_day(&engine.files,
			(int32_t)STAMP_PERIOD_DAY(engine_period(&engine)));
	char line[1000];

	fill_disk();
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (pool_available(&engine.files.blocks) > 0)
		assert_true(outq_put(queue, line, sizeof(line)));
	while (outq_put(queue, line + 900, 100))
		continue;
	while (outq_put(queue, line + 990, 10))
		continue;
	if (bytes > 0)
		outq_take(queue, OUTQ_BLOCK_BYTES - 8);
}

static size_t count_taken(void)
{
	return (size_t)engine.collector.counts.datagrams;
}

static void say_lines(unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		say_hello();
}

static void test_a_round_takes_all_that_is_there(void **state)
{
	static const unsigned counts[] = { 0, 1, 63, 64, 65, 640, 641 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		set_up(NULL);
		say_lines(counts[i]);
		assert_true(intake_round(in));
		assert_int_equal(count_taken(), counts[i]);
		assert_int_equal(in->taken, counts[i]);
		assert_int_equal(fakenet_queued(), 0);
		assert_true(intake_round(in));
		assert_int_equal(in->taken, 0);
	}
}

/* Signals, timeouts and files must have their turn. */
static void test_a_round_ends_where_datagrams_do_not(void **state)
{
	(void)state;
	fake.endless = true;
	say_hello();
	assert_false(intake_round(in));
	assert_true(in->taken > 0);
	assert_int_equal(fake.now_ms, 1000 + 50);
	set_up(NULL);
	say_lines(40000);
	assert_false(intake_round(in));
	assert_int_equal(in->taken, 32768);
	assert_true(intake_round(in));
	assert_int_equal(count_taken(), 40000);
}

static void test_without_room_a_batch_stays_where_it_is(void **state)
{
	(void)state;
	leave_room(0);
	say_lines(100);
	assert_false(intake_round(in));
	assert_true(in->full);
	assert_int_equal(count_taken(), 0);
	assert_int_equal(fakenet_queued(), 36);
	assert_has(fake_text("stderr"), "unable to receive: the queue is full");
	/* Nothing more is received meanwhile. */
	assert_false(intake_round(in));
	assert_int_equal(fake.counts[FAKE_RECVMMSG], 1);
	assert_int_equal(fakenet_queued(), 36);
	enlarge_disk();
	fake.now_ms += 1000;
	assert_true(intake_round(in));
	assert_false(in->full);
	assert_int_equal(count_taken(), 100);
	assert_has(fake_text("stderr"), "able to receive again");
}

static void test_receiving_is_tried_again_in_time(void **state)
{
	(void)state;
	say_hello();
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 2, ENOMEM, 0);
	assert_true(intake_round(in));
	assert_false(in->inlets->emptied);
	assert_has(fake_text("stderr"), "unable to receive datagrams: ");
	assert_has(fake_text("stderr"), strerror(ENOMEM));
	assert_int_equal(intake_deadline(in), in->inlets->retry_ms);
	assert_true(in->inlets->retry_ms > fake.now_ms);
	/* Not before. */
	assert_true(intake_round(in));
	assert_false(in->inlets->emptied);
	assert_int_equal(fake.counts[FAKE_RECVMMSG], 1);
	fake.now_ms = intake_deadline(in);
	assert_true(intake_round(in));
	assert_false(in->inlets->emptied);
	assert_int_equal(fake.counts[FAKE_RECVMMSG], 2);
	fake.now_ms = intake_deadline(in);
	assert_true(intake_round(in));
	assert_true(in->inlets->emptied);
	assert_int_equal(count_taken(), 1);
	assert_has(fake_text("stderr"), "able to receive datagrams again");
	assert_int_equal(count_lines(fake_text("stderr")), 2);
}

/*
 * Nothing is received while there is no room, so what that waits for is due
 * neither: else the loop would never sleep.
 */
static void test_without_room_receiving_is_not_due(void **state)
{
	(void)state;
	say_hello();
	assert_true(intake_round(in));
	assert_true(intake_deadline(in) < DEADLINE_NEVER);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, ENOMEM, 0);
	assert_true(intake_round(in));
	assert_false(in->inlets->emptied);
	in->full = true;
	fake.now_ms += 5000;
	assert_true(intake_deadline(in) > fake.now_ms);
	in->full = false;
	assert_true(intake_deadline(in) <= fake.now_ms);
	in->inlets->ended = true;
	assert_true(intake_deadline(in) == DEADLINE_NEVER);
}

static void say_record(void)
{
	fake_say(1, "6,100,5000000,-;a record that waits for others\n");
}

static void fail_once(void)
{
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, ENOMEM, 0);
	say_hello();
}

static void take_all_room(void)
{
	leave_room(0);
}

/* fakesys gives up when a loop has no end. */
static void test_a_record_without_room_does_not_make_it_spin(void **state)
{
	(void)state;
	fake_at(1100, take_all_room);
	fake_at(1101, say_record);
	fake_at(1102, fail_once);
	fake_at(30000, enlarge_disk);
	fake_at(60000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(fake.counts[FAKE_PSELECT] < 2000);
	assert_has(fake_text(YESTERDAY), "a record that waits for others");
	assert_has(fake_text(YESTERDAY), "hello");
}

static void say_numbered(unsigned number)
{
	char text[20];

	snprintf(text, sizeof(text), "line %u\n", number);
	fake_say(1, text);
}

/* The log says it between the lines that it was between. */
static void test_drops_are_logged_in_their_place(void **state)
{
	const char *text;

	(void)state;
	say_numbered(1);
	fake.drops = 7;
	say_numbered(2);
	assert_true(intake_round(in));
	assert_true(writer_drain(in->writer, fake.now_ms));
	text = fake_text(YESTERDAY);
	assert_true(strstr(text, "line 1\n") < strstr(text, ": 7 datagrams"));
	assert_true(strstr(text, ": 7 datagrams") < strstr(text, "line 2\n"));
	assert_int_equal(intake_lost(in), 7);
	fake.drops = 9;
	assert_int_equal(intake_lost(in), 9);
	assert_int_equal(in->inlets->socket.drops.total, 7);
}

/* Those that nothing follows are asked for when it gets quiet. */
static void test_the_last_drops_are_logged_in_time(void **state)
{
	(void)state;
	say_hello();
	assert_true(intake_round(in));
	fake.drops = 3;
	assert_int_equal(intake_deadline(in), 2000);
	fake.now_ms = 1999;
	assert_true(intake_round(in));
	assert_int_equal(in->inlets->socket.drops.total, 0);
	fake.now_ms = 2000;
	assert_true(intake_round(in));
	assert_int_equal(in->inlets->socket.drops.total, 3);
	assert_true(intake_deadline(in) == DEADLINE_NEVER);
	/* After a burst at once. */
	say_lines(64);
	fake.drops = 5;
	assert_true(intake_round(in));
	assert_int_equal(in->inlets->socket.drops.total, 5);
}

static unsigned steps;

static bool step_twice(struct intake *intake)
{
	(void)intake;
	return ++steps == 2;
}

static bool step_never(struct intake *intake)
{
	(void)intake;
	steps++;
	return false;
}

static void test_a_step_is_repeated_while_that_makes_room(void **state)
{
	(void)state;
	steps = 0;
	leave_room(0);
	enlarge_disk();
	assert_true(intake_with_room(in, step_twice));
	assert_int_equal(steps, 2);
	assert_false(in->full);
	/* Now there is nothing to write. */
	steps = 0;
	assert_false(intake_with_room(in, step_never));
	assert_true(in->full);
	assert_true(steps < 5);
}

static void test_what_is_given_up_is_counted(void **state)
{
	(void)state;
	leave_room(0);
	say_lines(300);
	assert_false(intake_round(in));
	assert_int_equal(intake_give_up(in, false), 64);
	assert_int_equal(fakenet_queued(), 236);
	assert_int_equal(intake_give_up(in, true), 236);
	assert_int_equal(fakenet_queued(), 0);
	assert_true(fake.shut);
	assert_int_equal(intake_give_up(in, true), 0);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_round_takes_all_that_is_there),
		CASE(test_a_round_ends_where_datagrams_do_not),
		CASE(test_without_room_a_batch_stays_where_it_is),
		CASE(test_receiving_is_tried_again_in_time),
		CASE(test_without_room_receiving_is_not_due),
		CASE(test_a_record_without_room_does_not_make_it_spin),
		CASE(test_drops_are_logged_in_their_place),
		CASE(test_the_last_drops_are_logged_in_time),
		CASE(test_a_step_is_repeated_while_that_makes_room),
		CASE(test_what_is_given_up_is_counted),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
