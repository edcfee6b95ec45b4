/* watch - the lines of senders, looked at; see watch.h. */
#include "watch.h"

#include "record.h"

/* How @incident ends before a line of @time, or WAY_NONE. */
static enum incident_way way_before(const struct incidents *i,
				    const struct incident *incident,
				    const struct timespec *time)
{
	if (incident->way != WAY_NONE)
		return incident->way;
	/* By its stamps too, as lines may have lain in the socket for long. */
	if (i->now_ms - incident->last_ms >= INCIDENT_SILENCE_MS ||
	    incident_ms_between(&incident->last, time) >= INCIDENT_SILENCE_MS)
		return WAY_SILENCE;
	if (i->now_ms - incident->begun_ms >= WATCH_MOST_MS ||
	    incident_ms_between(&incident->begun, time) >= WATCH_MOST_MS)
		return WAY_LIMIT;
	return WAY_NONE;
}

/* Ends what is over before a line of @time. */
static bool keep_up(struct incidents *i, const struct incident_sender *s,
		    const struct timespec *time)
{
	struct incident *incident = incident_of(i, s);
	enum incident_way way;

	if (!incident || incident_is_boot(incident))
		return true;
	way = way_before(i, incident, time);
	return way == WAY_NONE ? incident_prove(i, incident)
			       : incident_end(i, incident, way);
}

/*
 * How @incident ends when @found comes within it; WAY_NONE: that belongs to it.
 * What isn't told hides nothing of another class.
 */
static enum incident_way way_at(const struct incident *incident,
				const struct announcement *found)
{
	if (found->class == CLASS_PANIC && incident->class != CLASS_PANIC)
		return WAY_PANIC;
	if (incident->class == CLASS_SYSRQ &&
	    (found->class == CLASS_SYSRQ || found->class == CLASS_SHUTDOWN))
		return WAY_MARKER;
	if (!incident->told && found->class != incident->class &&
	    !found->moment)
		return WAY_SILENCE;
	return WAY_NONE;
}

static bool hear_incident(struct incidents *i, uint32_t number,
			  const struct announcement *found,
			  const struct timespec *time)
{
	struct incident *incident = incident_of(i, &i->senders[number]);
	enum incident_way way;

	if (incident_is_boot(incident)) {
		if (!incident_end_boot(i, incident, NULL))
			return false;
		incident = NULL;
	}
	way = incident ? way_at(incident, found) : WAY_NONE;
	if (way != WAY_NONE && !incident_end(i, incident, way))
		return false;
	if (found->moment)
		return incident_pass(i, number, found, time);
	return (incident && way == WAY_NONE) ||
	       incident_begin(i, number, found, time);
}

/* Ends what @sign shows to be over. */
static bool end_before_boot(struct incidents *i, struct incident *incident,
			    const struct announcement *found, bool same)
{
	if (!incident)
		return true;
	if (incident_is_boot(incident))
		return (same && !found->release) ||
		       incident_end_boot(i, incident, same ? found : NULL);
	return same || incident_end(i, incident, WAY_BOOT);
}

static bool hear_boot(struct incidents *i, uint32_t number, enum boot_sign sign,
		      const struct announcement *found,
		      const struct timespec *time)
{
	struct incident_sender *s = &i->senders[number];
	bool same = boot_is_same(&s->boot, sign, i->now_ms);

	if (!end_before_boot(i, incident_of(i, s), found, same) ||
	    (!same && !incident_boot(i, number, found, time)))
		return false;
	boot_note(&s->boot, sign, i->now_ms);
	return true;
}

static bool hear_announcement(struct incidents *i, uint32_t number,
			      const struct watch_words *words,
			      const struct timespec *time)
{
	const struct announcement *found = words->found;

	if (found->class != CLASS_BOOT)
		return hear_incident(i, number, found, time);
	return hear_boot(i, number,
			 boot_sign(found->title, found->length, words->record),
			 found, time);
}

/* Notes what the line says within what is open. */
static void note_words(struct incident *incident,
		       const struct watch_words *words)
{
	if (!incident_is_open(incident) || !words->text)
		return;
	incident->is_last =
		announce_ends(incident->class, words->text, words->len);
	incident->is_task = incident->class == CLASS_SYSRQ &&
			    announce_is_task(words->text, words->len);
}

/* After an oops that a sender goes on after, it didn't panic. */
static void note_heard(const struct incidents *i, struct incident_sender *s)
{
	if (s->boot.past == BOOT_UNKNOWN ||
	    (s->boot.past == BOOT_OOPS && s->place == 0 &&
	     (uint32_t)i->now_ms - s->ended_ms >= INCIDENT_SILENCE_MS))
		s->boot.past = BOOT_SILENT;
}

bool watch_hear(struct incidents *i, uint32_t number,
		const struct watch_words *words, const struct timespec *time)
{
	struct incident_sender *s = &i->senders[number];

	if (s->looked)
		return true;
	if (!keep_up(i, s, time) ||
	    (words->found && !hear_announcement(i, number, words, time)))
		return false;
	s->looked = words->found != NULL;
	note_heard(i, s);
	note_words(incident_of(i, s), words);
	incident_settle(i, number);
	return true;
}

bool watch_look(struct incidents *i, const struct record *record, bool cut,
		const struct timespec *time)
{
	const char *text = (const char *)record->text;
	struct announcement found;
	struct watch_words words = { NULL, text, record->text_len, false };

	if (cut || record->notice)
		return watch_rest(i, record->source, time);
	if (announce_look(text, record->text_len, &found))
		words.found = &found;
	return (!words.found && watch_is_calm(i, record->source)) ||
	       watch_hear(i, record->source, &words, time);
}

bool watch_booted(struct incidents *i, uint32_t number,
		  const unsigned char *release, size_t len,
		  const struct timespec *time)
{
	struct incident_sender *s = &i->senders[number];
	const struct announcement found = {
		.class = CLASS_BOOT,
		.title = "sender booted",
		.length = sizeof("sender booted") - 1,
		.moment = true,
		.release = (const char *)release,
		.release_length = len,
	};

	if (s->looked)
		return true;
	if (!keep_up(i, s, time) ||
	    !hear_boot(i, number, BOOT_NUMBERS, &found, time))
		return false;
	s->looked = true;
	incident_settle(i, number);
	return true;
}

bool watch_spares(const struct incidents *i, uint32_t number)
{
	const struct incident *incident = incident_of(i, &i->senders[number]);

	return incident_is_open(incident) && incident->told &&
	       incident->lines < WATCH_SPARED;
}

/* Lines of one datagram are as easily forged as one. */
static void note_proof(const struct incidents *i, struct incident *incident)
{
	if (incident->heard != *i->datagrams &&
	    incident->proof < INCIDENT_PROOF)
		incident->proof++;
	incident->heard = *i->datagrams;
}

static void belongs(struct incidents *i, struct incident *incident,
		    const struct record *record, const struct timespec *time)
{
	note_proof(i, incident);
	incident->lines += record->lines > 0 ? record->lines : 1;
	incident->bytes += record->text_len;
	incident->tasks += incident->is_task;
	incident->last_ms = i->now_ms;
	if (incident_ms_between(&incident->last, time) > 0)
		incident->last = *time;
	places_move(&i->places, (uint32_t)(incident - i->places.at),
		    PLACES_QUIET);
}

/* What ends here and finds no room, is told by watch_expire(). */
static void end_after_line(struct incidents *i, struct incident *incident)
{
	bool is_last = incident->is_last;

	incident->is_task = incident->is_last = false;
	if (is_last)
		incident_end(i, incident, WAY_MARKER);
	else if (incident->bytes >= WATCH_MOST_BYTES)
		incident_end(i, incident, WAY_LIMIT);
}

void watch_count(struct incidents *i, const struct record *record,
		 const struct timespec *time, bool written)
{
	struct incident_sender *s = &i->senders[record->source];
	struct incident *incident = incident_of(i, s);
	bool is_line = !record->notice || record->lines > 0;

	s->looked = false;
	incident_settle(i, record->source);
	if (!is_line || !incident_is_open(incident))
		return;
	if (written)
		belongs(i, incident, record, time);
	end_after_line(i, incident);
}

void watch_lost(struct incidents *i, uint32_t number, int64_t lost)
{
	struct incident *incident = incident_of(i, &i->senders[number]);

	if (!incident_is_open(incident))
		return;
	if (lost > 0 || incident->lost >= (uint64_t)-lost)
		incident->lost += (uint64_t)lost;
	else
		incident->lost = 0;
}

static struct incident *first(const struct incidents *i, enum places_list list)
{
	uint32_t place = places_first(&i->places, list);

	return place == PLACES_NONE ? NULL : &i->places.at[place];
}

static uint64_t silence_deadline(const struct incidents *i)
{
	const struct incident *incident = first(i, PLACES_QUIET);

	return incident ? incident->last_ms + INCIDENT_SILENCE_MS
			: DEADLINE_NEVER;
}

static uint64_t boot_deadline(const struct incidents *i)
{
	const struct incident *boot = first(i, PLACES_BOOTS);

	return boot ? boot->begun_ms + BOOT_MS : DEADLINE_NEVER;
}

static bool tell_ended(struct incidents *i)
{
	struct incident *incident;

	while ((incident = first(i, PLACES_ENDED)))
		if (!incident_end(i, incident, incident->way))
			return false;
	return true;
}

bool watch_expire(struct incidents *i)
{
	if (!tell_ended(i))
		return false;
	while (silence_deadline(i) <= i->now_ms)
		if (!incident_end(i, first(i, PLACES_QUIET), WAY_SILENCE))
			return false;
	while (boot_deadline(i) <= i->now_ms)
		if (!incident_end_boot(i, first(i, PLACES_BOOTS), NULL))
			return false;
	return telling_expire(&i->telling);
}

bool watch_flush(struct incidents *i)
{
	struct incident *incident;

	if (!tell_ended(i))
		return false;
	while ((incident = first(i, PLACES_QUIET)))
		if (!incident_end(i, incident, WAY_OPEN))
			return false;
	while ((incident = first(i, PLACES_BOOTS)))
		if (!incident_end_boot(i, incident, NULL))
			return false;
	return telling_flush(&i->telling);
}

uint64_t watch_deadline(const struct incidents *i)
{
	uint64_t due = deadline_earlier(silence_deadline(i), boot_deadline(i));

	if (first(i, PLACES_ENDED))
		return 0;
	return deadline_earlier(due, telling_deadline(&i->telling));
}

uint32_t watch_untold(const struct incidents *i)
{
	return places_count(&i->places, PLACES_ENDED) +
	       places_count(&i->places, PLACES_QUIET) +
	       places_count(&i->places, PLACES_BOOTS) + (i->telling.untold > 0);
}
