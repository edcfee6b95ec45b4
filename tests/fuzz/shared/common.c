/* common - what the fuzzers share; see common.h. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

uint8_t input_byte(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->bytes++;
}

uint16_t input_u16(struct input *in)
{
	unsigned high = input_byte(in);

	return (uint16_t)(high << 8 | input_byte(in));
}

const uint8_t *input_bytes(struct input *in, size_t len, size_t *got)
{
	const uint8_t *bytes = in->bytes;

	*got = len < in->left ? len : in->left;
	in->bytes += *got;
	in->left -= *got;
	return bytes;
}

/* How long a character with the code point @c is; RFC 3629, section 3. */
static size_t shortest_form(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static bool may_be_shown(uint32_t c)
{
	if (c == '\t')
		return true;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	return !(c >= 0xd800 && c < 0xe000) && c <= 0x10ffff;
}

size_t reference_character(const unsigned char *in, size_t len)
{
	static const struct {
		unsigned mask, bits;
	} lead[] = {
		{ 0x80, 0 }, { 0xe0, 0xc0 }, { 0xf0, 0xe0 }, { 0xf8, 0xf0 }
	};
	uint32_t c;
	size_t n, i;

	for (n = 1; n <= 4 && n <= len; n++) {
		if ((in[0] & lead[n - 1].mask) != lead[n - 1].bits)
			continue;
		c = in[0] & ~lead[n - 1].mask & 0xff;
		for (i = 1; i < n; i++) {
			if ((in[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (in[i] & 0x3f);
		}
		return shortest_form(c) == n && may_be_shown(c) ? n : 0;
	}
	return 0;
}

size_t reference_escape(char *out, const unsigned char *in, size_t len)
{
	size_t to = 0;
	size_t at = 0;

	while (at < len) {
		size_t n = reference_character(in + at, len - at);

		if (n == 0) {
			char hex[5];

			snprintf(hex, sizeof(hex), "\\x%02x", in[at++]);
			for (n = 0; n < 4; n++)
				out[to++] = hex[n];
			continue;
		}
		while (n-- > 0)
			out[to++] = (char)in[at++];
	}
	return to;
}

bool reference_is_safe(const char *text, size_t len)
{
	const unsigned char *in = (const unsigned char *)text;

	while (len > 0) {
		size_t n = reference_character(in, len);

		if (n == 0)
			return false;
		in += n;
		len -= n;
	}
	return true;
}

/* Second, third and fourth bytes at the edges of all ranges there are. */
static const unsigned char edges[] = { 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf };

/* Whether @in can be continued to one character; @have bytes are there. */
static bool can_become_whole(unsigned char in[4], size_t have)
{
	size_t i;

	if (have == 4)
		return false;
	for (i = 0; i < sizeof(edges); i++) {
		in[have] = edges[i];
		if (reference_character(in, have + 1) == have + 1 ||
		    can_become_whole(in, have + 1))
			return true;
	}
	return false;
}

size_t reference_cut(const unsigned char *in, size_t len)
{
	unsigned char end[4];
	size_t back;

	for (back = 1; back <= 3 && back <= len; back++) {
		memcpy(end, in + len - back, back);
		if (reference_character(end, back) == 0 &&
		    can_become_whole(end, back))
			return back;
	}
	return 0;
}
