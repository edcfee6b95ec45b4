/*
 * exttext - the text of an extended record, escaped by its kernel, in lines.
 *
 * L0.  Bytes below 0x20, above 0x7e and the backslash come as \xNN, in lower
 * case, a newline as well (Documentation/ABI/testing/dev-kmsg).  What is no
 * such escape stays as it is.
 *
 * A place between the lines of a text, *@at below, is 0 at first, and more than
 * @text.len after the last line.  Each text has at least one line.
 */
#ifndef UDPLOGGER_EXTTEXT_H
#define UDPLOGGER_EXTTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "extmsg.h"

#define EXTTEXT_ESCAPE 4 /* bytes of "\\xNN" */

/*
 * Where the line behind @at begins, which is 1 more than where the line before
 * ended, at a newline's escape.
 */
static inline size_t exttext_line_begin(size_t at)
{
	return at == 0 ? 0 : at - 1 + EXTTEXT_ESCAPE;
}

/* Decodes @len bytes at @in into @out, which has room for as many. */
size_t exttext_decode(const unsigned char *in, size_t len, unsigned char *out);

/*
 * Decodes the next line of @text into @out, which has room for all of it, and
 * returns its length.  CRs at its end say nothing and are left out, as in text.
 */
size_t exttext_line(struct extmsg_part text, size_t *at, unsigned char *out);

/* Decodes all that is left as one line, which may have LFs. */
size_t exttext_rest(struct extmsg_part text, size_t *at, unsigned char *out);

/* Passes over the next line. */
void exttext_skip(struct extmsg_part text, size_t *at);

/* Whether a line that isn't empty follows @at, as its first byte shows. */
static inline bool exttext_begins_full(struct extmsg_part text, size_t at)
{
	size_t begin = exttext_line_begin(at);

	return begin < text.len && text.at[begin] != '\\' &&
	       text.at[begin] != '\r' && text.at[begin] != '\n';
}

/*
 * How many empty lines follow @at, the last line of the text among them only if
 * @last; *@end is the place behind them.
 */
size_t exttext_empty_lines(struct extmsg_part text, bool last, size_t at,
			   size_t *end);

#endif
