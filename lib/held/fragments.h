/*
 * fragments - extended messages put together from their fragments.
 *
 * L1.  Fragments may come in any order, twice, overlapping, or never.  Where
 * two overlap, the bytes that came first stay.  A message is held from its
 * first fragment on, until it is dropped.  Memory is bounded, for all messages
 * and for each source.  No call takes longer the more is held.
 *
 * The key of a message is its source, and sequnum, time, prio, replay and total
 * of the header, which each fragment repeats (drivers/net/netconsole.c).
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
#define FRAGMENTS_MESSAGES    4096 /* held at once, of all sources, at most */
#define FRAGMENTS_PER_SOURCE  SHELF_MAX /* held of one source */
#define FRAGMENTS_BLOCKS      8192 /* for the bytes of all messages, at most */
#define FRAGMENTS_BLOCKS_MIN  128 /* at least: the largest message has 72 */
#define FRAGMENTS_BLOCK_BYTES 1024
#define FRAGMENTS_SPANS	      96 /* of a message; real ones have 75 fragments */

/* Room for what fragments_read() writes in place of each hole. */
#define FRAGMENTS_HOLE_MAX 32
#define FRAGMENTS_WHOLE_MAX \
	(EXTMSG_TOTAL_MAX + (FRAGMENTS_SPANS + 1) * FRAGMENTS_HOLE_MAX)

/* A range of bytes of a message that came. */
struct fragments_span {
	uint32_t from;
	uint32_t to; /* behind the last */
};

struct fragments_message {
	struct extmsg header; /* of the first fragment; without chunk */
	struct timespec arrival; /* of the first fragment, wall clock */
	uint64_t since_ms; /* of the first fragment, monotonic */
	uint32_t source; /* number */
	uint32_t covered; /* bytes of the body that came */
	uint32_t done; /* bytes of the body already in the queue */
	uint32_t span_count;
	bool waits; /* whole, and held by room waiting */
	struct timespec ready; /* arrival of the last fragment, if it waits */
	uint64_t ready_ms; /* when the wait began, monotonic */
	unsigned char caller[EXTMSG_CALLER_MAX];
	unsigned char release[EXTMSG_RELEASE_MAX];
	uint16_t blocks[EXTMSG_TOTAL_MAX / FRAGMENTS_BLOCK_BYTES]; /* plus 1 */
	struct fragments_span spans[FRAGMENTS_SPANS]; /* sorted, apart */
};

struct fragments {
	struct shelves shelves; /* messages by source and sequnum */
	struct ilist ages; /* messages not in room waiting, oldest first */
	struct pool messages; /* struct fragments_message */
	struct pool blocks;
};

enum fragments_state {
	FRAGMENTS_HELD, /* more is to come */
	FRAGMENTS_WHOLE,
	/* Not taken in; try again after a message was dropped: */
	FRAGMENTS_FULL, /* any */
	FRAGMENTS_FULL_SOURCE, /* one of the same source */
	FRAGMENTS_FULL_SPANS /* @number itself */
};

/*
 * How many messages are held at most, of all sources, where unfinished lines
 * have @held_bytes: their blocks have an eighth of that, within bounds, and a
 * message has at least two.
 */
uint32_t fragments_most(size_t held_bytes);

/* The bytes of memory that are needed for @sources sources. */
size_t fragments_bytes(uint32_t sources, size_t held_bytes);

/* @memory is zeroed, and aligned for any type; not owned. */
void fragments_init(struct fragments *f, uint32_t sources, size_t held_bytes,
		    void *memory);

/*
 * Takes in a fragment that came from @source at @arrival (wall) and @now_ms
 * (monotonic).  *@number is its message, if it has one.  A fragment may be put
 * again.  A datagram that is no fragment is put as a fragment that is the
 * whole.
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

/*
 * Notes that the first @done bytes of the body are in the queue.  The message
 * takes in no fragment any more.
 */
void fragments_note_done(struct fragments *f, uint32_t number, uint32_t done);

/* Forgets a message, which is not in room waiting. */
void fragments_drop(struct fragments *f, uint32_t number);

/* How many messages are held. */
uint32_t fragments_held(const struct fragments *f);

/* The oldest message that doesn't wait, or FRAGMENTS_NONE. */
uint32_t fragments_oldest(const struct fragments *f);

/*
 * The lowest message of @source whose time is @usec or later, or that came a
 * second or more before @arrival; FRAGMENTS_NONE: no such message.
 */
uint32_t fragments_of_before(const struct fragments *f, uint32_t source,
			     uint64_t usec, const struct timespec *arrival);

/* Marks a message as waiting, or not; for room waiting alone. */
void fragments_set_waits(struct fragments *f, uint32_t number, bool waits);

#endif
