/* escape - untrusted bytes made safe to look at; see escape.h. */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

#define TOP_BITS EVERY_BYTE(0x80)

static uint64_t load(const unsigned char *in)
{
	uint64_t word;

	memcpy(&word, in, sizeof(word));
	return word;
}

/*
 * Top bits that are set where one of eight bytes isn't printable ASCII.  With
 * the top bits clear, adding 1 carries into the top bit only from 0x7f, and
 * adding 0x60 only from 0x20 and above.
 */
static uint64_t unprintable(uint64_t word)
{
	return (word | (word + EVERY_BYTE(0x01)) |
		~((word & ~TOP_BITS) + EVERY_BYTE(0x60)));
}

/*
 * How many bytes at the beginning of @in are printable ASCII; perhaps fewer,
 * by less than 32, as it looks at several at a time.
 */
static size_t plain_length(const unsigned char *in, size_t len)
{
	const size_t word = sizeof(uint64_t);
	size_t n = 0;

	while (len - n >= 4 * word &&
	       ((unprintable(load(in + n)) | unprintable(load(in + n + 8)) |
		 unprintable(load(in + n + 16)) |
		 unprintable(load(in + n + 24))) &
		TOP_BITS) == 0)
		n += 4 * word;
	while (len - n >= word && (unprintable(load(in + n)) & TOP_BITS) == 0)
		n += word;
	/* The rest is shorter than a word; look at the last whole word. */
	if (n > 0 && len - n < word &&
	    (unprintable(load(in + len - word)) & TOP_BITS) == 0)
		n = len;
	return n;
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

/*
 * The length that the first byte of a character announces, and in @low and
 * @high the range of its second byte (RFC 3629, section 4); 0 where no
 * character begins like this.  0xc2 has no 0x80..0x9f: those are C1.
 */
static size_t character_length(unsigned char c, unsigned char *low,
			       unsigned char *high)
{
	*low = c == 0xc2 || c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	*high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

/*
 * How many of the @len bytes at @in are a character as its first byte announces
 * it; *@whole: that is the whole character.
 */
static size_t character_match(const unsigned char *in, size_t len, bool *whole)
{
	unsigned char low, high;
	size_t want = character_length(in[0], &low, &high);
	size_t i;

	*whole = false;
	if (want == 0)
		return 0;
	for (i = 1; i < want && i < len; i++) {
		if (in[i] < low || in[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	*whole = i == want;
	return i;
}

char *escape_byte(char *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return out + 4;
}

/* The code point of a whole character of @len bytes, 2 to 4. */
static uint32_t code_point(const unsigned char *in, size_t len)
{
	uint32_t c = in[0] & (0x7fU >> len);
	size_t i;

	for (i = 1; i < len; i++)
		c = c << 6 | (in[i] & 0x3f);
	return c;
}

struct range {
	uint32_t first;
	uint32_t last;
};

/* What acts on how a line is read, and isn't seen itself; escape.h. */
static const struct range unseen[] = {
	{ 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x0600, 0x0605 },
	{ 0x061c, 0x061c },   { 0x06dd, 0x06dd },   { 0x070f, 0x070f },
	{ 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
	{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

static bool is_unseen(uint32_t c)
{
	size_t low = 0;
	size_t high = sizeof(unseen) / sizeof(unseen[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c > unseen[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(unseen) / sizeof(unseen[0]) &&
	       c >= unseen[low].first;
}

size_t escape_kept(const unsigned char *in, size_t len)
{
	bool whole;
	size_t n;

	if (is_plain(in[0]))
		return 1;
	n = character_match(in, len, &whole);
	return whole && !is_unseen(code_point(in, n)) ? n : 0;
}

/* Writes the next character, or one byte that is none; returns bytes read. */
static size_t put_next(char **out, const unsigned char *in, size_t len)
{
	size_t n = escape_kept(in, len);

	if (n == 0) {
		*out = escape_byte(*out, in[0]);
		return 1;
	}
	memcpy(*out, in, n);
	*out += n;
	return n;
}

size_t escape_text(char *out, const unsigned char *in, size_t len)
{
	char *begin = out;

	while (len > 0) {
		size_t n = plain_length(in, len);

		if (n > 0) {
			memcpy(out, in, n);
			out += n;
		} else {
			n = put_next(&out, in, len);
		}
		in += n;
		len -= n;
	}
	return (size_t)(out - begin);
}

size_t escape_cut_character(const unsigned char *in, size_t len)
{
	size_t back;
	bool whole;

	for (back = 1; back <= 3 && back <= len; back++)
		if (character_match(in + len - back, back, &whole) == back &&
		    !whole)
			return back;
	return 0;
}

void escape_shown(char shown[ESCAPE_SHOWN_MAX], const char *text)
{
	const size_t most = (ESCAPE_SHOWN_MAX - 4) / ESCAPE_GROWTH;
	size_t len = strlen(text);
	size_t n = escape_text(shown, (const unsigned char *)text,
			       len < most ? len : most);

	strcpy(shown + n, len <= most ? "" : "...");
}
