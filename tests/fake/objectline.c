/* objectline - JSON as a line of text; see objectline.h. */
#include "objectline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logline.h"

/* "traditional" */
static size_t put_stamp(char *text, const struct logline *l)
{
	if (l->stamp_len < 19)
		return 0;
	return (size_t)sprintf(text, "%.10s %.8s ", l->stamp, l->stamp + 11);
}

static size_t put_source(char *text, const struct logline *l)
{
	if (!l->seen.address)
		return 0;
	return (size_t)sprintf(text, "%.*s:%u ", (int)l->seen.address_len,
			       l->seen.address, (unsigned)l->seen.port);
}

/* Those behind as many pairs as an object has. */
static size_t put_other_msgids(char *text, const char *line, const char *end)
{
	static const char rest[] = ",\"rest\":", name[] = "msgid=";
	const char *at =
		memmem(line, (size_t)(end - line), rest, sizeof(rest) - 1);
	size_t len = 0;

	while (at &&
	       (at = memmem(at, (size_t)(end - at), name, sizeof(name) - 1))) {
		at += sizeof(name) - 1;
		len += (size_t)sprintf(text + len, " msgid=%lu",
				       strtoul(at, NULL, 10));
	}
	return len;
}

/* The msgids of a dictionary: of a line in pieces there are several. */
static size_t put_msgids(char *text, const char *line, const char *end)
{
	static const char name[] = "\"msgid\":";
	const char *at =
		memmem(line, (size_t)(end - line), name, sizeof(name) - 1);
	size_t len = (size_t)sprintf(text, " {k=v");

	for (at = at ? at + sizeof(name) - 1 : end; at < end; at++) {
		if (*at >= '0' && *at <= '9' && at[-1] == '"')
			len += (size_t)sprintf(text + len, " msgid=%lu",
					       strtoul(at, NULL, 10));
		else if (*at == ']' || *at == '}')
			break;
	}
	len += put_other_msgids(text + len, line, end);
	return len + (size_t)sprintf(text + len, "}");
}

size_t objectline_text(char text[OBJECTLINE_MAX], const char *line, size_t len)
{
	bool is_record = memmem(line, len, ",\"sequnum\":", 11) != NULL;
	struct logline l;
	size_t n;

	if (len == 0 || *line != '{' || line[len - 1] != '}' ||
	    len > OBJECTLINE_MAX / 2 || !logline_read(&l, line, len) || !l.text)
		return 0;
	n = put_stamp(text, &l);
	n += put_source(text + n, &l);
	if (l.is_notice)
		n += (size_t)sprintf(text + n, "udplogger: ");
	if (is_record)
		n += (size_t)sprintf(text + n, "[    0.000000] ");
	n += (size_t)sprintf(text + n, "%.*s", (int)l.text_len, l.text);
	if (memmem(line, len, ",\"dictionary\":", 14))
		n += put_msgids(text + n, line, line + len);
	/* In the text it stands where the bytes would, in pairs as well. */
	if (memmem(line, len, ",\"missing\":", 11))
		n += (size_t)sprintf(text + n, "<0 bytes missing>");
	return n;
}
