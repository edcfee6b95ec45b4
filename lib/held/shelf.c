/* shelf - which messages of each source are held; see shelf.h. */
#include "shelf.h"

#include <string.h>

#include "carve.h"

struct shelf {
	uint32_t count;
	uint32_t room; /* SHELF_SMALL or SHELF_MAX */
	struct shelf_entry entries[]; /* by sequnum */
};

/* A number is 1 more than the pool's, with this bit for the large pool's. */
#define LARGE (1U << 31)

static size_t shelf_bytes(uint32_t room)
{
	return sizeof(struct shelf) + room * sizeof(struct shelf_entry);
}

static size_t small_bytes(uint32_t messages)
{
	return messages * shelf_bytes(SHELF_SMALL);
}

/* Large shelves: at most so many sources exceed a small one. */
static size_t large_bytes(uint32_t messages)
{
	return (messages / (SHELF_SMALL + 1) + 1) * shelf_bytes(SHELF_MAX);
}

size_t shelves_bytes(uint32_t sources, uint32_t messages)
{
	return carve_bytes(sources * sizeof(uint32_t)) +
	       carve_bytes(small_bytes(messages)) +
	       carve_bytes(large_bytes(messages));
}

void shelves_init(struct shelves *s, uint32_t sources, uint32_t messages,
		  void *memory)
{
	char *at = memory;

	s->numbers = carve(&at, sources * sizeof(*s->numbers));
	pool_init(&s->small, carve(&at, small_bytes(messages)),
		  small_bytes(messages), shelf_bytes(SHELF_SMALL));
	pool_init(&s->large, carve(&at, large_bytes(messages)),
		  large_bytes(messages), shelf_bytes(SHELF_MAX));
}

/* The shelf of @source; NULL: none. */
static struct shelf *shelf_of(const struct shelves *s, uint32_t source)
{
	uint32_t number = s->numbers[source];

	if (number == 0)
		return NULL;
	if (number & LARGE)
		return pool_at(&s->large, (number & ~LARGE) - 1);
	return pool_at(&s->small, number - 1);
}

static void give_back(struct shelves *s, uint32_t number)
{
	if (number & LARGE)
		pool_put(&s->large, (number & ~LARGE) - 1);
	else
		pool_put(&s->small, number - 1);
}

static struct shelf *take_small(struct shelves *s, uint32_t source)
{
	struct shelf *shelf;

	s->numbers[source] = pool_get(&s->small) + 1;
	shelf = shelf_of(s, source);
	*shelf = (struct shelf){ .room = SHELF_SMALL };
	return shelf;
}

/* Moves the entries of @small to a large shelf. */
static struct shelf *take_large(struct shelves *s, uint32_t source,
				const struct shelf *small)
{
	uint32_t number = s->numbers[source];
	struct shelf *shelf;

	s->numbers[source] = (pool_get(&s->large) + 1) | LARGE;
	shelf = shelf_of(s, source);
	memcpy(shelf, small, shelf_bytes(SHELF_SMALL));
	shelf->room = SHELF_MAX;
	give_back(s, number);
	return shelf;
}

/*
 * Moves the entries of @large to a small shelf, as the large ones suffice only
 * for sources that need them.
 */
static void leave_large(struct shelves *s, uint32_t source,
			const struct shelf *large)
{
	uint32_t number = s->numbers[source];
	struct shelf *shelf = take_small(s, source);

	shelf->count = large->count;
	memcpy(shelf->entries, large->entries,
	       large->count * sizeof(*large->entries));
	give_back(s, number);
}

/* The shelf of @source, with room for one more entry. */
static struct shelf *shelf_with_room(struct shelves *s, uint32_t source)
{
	struct shelf *shelf = shelf_of(s, source);

	if (!shelf)
		return take_small(s, source);
	if (shelf->count == shelf->room)
		return take_large(s, source, shelf);
	return shelf;
}

uint32_t shelf_count(const struct shelves *s, uint32_t source)
{
	const struct shelf *shelf = shelf_of(s, source);

	return shelf ? shelf->count : 0;
}

/* The place of the first entry that has @sequnum or a higher one. */
static uint32_t place_from(const struct shelf *shelf, uint64_t sequnum)
{
	uint32_t low = 0, high = shelf->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (shelf->entries[middle].sequnum < sequnum)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void shelf_add(struct shelves *s, uint32_t source,
	       const struct shelf_entry *entry)
{
	struct shelf *shelf = shelf_with_room(s, source);
	struct shelf_entry *place =
		shelf->entries + place_from(shelf, entry->sequnum);
	size_t behind = (size_t)(shelf->entries + shelf->count - place);

	memmove(place + 1, place, behind * sizeof(*place));
	*place = *entry;
	shelf->count++;
}

struct shelf_entry *shelf_entry(const struct shelves *s, uint32_t source,
				uint64_t sequnum, uint32_t number)
{
	struct shelf *shelf = shelf_of(s, source);
	uint32_t place = place_from(shelf, sequnum);

	while (shelf->entries[place].number != number)
		place++;
	return &shelf->entries[place];
}

void shelf_remove(struct shelves *s, uint32_t source, uint64_t sequnum,
		  uint32_t number)
{
	struct shelf *shelf = shelf_of(s, source);
	struct shelf_entry *entry = shelf_entry(s, source, sequnum, number);
	size_t behind = (size_t)(shelf->entries + shelf->count - entry) - 1;

	memmove(entry, entry + 1, behind * sizeof(*entry));
	if (--shelf->count == 0) {
		give_back(s, s->numbers[source]);
		s->numbers[source] = 0;
	} else if (shelf->count <= SHELF_SMALL && shelf->room > SHELF_SMALL) {
		leave_large(s, source, shelf);
	}
}

static bool is_of(const struct shelf_entry *entry, const struct extmsg *msg)
{
	return entry->usec == msg->usec && entry->prio == msg->prio &&
	       entry->total == msg->total && entry->replayed == msg->replayed &&
	       !entry->closed;
}

uint32_t shelf_find(const struct shelves *s, uint32_t source,
		    const struct extmsg *msg)
{
	const struct shelf *shelf = shelf_of(s, source);
	uint32_t i;

	if (!shelf)
		return POOL_NONE;
	for (i = place_from(shelf, msg->sequnum);
	     i < shelf->count && shelf->entries[i].sequnum == msg->sequnum; i++)
		if (is_of(&shelf->entries[i], msg))
			return shelf->entries[i].number;
	return POOL_NONE;
}

const struct shelf_entry *shelf_at(const struct shelves *s, uint32_t source,
				   uint32_t i)
{
	const struct shelf *shelf = shelf_of(s, source);

	return shelf && i < shelf->count ? &shelf->entries[i] : NULL;
}

const struct shelf_entry *shelf_from(const struct shelves *s, uint32_t source,
				     uint64_t sequnum)
{
	const struct shelf *shelf = shelf_of(s, source);

	return shelf ? shelf_at(s, source, place_from(shelf, sequnum)) : NULL;
}

const struct shelf_entry *shelf_waiting(const struct shelves *s,
					uint32_t source)
{
	const struct shelf *shelf = shelf_of(s, source);
	uint32_t i;

	for (i = 0; shelf && i < shelf->count; i++)
		if (shelf->entries[i].waits)
			return &shelf->entries[i];
	return NULL;
}
