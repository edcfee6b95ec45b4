/*
 * format - a finished record as the bytes of a log line.
 *
 * L0.  One record, several forms: text, raw bytes, or JSON (json.h).
 */
#ifndef UDPLOGGER_FORMAT_H
#define UDPLOGGER_FORMAT_H

#include <stddef.h>

#include "escape.h"
#include "record.h"
#include "srcaddr.h"
#include "stamp.h"

enum format {
	FORMAT_TEXT, /* escaped */
	FORMAT_RAW, /* as it came */
	FORMAT_JSON /* json.h */
};

#define FORMAT_NOTICE "udplogger: " /* stands before the text of one */

/* The most bytes that a line with @text_len bytes of text can take. */
#define FORMAT_MAX(text_len)                                          \
	(STAMP_ISO_BYTES + SRCADDR_TEXT_MAX + sizeof(FORMAT_NOTICE) + \
	 ESCAPE_GROWTH * (text_len))

/* The most bytes that format_record() writes. */
size_t format_max(const struct record *record, enum format format);

/*
 * Writes "YYYY-MM-DD HH:MM:SS ADDRESS:PORT TEXT" and LF to @out, or an object
 * of JSON; @out has room for format_max().  Returns the length.
 */
size_t format_record(char *out, const struct record *record,
		     enum format format);

#endif
