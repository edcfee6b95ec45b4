/* Tests of backoff: when to try again what failed. */
#include "unit.h"

#include "backoff.h"

static void test_delays_double_up_to_once_a_second(void **state)
{
	static const uint64_t delays[] = { 10,	20,   40,   80,	  160, 320,
					   640, 1000, 1000, 1000, 1000 };
	struct backoff backoff = { 0 };
	uint64_t now_ms = 123456789;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		uint64_t next = backoff_next(&backoff, now_ms);

		assert_int_equal(next - now_ms, delays[i]);
		now_ms = next;
	}
}

static void test_delays_never_exceed_the_most_however_often_it_fails(void **s)
{
	struct backoff backoff = { 0 };
	size_t i;

	(void)s;
	for (i = 0; i < 100000; i++) {
		uint64_t next = backoff_next(&backoff, 0);

		assert_between(next, BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
	}
	assert_int_equal(backoff_next(&backoff, 0), BACKOFF_MAX_MS);
}

static void test_success_after_any_number_of_failures_starts_anew(void **state)
{
	size_t failures, i;

	(void)state;
	for (failures = 0; failures < 20; failures++) {
		struct backoff backoff = { 0 };

		for (i = 0; i < failures; i++)
			backoff_next(&backoff, 0);
		backoff_reset(&backoff);
		assert_int_equal(backoff_next(&backoff, 5), 15);
	}
}

static void test_a_late_now_gives_a_late_deadline(void **state)
{
	struct backoff backoff = { 0 };
	uint64_t now_ms = UINT64_C(1) << 62;

	(void)state;
	assert_int_equal(backoff_next(&backoff, now_ms), now_ms + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delays_double_up_to_once_a_second),
		cmocka_unit_test(
			test_delays_never_exceed_the_most_however_often_it_fails),
		cmocka_unit_test(
			test_success_after_any_number_of_failures_starts_anew),
		cmocka_unit_test(test_a_late_now_gives_a_late_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
