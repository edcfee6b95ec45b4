/* Stories drawn by lot, in which anything may happen; see chaos.h. */
#include "unit.h"

#include <stdlib.h>

#include "chaos.h"
#include "rig.h"
#include "world.h"

#define ROUNDS	  3000
#define BYTES_MAX 400

static unsigned rounds(void)
{
	const char *given = getenv("UDPLOGGER_ROUNDS");

	return given ? (unsigned)atoi(given) : ROUNDS;
}

static void test_whatever_happens_nothing_is_lost(void **state)
{
	static uint8_t bytes[BYTES_MAX];
	static char why[CHAOS_WHY_MAX];
	unsigned round, i;

	(void)state;
	for (round = 0; round < rounds(); round++) {
		uint64_t random = round;
		size_t len = rig_random(&random, BYTES_MAX);

		for (i = 0; i < len; i++)
			bytes[i] = (uint8_t)rig_random(&random, 256);
		if (!chaos_play(bytes, len, why))
			fail_msg("story %u: %s", round, why);
	}
}

static int take_memory(void **state)
{
	(void)state;
	return !world_take_memory();
}

static int give_memory(void **state)
{
	(void)state;
	world_give_memory();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whatever_happens_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
