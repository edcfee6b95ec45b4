/* Tests of random: bytes that differ each time. */
#include "unit.h"

#include <string.h>

#include "random.h"

static void test_all_bytes_are_filled_and_others_each_time(void **state)
{
	unsigned char a[64] = { 0 }, b[64] = { 0 };

	(void)state;
	assert_true(random_fill(a, 32));
	assert_true(random_fill(b, 32));
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(a + 24, b + 24, 8);
	assert_memory_equal(a + 32, b + 32, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_all_bytes_are_filled_and_others_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
