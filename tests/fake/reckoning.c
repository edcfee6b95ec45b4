/* reckoning - what was sent, and whether it is in the log; see reckoning.h. */
#include "reckoning.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "objectline.h"
#include "wire.h"

/* "2026-11-22 23:59:55 ", "2026-11-22T23:59:55.123456+00:00 " */
#define STAMP_LEN 20
#define ISO_LEN	  33

static size_t stamp_len(const char *line, size_t len)
{
	return len > ISO_LEN && line[10] == 'T' ? ISO_LEN : STAMP_LEN;
}

void reckoning_open(struct reckoning *r)
{
	memset(r, 0, sizeof(*r));
}

unsigned reckoning_add(struct reckoning *r, unsigned source, unsigned pad)
{
	if (r->count + 1 >= RECKONING_UNITS)
		return 0;
	r->count++;
	r->units[r->count].source = source;
	r->units[r->count].pad = pad;
	return r->count;
}

/* "b17.xxx." and "e17.xxx.", or "w17.xxx." where it is sent at once. */
void reckoning_text(char text[RECKONING_TEXT_MAX], const struct reckoning *r,
		    unsigned unit, enum reckoning_part part)
{
	char pad[256];
	int len = 0;

	memset(pad, 'x', sizeof(pad));
	pad[r->units[unit].pad] = '\0';
	if (part == RECKONING_WHOLE)
		snprintf(text, RECKONING_TEXT_MAX, "%sw%u.%s.",
			 cases_words(r->units[unit].class), unit, pad);
	if (part == RECKONING_BEGIN || part == RECKONING_JOINED)
		len = snprintf(text, RECKONING_TEXT_MAX, "b%u.%s.", unit, pad);
	if (part == RECKONING_END || part == RECKONING_JOINED)
		snprintf(text + len, (size_t)(RECKONING_TEXT_MAX - len),
			 "e%u.%s.", unit, pad);
}

void reckoning_sent(struct reckoning *r, unsigned unit,
		    enum reckoning_part part, bool dropped)
{
	r->units[unit].whole = part == RECKONING_WHOLE;
	if (part != RECKONING_END)
		r->units[unit].dropped[0] = dropped;
	if (part != RECKONING_BEGIN)
		r->units[unit].dropped[1] = dropped;
}

/* The number behind "b", "e" or "w", which may stand behind an announcement. */
static unsigned number_in(const char *text, size_t len)
{
	enum incident_class class;

	for (class = CLASS_NONE; class < CLASSES; class ++) {
		const char *words = cases_words(class);
		size_t n = strlen(words);

		if (len > n + 2 && memcmp(text, words, n) == 0 &&
		    strchr("bew", text[n]) &&
		    isdigit((unsigned char)text[n + 1]))
			return (unsigned)strtoul(text + n + 1, NULL, 10);
	}
	return 0;
}

/* Which unit and part a line's text is; 0: none. */
static unsigned identify(const struct reckoning *r, const char *text,
			 size_t len, enum reckoning_part *part)
{
	char expected[RECKONING_TEXT_MAX];
	unsigned unit;

	unit = number_in(text, len);
	if (unit == 0 || unit > r->count)
		return 0;
	for (*part = RECKONING_BEGIN; *part <= RECKONING_JOINED; ++*part) {
		reckoning_text(expected, r, unit, *part);
		if (strlen(expected) == len && memcmp(expected, text, len) == 0)
			return unit;
	}
	return 0;
}

/* A line without its LF: where its text begins and whose it is. */
static const char *text_of(const char *line, size_t len, unsigned *source)
{
	size_t stamp = stamp_len(line, len);
	const char *text;
	int prio = 0;

	if (len <= stamp || strncmp(line, "2026-11-", 8) != 0 ||
	    line[stamp - 1] != ' ')
		return NULL;
	text = memchr(line + stamp, ' ', len - stamp);
	if (!text || (sscanf(line + stamp, "192.0.2.%u:6665 ", source) != 1 &&
		      sscanf(line + stamp, "name%u.", source) != 1))
		return NULL;
	/* With level=yes "<PRIO>" stands before a record. */
	if (text + 1 < line + len && text[1] == '<')
		sscanf(text + 1, "<%*u>%n", &prio);
	return text + 1 + prio;
}

/* An object counts as the line of text that says the same. */
static void make_text(const char **line, size_t *len)
{
	static char text[OBJECTLINE_MAX];
	size_t n = objectline_text(text, *line, *len);

	if (n > 0) {
		*line = text;
		*len = n;
	}
}

static size_t next_line(const char **line, const char **at, const char *end)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));

	*line = *at;
	*at = lf ? lf + 1 : end;
	return (size_t)((lf ? lf : end) - *line);
}

void reckoning_gone(struct reckoning *r, const char *bytes, size_t len)
{
	const char *at = bytes, *line;

	while (at < bytes + len) {
		size_t n = next_line(&line, &at, bytes + len);
		enum reckoning_part part;
		unsigned source, unit = 0;
		const char *text;

		if (cases_are_in(line, n))
			cases_gone();
		make_text(&line, &n);
		text = text_of(line, n, &source);
		if (text)
			unit = identify(r, text, (size_t)(line + n - text),
					&part);
		if (unit > 0 && part != RECKONING_END)
			r->units[unit].gone[0] = true;
		if (unit > 0 && part != RECKONING_BEGIN)
			r->units[unit].gone[1] = true;
		if (unit == 0 && text)
			cases_gone();
	}
}

/* What others wrote, as often as they did, and as much as the disk took. */
static bool is_junk(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (line[i] != RECKONING_JUNK[0])
			return false;
	return len > 0;
}

void reckoning_cut(struct reckoning *r, const char *bytes, size_t len)
{
	size_t begin = len;

	while (begin > 0 && bytes[begin - 1] != '\n')
		begin--;
	r->meddled = true;
	r->torn += begin < len && !is_junk(bytes + begin, len - begin);
}

static bool is_wrong(char *why, const char *what, const char *line, size_t len)
{
	snprintf(why, RECKONING_WHY_MAX, "%s: %.*s", what,
		 (int)(len < 800 ? len : 800), line);
	return false;
}

/* The cause is there if /proc could be read. */
static bool read_note(struct reckoning *r, const char *line, size_t len)
{
	static const char *const ends[] = { "", ", receive buffer full" };
	char expected[120], at[40] = "";
	size_t stamp = stamp_len(line, len);
	unsigned n, port;
	size_t i;

	if (len <= stamp)
		return false;
	if (strncmp(line + stamp, "udplogger: stopped", len - stamp) == 0 &&
	    len - stamp == strlen("udplogger: stopped"))
		return true;
	if (sscanf(line + stamp, "udplogger: %u datagrams lost", &n) != 1)
		return false;
	if (sscanf(line + stamp,
		   "udplogger: %*u datagrams lost at 192.0.2.1:%u", &port) == 1)
		snprintf(at, sizeof(at), " at 192.0.2.1:%u", port);
	for (i = 0; i < 2; i++) {
		snprintf(expected, sizeof(expected),
			 "udplogger: %u datagrams lost%s%s", n, at, ends[i]);
		if (len - stamp == strlen(expected) &&
		    memcmp(line + stamp, expected, strlen(expected)) == 0) {
			r->lost += n;
			return true;
		}
	}
	return false;
}

/* "1200 lines left out (limit=)" of @source. */
static bool read_left_out(struct reckoning *r, unsigned source,
			  const char *text, size_t len)
{
	char expected[80];
	unsigned n;

	if (sscanf(text, "udplogger: %u lines left out", &n) != 1)
		return false;
	snprintf(expected, sizeof(expected),
		 "udplogger: %u lines left out (limit=)", n);
	if (len != strlen(expected) || memcmp(text, expected, len) != 0)
		return false;
	r->left_out[source % 256] += n;
	return true;
}

static void find_parts(struct reckoning_unit *unit, enum reckoning_part part,
		       bool disordered)
{
	bool has[2] = { part != RECKONING_END, part != RECKONING_BEGIN };
	size_t i;

	for (i = 0; i < 2; i++)
		if (has[i]) {
			unit->found[i]++;
			unit->disordered[i] |= disordered;
		}
}

/*
 * A text must be found after the earlier ones of its source, @last; parts of a
 * unit count as half a step.
 */
static bool read_line(struct reckoning *r, const char *line, size_t len,
		      unsigned last[256], char *why)
{
	enum reckoning_part part;
	unsigned source, unit, at;
	const char *text;

	if (*line == '{' && cases_read(line, len))
		return true;
	make_text(&line, &len);
	text = text_of(line, len, &source);
	if (read_note(r, line, len))
		return true;
	if (text && read_left_out(r, source, text, (size_t)(line + len - text)))
		return true;
	if (text && wire_read(source, text, (size_t)(line + len - text)))
		return true;
	unit = text ? identify(r, text, (size_t)(line + len - text), &part) : 0;
	if (unit == 0 && cases_read(line, len))
		return true;
	if (unit == 0 && is_junk(line, len))
		return true;
	if (unit == 0 && r->strays && r->copies > 0)
		return true;
	if (unit == 0 && r->torn > 0) {
		r->torn--;
		return true;
	}
	if (unit == 0)
		return is_wrong(why, "torn", line, len);
	if (r->units[unit].source != source)
		return is_wrong(why, "of another source", line, len);
	at = 2 * unit + (part == RECKONING_END);
	find_parts(&r->units[unit], part, at < last[source % 256]);
	if (at > last[source % 256])
		last[source % 256] = at;
	return true;
}

bool reckoning_read(struct reckoning *r, const char *bytes, size_t len,
		    char why[RECKONING_WHY_MAX])
{
	const char *at = bytes, *line;
	unsigned last[256] = { 0 };

	while (at < bytes + len) {
		size_t n = next_line(&line, &at, bytes + len);
		bool ends = line[n] == '\n' && line + n < bytes + len;

		/* Others may leave their own last line unfinished. */
		if (!ends && r->torn == 0 && !is_junk(line, n))
			return is_wrong(why, "unfinished", line, n);
		if (!read_line(r, line, n, last, why))
			return false;
	}
	return true;
}

static bool is_missing(const struct reckoning_unit *u, unsigned part)
{
	return u->found[part] == 0 && !u->gone[part] && !u->dropped[part];
}

/* What is wrong with a part of @u; NULL: nothing. */
static const char *objection_to(const struct reckoning *r,
				const struct reckoning_unit *u, unsigned part)
{
	if (u->found[part] > 1 + r->copies)
		return "twice";
	/* Else only a copy of what is elsewhere, or was. */
	if (u->disordered[part] && !r->strays &&
	    (r->copies == 0 || u->found[part] + u->gone[part] < 2))
		return "out of order";
	if (u->found[part] > 0 && u->dropped[part])
		return "dropped, but found";
	if (!r->limited && is_missing(u, part))
		return "missing";
	return NULL;
}

/* Two numbers that are the same, but for what was deleted, or stands twice. */
static bool is_told(const struct reckoning *r, const char *what, uint64_t least,
		    uint64_t most, uint64_t told, bool exact, char *why)
{
	if ((!exact || told >= least) && (r->copies > 0 || told <= most))
		return true;
	snprintf(why, RECKONING_WHY_MAX, "%s: %llu to %llu, but %llu are told",
		 what, (unsigned long long)least, (unsigned long long)most,
		 (unsigned long long)told);
	return false;
}

/* Both parts may be a line, or each of them. */
static bool is_left_out_told(const struct reckoning *r, uint64_t left_out,
			     bool exact, char *why)
{
	uint64_t least[256] = { 0 }, most[256] = { 0 }, told = 0;
	unsigned unit, source;

	for (unit = 1; unit <= r->count; unit++) {
		const struct reckoning_unit *u = &r->units[unit];
		unsigned missing = is_missing(u, 0) + is_missing(u, 1);

		least[u->source] += missing > 0;
		most[u->source] += u->whole ? missing > 0 : missing;
	}
	for (source = 0; source < 256; source++) {
		told += r->left_out[source];
		if (source < WIRE_HOST &&
		    !is_told(r, "lines left out of a source", least[source],
			     most[source], r->left_out[source], exact, why))
			return false;
	}
	return is_told(r, "lines left out", left_out, left_out, told, exact,
		       why);
}

bool reckoning_close(const struct reckoning *r, uint64_t drops,
		     uint64_t left_out, bool exact, char why[RECKONING_WHY_MAX])
{
	char text[RECKONING_TEXT_MAX];
	unsigned unit, i;

	for (unit = 1; unit <= r->count; unit++)
		for (i = 0; i < 2; i++) {
			const char *what = objection_to(r, &r->units[unit], i);

			if (!what)
				continue;
			reckoning_text(text, r, unit, RECKONING_WHOLE);
			return is_wrong(why, what, text, strlen(text));
		}
	return is_told(r, "datagrams lost", drops, drops, r->lost, exact,
		       why) &&
	       is_left_out_told(r, left_out, exact && !r->meddled, why);
}
