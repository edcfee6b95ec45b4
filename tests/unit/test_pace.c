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

static void test_a_small_buffer_gets_a_short_pause(void **state)
{
	(void)state;
	assert_int_equal(pace_pause_us(LONG_MAX), PACE_PAUSE_US);
	assert_int_equal(pace_pause_us(8388608), PACE_PAUSE_US);
	assert_int_equal(pace_pause_us(212992), 208);
	assert_int_equal(pace_pause_us(PACE_LEAST_US * 1024), PACE_LEAST_US);
	assert_int_equal(pace_pause_us(PACE_LEAST_US * 1024 - 1), 0);
	assert_int_equal(pace_pause_us(0), 0);
	assert_int_equal(pace_pause_us(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_by_one_is_not_fast),
		cmocka_unit_test(test_many_in_a_millisecond_are_fast),
		cmocka_unit_test(test_a_small_buffer_gets_a_short_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
