/*
 * retrywrite - a queue goes to its file, tried again until it is there.
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

/* What is the disk's fault, or the process's, is one fault for all files. */
struct retrywrite_disk {
	bool failing;
	int error; /* the errno for that */
	uint64_t retry_ms;
	struct backoff backoff;
	struct diag_fault fault;
};

struct retrywrite {
	struct openfile file;
	struct diag *diag;
	struct retrywrite_disk *disk; /* not owned */
	bool failing;
	bool of_disk; /* it is the disk's fault */
	bool starved; /* another file is to spare a descriptor */
	uint64_t retry_ms; /* when to call again, if bytes wait or @failing */
	struct backoff backoff;
	struct diag_fault fault; /* of this file alone */
};

/* How soon the file is looked at once more if the look after a write failed. */
#define RETRYWRITE_CONFIRM_MS 10

/* Bytes that one retrywrite_drain() writes, so that others have their turn. */
#define RETRYWRITE_TURN_BYTES (1024 * 1024)

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings,
		     struct retrywrite_disk *disk, uint32_t number);

/* Says that openfile_open() failed, because of errno and @why. */
void retrywrite_open_failed(struct retrywrite *log, uint64_t now_ms,
			    const char *why);

/*
 * Writes the waiting bytes of @queue to the file, opening it if need be, up to
 * RETRYWRITE_TURN_BYTES.  Returns 0 when no byte waits any more; -1 when bytes
 * remain: before retrywrite_deadline() it does nothing, unless @starved: then
 * another file is to give its descriptor, and it is called again.
 */
int retrywrite_drain(struct retrywrite *log, struct outq *queue,
		     uint64_t now_ms);

/* Says what was kept back of faults that are over, if it is time. */
void retrywrite_say(struct retrywrite *log, uint64_t now_ms);

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
