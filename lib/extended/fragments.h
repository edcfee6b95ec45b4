/*
 * fragments - extended messages put together.
 *
 * L1.  Fragments may come in any order, twice, overlapping, or never.  Where
 * two overlap, what came first stays.  A message is held from its first
 * fragment on, until it is dropped.  Memory is bounded, for all and for each
 * source.  Nothing here takes more time the more is held.
 *
 * The key of a message is its source, and sequnum, time, prio and total of the
 * header (drivers/net/netconsole.c repeats the header in each fragment).
 */
#ifndef UDPLOGGER_FRAGMENTS_H
#define UDPLOGGER_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "extmsg.h"
#include "ilist.h"
#include "pool.h"
#include "shelf.h"

#define FRAGMENTS_NONE	      POOL_NONE
#define FRAGMENTS_MESSAGES    4096 /* held at once, of all sources */
#define FRAGMENTS_PER_SOURCE  SHELF_MAX /* held of one source */
#define FRAGMENTS_BLOCKS      8192 /* for the bytes of all */
#define FRAGMENTS_BLOCK_BYTES 1024
#define FRAGMENTS_SPANS	      96 /* of a message; real ones have 75 fragments */

/* Room for what fragments_read() writes in place of each hole. */
#define FRAGMENTS_HOLE_MAX 32
#define FRAGMENTS_WHOLE_MAX \
	(EXTMSG_TOTAL_MAX + (FRAGMENTS_SPANS + 1) * FRAGMENTS_HOLE_MAX)

/* Bytes of a message that are there. */
struct fragments_span {
	uint32_t from;
	uint32_t to; /* behind the last */
};

struct fragments_message {
	struct extmsg header; /* of the fragment that came first; no chunk */
	struct timespec arrival; /* of that one, wall clock */
	uint64_t since_ms; /* of that one, monotonic */
	uint32_t source; /* number */
	uint32_t covered; /* bytes that are there */
	uint32_t done; /* bytes that are written; fragments_note_done() */
	uint32_t span_count;
	bool waits; /* it is whole, and in room waiting */
	struct timespec ready; /* then: arrival of its last fragment, and */
	uint64_t ready_ms; /* when that was, monotonic */
	unsigned char caller[EXTMSG_CALLER_MAX];
	unsigned char release[EXTMSG_RELEASE_MAX];
	uint16_t blocks[EXTMSG_TOTAL_MAX / FRAGMENTS_BLOCK_BYTES]; /* plus 1 */
	struct fragments_span spans[FRAGMENTS_SPANS]; /* sorted, apart */
};

struct fragments {
	struct shelves shelves; /* messages by source and sequnum */
	struct ilist ages; /* messages that don't wait, oldest first */
	struct pool messages; /* struct fragments_message */
	struct pool blocks;
};

enum fragments_state {
	FRAGMENTS_HELD, /* more is to come */
	FRAGMENTS_WHOLE,
	/* Not taken in; try again after some message was dropped: */
	FRAGMENTS_FULL, /* any */
	FRAGMENTS_FULL_SOURCE, /* one of that source */
	FRAGMENTS_FULL_SPANS /* this one */
};

/* The bytes of memory that are needed for @sources sources. */
size_t fragments_bytes(uint32_t sources);

/* @memory is zeroed, and aligned for any type; not owned. */
void fragments_init(struct fragments *f, uint32_t sources, void *memory);

/*
 * Takes in a fragment that came from @source at @arrival (wall) and @now_ms
 * (monotonic).  *@number is its message, if there is one.  To take in the same
 * one again is no harm.  A message that is no fragment is taken as one that is
 * all of it.
 */
enum fragments_state fragments_put(struct fragments *f, uint32_t source,
				   const struct extmsg *fragment,
				   const struct timespec *arrival,
				   uint64_t now_ms, uint32_t *number);

static inline struct fragments_message *fragments_at(const struct fragments *f,
						     uint32_t number)
{
	return pool_at(&f->messages, number);
}

/*
 * Copies the body of a message to @out, of FRAGMENTS_WHOLE_MAX bytes, with
 * "<N bytes missing>" for each hole.  Returns its length.
 */
size_t fragments_read(const struct fragments *f, uint32_t number,
		      unsigned char *out);

/* Its first @done bytes are written.  From then on it takes in nothing more. */
void fragments_note_done(struct fragments *f, uint32_t number, uint32_t done);

/* Forgets a message, which does not wait. */
void fragments_drop(struct fragments *f, uint32_t number);

/* How many messages are held. */
uint32_t fragments_held(const struct fragments *f);

/* The oldest message that doesn't wait, or FRAGMENTS_NONE. */
uint32_t fragments_oldest(const struct fragments *f);

/*
 * The lowest message of @source whose time is @usec or later, or that came a
 * second or more before @arrival; FRAGMENTS_NONE.
 */
uint32_t fragments_of_before(const struct fragments *f, uint32_t source,
			     uint64_t usec, const struct timespec *arrival);

/* Has it wait, or not any more; for room waiting. */
void fragments_set_waits(struct fragments *f, uint32_t number, bool waits);

#endif
