/* extbody - what an extended message says; see extbody.h. */
#include "extbody.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"

#define TEXT_MAX     2048 /* text and header; PRINTK_MESSAGE_MAX, Linux 6.12 */
#define ESCAPE	     4 /* bytes of "\xNN" */
#define MSGID_DIGITS 10 /* of UINT32_MAX */

static bool is_key_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Whether " KEY=" stands at @at. */
static bool has_pair(struct extmsg_part whole, size_t at)
{
	size_t i = at + 1;

	if (at >= whole.len || whole.at[at] != ' ')
		return false;
	while (i < whole.len && is_key_char(whole.at[i]))
		i++;
	return i > at + 1 && i < whole.len && whole.at[i] == '=';
}

static size_t text_length(const struct extmsg *msg, struct extmsg_part whole)
{
	const unsigned char *lf = NULL;
	size_t len = whole.len;
	size_t most = TEXT_MAX - msg->header_len;

	if (len > 0)
		lf = memchr(whole.at, '\n', len);
	if (lf)
		len = (size_t)(lf - whole.at);
	/* A text that was cut has no LF, and goes on with a pair. */
	if (msg->header_len < TEXT_MAX && len > most && has_pair(whole, most))
		len = most;
	return len;
}

void extbody_split(struct extbody *body, const struct extmsg *msg,
		   struct extmsg_part whole)
{
	size_t len;

	if (whole.len > 0 && whole.at[whole.len - 1] == '\0')
		whole.len--;
	len = text_length(msg, whole);
	*body = (struct extbody){ .text = { whole.at, len } };
	if (len < whole.len && whole.at[len] == '\n')
		len++;
	body->pairs.at = whole.at + len;
	body->pairs.len = whole.len - len;
}

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The byte that the escape at @in stands for; -1: no escape is there. */
static int escaped_byte(const unsigned char *in, size_t len)
{
	int high, low;

	if (len < ESCAPE || in[0] != '\\' || in[1] != 'x')
		return -1;
	high = hex_value(in[2]);
	low = hex_value(in[3]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Decodes up to the first newline, or all; returns how many bytes it read. */
static size_t decode(const unsigned char *in, size_t len, bool all,
		     unsigned char *out, size_t *written)
{
	unsigned char *to = out;
	size_t at = 0;

	while (at < len) {
		const unsigned char *mark = memchr(in + at, '\\', len - at);
		size_t run = mark ? (size_t)(mark - in) - at : len - at;
		int byte;

		memcpy(to, in + at, run);
		to += run;
		at += run;
		if (!mark)
			break;
		byte = escaped_byte(mark, len - at);
		if (byte == '\n' && !all)
			break;
		*to++ = byte < 0 ? *mark : (unsigned char)byte;
		at += byte < 0 ? 1 : ESCAPE;
	}
	*written = (size_t)(to - out);
	return at;
}

/* *@at is 1 more than where the line before ended: at a newline's escape. */
size_t extbody_line(struct extmsg_part text, size_t *at, unsigned char *out)
{
	size_t begin = *at == 0 ? 0 : *at - 1 + ESCAPE;
	size_t written = 0;

	if (begin < text.len)
		begin += decode(text.at + begin, text.len - begin, false, out,
				&written);
	*at = begin + 1;
	while (written > 0 && out[written - 1] == '\r')
		written--;
	return written;
}

/* The kernel escapes the values of SUBSYSTEM= and DEVICE=, and no others. */
static bool is_escaped(const unsigned char *pair, size_t len)
{
	static const char subsystem[] = "SUBSYSTEM=", device[] = "DEVICE=";

	return (len >= sizeof(subsystem) - 1 &&
		!memcmp(pair, subsystem, sizeof(subsystem) - 1)) ||
	       (len >= sizeof(device) - 1 &&
		!memcmp(pair, device, sizeof(device) - 1));
}

/* A pair ends where another begins; a LF elsewhere is in its value. */
static size_t pair_length(const unsigned char *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (in[i] == '\n' && (i + 1 == len || in[i + 1] == ' '))
			return i;
	return len;
}

/* The next of @pairs, still escaped, from *@at on; false behind the last. */
static bool next_pair(struct extmsg_part pairs, size_t *at,
		      struct extmsg_part *pair)
{
	while (*at < pairs.len) {
		const unsigned char *in = pairs.at + *at;
		size_t skip = *in == ' ' ? 1 : 0;
		size_t len = pair_length(in + skip, pairs.len - *at - skip);

		*at += skip + len + 1;
		*pair = (struct extmsg_part){ in + skip, len };
		if (len > 0)
			return true;
	}
	return false;
}

/* Copies @len bytes at @in, a part of @pair, decoded if @pair is escaped. */
static size_t decode_part(struct extmsg_part pair, const unsigned char *in,
			  size_t len, unsigned char *out)
{
	size_t written = len;

	if (is_escaped(pair.at, pair.len))
		decode(in, len, true, out, &written);
	else
		memcpy(out, in, len);
	return written;
}

size_t extbody_pairs(struct extmsg_part pairs, unsigned char *out)
{
	struct extmsg_part pair;
	size_t at = 0;
	size_t len = 0;

	while (next_pair(pairs, &at, &pair)) {
		memcpy(out + len, len == 0 ? " {" : " ", len == 0 ? 2 : 1);
		len += len == 0 ? 2 : 1;
		len += decode_part(pair, pair.at, pair.len, out + len);
	}
	if (len > 0)
		out[len++] = '}';
	return len;
}

/* Writes @pair to @out, and views of it to *@to; returns the length. */
static size_t list_pair(struct extmsg_part pair, unsigned char *out,
			struct extbody_pair *to)
{
	const unsigned char *equals = memchr(pair.at, '=', pair.len);
	size_t key_len = equals ? (size_t)(equals - pair.at) : pair.len;

	to->key.at = out;
	to->key.len = escape_text((char *)out, pair.at, key_len);
	to->value = (struct extmsg_part){ NULL, 0 };
	if (equals) {
		to->value.at = out + to->key.len;
		to->value.len =
			decode_part(pair, equals + 1, pair.len - key_len - 1,
				    out + to->key.len);
	}
	return to->key.len + to->value.len;
}

size_t extbody_list(struct extmsg_part pairs, unsigned char *out,
		    struct extbody_pair *list, size_t most,
		    struct extmsg_part *rest)
{
	struct extmsg_part pair;
	size_t count = 0;
	size_t at = 0;

	while (count < most && next_pair(pairs, &at, &pair))
		out += list_pair(pair, out, &list[count++]);
	*rest = (struct extmsg_part){ NULL, 0 };
	if (count == most && next_pair(pairs, &at, &pair)) {
		rest->at = pair.at;
		rest->len = (size_t)(pairs.at + pairs.len - pair.at);
	}
	return count;
}

bool extbody_msgid(const struct extbody *body, uint32_t *msgid)
{
	static const char name[] = " msgid=";
	const size_t name_len = sizeof(name) - 1;
	const unsigned char *pairs = body->pairs.at;
	const unsigned char *digits;
	size_t end = body->pairs.len;
	size_t at;
	uint64_t value;

	if (end > 0 && pairs[end - 1] == '\n')
		end--;
	for (at = end; at > 0 && end - at < MSGID_DIGITS; at--)
		if (!decimal_is_digit(pairs[at - 1]))
			break;
	if (at < name_len ||
	    memcmp(pairs + at - name_len, name, name_len) != 0 ||
	    (at > name_len && pairs[at - name_len - 1] != '\n'))
		return false;
	digits = pairs + at;
	if (!decimal_read(&digits, pairs + end, UINT32_MAX, &value))
		return false;
	*msgid = (uint32_t)value;
	return true;
}

size_t extbody_stamp(const struct extmsg *msg, char out[EXTBODY_STAMP_MAX])
{
	size_t len = msg->caller.len;
	char *to = out;

	*to++ = '[';
	to = decimal_pad(to, msg->usec / 1000000, 5);
	*to++ = '.';
	to = decimal_write(to, msg->usec % 1000000, 6);
	*to++ = ']';
	if (len > 0)
		to += sprintf(to, "[%6.*s]", (int)len,
			      (const char *)msg->caller.at);
	*to++ = ' ';
	return (size_t)(to - out);
}

size_t extbody_show(const struct extmsg *msg, const struct extbody *body,
		    bool level, size_t *at, unsigned char *out)
{
	char begin[EXTBODY_LEVEL_MAX + EXTBODY_STAMP_MAX];
	size_t len = 0;

	if (level)
		len = (size_t)snprintf(begin, EXTBODY_LEVEL_MAX, "<%u>",
				       msg->prio);
	len += extbody_stamp(msg, begin + len);
	memcpy(out, begin, len);
	len += extbody_line(body->text, at, out + len);
	if (*at > body->text.len)
		len += extbody_pairs(body->pairs, out + len);
	return len;
}
