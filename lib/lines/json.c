/* json - a record as an object of JSON; see json.h. */
#include "json.h"

#include <string.h>

#include "decimal.h"
#include "format.h"

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
	return decimal_write(put_text(out, name), number, 1);
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

/* Whether @a belongs before @b, or is the same key. */
static bool is_sorted(const struct extbody_pair *a,
		      const struct extbody_pair *b)
{
	if (a->key.len != b->key.len)
		return a->key.len < b->key.len;
	return memcmp(a->key.at, b->key.at, a->key.len) <= 0;
}

static bool is_same(const struct extbody_pair *a, const struct extbody_pair *b)
{
	return is_sorted(a, b) && is_sorted(b, a);
}

/* Merges [@from, @middle) and [@middle, @end) of @in. */
static void merge(const struct extbody_pair *pairs, const uint16_t *in,
		  uint16_t *out, size_t from, size_t middle, size_t end)
{
	size_t left = from, right = middle;
	size_t i;

	for (i = from; i < end; i++) {
		bool take = right == end ||
			    (left < middle &&
			     is_sorted(&pairs[in[left]], &pairs[in[right]]));

		out[i] = take ? in[left++] : in[right++];
	}
}

static size_t at_most(size_t value, size_t most)
{
	return value < most ? value : most;
}

/*
 * Sorts the numbers of @count pairs by key, those of one key in their order.
 * Whoever sends as many as there may be, with keys as he likes, must not have
 * each compared with each; and libc's sort may ask for memory.
 */
static void sort(const struct extbody_pair *pairs, size_t count,
		 uint16_t order[JSON_PAIRS])
{
	uint16_t other[JSON_PAIRS];
	size_t step, from;

	for (from = 0; from < count; from++)
		order[from] = (uint16_t)from;
	for (step = 1; step < count; step *= 2) {
		for (from = 0; from < count; from += 2 * step)
			merge(pairs, order, other, from,
			      at_most(from + step, count),
			      at_most(from + 2 * step, count));
		memcpy(order, other, count * sizeof(order[0]));
	}
}

#define NO_PAIR UINT16_MAX

/* For each pair the next one of its key; for all but the first, @again. */
struct same {
	uint16_t next[JSON_PAIRS];
	bool again[JSON_PAIRS];
};

static void find_same(const struct record_extended *x, struct same *same)
{
	uint16_t order[JSON_PAIRS];
	size_t i;

	sort(x->pairs, x->pair_count, order);
	for (i = 0; i < x->pair_count; i++) {
		same->next[order[i]] = NO_PAIR;
		same->again[order[i]] =
			i > 0 &&
			is_same(&x->pairs[order[i - 1]], &x->pairs[order[i]]);
		if (same->again[order[i]])
			same->next[order[i - 1]] = order[i];
	}
}

static char *put_values(char *out, const struct record_extended *x,
			const struct same *same, size_t i)
{
	bool several = same->next[i] != NO_PAIR;

	if (several)
		*out++ = '[';
	out = put_value(out, x->pairs[i].value);
	while ((i = same->next[i]) != NO_PAIR) {
		*out++ = ',';
		out = put_value(out, x->pairs[i].value);
	}
	if (several)
		*out++ = ']';
	return out;
}

static char *put_dictionary(char *out, const struct record_extended *x)
{
	char separator = '{';
	struct same same;
	size_t i;

	if (x->pair_count == 0)
		return out;
	find_same(x, &same);
	out = put_text(out, ",\"dictionary\":");
	for (i = 0; i < x->pair_count; i++) {
		if (same.again[i])
			continue;
		*out++ = separator;
		out = put_part(out, "", x->pairs[i].key);
		*out++ = ':';
		out = put_values(out, x, &same, i);
		separator = ',';
	}
	*out++ = '}';
	return out;
}

static char *put_extended(char *out, const struct record_extended *x)
{
	const struct extmsg *header = x->header;

	out = put_number(out, ",\"level\":", header->prio % 8);
	out = put_number(out, ",\"facility\":", header->prio / 8);
	out = put_number(out, ",\"sequnum\":", header->sequnum);
	out = put_number(out, ",\"usec\":", header->usec);
	if (header->caller.len > 0)
		out = put_part(out, ",\"caller\":", header->caller);
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
