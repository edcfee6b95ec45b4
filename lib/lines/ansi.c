/* ansi - escape sequences; see ansi.h. */
#include "ansi.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "escape.h"
#include "plain.h"

#define ESC	       0x1b
#define PALETTE_DIGITS 7
#define ONES	       UINT64_C(0x0101010101010101)

/* A sequence, as far as it was read. */
struct reader {
	const unsigned char *in;
	size_t len;
	size_t at;
};

static bool is_in(unsigned char c, unsigned char first, unsigned char last)
{
	return c >= first && c <= last;
}

static void skip(struct reader *r, unsigned char first, unsigned char last)
{
	while (r->at < r->len && is_in(r->in[r->at], first, last))
		r->at++;
}

/* Reads one byte, from @first to @last; false if there is none such. */
static bool read_in(struct reader *r, unsigned char first, unsigned char last)
{
	if (r->at == r->len || !is_in(r->in[r->at], first, last))
		return false;
	r->at++;
	return true;
}

/* Parameters, intermediate bytes, and the final one. */
static bool read_csi(struct reader *r)
{
	skip(r, 0x30, 0x3f);
	skip(r, 0x20, 0x2f);
	return read_in(r, 0x40, 0x7e);
}

/* A string of any bytes but controls, up to ST; BEL ends OSC, too (xterm). */
static bool read_string(struct reader *r, bool bel)
{
	while (r->at < r->len) {
		unsigned char c = r->in[r->at];

		if (bel && c == '\a')
			return read_in(r, '\a', '\a');
		if (c == ESC) {
			r->at++;
			return read_in(r, '\\', '\\');
		}
		if (c < 0x20 && !is_in(c, 0x08, 0x0d))
			return false;
		r->at++;
	}
	return false;
}

static bool read_osc(struct reader *r)
{
	size_t digits;

	if (read_in(r, 'R', 'R'))
		return true;
	if (!read_in(r, 'P', 'P'))
		return read_string(r, true);
	for (digits = 0; digits < PALETTE_DIGITS; digits++)
		if (!read_in(r, '0', 'f'))
			return false;
	return true;
}

static bool read_esc(struct reader *r)
{
	unsigned char c;

	if (r->at == r->len)
		return false;
	c = r->in[r->at++];
	if (c == '[')
		return read_csi(r);
	if (c == ']')
		return read_osc(r);
	if (strchr("PX^_", c) && c != '\0')
		return read_string(r, false);
	if (is_in(c, 0x20, 0x2f)) {
		skip(r, 0x20, 0x2f);
		return read_in(r, 0x30, 0x7e);
	}
	return is_in(c, 0x30, 0x7e);
}

/*
 * The length of the sequence at @in, 0 if there is none.  *@cut: it may be one
 * when more bytes come.
 */
static size_t sequence_length(const unsigned char *in, size_t len, bool *cut)
{
	struct reader r = { in, len, 1 };
	bool whole = false;

	if (in[0] == ESC) {
		whole = read_esc(&r);
	} else if (in[0] == 0x9b) {
		whole = read_csi(&r);
	} else if (in[0] == 0xc2 && len > 1 && in[1] == 0x9b) {
		r.at = 2;
		whole = read_csi(&r);
	} else {
		*cut = false;
		return 0;
	}
	*cut = !whole && r.at == len;
	return whole ? r.at : 0;
}

/* Every sequence goes on, behind ESC or CSI, with printable ASCII. */
static bool may_begin(const unsigned char *in, size_t len)
{
	size_t csi = in[0] == 0xc2 ? 2 : 1;

	if (in[0] != ESC && in[0] != 0x9b && in[0] != 0xc2)
		return false;
	return len > csi && is_in(in[csi], 0x20, 0x7e) &&
	       (csi == 1 || in[1] == 0x9b);
}

/* Whether none of eight bytes is ESC or above 0x7f. */
static bool begin_nothing(const unsigned char *in)
{
	uint64_t word, esc;

	memcpy(&word, in, sizeof(word));
	esc = word ^ ESC * ONES;
	return ((word | ((esc - ONES) & ~esc)) & 0x80 * ONES) == 0;
}

/*
 * How many bytes at @in begin no sequence: many that can't, or one character,
 * which goes whole, as it may have the byte 0x9b in it; or one other byte, or
 * CSI in two bytes, of which the second begins no more than both.
 */
static size_t visible_length(const unsigned char *in, size_t len)
{
	size_t n = is_in(in[0], 0x20, 0x7e) ? plain_length(in, len) : 0;

	while (len - n >= sizeof(uint64_t) && begin_nothing(in + n))
		n += sizeof(uint64_t);
	if (n == 0 && in[0] == 0xc2 && len > 1 && in[1] == 0x9b)
		n = 2;
	else if (n == 0 && in[0] >= 0xc2)
		n = escape_kept(in, len);
	return n > 0 ? n : 1;
}

/* Moves @n bytes back, most often few. */
static void move(unsigned char *to, const unsigned char *in, size_t n)
{
	if (n > 4) {
		memmove(to, in, n);
		return;
	}
	for (; n > 0; n--)
		*to++ = *in++;
}

size_t ansi_hide(unsigned char *out, const unsigned char *in, size_t len)
{
	unsigned char *to = out;
	size_t at = 0;
	bool cut;

	while (at < len) {
		size_t n = 0;

		if (may_begin(in + at, len - at))
			n = sequence_length(in + at, len - at, &cut);
		at += n;
		if (n > 0)
			continue;
		n = visible_length(in + at, len - at);
		move(to, in + at, n);
		to += n;
		at += n;
	}
	return (size_t)(to - out);
}

size_t ansi_cut(const unsigned char *in, size_t len)
{
	size_t back = len < ANSI_CUT_MAX ? len : ANSI_CUT_MAX;
	bool cut = false;

	for (; back > 0; back--) {
		sequence_length(in + len - back, back, &cut);
		if (cut)
			break;
	}
	return back;
}
