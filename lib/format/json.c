/* json - a record as an object of JSON; see json.h. */
#include "json.h"

#include <string.h>

#include "decimal.h"
#include "extbody.h"
#include "linehead.h"
#include "pairs.h"

static char *put_bytes(char *out, const void *bytes, size_t len)
{
	memcpy(out, bytes, len);
	return out + len;
}

static char *put_text(char *out, const char *text)
{
	return put_bytes(out, text, strlen(text));
}

static char *put_inside(char *out, const unsigned char *in, size_t len)
{
	return out + escape_json(out, in, len);
}

char *json_string(char *out, const unsigned char *in, size_t len)
{
	*out++ = '"';
	out = put_inside(out, in, len);
	*out++ = '"';
	return out;
}

/* Lines of a record, which LFs part. */
static char *put_text_lines(char *out, const unsigned char *in, size_t len)
{
	const unsigned char *end = in + len;
	const unsigned char *lf;

	*out++ = '"';
	while (len > 0 && (lf = memchr(in, '\n', (size_t)(end - in)))) {
		out = put_text(put_inside(out, in, (size_t)(lf - in)), "\\n");
		in = lf + 1;
	}
	out = put_inside(out, in, (size_t)(end - in));
	*out++ = '"';
	return out;
}

static char *put_part(char *out, const char *name, struct extmsg_part part)
{
	return json_string(put_text(out, name), part.at, part.len);
}

static char *put_number(char *out, const char *name, uint64_t number)
{
	return decimal_write(put_text(out, name), number, 1);
}

static char *put_local(char *out, const struct record *record)
{
	if (!record->tells_local)
		return out;
	return put_number(out, ",\"lport\":", record->local);
}

static char *put_source(char *out, const struct record *record)
{
	if (record->prefix_len == 0)
		return put_local(out, record);
	if (record->host_len > 0)
		out = json_string(put_text(out, ",\"host\":"),
				  (const unsigned char *)record->prefix,
				  record->host_len);
	out = put_text(out, ",\"address\":");
	out = json_string(out, (const unsigned char *)record->address,
			  record->address_len);
	if (!record->by_address)
		out = put_number(out, ",\"port\":", record->port);
	return put_local(out, record);
}

static char *put_boot_member(char *out, const char *boot)
{
	out = put_bytes(put_text(out, ",\"boot\":\""), boot, RECORD_BOOT_BYTES);
	return put_text(out, "\"");
}

static char *put_told(char *out, const struct record_told *told)
{
	out = put_boot_member(out, told->boot);
	if (told->has_msgids) {
		out = put_number(out, ",\"first\":", told->first);
		out = put_number(out, ",\"last\":", told->last);
	}
	if (told->is_gap) {
		out = put_number(out, ",\"between\":[", told->between[0]);
		out = put_text(put_number(out, ",", told->between[1]), "]");
	}
	if (told->has_come)
		out = put_number(out, ",\"came\":", told->came);
	return out;
}

static char *put_notice(char *out, const struct record *record)
{
	if (!record->notice)
		return out;
	out = put_text(out, ",\"program\":\"udplogger\",\"notice\":\"");
	out = put_text(put_text(out, record->notice), "\"");
	if (record->lost > 0)
		out = put_number(out, ",\"lost\":", record->lost);
	if (record->lines > 0)
		out = put_number(out, ",\"lines\":", record->lines);
	return record->told ? put_told(out, record->told) : out;
}

static char *put_value(char *out, struct extmsg_part value)
{
	if (!value.at)
		return put_text(out, "null");
	return json_string(out, value.at, value.len);
}

static char *put_values(char *out, const struct record_extended *x,
			const struct pairs_same *same, size_t i)
{
	bool several = same->next[i] != PAIRS_NONE;

	if (several)
		*out++ = '[';
	out = put_value(out, x->pairs[i].value);
	while ((i = same->next[i]) != PAIRS_NONE) {
		*out++ = ',';
		out = put_value(out, x->pairs[i].value);
	}
	if (several)
		*out++ = ']';
	return out;
}

static char *put_key(char *out, const struct extbody_pair *pair)
{
	if (!pair->is_word)
		return put_part(out, "", pair->key);
	*out++ = '"';
	out = put_bytes(out, pair->key.at, pair->key.len);
	*out++ = '"';
	return out;
}

static char *put_dictionary(char *out, const struct record_extended *x)
{
	char separator = '{';
	struct pairs_same same;
	size_t i;

	if (x->pair_count == 0)
		return out;
	pairs_find_same(x->pairs, x->pair_count, x->secret, &same);
	out = put_text(out, ",\"dictionary\":");
	for (i = 0; i < x->pair_count; i++) {
		if (same.again[i])
			continue;
		*out++ = separator;
		out = put_key(out, &x->pairs[i]);
		*out++ = ':';
		out = put_values(out, x, &same, i);
		separator = ',';
	}
	*out++ = '}';
	return out;
}

static char *put_prio(char *out, unsigned prio)
{
	out = put_number(out, ",\"level\":", prio % 8);
	return put_number(out, ",\"facility\":", prio / 8);
}

/* What the head of a line of text says. */
static char *put_head(char *out, const struct record *record)
{
	struct linehead head;

	linehead_read(&head, record->text, record->text_len);
	if (head.has_prio)
		out = put_prio(out, head.prio);
	if (head.has_time)
		out = put_number(out, ",\"usec\":", head.usec);
	if (head.caller.len > 0)
		out = put_part(out, ",\"caller\":", head.caller);
	return out;
}

static char *put_extended(char *out, const struct record_extended *x)
{
	const struct extmsg *header = x->header;

	out = put_boot_member(put_prio(out, header->prio), x->boot);
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

char *json_begin(char *out, const struct record *record)
{
	char *to = put_text(out, "{\"time\":\"");

	to = put_bytes(to, record->stamp, record->stamp_len - 1);
	return put_source(put_text(to, "\""), record);
}

size_t json_record(char *out, const struct record *record)
{
	char *to = put_notice(json_begin(out, record), record);

	to = put_text(to, ",\"message\":");
	if (record->extended) {
		to = put_text_lines(to, record->text, record->text_len);
		to = put_extended(to, record->extended);
	} else {
		to = json_string(to, record->text, record->text_len);
		to = record->notice ? to : put_head(to, record);
	}
	to = put_text(to, "}\n");
	return (size_t)(to - out);
}
