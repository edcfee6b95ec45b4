/*
 * intake - datagrams from the sockets into the collector, and notices of those
 * that the kernel dropped.
 *
 * L2.  A datagram that was received is never thrown away: while there is no
 * room for its lines, nothing more is received, and the kernel's buffers fill.
 * Sockets have turns of a batch each, so that no flood of one keeps another
 * from being heard.
 */
#ifndef UDPLOGGER_INTAKE_H
#define UDPLOGGER_INTAKE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "backoff.h"
#include "bounds.h"
#include "collector.h"
#include "deadline.h"
#include "diag.h"
#include "drops.h"
#include "netrx.h"
#include "writer.h"

struct sys;

#define INTAKE_PLACE_MAX (4 + SRCADDR_TEXT_MAX) /* " at ADDRESS:PORT" */

/* A socket, and how it goes with it. */
struct inlet {
	struct netrx_socket socket;
	long granted_bytes; /* receive buffer, in the units of rbuf= */
	char place[INTAKE_PLACE_MAX]; /* " at ADDRESS:PORT" */

	/* Zero at first. */
	bool emptied; /* the last round left nothing in it */
	bool shut; /* it takes no more datagrams */
	bool ended; /* nothing more is received from it */
	unsigned taken; /* datagrams since it was empty, as far as it matters */
	uint64_t retry_ms; /* don't receive before; 0: may */
	struct timespec last_arrival; /* of the datagram last taken in */
	struct backoff backoff;
	struct diag_fault fault; /* of receiving */
};

struct intake {
	/* Set up by the owner; none is owned. */
	const struct sys *sys;
	struct diag *diag;
	struct collector *collector;
	struct writer *writer;

	struct netrx rx; /* set up by netrx_init() */
	struct inlet inlets[SOCKETS_MAX];
	unsigned count; /* of inlets, at least 1 */

	/* Zero at first. */
	unsigned turn; /* the inlet that the batch is of */
	bool full; /* no room for more lines until some are written */
	unsigned taken; /* datagrams received in the last round */
	struct diag_fault full_fault;
};

/* Adds the UDP socket @fd, bound to @local; netrx_socket_init(). */
struct inlet *intake_add(struct intake *in, int fd, const struct srcaddr *local,
			 long granted_bytes);

/*
 * Has the kernel give all stamps, if @exact; stamps of whole seconds can be
 * known without asking it; netrx_skip().
 */
void intake_choose_stamps(struct intake *in, bool exact);

/* There are several sockets: what is said and logged tells which it is of. */
void intake_tell_apart(struct intake *in);

/*
 * Takes in datagrams from the sockets, for one round.  True when nothing is
 * left in those that can be read; false when the round was full, or lines found
 * no room.
 */
bool intake_round(struct intake *in);

/*
 * Calls @step, which writes lines to the queues, until it has found room.
 * False, and @full is set, when writing to the files makes no room.
 */
bool intake_with_room(struct intake *in, bool (*step)(struct intake *));

/* Logs the drops before the datagrams that would be received next. */
bool intake_log_drops(struct intake *in);

/* How many drops there are before those, and not logged. */
uint32_t intake_unlogged(struct intake *in);

/* Whether datagrams are waited for from @inlet. */
bool intake_waits_for(const struct intake *in, const struct inlet *inlet);

/* Whether the kernel refuses to give datagrams, of any socket. */
bool intake_is_refused(const struct intake *in);

/* When to call intake_round() though no datagram arrives. */
uint64_t intake_deadline(const struct intake *in);

/* Datagrams that the kernel has dropped, whether logged or not. */
uint64_t intake_lost(const struct intake *in);

/* Those that are logged; *@cause is why the latest were lost, or NULL. */
uint64_t intake_logged(const struct intake *in, const char **cause);

/*
 * Gives up the datagrams that were received and not taken in, and, if @all,
 * those in sockets that were not emptied, which are shut for that.  Returns how
 * many.
 */
unsigned intake_give_up(struct intake *in, bool all);

/* Whether the latest datagram came after @time, a wall time. */
static inline bool inlet_came_after(const struct inlet *inlet,
				    const struct timespec *time)
{
	return inlet->last_arrival.tv_sec > time->tv_sec ||
	       (inlet->last_arrival.tv_sec == time->tv_sec &&
		inlet->last_arrival.tv_nsec > time->tv_nsec);
}

#endif
