/*
 * agenda - what files need, and when: to be written to, looked at, opened,
 * closed.
 *
 * L2.  Nothing here walks over all files: those that need something stand in
 * lists.  When dirty files are due, says gather; they are written to in turns,
 * so that datagrams don't wait for many of them.  What is the disk's fault is
 * one fault, tried with one file after the other; what is a file's fault holds
 * up that file alone.
 *
 * Descriptors are bounded; the file that was used longest ago gives its own.
 * Times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_AGENDA_H
#define UDPLOGGER_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "filetable.h"
#include "ilist.h"
#include "retrywrite.h"

/* The lists that a file may be in; each has one link for each file. */
enum agenda_list {
	AGENDA_OPEN, /* has a descriptor; used longest ago comes first */
	AGENDA_UNCONFIRMED, /* all is written, and to be looked at */
	AGENDA_WATCHED, /* was renamed; former.h */
	AGENDA_PARKED, /* failed by itself, or has something to say */
	AGENDA_LISTS
};

struct agenda_log {
	struct retrywrite retry;
	uint8_t lists; /* a bit for each list that it is in */
};

struct agenda {
	struct filetable *files; /* not owned */
	struct openfile_common *settings; /* not owned */
	struct agenda_log *logs; /* one for each entry of @files */
	struct ilist lists[AGENDA_LISTS];
	struct retrywrite_disk disk;
	uint32_t drained; /* the file that was written to last */
	uint32_t open_most; /* descriptors */
	uint64_t watch_ms; /* when to go through the watched, */
	uint64_t parked_ms; /* and the parked */
	uint64_t written; /* bytes that files have taken, */
	uint64_t written_ms; /* and when the latest; 0: none yet */
	bool said_shares; /* that senders share a file */
};

/* The bytes of memory that it needs for @capacity files. */
size_t agenda_bytes(uint32_t capacity);

/*
 * @settings outlive it.  @memory: agenda_bytes(), zeroed, aligned to 64 bytes,
 * not owned.  @open_most: how many descriptors files may have, at least 2.
 */
void agenda_init(struct agenda *a, struct filetable *files,
		 struct openfile_common *settings, uint32_t open_most,
		 void *memory);

/* What writes @file. */
struct retrywrite *agenda_log(struct agenda *a, uint32_t file);

/* Puts @file, which was dealt with, into the lists that it belongs to now. */
void agenda_settle(struct agenda *a, uint32_t file);

/*
 * Does what is due, and writes the bytes whose time has come, or @all.  True
 * when none waits any more.
 */
bool agenda_drain(struct agenda *a, bool all, uint64_t now_ms);

/*
 * Looks whether the written bytes can be seen; openfile_confirm().  False: some
 * may wait again.
 */
bool agenda_confirm(struct agenda *a, uint64_t now_ms);

/* Has the lines that were set aside, of all files, wait again. */
void agenda_recall(struct agenda *a);

/* Closes the files that no line needs, but for the latest. */
void agenda_close_unused(struct agenda *a);

/* When to call agenda_drain(); DEADLINE_NEVER: no need. */
uint64_t agenda_deadline(const struct agenda *a);

#endif
