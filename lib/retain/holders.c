/* holders - how much of the disk each sender holds; see holders.h. */
#include "holders.h"

#include <string.h>

#include "carve.h"

static size_t slots_of(uint32_t most)
{
	return (size_t)most * 2;
}

size_t holders_bytes(uint32_t most)
{
	return carve_bytes(most * sizeof(struct holder)) +
	       carve_bytes(slots_of(most) * sizeof(uint32_t));
}

void holders_init(struct holders *holders, uint32_t most, uint64_t key,
		  char *memory)
{
	*holders =
		(struct holders){ .most = most, .shift = 63, .key = key | 1 };
	while (slots_of(most) >> (64 - holders->shift) > 1)
		holders->shift--;
	holders->all = carve(&memory, most * sizeof(struct holder));
	holders->slots = carve(&memory, slots_of(most) * sizeof(uint32_t));
}

void holders_clear(struct holders *holders)
{
	memset(holders->slots, 0,
	       slots_of(holders->most) * sizeof(holders->slots[0]));
	holders->count = 0;
}

static uint32_t add_holder(struct holders *holders, size_t slot, uint64_t hash)
{
	if (holders->count == holders->most)
		return holders->most - 1;
	holders->all[holders->count] = (struct holder){ .hash = hash };
	holders->slots[slot] = ++holders->count;
	return holders->count - 1;
}

uint32_t holders_find(struct holders *holders, uint64_t hash)
{
	size_t last = slots_of(holders->most) - 1;
	size_t slot = (size_t)((hash * holders->key) >> holders->shift);

	while (holders->slots[slot] != 0) {
		uint32_t number = holders->slots[slot] - 1;

		if (holders->all[number].hash == hash)
			return number;
		slot = (slot + 1) & last;
	}
	return add_holder(holders, slot, hash);
}

uint64_t holders_largest(const struct holders *holders)
{
	uint64_t largest = 0;
	uint32_t i;

	for (i = 0; i < holders->count; i++)
		if (holders->all[i].removable > 0 &&
		    holders->all[i].bytes > largest)
			largest = holders->all[i].bytes;
	return largest;
}

void holders_give_up(struct holder *holder, uint64_t bytes)
{
	holder->removable -=
		bytes < holder->removable ? bytes : holder->removable;
}

void holders_lose(struct holder *holder, uint64_t bytes)
{
	holder->bytes -= bytes < holder->bytes ? bytes : holder->bytes;
}
