/* Stamps and counts of drops that are not asked for, as they are known. */
#include "unit.h"

#include "netrxworld.h"

#define SENT_MAX 100000

/* A full batch, in the middle of the second: so it can go on without stamps. */
static unsigned begin_many(void)
{
	unsigned i;

	netrx_skip(&sock, 1);
	fake.wall_ms += 500;
	say_numbers(0, NETRX_BATCH);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	for (i = 0; i < NETRX_BATCH; i++)
		take_number(i, NULL);
	assert_false(fake.stamps_off);
	return NETRX_BATCH;
}

static void take_stamped(unsigned number, time_t second)
{
	struct timespec arrival = { 0, 0 };

	assert_int_equal(take_number(number, &arrival), 0);
	assert_int_equal(arrival.tv_sec, second);
}

static void test_many_in_a_second_come_without_stamps(void **state)
{
	unsigned next = begin_many();
	unsigned i;

	(void)state;
	say_numbers(next, 10 * NETRX_BATCH + 1);
	while (netrx_receive(&rx, &sock) == NETRX_BATCH) {
		assert_true(fake.stamps_off);
		for (i = 0; i < NETRX_BATCH; i++)
			take_stamped(next++, FAKE_NOON);
	}
	take_stamped(next, FAKE_NOON);
	assert_int_equal(fake.counts[FAKE_SETSOCKOPT], 1);
}

static void test_few_come_with_their_stamps(void **state)
{
	unsigned i;

	(void)state;
	netrx_skip(&sock, 1);
	fake.wall_ms += 500;
	for (i = 0; i < 100; i++) {
		say_numbers(i, 1);
		assert_int_equal(netrx_receive(&rx, &sock), 1);
		take_stamped(i, FAKE_NOON);
	}
	assert_int_equal(fake.counts[FAKE_SETSOCKOPT], 0);
	assert_int_equal(fake.counts[FAKE_GETSOCKOPT], 0);
}

/* A flood that is received now and then, all that is there each time. */
static void test_a_flood_goes_on_without_stamps(void **state)
{
	unsigned next = begin_many();
	unsigned wakes;

	(void)state;
	for (wakes = 0; wakes < 10; wakes++) {
		say_numbers(next, NETRX_BATCH + 1);
		assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
		for (unsigned i = 0; i < NETRX_BATCH; i++)
			take_stamped(next++, FAKE_NOON);
		assert_int_equal(netrx_receive(&rx, &sock), 1);
		take_stamped(next++, FAKE_NOON);
		assert_true(fake.stamps_off);
		fake.wall_ms += 2;
	}
	assert_int_equal(fake.counts[FAKE_SETSOCKOPT], 1);
	say_numbers(next, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	take_stamped(next++, FAKE_NOON);
	fake_set_wall(FAKE_NOON + 5);
	say_numbers(next, 1);
	fake_set_wall(FAKE_NOON + 7);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_false(fake.stamps_off);
	take_stamped(next, FAKE_NOON + 5);
}

static void test_what_waits_across_a_second_has_its_own(void **state)
{
	unsigned next = begin_many();

	(void)state;
	say_numbers(next, 2);
	fake_set_wall(FAKE_NOON + 1);
	say_numbers(next + 2, 2);
	fake_set_wall(FAKE_NOON + 9);
	say_numbers(next + 4, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 5);
	take_stamped(next, FAKE_NOON);
	take_stamped(next + 1, FAKE_NOON);
	take_stamped(next + 2, FAKE_NOON + 1);
	take_stamped(next + 3, FAKE_NOON + 1);
	take_stamped(next + 4, FAKE_NOON + 9);
}

/* Asked for again, they tell of what came while they were not. */
static void test_stamps_come_again_in_the_next_second(void **state)
{
	unsigned next = begin_many();

	(void)state;
	say_numbers(next, 2 * NETRX_BATCH);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	assert_true(fake.stamps_off);
	fake_set_wall(FAKE_NOON + 3);
	for (unsigned i = 0; i < NETRX_BATCH; i++)
		take_stamped(next++, FAKE_NOON);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	assert_false(fake.stamps_off);
	for (unsigned i = 0; i < NETRX_BATCH; i++)
		take_stamped(next++, FAKE_NOON);
}

/* What waits behind a batch came no earlier than its last. */
static void test_the_last_of_a_batch_tells_the_second(void **state)
{
	unsigned i;

	(void)state;
	netrx_skip(&sock, 1);
	say_numbers(0, NETRX_BATCH - 1);
	fake_set_wall(FAKE_NOON + 1);
	fake.wall_ms += 500;
	say_numbers(NETRX_BATCH - 1, 2);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	for (i = 0; i < NETRX_BATCH - 1; i++)
		take_stamped(i, FAKE_NOON);
	take_stamped(NETRX_BATCH - 1, FAKE_NOON + 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_true(fake.stamps_off);
	take_stamped(NETRX_BATCH, FAKE_NOON + 1);
}

/* It may end before the batch does. */
static void test_the_end_of_a_second_is_not_trusted(void **state)
{
	unsigned next = begin_many();

	(void)state;
	fake.wall_ms += 480;
	say_numbers(next, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_false(fake.stamps_off);
}

/* What comes may have its stamp from before. */
static void test_the_beginning_of_a_second_is_not_trusted(void **state)
{
	unsigned i;

	(void)state;
	netrx_skip(&sock, 1);
	fake.wall_ms += 19;
	say_numbers(0, NETRX_BATCH + 1);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	for (i = 0; i < NETRX_BATCH; i++)
		take_number(i, NULL);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_false(fake.stamps_off);
}

static void test_what_is_not_spared_any_more_comes_at_once(void **state)
{
	unsigned next = begin_many();

	(void)state;
	say_numbers(next, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_true(fake.stamps_off);
	netrx_skip(&sock, 0);
	assert_false(fake.stamps_off);
}

static void test_an_error_is_no_empty_socket(void **state)
{
	unsigned next = begin_many();

	(void)state;
	fake_set_wall(FAKE_NOON + 5);
	say_numbers(next, 1);
	fake_set_wall(FAKE_NOON + 6);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, EINTR, 0);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	take_stamped(next, FAKE_NOON + 5);
}

static void test_drops_are_told_where_they_were(void **state)
{
	unsigned next = begin_many();
	struct timespec arrival;

	(void)state;
	say_numbers(next, 2);
	fake.drops = 3;
	say_numbers(next + 2, 2);
	assert_int_equal(netrx_receive(&rx, &sock), 4);
	assert_true(fake.stamps_off);
	assert_int_equal(take_number(next, NULL), 0);
	assert_int_equal(take_number(next + 1, NULL), 0);
	assert_int_equal(take_number(next + 2, &arrival), 3);
	assert_int_equal(arrival.tv_sec, FAKE_NOON);
	assert_int_equal(take_number(next + 3, NULL), 0);
}

/* Before Linux 4.12. */
static void test_without_the_count_each_datagram_tells(void **state)
{
	unsigned next = begin_many();

	(void)state;
	fake.no_meminfo = true;
	say_numbers(next, 1);
	fake.drops = 3;
	say_numbers(next + 1, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 2);
	assert_int_equal(take_number(next, NULL), 0);
	assert_int_equal(take_number(next + 1, NULL), 3);
}

static void test_what_came_last_of_all_can_be_known(void **state)
{
	unsigned next = begin_many();

	(void)state;
	say_numbers(next, NETRX_BATCH);
	assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
	assert_true(fake.stamps_off);
	for (unsigned i = 0; i < NETRX_BATCH; i++)
		take_stamped(next++, FAKE_NOON);
	netrx_skip(&sock, 0);
	say_numbers(next, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_false(fake.stamps_off);
}

static void test_stamps_that_stay_are_no_harm(void **state)
{
	unsigned next = begin_many();

	(void)state;
	fake_fail(FAKE_BIT(FAKE_SETSOCKOPT), 1, UINT32_MAX, ENOMEM, 0);
	say_numbers(next, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_false(fake.stamps_off);
	take_stamped(next, FAKE_NOON);
}

/* A sender and a clock that go on by lot, and a receiver that comes late. */
struct story {
	uint32_t lot;
	unsigned sent, taken;
	unsigned full; /* datagrams in the socket */
	time_t seconds[SENT_MAX];
	uint32_t drops[SENT_MAX]; /* counted when it was sent */
};

static uint32_t draw(struct story *s, uint32_t below)
{
	s->lot = s->lot * 1664525U + 1013904223U;
	return (s->lot >> 8) % below;
}

/* Only a full socket drops. */
static bool is_full(const struct story *s)
{
	return s->sent - s->taken - (rx.count - rx.next) > s->full;
}

static void send_some(struct story *s)
{
	bool loud = s->sent / 4000 % 2 == 1;
	unsigned count =
		draw(s, loud ? 3 : 10) == 0 ? draw(s, 300) : draw(s, 20);
	int64_t ms = FAKE_NOON * INT64_C(1000);

	if (is_full(s) && draw(s, 2) == 0)
		fake.drops += draw(s, 3);
	for (; count > 0 && s->sent < SENT_MAX; count--, s->sent++) {
		ms = (int64_t)fake.now_ms + fake.wall_ms;
		s->seconds[s->sent] = (time_t)(ms / 1000);
		s->drops[s->sent] = fake.drops;
		say_numbers(s->sent, 1);
	}
}

static void receive_some(struct story *s)
{
	struct timespec arrival = { 0, 0 };

	if (netrx_receive(&rx, &sock) == 0)
		return;
	for (uint32_t n = draw(s, 2 * NETRX_BATCH); n > 0; n--) {
		uint32_t told = s->taken > 0 ? s->drops[s->taken - 1] : 0;

		if (rx.next == rx.count)
			break;
		assert_int_equal(take_number(s->taken, &arrival),
				 s->drops[s->taken] - told);
		assert_int_equal(arrival.tv_sec, s->seconds[s->taken]);
		s->taken++;
	}
}

static void tell_story(unsigned batches)
{
	static struct story s;

	s = (struct story){ .lot = 1, .full = batches * NETRX_BATCH };
	netrx_skip(&sock, batches);
	while (s.taken < SENT_MAX) {
		if (draw(&s, 3) == 0)
			fake.wall_ms += draw(&s, 5) == 0 ? draw(&s, 3000)
							 : draw(&s, 30);
		if (draw(&s, 2) == 0 && s.sent < s.taken + 1500)
			send_some(&s);
		else
			receive_some(&s);
	}
	assert_true(fake.drops > 100);
}

static void test_seconds_and_drops_are_true_whatever_comes(void **state)
{
	(void)state;
	tell_story(1);
}

static void test_the_same_where_a_look_is_for_many_batches(void **state)
{
	(void)state;
	tell_story(NETRX_SKIP_MOST);
}

static void test_the_same_where_all_is_asked_for(void **state)
{
	(void)state;
	tell_story(0);
}

/* The rest of the counts is asked for when the look is too old. */
static void test_a_look_is_for_some_batches(void **state)
{
	unsigned next = begin_many();
	unsigned batches;

	(void)state;
	netrx_skip(&sock, 4);
	for (batches = 0; batches < 8; batches++) {
		say_numbers(next, NETRX_BATCH);
		assert_int_equal(netrx_receive(&rx, &sock), NETRX_BATCH);
		for (unsigned i = 0; i < NETRX_BATCH; i++)
			take_stamped(next++, FAKE_NOON);
		assert_int_equal(fake.counts[FAKE_GETSOCKOPT], 1 + batches / 4);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_many_in_a_second_come_without_stamps),
		CASE(test_few_come_with_their_stamps),
		CASE(test_a_flood_goes_on_without_stamps),
		CASE(test_what_waits_across_a_second_has_its_own),
		CASE(test_stamps_come_again_in_the_next_second),
		CASE(test_the_last_of_a_batch_tells_the_second),
		CASE(test_the_end_of_a_second_is_not_trusted),
		CASE(test_the_beginning_of_a_second_is_not_trusted),
		CASE(test_what_is_not_spared_any_more_comes_at_once),
		CASE(test_an_error_is_no_empty_socket),
		CASE(test_drops_are_told_where_they_were),
		CASE(test_without_the_count_each_datagram_tells),
		CASE(test_what_came_last_of_all_can_be_known),
		CASE(test_stamps_that_stay_are_no_harm),
		CASE(test_seconds_and_drops_are_true_whatever_comes),
		CASE(test_the_same_where_a_look_is_for_many_batches),
		CASE(test_the_same_where_all_is_asked_for),
		CASE(test_a_look_is_for_some_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
