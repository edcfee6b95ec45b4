/*
 * writer - the bytes of all files' queues go to the files.
 *
 * L2.  How, and when, is the agenda's.  Times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_WRITER_H
#define UDPLOGGER_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agenda.h"
#include "filetable.h"

struct writer {
	struct filetable *files; /* not owned */
	struct agenda agenda;
	uint32_t much_blocks; /* writer_drain_much(): from so many on, or */
	uint32_t drain_blocks; /* from so many, while the disk refuses */
};

/*
 * @settings outlive it.  @memory: agenda_bytes(), zeroed, aligned to 64 bytes,
 * not owned.  @open_most: how many descriptors files may have, at least 2.
 */
void writer_init(struct writer *w, struct filetable *files,
		 struct openfile_common *settings, uint32_t open_most,
		 void *memory);

/*
 * Opens the file of @period before there is a line for it, unless each sender
 * has its own.  Returns 0, also after a fault that may pass by itself, which is
 * said and tried again.  Returns -1, and says nothing, after a fault for people
 * to put right; the reason is in @why.
 */
int writer_begin(struct writer *w, uint32_t period, uint64_t now_ms,
		 char why[SAFEOPEN_WHY_MAX]);

/* Writes the bytes whose time has come.  True when none waits any more. */
bool writer_drain(struct writer *w, uint64_t now_ms);

/*
 * Looks whether the written bytes can be seen; openfile_confirm().  False: some
 * may wait again.
 */
bool writer_confirm(struct writer *w, uint64_t now_ms);

/*
 * Writes all bytes, but only when many wait, so that a batch whose lines grow
 * by their prefixes is not all in memory at once.
 */
void writer_drain_much(struct writer *w, uint64_t now_ms);

/*
 * Writes all bytes, also what was set aside; whether that made room for more
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

/* Has all files opened by their names again, that of @period at once. */
void writer_reopen(struct writer *w, uint32_t period, uint64_t now_ms);

/*
 * The end comes: nothing waits for other lines any more, and nobody will watch
 * files that were renamed.  What was set aside for them waits again.
 */
void writer_begin_end(struct writer *w);

/* The end: gives up the waiting bytes, says what was kept back. */
void writer_end(struct writer *w);

#endif
