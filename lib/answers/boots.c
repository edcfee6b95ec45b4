/* boots - which boot of its sender a line is of; see boots.h. */
#include "boots.h"

#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "caselist.h"
#include "logline.h"
#include "whom.h"

/* The boots of a source. */
struct source_boots {
	struct timespan_stamp *at;
	uint64_t count;
	uint64_t room;
	uint64_t passed; /* by the lines so far */
};

static struct source_boots *boots_of(struct boots *boots, const char *source)
{
	struct textmap_entry *entry =
		textmap_get(&boots->sources, source, strlen(source));

	if (entry && !entry->value)
		entry->value = calloc(1, sizeof(struct source_boots));
	boots->lacks_memory |= !entry || !entry->value;
	return entry ? entry->value : NULL;
}

static void add_boot(struct boots *boots, struct source_boots *of,
		     const struct timespan_stamp *stamp)
{
	struct timespan_stamp *more;

	if (of->count == of->room) {
		of->room = of->room * 2 + 16;
		more = realloc(of->at, (size_t)of->room * sizeof(*more));
		if (!more) {
			of->room = of->count;
			boots->lacks_memory = true;
			return;
		}
		of->at = more;
	}
	of->at[of->count++] = *stamp;
}

void boots_take(struct boots *boots, const struct caselist *list,
		const struct whom *sender)
{
	struct source_boots *of;
	struct whom_seen seen;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct casebook_case *found = list->items[i].found;

		if (!found || !found->source)
			continue;
		casebook_seen(found, &seen);
		if (!whom_is(sender, &seen))
			continue;
		/* A source without boots is known, too: it has the first. */
		of = boots_of(boots, found->source);
		if (of && found->class == CLASS_BOOT)
			add_boot(boots, of, &found->begin);
	}
}

bool boots_span(const struct boots *boots, uint64_t back, struct timespan *span)
{
	bool found = false;
	size_t i;

	*span = (struct timespan){ INT64_MAX, INT64_MIN };
	for (i = 0; i < boots->sources.size; i++) {
		const struct textmap_entry *entry = boots->sources.slots[i];
		const struct source_boots *of = entry ? entry->value : NULL;
		int64_t from = INT64_MIN, until = INT64_MAX;

		if (!of || back > of->count)
			continue;
		found = true;
		if (back < of->count)
			from = of->at[of->count - back - 1].us;
		if (back > 0)
			until = of->at[of->count - back].us +
				TIMESPAN_SECOND_US;
		if (span->from_us > from)
			span->from_us = from;
		if (span->until_us < until)
			span->until_us = until;
	}
	if (boots->sources.used == 0 && back == 0)
		*span = TIMESPAN_ALL;
	return found || (boots->sources.used == 0 && back == 0);
}

/* Whether the line, within the second of a boot, is where that begins. */
static bool is_first_line(const struct logline *line)
{
	static const char booted[] = "udplogger: sender booted";
	struct announcement found;

	if (line->is_notice && !line->is_json)
		return line->text_len >= sizeof(booted) - 1 &&
		       memcmp(line->text, booted, sizeof(booted) - 1) == 0;
	return announce_look(line->text, line->text_len, &found) &&
	       found.class == CLASS_BOOT;
}

/* Whether a line that has passed the boot is within its second. */
static bool begins(const struct timespan_stamp *boot,
		   const struct timespan_stamp *stamp)
{
	return timespan_same(boot, stamp) && !(boot->is_fine && stamp->is_fine);
}

static bool has_passed(const struct timespan_stamp *boot,
		       const struct logline *line,
		       const struct timespan_stamp *stamp)
{
	if (boot->is_fine && stamp->is_fine)
		return stamp->us >= boot->us;
	if (timespan_same(boot, stamp))
		return line->text && is_first_line(line);
	return stamp->us > boot->us;
}

bool boots_has(struct boots *boots, uint64_t back, const struct logline *line,
	       const struct timespan_stamp *stamp)
{
	char source[CASEBOOK_SOURCE_MAX];
	struct textmap_entry *entry;
	struct source_boots *of;
	bool is_first = false;

	casebook_source(source, &line->seen);
	entry = textmap_find(&boots->sources, source, strlen(source));
	of = entry ? entry->value : NULL;
	if (!of)
		return back == 0;
	/* Of boots within a second, each has a first line of its own. */
	while (of->passed < of->count && !is_first &&
	       has_passed(&of->at[of->passed], line, stamp)) {
		is_first = begins(&of->at[of->passed], stamp);
		of->passed++;
	}
	return of->passed + back == of->count;
}

void boots_free(struct boots *boots)
{
	size_t i;

	for (i = 0; i < boots->sources.size; i++) {
		struct textmap_entry *entry = boots->sources.slots[i];
		struct source_boots *of = entry ? entry->value : NULL;

		if (of)
			free(of->at);
		free(of);
	}
	textmap_free(&boots->sources);
}
