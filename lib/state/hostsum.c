/* hostsum - lines of each name of hosts=; see hostsum.h. */
#include "hostsum.h"

#include <string.h>

#include "carve.h"

#define BUCKETS HOSTS_MAX /* a power of two */

size_t hostsums_bytes(void)
{
	return carve_bytes(HOSTS_MAX * sizeof(struct hostsum)) +
	       carve_bytes(BUCKETS * sizeof(uint32_t));
}

void hostsums_init(struct hostsums *sums, void *memory)
{
	char *at = memory;

	*sums = (struct hostsums){ .count = 0 };
	sums->all = carve(&at, HOSTS_MAX * sizeof(struct hostsum));
	sums->buckets = carve(&at, BUCKETS * sizeof(uint32_t));
}

/* FNV-1a of 64 bits, by Fowler, Noll and Vo. */
static uint32_t *name_bucket(const struct hostsums *sums, const char *name,
			     size_t len)
{
	uint64_t hash = 14695981039346656037U;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 1099511628211U;
	return &sums->buckets[(hash ^ hash >> 32) & (BUCKETS - 1)];
}

static struct hostsum *find_sum(const struct hostsums *sums, const char *name,
				size_t len)
{
	uint32_t number = *name_bucket(sums, name, len);

	while (number > 0) {
		struct hostsum *sum = &sums->all[number - 1];

		if (sum->len == len && memcmp(sum->name, name, len) == 0)
			return sum;
		number = sum->next;
	}
	return NULL;
}

void hostsums_renew(struct hostsums *sums)
{
	sums->edition++;
}

void hostsums_keep(struct hostsums *sums, const char *name, size_t len)
{
	struct hostsum *sum = find_sum(sums, name, len);

	if (sum)
		sum->edition = sums->edition;
}

struct hostsum *hostsums_get(struct hostsums *sums, const char *name,
			     size_t len)
{
	struct hostsum *sum = find_sum(sums, name, len);
	uint32_t *bucket;

	if (sum) {
		sum->edition = sums->edition;
		return sum;
	}
	if (sums->count == HOSTS_MAX || len > HOSTS_NAME_MAX)
		return NULL;
	bucket = name_bucket(sums, name, len);
	sum = &sums->all[sums->count++];
	sum->next = *bucket;
	sum->edition = sums->edition;
	sum->len = (uint8_t)len;
	memcpy(sum->name, name, len);
	*bucket = sums->count;
	return sum;
}

const struct hostsum *hostsums_nth(const struct hostsums *sums, uint32_t i)
{
	const struct hostsum *sum = &sums->all[i];

	return sum->edition == sums->edition ? sum : NULL;
}
