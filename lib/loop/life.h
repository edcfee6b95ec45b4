/*
 * life - what the log tells of the receiver itself: notices=yes.
 *
 * L3.  "udplogger: started (VERSION)", "udplogger: stopped", and, at a start
 * after a kill or a power cut, "udplogger: the last run did not end cleanly",
 * so that a gap can be read in the file.  What tells the next run is a mark in
 * DIR that the end removes: a symbolic link that leads nowhere, since such is
 * made in one step, takes no room, and is no log file.  Its name has address
 * and port, as two receivers may share DIR.  Where it can't be made or read, or
 * the next run has another port, nothing is known, and nothing said.
 */
#ifndef UDPLOGGER_LIFE_H
#define UDPLOGGER_LIFE_H

#include <limits.h>
#include <stdbool.h>

#include "srcaddr.h"

struct collector;
struct sys;

/* DIR/.udplogger-[--]-6666 */
#define LIFE_MARK_MAX (PATH_MAX + SRCADDR_TEXT_MAX + 16)

struct life {
	/* Set up by the owner; none is owned. */
	const struct sys *sys;
	struct collector *collector; /* and its settings */
	const char *dir; /* absolute */

	char mark[LIFE_MARK_MAX]; /* its path; "": there is none */
	bool marked; /* the mark is there, and ours */
	bool stopped; /* that it stopped is in the log, or need not be */
};

/*
 * It listens at @local, by which the next run will know the mark, or NULL, no
 * such place: marks, and logs that it has started.  Without notices= it removes
 * an earlier run's mark, which the next would take for this one's.
 */
void life_begin(struct life *life, const struct srcaddr *local,
		const char *version);

/* notices= may be another now: marks, or removes the mark. */
void life_change(struct life *life);

/*
 * All lines are in the queues: logs that it stops.  False: no room, to be
 * called again.
 */
bool life_stop(struct life *life);

/* All lines are in the files: the mark goes. */
void life_end(struct life *life);

#endif
