/*
 * extended - records of extended netconsole, put in order, as lines.
 *
 * L1.  Records in fragments are put together; what stays incomplete is written
 * when its time is up, with "<N bytes missing>" where they are.
 *
 * A record before which others are missing waits for them, up to the reorder
 * time, or until its sender has FRAGMENTS_PER_SOURCE that wait.  Doubles are
 * dropped.  What the numbers say of loss, and of a boot, is told in its place.
 *
 * Whatever writes may find no room.  It then returns false, has lost nothing,
 * and is called again with the same arguments.
 */
#ifndef UDPLOGGER_EXTENDED_H
#define UDPLOGGER_EXTENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "extmsg.h"
#include "extwrite.h"
#include "fragments.h"
#include "order.h"
#include "source.h"

struct datagram;
struct settings;

/* What is known of each source; but for @seen, in one cache line. */
struct extended_source {
	uint64_t doubtful; /* sequnum + 1 of what may be text; extended_is() */
	struct order sequence;
};

struct extended {
	const struct settings *settings; /* not owned */
	struct extwrite write;
	uint64_t doubles; /* datagrams that were dropped as such */
	struct fragments reasm;
	bool releases; /* what follows one that has waited long enough, */
	uint32_t released; /* of this source */
	struct extended_source *sources;
	unsigned char *whole; /* a message put together */
};

/* The bytes of memory that are needed for @sources sources. */
size_t extended_bytes(uint32_t sources);

/* @memory: extended_bytes(), zeroed, aligned to 64 bytes, not owned. */
void extended_init(struct extended *x, const struct settings *settings,
		   const struct extwrite_sink *sink, void *memory);

/*
 * Whether @d, from the @number-th source, is of extended netconsole; then *@msg
 * is its header.  What only looks like it is text: in the middle of a line, and
 * if the source sends lines without a time, as one of them may look like
 * anything, but not two that are numbered one after the other.
 */
bool extended_is(struct extended *x, struct source *source, uint32_t number,
		 const struct datagram *d, struct extmsg *msg);

/* Takes in @d, which is of that kind, from *@offset on, which is 0 at first. */
bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms);

/* Writes the records that have waited for others long enough. */
bool extended_release(struct extended *x, uint64_t now_ms);

/* Does so, and writes the fragments that have. */
bool extended_expire(struct extended *x, uint64_t now_ms);

/* When that has something to do, or DEADLINE_NEVER. */
uint64_t extended_deadline(const struct extended *x);

/* Writes all that is held. */
bool extended_flush(struct extended *x);

/* How many messages are held. */
uint32_t extended_held(const struct extended *x);

/* Writes what is held of a source, which another will take the place of. */
bool extended_give_way(struct extended *x, uint32_t number);

#endif
