/* lineend - where lines of text end; see lineend.h. */
#include "lineend.h"

#include <string.h>

static size_t length_to(const unsigned char *text, size_t len, int c)
{
	const unsigned char *end = memchr(text, c, len);

	return end ? (size_t)(end - text) : len;
}

size_t lineend_first(enum settings_line line, const unsigned char *text,
		     size_t len)
{
	size_t n = length_to(text, len, '\n');

	if (line == SETTINGS_LINE_CR) {
		size_t to_cr = length_to(text, n, '\r');

		n = to_cr < n ? to_cr : n;
	}
	return n;
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

size_t lineend_rest(const unsigned char *text, size_t len, bool *after_cr)
{
	size_t n;

	for (n = 0; n < len; n++) {
		if (text[n] == '\n' && *after_cr)
			*after_cr = false;
		else if (text[n] != '\r')
			break;
	}
	if (n < len)
		*after_cr = false;
	return n;
}

size_t lineend_count_empty(const unsigned char *text, size_t len, bool crs,
			   size_t *bytes)
{
	size_t lines = 0;
	size_t i;

	*bytes = 0;
	for (i = 0; i < len; i++) {
		if (text[i] == '\n') {
			lines++;
			*bytes = i + 1;
		} else if (text[i] != '\r' || !crs) {
			break;
		}
	}
	return lines;
}
