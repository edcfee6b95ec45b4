/*
 * fuzz_engine - the whole loop on a kernel in memory, with faults: the input is
 * a story as chaos.h tells them, and the reckoning at its end must come
 * out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "chaos.h"
#include "world.h"
#include "common.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return world_take_memory() ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static char why[CHAOS_WHY_MAX];

	if (!chaos_play(bytes, len, why)) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	return 0;
}
