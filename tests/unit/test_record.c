/* How many lines the bytes of a sender should become. */
#include "unit.h"

#include "record.h"

static void test_more_bytes_may_be_more_lines(void **state)
{
	size_t bytes;

	(void)state;
	assert_int_equal(record_lines_most(0), 16);
	for (bytes = 1; bytes < 70000; bytes++)
		assert_between(record_lines_most(bytes),
			       record_lines_most(bytes - 1),
			       record_lines_most(bytes - 1) + 1);
}

/* A stamp and a source are 35 bytes or more. */
static void test_what_is_logged_is_a_few_times_what_came(void **state)
{
	size_t bytes;

	(void)state;
	for (bytes = 1000; bytes < 70000; bytes += 1000)
		assert_true(record_lines_most(bytes) * 35 <= 3 * bytes);
}

/* The most that tests/data has. */
static void test_records_of_kernels_stay_below(void **state)
{
	(void)state;
	assert_true(record_lines_most(959) > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_more_bytes_may_be_more_lines),
		cmocka_unit_test(test_what_is_logged_is_a_few_times_what_came),
		cmocka_unit_test(test_records_of_kernels_stay_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
