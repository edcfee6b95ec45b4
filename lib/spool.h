/*
 * spool - the queues of the files that lines go to, one for each day.
 *
 * L1.  All of them share one pool of blocks, so the bytes that wait for a
 * disk are bounded in sum.  Usually one day is in use, around midnight two,
 * and more only when the clock was stepped while a disk refused.
 */
#ifndef UDPLOGGER_SPOOL_H
#define UDPLOGGER_SPOOL_H

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
	uint64_t turn;
};

/* Makes an empty spool that holds up to @bytes in @memory. */
void spool_init(struct spool *spool, void *memory, size_t bytes);

/*
 * The queue of @day.  A slot whose queue is empty may change its day for it;
 * NULL when every slot has bytes of another day waiting.
 */
struct outq *spool_queue(struct spool *spool, int32_t day);

/* Bytes waiting, and lines, of all days. */
size_t spool_waiting(const struct spool *spool);
size_t spool_lines(const struct spool *spool);

#endif
