/* telling - what the file of incidents tells; see telling.h. */
#include "telling.h"

#include "output.h"
#include "record.h"
#include "source.h"

void telling_init(struct telling *t, const struct source_table *sources,
		  struct output *output)
{
	*t = (struct telling){
		.sources = sources,
		.output = output,
		.untold_ms = DEADLINE_NEVER,
	};
}

/* What was told in a minute that is over counts no more. */
static bool is_minute_over(const struct telling *t,
			   const struct telling_sender *sender)
{
	uint64_t begun_ms = ((uint64_t)sender->minute_s - 1) * 1000;

	return sender->minute_s == 0 ||
	       t->now_ms - begun_ms >= TELLING_MINUTE_MS;
}

static bool is_count_over(const struct telling *t,
			  const struct telling_all *all)
{
	return t->now_ms - all->since_ms >= TELLING_ALL_MS;
}

static bool is_full(const struct telling *t, const struct telling_all *all)
{
	return all->count >= TELLING_ALL && !is_count_over(t, all);
}

static bool may_of_sender(const struct telling *t,
			  const struct telling_sender *sender,
			  enum incident_class class)
{
	if (is_minute_over(t, sender))
		return true;
	if (class == CLASS_BOOT)
		return sender->boots < TELLING_MANY;
	if (class == CLASS_SYSRQ)
		return sender->dumps < TELLING_MANY;
	return (sender->classes & 1U << class) == 0;
}

bool telling_may(const struct telling *t, const struct telling_sender *sender,
		 enum incident_class class)
{
	return !is_full(t, &t->at_once) && may_of_sender(t, sender, class);
}

bool telling_may_later(const struct telling *t,
		       const struct telling_sender *sender,
		       enum incident_class class)
{
	return is_full(t, &t->at_once) && may_of_sender(t, sender, class);
}

bool telling_may_late(const struct telling *t)
{
	return !is_full(t, &t->late);
}

static void note_one(const struct telling *t, struct telling_all *all)
{
	if (is_count_over(t, all))
		*all = (struct telling_all){ .since_ms = t->now_ms };
	all->count++;
}

void telling_note(struct telling *t, struct telling_sender *sender,
		  enum incident_class class, bool late)
{
	note_one(t, late ? &t->late : &t->at_once);
	if (is_minute_over(t, sender))
		*sender = (struct telling_sender){
			.minute_s = (uint32_t)(t->now_ms / 1000) + 1,
		};
	sender->classes |= (uint16_t)(1U << class);
	if (class == CLASS_BOOT)
		sender->boots++;
	if (class == CLASS_SYSRQ)
		sender->dumps++;
}

void telling_count(struct telling *t, const struct timespec *time)
{
	if (t->untold == 0)
		t->untold_ms = t->now_ms + TELLING_UNTOLD_MS;
	t->untold++;
	t->untold_time = *time;
}

bool telling_put(struct telling *t, uint32_t source,
		 const struct timespec *time, const struct incident_line *line)
{
	struct record record = { .prefix = "" };

	source_sign(t->sources, &t->sources->entries[source], &record);
	return output_incident(t->output, &record, time, line);
}

bool telling_flush(struct telling *t)
{
	const struct incident_line line = { .what = INCIDENT_UNTOLD,
					    .untold = t->untold };
	struct record record = { .prefix = "" };

	if (t->untold == 0)
		return true;
	if (!output_incident(t->output, &record, &t->untold_time, &line))
		return false;
	t->untold = 0;
	t->untold_ms = DEADLINE_NEVER;
	return true;
}

bool telling_expire(struct telling *t)
{
	return t->now_ms < t->untold_ms || telling_flush(t);
}
