/* reckoning - what was sent, and whether it is in the log; see reckoning.h. */
#include "reckoning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define STAMP_LEN 20 /* "2026-11-22 23:59:55 " */

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
		snprintf(text, RECKONING_TEXT_MAX, "w%u.%s.", unit, pad);
	if (part == RECKONING_BEGIN || part == RECKONING_JOINED)
		len = snprintf(text, RECKONING_TEXT_MAX, "b%u.%s.", unit, pad);
	if (part == RECKONING_END || part == RECKONING_JOINED)
		snprintf(text + len, (size_t)(RECKONING_TEXT_MAX - len),
			 "e%u.%s.", unit, pad);
}

void reckoning_sent(struct reckoning *r, unsigned unit,
		    enum reckoning_part part, bool dropped)
{
	if (part != RECKONING_END)
		r->units[unit].dropped[0] = dropped;
	if (part != RECKONING_BEGIN)
		r->units[unit].dropped[1] = dropped;
}

/* Which unit and part a line's text is; 0: none. */
static unsigned identify(const struct reckoning *r, const char *text,
			 size_t len, enum reckoning_part *part)
{
	char expected[RECKONING_TEXT_MAX];
	unsigned unit;

	if (len < 3 || !strchr("bew", *text))
		return 0;
	unit = (unsigned)strtoul(text + 1, NULL, 10);
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
	const char *text;

	if (len <= STAMP_LEN || strncmp(line, "2026-11-", 8) != 0 ||
	    line[STAMP_LEN - 1] != ' ')
		return NULL;
	text = memchr(line + STAMP_LEN, ' ', len - STAMP_LEN);
	if (!text || sscanf(line + STAMP_LEN, "192.0.2.%u:6665 ", source) != 1)
		return NULL;
	return text + 1;
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
		const char *text = text_of(line, n, &source);

		if (text)
			unit = identify(r, text, (size_t)(line + n - text),
					&part);
		if (unit > 0 && part != RECKONING_END)
			r->units[unit].gone[0] = true;
		if (unit > 0 && part != RECKONING_BEGIN)
			r->units[unit].gone[1] = true;
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
	char expected[80];
	unsigned n;
	size_t i;

	if (len <= STAMP_LEN ||
	    sscanf(line + STAMP_LEN, "udplogger: %u datagrams lost", &n) != 1)
		return false;
	for (i = 0; i < 2; i++) {
		snprintf(expected, sizeof(expected),
			 "udplogger: %u datagrams lost%s", n, ends[i]);
		if (len - STAMP_LEN == strlen(expected) &&
		    memcmp(line + STAMP_LEN, expected, strlen(expected)) == 0) {
			r->lost += n;
			return true;
		}
	}
	return false;
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
	const char *text = text_of(line, len, &source);

	if (read_note(r, line, len))
		return true;
	if (text && wire_read(source, text, (size_t)(line + len - text)))
		return true;
	unit = text ? identify(r, text, (size_t)(line + len - text), &part) : 0;
	if (unit == 0 && is_junk(line, len))
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

/* What is wrong with a part of @u; NULL: nothing. */
static const char *objection_to(const struct reckoning *r,
				const struct reckoning_unit *u, unsigned part)
{
	if (u->found[part] > 1 + r->copies)
		return "twice";
	/* Only a copy of what is elsewhere, or was. */
	if (u->disordered[part] &&
	    (r->copies == 0 || u->found[part] + u->gone[part] < 2))
		return "out of order";
	if (u->found[part] > 0 && u->dropped[part])
		return "dropped, but found";
	if (u->found[part] == 0 && !u->gone[part] && !u->dropped[part])
		return "missing";
	return NULL;
}

bool reckoning_close(const struct reckoning *r, uint64_t drops, bool exact,
		     char why[RECKONING_WHY_MAX])
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
	if ((exact && r->lost < drops) || (r->copies == 0 && r->lost > drops)) {
		snprintf(why, RECKONING_WHY_MAX,
			 "%llu datagrams are told lost, %llu are",
			 (unsigned long long)r->lost,
			 (unsigned long long)drops);
		return false;
	}
	return true;
}
