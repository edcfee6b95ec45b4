/*
 * format - a finished record as the bytes of a log line.
 *
 * L0.  The collector hands over records, not text, so that another format
 * can stand beside this one.
 */
#ifndef UDPLOGGER_FORMAT_H
#define UDPLOGGER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "escape.h"
#include "srcaddr.h"
#include "stamp.h"

/* A line of a source or of the daemon itself; all are views, none owned. */
struct record {
	const char *stamp; /* STAMP_BYTES */
	const char *prefix; /* "ADDRESS:PORT " or "udplogger: " */
	size_t prefix_len; /* at most SRCADDR_TEXT_MAX */
	const unsigned char *text; /* as it came, without LF */
	size_t text_len;
};

/* The most bytes that a line with @text_len bytes of text can take. */
#define FORMAT_MAX(text_len) \
	(STAMP_BYTES + SRCADDR_TEXT_MAX + ESCAPE_GROWTH * (text_len) + 1)

/*
 * Writes "YYYY-MM-DD HH:MM:SS ADDRESS:PORT TEXT" and LF to @out, which has
 * room for FORMAT_MAX(); returns the length.  @raw leaves the text as it
 * came, else it is escaped.
 */
size_t format_text(char *out, const struct record *record, bool raw);

#endif
