/*
 * netrx - datagrams from the sockets, in batches, each with the kernel's stamp
 * and the drops before it.
 *
 * L2.  A batch is of one socket, and stays here until every datagram of it was
 * taken.  Meanwhile the kernel's buffers take what comes.
 */
#ifndef UDPLOGGER_NETRX_H
#define UDPLOGGER_NETRX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "datagram.h"
#include "drops.h"
#include "srcaddr.h"

struct sys;
struct mmsghdr;

#define NETRX_BATCH 64

/* A socket that datagrams come from. */
struct netrx_socket {
	const struct sys *sys;
	int fd; /* not owned */
	uint16_t port; /* the local one */
	struct drops drops;
	unsigned skips; /* batches that it holds; 0: ask for all each time */
	unsigned known; /* batches that can't carry an unknown drop count */
	bool unstamped; /* the kernel gives no stamps now */
	bool backlog; /* the last batch was full */
	bool many; /* so, most likely, is the next one */
	time_t since; /* wall clock; the rest came no earlier; 0: unknown */
};

struct netrx {
	const struct sys *sys;
	struct netrx_slots *slots;
	struct mmsghdr *messages;
	struct netrx_socket *socket; /* which the batch is of; not owned */
	struct srcaddr from[NETRX_BATCH]; /* each sender once in a row */
	unsigned sources; /* of @from */
	uint8_t who[NETRX_BATCH]; /* sent each datagram: its place in @from */
	unsigned count; /* datagrams in the batch */
	unsigned next; /* the first that isn't taken */
	size_t offset; /* bytes of it that are taken */
	struct srcaddr_scopes scopes; /* interfaces that senders came by */
	bool by_address; /* source=address: ports of senders are 0 */
	struct timespec now; /* before the batch was received; -1 ns: unknown */
};

/* The bytes of memory that a batch needs. */
size_t netrx_bytes(void);

/*
 * @memory: netrx_bytes(), zeroed, aligned for any type, not owned.
 */
void netrx_init(struct netrx *rx, const struct sys *sys, void *memory);

/*
 * Makes @socket one that is received from: @fd, a UDP socket at the local @port
 * with arrival_ask() and SO_RXQ_OVFL set.
 */
void netrx_socket_init(struct netrx_socket *socket, const struct sys *sys,
		       int fd, uint16_t port);

/*
 * While datagrams are many (full batches), receive about 10% cheaper: a batch
 * that must all have arrived in the current second gets the present time, not
 * the kernel's stamps; drop counts are asked for only after SO_MEMINFO changed,
 * and that is looked at once for @batches, of which the full socket holds more.
 *
 * The second of each datagram stays right, unless the process is stopped within
 * netrx_receive(): datagrams that then come and fit into the batch have the
 * time from before.  The place of each loss stays right, as it was when the
 * socket was full; NETRX_SKIP_BYTES for a batch, as SO_RCVBUF counts, see to
 * that.  Drops for other reasons (bad checksums, udp_mem, filters) may be
 * logged so many batches late, NETRX_SKIP_MOST at most.
 *
 * Nobody else receives from @fd meanwhile.  With no @batches the kernel gives
 * all stamps again.
 */
#define NETRX_SKIP_BYTES (NETRX_BATCH * 131072) /* a datagram of 64 KiB */
#define NETRX_SKIP_MOST	 8
void netrx_skip(struct netrx_socket *socket, unsigned batches);

/*
 * Receives a batch from @socket, when all of the last one was taken, whichever
 * that was of.  Returns how many datagrams there are to take; 0 when none
 * waits; -1 with errno.
 */
int netrx_receive(struct netrx *rx, struct netrx_socket *socket);

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
 * Drops not yet logged that precede the first datagram in @socket, or all of
 * them if it is empty.  0 unless the batch is used up.
 */
uint32_t netrx_dropped_before_next(struct netrx *rx,
				   struct netrx_socket *socket);

/*
 * Shuts the socket: it keeps what it holds, and refuses what comes, as if there
 * were no socket.  False where the kernel doesn't allow it.
 */
bool netrx_shut(const struct netrx_socket *socket);

/* Learns the name of interface @index by @fd, any socket; 0: does nothing. */
void netrx_learn_scope(struct netrx *rx, int fd, uint32_t index);

/* Forgets the names of interfaces, so that new senders get the present ones. */
void netrx_forget_scopes(struct netrx *rx);

#endif
