/*
 * reasm - extended messages put together from their fragments.
 *
 * L1.  Fragments may come in any order, twice, overlapping, or never.  Where
 * two overlap, what came first stays.  A message is held from its first
 * fragment until it is whole or its time is up; whoever holds it writes it and
 * then drops it.  Memory is bounded, for all and for each source; when it is
 * used up, the oldest message makes room, written as it stands.
 *
 * The key of a message is its source, and prio, sequnum, time and total of the
 * header (drivers/net/netconsole.c repeats the header in each fragment).
 */
#ifndef UDPLOGGER_REASM_H
#define UDPLOGGER_REASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "extmsg.h"
#include "ilist.h"
#include "pool.h"

#define REASM_NONE	 POOL_NONE
#define REASM_MESSAGES	 4096 /* at once, of all sources */
#define REASM_BLOCKS	 8192 /* a KiB each */
#define REASM_PER_SOURCE 8 /* messages of one source; real ones have 1 or 2 */
#define REASM_PIECES	 512 /* of a message; the largest real one has 75 */
#define REASM_CALLER	 16 /* bytes of caller= that are kept */

/* Room for a hole's text, as reasm_read() writes it, in place of each hole. */
#define REASM_HOLE_MAX	32
#define REASM_WHOLE_MAX (EXTMSG_TOTAL_MAX + (REASM_PIECES + 1) * REASM_HOLE_MAX)

struct reasm_message {
	struct extmsg header; /* of the fragment that came first; no chunk */
	struct timespec arrival; /* of that, wall clock */
	uint64_t since_ms; /* and monotonic clock */
	unsigned char caller[REASM_CALLER];
	uint32_t source; /* number */
	uint32_t next; /* of the same source, newer ones first */
	uint32_t pieces; /* block of the first one; sorted, none overlap */
	uint32_t piece_count;
	uint32_t covered; /* bytes */
	uint32_t done; /* for whoever writes it; 0 at first */
};

/* What is known of each source. */
struct reasm_source {
	uint32_t messages; /* the newest, REASM_NONE if there is none */
	uint32_t count;
	bool ended; /* there was one that was whole; the last of them is */
	uint64_t sequnum; /* remembered, so that late doubles are known */
	uint64_t usec;
};

struct reasm {
	struct reasm_source *sources;
	struct reasm_message *messages;
	struct ilist ages; /* messages in use, oldest first */
	struct pool numbers; /* of messages */
	struct pool blocks;
};

enum reasm_state {
	REASM_HELD, /* more is to come */
	REASM_WHOLE,
	REASM_LATE, /* a double, of one that was whole: nothing to do */
	REASM_FULL /* @number makes room when it is written and dropped */
};

/* The bytes of memory that are needed for @sources sources. */
size_t reasm_bytes(uint32_t sources);

/* @memory is zeroed, and aligned for any type; not owned. */
void reasm_init(struct reasm *r, uint32_t sources, void *memory);

/*
 * Takes in a fragment that came from @source at @arrival (wall) and @now_ms
 * (monotonic).  *@number is the message of it, or the one that makes room.
 * To take in the same one again is no harm.
 */
enum reasm_state reasm_put(struct reasm *r, uint32_t source,
			   const struct extmsg *fragment,
			   const struct timespec *arrival, uint64_t now_ms,
			   uint32_t *number);

/*
 * Copies the body of a message to @out, of REASM_WHOLE_MAX bytes, with
 * "<N bytes missing>" for each hole.  Returns its length.
 */
size_t reasm_read(const struct reasm *r, uint32_t number, unsigned char *out);

/* Forgets a message. */
void reasm_drop(struct reasm *r, uint32_t number);

/* The oldest message of @source, or of all; REASM_NONE if there is none. */
uint32_t reasm_oldest_of(const struct reasm *r, uint32_t source);
uint32_t reasm_oldest(const struct reasm *r);

/* Another source takes the place of @source, all of whose messages are gone. */
void reasm_forget_source(struct reasm *r, uint32_t source);

#endif
