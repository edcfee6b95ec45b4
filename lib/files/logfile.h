/*
 * logfile - one day's queue goes to the day's file, and is tried again until
 * it has.
 *
 * L2.  Whatever fails, the bytes stay in the queue; it is said once, and tried
 * again at a deadline.  All times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_LOGFILE_H
#define UDPLOGGER_LOGFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "deadline.h"
#include "dayfile.h"
#include "diag.h"
#include "outq.h"

struct logfile {
	struct dayfile file;
	struct diag *diag;
	bool failing;
	uint64_t retry_ms; /* when to call again, if bytes wait or failing */
	struct backoff backoff;
	struct diag_fault fault;
};

/* How long after a write the file is looked at once more, at the latest. */
#define LOGFILE_CONFIRM_MS 10

/* Bytes that one logfile_drain() writes, so that others have their turn. */
#define LOGFILE_TURN_BYTES (1024 * 1024)

void logfile_init(struct logfile *log, struct dayfile_settings *settings);

/* Says that dayfile_open() failed, because of errno and @why. */
void logfile_open_failed(struct logfile *log, int32_t day, uint64_t now_ms,
			 const char *why);

/*
 * Writes to @day's file what waits in @queue, opening the file if need be, up
 * to LOGFILE_TURN_BYTES.  Returns 0 when nothing waits any more; -1 when bytes
 * remain: before logfile_deadline() it does nothing.
 */
int logfile_drain(struct logfile *log, struct outq *queue, int32_t day,
		  uint64_t now_ms);

/*
 * Nothing waits, and nothing will: the file that could not be opened isn't
 * needed any more, and what comes next is of another day.
 */
void logfile_forget(struct logfile *log);

/* When logfile_drain() has something to do, or to say; DEADLINE_NEVER. */
uint64_t logfile_deadline(const struct logfile *log, const struct outq *queue);

/* The end: closes, says what was kept back, gives up what waits in @queue. */
void logfile_end(struct logfile *log, const struct outq *queue);

#endif
