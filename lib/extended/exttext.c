/* exttext - the lines of a record's text; see exttext.h. */
#include "exttext.h"

#include <string.h>

#define ESCAPE 4 /* bytes of "\\xNN" */
#define NEAR   16 /* bytes that are looked at one by one */

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

/* Copies the bytes up to the next backslash; returns how many. */
static size_t copy_plain(unsigned char *out, const unsigned char *in,
			 size_t len)
{
	const unsigned char *mark = memchr(in, '\\', len);
	size_t n = mark ? (size_t)(mark - in) : len;

	memcpy(out, in, n);
	return n;
}

/*
 * Decodes up to the first newline, or all; returns how many bytes it read.
 * Behind a backslash the next may be near, so some bytes go one by one.
 */
static size_t decode(const unsigned char *in, size_t len, bool all,
		     unsigned char *out, size_t *written)
{
	size_t at = copy_plain(out, in, len);
	unsigned char *to = out + at;
	unsigned near = 0;
	size_t run;
	int byte;

	while (at < len) {
		if (in[at] != '\\' && near++ < NEAR) {
			*to++ = in[at++];
			continue;
		}
		run = in[at] == '\\' ? 0 : copy_plain(to, in + at, len - at);
		to += run;
		at += run;
		if (at == len)
			break;
		byte = escaped_byte(in + at, len - at);
		if (byte == '\n' && !all)
			break;
		*to++ = byte < 0 ? in[at] : (unsigned char)byte;
		at += byte < 0 ? 1 : ESCAPE;
		near = 0;
	}
	*written = (size_t)(to - out);
	return at;
}

size_t exttext_decode(const unsigned char *in, size_t len, unsigned char *out)
{
	size_t written;

	decode(in, len, true, out, &written);
	return written;
}

/* @at is 1 more than where the line before ended: at a newline's escape. */
static size_t line_begin(size_t at)
{
	return at == 0 ? 0 : at - 1 + ESCAPE;
}

static size_t take_text(struct extmsg_part text, bool all, size_t *at,
			unsigned char *out)
{
	size_t begin = line_begin(*at);
	size_t written = 0;

	if (begin < text.len)
		begin += decode(text.at + begin, text.len - begin, all, out,
				&written);
	*at = begin + 1;
	while (written > 0 && out[written - 1] == '\r')
		written--;
	return written;
}

size_t exttext_line(struct extmsg_part text, size_t *at, unsigned char *out)
{
	return take_text(text, false, at, out);
}

size_t exttext_rest(struct extmsg_part text, size_t *at, unsigned char *out)
{
	return take_text(text, true, at, out);
}

/* The byte at @at of @text, decoded, and how long it is; -1 at the end. */
static int text_byte(struct extmsg_part text, size_t at, size_t *len)
{
	int byte;

	*len = 0;
	if (at >= text.len)
		return -1;
	byte = escaped_byte(text.at + at, text.len - at);
	*len = byte < 0 ? 1 : ESCAPE;
	return byte < 0 ? text.at[at] : byte;
}

void exttext_skip(struct extmsg_part text, size_t *at)
{
	size_t i = line_begin(*at);
	size_t len;

	while (i < text.len && text_byte(text, i, &len) != '\n')
		i += len;
	*at = (i < text.len ? i : text.len) + 1;
}

/*
 * Where the line that begins at @begin ends, if it is empty; more than the
 * length of the text if it isn't.
 */
static size_t empty_end(struct extmsg_part text, size_t begin)
{
	size_t len;
	int byte;

	while ((byte = text_byte(text, begin, &len)) == '\r')
		begin += len;
	return byte == '\n' || byte < 0 ? begin : text.len + 1;
}

size_t exttext_empty_lines(struct extmsg_part text, bool last, size_t at,
			   size_t *end)
{
	size_t lines = 0;

	for (*end = at; *end <= text.len; lines++) {
		size_t i = empty_end(text, line_begin(*end));

		if (i > text.len || (i == text.len && !last))
			break;
		*end = i + 1;
	}
	return lines;
}
