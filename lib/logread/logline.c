/* logline - a line of a log file in its parts; see logline.h. */
#include "logline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"

#define STAMP_END   19 /* of "YYYY-MM-DD HH:MM:SS " */
#define DATE_END    10
#define NOTICE	    "udplogger: "
#define CALLER_MOST 24

size_t logline_source(const char *line, size_t len)
{
	const char *space;

	if (len <= STAMP_END)
		return 0;
	if (line[DATE_END] == ' ')
		return line[STAMP_END] == ' ' ? STAMP_END + 1 : 0;
	if (line[DATE_END] != 'T')
		return 0;
	space = memchr(line + STAMP_END, ' ', len - STAMP_END);
	return space ? (size_t)(space - line) + 1 : 0;
}

static bool begins_notice(const char *text, size_t len)
{
	return len >= sizeof(NOTICE) - 1 &&
	       memcmp(text, NOTICE, sizeof(NOTICE) - 1) == 0;
}

static bool read_text(struct logline *l)
{
	size_t at = logline_source(l->line, l->len);
	const char *space;

	if (at == 0)
		return false;
	l->stamp = l->line;
	l->stamp_len = at - 1;
	l->text = l->line + at;
	l->text_len = l->len - at;
	l->is_notice = begins_notice(l->text, l->text_len);
	if (l->is_notice)
		return true;
	space = memchr(l->text, ' ', l->text_len);
	l->source = l->text;
	l->source_len = space ? (size_t)(space - l->text) : l->text_len;
	whom_see(&l->seen, l->source, l->source_len);
	l->text += l->source_len + (space != NULL);
	l->text_len -= l->source_len + (space != NULL);
	l->is_notice = begins_notice(l->text, l->text_len);
	return true;
}

/* Takes what a member says of the line; false: it was the message. */
static bool take_member(struct logline *l, const struct jsonline *json)
{
	uint64_t port;

	if (jsonline_is(json, "message")) {
		l->text = json->value;
		l->text_len = json->value_len;
		return false;
	}
	if (jsonline_is(json, "time")) {
		l->stamp = json->value;
		l->stamp_len = json->value_len;
	} else if (jsonline_is(json, "host")) {
		l->seen.host = json->value;
		l->seen.host_len = json->value_len;
	} else if (jsonline_is(json, "address")) {
		l->seen.address = json->value;
		l->seen.address_len = json->value_len;
	} else if (jsonline_is(json, "port")) {
		if (jsonline_number(json, &port) && port <= UINT16_MAX)
			l->seen.port = (uint32_t)port;
	} else if (jsonline_is(json, "program")) {
		l->is_notice = true;
	}
	return true;
}

static bool read_json(struct logline *l)
{
	struct jsonline json;

	l->is_json = true;
	if (!jsonline_begin(&json, l->line, l->len))
		return false;
	while (jsonline_next(&json))
		if (!take_member(l, &json))
			break;
	return l->stamp != NULL;
}

bool logline_read(struct logline *l, const char *line, size_t len)
{
	*l = (struct logline){
		.line = line,
		.len = len,
		.seen.port = WHOM_NO_PORT,
	};
	return len > 0 && *line == '{' ? read_json(l) : read_text(l);
}

bool logline_time(const struct logline *l, struct timespan_stamp *stamp,
		  struct timespan_clock *clock)
{
	/* The space behind it tells a stamp that is known at once. */
	size_t room = l->is_json ? l->stamp_len : l->stamp_len + 1;

	return timespan_read_stamp(stamp, l->stamp, room, clock) ==
	       l->stamp_len;
}

/* "T123" or "C0"; others may have made it anything. */
static bool is_caller(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > 'z' ||
		    (text[i] > '9' && text[i] < 'A'))
			return false;
	return len > 0 && len <= CALLER_MOST;
}

/* What the kernel's text console has before each line of a record. */
static int write_head(char head[LOGLINE_HEAD_MAX], const struct logline *l)
{
	struct jsonline json;
	bool is_record = false;
	uint64_t usec = 0, number;
	int n, caller_len = 0;
	const char *caller = "";

	jsonline_begin(&json, l->line, l->len);
	while (jsonline_next(&json)) {
		if (jsonline_is(&json, "sequnum"))
			is_record = true;
		else if (jsonline_is(&json, "usec") &&
			 jsonline_number(&json, &number))
			usec = number;
		else if (jsonline_is(&json, "caller") &&
			 is_caller(json.value, json.value_len)) {
			caller = json.value;
			caller_len = (int)json.value_len;
		}
	}
	if (!is_record)
		return 0;
	n = snprintf(head, LOGLINE_HEAD_MAX, "[%5llu.%06llu]",
		     (unsigned long long)(usec / 1000000),
		     (unsigned long long)(usec % 1000000));
	if (caller_len > 0)
		n += snprintf(head + n, (size_t)(LOGLINE_HEAD_MAX - n),
			      "[%6.*s]", caller_len, caller);
	head[n++] = ' ';
	return n;
}

/* The lines of an object, whose message may have several. */
static size_t plain_json(char *out, const struct logline *l)
{
	char head[LOGLINE_HEAD_MAX];
	int head_len = write_head(head, l);
	char *text = malloc(l->text_len + 1);
	const char *at = text, *end, *lf;
	char *to = out;

	if (!text)
		return 0;
	end = text + jsonline_string(text, l->text, l->text_len);
	do {
		lf = memchr(at, '\n', (size_t)(end - at));
		memcpy(to, head, (size_t)head_len);
		to += head_len;
		to += escape_text(to, (const unsigned char *)at,
				  (size_t)((lf ? lf : end) - at));
		*to++ = '\n';
		at = lf ? lf + 1 : end;
	} while (lf);
	free(text);
	return (size_t)(to - out);
}

size_t logline_plain(char *out, const struct logline *l)
{
	if (l->is_json && l->text)
		return plain_json(out, l);
	memcpy(out, l->text ? l->text : "", l->text_len);
	out[l->text_len] = '\n';
	return l->text_len + 1;
}
