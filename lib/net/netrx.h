/*
 * netrx - datagrams from the socket, in batches, each with the kernel's stamp
 * and the drops before it.
 *
 * L2.  A batch stays here until every datagram of it was taken.  Meanwhile the
 * kernel's buffer takes what comes.
 */
#ifndef UDPLOGGER_NETRX_H
#define UDPLOGGER_NETRX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "datagram.h"
#include "srcaddr.h"

struct drops;
struct sys;
struct mmsghdr;

#define NETRX_BATCH 64

struct netrx {
	const struct sys *sys;
	int fd; /* not owned */
	struct netrx_slot *slots;
	struct mmsghdr *messages;
	struct srcaddr from[NETRX_BATCH]; /* who sent each datagram */
	unsigned count; /* datagrams in the batch */
	unsigned next; /* the first that isn't taken */
	size_t offset; /* bytes of it that are taken */
	struct drops *drops; /* not owned */
	struct srcaddr_scopes scopes; /* interfaces that senders came by */
	bool by_address; /* source=address: ports of senders are 0 */
	bool skips; /* leave out stamps and drop counts that we can work out */
	bool unstamped; /* the kernel gives no stamps now */
	time_t since; /* wall clock; the rest came no earlier; 0: unknown */
	struct timespec now; /* before the batch was received; -1 ns: unknown */
};

/* The bytes of memory that the batch needs. */
size_t netrx_bytes(void);

/*
 * Makes @rx receive from @fd, a UDP socket with arrival_ask() and SO_RXQ_OVFL
 * set, whose drops are @drops.  @memory: netrx_bytes(), zeroed, aligned for any
 * type, not owned.
 */
void netrx_init(struct netrx *rx, const struct sys *sys, int fd,
		struct drops *drops, void *memory);

/*
 * During a backlog (full batches), receive about 10% cheaper: a batch that must
 * all have arrived in the current second gets the present time instead of
 * kernel stamps; drop counts are asked for only after SO_MEMINFO changed.
 *
 * The second of each datagram stays right, unless the process is stopped within
 * netrx_receive(): datagrams that then come and fit into the batch have the
 * time from before.  The place of each loss stays right if the socket holds
 * more than a batch: NETRX_SKIP_BYTES, as SO_RCVBUF counts, are granted.  Drops
 * for other reasons (bad checksums, udp_mem, filters) may be logged a batch
 * late.
 *
 * Nobody else receives from @fd meanwhile.  With @skips false the kernel gives
 * all stamps again.
 */
#define NETRX_SKIP_BYTES (NETRX_BATCH * 131072) /* a datagram of 64 KiB */
void netrx_skip(struct netrx *rx, bool skips);

/*
 * Receives a batch, when all of the last one was taken.  Returns how many
 * datagrams there are to take; 0 when none waits; -1 with errno.
 */
int netrx_receive(struct netrx *rx);

/*
 * The first datagram that isn't taken whole: its fields, how many bytes of it
 * are taken, and how many drops were before it.  False when the batch is used
 * up.
 */
bool netrx_current(struct netrx *rx, struct datagram *datagram,
		   uint32_t *dropped);

/* Notes that the current datagram is taken whole. */
void netrx_taken(struct netrx *rx);

/*
 * Drops not yet logged that precede the first datagram in the socket, or all of
 * them if it is empty.  0 unless the batch is used up.
 */
uint32_t netrx_dropped_before_next(struct netrx *rx);

/*
 * Shuts the socket: it keeps what it holds, and refuses what comes, as if there
 * were no socket.  False where the kernel doesn't allow it.
 */
bool netrx_shut(struct netrx *rx);

/* Learns the name of interface @index for @scopes; 0: does nothing. */
void netrx_learn_scope(struct netrx *rx, uint32_t index);

/* Forgets the names of interfaces, so that new senders get the present ones. */
void netrx_forget_scopes(struct netrx *rx);

#endif
