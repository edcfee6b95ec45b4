/*
 * openfile - a log file while it is open: the file that bears the name,
 * ending as we left it.
 *
 * L2.  People may rename the file, delete it, truncate it, put something else
 * in its place.  Lines go to the file that bears the name; a look tells, before
 * a write.  Lines stay in their queue until a look after the write has found
 * the file still there: whoever renames it then, and reads it, reads them too.
 * If it wasn't there any more, they are written again, at once or when it turns
 * out that the file was removed; former.h.  A line never begins in the middle
 * of another.
 *
 * All times are monotonic milliseconds.  When a call fails, the bytes stay in
 * the queue, and it may be tried again at any time.
 */
#ifndef UDPLOGGER_OPENFILE_H
#define UDPLOGGER_OPENFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "former.h"
#include "safeopen.h"
#include "filetable.h"
#include "outq.h"

struct diag;
struct sys;

#define OPENFILE_PATH_MAX (PATH_MAX + FILENAME_BYTES)

/* What all files have in common; outlives them. */
struct openfile_common {
	const struct sys *sys;
	struct diag *diag;
	const char *dir;
	struct safeopen_rules rules;
	bool ends; /* the end: no former file is watched any more */
	const struct filetable *table; /* not owned */
	uint32_t open_count; /* descriptors of files */
	uint8_t reopens; /* counts how often all were to be opened anew */
	uint32_t path_serial; /* of the file that has @path; 0: none yet */
	char path[OPENFILE_PATH_MAX]; /* openfile_path() */
};

struct openfile {
	struct openfile_common *settings;
	uint32_t number; /* of its entry in the table */
	int fd; /* -1: not open */
	uint32_t serial; /* of the open file in the table */
	uint8_t reopens; /* @settings->reopens when it was opened */
	dev_t device; /* of the open file */
	ino_t inode;
	bool stale; /* the file is to be opened anew by its name */
	bool unsure; /* the end may not be that of our last line */
	bool close_failed; /* close() failed last time; said once */
	off_t size; /* as we left it */
	uint64_t looked_ms; /* when it was last looked at */
	struct former former; /* the file before it; owns its descriptor */
};

void openfile_init(struct openfile *file, struct openfile_common *settings,
		   uint32_t number);

/* DIR/NAME; valid until it is called for another file. */
const char *openfile_path(const struct openfile *file);

/*
 * Opens the file to which the waiting bytes of @queue will go, and
 * creates it if need be.  Only then the former file is closed.  Returns 0, or
 * -1 with errno and the reason in @why.
 */
int openfile_open(struct openfile *file, struct outq *queue, uint64_t now_ms,
		  char why[SAFEOPEN_WHY_MAX]);

/* Whether the file is open, without a look at it. */
bool openfile_is_open(const struct openfile *file);

/* Looks what became of the open file, once a millisecond at most. */
void openfile_check(struct openfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Prepares the end of the open file for the waiting bytes of @queue.  Returns
 * 0, or -1 with errno.
 */
int openfile_prepare(struct openfile *file, struct outq *queue);

/*
 * Writes some of the waiting bytes of @queue, and passes them.  Returns how
 * many, or -1 with errno.
 */
ssize_t openfile_write(struct openfile *file, struct outq *queue);

/*
 * Looks now whether the written bytes can be seen.  False: the file lost its
 * name, and bytes may wait again.
 */
bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms);

/* Looks, if it is time, at the former file; its lines may wait again. */
void openfile_watch(struct openfile *file, struct outq *queue, uint64_t now_ms);

/* Ends that watch: lines that were set aside wait again. */
void openfile_recall(struct openfile *file, struct outq *queue);

/*
 * Has the file opened by its name before the next write.  Until then it stays
 * open, as a deleted file's inode number may be given to a new file, and only
 * an open file's can't.
 */
void openfile_reopen(struct openfile *file);

/* Closes the file; no byte waits for it or is unconfirmed. */
void openfile_close(struct openfile *file);

/*
 * Cuts the torn line at the end of the file off, if the file still ends as we
 * left it.  Not each time the disk is full: when a file shrinks, tail(1) shows
 * it again from its begin.
 */
void openfile_cut(struct openfile *file, const struct outq *queue);

#endif
