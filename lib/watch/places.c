/* places - the incidents that are open, of all senders; see places.h. */
#include "places.h"

#include "carve.h"

size_t places_bytes(void)
{
	return carve_bytes(PLACES_MOST * sizeof(struct incident)) +
	       carve_bytes(PLACES_MOST * INCIDENTLINE_TITLE_MAX) +
	       PLACES_LISTS * carve_bytes(ilist_bytes(PLACES_MOST));
}

void places_init(struct places *p, void *memory)
{
	char *at = memory;
	unsigned i;

	*p = (struct places){ .touched = 0 };
	p->at = carve(&at, PLACES_MOST * sizeof(*p->at));
	p->titles = carve(&at, PLACES_MOST * sizeof(*p->titles));
	for (i = 0; i < PLACES_LISTS; i++)
		ilist_init(&p->lists[i], carve(&at, ilist_bytes(PLACES_MOST)));
}

bool places_have_room(const struct places *p)
{
	return p->touched < PLACES_MOST ||
	       places_first(p, PLACES_VACANT) != PLACES_NONE;
}

bool places_have_room_for_boot(const struct places *p)
{
	return p->boots < PLACES_BOOTS_MOST && places_have_room(p);
}

/* Memory that was never touched stays untouched as long as it can. */
uint32_t places_take(struct places *p, enum places_list list)
{
	uint32_t place = places_first(p, PLACES_VACANT);

	if (place != PLACES_NONE)
		ilist_remove(&p->lists[PLACES_VACANT], place);
	else if (p->touched < PLACES_MOST)
		place = p->touched++;
	else
		return PLACES_NONE;
	p->at[place] = (struct incident){ .list = list };
	p->boots += list == PLACES_BOOTS;
	ilist_append(&p->lists[list], place);
	return place;
}

void places_move(struct places *p, uint32_t place, enum places_list list)
{
	struct incident *incident = &p->at[place];

	p->boots += list == PLACES_BOOTS;
	p->boots -= incident->list == PLACES_BOOTS;
	ilist_remove(&p->lists[incident->list], place);
	ilist_append(&p->lists[list], place);
	incident->list = list;
}

void places_leave(struct places *p, uint32_t place)
{
	places_move(p, place, PLACES_VACANT);
}

uint32_t places_count(const struct places *p, enum places_list list)
{
	return ilist_count(&p->lists[list]);
}

const char *places_way(enum incident_way way)
{
	static const char *const names[WAYS] = {
		"", "marker", "silence", "boot", "panic", "limit", "open",
	};

	return names[way];
}
