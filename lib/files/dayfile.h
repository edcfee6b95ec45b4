/*
 * dayfile - one day's file while it is open: what bears its name, and ends as
 * we left it.
 *
 * L2.  People may do to the file what they like: rename it, delete it, truncate
 * it, put something else in its place.  Lines go to what bears the name, found
 * out within DAYFILE_CHECK_MS.  What was written to a file that was deleted
 * meanwhile is written again, so lines stay in their queue until a look at the
 * file has confirmed them.  And a line never begins in the middle of another.
 *
 * All times are monotonic milliseconds.  What fails leaves the bytes in the
 * queue, and may be tried again at any time.
 */
#ifndef UDPLOGGER_DAYFILE_H
#define UDPLOGGER_DAYFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "appendfile.h"
#include "outq.h"
#include "stamp.h"

struct diag;
struct sys;

/* What all files have in common; outlives them. */
struct dayfile_settings {
	const struct sys *sys;
	struct diag *diag;
	const char *dir;
	struct appendfile_rules rules;
};

struct dayfile {
	struct dayfile_settings *settings;
	int fd; /* -1: not open */
	int32_t day; /* of the open file */
	dev_t device; /* of the open file */
	ino_t inode;
	bool counts_links; /* a file system that knows when one is deleted */
	bool stale; /* the open file is no longer the one to write to */
	bool unsure; /* its end may not be the end of our last line */
	bool close_failed; /* the last time; that is said once */
	off_t size; /* as we left it */
	uint64_t named_ms; /* when its name was last looked up, for a write */
	uint64_t looked_ms; /* when it was last looked at */
};

#define DAYFILE_PATH_MAX (PATH_MAX + STAMP_FILE_MAX + 1)

/* How long a file may be renamed or replaced before it is noticed. */
#define DAYFILE_CHECK_MS 1000

void dayfile_init(struct dayfile *file, struct dayfile_settings *settings);

/* DIR/YYYY-MM-DD.log */
void dayfile_path(const struct dayfile_settings *settings, int32_t day,
		  char path[DAYFILE_PATH_MAX]);

/*
 * Opens @day's file, to which what waits in @queue will go, and creates it if
 * need be.  The file that was open is closed, but only after.  Returns 0, or -1
 * with errno and the reason in @why.
 */
int dayfile_open(struct dayfile *file, struct outq *queue, int32_t day,
		 uint64_t now_ms, char why[APPENDFILE_WHY_MAX]);

/* Whether @day's file is open, as far as is known without a look at it. */
bool dayfile_is_open(const struct dayfile *file, int32_t day);

/* Has a file that is open found out what became of it, if it is time. */
void dayfile_check(struct dayfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Has the end of the open file so that the waiting bytes of @queue may follow.
 * Returns 0, or -1 with errno.
 */
int dayfile_prepare(struct dayfile *file, struct outq *queue);

/*
 * Writes some of what waits in @queue, and passes it on.  Returns the number of
 * bytes, or -1 with errno.
 */
ssize_t dayfile_write(struct dayfile *file, struct outq *queue);

/*
 * Looks now whether what was written can be seen.  False: the file was deleted,
 * and if that was first, bytes wait again.
 */
bool dayfile_confirm(struct dayfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Has the file opened by its name before more is written.  Until then it stays
 * open, as only that tells whether the name still stands for the same file: a
 * deleted file's inode number is given to the next one.
 */
void dayfile_reopen(struct dayfile *file);

/* Closes the file, for which nothing waits to be written or confirmed. */
void dayfile_close(struct dayfile *file);

/*
 * Of a line that has only begun, takes the beginning back out of the file, if
 * that still ends as we left it.  Not for each time that the disk is full:
 * tail(1) shows the whole file once more when it shrinks.
 */
void dayfile_cut(struct dayfile *file, const struct outq *queue);

#endif
