/*
 * spool - the queues of the files that lines go to, one for each day.
 *
 * L1.  All of them share one pool of blocks, so the bytes that wait for a
 * disk are bounded in sum.  Usually one day is in use, around midnight two,
 * and more only when the clock was stepped while a disk refused.
 */
#ifndef UDPLOGGER_SPOOL_H
#define UDPLOGGER_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outq.h"
#include "pool.h"

#define SPOOL_SLOTS 8

struct spool_slot {
	int32_t day; /* stamp.h; 0: never used */
	uint64_t turn; /* when it was last chosen */
	struct outq queue;
};

struct spool {
	struct pool blocks;
	struct spool_slot slots[SPOOL_SLOTS];
	struct spool_slot *latest;
	unsigned active; /* a bit for each slot; spool_is_active() */
	uint64_t turn;
};

/* Makes an empty spool that holds up to @bytes in @memory. */
void spool_init(struct spool *spool, void *memory, size_t bytes);

/*
 * The queue of @day, for which an unused slot may change its day; NULL when
 * every slot has bytes of another day.
 */
struct outq *spool_queue(struct spool *spool, int32_t day);

/* Whether slot @i needs attention: it was chosen since it was last retired. */
static inline bool spool_is_active(const struct spool *spool, size_t i)
{
	return (spool->active >> i & 1) != 0;
}

/* Slot @i isn't used and needs no attention any more. */
static inline void spool_retire(struct spool *spool, size_t i)
{
	spool->active &= ~(1U << i);
}

/* Whether @slot has bytes that wait to be taken or to be confirmed. */
static inline bool spool_is_used(const struct spool_slot *slot)
{
	return outq_waiting(&slot->queue) > 0 ||
	       outq_passed(&slot->queue) > 0 || outq_aside(&slot->queue) > 0;
}

/* Whether any slot is used. */
bool spool_is_any_used(const struct spool *spool);

/* Bytes waiting, and lines, of all days. */
size_t spool_waiting(const struct spool *spool);
size_t spool_lines(const struct spool *spool);

#endif
