/* unnamed - files of senders without a name; see unnamed.h. */
#include "unnamed.h"

#include <string.h>

#include "carve.h"

/* A power of two, so that ways to a free place stay short. */
static uint32_t places_for(uint32_t most)
{
	uint32_t places = most > 0 ? 16 : 0;

	while (places < 2 * most)
		places *= 2;
	return places;
}

size_t unnamed_bytes(uint32_t most)
{
	return 2 * carve_bytes(places_for(most) * sizeof(uint64_t));
}

void unnamed_init(struct unnamed *u, uint32_t most, void *memory)
{
	uint32_t places = places_for(most);
	char *at = memory;
	size_t i;

	*u = (struct unnamed){ .most = most, .hash_mask = places - 1 };
	for (i = 0; i < 2; i++)
		u->periods[i].hashes = carve(&at, places * sizeof(uint64_t));
}

/* What is known of @period, in place of the older one if need be. */
static struct unnamed_period *find_period(struct unnamed *u, uint32_t period)
{
	struct unnamed_period *p = &u->periods[0];

	if (p->period != period && (u->periods[1].period == period ||
				    u->periods[1].period < p->period))
		p = &u->periods[1];
	if (p->period != period) {
		memset(p->hashes, 0,
		       ((size_t)u->hash_mask + 1) * sizeof(*p->hashes));
		p->period = period;
		p->count = 0;
	}
	return p;
}

bool unnamed_may_have(struct unnamed *u, uint32_t period, uint64_t hash)
{
	struct unnamed_period *p = find_period(u, period);
	size_t i = (size_t)(hash >> 32) & u->hash_mask;

	while (p->hashes[i] != 0 && p->hashes[i] != hash)
		i = (i + 1) & u->hash_mask;
	if (p->hashes[i] == hash)
		return true;
	if (p->count >= u->most)
		return false;
	p->hashes[i] = hash;
	p->count++;
	return true;
}
