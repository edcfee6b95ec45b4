/*
 * extended - records of extended netconsole, put in order, into the log.
 *
 * L1.  The way of a datagram: extmsg reads its header, fragments puts it
 * together with others, order says where the record belongs, waiting holds it
 * if earlier ones may still come, and extpass writes it (extwrite), after what
 * its msgid tells of others (loss).
 *
 * A record before which others are missing waits for them, up to reorder=, or
 * until its sender holds FRAGMENTS_PER_SOURCE messages.  Doubles are dropped.
 * What stays incomplete is written when its timeout= is up, with
 * "<N bytes missing>" where they are.
 *
 * Whatever writes may find no room in the queue.  It then returns false, has
 * lost nothing, and is called again with the same arguments.
 */
#ifndef UDPLOGGER_EXTENDED_H
#define UDPLOGGER_EXTENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "extmsg.h"
#include "extpass.h"
#include "extwrite.h"
#include "fragments.h"
#include "waiting.h"

struct datagram;
struct limit;
struct settings;
struct source;
struct source_table;

struct extended {
	const struct settings *settings; /* not owned */
	struct extwrite write;
	struct extpass pass;
	struct fragments fragments;
	struct waiting waiting;
	uint64_t *doubtful; /* of each source; extclaim.h */
	uint64_t doubles; /* datagrams dropped as doubles */
	uint32_t interrupted; /* a message begun without room, plus 1; or 0 */
	bool resumes; /* extended_release() stopped for want of room */
	uint32_t resume_source; /* the source that it goes on with then */
	unsigned char *whole; /* a message put together */
	struct extwrite_record record; /* in one datagram; nothing is missing */
};

/* The bytes of memory that are needed. */
size_t extended_bytes(const struct settings *settings);

/* @memory: extended_bytes(), zeroed, aligned to 64 bytes, not owned. */
void extended_init(struct extended *x, const struct settings *settings,
		   const struct source_table *sources, struct limit *limit,
		   void *memory);

/* Whether @d, from @source of @number, is a record; as in extclaim.h. */
bool extended_claim(struct extended *x, struct source *source, uint32_t number,
		    const struct datagram *d, struct extmsg *msg);

/*
 * Takes in @d, which was claimed, from *@offset on, which is 0 at first.  False
 * when the queues are full; *@offset is then how far it came.
 */
bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms);

/* Writes the records that have waited long enough. */
bool extended_release(struct extended *x, uint64_t now_ms);

/*
 * Does so, and writes the incomplete messages older than timeout=, and the
 * lines that waited long enough for their next piece.
 */
bool extended_expire(struct extended *x, uint64_t now_ms);

/* When to call extended_expire(); DEADLINE_NEVER: no need. */
uint64_t extended_deadline(const struct extended *x);

/* Writes all held messages and lines. */
bool extended_flush(struct extended *x);

/* How many messages and lines are held. */
uint32_t extended_held(const struct extended *x);

/*
 * Writes the line of source @number that waits for its next piece, as text
 * comes from it.
 */
static inline bool extended_end_line(struct extended *x, uint32_t number)
{
	return joined_held(&x->write.joined) == 0 ||
	       extwrite_end_line(&x->write, number);
}

/* Writes what is held of source @number, which has to make way. */
bool extended_give_way(struct extended *x, uint32_t number);

#endif
