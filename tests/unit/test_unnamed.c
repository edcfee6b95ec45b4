/* How many files senders without a name have in a period. */
#include "unit.h"

#include <stdlib.h>

#include "rig.h"
#include "unnamed.h"

static struct unnamed u;

static void begin(uint32_t most)
{
	unnamed_init(&u, most, rig_memory(unnamed_bytes(most)));
}

static void end(void)
{
	free(u.periods[0].hashes);
}

static void test_so_many_may_be_had_and_no_more(void **state)
{
	static const uint32_t mosts[] = { 1, 2, 7, 8, 9, 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mosts) / sizeof(mosts[0]); i++) {
		uint64_t hash;

		begin(mosts[i]);
		/* All fall into one place at first. */
		for (hash = 1; hash <= mosts[i]; hash++)
			assert_true(unnamed_may_have(&u, 5, hash));
		assert_false(unnamed_may_have(&u, 5, hash));
		assert_false(unnamed_may_have(&u, 5, UINT64_MAX));
		for (hash = 1; hash <= mosts[i]; hash++)
			assert_true(unnamed_may_have(&u, 5, hash));
		end();
	}
}

static void test_two_periods_are_remembered(void **state)
{
	(void)state;
	begin(1);
	assert_true(unnamed_may_have(&u, 5, 1));
	assert_true(unnamed_may_have(&u, 6, 2));
	assert_false(unnamed_may_have(&u, 5, 2));
	assert_false(unnamed_may_have(&u, 6, 1));
	assert_true(unnamed_may_have(&u, 7, 3));
	assert_false(unnamed_may_have(&u, 6, 1));
	end();
}

static void test_none_needs_no_memory(void **state)
{
	(void)state;
	assert_int_equal(unnamed_bytes(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_so_many_may_be_had_and_no_more),
		cmocka_unit_test(test_two_periods_are_remembered),
		cmocka_unit_test(test_none_needs_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
