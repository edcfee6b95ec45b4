/*
 * question - what somebody asks the readers: --incidents, --show, --status or
 * --heard, with what stands behind it.
 *
 * L2, as spans of time are.  Room questions has the names of all that may be
 * asked, room asked makes a question of a command line.
 */
#ifndef UDPLOGGER_QUESTION_H
#define UDPLOGGER_QUESTION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "class.h"
#include "options.h"
#include "timespan.h"

enum question_mode {
	QUESTION_INCIDENTS,
	QUESTION_SHOW,
	QUESTION_STATUS,
	QUESTION_HEARD,
};

enum question_format { QUESTION_TEXT, QUESTION_JSON, QUESTION_HTML };

#define QUESTION_LAST 0 /* instead of the number of an incident */

/* Texts point into argv and @conf_text. */
struct question {
	enum question_mode mode;
	bool wants_help;
	time_t now;

	/* dir, file, hosts and run of conf= or the command line. */
	struct options options;
	char *conf_text;

	const char *host; /* as it was written; NULL: any */
	enum incident_class class; /* CLASS_NONE: any */
	struct timespan span;
	bool has_from;
	bool has_to;
	bool has_boot;
	bool has_incident;
	uint64_t boot; /* how many boots before the present one */
	uint64_t incident; /* or QUESTION_LAST */
	uint64_t since_seconds;
	uint8_t follow;
	uint8_t plain;
	uint8_t format; /* enum question_format */
	uint8_t sort; /* the place of a word in room questions */
};

#endif
