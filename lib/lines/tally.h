/*
 * tally - what each sender has sent, counted for the files of run=.
 *
 * L1.  An entry for each source, by its number, in two tables: what every
 * datagram changes is apart from what changes seldom, which for most senders is
 * never touched.  Without run= there is no tally, and a pointer to it is NULL.
 */
#ifndef UDPLOGGER_TALLY_H
#define UDPLOGGER_TALLY_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Half a cache line; zeroed at first. */
struct tally_recent {
	struct timespec heard; /* wall clock: arrival of the latest datagram */
	uint64_t lines; /* of the log */
	uint32_t told_lines; /* low bits of @lines when they were told last */
	uint32_t told_ms; /* low bits of the monotonic time then; 0: never */
};

/* Zeroed at first. */
struct tally_sender {
	uint64_t incident_ms; /* wall clock: when the latest began */
	uint32_t lost; /* messages logged as lost, and not as late */
	uint32_t boots;
	uint8_t incident; /* its class; 0: there was none */
};

/* Of the senders that made room for others. */
struct tally_sums {
	uint64_t senders;
	uint64_t lines;
	uint64_t lost;
	uint64_t boots;
};

struct tally {
	struct tally_recent *recent;
	struct tally_sender *senders;
	struct tally_sums gone;
	/* Called before the numbers of @source are forgotten; NULL: nobody. */
	void (*leaves)(void *context, uint32_t source);
	void *context;
};

/* The bytes of memory that it needs for @sources sources. */
size_t tally_bytes(uint32_t sources);

/* @memory: tally_bytes(), zeroed, aligned to 64 bytes, not owned. */
void tally_init(struct tally *t, uint32_t sources, void *memory);

/* Source @source becomes another sender: what it had becomes part of @gone. */
void tally_leave(struct tally *t, uint32_t source);

/* @lost messages of it were logged as lost; negative: as late, after all. */
void tally_lose(struct tally *t, uint32_t source, int64_t lost);

/* A datagram of it was taken in that arrived at @arrival. */
static inline void tally_hear(struct tally *t, uint32_t source,
			      const struct timespec *arrival)
{
	t->recent[source].heard = *arrival;
}

/* The log has one more line of it. */
static inline void tally_line(struct tally *t, uint32_t source)
{
	t->recent[source].lines++;
}

#endif
