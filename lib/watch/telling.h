/*
 * telling - what the file of incidents tells, and what is only counted.
 *
 * L1.  Whoever can send a datagram can announce an incident, so what is told is
 * bounded: of each class one incident of a sender in a minute, but TELLING_MANY
 * boots and as many of sysrq, which are short and not alike; and TELLING_ALL of
 * all senders in TELLING_ALL_MS, as forged addresses are new senders each; and
 * as many again that are told late, by what came after their first line.  The
 * minute of a sender begins with the first that is told in it.
 *
 * All others are counted, and a line tells how many, TELLING_UNTOLD_MS after
 * the first of them, and at the end.  It has the stamp of the last.
 *
 * A function that writes returns false when the queues are full.  Nothing has
 * changed then, and it is called again.
 */
#ifndef UDPLOGGER_TELLING_H
#define UDPLOGGER_TELLING_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "announce.h"
#include "class.h"
#include "deadline.h"
#include "incidentline.h"

#define TELLING_MINUTE_MS 60000
#define TELLING_MANY	  8
#define TELLING_ALL	  1000
#define TELLING_ALL_MS	  2000
#define TELLING_UNTOLD_MS 60000

struct output;
struct source_table;

/* What was told of one sender in its minute; zeroed at first. */
struct telling_sender {
	uint32_t minute_s; /* monotonic, when it began, plus 1; 0: none */
	uint16_t classes; /* a bit each */
	uint8_t boots;
	uint8_t dumps; /* of sysrq */
};

/* What was told of all senders lately; zeroed at first. */
struct telling_all {
	uint64_t since_ms; /* when the count began */
	uint32_t count;
};

struct telling {
	const struct source_table *sources; /* not owned */
	struct output *output; /* not owned */
	uint64_t now_ms; /* monotonic; kept up to date by the owner */
	struct telling_all at_once;
	struct telling_all late;
	uint64_t untold; /* of which no line tells yet */
	struct timespec untold_time; /* wall clock, of the last of them */
	uint64_t untold_ms; /* when to tell; DEADLINE_NEVER: none */
};

void telling_init(struct telling *t, const struct source_table *sources,
		  struct output *output);

/* Whether one more of @class may be told, of that sender. */
bool telling_may(const struct telling *t, const struct telling_sender *sender,
		 enum incident_class class);

/* Whether nothing but the bound of all senders is in the way of one more. */
bool telling_may_later(const struct telling *t,
		       const struct telling_sender *sender,
		       enum incident_class class);

/* Whether one more may be told late. */
bool telling_may_late(const struct telling *t);

/* Notes that one was told; @late: as telling_may_late() said. */
void telling_note(struct telling *t, struct telling_sender *sender,
		  enum incident_class class, bool late);

/* Counts one that isn't told. */
void telling_count(struct telling *t, const struct timespec *time);

/* Writes a line about the sender of that number in the table. */
bool telling_put(struct telling *t, uint32_t source,
		 const struct timespec *time, const struct incident_line *line);

/* Tells how many were not told, when it is time; or at once. */
bool telling_expire(struct telling *t);
bool telling_flush(struct telling *t);

/* When to call telling_expire(); DEADLINE_NEVER: no need. */
static inline uint64_t telling_deadline(const struct telling *t)
{
	return t->untold_ms;
}

#endif
