/*
 * writer - the files of all days in use, and the spool's bytes into them.
 *
 * L2.  A file for each slot of the spool: usually today's, and after midnight
 * yesterday's for a while.  Times are monotonic milliseconds.
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
	struct openfile_common *settings; /* not owned */
	struct retrywrite logs[SPOOL_SLOTS]; /* one for each slot */
	uint32_t drain_blocks; /* writer_drain_much(): from so many on */
	uint64_t written; /* bytes that files have taken */
};

/* @settings outlive it. */
void writer_init(struct writer *w, struct spool *spool,
		 struct openfile_common *settings);

/*
 * Opens the file of @day before there is a line for it.  Returns 0, also after
 * a fault that may pass by itself, which is said and tried again.  Returns -1,
 * and says nothing, after a fault for people to put right; the reason is in
 * @why.
 */
int writer_begin(struct writer *w, int32_t day, uint64_t now_ms,
		 char why[SAFEOPEN_WHY_MAX]);

/* Writes the waiting bytes.  True when none waits any more. */
bool writer_drain(struct writer *w, uint64_t now_ms);

/*
 * Looks whether the written bytes can be seen; openfile_confirm().  False: some
 * may wait again.
 */
bool writer_confirm(struct writer *w, uint64_t now_ms);

/*
 * writer_drain(), but only when many bytes wait, so that a batch whose lines
 * grow by their prefixes is not all in memory at once.
 */
void writer_drain_much(struct writer *w, uint64_t now_ms);

/*
 * writer_drain(), and of what was set aside; whether that made room for more
 * lines.
 */
bool writer_makes_room(struct writer *w, uint64_t now_ms);

/* Whether lines wait because the disk is full. */
bool writer_lacks_room(const struct writer *w);

/*
 * Whether the file @name below DIR, which looks like @st, is open, or lines
 * wait that will go to it.
 */
bool writer_has_open(const struct writer *w, const char *name,
		     const struct stat *st);

/* When to call writer_drain(); DEADLINE_NEVER: no need. */
uint64_t writer_deadline(const struct writer *w);

/* Has all files opened by their names again, that of @day at once. */
void writer_reopen(struct writer *w, int32_t day, uint64_t now_ms);

/*
 * The end comes: nobody will watch files that were renamed.  What was set aside
 * for them waits again.
 */
void writer_begin_end(struct writer *w);

/* The end: gives up the waiting bytes, says what was kept back. */
void writer_end(struct writer *w);

#endif
