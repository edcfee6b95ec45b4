/* tally - what each sender has sent; see tally.h. */
#include "tally.h"

#include "carve.h"

size_t tally_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct tally_recent)) +
	       carve_bytes(sources * sizeof(struct tally_sender));
}

void tally_init(struct tally *t, uint32_t sources, void *memory)
{
	char *at = memory;

	_Static_assert(sizeof(struct tally_recent) <= 32, "half a cache line");
	*t = (struct tally){ .leaves = NULL };
	t->recent = carve(&at, sources * sizeof(*t->recent));
	t->senders = carve(&at, sources * sizeof(*t->senders));
}

void tally_leave(struct tally *t, uint32_t source)
{
	struct tally_sender *sender = &t->senders[source];

	if (t->leaves)
		t->leaves(t->context, source);
	t->gone.senders++;
	t->gone.lines += t->recent[source].lines;
	t->gone.lost += sender->lost;
	t->gone.boots += sender->boots;
	t->recent[source] = (struct tally_recent){ .lines = 0 };
	/* Memory that was never touched stays untouched. */
	if (sender->lost > 0 || sender->boots > 0 || sender->incident > 0)
		*sender = (struct tally_sender){ .lost = 0 };
}

void tally_lose(struct tally *t, uint32_t source, int64_t lost)
{
	int64_t sum = t->senders[source].lost + lost;

	if (sum < 0)
		sum = 0;
	t->senders[source].lost = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}
