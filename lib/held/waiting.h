/*
 * waiting - whole records that wait for earlier ones of their sender.
 *
 * L1.  The records are messages of room fragments.  All wait equally long, so
 * the record that began first is the first whose time is up.
 */
#ifndef UDPLOGGER_WAITING_H
#define UDPLOGGER_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "fragments.h"
#include "ilist.h"
#include "shelf.h"

struct waiting {
	struct fragments *messages; /* not owned */
	struct ilist list; /* of messages, the first to begin first */
	uint32_t count;
};

/* The bytes of memory that are needed for as many as fragments_most() says. */
size_t waiting_bytes(size_t held_bytes);

/* @memory: waiting_bytes(), aligned for uint32_t, not owned. */
void waiting_init(struct waiting *w, struct fragments *messages, void *memory);

/* Has a whole message wait from @now_ms; its last datagram came at @arrival. */
void waiting_add(struct waiting *w, uint32_t number,
		 const struct timespec *arrival, uint64_t now_ms);

/* Ends the wait of a message, which stays held by room fragments. */
void waiting_remove(struct waiting *w, uint32_t number);

/* The message that began to wait first; FRAGMENTS_NONE: none waits. */
uint32_t waiting_first(const struct waiting *w);

/* The lowest waiting message of @source; NULL: none. */
const struct shelf_entry *waiting_lowest(const struct waiting *w,
					 uint32_t source);

/* Whether @source holds as many as it may, all behind @sequnum. */
bool waiting_is_full(const struct waiting *w, uint32_t source,
		     uint64_t sequnum);

/*
 * The message that has to go: of a source that holds as many as it may; or of
 * all, when memory is used up.  The latter is of the kind, waiting or
 * incomplete, that there is more of, so that neither kind, sent from forged
 * addresses, drives out the other.
 */
uint32_t waiting_victim_of(const struct waiting *w, uint32_t source);
uint32_t waiting_victim(const struct waiting *w);

/* When the first message will have waited @ms; DEADLINE_NEVER: none waits. */
uint64_t waiting_deadline(const struct waiting *w, uint64_t ms);

/*
 * Whether the first message has waited @ms at @arrival of a datagram, which may
 * have lain in the socket for longer.
 */
bool waiting_is_over(const struct waiting *w, const struct timespec *arrival,
		     uint64_t ms);

#endif
