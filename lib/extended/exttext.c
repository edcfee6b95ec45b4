/* exttext - the lines of a record's text; see exttext.h. */
#include "exttext.h"

#include <stdint.h>
#include <string.h>

#define NEAR 16 /* bytes behind which the next backslash is far */
#define ONES UINT64_C(0x0101010101010101)

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

	if (len < EXTTEXT_ESCAPE || in[0] != '\\' || in[1] != 'x')
		return -1;
	high = hex_value(in[2]);
	low = hex_value(in[3]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Copies the bytes up to the next backslash; returns how many. */
static size_t copy_far(unsigned char *out, const unsigned char *in, size_t len)
{
	const unsigned char *mark = memchr(in, '\\', len);
	size_t n = mark ? (size_t)(mark - in) : len;

	memcpy(out, in, n);
	return n;
}

static bool has_backslash(const unsigned char *in)
{
	uint64_t word;

	memcpy(&word, in, sizeof(word));
	word ^= ONES * '\\';
	return ((word - ONES) & ~word & ONES * 0x80) != 0;
}

/* The same; behind a backslash the next may be near. */
static size_t copy_near(unsigned char *out, const unsigned char *in, size_t len)
{
	size_t n = 0;

	while (len - n >= sizeof(uint64_t) && !has_backslash(in + n)) {
		if (n == NEAR)
			return n + copy_far(out + n, in + n, len - n);
		memcpy(out + n, in + n, sizeof(uint64_t));
		n += sizeof(uint64_t);
	}
	for (; n < len && in[n] != '\\'; n++)
		out[n] = in[n];
	return n;
}

/*
 * Decodes up to the first newline, or all; returns how many bytes it read.
 */
static size_t decode(const unsigned char *in, size_t len, bool all,
		     unsigned char *out, size_t *written)
{
	size_t at = copy_far(out, in, len);
	unsigned char *to = out + at;

	while (at < len) {
		int byte = escaped_byte(in + at, len - at);
		size_t n = 0;

		if (byte == '\n' && !all)
			break;
		*to++ = byte < 0 ? in[at] : (unsigned char)byte;
		at += byte < 0 ? 1 : EXTTEXT_ESCAPE;
		if (at < len && in[at] != '\\')
			n = copy_near(to, in + at, len - at);
		to += n;
		at += n;
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

static size_t take_text(struct extmsg_part text, bool all, size_t *at,
			unsigned char *out)
{
	size_t begin = exttext_line_begin(*at);
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
	*len = byte < 0 ? 1 : EXTTEXT_ESCAPE;
	return byte < 0 ? text.at[at] : byte;
}

void exttext_skip(struct extmsg_part text, size_t *at)
{
	size_t i = exttext_line_begin(*at);
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
		size_t i = empty_end(text, exttext_line_begin(*end));

		if (i > text.len || (i == text.len && !last))
			break;
		*end = i + 1;
	}
	return lines;
}
