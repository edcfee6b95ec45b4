/*
 * writer - the files of all days in use: what waits in the spool goes there.
 *
 * L2.  A file for each slot of the spool.  Usually that is today's, and for a
 * while after midnight yesterday's.  Times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_WRITER_H
#define UDPLOGGER_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "deadline.h"
#include "retrywrite.h"
#include "spool.h"

struct writer {
	struct spool *spool; /* not owned */
	struct retrywrite logs[SPOOL_SLOTS]; /* one for each slot */
	uint32_t drain_blocks; /* writer_drain_much(): from so many on */
	uint64_t written; /* bytes that files have taken */
};

/* @settings outlive it. */
void writer_init(struct writer *w, struct spool *spool,
		 struct openfile_common *settings);

/*
 * Opens @day's file before there is a line for it.  Returns 0, also where what
 * keeps it from being opened may pass: that is said, and it is tried again.
 * Returns -1, and nothing is said, where it is for people to put right; the
 * reason is in @why.
 */
int writer_begin(struct writer *w, int32_t day, uint64_t now_ms,
		 char why[SAFEOPEN_WHY_MAX]);

/* Writes what waits.  True when nothing waits any more. */
bool writer_drain(struct writer *w, uint64_t now_ms);

/*
 * Looks whether what was written can be seen; openfile.h.  False: some of it
 * may have to be written again.
 */
bool writer_confirm(struct writer *w, uint64_t now_ms);

/*
 * writer_drain(), but only when a good deal waits, so that a batch whose lines
 * grow by their prefixes is not all in memory at once.
 */
void writer_drain_much(struct writer *w, uint64_t now_ms);

/* writer_drain(); whether that made room for more lines. */
bool writer_makes_room(struct writer *w, uint64_t now_ms);

/* When writer_drain() has something to do, or to say; DEADLINE_NEVER. */
uint64_t writer_deadline(const struct writer *w);

/* Has all files opened by their names again, @day's at once. */
void writer_reopen(struct writer *w, int32_t day, uint64_t now_ms);

/* The end: gives up what waits, and says what is still to be said. */
void writer_end(struct writer *w);

#endif
