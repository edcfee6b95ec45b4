/*
 * logfile - one day's file: opened, written to, tried again, reopened.
 *
 * L2.  It writes what waits in an outq, and takes from the queue only what
 * the file has taken.  Whatever fails, the bytes stay in the queue, and
 * @retry_ms says when to call again.
 */
#ifndef UDPLOGGER_LOGFILE_H
#define UDPLOGGER_LOGFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "backoff.h"
#include "diag.h"
#include "outq.h"
#include "stamp.h"

struct sys;

/* What all files have in common; outlives them. */
struct logfile_settings {
	const struct sys *sys;
	struct diag *diag;
	const char *dir;
	mode_t mode;
	uid_t owner; /* whose files get that mode; ours */
	bool has_reserve; /* logfile_hold_reserve() */
	int reserve_fd;
};

struct logfile {
	struct logfile_settings *settings;
	int fd; /* -1: not open */
	int32_t day; /* of the open file */
	dev_t device; /* of the open file */
	ino_t inode;
	bool stale; /* the open file is no longer the one to write to */
	bool moved; /* a line may have begun in another file */
	uint64_t checked_ms; /* when fd was last known to be the named file */
	bool failing;
	uint64_t retry_ms; /* when to try again, if failing */
	struct backoff backoff;
	struct diag_fault fault;
	off_t size; /* as we left it */
};

#define LOGFILE_PATH_MAX  (PATH_MAX + STAMP_FILE_MAX + 1)
#define LOGFILE_ERROR_MAX 128

/* How long a file may be gone or replaced before it is noticed. */
#define LOGFILE_CHECK_MS 1000

void logfile_init(struct logfile *file, struct logfile_settings *settings);

/*
 * Holds a descriptor in reserve, so that a new day's file can be opened when
 * this process has as many as it may.  No harm if there is none to hold.
 */
void logfile_hold_reserve(struct logfile_settings *settings);

/* DIR/YYYY-MM-DD.log */
void logfile_path(const struct logfile_settings *settings, int32_t day,
		  char path[LOGFILE_PATH_MAX]);

/*
 * Opens @day's file, as a regular file that is not executable, following no
 * link at its name, and creating it if need be.  The file of another day that
 * is open is closed, but only after.  Returns 0, or -1 with errno and the
 * reason in @why.
 */
int logfile_open(struct logfile *file, int32_t day, uint64_t now_ms,
		 char why[LOGFILE_ERROR_MAX]);

/*
 * Writes to @day's file what waits in @queue, opening the file if need be.
 * Returns 0 when nothing waits any more; -1 when bytes remain, and @retry_ms
 * says when to call again.  Before that time it does nothing.
 */
int logfile_drain(struct logfile *file, struct outq *queue, int32_t day,
		  uint64_t now_ms);

/*
 * Has the next logfile_drain() open the file by its name.  Until then it stays
 * open, as only that tells whether the name still stands for the same file: a
 * deleted file's inode number is given to the next one.
 */
void logfile_reopen(struct logfile *file);

/* Closes the file, which nothing waits for. */
void logfile_close(struct logfile *file);

/*
 * Whether what stands at the name of @day's file may be written to, as far as
 * a look at it tells; nothing at all may.  Returns 0, or -1 with errno and the
 * reason in @why.
 */
int logfile_look(const struct logfile_settings *settings, int32_t day,
		 char why[LOGFILE_ERROR_MAX]);

#endif
