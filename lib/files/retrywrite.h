/*
 * retrywrite - one day's queue goes to the day's file, tried again until it is
 * there.
 *
 * L2.  When anything fails, the bytes stay in the queue; the fault is said
 * once, and tried again at a deadline.  All times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_RETRYWRITE_H
#define UDPLOGGER_RETRYWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "deadline.h"
#include "openfile.h"
#include "diag.h"
#include "outq.h"

struct retrywrite {
	struct openfile file;
	struct diag *diag;
	bool failing;
	int error; /* the errno for that */
	uint64_t retry_ms; /* when to call again, if bytes wait or @failing */
	struct backoff backoff;
	struct diag_fault fault;
};

/* How soon the file is looked at once more if the look after a write failed. */
#define RETRYWRITE_CONFIRM_MS 10

/* Bytes that one retrywrite_drain() writes, so that others have their turn. */
#define RETRYWRITE_TURN_BYTES (1024 * 1024)

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings);

/* Says that openfile_open() failed, because of errno and @why. */
void retrywrite_open_failed(struct retrywrite *log, int32_t day,
			    uint64_t now_ms, const char *why);

/*
 * Writes the waiting bytes of @queue to the file of @day, opening it if need
 * be, up to RETRYWRITE_TURN_BYTES.  Returns 0 when no byte waits any more; -1
 * when bytes remain: before retrywrite_deadline() it does nothing.
 */
int retrywrite_drain(struct retrywrite *log, struct outq *queue, int32_t day,
		     uint64_t now_ms);

/*
 * No byte waits or will: a file that could not be opened isn't needed any more.
 * The next bytes are of another day.
 */
void retrywrite_forget(struct retrywrite *log);

/* When to call retrywrite_drain(); DEADLINE_NEVER: no need. */
uint64_t retrywrite_deadline(const struct retrywrite *log,
			     const struct outq *queue);

/*
 * The end: closes the file, says what was kept back, gives up the waiting bytes
 * of @queue.
 */
void retrywrite_end(struct retrywrite *log, const struct outq *queue);

#endif
