/* escape - untrusted bytes made safe to look at; see escape.h. */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

#define TOP_BITS EVERY_BYTE(0x80)

#define LEAD_MIN 0xc2 /* first bytes of characters; RFC 3629, section 4 */
#define LEAD_MAX 0xf4

#define DENSE 32 /* bytes that are looked at one by one at a time */

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

/* Whether four words are printable ASCII; unprintable() of all at once. */
static bool are_plain(const unsigned char *in)
{
	uint64_t a = load(in), b = load(in + 8);
	uint64_t c = load(in + 16), d = load(in + 24);
	uint64_t high = a | b | c | d | (a + EVERY_BYTE(0x01)) |
			(b + EVERY_BYTE(0x01)) | (c + EVERY_BYTE(0x01)) |
			(d + EVERY_BYTE(0x01));
	uint64_t low = (a + EVERY_BYTE(0x60)) & (b + EVERY_BYTE(0x60)) &
		       (c + EVERY_BYTE(0x60)) & (d + EVERY_BYTE(0x60));

	return ((high | ~low) & TOP_BITS) == 0;
}

size_t escape_plain(const unsigned char *in, size_t len)
{
	const size_t word = sizeof(uint64_t);
	size_t n = 0;

	while (len - n >= 4 * word && are_plain(in + n))
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

#define ROW(high)                                                              \
	"\\x" high "0\\x" high "1\\x" high "2\\x" high "3\\x" high "4\\x" high \
	"5\\x" high "6\\x" high "7\\x" high "8\\x" high "9\\x" high            \
	"a\\x" high "b\\x" high "c\\x" high "d\\x" high "e\\x" high "f"

/* The escapes of all bytes, one after the other. */
static const char escapes[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4")
	ROW("5") ROW("6") ROW("7") ROW("8") ROW("9") ROW("a") ROW("b") ROW("c")
		ROW("d") ROW("e") ROW("f");

char *escape_byte(char *out, unsigned char c)
{
	memcpy(out, escapes + ESCAPE_GROWTH * (size_t)c, ESCAPE_GROWTH);
	return out + ESCAPE_GROWTH;
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
	{ 0xe0000, 0xe0fff }, { UINT32_MAX, 0 }, /* the end */
};

/* For each first byte of a character, the first range that it may be in. */
static const unsigned char unseen_at[LEAD_MAX - LEAD_MIN + 1] = {
	0,  1,	1,  1,	1,  1,	1,  1,	1,  1,	1,  1,	2, 2,  2,  2,  2,
	2,  2,	2,  2,	2,  2,	4,  4,	4,  5,	6,  6,	6, 0,  8,  11, 14,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 0, 24, 24, 24, 25,
};

static inline bool is_unseen(unsigned char lead, uint32_t c)
{
	const struct range *range = &unseen[unseen_at[lead - LEAD_MIN]];

	while (range->last < c && range->first < c)
		range++;
	return range->first <= c;
}

static inline bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The code point of the 3 or 4 bytes at @in; 0: they are no character. */
static uint32_t code_point(const unsigned char *in, size_t n)
{
	uint32_t c = (in[0] & (0x7fU >> n)) << 12 | (in[1] & 0x3fU) << 6 |
		     (in[2] & 0x3fU);

	if (!is_tail(in[1]) || !is_tail(in[2]))
		return 0;
	if (n == 3) /* neither overlong nor a surrogate */
		return c >= 0x800 && c >> 11 != 0xd800 >> 11 ? c : 0;
	if (!is_tail(in[3]))
		return 0;
	c = c << 6 | (in[3] & 0x3fU);
	return c >= 0x10000 && c <= 0x10ffff ? c : 0;
}

/* The length of the character at @in, which is not ASCII; 0: it is escaped. */
static inline size_t character_kept(const unsigned char *in, size_t len)
{
	unsigned char lead = in[0];
	size_t n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	uint32_t c;

	if (lead < LEAD_MIN || lead > LEAD_MAX || len < n)
		return 0;
	if (n > 2)
		c = code_point(in, n);
	else
		c = is_tail(in[1]) ? (lead & 0x1fU) << 6 | (in[1] & 0x3fU) : 0;
	/* C1 are below. */
	return c >= 0xa0 && !is_unseen(lead, c) ? n : 0;
}

size_t escape_kept(const unsigned char *in, size_t len)
{
	return is_plain(in[0]) ? 1 : character_kept(in, len);
}

/* Writes the byte @c, not printable ASCII, or one that JSON escapes. */
static inline char *put_special(char *out, unsigned char c, bool json)
{
	if (json && (c == '"' || c == '\\' || c == '\t')) {
		*out++ = '\\';
		*out++ = (char)(c == '\t' ? 't' : c);
		return out;
	}
	if (json)
		*out++ = '\\';
	return escape_byte(out, c);
}

static bool is_quoted(unsigned char c)
{
	return c == '"' || c == '\\' || c == '\t';
}

/* Copies a character of 2 to 4 bytes. */
static inline char *put_character(char *out, const unsigned char *in, size_t n)
{
	memcpy(out, in, 2);
	if (n > 2)
		out[2] = (char)in[2];
	if (n > 3)
		out[3] = (char)in[3];
	return out + n;
}

/*
 * Writes a few characters one by one, at least one, and moves *@out; returns
 * bytes read.  Inlined, so that text has no branch that is for JSON alone.
 */
static inline __attribute__((always_inline)) size_t
put_dense(char **out, const unsigned char *in, size_t len, bool json)
{
	const unsigned char *at = in;
	const unsigned char *most = in + (len < DENSE ? len : DENSE);
	char *to = *out;

	while (at < most) {
		unsigned char c = *at;
		size_t n = 0;

		if (is_plain(c) && !(json && is_quoted(c))) {
			*to++ = (char)c;
			at++;
			continue;
		}
		if (c >= LEAD_MIN)
			n = character_kept(at, (size_t)(in + len - at));
		if (n > 0) {
			to = put_character(to, at, n);
			at += n;
		} else {
			to = put_special(to, c, json);
			at++;
		}
	}
	*out = to;
	return (size_t)(at - in);
}

size_t escape_text(char *out, const unsigned char *in, size_t len)
{
	char *begin = out;

	while (len > 0) {
		size_t n = escape_plain(in, len);

		if (n > 0) {
			memcpy(out, in, n);
			out += n;
		} else {
			n = put_dense(&out, in, len, false);
		}
		in += n;
		len -= n;
	}
	return (size_t)(out - begin);
}

/* Top bits that are set where one of eight bytes is zero, and perhaps above. */
static uint64_t zeros(uint64_t word)
{
	return (word - EVERY_BYTE(0x01)) & ~word & TOP_BITS;
}

/* How many bytes, in whole words, stand in a JSON string as they are. */
static size_t unquoted(const unsigned char *in, size_t len)
{
	size_t n = 0;

	for (; len - n >= sizeof(uint64_t); n += sizeof(uint64_t)) {
		uint64_t word = load(in + n);

		if (((unprintable(word) & TOP_BITS) |
		     zeros(word ^ EVERY_BYTE('"')) |
		     zeros(word ^ EVERY_BYTE('\\'))) != 0)
			break;
	}
	return n;
}

size_t escape_json(char *out, const unsigned char *in, size_t len)
{
	char *begin = out;

	while (len > 0) {
		size_t n = unquoted(in, len);

		if (n > 0) {
			memcpy(out, in, n);
			out += n;
		} else {
			n = put_dense(&out, in, len, true);
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
