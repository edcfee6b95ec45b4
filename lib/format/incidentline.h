/*
 * incidentline - a line of a file of incidents.
 *
 * L0.  STAMP and SOURCE are as in the log.  Of an incident one line tells that
 * it began, and one that it ended; of what has no length (boot, shutdown, a
 * sysrq command) there is a line alone:
 *
 *	STAMP SOURCE CLASS: TITLE
 *	STAMP SOURCE CLASS ended (WAY): N lines, S.T s, L lost[, T tasks]
 *		[, after CLASS]
 *	STAMP SOURCE boot: RELEASE, before that HOW
 *	STAMP udplogger: N incidents not told
 *
 * As objects of JSON they begin as a log line's does (time, host, address,
 * port, lport), and then have:
 *
 *	class, title		it began
 *	class, ended, lines, bytes, seconds, lost, tasks, after
 *				it ended
 *	class, title, release, before
 *				a boot
 *	program, notice, incidents, message
 *				"udplogger", "incidents-not-told", how many
 *
 * A number of tasks that is 0, and a text that is not known, is not there; but
 * a RELEASE that is not known is "unknown".  Titles are escaped as the text of
 * log lines is, also with raw=yes, and cut before that.
 */
#ifndef UDPLOGGER_INCIDENTLINE_H
#define UDPLOGGER_INCIDENTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "escape.h"
#include "json.h"
#include "record.h"

#define INCIDENTLINE_TITLE_MAX	 256 /* bytes as they came; the rest is cut */
#define INCIDENTLINE_RELEASE_MAX 64 /* likewise */

/* The most bytes of a line. */
#define INCIDENTLINE_MAX \
	JSON_MAX(INCIDENTLINE_TITLE_MAX + INCIDENTLINE_RELEASE_MAX)

enum incident_what {
	INCIDENT_BEGIN, /* also what has no end */
	INCIDENT_END,
	INCIDENT_BOOT,
	INCIDENT_UNTOLD /* several that have no lines */
};

/* Texts are views.  Those that end with NUL are ours, and short. */
struct incident_line {
	enum incident_what what;
	const char *class; /* its name */
	const char *title; /* BEGIN, BOOT; as it came */
	size_t length;
	const char *release; /* BOOT; likewise, perhaps empty */
	size_t release_length;
	const char *before; /* BOOT: how the boot before it ended */
	const char *ended; /* END: the way */
	const char *after; /* END: the class before a panic, or NULL */
	uint64_t lines, bytes, milliseconds, lost, tasks; /* END */
	uint64_t untold; /* UNTOLD: how many */
};

/*
 * Writes @line and LF to @out, which has room for INCIDENTLINE_MAX; @record has
 * stamp and sender.  Returns the length.
 */
size_t incidentline_write(char *out, const struct record *record,
			  const struct incident_line *line, bool json);

#endif
