/* cases - incidents of a story, and their reckoning; see cases.h. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caseline.h"
#include "incident.h"
#include "logline.h"
#include "reckoning.h"
#include "telling.h"

#define SOURCES	  16
#define UNITS	  4096
#define ENDS_MOST 1024
#define NEAR_MS	  100 /* of a limit: nobody knows on which side it was */

static const struct {
	enum incident_class class;
	const char *words;
} announced[] = {
	{ CLASS_OOPS, "BUG: unable to handle " },
	{ CLASS_PANIC, "Kernel panic - not syncing: " },
	{ CLASS_LOCKING, "BUG: scheduling while atomic: " },
	{ CLASS_LOCKUP, "watchdog: BUG: soft lockup " },
};

/* An end, as it is told. */
struct end {
	unsigned source;
	enum incident_class class;
	enum incident_class after;
	enum incident_way way;
	uint64_t lines;
	unsigned found;
};

/* What the model knows of a sender. */
struct sender {
	bool is_open;
	bool told;
	enum incident_class class, after;
	uint64_t last_ms;
	uint64_t lines;
	enum incident_class ended; /* the last */
	uint64_t ended_ms;
	uint64_t minute_s; /* when it began, plus 1; 0: none */
	unsigned classes; /* told in it */
};

static struct cases {
	bool calm;
	bool is_gone;
	struct sender senders[SOURCES];
	unsigned wanted[UNITS]; /* the class that is told of a unit; 0: none */
	struct end ends[ENDS_MOST];
	unsigned end_count;
	uint64_t untold; /* that the model counts */
	uint64_t begun;

	unsigned found[UNITS]; /* begins, of each unit */
	unsigned found_class[UNITS];
	struct end told_ends[ENDS_MOST];
	unsigned told_end_count;
	uint64_t begins, all_ends, moments, told_untold;
} c;

void cases_open(bool calm)
{
	memset(&c, 0, sizeof(c));
	c.calm = calm;
}

const char *cases_words(enum incident_class class)
{
	size_t i;

	for (i = 0; i < sizeof(announced) / sizeof(announced[0]); i++)
		if (announced[i].class == class)
			return announced[i].words;
	return "";
}

enum incident_class cases_draw(unsigned lot)
{
	const size_t count = sizeof(announced) / sizeof(announced[0]);

	lot %= 2 * count;
	return lot < count ? CLASS_NONE : announced[lot - count].class;
}

/* ---- the model ---- */

static void end(struct sender *s, enum incident_way way)
{
	struct end *e = &c.ends[c.end_count];

	s->is_open = false;
	s->ended = s->class;
	s->ended_ms = s->last_ms;
	if (!s->told || c.end_count == ENDS_MOST)
		return;
	*e = (struct end){
		(unsigned)(s - c.senders), s->class, s->after, way, s->lines, 0
	};
	c.end_count++;
}

static bool may_tell(const struct sender *s, enum incident_class class,
		     uint64_t now_ms)
{
	return s->minute_s == 0 ||
	       now_ms - (s->minute_s - 1) * 1000 >= TELLING_MINUTE_MS ||
	       !(s->classes & 1U << class);
}

static void begin(struct sender *s, enum incident_class class, unsigned unit,
		  uint64_t now_ms)
{
	s->is_open = true;
	s->told = may_tell(s, class, now_ms);
	s->after = class == CLASS_PANIC &&
				   now_ms - s->ended_ms < INCIDENT_SILENCE_MS
			   ? s->ended
			   : CLASS_NONE;
	s->class = class;
	s->lines = 0;
	c.begun++;
	if (!s->told) {
		c.untold++;
		return;
	}
	c.wanted[unit % UNITS] = class;
	if (s->minute_s == 0 ||
	    now_ms - (s->minute_s - 1) * 1000 >= TELLING_MINUTE_MS) {
		s->minute_s = now_ms / 1000 + 1;
		s->classes = 0;
	}
	s->classes |= 1U << class;
}

static bool is_near(uint64_t ms, uint64_t limit_ms)
{
	return ms + NEAR_MS > limit_ms && ms < limit_ms + NEAR_MS;
}

/* What a line that announces @class ends. */
static enum incident_way way_of(const struct sender *s,
				enum incident_class class)
{
	if (class == CLASS_PANIC && s->class != CLASS_PANIC)
		return WAY_PANIC;
	return !s->told && class != s->class ? WAY_SILENCE : WAY_NONE;
}

void cases_heard(unsigned source, enum incident_class class, unsigned unit,
		 uint64_t now_ms)
{
	struct sender *s = &c.senders[source % SOURCES];
	enum incident_way way;

	if (is_near(now_ms - s->last_ms, INCIDENT_SILENCE_MS) ||
	    (s->minute_s > 0 &&
	     is_near(now_ms - (s->minute_s - 1) * 1000, TELLING_MINUTE_MS)))
		c.calm = false;
	if (s->is_open && now_ms - s->last_ms >= INCIDENT_SILENCE_MS)
		end(s, WAY_SILENCE);
	way = s->is_open && class != CLASS_NONE ? way_of(s, class) : WAY_NONE;
	if (way != WAY_NONE)
		end(s, way);
	if (class != CLASS_NONE && !s->is_open)
		begin(s, class, unit, now_ms);
	s->last_ms = now_ms;
	s->lines += s->is_open;
}

/* ---- what the files tell ---- */

static enum incident_class class_of(const struct caseline_text *text)
{
	return text->at ? class_named(text->at, text->len) : CLASS_NONE;
}

static enum incident_way way_named(const struct caseline_text *text)
{
	unsigned way;

	for (way = WAYS - 1; way > WAY_NONE; way--)
		if (strlen(places_way(way)) == text->len &&
		    memcmp(places_way(way), text->at, text->len) == 0)
			break;
	return way;
}

/* The number of the sender; SOURCES: it has none of ours. */
static unsigned source_of(const struct logline *line)
{
	char text[64];
	unsigned number;

	snprintf(text, sizeof(text), "%.*s", (int)line->seen.address_len,
		 line->seen.address ? line->seen.address : "");
	if (sscanf(text, "192.0.2.%u", &number) == 1)
		return number < SOURCES ? number : SOURCES;
	snprintf(text, sizeof(text), "%.*s", (int)line->seen.host_len,
		 line->seen.host ? line->seen.host : "");
	return sscanf(text, "name%u.", &number) == 1 && number < SOURCES
		       ? number
		       : SOURCES;
}

static bool is_same(const struct end *a, const struct end *b)
{
	return a->source == b->source && a->class == b->class &&
	       a->after == b->after && a->way == b->way && a->lines == b->lines;
}

static void take_end(const struct logline *line, const struct caseline *what)
{
	const struct end e = {
		.source = source_of(line),
		.class = what->class,
		.after = class_of(&what->after),
		.way = way_named(&what->ended),
		.lines = what->lines,
	};

	c.all_ends++;
	if (c.told_end_count < ENDS_MOST)
		c.told_ends[c.told_end_count++] = e;
}

/* False: it is of no line of ours. */
static bool take_begin(const struct logline *line, const struct caseline *what)
{
	const char *words = cases_words(what->class);
	unsigned unit;
	char title[64];

	snprintf(title, sizeof(title), "%.*s", (int)what->title.len,
		 what->title.at);
	if (strncmp(title, words, strlen(words)) != 0 || *words == '\0' ||
	    sscanf(title + strlen(words), "w%u.", &unit) != 1 ||
	    unit >= UNITS || source_of(line) == SOURCES)
		return false;
	c.begins++;
	c.found[unit]++;
	c.found_class[unit] = what->class;
	return true;
}

bool cases_are_in(const char *line, size_t len)
{
	struct caseline what;
	struct logline l;

	return logline_read(&l, line, len) && caseline_read(&what, &l);
}

bool cases_read(const char *line, size_t len)
{
	struct caseline what;
	struct logline l;

	/* Others have added that to what a full disk left of a line. */
	if (len > 0 && line[len - 1] == *RECKONING_JUNK)
		return false;
	if (!logline_read(&l, line, len) || !caseline_read(&what, &l))
		return false;
	switch (what.what) {
	case CASELINE_BEGIN:
		return take_begin(&l, &what);
	case CASELINE_END:
		take_end(&l, &what);
		return true;
	case CASELINE_BOOT:
		c.moments++;
		return true;
	default:
		c.told_untold += what.untold;
		return true;
	}
}

void cases_gone(void)
{
	c.is_gone = true;
}

/* ---- the reckoning ---- */

static bool is_wrong(char *why, const char *what, uint64_t wanted,
		     uint64_t found)
{
	snprintf(why, CASES_WHY_MAX, "incidents: %s: %llu, but %llu", what,
		 (unsigned long long)wanted, (unsigned long long)found);
	return false;
}

/* Each end of the model is told, and no other. */
static bool has_each_end(char *why)
{
	unsigned i, k;

	for (i = 0; i < c.end_count; i++) {
		for (k = 0; k < c.told_end_count; k++)
			if (c.told_ends[k].found == 0 &&
			    is_same(&c.ends[i], &c.told_ends[k]))
				break;
		if (k < c.told_end_count) {
			c.told_ends[k].found = 1;
			continue;
		}
		snprintf(why, CASES_WHY_MAX,
			 "incidents: sender %u: no \"%s ended (%s): %u lines, "
			 "after %s\"",
			 c.ends[i].source, class_name(c.ends[i].class),
			 places_way(c.ends[i].way), (unsigned)c.ends[i].lines,
			 class_name(c.ends[i].after));
		return false;
	}
	return c.end_count == c.told_end_count ||
	       is_wrong(why, "ends", c.end_count, c.told_end_count);
}

static bool is_as_the_model(uint64_t begun, char *why)
{
	unsigned i;

	for (i = 0; i < SOURCES; i++)
		if (c.senders[i].is_open)
			end(&c.senders[i], WAY_SILENCE);
	for (i = 0; i < UNITS; i++)
		if (c.wanted[i] != (c.found[i] > 0 ? c.found_class[i] : 0U))
			return is_wrong(why, "class of the begin with line", i,
					c.found_class[i]);
	if (begun != c.begun)
		return is_wrong(why, "begun", c.begun, begun);
	return has_each_end(why);
}

/* Each that began is told, once, or counted; and each has its end. */
static bool adds_up(uint64_t begun, unsigned copies, char *why)
{
	uint64_t told = 0, sum;
	unsigned i;

	for (i = 0; i < UNITS; i++) {
		told += c.found[i] > 0;
		if (c.found[i] > 1 + copies)
			return is_wrong(why, "told too often: line", i,
					c.found[i]);
	}
	sum = told + c.moments + c.told_untold;
	if (c.is_gone)
		return true;
	if (copies == 0 ? sum != begun : sum < begun)
		return is_wrong(why, "told and counted, of those that began",
				begun, sum);
	if (copies == 0 ? c.all_ends != told : c.all_ends < told)
		return is_wrong(why, "ends", told, c.all_ends);
	return true;
}

bool cases_close(uint64_t begun, unsigned copies, char why[CASES_WHY_MAX])
{
	return adds_up(begun, copies, why) &&
	       (!c.calm || copies > 0 || c.is_gone ||
		is_as_the_model(begun, why));
}
