/*
 * filetable - the files that lines go to, and a queue for each.
 *
 * L1.  A file is found by its name, in constant time however many there are;
 * a sender's is remembered.  All queues share one pool of blocks, so the bytes
 * that wait for a disk are bounded in sum.  An entry is given to another file
 * when nobody needs it any more: it has no bytes, and filetable_release() was
 * called.
 *
 * Senders without a name of hosts= may have up to files= files in a period;
 * beyond that they share those of the host "others".
 */
#ifndef UDPLOGGER_FILETABLE_H
#define UDPLOGGER_FILETABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filename.h"
#include "ilist.h"
#include "outq.h"
#include "pool.h"
#include "unnamed.h"

struct settings;

#define FILETABLE_NONE	    UINT32_MAX
#define FILETABLE_HASH_KEYS 2

/* An entry. */
struct filetable_file {
	struct outq queue;
	uint64_t hash; /* of the name */
	uint64_t dirty_ms; /* when the writer first saw its bytes; 0: not yet */
	uint32_t chain; /* the next entry in the same bucket */
	uint32_t period; /* STAMP_PERIOD() */
	uint32_t serial; /* tells the files of one entry apart; 0: unused */
	bool dirty; /* is in the list @dirty */
	bool idle; /* is in the list @idle */
};

/* Where a sender's lines went last. */
struct filetable_sender {
	uint32_t file;
	uint32_t serial;
	uint8_t names; /* of struct filetable_line */
};

struct filetable {
	const struct filename *pattern; /* not owned */
	struct pool blocks;
	size_t blocks_bytes; /* of all */
	struct filetable_file *files;
	char *names; /* @name_bytes for each */
	size_t name_bytes;
	struct filetable_sender *senders; /* by the number of a source */
	uint32_t sender_count;
	uint32_t *buckets; /* first entry of each chain */
	uint32_t bucket_mask;
	uint32_t capacity;
	uint32_t count; /* entries that were ever in use */
	uint32_t latest; /* where a line went last; @capacity: none counts */
	uint32_t serial; /* counts the files that entries were given to */
	struct unnamed unnamed; /* how many files such senders have */
	uint64_t hash_keys[FILETABLE_HASH_KEYS];
	struct ilist dirty; /* files with waiting bytes, the oldest first */
	uint32_t dirty_count;
	struct ilist idle; /* entries that may be given to another file */
	bool shares; /* senders share a file, since there are @most */
};

/* Who a line is of. */
struct filetable_line {
	uint32_t source; /* its number; FILETABLE_NONE: a line of our own */
	uint32_t period;
	bool named; /* by hosts= */
	uint8_t names; /* changes when the sender may have got another name */
	const char *host;
	size_t host_len;
	const char *address;
	size_t address_len;
	unsigned port;
	unsigned local; /* the port that it was sent to; 0: none */
};

/* How many entries there are. */
uint32_t filetable_capacity(const struct settings *settings);

/* The bytes of memory that @settings need, without those of the queues. */
size_t filetable_bytes(const struct settings *settings);

/*
 * Makes an empty table.  @memory: filetable_bytes(), zeroed, aligned to 64
 * bytes; @blocks: settings->queue_bytes; neither is owned.  @hash_keys are
 * random and kept from senders.
 */
void filetable_init(struct filetable *t, const struct settings *settings,
		    const uint64_t hash_keys[FILETABLE_HASH_KEYS], void *memory,
		    void *blocks);

/*
 * The file for @line, which is made if need be; it is dirty then.
 * FILETABLE_NONE: every entry is needed.
 */
uint32_t filetable_choose(struct filetable *t,
			  const struct filetable_line *line);

/* Likewise the file for the incidents of @day, as in stamp.h. */
uint32_t filetable_incidents(struct filetable *t, uint32_t day);

/* The file of that name; FILETABLE_NONE: no line went there. */
uint32_t filetable_find(const struct filetable *t, const char *name);

/* Source @source is another sender, or has another name. */
void filetable_forget(struct filetable *t, uint32_t source);

/*
 * The pattern is another one, which is moderate.  Lines that wait stay in the
 * queue of the file for which they were queued; the next ones go to other
 * files.
 */
void filetable_change(struct filetable *t);

/* A file of an unnamed sender that is there already, from an earlier run. */
void filetable_count(struct filetable *t, uint32_t period, const char *name);

/* Bytes of @file may wait: puts it on the list @dirty. */
void filetable_soil(struct filetable *t, uint32_t file);

/* No byte of @file waits, or it is not to be written now. */
void filetable_clean(struct filetable *t, uint32_t file);

/* The same; nobody needs the entry, which has no bytes, until it is chosen. */
void filetable_release(struct filetable *t, uint32_t file);

static inline struct outq *filetable_queue(const struct filetable *t,
					   uint32_t file)
{
	return &t->files[file].queue;
}

/*
 * The queue of the file that the last line went to, where all senders share it:
 * if it is of @period, and dirty.  Else NULL, and filetable_choose() tells.
 */
static inline struct outq *filetable_latest(struct filetable *t,
					    uint32_t period)
{
	struct filetable_file *file = &t->files[t->latest];

	if (file->period != period || !file->dirty || t->pattern->by_sender)
		return NULL;
	return &file->queue;
}

/* The path of @file below DIR; valid until it is released. */
static inline const char *filetable_name(const struct filetable *t,
					 uint32_t file)
{
	return t->names + (size_t)file * t->name_bytes;
}

/* Whether @file has bytes that wait to be taken or to be confirmed. */
bool filetable_is_used(const struct filetable *t, uint32_t file);

/* Bytes waiting, and lines, of all files. */
size_t filetable_waiting(const struct filetable *t);
size_t filetable_lines(const struct filetable *t);

/* Whether any file has bytes. */
bool filetable_is_any_used(const struct filetable *t);

#endif
