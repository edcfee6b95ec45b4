/*
 * collector - datagrams in, finished lines out.
 *
 * L1.  Joins what each source sends into lines and puts each finished line,
 * with its stamp and source, into the queue of its day.  It has no clock and
 * no descriptor: it is handed datagrams and the time, and gives back lines
 * and its next deadline.
 *
 * A line ends at LF, or timeout= after its first byte on the monotonic
 * clock, or after wbuf=.  Then it goes on as the next line of that
 * source, with the stamp of the datagram that went beyond.  When the table of
 * sources or the memory for unfinished lines is full, the source silent
 * longest or the oldest unfinished line makes room: written early, never
 * dropped.
 *
 * Whatever writes a line can find the queues full.  It then returns false,
 * has lost nothing, and is called again with the same arguments once bytes
 * were taken from the queues.
 */
#ifndef UDPLOGGER_COLLECTOR_H
#define UDPLOGGER_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "extended.h"
#include "ilist.h"
#include "output.h"
#include "pool.h"
#include "source.h"
#include "srcaddr.h"

struct datagram;
struct outq;
struct settings;
struct spool;

struct collector_counts {
	uint64_t datagrams;
	uint64_t bytes; /* of datagrams taken in */
};

struct collector {
	const struct settings *settings; /* not owned */
	struct collector_counts counts;
	struct output output;
	struct source_table sources;
	struct ilist unfinished; /* sources with a line, oldest line first */
	struct pool held;
	struct extended extended; /* if the settings say so */
	unsigned char *line; /* one line put together */
	bool text_refused; /* a datagram that is text found no room */
};

/* The bytes of memory that @settings need. */
size_t collector_bytes(const struct settings *settings);

/*
 * @hash_keys: source_table_init().  @memory: collector_bytes(), zeroed, aligned
 * to 64 bytes, not owned.
 */
void collector_init(struct collector *c, const struct settings *settings,
		    const uint64_t hash_keys[SRCADDR_HASH_KEYS], void *memory,
		    struct spool *spool, struct outq *tee);

/* Gets ready for datagrams from @count @sources; only makes it faster. */
void collector_expect(const struct collector *c, const struct srcaddr *sources,
		      size_t count);

/*
 * Takes in @d from *@offset on, which is 0 at first.  False when the queues
 * are full; *@offset then tells what was taken in already.
 */
bool collector_put(struct collector *c, const struct datagram *d,
		   size_t *offset, uint64_t now_ms);

/*
 * Writes the extended records that have waited for others long enough; also
 * while datagrams wait.
 */
bool collector_release(struct collector *c, uint64_t now_ms);

/* Writes the unfinished lines and messages whose time is up, and does that. */
bool collector_expire(struct collector *c, uint64_t now_ms);

/* Writes all that is unfinished, lines in the order in which they began. */
bool collector_flush(struct collector *c);

/* How many lines and messages are unfinished. */
uint32_t collector_unfinished(const struct collector *c);

/* When collector_expire() has something to do; DEADLINE_NEVER if nothing. */
uint64_t collector_deadline(const struct collector *c);

/*
 * Writes a line of the daemon itself, "STAMP udplogger: TEXT", which tells of
 * @lost datagrams.
 */
bool collector_note(struct collector *c, const struct timespec *time,
		    uint64_t lost, const char *text);

#endif
