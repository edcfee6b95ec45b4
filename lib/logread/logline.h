/*
 * logline - a line of a log file in its parts.
 *
 * L2, as stamps are local times.  Text of either stamp, or an object of JSON.
 * Views into the line, which is without its LF.
 */
#ifndef UDPLOGGER_LOGLINE_H
#define UDPLOGGER_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "jsonline.h"
#include "whom.h"
#include "timespan.h"

struct logline {
	const char *line;
	size_t len;
	bool is_json;
	bool is_notice; /* what the daemon itself says */
	const char *stamp; /* of text, or between quotes */
	size_t stamp_len;
	const char *source; /* of text: up to the space behind it */
	size_t source_len;
	struct whom_seen seen; /* all zero: of no sender */
	const char *text; /* behind the source; or the message, escaped */
	size_t text_len;
};

/* Where the source of a line of text begins; 0: it has no stamp. */
size_t logline_source(const char *line, size_t len);

/*
 * Takes a line apart.  False: it is none of ours.  Of an object only what
 * stands before its message is read, unless something of that is missing.
 */
bool logline_read(struct logline *l, const char *line, size_t len);

/* Its time; false: it has none that can be read. */
bool logline_time(const struct logline *l, struct timespan_stamp *stamp,
		  struct timespan_clock *clock);

/*
 * Writes the text as it would be in a log of text, without stamp and source,
 * into @out, with an LF behind each line; @out has room for LOGLINE_TEXT_MAX().
 * Returns its length.
 */
#define LOGLINE_HEAD_MAX      64 /* "[    1.000000][  T123] " */
#define LOGLINE_TEXT_MAX(len) (40 * (len) + 2 * LOGLINE_HEAD_MAX)
size_t logline_plain(char *out, const struct logline *l);

#endif
