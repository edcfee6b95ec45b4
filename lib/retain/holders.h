/*
 * holders - how much of the disk each sender holds.
 *
 * L1.  A holder is the hash that filename_match() gives.  Where there are more
 * than the table has room for, the others are one holder, the last.
 */
#ifndef UDPLOGGER_HOLDERS_H
#define UDPLOGGER_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filename.h"

#define HOLDERS_MAX 65536 /* senders in a period, settings/rules.c */

struct holder {
	uint64_t hash;
	uint64_t bytes; /* of all its files */
	uint64_t removable; /* of those that may go */
};

struct holders {
	struct holder *all;
	uint32_t *slots; /* numbers plus 1, by hash; 0: free */
	uint32_t count;
	uint32_t most;
	unsigned shift; /* of a mixed hash, for a slot */
	uint64_t key; /* odd; senders must not know it */
};

/* How many there may be with that pattern. */
static inline uint32_t holders_most(const struct filename *pattern)
{
	return pattern->by_sender ? HOLDERS_MAX : 1;
}

/* The memory for @most holders, a power of two. */
size_t holders_bytes(uint32_t most);
void holders_init(struct holders *holders, uint32_t most, uint64_t key,
		  char *memory);

void holders_clear(struct holders *holders);

/* The number of the holder with @hash, which is made if need be. */
uint32_t holders_find(struct holders *holders, uint64_t hash);

/* The bytes of whoever holds most, of those who have something to remove. */
uint64_t holders_largest(const struct holders *holders);

/* Takes @bytes from what @holder has to remove. */
void holders_give_up(struct holder *holder, uint64_t bytes);

/* Takes @bytes, which were removed, from what @holder has. */
void holders_lose(struct holder *holder, uint64_t bytes);

#endif
