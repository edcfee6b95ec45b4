/*
 * shelf - the held messages of each source, by their sequnums.
 *
 * L1.  The keys of messages stand here, close together, so that the messages
 * themselves, which lie far apart, need not be touched.  A source has a shelf
 * while it has an entry.
 */
#ifndef UDPLOGGER_SHELF_H
#define UDPLOGGER_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"
#include "pool.h"

#define SHELF_MAX   64 /* entries of a source */
#define SHELF_SMALL 3 /* entries on a small shelf */

struct shelf_entry {
	uint64_t sequnum;
	uint64_t usec;
	uint32_t total;
	uint32_t number; /* of the message */
	uint16_t prio;
	bool waits; /* held by room waiting */
	bool closed; /* takes in no fragment any more */
	bool replayed; /* extmsg.h */
};

struct shelves {
	uint32_t *numbers; /* of each source's shelf; 0: it has none */
	struct pool small; /* most sources hold few messages at once */
	struct pool large;
};

/* The bytes of memory for @sources sources, which have @messages in all. */
size_t shelves_bytes(uint32_t sources, uint32_t messages);

/* @memory: shelves_bytes(), zeroed, aligned to 64 bytes, not owned. */
void shelves_init(struct shelves *s, uint32_t sources, uint32_t messages,
		  void *memory);

/* How many entries @source has. */
uint32_t shelf_count(const struct shelves *s, uint32_t source);

/* Adds an entry for @source, which has fewer than SHELF_MAX. */
void shelf_add(struct shelves *s, uint32_t source,
	       const struct shelf_entry *entry);

/* The entry of message @number, whose sequnum is @sequnum; it is there. */
struct shelf_entry *shelf_entry(const struct shelves *s, uint32_t source,
				uint64_t sequnum, uint32_t number);

/* Removes that entry. */
void shelf_remove(struct shelves *s, uint32_t source, uint64_t sequnum,
		  uint32_t number);

/* The number of the open message that @msg, whose total is set, belongs to. */
uint32_t shelf_find(const struct shelves *s, uint32_t source,
		    const struct extmsg *msg);

/*
 * Entries of @source, NULL where there is none: the one at place @i; the lowest
 * from @sequnum on; the lowest one that waits.
 */
const struct shelf_entry *shelf_at(const struct shelves *s, uint32_t source,
				   uint32_t i);
const struct shelf_entry *shelf_from(const struct shelves *s, uint32_t source,
				     uint64_t sequnum);
const struct shelf_entry *shelf_waiting(const struct shelves *s,
					uint32_t source);

#endif
