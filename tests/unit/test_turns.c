/* Tests of turns: who makes way. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "rig.h"
#include "turns.h"

static void new_turns(struct turns *turns, uint32_t members)
{
	turns_init(turns, members, rig_memory(turns_bytes(members)));
}

static void test_whoever_was_heard_is_passed_over_once(void **state)
{
	struct turns turns;

	(void)state;
	new_turns(&turns, 3);
	turns_hear(&turns, 0);
	assert_int_equal(turns_who(&turns), 1);
	assert_int_equal(turns_who(&turns), 1);
	turns_hear(&turns, 1);
	assert_int_equal(turns_who(&turns), 2);
	assert_int_equal(turns_replace(&turns), 2);
	assert_int_equal(turns_replace(&turns), 0);
	assert_int_equal(turns_replace(&turns), 1);
	assert_int_equal(turns_replace(&turns), 2);
	free(turns.heard);
}

static void test_if_all_were_heard_the_first_makes_way(void **state)
{
	static const uint32_t counts[] = { 1, 2, 63, 64, 65, 127, 128, 129 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct turns turns;
		uint32_t round, k;

		new_turns(&turns, counts[i]);
		for (round = 0; round < 3 * counts[i]; round++) {
			for (k = 0; k < counts[i]; k++)
				turns_hear(&turns, k);
			assert_int_equal(turns_replace(&turns),
					 round % counts[i]);
		}
		free(turns.heard);
	}
}

/* Against flags that are looked at one by one. */
static void test_any_sequence_goes_as_with_flags(void **state)
{
	uint64_t random = 4;
	uint32_t members, round;

	(void)state;
	for (members = 1; members < 200; members++) {
		bool heard[200] = { false };
		struct turns turns;
		uint32_t at = 0;

		new_turns(&turns, members);
		for (round = 0; round < 2000; round++) {
			uint32_t who = (uint32_t)rig_random(&random, members);

			turns_hear(&turns, who);
			heard[who] = true;
			if (rig_random(&random, 4) > 0)
				continue;
			while (heard[at]) {
				heard[at] = false;
				at = (at + 1) % members;
			}
			assert_int_equal(turns_replace(&turns), at);
			at = (at + 1) % members;
		}
		free(turns.heard);
	}
}

/* The sender that is heard now and then, among floods of others. */
static void test_who_is_heard_in_each_round_stays(void **state)
{
	struct turns turns;
	uint32_t i;

	(void)state;
	new_turns(&turns, 1000);
	for (i = 0; i < 100000; i++) {
		if (i % 900 == 0)
			turns_hear(&turns, 321);
		assert_int_not_equal(turns_replace(&turns), 321);
	}
	free(turns.heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whoever_was_heard_is_passed_over_once),
		cmocka_unit_test(test_if_all_were_heard_the_first_makes_way),
		cmocka_unit_test(test_any_sequence_goes_as_with_flags),
		cmocka_unit_test(test_who_is_heard_in_each_round_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
