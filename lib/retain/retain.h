/*
 * retain - which old log files go: keep=, max=, free=, keepmin=.
 *
 * L2.  Only regular files with one name, which the pattern of file= can make,
 * perhaps with .gz, .xz, .zst or .bz2 behind it, and likewise files of
 * incidents, which count as of their day; the date in the name counts.
 * Never a file that lines go to, and never one of today or of a day to come.
 * By age, the files of one day an hour at most, so that a clock that jumps
 * ahead does not empty the disk.  For room, nothing that keepmin= keeps, and
 * the oldest file of whoever holds most; a file of incidents comes behind the
 * log files of its day, and goes with the last of them, but where senders have
 * their own files it is as another sender's.
 *
 * It works in passes: it counts what there is, removes by age, then collects
 * what may go for room, and removes that.  All that goes on in steps of about
 * a millisecond.  Monotonic times; the wall clock says only which day it is.
 */
#ifndef UDPLOGGER_RETAIN_H
#define UDPLOGGER_RETAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "candidates.h"
#include "deadline.h"
#include "diag.h"
#include "filename.h"
#include "holders.h"
#include "reason.h"
#include "removal.h"
#include "room.h"
#include "settings.h"
#include "stamp.h"
#include "walk.h"

#define RETAIN_DAY_MS	3600000 /* from one day's files to the next one's */
#define RETAIN_PASS_MS	60000 /* from a pass to the next, if nothing presses */
#define RETAIN_PRESS_MS 1000 /* if something does */
#define RETAIN_LOOK_MS	10000 /* how often free= is looked at in between */

enum retain_phase {
	RETAIN_RESTS,
	RETAIN_COUNTS, /* walks, sums up, and collects what goes by age */
	RETAIN_COLLECTS, /* walks again, and collects once more */
	RETAIN_REMOVES, /* what was collected */
};

/* What its owner knows; all of it outlives the struct. */
struct retain_setup {
	const struct sys *sys;
	struct diag *diag;
	const struct settings *settings;
	const char *dir;
	removal_is_open *is_open;
	const void *context; /* of is_open() */
	uint64_t key; /* secret, for hashes */
};

/* Zeroed: removes nothing. */
struct retain {
	struct retain_setup setup;
	struct diag_fault fault;
	struct walk walk;
	struct removal removal;
	struct candidates candidates;
	struct holders holders;
	struct room room;
	struct stamp stamp; /* of the latest step */
	uint64_t removed; /* files, since the start, */
	uint64_t removed_for[RETAIN_REASONS]; /* and of these, for each */

	void *memory;
	bool on; /* something is to be kept within limits */
	enum retain_phase phase;
	bool for_room; /* what is collected goes for max= and free= */
	bool progressed; /* since it was collected, something went or failed */
	bool postponed; /* some go by age in another hour */
	bool said_files; /* how many there are */
	bool stuck; /* the latest pass could not make room enough */

	uint64_t step_ms; /* when to go on with a pass */
	uint64_t pass_ms; /* when to begin a pass */
	uint64_t soonest_ms; /* when to begin a pass if something presses */
	uint64_t look_ms; /* when free= is looked at */
	uint64_t began_ms; /* when this pass began */
	uint64_t faults; /* of @fault, counted when this pass began */

	uint64_t files; /* ours, when they were counted last */
	uint64_t bytes; /* that these took, less those removed since */
	uint64_t written; /* retain_step()'s, when they were counted */
	uint64_t looked_written; /* the same at the latest look at free= */
	uint64_t largest; /* holders of no more than half of it may wait */

	enum retain_reason limit; /* that had a file go for room last */
	uint32_t room_day; /* whose files went for room last, in this pass */
	uint32_t aged_day; /* whose files went by age last */
	uint64_t next_day_ms; /* when those of another day may go */
};

/* The memory that it may need; 0: nothing is to be kept within limits. */
size_t retain_bytes(const struct settings *settings);

/* @memory is zeroed and as large as retain_bytes() says. */
void retain_init(struct retain *retain, const struct retain_setup *setup,
		 void *memory);

/* The settings are others now; a pass begins anew. */
void retain_change(struct retain *retain);

/*
 * A step, if it is time for one.  @written: bytes that files have taken since
 * the start.  @is_full: a file could not be written for want of room.
 */
void retain_step(struct retain *retain, uint64_t written, bool is_full,
		 uint64_t now_ms);

/* When to call retain_step(), beside whenever something was written. */
static inline uint64_t retain_deadline(const struct retain *retain)
{
	if (!retain->on)
		return DEADLINE_NEVER;
	return retain->phase == RETAIN_RESTS ? retain->pass_ms
					     : retain->step_ms;
}

#endif
