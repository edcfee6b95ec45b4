/*
 * drops - datagrams that the kernel dropped: what it has counted of them, and
 * what the log has said.
 *
 * L2.  The kernel counts what a socket has no room for.  With SO_RXQ_OVFL
 * (socket(7)) a datagram carries the count of when it was queued, so that the
 * place of a loss is known; SO_MEMINFO tells the count at any time.  The count
 * wraps.
 */
#ifndef UDPLOGGER_DROPS_H
#define UDPLOGGER_DROPS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"

struct collector;
struct sys;

struct drops {
	const struct sys *sys;
	int fd; /* the UDP socket, not owned */
	uint32_t logged; /* the kernel's count, as far as the log has it */
	bool adopted; /* what the previous owner has logged isn't known yet */
	uint64_t total; /* drops that we have logged */
	uint64_t due_ms; /* when to ask for the count; 0: no need */
};

void drops_init(struct drops *d, const struct sys *sys, int fd);

/*
 * The socket was passed on by somebody who has logged its drops until it was
 * empty.  To be called before anything is received.
 */
void drops_adopt(struct drops *d);

/*
 * What was received first from a socket that was adopted: @count is what that
 * datagram carries; NULL if none was there.
 */
void drops_settle(struct drops *d, const uint32_t *count);

/* How many drops that are not logged a datagram tells of, by its @count. */
uint32_t drops_since(const struct drops *d, uint32_t count);

/* How many are not logged, by the kernel's count now; 0 if it doesn't tell. */
uint32_t drops_unlogged(const struct drops *d);

/* Whether the count that comes with each datagram may say anything new. */
bool drops_may_be_news(const struct drops *d);

/*
 * Writes "N datagrams lost, ..." as of @time, or now if that is NULL.  False
 * where the queue has no room; nothing is logged then.
 */
bool drops_log(struct drops *d, struct collector *collector, uint32_t dropped,
	       const struct timespec *time);

/*
 * @received datagrams came in this round, and the socket is empty.  When to ask
 * for the count is then: at once after a burst, else once a second and when it
 * gets quiet, as the call would cost something at each wake-up.
 */
void drops_note_round(struct drops *d, unsigned received, uint64_t now_ms);

/* When to look at drops_unlogged(); DEADLINE_NEVER. */
uint64_t drops_deadline(const struct drops *d);

/* It was looked at, and logged. */
void drops_looked(struct drops *d);

#endif
