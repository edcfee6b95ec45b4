/*
 * waiting - whole records that wait for earlier ones of their sender.
 *
 * L1.  They are messages of room fragments.  Each waits the same time, so the
 * one that began first is the first whose time is up.
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

/* The bytes of memory that are needed. */
size_t waiting_bytes(void);

/* @memory: waiting_bytes(), aligned for uint32_t, not owned. */
void waiting_init(struct waiting *w, struct fragments *messages, void *memory);

/* Has a whole message wait from @now_ms; its last datagram came at @arrival. */
void waiting_add(struct waiting *w, uint32_t number,
		 const struct timespec *arrival, uint64_t now_ms);

/* It waits no more, and is held as before. */
void waiting_remove(struct waiting *w, uint32_t number);

/* The one that began first, of all; FRAGMENTS_NONE if none waits. */
uint32_t waiting_first(const struct waiting *w);

/* The lowest one of @source; NULL if none of it waits. */
const struct shelf_entry *waiting_lowest(const struct waiting *w,
					 uint32_t source);

/*
 * Which message has to go: of a source that holds as many as it may; and of
 * all, when memory is used up.  The latter is of the kind that there is more
 * of, so neither kind, sent by somebody who forges sources, drives out the
 * other.
 */
uint32_t waiting_victim_of(const struct waiting *w, uint32_t source);
uint32_t waiting_victim(const struct waiting *w);

/* When the first has waited for @ms; DEADLINE_NEVER. */
uint64_t waiting_deadline(const struct waiting *w, uint64_t ms);

/*
 * Whether the first has waited for @ms when a datagram came at @arrival, which
 * may lie in the socket for longer.
 */
bool waiting_is_over(const struct waiting *w, const struct timespec *arrival,
		     uint64_t ms);

#endif
