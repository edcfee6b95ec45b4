/* json - a record as an object of JSON; see json.h. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"

#define CALLER_MAX 32 /* bytes that are shown */

/* How far @in is what a string holds as it is: most text, all of it. */
static size_t plain_length(const unsigned char *in, size_t len)
{
	size_t n = 0;

	while (n < len && in[n] >= 0x20 && in[n] < 0x7f && in[n] != '"' &&
	       in[n] != '\\')
		n++;
	return n;
}

static char *put_bytes(char *out, const void *bytes, size_t len)
{
	memcpy(out, bytes, len);
	return out + len;
}

static char *put_text(char *out, const char *text)
{
	return put_bytes(out, text, strlen(text));
}

/* Writes what is not plain at @in; *@read tells how many bytes that was. */
static char *put_special(char *out, const unsigned char *in, size_t len,
			 size_t *read)
{
	*read = 1;
	if (in[0] == '\n')
		return put_text(out, "\\n");
	if (in[0] == '\t')
		return put_text(out, "\\t");
	if (in[0] == '"' || in[0] == '\\') {
		*out++ = '\\';
		*out++ = (char)in[0];
		return out;
	}
	*read = escape_kept(in, len);
	if (*read > 0)
		return put_bytes(out, in, *read);
	*read = 1;
	*out++ = '\\';
	return escape_byte(out, in[0]);
}

static char *put_string(char *out, const unsigned char *in, size_t len)
{
	size_t n;

	*out++ = '"';
	while (len > 0) {
		n = plain_length(in, len);
		if (n > 0)
			out = put_bytes(out, in, n);
		else
			out = put_special(out, in, len, &n);
		in += n;
		len -= n;
	}
	*out++ = '"';
	return out;
}

static char *put_part(char *out, const char *name, struct extmsg_part part)
{
	return put_string(put_text(out, name), part.at, part.len);
}

static char *put_number(char *out, const char *name, uint64_t number)
{
	return out + sprintf(out, "%s%" PRIu64, name, number);
}

/* "ADDRESS:PORT ", where an IPv6 address stands in brackets. */
static char *put_source(char *out, const struct record *record)
{
	const char *address = record->prefix;
	size_t len = record->prefix_len;
	size_t port;

	if (len == 0)
		return out;
	port = len - 1;
	while (port > 0 && address[port - 1] != ':')
		port--;
	out = put_text(out, ",\"address\":");
	if (address[0] == '[')
		out = put_string(out, (const unsigned char *)address + 1,
				 port - 3);
	else
		out = put_string(out, (const unsigned char *)address, port - 1);
	out = put_text(out, ",\"port\":");
	return put_bytes(out, address + port, len - 1 - port);
}

static char *put_notice(char *out, const struct record *record)
{
	if (!record->notice)
		return out;
	out = put_text(out, ",\"program\":\"udplogger\",\"notice\":\"");
	out = put_text(put_text(out, record->notice), "\"");
	if (record->lost > 0)
		out = put_number(out, ",\"lost\":", record->lost);
	return out;
}

static char *put_value(char *out, struct extmsg_part value)
{
	if (!value.at)
		return put_text(out, "null");
	return put_string(out, value.at, value.len);
}

/* The next pair from @i on that has the key of @pair, or the end. */
static size_t find_key(const struct record_extended *x, size_t i,
		       const struct extbody_pair *pair)
{
	const struct extmsg_part *key = &pair->key;

	while (i < x->pair_count &&
	       (x->pairs[i].key.len != key->len ||
		memcmp(x->pairs[i].key.at, key->at, key->len) != 0))
		i++;
	return i;
}

static char *put_values(char *out, const struct record_extended *x, size_t i)
{
	const struct extbody_pair *pair = &x->pairs[i];
	size_t next = find_key(x, i + 1, pair);

	if (next == x->pair_count)
		return put_value(out, pair->value);
	*out++ = '[';
	out = put_value(out, pair->value);
	while (next < x->pair_count) {
		*out++ = ',';
		out = put_value(out, x->pairs[next].value);
		next = find_key(x, next + 1, pair);
	}
	*out++ = ']';
	return out;
}

static char *put_dictionary(char *out, const struct record_extended *x)
{
	char separator = '{';
	size_t i;

	if (x->pair_count == 0)
		return out;
	out = put_text(out, ",\"dictionary\":");
	for (i = 0; i < x->pair_count; i++) {
		const struct extbody_pair *pair = &x->pairs[i];

		if (find_key(x, 0, pair) < i)
			continue;
		*out++ = separator;
		out = put_string(out, pair->key.at, pair->key.len);
		*out++ = ':';
		out = put_values(out, x, i);
		separator = ',';
	}
	*out++ = '}';
	return out;
}

static char *put_extended(char *out, const struct record_extended *x)
{
	const struct extmsg *header = x->header;
	struct extmsg_part caller = header->caller;

	if (caller.len > CALLER_MAX)
		caller.len = CALLER_MAX;
	out = put_number(out, ",\"level\":", header->prio % 8);
	out = put_number(out, ",\"facility\":", header->prio / 8);
	out = put_number(out, ",\"sequnum\":", header->sequnum);
	out = put_number(out, ",\"usec\":", header->usec);
	if (caller.len > 0)
		out = put_part(out, ",\"caller\":", caller);
	if (header->release.len > 0)
		out = put_part(out, ",\"release\":", header->release);
	out = put_dictionary(out, x);
	if (x->rest.len > 0)
		out = put_part(out, ",\"rest\":", x->rest);
	if (x->missing > 0)
		out = put_number(out, ",\"missing\":", x->missing);
	return out;
}

size_t json_record(char *out, const struct record *record)
{
	char *to = put_text(out, "{\"time\":\"");

	to = put_bytes(to, record->stamp, record->stamp_len - 1);
	to = put_source(put_text(to, "\""), record);
	to = put_notice(to, record);
	to = put_text(to, ",\"message\":");
	to = put_string(to, record->text, record->text_len);
	if (record->extended)
		to = put_extended(to, record->extended);
	to = put_text(to, "}\n");
	return (size_t)(to - out);
}
