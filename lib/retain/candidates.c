/* candidates - files that may go, the oldest of them; see candidates.h. */
#include "candidates.h"

#include <string.h>

#include "carve.h"

size_t candidates_bytes(size_t name_max)
{
	return carve_bytes(CANDIDATES_MAX * sizeof(struct candidate)) +
	       carve_bytes(CANDIDATES_MAX * name_max);
}

void candidates_init(struct candidates *c, size_t name_max, char *memory)
{
	*c = (struct candidates){ .name_max = name_max };
	c->files = carve(&memory, CANDIDATES_MAX * sizeof(struct candidate));
	c->names = carve(&memory, CANDIDATES_MAX * name_max);
}

void candidates_begin_pass(struct candidates *c)
{
	candidates_clear(c);
	memset(c->failed, 0, sizeof(c->failed));
	c->passes++;
}

void candidates_clear(struct candidates *c)
{
	c->count = 0;
	c->overflowed = false;
}

/* In each pass another hash, so that others are taken for one that failed. */
static uint32_t failed_bit(const struct candidates *c, uint64_t inode)
{
	return (uint32_t)(((inode + c->passes) * 0x9e3779b97f4a7c15) >> 48);
}

static bool has_failed(const struct candidates *c, uint64_t inode)
{
	uint32_t bit = failed_bit(c, inode);

	return (c->failed[bit / 64] >> bit % 64 & 1) != 0;
}

static void swap(struct candidates *c, uint32_t a, uint32_t b)
{
	struct candidate file = c->files[a];

	c->files[a] = c->files[b];
	c->files[b] = file;
}

static void sift_up(struct candidates *c, uint32_t i)
{
	while (i > 0 && c->files[(i - 1) / 2].period < c->files[i].period) {
		swap(c, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void sift_down(struct candidates *c)
{
	uint32_t i = 0;

	for (;;) {
		uint32_t youngest = i;
		uint32_t child;

		for (child = 2 * i + 1; child <= 2 * i + 2 && child < c->count;
		     child++)
			if (c->files[child].period > c->files[youngest].period)
				youngest = child;
		if (youngest == i)
			return;
		swap(c, i, youngest);
		i = youngest;
	}
}

static void set(struct candidates *c, uint32_t i, const struct candidate *file,
		char *room, const char *name)
{
	size_t len = strlen(name);

	if (len >= c->name_max)
		len = c->name_max - 1;
	memcpy(room, name, len);
	room[len] = '\0';
	c->files[i] = *file;
	c->files[i].name = room;
}

void candidates_put(struct candidates *c, const struct candidate *file,
		    const char *name)
{
	uint32_t i = c->count;

	if (has_failed(c, file->inode))
		return;
	if (i < CANDIDATES_MAX) {
		set(c, i, file, c->names + i * c->name_max, name);
		c->count++;
		sift_up(c, i);
		return;
	}
	c->overflowed = true;
	if (file->period >= c->files[0].period)
		return;
	set(c, 0, file, c->files[0].name, name);
	sift_down(c);
}

uint32_t candidates_oldest(const struct candidates *c)
{
	uint32_t oldest = c->count > 0 ? 0 : CANDIDATES_NONE;
	uint32_t i;

	for (i = 1; i < c->count; i++)
		if (c->files[i].period < c->files[oldest].period)
			oldest = i;
	return oldest;
}

static bool goes_before(const struct holders *holders,
			const struct candidate *a, const struct candidate *b)
{
	uint64_t a_holds = holders->all[a->holder].bytes;
	uint64_t b_holds = holders->all[b->holder].bytes;

	if (a->holder != b->holder && a_holds != b_holds)
		return a_holds > b_holds;
	return a->period < b->period;
}

uint32_t candidates_of_largest(const struct candidates *c,
			       const struct holders *holders)
{
	uint32_t largest = c->count > 0 ? 0 : CANDIDATES_NONE;
	uint32_t i;

	for (i = 1; i < c->count; i++)
		if (goes_before(holders, &c->files[i], &c->files[largest]))
			largest = i;
	return largest;
}

void candidates_take(struct candidates *c, uint32_t i)
{
	c->files[i] = c->files[--c->count];
}

void candidates_fail(struct candidates *c, uint32_t i)
{
	uint32_t bit = failed_bit(c, c->files[i].inode);

	c->failed[bit / 64] |= UINT64_C(1) << bit % 64;
	candidates_take(c, i);
}
