/*
 * retrywrite - a queue goes to its file, tried again until it is there.
 *
 * L2.  When anything fails, the bytes stay in the queue; the fault is said
 * once, and tried again at a deadline.  Where the name is refused for long, the
 * bytes go where they can, until it is free again: to the open file, if it has
 * a name anywhere, else beside the name, else into a DIR that is made anew,
 * else to the file that was in use last.  All times are monotonic milliseconds.
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
	uint64_t refused_ms; /* since when the name is refused; 0: it is not */
	uint64_t name_ms; /* when to try the name, while lines go elsewhere */
	struct backoff backoff;
	struct diag_fault fault; /* of this file alone */
};

/* How soon the file is looked at once more if the look after a write failed. */
#define RETRYWRITE_CONFIRM_MS 10

/*
 * How long a name is refused until lines go elsewhere; they do sooner when they
 * are a quarter of what all queues hold, when all are half full, and at the
 * end.
 */
#define RETRYWRITE_REFUSED_MS 10000

/* Bytes that one retrywrite_drain() writes, so that others have their turn. */
#define RETRYWRITE_TURN_BYTES (1024 * 1024)

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings,
		     struct retrywrite_disk *disk, uint32_t number);

/* Says that openfile_open() failed, because of errno and @why. */
void retrywrite_open_failed(struct retrywrite *log, uint64_t now_ms,
			    const char *why);

/* Has link= lead to the file, which is open, unless it was seen to do so. */
void retrywrite_link(struct retrywrite *log, uint64_t now_ms);

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
static inline void retrywrite_forget(struct retrywrite *log)
{
	openfile_forget(&log->file);
	log->failing = false;
	log->refused_ms = 0;
	log->backoff = (struct backoff){ 0 };
	log->fault = (struct diag_fault){ 0 };
}

/* Whether the file could not be opened, and none takes its place. */
static inline bool retrywrite_lacks_file(const struct retrywrite *log)
{
	return log->failing ||
	       (openfile_is_elsewhere(&log->file) && log->file.fd < 0);
}

/* Whether nothing can be written now for a fault of this file alone. */
static inline bool retrywrite_is_held_up(const struct retrywrite *log)
{
	return log->failing && !log->of_disk;
}

/* When to call retrywrite_drain(); DEADLINE_NEVER: no need. */
uint64_t retrywrite_deadline(const struct retrywrite *log,
			     const struct outq *queue);

/*
 * The end: closes the file, says what was kept back, gives up the waiting bytes
 * of @queue.
 */
void retrywrite_end(struct retrywrite *log, const struct outq *queue);

#endif
