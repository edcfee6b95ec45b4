/* pairs - which pairs of a record have the same key; see pairs.h. */
#include "pairs.h"

#include <string.h>

#include "extbody.h"

#define SLOTS (2 * RECORD_PAIRS) /* of the table; half of them stay empty */
#define PRIME 4294967291u /* the largest below 2^32 */

static bool has_same_key(const struct extbody_pair *a,
			 const struct extbody_pair *b)
{
	return a->key.len == b->key.len &&
	       memcmp(a->key.at, b->key.at, a->key.len) == 0;
}

/* One to three bytes; as the length is known, no two words are the same. */
static uint32_t last_bytes(const unsigned char *in, size_t len)
{
	return (uint32_t)in[0] << 16 | (uint32_t)in[len / 2] << 8 | in[len - 1];
}

/*
 * Only the low bits are used, and keys that differ by one would lie @point
 * apart: side by side, for some.  No two words become one (MurmurHash3, the
 * finalization of 32 bits).
 */
static uint32_t mix_bits(uint32_t word)
{
	word = (word ^ word >> 16) * 0x85ebca6b;
	word = (word ^ word >> 13) * 0xc2b2ae35;
	return word ^ word >> 16;
}

/*
 * A polynomial in the secret @point over words of 4 bytes.  A sender that can't
 * know it can choose no keys that meet: two of N words do so with a probability
 * of N / PRIME.
 */
static uint32_t hash(struct extmsg_part key, uint32_t point)
{
	uint64_t sum = key.len;
	size_t at;

	for (at = 0; at < key.len; at += sizeof(uint32_t)) {
		size_t left = key.len - at;
		uint32_t word = 0;

		if (left >= sizeof(word))
			memcpy(&word, key.at + at, sizeof(word));
		else
			word = last_bytes(key.at + at, left);
		sum = (sum * point + word) % PRIME;
	}
	return mix_bits((uint32_t)(sum * point % PRIME));
}

/* The first multiple of two that leaves half of the slots empty, less 1. */
static uint32_t mask_for(size_t count)
{
	uint32_t slots = 2;

	while (slots < 2 * count)
		slots *= 2;
	return slots - 1;
}

void pairs_find_same(const struct extbody_pair *pairs, size_t count,
		     uint64_t secret, struct pairs_same *same)
{
	/* The number of the latest pair of a key, plus 1; 0: none. */
	uint16_t slots[SLOTS];
	uint32_t mask = mask_for(count);
	uint32_t point = (uint32_t)(secret % PRIME);
	size_t i;

	memset(slots, 0, (mask + 1) * sizeof(slots[0]));
	for (i = 0; i < count; i++) {
		uint32_t at = hash(pairs[i].key, point) & mask;

		while (slots[at] > 0 &&
		       !has_same_key(&pairs[slots[at] - 1], &pairs[i]))
			at = (at + 1) & mask;
		same->next[i] = PAIRS_NONE;
		same->again[i] = slots[at] > 0;
		if (same->again[i])
			same->next[slots[at] - 1] = (uint16_t)i;
		slots[at] = (uint16_t)(i + 1);
	}
}
