/* lineend - where lines of text end; see lineend.h. */
#include "lineend.h"

#include <stdint.h>
#include <string.h>

#define FIRST_PIECE 64

static size_t length_to(const unsigned char *text, size_t len, int c)
{
	const unsigned char *end = memchr(text, c, len);

	return end ? (size_t)(end - text) : len;
}

/*
 * The length to the first CR or LF.  They are looked for in pieces, each twice
 * as long as the one before, as one of them may be far behind the other.
 */
static size_t length_to_either(const unsigned char *text, size_t len)
{
	size_t piece = FIRST_PIECE;
	size_t at;

	for (at = 0; at < len; at += piece, piece *= 2) {
		size_t n;

		if (piece > len - at)
			piece = len - at;
		n = length_to(text + at, piece, '\n');
		n = length_to(text + at, n, '\r');
		if (n < piece)
			return at + n;
	}
	return len;
}

size_t lineend_first(enum settings_line line, const unsigned char *text,
		     size_t len)
{
	return line == SETTINGS_LINE_CR ? length_to_either(text, len)
					: length_to(text, len, '\n');
}

size_t lineend_last(enum settings_line line, const unsigned char *text,
		    size_t len)
{
	size_t n;

	for (n = len; n > 0; n--)
		if (text[n - 1] == '\n' ||
		    (text[n - 1] == '\r' && line == SETTINGS_LINE_CR))
			return n - 1;
	return len;
}

/* How many bytes at @text are @c; eight at a time, as they may be many. */
static size_t run_length(const unsigned char *text, size_t len, unsigned char c)
{
	const uint64_t words = UINT64_C(0x0101010101010101) * c;
	size_t n = 0;

	while (len - n >= sizeof(words) &&
	       memcmp(text + n, &words, sizeof(words)) == 0)
		n += sizeof(words);
	while (n < len && text[n] == c)
		n++;
	return n;
}

size_t lineend_rest(const unsigned char *text, size_t len, bool *after_cr)
{
	size_t n = run_length(text, len, '\r');

	if (n < len && text[n] == '\n' && *after_cr) {
		*after_cr = false;
		n++;
		n += run_length(text + n, len - n, '\r');
	}
	if (n < len)
		*after_cr = false;
	return n;
}

size_t lineend_count_empty(const unsigned char *text, size_t len, bool crs,
			   size_t *bytes)
{
	size_t lines = 0;
	size_t i = 0;

	*bytes = 0;
	while (i < len && (text[i] == '\n' || (crs && text[i] == '\r'))) {
		size_t n = run_length(text + i, len - i, text[i]);

		if (text[i] == '\n') {
			lines += n;
			*bytes = i + n;
		}
		i += n;
	}
	return lines;
}
