/*
 * openfile - one day's file while it is open: what bears its name, and ends as
 * we left it.
 *
 * L2.  People may do to the file what they like: rename it, delete it, truncate
 * it, put something else in its place.  Lines go to what bears the name, found
 * out within OPENFILE_CHECK_MS.  What was written to a file that was deleted
 * meanwhile is written again, so lines stay in their queue until a look at the
 * file has confirmed them.  And a line never begins in the middle of another.
 *
 * All times are monotonic milliseconds.  What fails leaves the bytes in the
 * queue, and may be tried again at any time.
 */
#ifndef UDPLOGGER_OPENFILE_H
#define UDPLOGGER_OPENFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "safeopen.h"
#include "outq.h"
#include "stamp.h"

struct diag;
struct sys;

/* What all files have in common; outlives them. */
struct openfile_common {
	const struct sys *sys;
	struct diag *diag;
	const char *dir;
	struct safeopen_rules rules;
};

struct openfile {
	struct openfile_common *settings;
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

#define OPENFILE_PATH_MAX (PATH_MAX + STAMP_FILE_MAX + 1)

/* How long a file may be renamed or replaced before it is noticed. */
#define OPENFILE_CHECK_MS 1000

void openfile_init(struct openfile *file, struct openfile_common *settings);

/* DIR/YYYY-MM-DD.log */
void openfile_path(const struct openfile_common *settings, int32_t day,
		   char path[OPENFILE_PATH_MAX]);

/*
 * Opens @day's file, to which what waits in @queue will go, and creates it if
 * need be.  The file that was open is closed, but only after.  Returns 0, or -1
 * with errno and the reason in @why.
 */
int openfile_open(struct openfile *file, struct outq *queue, int32_t day,
		  uint64_t now_ms, char why[SAFEOPEN_WHY_MAX]);

/* Whether @day's file is open, as far as is known without a look at it. */
bool openfile_is_open(const struct openfile *file, int32_t day);

/* Has a file that is open found out what became of it, if it is time. */
void openfile_check(struct openfile *file, struct outq *queue, uint64_t now_ms);

/*
 * Has the end of the open file so that the waiting bytes of @queue may follow.
 * Returns 0, or -1 with errno.
 */
int openfile_prepare(struct openfile *file, struct outq *queue);

/*
 * Writes some of what waits in @queue, and passes it on.  Returns the number of
 * bytes, or -1 with errno.
 */
ssize_t openfile_write(struct openfile *file, struct outq *queue);

/*
 * Looks now whether what was written can be seen.  False: the file was deleted,
 * and if that was first, bytes wait again.
 */
bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms);

/*
 * Has the file opened by its name before more is written.  Until then it stays
 * open, as only that tells whether the name still stands for the same file: a
 * deleted file's inode number is given to the next one.
 */
void openfile_reopen(struct openfile *file);

/* Closes the file, for which nothing waits to be written or confirmed. */
void openfile_close(struct openfile *file);

/*
 * Of a line that has only begun, takes the beginning back out of the file, if
 * that still ends as we left it.  Not for each time that the disk is full:
 * tail(1) shows the whole file once more when it shrinks.
 */
void openfile_cut(struct openfile *file, const struct outq *queue);

#endif
