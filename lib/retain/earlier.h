/*
 * earlier - counts the files that are there already for files=, where senders
 * have their own: those of an earlier run at the start, and those of another
 * pattern, when HUP brings one.
 *
 * L2.  What could not be read is said, and all is counted again after a while.
 * Monotonic milliseconds.  Zeroed: there is nothing to count.
 */
#ifndef UDPLOGGER_EARLIER_H
#define UDPLOGGER_EARLIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "walk.h"

struct filetable;
struct settings;
struct sys;

struct earlier {
	struct filetable *files; /* not owned */
	char *memory;
	struct diag_fault fault;
	uint64_t faults; /* of @fault, counted when the walk began */
	struct walk walk;
	bool wanted; /* a walk is to begin */
	uint32_t period; /* whose files are counted */
	uint64_t next_ms; /* when the walk goes on */
};

/* The memory for it; none where senders never have files of their own. */
size_t earlier_bytes(const struct settings *settings);

/* @memory: earlier_bytes(), aligned for any type, not owned; or NULL. */
void earlier_init(struct earlier *earlier, const struct sys *sys,
		  struct diag *diag, struct filetable *files, const char *dir,
		  void *memory);

/* Counts all files of @period now.  For the start, as it waits for the disk. */
void earlier_count(struct earlier *earlier, uint32_t period);

/*
 * The pattern is another: its files are counted, a step at a time.  Senders
 * whose files are not counted yet may have more until then.
 */
void earlier_change(struct earlier *earlier);

/*
 * Goes on with that, or does it again, if it is time; @period is the present
 * one.
 */
void earlier_step(struct earlier *earlier, uint32_t period, uint64_t now_ms);

/* When to call earlier_step(); DEADLINE_NEVER. */
uint64_t earlier_deadline(const struct earlier *earlier);

#endif
