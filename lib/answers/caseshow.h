/*
 * caseshow - an incident for people, or as an object of JSON.
 *
 * L2.  People get a row of a table; of a width that fits, where it is shown on
 * a terminal.  All text is escaped.  An object has, as far as the files or
 * hosts= have them, in this order:
 *
 *	number		of the incident, for its host
 *	time		when it began, RFC 3339; with microseconds if known
 *	address, port, host, class, title
 *	lines, bytes, seconds, lost, tasks
 *	ended		marker, silence, boot, panic, limit or open
 *	after		of a panic: the class of what it ended
 *	release, before	of a boot
 */
#ifndef UDPLOGGER_CASESHOW_H
#define UDPLOGGER_CASESHOW_H

#include <stddef.h>
#include <stdint.h>

#include "casebook.h"
#include "paper.h"

/* How wide the columns are that differ. */
struct caseshow_widths {
	int number;
	int host;
	int lines;
	int lost; /* 0: the column is left out */
	int ended; /* likewise */
};

/* Widens the columns for @found.  Zeroed: no case yet. */
void caseshow_measure(struct caseshow_widths *widths,
		      const struct casebook_case *found);

/* Fits them to @paper, when all were measured. */
void caseshow_fit(struct caseshow_widths *widths, const struct paper *paper);

void caseshow_head(struct paper *paper, const struct caseshow_widths *widths);
void caseshow_row(struct paper *paper, const struct caseshow_widths *widths,
		  const struct casebook_case *found);

/* How many incidents were not told one by one. */
void caseshow_untold(struct paper *paper, const struct timespan_stamp *stamp,
		     uint64_t untold);

/* "NUMBER DATE TIME HOST CLASS TITLE", of one that may still be open. */
void caseshow_line(struct paper *paper, const struct casebook_case *found);

void caseshow_object(struct paper *paper, const struct casebook_case *found);

#endif
