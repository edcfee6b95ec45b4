/* The loop's end: what was told to stop takes in and writes everything. */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/uio.h>

#include "engineworld.h"
#include "fakenet.h"

static void test_the_socket_is_emptied_at_the_end(void **state)
{
	(void)state;
	fake_at(1100, tell_to_stop);
	say_many();
	say_half();
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), MANY + 1);
}

static void stop_with_failing_receive(void)
{
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 3, ENOMEM, 0);
	say_hello();
	tell_to_stop();
}

static void test_the_last_datagrams_wait_for_a_failing_receive(void **state)
{
	(void)state;
	fake_at(1100, stop_with_failing_receive);
	assert_true(engine_run(&engine));
	assert_has(fake_text(YESTERDAY), "hello\n");
}

static void step_back_and_stop_with_failing_receive(void)
{
	fake_set_wall(MIDNIGHT - 24 * 3600);
	stop_with_failing_receive();
}

/* What was taken in before the signal has a later stamp than the signal. */
static void test_a_step_back_before_the_end_loses_nothing(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, step_back_and_stop_with_failing_receive);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 2);
}

/* Others go on sending as fast as we can take it. */
static void begin_flood(void)
{
	say_half();
	fake_say(2, "flood\n");
	fake.endless = true;
}

static void test_a_flood_does_not_keep_unfinished_lines_at_the_end(void **state)
{
	(void)state;
	fake_at(1100, begin_flood);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text(YESTERDAY), "half a line\n");
}

static void test_a_disk_that_refuses_at_the_end_is_told(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, say_hello);
	fake_at(2000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_has(fake_text("stderr"),
		   "gave up 1 lines (41 bytes), 0 unfinished ");
	assert_between(fake.now_ms, 3900, 4100);
}

static void test_a_second_signal_ends_the_wait(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, say_hello);
	fake_at(2000, tell_to_stop);
	fake_at(2100, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_between(fake.now_ms, 2100, 2200);
}

/* A flood that comes until nobody listens any more. */
static void test_what_comes_until_the_socket_is_shut_is_stored(void **state)
{
	(void)state;
	fake_at(1100, begin_flood);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(fake.shut);
	assert_int_equal(engine.collector.counts.datagrams, fake.received);
	assert_int_equal(fakenet_queued(), 0);
}

static void test_a_socket_is_shut_without_loopback(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_CONNECT), 1, UINT32_MAX, ENETUNREACH, 0);
	fake_at(1100, begin_flood);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(fake.shut);
	assert_has(fake_text(YESTERDAY), "half a line\n");
}

static void test_a_socket_that_cannot_be_shut_ends_too(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_CONNECT) | FAKE_BIT(FAKE_SETSOCKOPT), 1,
		  UINT32_MAX, EPERM, 0);
	fake_at(1100, begin_flood);
	fake_at(1200, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_has(fake_text(YESTERDAY), "half a line\n");
	assert_has(fake_text("stderr"), "gave up 0 lines (0 bytes), 0 "
					"unfinished lines and 4");
}

/* Whoever has it next gets what we could not take in. */
static void test_an_adopted_socket_keeps_its_datagrams(void **state)
{
	(void)state;
	engine.adopted = true;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(2000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_false(fake.shut);
	assert_int_equal(fakenet_queued(), fake.sent - fake.received);
	assert_true(fakenet_queued() > 0);
}

static unsigned sent_late;

static void say_more(void)
{
	say_hello();
	sent_late++;
	fake_at(fake.now_ms + 10, say_more);
}

/* What comes after the signal could only be given up. */
static void test_an_adopted_socket_keeps_what_comes_late(void **state)
{
	(void)state;
	engine.adopted = true;
	sent_late = 0;
	fake_at(1050, fill_disk);
	fake_at(1100, say_hello);
	fake_at(1200, tell_to_stop);
	fake_at(1201, say_more);
	assert_false(engine_run(&engine));
	assert_true(sent_late > 100);
	assert_int_equal(fakenet_queued(), sent_late);
	assert_has(fake_text("stderr"), "gave up 1 lines");
}

#define EACH 10 /* datagrams, before the first of which one is dropped */

static void say_many_with_drops(void)
{
	unsigned i;

	for (i = 0; i < MANY; i++) {
		fake.drops += i % EACH == 0;
		fake_say(1, "a line, which the disk has no room for\n");
	}
	tell_to_stop();
}

/*
 * The batch that is given up knows of drops, and so does the first datagram
 * that is left, to whoever takes it, as told.
 */
static void test_drops_in_a_batch_that_is_given_up_are_told(void **state)
{
	uint64_t known;
	char told[80];

	(void)state;
	engine.adopted = true;
	drops_adopt(&engine.intake.inlets->socket.drops);
	fill_disk();
	fake_at(1050, say_hello);
	fake_at(1100, say_many_with_drops);
	assert_false(engine_run(&engine));
	known = (fake.received - 1) / EACH + 1;
	assert_true(engine.intake.inlets->socket.drops.total < known);
	snprintf(told, sizeof(told), "does not tell of %" PRIu64 " datagrams",
		 known - engine.intake.inlets->socket.drops.total);
	assert_has(fake_text("stderr"), told);
}

static void test_an_adopted_socket_is_emptied_while_the_disk_takes(void **state)
{
	(void)state;
	engine.adopted = true;
	fake_at(1100, tell_to_stop);
	say_many();
	assert_true(engine_run(&engine));
	assert_false(fake.shut);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), MANY);
}

static void say_hello_and_fail(void)
{
	say_hello();
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, ENOMEM, 0);
	tell_to_stop();
}

static void test_an_adopted_socket_is_emptied_though_a_receive_failed(void **s)
{
	(void)s;
	engine.adopted = true;
	fake_at(1100, say_hello_and_fail);
	assert_true(engine_run(&engine));
	assert_int_equal(fakenet_queued(), 0);
	assert_has(fake_text(YESTERDAY), " hello\n");
}

static unsigned second_failure;

static void say_batches_and_fail(void)
{
	unsigned i;

	for (i = 0; i < 200; i++)
		say_hello();
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, ENOMEM, 0);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), second_failure, 1, ENOMEM, 0);
	tell_to_stop();
}

/* Taken in until a receive fails, all of the second in which the signal came. */
static void test_what_came_just_before_the_signal_is_taken_in(void **state)
{
	(void)state;
	for (second_failure = 2; second_failure <= 4; second_failure++) {
		set_up(NULL);
		engine.adopted = true;
		fake_at(1100, say_batches_and_fail);
		assert_true(engine_run(&engine));
		assert_int_equal(fakenet_queued(), 0);
		assert_int_equal(count_lines(fake_text(YESTERDAY)), 200);
	}
}

static void say_more_than_a_round(void)
{
	unsigned i;

	for (i = 0; i < 40000; i++)
		fake_say(1, "x\n");
	tell_to_stop();
}

static void test_an_adopted_socket_is_emptied_in_many_rounds(void **state)
{
	(void)state;
	engine.adopted = true;
	fake_at(1100, say_more_than_a_round);
	assert_true(engine_run(&engine));
	assert_int_equal(fakenet_queued(), 0);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 40000);
}

/* The buffer is full, and stays so; the next one will tell of the drops. */
static void overflow_endlessly(void)
{
	fake.rx_room = 3000;
	say_many();
	fake.endless = true;
	tell_to_stop();
}

static void test_an_adopted_socket_in_a_flood_keeps_its_drops(void **state)
{
	(void)state;
	engine.adopted = true;
	fake_at(1100, overflow_endlessly);
	assert_true(engine_run(&engine));
	assert_true(fake.drops > 0);
	assert_string_equal(fake_text("stderr"), "");
	assert_true(engine.intake.inlets->socket.drops.total == 0 ||
		    engine.intake.inlets->socket.drops.total == fake.drops);
}

/* Room for a line now and then, and the end waits for it. */
static void make_some_room(void)
{
	fake.capacity = fake_disk_used() + 50;
	fake_at(fake.now_ms + 1000, make_some_room);
}

static void test_the_end_waits_while_the_disk_takes_something(void **state)
{
	unsigned i;

	(void)state;
	fill_disk();
	for (i = 0; i < 10; i++)
		say_hello();
	fake_at(1100, tell_to_stop);
	fake_at(1500, make_some_room);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 10);
	assert_true(fake.now_ms > 1100 + 4000);
}

static void make_endless_room(void)
{
	say_hello();
	make_some_room();
}

static void test_the_end_does_not_wait_for_ever(void **state)
{
	(void)state;
	fill_disk();
	say_many();
	fake_at(1100, tell_to_stop);
	fake_at(1500, make_endless_room);
	assert_false(engine_run(&engine));
	assert_between(fake.now_ms, 30000, 33000);
}

/* Right after the last write, so that only a last look can tell. */
static bool deleted;

static ssize_t write_and_delete(int fd, const struct iovec *iov, int count)
{
	ssize_t n = fakesys.writev(fd, iov, count);

	if (signals_stop > 0 && !deleted) {
		deleted = true;
		fake_unlink(YESTERDAY);
	}
	return n;
}

static void say_half_and_stop(void)
{
	say_half();
	tell_to_stop();
}

static void test_what_is_deleted_at_the_very_end_is_written_again(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.writev = write_and_delete;
	engine.writer.agenda.settings->sys = &sys;
	fake_at(1100, say_hello);
	fake_at(1101, say_half_and_stop);
	assert_true(engine_run(&engine));
	assert_true(deleted);
	assert_has(fake_text(YESTERDAY), "half a line\n");
}

static void drop_some(void)
{
	fake.drops += 7;
}

/* The log has no room to tell, so stderr must. */
static void test_drops_that_the_log_cannot_tell_are_told(void **state)
{
	(void)state;
	fill_disk();
	fake_at(1100, say_many);
	fake_at(1500, drop_some);
	fake_at(1600, ask_counts);
	fake_at(2000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_has(fake_text("stderr"), "lost 7 waiting");
	assert_has(fake_text("stderr"),
		   "warning: the log does not tell of 7 datagrams lost\n");
}

static void test_what_is_given_up_leaves_no_piece_of_a_line(void **state)
{
	(void)state;
	fake.capacity = 60;
	fake_at(1100, say_hello);
	fake_at(1200, say_hello);
	fake_at(2000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_string_equal(fake_text(YESTERDAY),
			    "2026-11-22 23:59:55 192.0.2.1:6665 hello\n");
	assert_has(fake_text("stderr"), "gave up 1 lines ");
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_socket_is_emptied_at_the_end),
		CASE(test_the_last_datagrams_wait_for_a_failing_receive),
		CASE(test_a_step_back_before_the_end_loses_nothing),
		CASE(test_a_flood_does_not_keep_unfinished_lines_at_the_end),
		CASE(test_a_disk_that_refuses_at_the_end_is_told),
		CASE(test_a_second_signal_ends_the_wait),
		CASE(test_what_comes_until_the_socket_is_shut_is_stored),
		CASE(test_a_socket_is_shut_without_loopback),
		CASE(test_a_socket_that_cannot_be_shut_ends_too),
		CASE(test_an_adopted_socket_keeps_its_datagrams),
		CASE(test_an_adopted_socket_keeps_what_comes_late),
		CASE(test_drops_in_a_batch_that_is_given_up_are_told),
		CASE(test_an_adopted_socket_is_emptied_while_the_disk_takes),
		CASE(test_an_adopted_socket_is_emptied_though_a_receive_failed),
		CASE(test_what_came_just_before_the_signal_is_taken_in),
		CASE(test_an_adopted_socket_is_emptied_in_many_rounds),
		CASE(test_an_adopted_socket_in_a_flood_keeps_its_drops),
		CASE(test_the_end_waits_while_the_disk_takes_something),
		CASE(test_the_end_does_not_wait_for_ever),
		CASE(test_what_is_deleted_at_the_very_end_is_written_again),
		CASE(test_drops_that_the_log_cannot_tell_are_told),
		CASE(test_what_is_given_up_leaves_no_piece_of_a_line),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
