/*
 * netrx - datagrams from the socket, in batches, and the kernel's drop count.
 *
 * L2.  A batch stays here until every datagram of it was taken; whoever can't
 * take more leaves the rest, and the kernel's buffer takes what comes
 * meanwhile.
 */
#ifndef UDPLOGGER_NETRX_H
#define UDPLOGGER_NETRX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "datagram.h"
#include "srcaddr.h"

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
	uint32_t drops; /* the kernel's count, as last told; it wraps */
	bool adopted; /* what was told of the count is not known yet */
	bool spares; /* asks the kernel for no more than can't be known else */
	bool unstamped; /* it gives no stamps now */
	struct srcaddr_scopes scopes; /* interfaces that senders came by */
	time_t since; /* wall clock; what waits came no earlier; 0: not known */
	struct timespec now; /* before the batch was received; -1 ns: unknown */
};

/* The bytes of memory that the batch needs. */
size_t netrx_bytes(void);

/*
 * Makes @rx receive from @fd, a UDP socket with SO_TIMESTAMPNS and SO_RXQ_OVFL
 * set.  @memory: netrx_bytes(), zeroed, aligned for any type, not owned.
 */
void netrx_init(struct netrx *rx, const struct sys *sys, int fd, void *memory);

/*
 * Whether to spare what stamps and drop counts cost, a tenth of receiving.  If
 * so, while more waits than a batch holds, what must all have come in this
 * second is received without stamps, and its time is now; and without counts
 * while the kernel has dropped no more.
 *
 * The second of each datagram stays right, but where the process is stopped for
 * longer inside of netrx_receive(): then what came meanwhile and fits into the
 * batch has the time from before.  The place of each loss stays right if it was
 * for want of room in a socket that holds more than a batch:
 * NETRX_SPARE_BYTES, as SO_RCVBUF counts them, are granted.  Others (bad
 * checksums, udp_mem, filters) are told a batch later, perhaps.
 *
 * Nobody else receives from @fd meanwhile, or counts on its stamps; not to
 * spare any more has the kernel give them again.
 */
#define NETRX_SPARE_BYTES (NETRX_BATCH * 131072) /* a datagram of 64 KiB */
void netrx_spare(struct netrx *rx, bool spares);

/*
 * @fd was adopted: it has counted drops since it was made, and who had it
 * before has told of those until it had emptied the socket.  Called before the
 * first netrx_receive().
 */
void netrx_adopt(struct netrx *rx);

/*
 * Receives a batch, when all of the last one was taken.  Returns how many
 * datagrams there are to take; 0 when none waits; -1 with errno.
 */
int netrx_receive(struct netrx *rx);

/*
 * The first datagram that isn't taken: its fields, the bytes of it that are
 * taken already, and how many datagrams the kernel had dropped since the one
 * before it.  False when the batch is used up.
 */
bool netrx_current(struct netrx *rx, struct datagram *datagram,
		   uint32_t *dropped);

/* The drops that netrx_current() told of are dealt with. */
void netrx_drops_told(struct netrx *rx, uint32_t dropped);

/* The current datagram is taken whole. */
void netrx_taken(struct netrx *rx);

/*
 * How many it has dropped before the datagram that would be received next, if
 * one waits, or else until now.  0 unless the batch is used up.
 */
uint32_t netrx_dropped_before_next(struct netrx *rx);

/*
 * Has nothing more arrive: what the socket holds stays, what comes is refused
 * as if there were no socket.  False where the kernel does not let us.
 */
bool netrx_shut(struct netrx *rx);

/* Has the name of interface @index known in @scopes, if it is not 0. */
void netrx_learn_scope(struct netrx *rx, uint32_t index);

/* Has the names of all interfaces asked for anew, for new senders. */
void netrx_forget_scopes(struct netrx *rx);

/*
 * How many datagrams the kernel has dropped that were not told of.  They belong
 * after the last one that was taken only if the socket was just found empty.
 */
uint32_t netrx_untold(const struct netrx *rx);

#endif
