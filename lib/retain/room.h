/*
 * room - how much is to be removed for max= and free=.
 *
 * L2.  What a file system says of its free space may lag behind what was
 * removed, for as long as it takes to write its own tables; what was removed
 * lately counts as free, or more would go than need be.  Monotonic times.
 */
#ifndef UDPLOGGER_ROOM_H
#define UDPLOGGER_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "reason.h"

struct diag;
struct diag_fault;
struct sys;

#define ROOM_SETTLE_MS 30000 /* until a file system shows what was removed */

struct room {
	const struct sys *sys;
	struct diag *diag;
	struct diag_fault *fault; /* of all that retention does */
	const char *dir;
	uint64_t most; /* bytes of all files together; 0: any number */
	uint64_t wanted; /* bytes that are to be free; 0: any number */
	uint64_t needed; /* bytes to remove, as of the latest look */
	uint64_t freed; /* bytes removed since then */
	uint64_t available; /* at that look */
	uint64_t written; /* by ourselves, at that look */
	uint64_t expected; /* bytes available as of the latest room_settle() */
	uint64_t expected_written; /* bytes written as of the latest one */
	uint64_t settled_ms; /* @expected counts until then */
};

/*
 * Looks how much is to be removed.  @written: bytes that were written so far,
 * to any file.  @is_full: a write failed, so a file has to go in any case.
 */
void room_look(struct room *room, uint64_t written, bool is_full,
	       uint64_t now_ms);

/* The bytes that a file of @size bytes takes. */
uint64_t room_taken_by(uint64_t size);

/* Whether less was removed than needed. */
static inline bool room_is_short(const struct room *room)
{
	return room->freed < room->needed;
}

/* Whether files that take @bytes are more than there may be. */
static inline bool room_is_too_much(const struct room *room, uint64_t bytes)
{
	return room->most > 0 && bytes > room->most;
}

/* Which limit is passed, where files take @bytes, if one is. */
enum retain_reason room_limit(const struct room *room, uint64_t bytes);

/* What was removed since room_look() will become visible. */
void room_settle(struct room *room, uint64_t now_ms);

#endif
