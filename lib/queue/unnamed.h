/*
 * unnamed - how many files senders without a name have in a period.
 *
 * L1.  Whoever forges addresses can make so many files, and no more.  The
 * latest two periods are remembered, each file by a hash of its name.
 */
#ifndef UDPLOGGER_UNNAMED_H
#define UDPLOGGER_UNNAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unnamed_period {
	uint32_t period; /* STAMP_PERIOD() */
	uint32_t count;
	uint64_t *hashes; /* 0: free */
};

struct unnamed {
	uint32_t most; /* files in a period */
	uint32_t hash_mask; /* of @hashes */
	struct unnamed_period periods[2];
};

/* The memory for @most files in a period; none for 0. */
size_t unnamed_bytes(uint32_t most);

/* @memory: unnamed_bytes(), zeroed, aligned to 64 bytes, not owned. */
void unnamed_init(struct unnamed *u, uint32_t most, void *memory);

/*
 * Whether the file of that @hash, which is not 0, may be had; it is one of the
 * period's from then on.  Never called with @most 0.
 */
bool unnamed_may_have(struct unnamed *u, uint32_t period, uint64_t hash);

#endif
