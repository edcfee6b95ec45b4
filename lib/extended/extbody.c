/* extbody - what an extended message says; see extbody.h. */
#include "extbody.h"

#include <stdio.h>
#include <string.h>

#include "ansi.h"
#include "decimal.h"
#include "exttext.h"

#define TEXT_MAX      2048 /* text and header; PRINTK_MESSAGE_MAX, Linux 6.12 */
#define MSGID_DIGITS  10 /* of UINT32_MAX */
#define TASK_NAME_MAX 15 /* TASK_COMM_LEN without NUL, linux/sched.h */

/* Letters, digits, and "_-."; bit N of a word is the byte 64 * I + N. */
static bool is_key_char(unsigned char c)
{
	static const uint64_t chars[4] = { 0x03ff600000000000,
					   0x07fffffe87fffffe };

	return chars[c / 64] >> c % 64 & 1;
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

/* Leaves out what is not to be seen of @len bytes; returns how many stay. */
static size_t hide(const struct extbody *body, unsigned char *bytes, size_t len)
{
	return body->hides_ansi ? ansi_hide(bytes, bytes, len) : len;
}

size_t extbody_line(const struct extbody *body, bool rest, size_t *at,
		    unsigned char *out)
{
	size_t len = rest ? exttext_rest(body->text, at, out)
			  : exttext_line(body->text, at, out);

	return hide(body, out, len);
}

/* The kernel escapes the values of SUBSYSTEM= and DEVICE=, and no others. */
static bool is_escaped(const unsigned char *pair, size_t len)
{
	static const char subsystem[] = "SUBSYSTEM=", device[] = "DEVICE=";

	if (*pair == 'S')
		return len >= sizeof(subsystem) - 1 &&
		       !memcmp(pair, subsystem, sizeof(subsystem) - 1);
	return *pair == 'D' && len >= sizeof(device) - 1 &&
	       !memcmp(pair, device, sizeof(device) - 1);
}

/* A pair ends where another begins; a LF elsewhere is in its value. */
static size_t pair_length(const unsigned char *in, size_t len)
{
	const unsigned char *end = in + len;
	const unsigned char *at;

	for (at = in; at < end; at++)
		if (*at == '\n' && (at + 1 == end || at[1] == ' '))
			break;
	return (size_t)(at - in);
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
static size_t decode_part(const struct extbody *body, struct extmsg_part pair,
			  const unsigned char *in, size_t len,
			  unsigned char *out)
{
	if (is_escaped(pair.at, pair.len))
		len = exttext_decode(in, len, out);
	else
		memcpy(out, in, len);
	return hide(body, out, len);
}

/* An escape sequence does not go on across the '='. */
static size_t key_length(struct extmsg_part pair)
{
	const unsigned char *equals = memchr(pair.at, '=', pair.len);

	return equals ? (size_t)(equals - pair.at) : pair.len;
}

/* Writes "KEY=VALUE". */
static size_t show_pair(const struct extbody *body, struct extmsg_part pair,
			unsigned char *out)
{
	size_t key = body->hides_ansi ? key_length(pair) : pair.len;
	size_t len = decode_part(body, pair, pair.at, key, out);

	if (key == pair.len)
		return len;
	out[len++] = '=';
	return len + decode_part(body, pair, pair.at + key + 1,
				 pair.len - key - 1, out + len);
}

size_t extbody_pairs(const struct extbody *body, unsigned char *out)
{
	struct extmsg_part pair;
	size_t at = 0;
	size_t len = 0;

	while (next_pair(body->pairs, &at, &pair)) {
		memcpy(out + len, len == 0 ? " {" : " ", len == 0 ? 2 : 1);
		len += len == 0 ? 2 : 1;
		len += show_pair(body, pair, out + len);
	}
	if (len > 0)
		out[len++] = '}';
	return len;
}

/* Whether @key is a word, as those of kernels are. */
static bool is_word(struct extmsg_part key)
{
	size_t i = 0;

	while (i < key.len && is_key_char(key.at[i]))
		i++;
	return i == key.len;
}

/* Writes the key of @pair, safe to look at; @scratch has room for it. */
static size_t list_key(const struct extbody *body, struct extmsg_part key,
		       unsigned char *out, unsigned char *scratch)
{
	if (body->hides_ansi) {
		key.len = ansi_hide(scratch, key.at, key.len);
		key.at = scratch;
	}
	return escape_text((char *)out, key.at, key.len);
}

/* Writes @pair to @out, and views of it to *@to; returns the length. */
static size_t list_pair(const struct extbody *body, struct extmsg_part pair,
			unsigned char *out, struct extbody_pair *to)
{
	struct extmsg_part key = { pair.at, key_length(pair) };
	size_t len = 0;

	to->key = key;
	to->is_word = is_word(key);
	if (!to->is_word) {
		len = list_key(body, key, out, out + ESCAPE_GROWTH * key.len);
		to->key = (struct extmsg_part){ out, len };
	}
	to->value = (struct extmsg_part){ NULL, 0 };
	if (key.len == pair.len)
		return len;
	to->value.at = out + len;
	to->value.len = decode_part(body, pair, pair.at + key.len + 1,
				    pair.len - key.len - 1, out + len);
	return len + to->value.len;
}

size_t extbody_list(const struct extbody *body, unsigned char *out,
		    struct extbody_pair *list, size_t most,
		    struct extmsg_part *rest)
{
	struct extmsg_part pairs = body->pairs, pair;
	size_t count = 0;
	size_t at = 0;

	while (count < most && next_pair(pairs, &at, &pair))
		out += list_pair(body, pair, out, &list[count++]);
	*rest = (struct extmsg_part){ NULL, 0 };
	if (count < most || !next_pair(pairs, &at, &pair))
		return count;
	*rest = (struct extmsg_part){ pair.at, (size_t)(pairs.at + pairs.len -
							pair.at) };
	if (body->hides_ansi) {
		rest->len = ansi_hide(out, rest->at, rest->len);
		rest->at = out;
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

bool extbody_doubts_msgid(const struct extbody *body)
{
	static const char name[] = " taskname=";
	const size_t name_len = sizeof(name) - 1;
	const unsigned char *pairs = body->pairs.at;
	size_t end = body->pairs.len;
	size_t at;

	if (end > 0 && pairs[end - 1] == '\n')
		end--;
	at = end > TASK_NAME_MAX + name_len ? end - TASK_NAME_MAX - name_len
					    : 0;
	for (; at + name_len <= end; at++)
		if (memcmp(pairs + at, name, name_len) == 0 &&
		    (at == 0 || pairs[at - 1] == '\n'))
			return true;
	return false;
}

size_t extbody_stamp(const struct extmsg *msg, char out[EXTBODY_STAMP_MAX])
{
	size_t len = msg->caller.len;
	char *to = out;

	*to++ = '[';
	to = decimal_pad(to, msg->usec / 1000000, 5);
	*to++ = '.';
	to = decimal_write_6(to, (unsigned)(msg->usec % 1000000));
	*to++ = ']';
	if (len > 0)
		to += sprintf(to, "[%6.*s]", (int)len,
			      (const char *)msg->caller.at);
	*to++ = ' ';
	return (size_t)(to - out);
}

size_t extbody_show(const struct extmsg *msg, const struct extbody *body,
		    bool level, bool rest, size_t *at, unsigned char *out)
{
	size_t len = 0;

	if (level)
		len = (size_t)snprintf((char *)out, EXTBODY_LEVEL_MAX, "<%u>",
				       msg->prio);
	len += extbody_stamp(msg, (char *)out + len);
	len += extbody_line(body, rest, at, out + len);
	if (*at > body->text.len && body->pairs.len > 0)
		len += extbody_pairs(body, out + len);
	return len;
}
