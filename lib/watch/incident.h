/*
 * incident - what is known of senders, and what of them is told.
 *
 * L1.  The steps of which watch.h says when they are taken: an incident begins
 * and ends, a boot is announced and told.
 *
 * A function that writes returns false when the queues are full; it is called
 * again then.
 */
#ifndef UDPLOGGER_INCIDENT_H
#define UDPLOGGER_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "announce.h"
#include "boot.h"
#include "places.h"
#include "source.h"
#include "telling.h"

#define INCIDENT_SILENCE_MS 2000 /* after which nothing belongs to it */
#define INCIDENT_PROOF	    4 /* datagrams that bring more of it */

struct output;

/* Of each sender; zeroed at first. */
struct incident_sender {
	unsigned place : 16; /* of what is open, plus 1; 0: none */
	unsigned looked : 1; /* its line is looked at, and not written yet */
	unsigned ended : 4; /* class of the last that ended */
	unsigned proven : 1; /* it had INCIDENT_PROOF */
	uint32_t ended_ms; /* its last line; the low bits */
	struct telling_sender telling;
	struct boot boot;
};

struct incident_counts {
	uint64_t begun[CLASSES]; /* whether told or not */
	uint64_t boots[BOOT_PASTS]; /* by how the boot before ended */
	uint64_t dropped; /* datagrams that the kernel dropped, as logged */
};

struct incidents {
	struct source_table *sources; /* not owned */
	const uint64_t *datagrams; /* taken in so far; not owned */
	struct telling telling;
	struct incident_counts counts;
	uint64_t now_ms; /* monotonic; watch_time() */
	struct incident_sender *senders; /* by the number of a source */
	struct places places;
};

/* The bytes of memory that are needed for @sources sources. */
size_t incident_bytes(uint32_t sources);

/*
 * @datagrams: how many were taken in, not owned.  @memory: incident_bytes(),
 * zeroed, aligned to 64 bytes, not owned.
 */
void incident_init(struct incidents *i, struct source_table *sources,
		   const uint64_t *datagrams, struct output *output,
		   void *memory);

/* What is open of @sender, or its boot that waits; NULL: neither. */
static inline struct incident *incident_of(const struct incidents *i,
					   const struct incident_sender *sender)
{
	return sender->place > 0 ? &i->places.at[sender->place - 1] : NULL;
}

static inline bool incident_is_boot(const struct incident *incident)
{
	return incident && incident->list == PLACES_BOOTS;
}

static inline bool incident_is_open(const struct incident *incident)
{
	return incident && incident->list == PLACES_QUIET;
}

/* Milliseconds between two stamps; 0 if @to is the earlier. */
uint64_t incident_ms_between(const struct timespec *from,
			     const struct timespec *to);

/* Sets whether the lines of source @number are of matter from now on. */
void incident_settle(struct incidents *i, uint32_t number);

/* Tells what @found announces, which has no length, or counts it. */
bool incident_pass(struct incidents *i, uint32_t number,
		   const struct announcement *found,
		   const struct timespec *time);

/*
 * Begins an incident of source @number, of which nothing is open.  If there is
 * no place, the one of which nothing came for longest ends.
 */
bool incident_begin(struct incidents *i, uint32_t number,
		    const struct announcement *found,
		    const struct timespec *time);

/* Tells of @incident if there is proof of it now, and it was not told. */
bool incident_prove(struct incidents *i, struct incident *incident);

/*
 * Ends @incident, unless it has ended already.  False: it has, but nothing
 * tells of it yet.
 */
bool incident_end(struct incidents *i, struct incident *incident,
		  enum incident_way way);

/* Tells of a boot of source @number, counts it, or has it wait. */
bool incident_boot(struct incidents *i, uint32_t number,
		   const struct announcement *found,
		   const struct timespec *time);

/* Tells of @boot, which waits, as @found says; NULL: as it was announced. */
bool incident_end_boot(struct incidents *i, struct incident *boot,
		       const struct announcement *found);

/* Ends what is open of source @number, which becomes another sender. */
bool incident_give_way(struct incidents *i, uint32_t number);

#endif
