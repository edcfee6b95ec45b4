/* caseline - what a line of a file of incidents says; see caseline.h. */
#include "caseline.h"

#include <string.h>

#include "decimal.h"
#include "jsonline.h"

/* The rest of a line while it is read. */
struct words {
	const char *at;
	const char *end;
};

static bool take_words(struct words *w, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(w->end - w->at) < len || memcmp(w->at, text, len) != 0)
		return false;
	w->at += len;
	return true;
}

/* Takes what stands before @behind, or all if there is none. */
static struct caseline_text take_until(struct words *w, char behind)
{
	const char *found = memchr(w->at, behind, (size_t)(w->end - w->at));
	struct caseline_text text = { .at = w->at };

	if (!found)
		found = w->end;
	text.len = (size_t)(found - w->at);
	w->at = found;
	return text;
}

static bool take_number(struct words *w, uint64_t *number)
{
	const unsigned char *at = (const unsigned char *)w->at;
	bool taken = decimal_read(&at, (const unsigned char *)w->end,
				  UINT64_MAX / 1000 - 1, number);

	w->at = (const char *)at;
	return taken;
}

/* "1.2", of any number of digits; "1" is whole. */
static bool take_seconds(struct words *w, uint64_t *milliseconds)
{
	uint64_t unit = 100;

	if (!take_number(w, milliseconds))
		return false;
	*milliseconds *= 1000;
	if (!take_words(w, "."))
		return true;
	for (; w->at < w->end && decimal_is_digit((unsigned char)*w->at);
	     w->at++, unit /= 10)
		*milliseconds += (uint64_t)(*w->at - '0') * unit;
	return true;
}

/* " ended (WAY): N lines, S.T s, L lost[, T tasks][, after CLASS]" */
static bool read_end(struct caseline *c, struct words *w)
{
	c->what = CASELINE_END;
	c->ended = take_until(w, ')');
	if (!take_words(w, "): ") || !take_number(w, &c->lines) ||
	    !take_words(w, " lines, ") || !take_seconds(w, &c->milliseconds) ||
	    !take_words(w, " s, ") || !take_number(w, &c->lost) ||
	    !take_words(w, " lost"))
		return false;
	if (!take_words(w, ", "))
		return w->at == w->end;
	if (!take_words(w, "after ")) {
		c->has_tasks = take_number(w, &c->tasks);
		if (!c->has_tasks || !take_words(w, " tasks"))
			return false;
		if (!take_words(w, ", after "))
			return w->at == w->end;
	}
	c->after = (struct caseline_text){ w->at, (size_t)(w->end - w->at) };
	return true;
}

/* "RELEASE, before that HOW" */
static bool read_boot(struct caseline *c, struct words *w)
{
	c->what = CASELINE_BOOT;
	c->release = take_until(w, ',');
	if (take_words(w, ", before that "))
		c->before = (struct caseline_text){ w->at,
						    (size_t)(w->end - w->at) };
	return true;
}

static bool read_untold(struct caseline *c, struct words *w)
{
	c->what = CASELINE_UNTOLD;
	return take_words(w, "udplogger: ") && take_number(w, &c->untold) &&
	       take_words(w, " incidents not told");
}

static bool read_words(struct caseline *c, const struct logline *line)
{
	struct words w = { line->text, line->text + line->text_len };
	size_t len = 0;

	if (line->is_notice)
		return read_untold(c, &w);
	while (w.at + len < w.end && w.at[len] >= 'a' && w.at[len] <= 'z')
		len++;
	c->class = class_named(w.at, len);
	if (c->class == CLASS_NONE)
		return false;
	w.at += len;
	if (take_words(&w, " ended ("))
		return read_end(c, &w);
	if (!take_words(&w, ": "))
		return false;
	if (c->class == CLASS_BOOT)
		return read_boot(c, &w);
	c->title = (struct caseline_text){ w.at, (size_t)(w.end - w.at) };
	return true;
}

static void take_text_member(struct caseline *c, const struct jsonline *json)
{
	const struct caseline_text value = { json->value, json->value_len };

	if (jsonline_is(json, "class"))
		c->class = class_named(value.at, value.len);
	else if (jsonline_is(json, "title"))
		c->title = value;
	else if (jsonline_is(json, "release"))
		c->release = value;
	else if (jsonline_is(json, "before"))
		c->before = value;
	else if (jsonline_is(json, "ended"))
		c->ended = value;
	else if (jsonline_is(json, "after"))
		c->after = value;
}

static void take_number_member(struct caseline *c, const struct jsonline *json)
{
	struct words w = { json->value, json->value + json->value_len };
	uint64_t number;

	if (jsonline_is(json, "seconds")) {
		take_seconds(&w, &c->milliseconds);
		return;
	}
	if (!take_number(&w, &number))
		return;
	if (jsonline_is(json, "lines")) {
		c->lines = number;
	} else if (jsonline_is(json, "bytes")) {
		c->bytes = number;
		c->has_bytes = true;
	} else if (jsonline_is(json, "lost")) {
		c->lost = number;
	} else if (jsonline_is(json, "tasks")) {
		c->tasks = number;
		c->has_tasks = true;
	} else if (jsonline_is(json, "incidents")) {
		c->untold = number;
	}
}

static bool read_object(struct caseline *c, const struct logline *line)
{
	struct jsonline json;

	c->is_json = true;
	jsonline_begin(&json, line->line, line->len);
	while (jsonline_next(&json))
		if (json.is_string)
			take_text_member(c, &json);
		else
			take_number_member(c, &json);
	if (line->is_notice) {
		c->what = CASELINE_UNTOLD;
		return c->untold > 0;
	}
	if (c->ended.at)
		c->what = CASELINE_END;
	else if (c->class == CLASS_BOOT)
		c->what = CASELINE_BOOT;
	return c->class != CLASS_NONE;
}

bool caseline_read(struct caseline *c, const struct logline *line)
{
	*c = (struct caseline){ .what = CASELINE_BEGIN };
	return line->is_json ? read_object(c, line) : read_words(c, line);
}
