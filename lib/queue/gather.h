/*
 * gather - when the bytes of dirty files are to be written.
 *
 * L1.  A line that comes alone is in its file at once.  While many files get
 * lines, each waits for more, the longer the more files there are, so that one
 * write serves many lines; but not when these lines fill the memory.
 *
 * All times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_GATHER_H
#define UDPLOGGER_GATHER_H

#include <stdbool.h>
#include <stdint.h>

struct filetable;

#define GATHER_FEW	32 /* dirty files that are written to at once */
#define GATHER_LEAST_MS 100 /* for one more, */
#define GATHER_MOST_MS	1000 /* and for very many */

/* Notes which files became dirty since the last time: at @now_ms. */
void gather_note(struct filetable *t, uint64_t now_ms);

/*
 * When the first of the dirty files is to be written to; 0: at once.
 * DEADLINE_NEVER: none is dirty.
 */
uint64_t gather_deadline(const struct filetable *t);

/* Whether bytes fill so much of the memory that they have to be written. */
bool gather_is_much(const struct filetable *t);

#endif
