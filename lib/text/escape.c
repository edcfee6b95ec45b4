/* escape - untrusted bytes made safe to look at; see escape.h. */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "plain.h"

#define LEAD_MIN 0xc2 /* first bytes of characters; RFC 3629, section 4 */
#define LEAD_MAX 0xf4

#define DENSE 32 /* bytes that are looked at one by one at a time */

/* What is inlined so that text has no branch that is for JSON alone. */
#define INLINED static inline __attribute__((always_inline))

/* How a byte is written that is no part of a character of several. */
struct form {
	_Alignas(8) char text[ESCAPE_GROWTH];
	unsigned char len; /* of @text */
	unsigned char quoted; /* 1: JSON has one more backslash before it */
};

#define KEEP(c)             \
	{                   \
		{ c }, 1, 0 \
	}
#define QUOTE(c)            \
	{                   \
		{ c }, 1, 1 \
	}
#define ESCAPE(high, low)                                  \
	{                                                  \
		{ '\\', 'x', high, low }, ESCAPE_GROWTH, 1 \
	}

#define KEEP_12(h)                                                          \
	KEEP(h##0), KEEP(h##1), KEEP(h##2), KEEP(h##3), KEEP(h##4),         \
		KEEP(h##5), KEEP(h##6), KEEP(h##7), KEEP(h##8), KEEP(h##9), \
		KEEP(h##a), KEEP(h##b)
#define KEEP_16(h) KEEP_12(h), KEEP(h##c), KEEP(h##d), KEEP(h##e), KEEP(h##f)
#define ESCAPE_5(h)                                                     \
	ESCAPE(h, 'b'), ESCAPE(h, 'c'), ESCAPE(h, 'd'), ESCAPE(h, 'e'), \
		ESCAPE(h, 'f')
#define ESCAPE_9(h)                                                     \
	ESCAPE(h, '0'), ESCAPE(h, '1'), ESCAPE(h, '2'), ESCAPE(h, '3'), \
		ESCAPE(h, '4'), ESCAPE(h, '5'), ESCAPE(h, '6'),         \
		ESCAPE(h, '7'), ESCAPE(h, '8')
#define ESCAPE_16(h) ESCAPE_9(h), ESCAPE(h, '9'), ESCAPE(h, 'a'), ESCAPE_5(h)

#define JSON_TAB 256 /* the form of TAB in JSON */

static const struct form forms[257] = {
	ESCAPE_9('0'),	KEEP('\t'),	  ESCAPE('0', 'a'), ESCAPE_5('0'),
	ESCAPE_16('1'), KEEP(' '),	  KEEP('!'),	    QUOTE('"'),
	KEEP(0x23),	KEEP(0x24),	  KEEP(0x25),	    KEEP(0x26),
	KEEP(0x27),	KEEP(0x28),	  KEEP(0x29),	    KEEP(0x2a),
	KEEP(0x2b),	KEEP(0x2c),	  KEEP(0x2d),	    KEEP(0x2e),
	KEEP(0x2f),	KEEP_16(0x3),	  KEEP_16(0x4),	    KEEP_12(0x5),
	QUOTE('\\'),	KEEP(0x5d),	  KEEP(0x5e),	    KEEP(0x5f),
	KEEP_16(0x6),	KEEP_12(0x7),	  KEEP(0x7c),	    KEEP(0x7d),
	KEEP(0x7e),	ESCAPE('7', 'f'), ESCAPE_16('8'),   ESCAPE_16('9'),
	ESCAPE_16('a'), ESCAPE_16('b'),	  ESCAPE_16('c'),   ESCAPE_16('d'),
	ESCAPE_16('e'), ESCAPE_16('f'),	  QUOTE('t'),
};

struct range {
	uint32_t first;
	uint32_t last;
};

/* Of 3 and 4 bytes, what acts on how a line is read, and isn't seen itself. */
static const struct range unseen[] = {
	{ 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
	{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff }, { UINT32_MAX, 0 }, /* the end */
};

/*
 * For each first byte, bit N: with the second byte 0x80+N, some character does
 * not stay.  Of 2 bytes that is the character itself.
 */
static const uint64_t doubtful[LEAD_MAX - LEAD_MIN + 1] = {
	[0xc2 - LEAD_MIN] = 0x00002000ffffffff, /* C1, U+00AD */
	[0xcd - LEAD_MIN] = 0x0000000000008000, /* U+034F */
	[0xd8 - LEAD_MIN] = 0x000000001000003f, /* U+0600..0605, U+061C */
	[0xdb - LEAD_MIN] = 0x0000000020000000, /* U+06DD */
	[0xdc - LEAD_MIN] = 0x0000000000008000, /* U+070F */
	[0xe0 - LEAD_MIN] = 0x0000000cffffffff, /* overlong ones, too */
	[0xe1 - LEAD_MIN] = 0x0000000140000020,
	[0xe2 - LEAD_MIN] = 0x0000000000000003,
	[0xe3 - LEAD_MIN] = 0x0000000000000020,
	[0xed - LEAD_MIN] = 0xffffffff00000000, /* surrogates */
	[0xef - LEAD_MIN] = 0xc900000000000000,
	[0xf0 - LEAD_MIN] = 0x00000000280affff, /* overlong ones, too */
	[0xf3 - LEAD_MIN] = 0x0000000100000000,
	[0xf4 - LEAD_MIN] = 0xffffffffffff0000, /* above U+10FFFF */
};

/* For each first byte, the first range that its doubtful ones may be in. */
static const unsigned char unseen_at[LEAD_MAX - LEAD_MIN + 1] = {
	[0xe1 - LEAD_MIN] = 2,	[0xe2 - LEAD_MIN] = 5,	[0xe3 - LEAD_MIN] = 8,
	[0xef - LEAD_MIN] = 9,	[0xf0 - LEAD_MIN] = 13, [0xf3 - LEAD_MIN] = 18,
	[0xf4 - LEAD_MIN] = 19,
};

static bool is_lead(unsigned char c)
{
	return c >= LEAD_MIN && c <= LEAD_MAX;
}

/* How long the character is that begins with @lead. */
static inline size_t announced(unsigned char lead)
{
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static inline bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The code point of the 3 or 4 bytes at @in, or 0 where that is overlong. */
static uint32_t code_point(const unsigned char *in, size_t n)
{
	uint32_t c = (in[0] & (0x7fU >> n)) << 12 | (in[1] & 0x3fU) << 6 |
		     (in[2] & 0x3fU);

	if (n == 3)
		return c >= 0x800 ? c : 0;
	c = c << 6 | (in[3] & 0x3fU);
	return c >= 0x10000 ? c : 0;
}

/* Whether a character of 3 or 4 bytes stays, whose first two are doubtful. */
static bool stays(const unsigned char *in, size_t n)
{
	const struct range *range = &unseen[unseen_at[in[0] - LEAD_MIN]];
	uint32_t c = code_point(in, n);

	while (range->last < c && range->first < c)
		range++;
	return c > 0 && c >> 11 != 0xd800 >> 11 && c <= 0x10ffff &&
	       range->first > c;
}

/* The length of the character at @in, where one may begin; 0: none stays. */
INLINED size_t character_kept(const unsigned char *in, size_t len)
{
	size_t n = announced(in[0]);

	if (len < n || !is_tail(in[1]) || (n > 2 && !is_tail(in[2])) ||
	    (n > 3 && !is_tail(in[3])))
		return 0;
	if ((doubtful[in[0] - LEAD_MIN] >> (in[1] & 0x3f) & 1) == 0)
		return n;
	return n > 2 && stays(in, n) ? n : 0;
}

size_t escape_kept(const unsigned char *in, size_t len)
{
	if (is_lead(in[0]))
		return character_kept(in, len);
	return forms[in[0]].len == 1 ? 1 : 0;
}

/* Where reading and writing are. */
struct place {
	const unsigned char *in;
	const unsigned char *end;
	char *out;
};

/*
 * Without a branch, as none could be foretold where bytes change.  A byte takes
 * no more room than ESCAPE_GROWTH, so what is copied behind its end is within.
 */
INLINED void put_byte(struct place *p, bool json)
{
	unsigned c = *p->in++;
	const struct form *form = &forms[json && c == '\t' ? JSON_TAB : c];

	if (json) {
		*p->out = '\\';
		p->out += form->quoted;
	}
	memcpy(p->out, form->text, sizeof(form->text));
	p->out += form->len;
}

/* Escapes the first byte of what is no character, and others that are none. */
INLINED void put_broken(struct place *p, bool json)
{
	do
		put_byte(p, json);
	while (p->in < p->end && is_tail(*p->in));
}

/* Writes characters that are not ASCII. */
INLINED void put_characters(struct place *p, bool json)
{
	do {
		size_t n = character_kept(p->in, (size_t)(p->end - p->in));

		if (n == 0) {
			put_broken(p, json);
			continue;
		}
		memcpy(p->out, p->in, 2);
		if (n > 2)
			p->out[2] = (char)p->in[2];
		if (n > 3)
			p->out[3] = (char)p->in[3];
		p->in += n;
		p->out += n;
	} while (p->in < p->end && is_lead(*p->in));
}

INLINED void put_four(struct place *p, bool json)
{
	put_byte(p, json);
	put_byte(p, json);
	put_byte(p, json);
	put_byte(p, json);
}

/* Whether none of eight bytes begins a character of several. */
static bool have_no_lead(const unsigned char *in)
{
	uint64_t word;

	memcpy(&word, in, sizeof(word));
	return (word & word << 1 & UINT64_C(0x8080808080808080)) == 0;
}

/* Writes a few characters one by one, at least one. */
INLINED void put_dense(struct place *p, bool json)
{
	const unsigned char *most =
		p->end - p->in < DENSE ? p->end : p->in + DENSE;

	while (p->in < most) {
		if (is_lead(*p->in)) {
			put_characters(p, json);
		} else if (most - p->in >= 8 && have_no_lead(p->in)) {
			put_four(p, json);
			put_four(p, json);
		} else {
			put_byte(p, json);
		}
	}
}

/* Copies @n bytes that stay; if there are none, writes some others. */
INLINED void put_next(struct place *p, size_t n, bool json)
{
	if (n == 0) {
		put_dense(p, json);
		return;
	}
	memcpy(p->out, p->in, n);
	p->in += n;
	p->out += n;
}

static __attribute__((noinline)) size_t
escape_odd(char *out, const unsigned char *in, size_t len)
{
	struct place p = { in, in + len, out };

	while (p.in < p.end)
		put_next(&p, plain_length(p.in, (size_t)(p.end - p.in)), false);
	return (size_t)(p.out - out);
}

size_t escape_text(char *out, const unsigned char *in, size_t len)
{
	return plain_copy(out, in, len) ? len : escape_odd(out, in, len);
}

size_t escape_json(char *out, const unsigned char *in, size_t len)
{
	struct place p = { in, in + len, out };

	while (p.in < p.end)
		put_next(&p, plain_unquoted(p.in, (size_t)(p.end - p.in)),
			 true);
	return (size_t)(p.out - out);
}

/* Whether some character begins with the two bytes; RFC 3629, section 4. */
static bool may_begin_character(unsigned char lead, unsigned char tail)
{
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return tail >= low && tail <= high;
}

size_t escape_cut_character(const unsigned char *in, size_t len)
{
	const unsigned char *at = in + len;
	size_t back = 1;

	while (back < 3 && back < len && is_tail(at[-(ptrdiff_t)back]))
		back++;
	at -= back;
	if (len == 0 || !is_lead(*at) || announced(*at) <= back)
		return 0;
	return back == 1 || may_begin_character(at[0], at[1]) ? back : 0;
}

void escape_shown(char shown[ESCAPE_SHOWN_MAX], const char *text)
{
	const size_t most = (ESCAPE_SHOWN_MAX - 4) / ESCAPE_GROWTH;
	size_t len = strlen(text);
	size_t n = escape_text(shown, (const unsigned char *)text,
			       len < most ? len : most);

	strcpy(shown + n, len <= most ? "" : "...");
}
