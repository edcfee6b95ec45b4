/* waiting - whole records that wait for earlier ones; see waiting.h. */
#include "waiting.h"

#include "deadline.h"

size_t waiting_bytes(size_t held_bytes)
{
	return ilist_bytes(fragments_most(held_bytes));
}

void waiting_init(struct waiting *w, struct fragments *messages, void *memory)
{
	*w = (struct waiting){ .messages = messages };
	ilist_init(&w->list, memory);
}

void waiting_add(struct waiting *w, uint32_t number,
		 const struct timespec *arrival, uint64_t now_ms)
{
	struct fragments_message *m = fragments_at(w->messages, number);

	fragments_set_waits(w->messages, number, true);
	m->ready = *arrival;
	m->ready_ms = now_ms;
	ilist_append(&w->list, number);
	w->count++;
}

void waiting_remove(struct waiting *w, uint32_t number)
{
	ilist_remove(&w->list, number);
	w->count--;
	fragments_set_waits(w->messages, number, false);
}

uint32_t waiting_first(const struct waiting *w)
{
	return w->count > 0 ? w->list.first : FRAGMENTS_NONE;
}

const struct shelf_entry *waiting_lowest(const struct waiting *w,
					 uint32_t source)
{
	/* Mostly none waits; then no memory of the source is touched. */
	if (w->count == 0)
		return NULL;
	return shelf_waiting(&w->messages->shelves, source);
}

bool waiting_is_full(const struct waiting *w, uint32_t source, uint64_t sequnum)
{
	const struct shelf_entry *lowest = waiting_lowest(w, source);

	return lowest && sequnum < lowest->sequnum &&
	       shelf_count(&w->messages->shelves, source) ==
		       FRAGMENTS_PER_SOURCE;
}

uint32_t waiting_victim_of(const struct waiting *w, uint32_t source)
{
	const struct shelf_entry *lowest = waiting_lowest(w, source);

	if (!lowest)
		lowest = shelf_from(&w->messages->shelves, source, 0);
	return lowest->number;
}

uint32_t waiting_victim(const struct waiting *w)
{
	if (w->count > fragments_held(w->messages) / 2)
		return waiting_first(w);
	return fragments_oldest(w->messages);
}

uint64_t waiting_deadline(const struct waiting *w, uint64_t ms)
{
	if (w->count == 0)
		return DEADLINE_NEVER;
	return fragments_at(w->messages, w->list.first)->ready_ms + ms;
}

bool waiting_is_over(const struct waiting *w, const struct timespec *arrival,
		     uint64_t ms)
{
	const struct timespec *since;
	uint64_t seconds;

	if (w->count == 0)
		return false;
	since = &fragments_at(w->messages, w->list.first)->ready;
	if (arrival->tv_sec < since->tv_sec)
		return false;
	seconds = (uint64_t)arrival->tv_sec - (uint64_t)since->tv_sec;
	if (seconds > ms / 1000 + 1)
		return true;
	return (int64_t)seconds * 1000000000 + arrival->tv_nsec -
		       since->tv_nsec >=
	       (int64_t)ms * 1000000;
}
