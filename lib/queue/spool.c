/* spool - the queues of the files that lines go to; see spool.h. */
#include "spool.h"

void spool_init(struct spool *spool, void *memory, size_t bytes)
{
	size_t i;

	*spool = (struct spool){ .latest = &spool->slots[0], .active = 1 };
	pool_init(&spool->blocks, memory, bytes, OUTQ_BLOCK_BYTES);
	for (i = 0; i < SPOOL_SLOTS; i++)
		outq_init(&spool->slots[i].queue, &spool->blocks);
}

/* The slot of @day, else the one longest unused of those with no bytes. */
static struct spool_slot *choose(struct spool *spool, int32_t day)
{
	struct spool_slot *best = NULL;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		struct spool_slot *slot = &spool->slots[i];

		if (slot->day == day)
			return slot;
		if (!spool_is_used(slot) && (!best || slot->turn < best->turn))
			best = slot;
	}
	return best;
}

struct outq *spool_queue(struct spool *spool, int32_t day)
{
	struct spool_slot *slot = spool->latest;

	if (slot->day != day) {
		slot = choose(spool, day);
		if (!slot)
			return NULL;
		slot->day = day;
		slot->turn = ++spool->turn;
		spool->latest = slot;
		spool->active |= 1U << (slot - spool->slots);
	}
	return &slot->queue;
}

bool spool_is_any_used(const struct spool *spool)
{
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (spool_is_used(&spool->slots[i]))
			return true;
	return false;
}

size_t spool_waiting(const struct spool *spool)
{
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		bytes += outq_waiting(&spool->slots[i].queue);
	return bytes;
}

size_t spool_lines(const struct spool *spool)
{
	size_t lines = 0;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		lines += outq_lines(&spool->slots[i].queue);
	return lines;
}
