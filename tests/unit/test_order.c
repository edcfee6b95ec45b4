/* Tests of sequence: where records belong, and what is missing. */
#include "unit.h"

#include "order.h"

#define LEN 10

static struct order s;

static int set_up(void **state)
{
	(void)state;
	s = (struct order){ .next = 0 };
	return 0;
}

static struct extmsg record(uint64_t sequnum, uint64_t usec)
{
	return (struct extmsg){ .prio = 6, .sequnum = sequnum, .usec = usec };
}

static enum order_place look(uint64_t sequnum, uint64_t usec)
{
	struct extmsg msg = record(sequnum, usec);

	return order_look(&s, &msg, LEN);
}

static int64_t pass(uint64_t sequnum, uint64_t usec)
{
	struct extmsg msg = record(sequnum, usec);

	order_remember(&s, &msg, LEN);
	return order_pass(&s, &msg);
}

static void pass_all(uint64_t first, uint64_t last, uint64_t usec)
{
	for (; first <= last; first++)
		pass(first, usec);
}

static void assert_loss(uint32_t msgid, uint32_t spared, uint32_t lost,
			uint32_t first, uint32_t last)
{
	struct order_loss loss = order_loss(&s, msgid, spared, false);

	assert_int_equal(loss.lost, lost);
	assert_false(loss.late);
	if (lost > 0) {
		assert_int_equal(loss.first, first);
		assert_int_equal(loss.last, last);
	}
	order_told(&s, &loss, msgid, false);
	/* Whoever finds no room for the record asks again. */
	assert_int_equal(order_loss(&s, msgid, spared, false).lost, 0);
	order_told(&s, &loss, msgid, false);
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
	assert_int_equal(order_look(&s, &msg, LEN), ORDER_DOUBLE);
	assert_int_equal(order_look(&s, &msg, LEN + 1), ORDER_LATE);
	msg.prio = 7;
	assert_int_equal(order_look(&s, &msg, LEN), ORDER_LATE);
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
		/* One goes back, the other does not. */
		{ 440, 10000000, 441, 0, ORDER_NEXT },
		{ 440, 10000000, 442, 0, ORDER_AHEAD },
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
	order_remember(&s, &msg, LEN);
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
		set_up(state);
		pass_all(1, 3, 1000);
		assert_loss(3, 0, 0, 0, 0);
		pass(forged[n], 0);
		for (i = 4; i < 12; i++) {
			assert_int_equal(look(i, 1000 + i), ORDER_LATE);
			pass(i, 1000 + i);
		}
		assert_int_equal(look(12, 2000), ORDER_NEXT);
		assert_int_equal(look(13, 2000), ORDER_AHEAD);
		assert_int_equal(look(11, 1011), ORDER_DOUBLE);
		assert_loss(20, 0, 0, 0, 0);
		assert_loss(22, 0, 1, 21, 21);
	}
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

static void test_gaps_of_the_msgid_are_loss(void **state)
{
	(void)state;
	assert_loss(16, 0, 0, 0, 0); /* who knows since when it counts */
	assert_loss(20, 0, 3, 17, 19);
	assert_loss(21, 0, 0, 0, 0);
	assert_loss(24, 2, 0, 0, 0);
	assert_loss(28, 1, 2, 25, 27);
	/* The target was made anew. */
	assert_loss(1, 0, 0, 0, 0);
	assert_loss(3, 0, 1, 2, 2);
}

static void test_the_msgid_wraps(void **state)
{
	(void)state;
	assert_loss(UINT32_MAX - 1, 0, 0, 0, 0);
	assert_loss(2, 0, 3, UINT32_MAX, 1);
}

static void test_one_told_as_lost_may_be_late(void **state)
{
	struct order_loss loss;
	struct extmsg msg = record(1, 1);

	(void)state;
	assert_loss(16, 0, 0, 0, 0);
	assert_loss(18, 0, 1, 17, 17);
	loss = order_loss(&s, 17, 0, true);
	assert_true(loss.late);
	assert_int_equal(loss.lost, 0);
	order_told(&s, &loss, 17, true);
	/* Whoever finds no room for it asks again, until it passes. */
	assert_false(order_loss(&s, 17, 0, true).late);
	order_pass(&s, &msg);
	/* None of these was told. */
	assert_false(order_loss(&s, 18, 0, true).late);
	assert_false(order_loss(&s, 15, 0, true).late);
	assert_loss(19, 0, 0, 0, 0);
}

static void test_incomplete_ones_without_msgid_are_not_lost(void **state)
{
	(void)state;
	order_unnumbered(&s);
	assert_loss(16, 0, 0, 0, 0);
	order_unnumbered(&s);
	assert_loss(18, 0, 0, 0, 0);
	order_unnumbered(&s);
	assert_loss(21, 0, 1, 19, 20);
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
		CASE(test_one_that_fills_a_gap_close_by_is_no_boot),
		CASE(test_a_boot_is_known_of_few_records),
		CASE(test_gaps_of_the_msgid_are_loss),
		CASE(test_the_msgid_wraps),
		CASE(test_one_told_as_lost_may_be_late),
		CASE(test_no_two_records_are_taken_for_one),
		CASE(test_incomplete_ones_without_msgid_are_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
