/*
 * format - a finished record as the bytes of a log line.
 *
 * L0.  The collector hands over records, not text, so that several formats can
 * stand beside each other.
 */
#ifndef UDPLOGGER_FORMAT_H
#define UDPLOGGER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "escape.h"
#include "extbody.h"
#include "srcaddr.h"
#include "stamp.h"

enum format {
	FORMAT_TEXT, /* escaped */
	FORMAT_RAW, /* as it came */
	FORMAT_JSON /* json.h */
};

/* What a record of extended netconsole says that is no text. */
struct record_extended {
	const struct extmsg *header;
	const struct extbody_pair *pairs;
	size_t pair_count; /* at most JSON_PAIRS */
	struct extmsg_part rest; /* of the pairs, as it came */
	size_t pairs_len; /* bytes of them, and of what stood between */
	uint32_t missing; /* bytes of it that never came */
};

/* What a line says; all are views, none owned. */
struct record {
	const char *stamp;
	size_t stamp_len; /* at most STAMP_ISO_BYTES, the space included */
	const char *prefix; /* "ADDRESS:PORT ", or empty if of no source */
	size_t prefix_len; /* at most SRCADDR_TEXT_MAX */
	const unsigned char *text; /* as it came, without LF */
	size_t text_len;
	const char *notice; /* what the daemon itself tells of; else NULL */
	uint64_t lost; /* a notice's count, or 0 */
	const struct record_extended *extended; /* in JSON; else NULL */
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
