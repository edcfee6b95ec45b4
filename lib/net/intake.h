/*
 * intake - datagrams from the socket into the collector, and notices of those
 * that the kernel dropped.
 *
 * L2.  A datagram that was received is never thrown away: while there is no
 * room for its lines, nothing more is received, and the kernel's buffer fills.
 */
#ifndef UDPLOGGER_INTAKE_H
#define UDPLOGGER_INTAKE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "backoff.h"
#include "collector.h"
#include "deadline.h"
#include "diag.h"
#include "drops.h"
#include "netrx.h"
#include "writer.h"

struct sys;

struct intake {
	/* Set up by the owner; none is owned. */
	const struct sys *sys;
	struct diag *diag;
	struct collector *collector;
	struct writer *writer;

	struct netrx rx; /* set up by netrx_init() */
	struct drops drops; /* set up by drops_init() */

	/* Zero at first. */
	bool full; /* no room for more lines until some are written */
	bool ended; /* nothing more is received */
	unsigned taken; /* datagrams received in the last round */
	uint64_t retry_ms; /* don't receive before; 0: may */
	struct timespec last_arrival; /* of the datagram last taken in */
	struct backoff backoff;
	struct diag_fault fault; /* of receiving */
	struct diag_fault full_fault;
};

/*
 * Takes in datagrams from the socket, for one round.  True when the socket was
 * emptied; false when the round was full, lines found no room, or the kernel
 * refused.
 */
bool intake_round(struct intake *in);

/*
 * Calls @step, which writes lines to the queues, until it has found room.
 * False, and @full is set, when writing to the files makes no room.
 */
bool intake_with_room(struct intake *in, bool (*step)(struct intake *));

/* Logs the drops before the datagram that would be received next. */
bool intake_log_drops(struct intake *in);

/* When to call intake_round() though no datagram arrives. */
uint64_t intake_deadline(const struct intake *in);

/* Datagrams that the kernel has dropped, whether logged or not. */
uint64_t intake_lost(const struct intake *in);

/*
 * Gives up the datagrams that were received and not taken in, and, if @all,
 * those in the socket, which is shut for that.  Returns how many.
 */
unsigned intake_give_up(struct intake *in, bool all);

/* Whether the latest datagram came after @time, a wall time. */
static inline bool intake_came_after(const struct intake *in,
				     const struct timespec *time)
{
	return in->last_arrival.tv_sec > time->tv_sec ||
	       (in->last_arrival.tv_sec == time->tv_sec &&
		in->last_arrival.tv_nsec > time->tv_nsec);
}

#endif
