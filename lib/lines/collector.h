/*
 * collector - datagrams in, finished lines out.
 *
 * L1.  Is handed datagrams and the time; puts lines into the queues, and names
 * its next deadline.  A datagram is text (assembler) or a record (extended).
 * When the table of sources is full, one of those silent longest makes room,
 * and what is held of it is written.
 *
 * A function that writes lines returns false when the queues are full.
 * Nothing is lost then, and it is called again with the same arguments once
 * bytes were taken from the queues.
 */
#ifndef UDPLOGGER_COLLECTOR_H
#define UDPLOGGER_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "assembler.h"
#include "deadline.h"
#include "extended.h"
#include "incident.h"
#include "limit.h"
#include "output.h"
#include "source.h"
#include "srcaddr.h"

struct datagram;
struct outq;
struct settings;
struct filetable;

struct collector_counts {
	uint64_t datagrams;
	uint64_t evictions; /* senders that made room for others */
	uint64_t bytes; /* of datagrams taken in */
};

struct collector {
	const struct settings *settings; /* not owned */
	struct collector_counts counts;
	struct output output;
	struct limit limit;
	struct incidents incidents; /* used with incidents=yes */
	struct source_table sources;
	struct assembler assembler;
	struct extended extended; /* used if settings_reads_extended() */
	bool text_refused; /* a datagram claimed as text found no room */
};

/* The bytes of memory that @settings need. */
size_t collector_bytes(const struct settings *settings);

/*
 * @hash_keys: source_table_init().  @memory: collector_bytes(), zeroed, aligned
 * to 64 bytes, not owned.
 */
void collector_init(struct collector *c, const struct settings *settings,
		    const uint64_t hash_keys[SRCADDR_HASH_KEYS], void *memory,
		    struct filetable *files, struct outq *tee);

/* Has @tally, not owned, count what senders send; NULL: nothing does. */
void collector_count(struct collector *c, struct tally *tally);

/* The settings are others now. */
void collector_change(struct collector *c);

/* Brings into the cache what datagrams from @count @sources will need. */
void collector_expect(const struct collector *c, const struct srcaddr *sources,
		      size_t count);

/*
 * Takes in @d from *@offset on, which is 0 at first.  False when the queues are
 * full; *@offset is then how much of @d is taken in.
 */
bool collector_put(struct collector *c, const struct datagram *d,
		   size_t *offset, uint64_t now_ms);

/*
 * Writes the extended records that have waited long enough for earlier ones.
 * To be called also while datagrams wait in the socket.
 */
bool collector_release(struct collector *c, uint64_t now_ms);

/* Does so, and writes the unfinished lines and messages whose time is up. */
bool collector_expire(struct collector *c, uint64_t now_ms);

/*
 * Writes all unfinished lines and messages, lines in the order of their begin.
 */
bool collector_flush(struct collector *c);

/* How many lines and messages are unfinished. */
uint32_t collector_unfinished(const struct collector *c);

/* When to call collector_expire(); DEADLINE_NEVER: no need. */
uint64_t collector_deadline(const struct collector *c);

/*
 * Writes a line of the daemon itself, "STAMP udplogger: TEXT"; @notice: json.h.
 */
bool collector_tell(struct collector *c, const struct timespec *time,
		    const char *notice, const char *text);

/*
 * Writes a line of the daemon itself, "STAMP udplogger: TEXT", about @lost
 * datagrams, of those that were sent to the local port @local; 0: any.
 */
bool collector_note(struct collector *c, const struct timespec *time,
		    uint64_t lost, uint16_t local, const char *text);

#endif
