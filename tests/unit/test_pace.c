/* When datagrams come fast, and how long may be paused then. */
#include "unit.h"

#include <limits.h>

#include "pace.h"

static void test_one_by_one_is_not_fast(void **state)
{
	struct pace pace = { 0 };
	uint64_t now_ms;

	(void)state;
	for (now_ms = 5; now_ms < 1000; now_ms++) {
		assert_false(pace_note(&pace, 1, now_ms));
		assert_false(pace_note(&pace, 0, now_ms));
		assert_false(pace_note(&pace, PACE_FAST - 2, now_ms));
	}
}

/* At 10,000 a second ten wake-ups have one each. */
static void test_many_in_a_millisecond_are_fast(void **state)
{
	struct pace pace = { 0 };
	unsigned i;

	(void)state;
	for (i = 1; i < PACE_FAST; i++)
		assert_false(pace_note(&pace, 1, 7));
	assert_true(pace_note(&pace, 1, 7));
	assert_true(pace_note(&pace, 0, 7));
	assert_false(pace_note(&pace, 0, 8));
	assert_true(pace_note(&pace, PACE_FAST, 9));
	assert_true(pace_note(&pace, UINT_MAX - PACE_FAST, 9));
	assert_true(pace_note(&pace, PACE_FAST, 10));
}

/* The pause after @taken datagrams, with a buffer of @granted_bytes. */
static unsigned pause_after(unsigned taken, long granted_bytes)
{
	struct pace pace = { 0 };

	pace_init(&pace, granted_bytes);
	pace_note(&pace, taken, 7);
	return pace_pause_us(&pace);
}

static void test_a_small_buffer_gets_a_short_pause(void **state)
{
	const unsigned few = PACE_FAST;

	(void)state;
	assert_int_equal(pause_after(few, LONG_MAX), PACE_PAUSE_US);
	assert_int_equal(pause_after(few, 8388608), PACE_PAUSE_US);
	assert_int_equal(pause_after(few, 212992), 208);
	assert_int_equal(pause_after(few, PACE_LEAST_US * 1024), PACE_LEAST_US);
	assert_int_equal(pause_after(few, PACE_LEAST_US * 1024 - 1), 0);
	assert_int_equal(pause_after(few, 0), 0);
	assert_int_equal(pause_after(few, -1), 0);
}

static void test_the_faster_the_longer(void **state)
{
	const unsigned most = PACE_LONG_US - PACE_PAUSE_US;

	(void)state;
	assert_int_equal(pause_after(PACE_FASTER - 1, LONG_MAX), PACE_PAUSE_US);
	assert_int_equal(pause_after(PACE_FASTER, LONG_MAX),
			 PACE_LONG_US - PACE_FASTER);
	assert_int_equal(pause_after(most - 1, LONG_MAX), PACE_PAUSE_US + 1);
	assert_int_equal(pause_after(most, LONG_MAX), PACE_PAUSE_US);
	assert_int_equal(pause_after(UINT_MAX, LONG_MAX), PACE_PAUSE_US);
}

/* Nothing is lost: what comes in a pause has room. */
static void test_no_buffer_is_left_for_longer_than_it_lasts(void **state)
{
	long kib;
	unsigned taken;

	(void)state;
	for (kib = 0; kib < 3000; kib += 7)
		for (taken = 0; taken < 3000; taken += 11)
			assert_true(pause_after(taken, kib * 1024) <=
				    (unsigned long)kib);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_by_one_is_not_fast),
		cmocka_unit_test(test_many_in_a_millisecond_are_fast),
		cmocka_unit_test(test_a_small_buffer_gets_a_short_pause),
		cmocka_unit_test(test_the_faster_the_longer),
		cmocka_unit_test(
			test_no_buffer_is_left_for_longer_than_it_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
