/* Tests of intake with several sockets: turns, drops, faults, and the end. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engineworld.h"
#include "fakenet.h"

static struct intake *const in = &engine.intake;

/* Three; the host 3 sends to the first, 1 to the second, 2 to the third. */
static int set_up_three(void **state)
{
	set_up(state);
	world_add_socket(6667);
	world_add_socket(6668);
	intake_tell_apart(in);
	fake.senders_to = 3;
	return 0;
}

static void say_lines(unsigned host, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		fake_say(host, "hello\n");
}

static size_t count_taken(void)
{
	return (size_t)engine.collector.counts.datagrams;
}

static unsigned count_of(unsigned host)
{
	const char *text = fake_text(YESTERDAY);
	char part[40];
	unsigned count = 0;

	snprintf(part, sizeof(part), " 192.0.2.%u:6665 hello\n", host);
	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

static void test_a_round_empties_all_of_them(void **state)
{
	static const unsigned counts[] = { 0, 1, 63, 64, 65, 640 };
	size_t i, k;

	(void)state;
	for (i = 0; i < 6; i++)
		for (k = 0; k < 6; k++) {
			set_up_three(NULL);
			say_lines(3, counts[i]);
			say_lines(2, counts[k]);
			assert_true(intake_round(in));
			assert_int_equal(in->taken, counts[i] + counts[k]);
			assert_int_equal(count_taken(), in->taken);
			assert_int_equal(fakenet_queued(), 0);
		}
}

/* One who sends as fast as we take it keeps nobody else waiting. */
static void test_a_flood_has_no_more_than_its_turns(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 1000; i++)
		fake_say(1, "flood\n");
	say_lines(3, 130);
	say_lines(2, 1);
	assert_true(intake_round(in));
	assert_true(writer_drain(in->writer, fake.now_ms));
	/* The second turn is over before the flood's third. */
	assert_int_equal(count_of(3), 130);
	assert_non_null(strstr(fake_text(YESTERDAY), "2.2:6665 hello"));
	assert_true(strstr(fake_text(YESTERDAY), "2.2:6665 hello") <
		    fake_text(YESTERDAY) + 130 * 45);
}

static void test_an_endless_flood_does_not_starve_others(void **state)
{
	(void)state;
	fake_say(3, "flood\n");
	fake.endless = true;
	say_lines(1, 500);
	assert_false(intake_round(in));
	assert_true(count_taken() > 500);
	assert_true(in->taken < 32768 + NETRX_BATCH);
	fake.endless = false;
	assert_true(intake_round(in));
	assert_true(writer_drain(in->writer, fake.now_ms));
	assert_int_equal(count_of(1), 500);
}

/* The same address and port, sent to two ports: lines do not mix. */
static void test_a_sender_to_two_ports_is_two(void **state)
{
	(void)state;
	fake.senders_to = 1;
	fake_say(1, "to the first, ");
	assert_true(intake_round(in));
	in->inlets->socket.port = 7777;
	fake_say(1, "to the second\n");
	assert_true(intake_round(in));
	in->inlets->socket.port = 6666;
	fake_say(1, "and its end\n");
	assert_true(intake_round(in));
	assert_int_equal(engine.collector.sources.count, 2);
	assert_true(writer_drain(in->writer, fake.now_ms));
	assert_has(fake_text(YESTERDAY), ":6665 to the second\n");
	assert_has(fake_text(YESTERDAY), ":6665 to the first, and its end\n");
}

static void test_drops_are_told_of_each(void **state)
{
	(void)state;
	fake.drops = 5;
	fake.others[1].drops = 7;
	fake.others[2].drops = 1;
	say_lines(3, 1);
	say_lines(1, 1);
	assert_true(intake_round(in));
	assert_int_equal(intake_lost(in), 13);
	fake.now_ms += 1000;
	say_lines(2, 1);
	assert_true(intake_round(in));
	assert_true(writer_drain(in->writer, fake.now_ms));
	assert_has(fake_text(YESTERDAY),
		   ": 5 datagrams lost at 192.0.2.1:6666");
	assert_has(fake_text(YESTERDAY),
		   ": 7 datagrams lost at 192.0.2.1:6667");
	assert_has(fake_text(YESTERDAY),
		   ": 1 datagrams lost at 192.0.2.1:6668");
	assert_int_equal(intake_lost(in), 13);
}

/* Those that nothing follows, though another socket is never empty. */
static void test_the_last_drops_are_told_in_a_flood(void **state)
{
	(void)state;
	say_lines(1, 1);
	assert_true(intake_round(in));
	fake.others[1].drops = 4;
	fake.now_ms += 1000;
	fake_say(3, "flood\n");
	fake.endless = true;
	assert_false(intake_round(in));
	fake.endless = false;
	assert_true(intake_round(in));
	assert_int_equal(in->inlets[1].socket.drops.total, 4);
}

static void fill_queue(void)
{
	char line[1000];
	struct outq *queue =
		rig_day(&engine.files,
			(int32_t)STAMP_PERIOD_DAY(engine_period(&engine)));

	fill_disk();
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (outq_put(queue, line, sizeof(line)))
		continue;
	while (outq_put(queue, line + 990, 10))
		continue;
}

/* The batch that found no room is of one; the others keep theirs. */
static void test_without_room_nothing_is_received_from_any(void **state)
{
	unsigned i;

	(void)state;
	fill_queue();
	for (i = 1; i <= 3; i++)
		say_lines(i, 70);
	assert_false(intake_round(in));
	assert_true(in->full);
	assert_int_equal(fakenet_queued(), 210 - 64);
	assert_false(intake_round(in));
	assert_int_equal(fakenet_queued(), 210 - 64);
	for (i = 0; i < 3; i++)
		assert_false(intake_waits_for(in, &in->inlets[i]));
	enlarge_disk();
	fake.now_ms += 1000;
	assert_true(intake_round(in));
	assert_int_equal(count_taken(), 210);
	assert_true(intake_waits_for(in, &in->inlets[2]));
}

/* One that can't be read is tried again; the others are read meanwhile. */
static void test_one_that_is_refused_holds_up_no_other(void **state)
{
	unsigned refused = 0;
	unsigned i;

	(void)state;
	for (i = 1; i <= 3; i++)
		say_lines(i, 1);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 2, 1, ENOBUFS, 0);
	assert_true(intake_round(in));
	assert_int_equal(count_taken(), 2);
	assert_true(intake_is_refused(in));
	for (i = 0; i < 3; i++)
		refused += in->inlets[i].retry_ms > 0;
	assert_int_equal(refused, 1);
	assert_has(fake_text("stderr"),
		   "unable to receive datagrams at 192.0.2.1:666");
	assert_int_equal(fake_open_fds(), 4);
	fake.now_ms = intake_deadline(in);
	assert_true(intake_round(in));
	assert_int_equal(count_taken(), 3);
	assert_has(fake_text("stderr"),
		   "able to receive datagrams at 192.0.2.1:666");
	assert_false(intake_is_refused(in));
}

static void say_to_each_and_stop(void)
{
	say_lines(1, 100);
	say_lines(2, 200);
	say_lines(3, 300);
	tell_to_stop();
}

static void assert_all_in(unsigned datagrams)
{
	assert_int_equal(count_taken(), datagrams);
	assert_int_equal(fakenet_queued(), 0);
	assert_int_equal(count_lines(fake_text(YESTERDAY)), datagrams);
}

static void test_each_is_emptied_and_shut_at_the_end(void **state)
{
	(void)state;
	fake_at(1100, say_to_each_and_stop);
	assert_true(engine_run(&engine));
	assert_all_in(600);
	assert_true(fake.shut);
	assert_true(fake.others[1].shut);
	assert_true(fake.others[2].shut);
}

static void test_those_passed_are_emptied_and_stay_open(void **state)
{
	(void)state;
	engine.adopted = true;
	fake_at(1100, say_to_each_and_stop);
	assert_true(engine_run(&engine));
	assert_all_in(600);
	assert_false(fake.shut);
	assert_false(fake.others[1].shut);
	assert_false(fake.others[2].shut);
}

static void say_and_flood(void)
{
	fake_say(3, "flood\n");
	fake.endless = true;
	say_lines(2, 500);
	say_lines(1, 500);
	tell_to_stop();
}

/* Neither does it end late, nor do the others lose anything. */
static void test_a_flood_of_one_does_not_keep_the_end(void **state)
{
	int adopted;

	(void)state;
	for (adopted = 0; adopted < 2; adopted++) {
		set_up_three(NULL);
		engine.adopted = adopted;
		fake_at(1100, say_and_flood);
		assert_true(engine_run(&engine));
		assert_int_equal(count_of(2), 500);
		assert_int_equal(count_of(1), 500);
		assert_true(fake.now_ms < 3000);
	}
}

static void say_to_each_and_fail(void)
{
	unsigned i;

	say_to_each_and_stop();
	for (i = 1; i <= 5; i += 2)
		fake_fail(FAKE_BIT(FAKE_RECVMMSG), i, 1, ENOMEM, 0);
}

static void test_the_end_waits_for_each_that_is_refused(void **state)
{
	int adopted;

	(void)state;
	for (adopted = 0; adopted < 2; adopted++) {
		set_up_three(NULL);
		engine.adopted = adopted;
		fake_at(1100, say_to_each_and_fail);
		assert_true(engine_run(&engine));
		assert_all_in(600);
	}
}

/* What a disk that refuses leaves in them is counted, of each. */
static void test_what_is_given_up_is_counted_of_each(void **state)
{
	(void)state;
	fill_queue();
	fake_at(1100, say_to_each_and_stop);
	assert_false(engine_run(&engine));
	assert_has(fake_text("stderr"), "unfinished lines and 600 datagrams");
	assert_int_equal(fakenet_queued(), 0);
}

static void drop_of_each(void)
{
	fake.drops = 1;
	fake.others[1].drops = 2;
	fake.others[2].drops = 4;
	tell_to_stop();
}

static void test_drops_at_the_end_are_told_of_each(void **state)
{
	(void)state;
	fake_at(1100, drop_of_each);
	assert_true(engine_run(&engine));
	assert_has(fake_text(YESTERDAY), ": 1 datagrams lost at ");
	assert_has(fake_text(YESTERDAY), ": 2 datagrams lost at ");
	assert_has(fake_text(YESTERDAY), ": 4 datagrams lost at ");
}

#define CASE(name) cmocka_unit_test_setup(name, set_up_three)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_round_empties_all_of_them),
		CASE(test_a_flood_has_no_more_than_its_turns),
		CASE(test_an_endless_flood_does_not_starve_others),
		CASE(test_a_sender_to_two_ports_is_two),
		CASE(test_drops_are_told_of_each),
		CASE(test_the_last_drops_are_told_in_a_flood),
		CASE(test_without_room_nothing_is_received_from_any),
		CASE(test_one_that_is_refused_holds_up_no_other),
		CASE(test_each_is_emptied_and_shut_at_the_end),
		CASE(test_those_passed_are_emptied_and_stay_open),
		CASE(test_a_flood_of_one_does_not_keep_the_end),
		CASE(test_the_end_waits_for_each_that_is_refused),
		CASE(test_what_is_given_up_is_counted_of_each),
		CASE(test_drops_at_the_end_are_told_of_each),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
