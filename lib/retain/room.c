/* room - how much is to be removed for free=; see room.h. */
#include "room.h"

#include <errno.h>
#include <sys/vfs.h>

#include "diag.h"
#include "errortext.h"
#include "sys.h"

#define BLOCK_BYTES 4096 /* a file takes a whole number of them */

/* The free bytes that @st tells of, or will tell of. */
static uint64_t count_available(const struct room *room,
				const struct statfs *st, uint64_t written,
				uint64_t now_ms)
{
	uint64_t unit =
		(uint64_t)(st->f_frsize > 0 ? st->f_frsize : st->f_bsize);
	uint64_t shown = (uint64_t)st->f_bavail * unit;
	uint64_t since = written - room->expected_written;

	if (now_ms < room->settled_ms && room->expected > since &&
	    room->expected - since > shown)
		return room->expected - since;
	return shown;
}

void room_look(struct room *room, uint64_t written, bool is_full,
	       uint64_t now_ms)
{
	struct statfs st;

	room->needed = 0;
	room->freed = 0;
	if (room->wanted == 0)
		return;
	if (room->sys->statfs(room->dir, &st)) {
		diag_failed(room->diag, room->fault, now_ms,
			    "find out how much is free", errno,
			    errortext(errno));
		return;
	}
	room->available = count_available(room, &st, written, now_ms);
	room->written = written;
	if (room->available < room->wanted)
		room->needed = room->wanted - room->available;
	else if (is_full)
		room->needed = 1; /* it lacks inodes, or there is a quota */
}

enum retain_reason room_limit(const struct room *room, uint64_t bytes)
{
	if (room_is_too_much(room, bytes))
		return RETAIN_MAX;
	return room_is_short(room) ? RETAIN_FREE : RETAIN_NOTHING;
}

void room_settle(struct room *room, uint64_t now_ms)
{
	if (room->freed == 0)
		return;
	room->expected = room->available + room->freed;
	room->expected_written = room->written;
	room->settled_ms = now_ms + ROOM_SETTLE_MS;
}

uint64_t room_taken_by(uint64_t size)
{
	uint64_t blocks = (size + BLOCK_BYTES - 1) / BLOCK_BYTES;

	return (blocks > 0 ? blocks : 1) * BLOCK_BYTES;
}
