/*
 * places - the incidents that are open, of all senders.
 *
 * L1.  PLACES_MOST have room, and no more memory is ever used.  Boots that wait
 * take PLACES_BOOTS_MOST of these, as each may do so for long.  A place is in
 * one list at most; each list begins with what is due first.
 */
#ifndef UDPLOGGER_PLACES_H
#define UDPLOGGER_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "ilist.h"
#include "incidentline.h"

#define PLACES_MOST	  1000
#define PLACES_BOOTS_MOST 250
#define PLACES_NONE	  ILIST_NONE

/* How an incident ended. */
enum incident_way {
	WAY_NONE, /* it is open */
	WAY_MARKER,
	WAY_SILENCE,
	WAY_BOOT,
	WAY_PANIC,
	WAY_LIMIT,
	WAY_OPEN,
	WAYS
};

/* One that is open, or a boot that waits for its release. */
struct incident {
	struct timespec begun; /* wall clock, of the first line */
	struct timespec last; /* of the last line */
	uint64_t begun_ms; /* monotonic */
	uint64_t last_ms;
	uint64_t heard; /* which datagram its last line was of */
	uint64_t lines; /* that were written */
	uint64_t bytes; /* of their text */
	uint64_t tasks; /* of a dump of them */
	uint64_t dropped; /* datagrams that the kernel had dropped before */
	uint64_t lost; /* messages of the sender, since then */
	uint32_t source; /* its number */
	uint32_t list; /* enum places_list */
	uint16_t title_len; /* of what is told later */
	uint8_t class; /* enum incident_class */
	uint8_t after; /* class before a panic */
	uint8_t way; /* enum incident_way */
	uint8_t before; /* of a boot: enum boot_past */
	uint8_t proof; /* datagrams after the first, up to INCIDENT_PROOF */
	bool told;
	bool late; /* it is told if there is more proof of it */
	bool is_task; /* what the line is that comes now */
	bool is_last; /* likewise */
};

enum places_list {
	PLACES_VACANT, /* given back */
	PLACES_QUIET, /* open, by the last line */
	PLACES_ENDED, /* that it ended is still to be told */
	PLACES_BOOTS, /* waiting, by the begin */
	PLACES_LISTS
};

struct places {
	struct incident *at;
	char (*titles)[INCIDENTLINE_TITLE_MAX]; /* of what is told later */
	uint32_t touched; /* places that were ever taken */
	uint32_t boots; /* in the list of those that wait */
	struct ilist lists[PLACES_LISTS];
};

/* The bytes of memory that are needed. */
size_t places_bytes(void);

/* @memory: places_bytes(), zeroed, aligned to 64 bytes, not owned. */
void places_init(struct places *p, void *memory);

/* A place, zeroed, at the end of @list; PLACES_NONE: all are taken. */
uint32_t places_take(struct places *p, enum places_list list);

/* Whether places_take() finds one. */
bool places_have_room(const struct places *p);

/* The same for a boot that is to wait. */
bool places_have_room_for_boot(const struct places *p);

/* Moves @place to the end of @list. */
void places_move(struct places *p, uint32_t place, enum places_list list);

/* Gives @place back. */
void places_leave(struct places *p, uint32_t place);

/* The first place of @list, or PLACES_NONE. */
static inline uint32_t places_first(const struct places *p,
				    enum places_list list)
{
	return p->lists[list].first;
}

/* How many are in @list; walks over them. */
uint32_t places_count(const struct places *p, enum places_list list);

/* "marker", "silence" and so on. */
const char *places_way(enum incident_way way);

#endif
