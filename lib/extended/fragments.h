/*
 * fragments - extended messages put together from their fragments, and whole ones
 * that wait for others.
 *
 * L1.  Fragments may come in any order, twice, overlapping, or never.  Where
 * two overlap, what came first stays.  A message is held from its first
 * fragment on; whoever writes it then drops it.  Memory is bounded, for all and
 * for each source; when it is used up, another message makes room.
 *
 * The key of a message is its source, and prio, sequnum, time and total of the
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

#define FRAGMENTS_NONE	     POOL_NONE
#define FRAGMENTS_MESSAGES   4096 /* at once, of all sources */
#define FRAGMENTS_BLOCKS     8192 /* a KiB each */
#define FRAGMENTS_PER_SOURCE 64 /* messages of one source */
#define FRAGMENTS_PIECES     512 /* of a message; the largest real one has 75 */

/* Room for a hole's text, as fragments_read() writes it, in place of each hole. */
#define FRAGMENTS_HOLE_MAX 32
#define FRAGMENTS_WHOLE_MAX \
	(EXTMSG_TOTAL_MAX + (FRAGMENTS_PIECES + 1) * FRAGMENTS_HOLE_MAX)

struct fragments_message {
	struct extmsg header; /* of the fragment that came first; no chunk */
	struct timespec arrival; /* of that, wall clock */
	uint64_t
		since_ms; /* and monotonic clock; of the last one if it waits */
	unsigned char caller[EXTMSG_CALLER_MAX];
	unsigned char release[EXTMSG_RELEASE_MAX];
	uint32_t source; /* number */
	uint32_t next; /* of the same source, newer ones first */
	uint32_t pieces; /* block of the first one; sorted, none overlap */
	uint32_t piece_count;
	uint32_t covered; /* bytes */
	uint32_t done; /* for whoever writes it; 0 at first */
	bool waits; /* it is whole, and others are to come before it */
	bool spared; /* for whoever counts what is missing; false at first */
};

/* What is known of each source. */
struct fragments_source {
	uint32_t messages; /* the newest, FRAGMENTS_NONE if there is none */
	uint32_t count;
	uint32_t waiting; /* of them */
};

struct fragments {
	struct fragments_source *sources;
	struct fragments_message *messages;
	struct ilist ages; /* messages that are not whole, oldest first */
	struct ilist waits; /* those that wait, the first that did so first */
	uint32_t waiting; /* how many */
	struct pool numbers; /* of messages */
	struct pool blocks;
};

enum fragments_state {
	FRAGMENTS_HELD, /* more is to come */
	FRAGMENTS_WHOLE,
	FRAGMENTS_FULL /* @number makes room when it is written and dropped */
};

/* The bytes of memory that are needed for @sources sources. */
size_t fragments_bytes(uint32_t sources);

/* @memory is zeroed, and aligned for any type; not owned. */
void fragments_init(struct fragments *r, uint32_t sources, void *memory);

/*
 * Takes in a fragment that came from @source at @arrival (wall) and @now_ms
 * (monotonic).  *@number is the message of it, or the one that makes room.
 * To take in the same one again is no harm.  A message that is no fragment is
 * taken as one that is all of it.
 */
enum fragments_state fragments_put(struct fragments *r, uint32_t source,
				   const struct extmsg *fragment,
				   const struct timespec *arrival,
				   uint64_t now_ms, uint32_t *number);

/*
 * Copies the body of a message to @out, of FRAGMENTS_WHOLE_MAX bytes, with
 * "<N bytes missing>" for each hole.  Returns its length.
 */
size_t fragments_read(const struct fragments *r, uint32_t number,
		      unsigned char *out);

/* Has a message that is whole wait for others, from @now_ms on. */
void fragments_wait(struct fragments *r, uint32_t number, uint64_t now_ms);

/* Forgets a message. */
void fragments_drop(struct fragments *r, uint32_t number);

/* Which message; FRAGMENTS_NONE if there is none. */
uint32_t fragments_oldest(const struct fragments *r); /* of those not whole */
/* Of those of @source, from @usec on by the sender's clock. */
uint32_t fragments_oldest_of(const struct fragments *r, uint32_t source,
			     uint64_t usec);
uint32_t fragments_first_waiting(const struct fragments *r);
/* Of those of @source that wait, the one with the lowest sequnum. */
uint32_t fragments_lowest_waiting(const struct fragments *r, uint32_t source);

/*
 * How many messages of @source from sequnum @from on and below @to are not
 * whole, and were not spared yet; now they are, if @spare.
 */
uint32_t fragments_spared(struct fragments *r, uint32_t source, uint64_t from,
			  uint64_t to, bool spare);

/* Another source takes the place of @source, all of whose messages are gone. */
void fragments_forget_source(struct fragments *r, uint32_t source);

#endif
