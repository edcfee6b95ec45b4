/* modelchars - what text is shown as, worked out the slow way; see model.h. */
#include "model.h"

#include <stdio.h>

static bool in_range(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

/* How many bytes UTF-8 has for @c, or 0 when @c must not be in a log. */
static size_t encoded_length(uint32_t c)
{
	if (in_range(c, 0x20, 0x7e) || c == '\t')
		return 1;
	if (in_range(c, 0xa0, 0x7ff))
		return 2;
	if (in_range(c, 0x800, 0xd7ff) || in_range(c, 0xe000, 0xffff))
		return 3;
	return in_range(c, 0x10000, 0x10ffff) ? 4 : 0;
}

/* The length a first byte announces by its leading ones; 0 for none. */
static size_t announced_length(unsigned char first)
{
	size_t ones = 0;

	while (ones < 8 && (first & (0x80 >> ones)) != 0)
		ones++;
	if (ones == 0)
		return 1;
	return ones >= 2 && ones <= 4 ? ones : 0;
}

/* Decodes @n bytes of a character of @want, the missing ones being @fill. */
static uint32_t decode(const unsigned char *in, size_t n, size_t want,
		       uint32_t fill)
{
	uint32_t c = want == 1 ? in[0] : in[0] & (0xffu >> (want + 1));
	size_t i;

	for (i = 1; i < want; i++)
		c = c << 6 | (i < n ? in[i] & 0x3fu : fill);
	return c;
}

static bool all_continue(const unsigned char *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((in[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* Cf, Zl, Zp or Default_Ignorable_Code_Point; each line one script or block. */
bool model_is_unseen(uint32_t c)
{
	return c == 0xad || c == 0x34f || /* soft hyphen, grapheme joiner */
	       in_range(c, 0x600, 0x605) || c == 0x61c || c == 0x6dd ||
	       c == 0x70f || c == 0x890 || c == 0x891 || c == 0x8e2 ||
	       c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
	       c == 0x17b4 || c == 0x17b5 || in_range(c, 0x180b, 0x180f) ||
	       in_range(c, 0x200b, 0x200f) || c == 0x2028 || c == 0x2029 ||
	       in_range(c, 0x202a, 0x202e) || in_range(c, 0x2060, 0x206f) ||
	       in_range(c, 0xfe00, 0xfe0f) || c == 0xfeff ||
	       in_range(c, 0xfff0, 0xfffb) || c == 0x110bd || c == 0x110cd ||
	       in_range(c, 0x13430, 0x1343f) || in_range(c, 0x1bca0, 0x1bca3) ||
	       in_range(c, 0x1d173, 0x1d17a) || c >> 12 == 0xe0;
}

/* The length of the character at @in that may stay as it is, or 0. */
static size_t whole_character(const unsigned char *in, size_t len)
{
	size_t want = announced_length(in[0]);
	uint32_t c;

	if (want == 0 || want > len || !all_continue(in + 1, want - 1))
		return 0;
	c = decode(in, want, want, 0);
	return encoded_length(c) == want && !model_is_unseen(c) ? want : 0;
}

void model_escape(struct model_bytes *to, const unsigned char *in, size_t len)
{
	while (len > 0) {
		size_t n = whole_character(in, len);
		char hex[5];

		if (n > 0) {
			model_append(to, in, n);
		} else {
			n = 1;
			snprintf(hex, sizeof(hex), "\\x%02x", in[0]);
			model_append(to, hex, 4);
		}
		in += n;
		len -= n;
	}
}

/* Whether more bytes could make @in, which is cut, a character that stays. */
static bool may_become_whole(const unsigned char *in, size_t len)
{
	size_t want = announced_length(in[0]);
	uint32_t c, last;

	if (want <= len || !all_continue(in + 1, len - 1))
		return false;
	last = decode(in, len, want, 0x3f);
	for (c = decode(in, len, want, 0); c <= last; c++)
		if (encoded_length(c) == want)
			return true;
	return false;
}

size_t model_cut_character(const unsigned char *in, size_t len)
{
	size_t back;

	for (back = 3; back > 0; back--)
		if (back <= len && may_become_whole(in + len - back, back))
			return back;
	return 0;
}
