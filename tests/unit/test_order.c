/* Tests of order: where records belong. */
#include "unit.h"

#include "order.h"

#define LEN 10

static struct order s;
static struct order_seen seen;

static int set_up(void **state)
{
	(void)state;
	s = (struct order){ .next = 0 };
	seen = (struct order_seen){ { 0 } };
	return 0;
}

static struct extmsg record(uint64_t sequnum, uint64_t usec)
{
	return (struct extmsg){ .prio = 6, .sequnum = sequnum, .usec = usec };
}

static enum order_place look(uint64_t sequnum, uint64_t usec)
{
	struct extmsg msg = record(sequnum, usec);

	return order_place(&s, &seen, &msg, LEN);
}

static int64_t pass(uint64_t sequnum, uint64_t usec)
{
	struct extmsg msg = record(sequnum, usec);

	order_remember(&s, &seen, &msg, LEN);
	return order_pass(&s, &msg, true).left_out;
}

/* One that was held, and is written as its time is up. */
static struct order_passed pass_held(uint64_t sequnum, uint64_t usec)
{
	struct extmsg msg = record(sequnum, usec);

	return order_pass(&s, &msg, false);
}

static void pass_all(uint64_t first, uint64_t last, uint64_t usec)
{
	for (; first <= last; first++)
		pass(first, usec);
}

static void test_each_number_has_its_place(void **state)
{
	(void)state;
	assert_int_equal(look(500, 9000), ORDER_FIRST);
	assert_int_equal(pass(500, 9000), 0);
	assert_int_equal(look(501, 9000), ORDER_NEXT);
	assert_int_equal(look(502, 9000), ORDER_AHEAD);
	assert_int_equal(look(UINT64_MAX, 9000), ORDER_AHEAD);
	assert_int_equal(look(499, 8000), ORDER_LATE);
	assert_int_equal(look(500, 9000), ORDER_DOUBLE);
}

static void test_gaps_are_counted_and_closed(void **state)
{
	(void)state;
	assert_int_equal(pass(10, 1), 0);
	assert_int_equal(pass(14, 1), 3);
	assert_int_equal(pass(12, 1), -1);
	assert_int_equal(pass(11, 1), -1);
	assert_int_equal(pass(13, 1), -1);
	/* These were before the first that came. */
	assert_int_equal(pass(9, 1), 0);
	assert_int_equal(pass(15, 1), 0);
	/* A forged number is no gap that a sender left. */
	assert_int_equal(pass(UINT64_MAX, 9), INT32_MAX);
	assert_int_equal(look(UINT64_MAX, 8), ORDER_NEXT);
	assert_int_equal(look(16, 1), ORDER_LATE);
}

static void test_doubles_are_known_for_a_while(void **state)
{
	uint64_t i;

	(void)state;
	pass_all(100, 300, 5);
	for (i = 301 - ORDER_SEEN; i <= 300; i++)
		assert_int_equal(look(i, 5), ORDER_DOUBLE);
	assert_int_equal(look(300 - ORDER_SEEN, 5), ORDER_LATE);
}

static void test_whatever_differs_is_no_double(void **state)
{
	struct extmsg msg = record(7, 5);

	(void)state;
	pass(7, 5);
	assert_int_equal(order_place(&s, &seen, &msg, LEN), ORDER_DOUBLE);
	assert_int_equal(order_place(&s, &seen, &msg, LEN + 1), ORDER_LATE);
	msg.prio = 7;
	assert_int_equal(order_place(&s, &seen, &msg, LEN), ORDER_LATE);
	assert_int_equal(look(7, 6), ORDER_LATE);
	assert_int_equal(look(7 + ORDER_SEEN, 5), ORDER_AHEAD);
}

/* What comes first after a boot, by what came last before it. */
static void test_a_boot_is_known(void **state)
{
	static const struct {
		uint64_t last, last_usec, sequnum, usec;
		enum order_place place;
	} table[] = {
		/* The ring buffer from its beginning, or a target made late. */
		{ 440, 10000000, 0, 0, ORDER_BOOT },
		{ 440, 10000000, 3, 0, ORDER_BOOT },
		{ 440, 1900000, 0, 0, ORDER_BOOT },
		{ 900000, 86400000000, 385, 4708800, ORDER_BOOT },
		{ 450, 10000000, 385, 4708800, ORDER_BOOT },
		/* A number that was passed, with another time. */
		{ 440, 10000000, 439, 7999999, ORDER_BOOT },
		/* Two processors' clocks; a datagram that took its time. */
		{ 440, 10000000, 439, 9999990, ORDER_LATE },
		{ 440, 10000000, 300, 8000001, ORDER_LATE },
		/* The time alone goes back: a target made later than before. */
		{ 440, 10000000, 441, 0, ORDER_BOOT },
		{ 440, 10000000, 990, 5000000, ORDER_BOOT },
		{ 440, 10000000, 441, 8000000, ORDER_NEXT },
		{ 440, 10000000, 442, 9999990, ORDER_AHEAD },
		/* What is kept of the time wraps at 2^50 us. */
		{ 440, 100000000, 441, 1ULL << 50, ORDER_NEXT },
		{ 440, 100000000, 990, 1ULL << 50, ORDER_AHEAD },
		/* The number alone goes back. */
		{ 440, 10000000, 0, 10000000, ORDER_LATE },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		set_up(state);
		pass_all(table[i].last - 100, table[i].last,
			 table[i].last_usec);
		assert_int_equal(look(table[i].sequnum, table[i].usec),
				 table[i].place);
	}
}

/* Also while the first ones wait for others. */
static void test_a_boot_is_known_before_anything_was_passed(void **state)
{
	struct extmsg msg = record(385, 4708800);

	(void)state;
	order_remember(&s, &seen, &msg, LEN);
	assert_int_equal(look(386, 0), ORDER_FIRST);
	assert_int_equal(look(384, 0), ORDER_FIRST);
	assert_int_equal(look(300, 4000000), ORDER_FIRST);
	assert_int_equal(look(384, 2000000), ORDER_FIRST);
	assert_int_equal(look(0, 0), ORDER_BOOT);
	assert_int_equal(look(385, 4708800), ORDER_DOUBLE);
}

static void test_a_double_of_long_ago_is_no_boot(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 3 * ORDER_SEEN; i++)
		pass(i, i * 1000);
	assert_int_equal(look(3, 3000), ORDER_LATE);
}

/* All that comes after it would be late. */
static void test_a_forged_number_is_forgotten(void **state)
{
	static const uint64_t forged[] = { UINT64_MAX, UINT64_MAX / 2, 9999 };
	size_t n;
	uint64_t i;

	for (n = 0; n < 3; n++) {
		struct extmsg msg = record(11, 1011);
		struct order_passed passed;
		int64_t leap;

		set_up(state);
		pass_all(1, 3, 1000);
		leap = pass(forged[n], 0);
		assert_true(leap > 0);
		for (i = 4; i < 11; i++) {
			assert_int_equal(look(i, 1000 + i), ORDER_LATE);
			assert_int_equal(pass(i, 1000 + i), 0);
		}
		order_remember(&s, &seen, &msg, LEN);
		passed = order_pass(&s, &msg, true);
		assert_true(passed.restarted);
		assert_true(passed.left_out == -leap);
		assert_int_equal(look(12, 2000), ORDER_NEXT);
		assert_int_equal(look(13, 2000), ORDER_AHEAD);
		assert_int_equal(look(11, 1011), ORDER_DOUBLE);
		assert_int_equal(pass(14, 2000), 2);
	}
}

/* Not those that are written late because they were held: the sender is ahead. */
static void test_what_was_held_does_not_lead_back(void **state)
{
	uint64_t i;

	(void)state;
	pass_all(0, 9, 1000);
	pass_all(30, 30 + 2 * ORDER_KNOWN, 2000);
	for (i = 10; i < 30; i++) {
		struct order_passed passed = pass_held(i, 1500);

		assert_false(passed.restarted);
		assert_int_equal(passed.left_out, 0);
	}
	assert_int_equal(look(31 + 2 * ORDER_KNOWN, 2000), ORDER_NEXT);
}

/* Late ones that come one by one among others have been on a longer way. */
static void test_a_record_in_order_ends_a_way_back(void **state)
{
	uint64_t i;

	(void)state;
	pass_all(0, 999, 1000);
	for (i = 0; i < 40; i++) {
		assert_int_equal(pass(i, 1), 0);
		if (i % 5 == 4)
			assert_int_equal(pass(1000 + i / 5, 1000), 0);
	}
	assert_int_equal(look(1000 + 8, 1000), ORDER_NEXT);
	/* Nor those that are far from each other. */
	for (i = 0; i < 8; i++)
		assert_int_equal(pass(100 * i + 50, 1), 0);
	assert_int_equal(look(1000 + 8, 1000), ORDER_NEXT);
}

/* Whether one passed is known so far back, and not before the first. */
static void test_what_passed_is_known(void **state)
{
	uint64_t i;

	(void)state;
	pass(100, 1);
	assert_true(order_has_passed(&s, 100));
	assert_false(order_has_passed(&s, 99));
	assert_false(order_has_passed(&s, 101));
	assert_int_equal(pass(99, 1), 0);
	pass(110, 1);
	for (i = 101; i < 110; i++)
		assert_false(order_has_passed(&s, i));
	assert_int_equal(pass(105, 1), -1);
	assert_true(order_has_passed(&s, 105));
	assert_int_equal(pass(105, 1), 0);
	pass_all(111, 104 + ORDER_KNOWN, 1);
	assert_true(order_has_passed(&s, 105));
	assert_int_equal(pass(106, 1), -1);
	assert_int_equal(pass(104, 1), 0);
	pass(105 + ORDER_KNOWN, 1);
	assert_false(order_has_passed(&s, 105));
	assert_true(order_has_passed(&s, 110));
	/* One step over all that was known. */
	pass(106 + 2 * ORDER_KNOWN, 1);
	for (i = 106 + ORDER_KNOWN; i < 106 + 2 * ORDER_KNOWN; i++)
		assert_false(order_has_passed(&s, i));
	assert_int_equal(pass(106 + ORDER_KNOWN, 1), 0);
	assert_int_equal(pass(107 + ORDER_KNOWN, 1), -1);
}

/* The ring buffer may have records days apart next to each other. */
static void test_one_that_fills_a_gap_close_by_is_no_boot(void **state)
{
	const uint64_t day = UINT64_C(86400000000);

	(void)state;
	pass_all(0, 99, 1000);
	pass_all(101, 100 + ORDER_SEEN - 1, day);
	assert_int_equal(look(100, 1000), ORDER_LATE);
	assert_int_equal(pass(100, 1000), -1);
	assert_int_equal(look(100, 2000), ORDER_BOOT);
}

#define HOUR UINT64_C(3600000000) /* us */

/* A record that was left out, of a ring buffer that goes back for days. */
static void test_a_late_record_does_not_set_the_clock_back(void **state)
{
	(void)state;
	pass(400, 24 * HOUR);
	pass(500, 72 * HOUR);
	assert_int_equal(look(450, 36 * HOUR), ORDER_LATE);
	pass_held(450, 36 * HOUR);
	assert_int_equal(look(600, 48 * HOUR), ORDER_BOOT);
	assert_int_equal(look(600, 72 * HOUR), ORDER_AHEAD);
}

/* It is kept in few bits, which wrap. */
static void test_a_clock_may_show_any_time(void **state)
{
	static const uint64_t times[] = { 3 * HOUR, UINT64_C(1) << 50,
					  UINT64_MAX - HOUR };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		set_up(NULL);
		pass(10, times[i]);
		assert_int_equal(look(11, times[i] + HOUR / 2), ORDER_NEXT);
		assert_int_equal(look(11, times[i] - HOUR), ORDER_BOOT);
	}
}

/* As somebody tries it who has no machine to boot. */
static void test_a_boot_is_known_of_few_records(void **state)
{
	pass(10, 5000000);
	pass(11, 5000001);
	assert_int_equal(look(0, 0), ORDER_BOOT);
	assert_int_equal(look(3, 900000), ORDER_BOOT);
	assert_int_equal(look(9, 4900000), ORDER_LATE);
	set_up(state);
	pass(5, 1000000);
	assert_int_equal(look(0, 0), ORDER_BOOT);
	/* The beginning of a real ring buffer, swapped. */
	set_up(state);
	pass(1, 0);
	pass(60, 300000);
	assert_int_equal(look(0, 0), ORDER_LATE);
	assert_int_equal(look(20, 0), ORDER_LATE);
}

/* Numbers that go up together must not cancel each other out. */
static void test_no_two_records_are_taken_for_one(void **state)
{
	static const uint64_t ahead[] = { 0, 1048576, 2000000, 64, 1 };
	uint64_t i, step;
	size_t n;

	for (n = 0; n < sizeof(ahead) / sizeof(ahead[0]); n++)
		for (step = 1; step < 9; step++) {
			set_up(state);
			for (i = 0; i < 20000; i++) {
				assert_int_not_equal(
					look(i, ahead[n] + i * step),
					ORDER_DOUBLE);
				pass(i, ahead[n] + i * step);
			}
		}
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_each_number_has_its_place),
		CASE(test_gaps_are_counted_and_closed),
		CASE(test_doubles_are_known_for_a_while),
		CASE(test_whatever_differs_is_no_double),
		CASE(test_a_boot_is_known),
		CASE(test_a_boot_is_known_before_anything_was_passed),
		CASE(test_a_double_of_long_ago_is_no_boot),
		CASE(test_a_forged_number_is_forgotten),
		CASE(test_what_was_held_does_not_lead_back),
		CASE(test_a_record_in_order_ends_a_way_back),
		CASE(test_what_passed_is_known),
		CASE(test_one_that_fills_a_gap_close_by_is_no_boot),
		CASE(test_a_late_record_does_not_set_the_clock_back),
		CASE(test_a_clock_may_show_any_time),
		CASE(test_a_boot_is_known_of_few_records),
		CASE(test_no_two_records_are_taken_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
