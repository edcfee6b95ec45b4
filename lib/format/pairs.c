/* pairs - which pairs of a record have the same key; see pairs.h. */
#include "pairs.h"

#include <string.h>

#include "extbody.h"

/* Whether @a belongs before @b, or is the same key. */
static bool is_sorted(const struct extbody_pair *a,
		      const struct extbody_pair *b)
{
	if (a->key.len != b->key.len)
		return a->key.len < b->key.len;
	return memcmp(a->key.at, b->key.at, a->key.len) <= 0;
}

static bool has_same_key(const struct extbody_pair *a,
			 const struct extbody_pair *b)
{
	return is_sorted(a, b) && is_sorted(b, a);
}

/* Merges [@from, @middle) and [@middle, @end) of @in. */
static void merge(const struct extbody_pair *pairs, const uint16_t *in,
		  uint16_t *out, size_t from, size_t middle, size_t end)
{
	size_t left = from, right = middle;
	size_t i;

	for (i = from; i < end; i++) {
		bool take = right == end ||
			    (left < middle &&
			     is_sorted(&pairs[in[left]], &pairs[in[right]]));

		out[i] = take ? in[left++] : in[right++];
	}
}

static size_t at_most(size_t value, size_t most)
{
	return value < most ? value : most;
}

/*
 * Sorts the numbers of @count pairs by key, those of one key in their order.  A
 * merge sort, as a sender may choose many keys; our own, as libc's qsort() may
 * ask for memory.
 */
static void sort(const struct extbody_pair *pairs, size_t count,
		 uint16_t order[RECORD_PAIRS])
{
	uint16_t other[RECORD_PAIRS];
	size_t step, from;

	for (from = 0; from < count; from++)
		order[from] = (uint16_t)from;
	for (step = 1; step < count; step *= 2) {
		for (from = 0; from < count; from += 2 * step)
			merge(pairs, order, other, from,
			      at_most(from + step, count),
			      at_most(from + 2 * step, count));
		memcpy(order, other, count * sizeof(order[0]));
	}
}

void pairs_find_same(const struct extbody_pair *pairs, size_t count,
		     struct pairs_same *same)
{
	uint16_t order[RECORD_PAIRS];
	size_t i;

	sort(pairs, count, order);
	for (i = 0; i < count; i++) {
		uint16_t pair = order[i];

		same->next[pair] = PAIRS_NONE;
		same->again[pair] = i > 0 && has_same_key(&pairs[order[i - 1]],
							  &pairs[pair]);
		if (same->again[pair])
			same->next[order[i - 1]] = pair;
	}
}
