/*
 * candidates - files that a walk has found and that may go: the oldest of them,
 * up to a fixed number.
 *
 * L1.  A heap whose root is the youngest, which makes room for an older one
 * when there are CANDIDATES_MAX.  They are taken out in any order, and after
 * that none is put in before candidates_clear().
 */
#ifndef UDPLOGGER_CANDIDATES_H
#define UDPLOGGER_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filename.h"
#include "holders.h"
#include "incidentsfile.h"

#define CANDIDATES_MAX	       4096
#define CANDIDATES_FAILED_BITS 65536
#define CANDIDATES_NONE	       UINT32_MAX

struct candidate {
	uint64_t device;
	uint64_t inode;
	uint64_t bytes; /* that its removal gives back */
	uint32_t period; /* walk.h; what is smaller is older */
	uint32_t holder; /* holders.h */
	char *name; /* below DIR; owned by struct candidates */
};

struct candidates {
	struct candidate *files;
	uint32_t count;
	bool overflowed; /* some found no room, or made room */
	size_t name_max; /* bytes of a name, its NUL included */
	char *names;
	uint64_t passes; /* begun */
	uint64_t failed[CANDIDATES_FAILED_BITS / 64]; /* by hash of the inode */
};

/*
 * The longest name with that pattern, or of a file of incidents, with a number
 * beside and a suffix.
 */
static inline size_t candidates_name_max(const struct filename *pattern)
{
	size_t longest = pattern->max > incidentsfile_pattern.max
				 ? pattern->max
				 : incidentsfile_pattern.max;

	return longest + sizeof(".zst") - 1;
}

/* The memory for names of up to @name_max bytes, their NUL included. */
size_t candidates_bytes(size_t name_max);
void candidates_init(struct candidates *c, size_t name_max, char *memory);

/* Begins anew: also those may be put in that have failed. */
void candidates_begin_pass(struct candidates *c);

void candidates_clear(struct candidates *c);

/*
 * Puts a copy of @file in, whose name is @name, if it is among the oldest and
 * has not failed in this pass.  A few are taken for one that has failed; their
 * turn is in the next pass.
 */
void candidates_put(struct candidates *c, const struct candidate *file,
		    const char *name);

/* The oldest, or the oldest of whoever holds most; CANDIDATES_NONE. */
uint32_t candidates_oldest(const struct candidates *c);
uint32_t candidates_of_largest(const struct candidates *c,
			       const struct holders *holders);

/* Takes out file @i; the last one has its number from now on. */
void candidates_take(struct candidates *c, uint32_t i);

/* The same; it can't be removed in this pass. */
void candidates_fail(struct candidates *c, uint32_t i);

#endif
