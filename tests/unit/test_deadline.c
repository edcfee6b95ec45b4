/* Which of two deadlines is the next one. */
#include "unit.h"

#include "deadline.h"

static void test_the_earlier_one_is_next(void **state)
{
	(void)state;
	assert_int_equal(deadline_earlier(1, 2), 1);
	assert_int_equal(deadline_earlier(2, 1), 1);
	assert_int_equal(deadline_earlier(7, 7), 7);
	assert_int_equal(deadline_earlier(0, 1), 0);
}

static void test_any_time_is_before_never(void **state)
{
	(void)state;
	assert_true(deadline_earlier(DEADLINE_NEVER, 5) == 5);
	assert_true(deadline_earlier(UINT64_MAX - 1, DEADLINE_NEVER) ==
		    UINT64_MAX - 1);
	assert_true(deadline_earlier(DEADLINE_NEVER, DEADLINE_NEVER) ==
		    DEADLINE_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_earlier_one_is_next),
		cmocka_unit_test(test_any_time_is_before_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
