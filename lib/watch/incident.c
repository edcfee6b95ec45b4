/* incident - what is known of senders, and what is told; see incident.h. */
#include "incident.h"

#include <assert.h>
#include <string.h>

#include "carve.h"

size_t incident_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct incident_sender)) +
	       places_bytes();
}

void incident_init(struct incidents *i, struct source_table *sources,
		   const uint64_t *datagrams, struct output *output,
		   void *memory)
{
	char *at = memory;

	_Static_assert(sizeof(struct incident_sender) <= 32,
		       "there may be many senders");
	*i = (struct incidents){ .sources = sources, .datagrams = datagrams };
	i->senders = carve(&at, sources->capacity * sizeof(*i->senders));
	telling_init(&i->telling, sources, output);
	places_init(&i->places, at);
}

uint64_t incident_ms_between(const struct timespec *from,
			     const struct timespec *to)
{
	int64_t ms = ((int64_t)to->tv_sec - from->tv_sec) * 1000 +
		     (to->tv_nsec - from->tv_nsec) / 1000000;

	return ms > 0 ? (uint64_t)ms : 0;
}

void incident_settle(struct incidents *i, uint32_t number)
{
	const struct incident_sender *s = &i->senders[number];

	i->sources->entries[number].calm = s->place == 0 && !s->looked &&
					   s->boot.past != BOOT_UNKNOWN &&
					   s->boot.past != BOOT_OOPS;
}

static uint32_t place_number(const struct incidents *i,
			     const struct incident *incident)
{
	return (uint32_t)(incident - i->places.at);
}

static void leave_place(struct incidents *i, struct incident *incident)
{
	uint32_t number = incident->source;

	i->senders[number].place = 0;
	incident_settle(i, number);
	places_leave(&i->places, place_number(i, incident));
}

/* Takes a place, which there is, for what begins with a line of @time. */
static struct incident *take_place(struct incidents *i, uint32_t number,
				   enum incident_class class,
				   enum places_list list,
				   const struct timespec *time)
{
	uint32_t place = places_take(&i->places, list);
	struct incident *incident;

	assert(place != PLACES_NONE);
	incident = &i->places.at[place];
	incident->source = number;
	incident->class = (uint8_t) class;
	incident->begun = incident->last = *time;
	incident->begun_ms = incident->last_ms = i->now_ms;
	incident->heard = *i->datagrams;
	i->senders[number].place = (place + 1) & 0xffffU;
	return incident;
}

static void note_told(struct incidents *i, uint32_t number,
		      enum incident_class class, const struct timespec *time,
		      bool late)
{
	struct tally *tally = i->sources->tally;

	telling_note(&i->telling, &i->senders[number].telling, class, late);
	if (!tally)
		return;
	tally->senders[number].incident = (uint8_t) class;
	tally->senders[number].incident_ms = (uint64_t)time->tv_sec * 1000 +
					     (uint64_t)time->tv_nsec / 1000000;
}

static void count_boot(struct incidents *i, uint32_t number)
{
	i->counts.begun[CLASS_BOOT]++;
	i->counts.boots[i->senders[number].boot.past]++;
	if (i->sources->tally)
		i->sources->tally->senders[number].boots++;
}

/* Writes that what @found announces began, or counts it unless it is @late. */
static bool tell_begin(struct incidents *i, uint32_t number,
		       const struct announcement *found,
		       const struct timespec *time, bool late, bool *told)
{
	const struct incident_line line = {
		.what = INCIDENT_BEGIN,
		.class = class_name(found->class),
		.title = found->title,
		.length = found->length,
	};

	*told = telling_may(&i->telling, &i->senders[number].telling,
			    found->class);
	if (!*told && !late)
		telling_count(&i->telling, time);
	else if (*told && !telling_put(&i->telling, number, time, &line))
		return false;
	if (*told)
		note_told(i, number, found->class, time, false);
	i->counts.begun[found->class]++;
	return true;
}

bool incident_pass(struct incidents *i, uint32_t number,
		   const struct announcement *found,
		   const struct timespec *time)
{
	bool told;

	if (!tell_begin(i, number, found, time, false, &told))
		return false;
	if (found->class == CLASS_SHUTDOWN)
		i->senders[number].boot.past = BOOT_PLANNED;
	return true;
}

/* What an incident of @class means for how the boot will have ended. */
static enum boot_past past_with(enum boot_past past, enum incident_class class)
{
	if (class == CLASS_PANIC)
		return BOOT_PANIC;
	if (class == CLASS_OOPS)
		return BOOT_OOPS;
	return past == BOOT_PLANNED ? past : BOOT_SILENT;
}

/* Boots that wait leave most places, so that one of them is of an incident. */
static bool make_place(struct incidents *i)
{
	uint32_t place = places_first(&i->places, PLACES_ENDED);

	if (places_have_room(&i->places))
		return true;
	if (place == PLACES_NONE)
		place = places_first(&i->places, PLACES_QUIET);
	return incident_end(i, &i->places.at[place], WAY_OPEN);
}

static void keep_title(struct incidents *i, struct incident *incident,
		       const struct announcement *found)
{
	incident->title_len = (uint16_t)(found->length < INCIDENTLINE_TITLE_MAX
						 ? found->length
						 : INCIDENTLINE_TITLE_MAX);
	memcpy(i->places.titles[place_number(i, incident)], found->title,
	       incident->title_len);
}

/* @incident begins soon after its sender's last: a panic often is short. */
static void follow_last(struct incident *incident,
			const struct incident_sender *s)
{
	if (s->proven)
		incident->proof = INCIDENT_PROOF;
	if (incident->class == CLASS_PANIC)
		incident->after = s->ended;
}

bool incident_begin(struct incidents *i, uint32_t number,
		    const struct announcement *found,
		    const struct timespec *time)
{
	struct incident_sender *s = &i->senders[number];
	struct incident *incident;
	bool told, late;

	if (!make_place(i))
		return false;
	late = telling_may_later(&i->telling, &s->telling, found->class);
	if (!tell_begin(i, number, found, time, late, &told))
		return false;
	s->boot.past = (uint16_t)past_with(s->boot.past, found->class);
	incident = take_place(i, number, found->class, PLACES_QUIET, time);
	incident->told = told;
	incident->late = late;
	if (late)
		keep_title(i, incident, found);
	incident->dropped = i->counts.dropped;
	if ((uint32_t)i->now_ms - s->ended_ms < INCIDENT_SILENCE_MS)
		follow_last(incident, s);
	return true;
}

bool incident_prove(struct incidents *i, struct incident *incident)
{
	const struct incident_line line = {
		.what = INCIDENT_BEGIN,
		.class = class_name(incident->class),
		.title = i->places.titles[place_number(i, incident)],
		.length = incident->title_len,
	};

	if (!incident->late || incident->proof < INCIDENT_PROOF ||
	    !telling_may_late(&i->telling))
		return true;
	if (!telling_put(&i->telling, incident->source, &incident->begun,
			 &line))
		return false;
	note_told(i, incident->source, incident->class, &incident->begun, true);
	incident->late = false;
	incident->told = true;
	return true;
}

/* What was not told until it ended is counted. */
static void count_late(struct incidents *i, const struct incident *incident)
{
	if (incident->late)
		telling_count(&i->telling, &incident->last);
}

static bool tell_end(struct incidents *i, struct incident *incident)
{
	const struct incident_line line = {
		.what = INCIDENT_END,
		.class = class_name(incident->class),
		.ended = places_way(incident->way),
		.after = incident->after ? class_name(incident->after) : NULL,
		.lines = incident->lines,
		.bytes = incident->bytes,
		.milliseconds =
			incident_ms_between(&incident->begun, &incident->last),
		.lost = incident->lost + i->counts.dropped - incident->dropped,
		.tasks = incident->tasks,
	};

	return incident_prove(i, incident) &&
	       (!incident->told || telling_put(&i->telling, incident->source,
					       &incident->last, &line));
}

bool incident_end(struct incidents *i, struct incident *incident,
		  enum incident_way way)
{
	struct incident_sender *s = &i->senders[incident->source];

	if (incident->way == WAY_NONE) {
		incident->way = (uint8_t)way;
		places_move(&i->places, place_number(i, incident),
			    PLACES_ENDED);
	}
	if (!tell_end(i, incident))
		return false;
	count_late(i, incident);
	s->ended = incident->class & 15U;
	s->proven = incident->proof >= INCIDENT_PROOF;
	s->ended_ms = (uint32_t)incident->last_ms;
	leave_place(i, incident);
	return true;
}

static bool tell_boot(struct incidents *i, const struct incident *boot,
		      const struct announcement *found)
{
	const struct incident_line line = {
		.what = INCIDENT_BOOT,
		.class = class_name(CLASS_BOOT),
		.title = found->title,
		.length = found->length,
		.release = found->release ? found->release : "",
		.release_length = found->release ? found->release_length : 0,
		.before = boot_before(boot->before),
	};

	return telling_put(&i->telling, boot->source, &boot->begun, &line);
}

/* Has a boot wait for its release; there is a place. */
static void hold_boot(struct incidents *i, uint32_t number,
		      const struct announcement *found,
		      const struct timespec *time)
{
	struct incident *boot =
		take_place(i, number, CLASS_BOOT, PLACES_BOOTS, time);

	boot->before = (uint8_t)i->senders[number].boot.past;
	keep_title(i, boot, found);
}

bool incident_boot(struct incidents *i, uint32_t number,
		   const struct announcement *found,
		   const struct timespec *time)
{
	struct incident_sender *s = &i->senders[number];
	const struct incident at_once = {
		.source = number,
		.begun = *time,
		.before = (uint8_t)s->boot.past,
	};
	bool waits = !found->release && places_have_room_for_boot(&i->places);
	bool told = telling_may(&i->telling, &s->telling, CLASS_BOOT);

	if (!told)
		telling_count(&i->telling, time);
	else if (waits)
		hold_boot(i, number, found, time);
	else if (!tell_boot(i, &at_once, found))
		return false;
	if (told)
		note_told(i, number, CLASS_BOOT, time, false);
	count_boot(i, number);
	s->ended = CLASS_NONE; /* no panic of this boot comes after it */
	s->proven = false;
	return true;
}

/* Tells of @boot as it was announced. */
static bool tell_held_boot(struct incidents *i, const struct incident *boot)
{
	const struct announcement found = {
		.class = CLASS_BOOT,
		.title = i->places.titles[place_number(i, boot)],
		.length = boot->title_len,
	};

	return tell_boot(i, boot, &found);
}

bool incident_end_boot(struct incidents *i, struct incident *boot,
		       const struct announcement *found)
{
	if (found ? !tell_boot(i, boot, found) : !tell_held_boot(i, boot))
		return false;
	leave_place(i, boot);
	return true;
}

/* Tells of @incident, whose sender makes way. */
static bool tell_last(struct incidents *i, struct incident *incident)
{
	if (incident_is_boot(incident))
		return tell_held_boot(i, incident);
	if (incident->way == WAY_NONE)
		incident->way = WAY_OPEN;
	return tell_end(i, incident);
}

bool incident_give_way(struct incidents *i, uint32_t number)
{
	struct incident_sender *s = &i->senders[number];
	struct incident *incident = incident_of(i, s);

	if (incident) {
		if (!tell_last(i, incident))
			return false;
		count_late(i, incident);
		places_leave(&i->places, place_number(i, incident));
	}
	*s = (struct incident_sender){ .place = 0 };
	return true;
}
