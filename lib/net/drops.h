/*
 * drops - datagrams that the kernel dropped: its count, and how much of it the
 * log has.
 *
 * L2.  The kernel counts the datagrams that a socket has no room for.  With
 * SO_RXQ_OVFL (socket(7)) each datagram carries the count as it was queued,
 * which gives the loss its place; SO_MEMINFO gives the count at any time.  The
 * count wraps.
 */
#ifndef UDPLOGGER_DROPS_H
#define UDPLOGGER_DROPS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "udpstat.h"

struct collector;
struct sys;

struct drops {
	const struct sys *sys;
	int fd; /* the UDP socket, not owned */
	const char *place; /* " at ADDRESS:PORT", or ""; not owned */
	uint16_t port; /* likewise; 0: not told */
	uint32_t logged; /* the part of the kernel's count that is logged */
	bool adopted; /* the previous owner's @logged isn't known yet */
	uint64_t total; /* drops logged by this process */
	uint64_t due_ms; /* when to ask for the count; 0: no need */
	struct udpstat logged_at; /* the kernel's counts as of @logged */
	struct udpstat latest; /* the counts when a cause was last looked for */
	uint64_t latest_ms; /* when a cause was last looked for, monotonic */
	const char *cause; /* of the latest loss, or NULL */
};

void drops_init(struct drops *d, const struct sys *sys, int fd);

/*
 * The socket is adopted: its previous owner logged its drops until it was
 * empty.  To be called before anything is received.
 */
void drops_adopt(struct drops *d);

/*
 * Settles the count of an adopted socket by its first datagram, which carries
 * @count; NULL: the socket was empty.
 */
void drops_settle(struct drops *d, const uint32_t *count);

/* How many drops not yet logged a datagram shows, which carries @count. */
uint32_t drops_since(const struct drops *d, uint32_t count);

/*
 * How many drops are not logged, by the kernel's count now; 0 if it gives none.
 */
uint32_t drops_unlogged(const struct drops *d);

/* Whether the counts that datagrams carry may show drops not yet logged. */
bool drops_may_be_news(const struct drops *d);

/*
 * Writes "N datagrams lost, ..." with the stamp of @time, NULL: now.  False:
 * the queue has no room, and nothing is logged.
 */
bool drops_log(struct drops *d, struct collector *collector, uint32_t dropped,
	       const struct timespec *time);

/*
 * After a round of @received datagrams that emptied the socket, sets when to
 * ask for the count: at once after a burst, else once a second and when it gets
 * quiet, as the call costs something at each wake-up.
 */
void drops_note_round(struct drops *d, unsigned received, uint64_t now_ms);

/* When to ask drops_unlogged(); DEADLINE_NEVER: no need. */
uint64_t drops_deadline(const struct drops *d);

/* Notes that the count was asked for, and logged. */
void drops_looked(struct drops *d);

#endif
