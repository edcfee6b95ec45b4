/*
 * extract - the lines of one incident.
 *
 * L2.  They are of its source, begin with the line that announced it, and are
 * as many as its end says.  A stamp may be of a whole second: then the first
 * line in that second that has the title is where it begins, or the first line,
 * if none has it.  What has no end is taken for as long as an incident may
 * last.
 */
#ifndef UDPLOGGER_EXTRACT_H
#define UDPLOGGER_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "casebook.h"

struct logline;

#define EXTRACT_LONGEST_US (600 * TIMESPAN_SECOND_US) /* 10 minutes */

enum extract_verdict {
	EXTRACT_BEFORE, /* perhaps it is still to come */
	EXTRACT_PART, /* it is of the incident */
	EXTRACT_BEHIND, /* the incident is over */
};

struct extract {
	const struct casebook_case *found; /* not owned */
	char *text; /* room to unescape a line */
	size_t size;
	bool has_begun;
	bool without_title; /* any line of its first moment begins it */
	uint64_t left; /* lines */
};

void extract_begin(struct extract *x, const struct casebook_case *found);

/* When its lines can have come. */
void extract_span(const struct casebook_case *found, struct timespan *span);

/* Begins again, as no line had the title: any line of that moment will do. */
void extract_begin_again(struct extract *x);

/* Looks at the next line, in the order of time. */
enum extract_verdict extract_look(struct extract *x, const struct logline *line,
				  const struct timespan_stamp *stamp);

void extract_end(struct extract *x);

#endif
