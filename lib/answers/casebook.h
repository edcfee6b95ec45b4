/*
 * casebook - incidents made of the lines of DIR/YYYY-MM-DD.incidents.
 *
 * L2.  The line that begins an incident and the one that ends it, of one source
 * and class, are one; they may stand in different files.  Incidents of a host
 * have numbers, from 1 for the first that is still in DIR; a host is a name, or
 * an address with all its ports.
 */
#ifndef UDPLOGGER_CASEBOOK_H
#define UDPLOGGER_CASEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "class.h"
#include "logline.h"
#include "textmap.h"
#include "timespan.h"

#define CASEBOOK_TITLE_MAX 4096 /* bytes of a title; it is cut there */

/* Texts are its own; NULL where there is none. */
struct casebook_case {
	uint64_t number;
	enum incident_class class;
	struct timespan_stamp begin;
	struct timespan_stamp end; /* void unless @has_ended */
	char *source; /* as a log of text has it */
	char *host;
	char *address;
	uint32_t port; /* or WHOM_NO_PORT */
	char *title;
	char *release; /* of a boot */
	char *before; /* of a boot: how the one before ended */
	char *ended; /* "silence" */
	char *after; /* of a panic: what it ended */
	bool is_moment;
	bool has_ended;
	bool has_bytes;
	bool has_tasks;
	uint64_t lines;
	uint64_t bytes;
	uint64_t milliseconds;
	uint64_t lost;
	uint64_t tasks;
};

struct casebook {
	const struct hosts *hosts; /* not owned; NULL: none */
	struct textmap counts; /* by host: incidents so far */
	struct textmap open; /* by source and class: that case, or NULL */
	struct textmap named; /* by name: its line in @hosts, from 1 */
	bool has_named;
	bool lacks_memory;
};

enum casebook_event {
	CASEBOOK_NOTHING, /* a line that says nothing */
	CASEBOOK_MOMENT, /* *@found is new, and whole */
	CASEBOOK_BEGUN, /* *@found is new, and open */
	CASEBOOK_ENDED, /* *@found, which is known, has ended */
	CASEBOOK_UNTOLD, /* *@untold more incidents, of whomever */
};

/* What a line says. */
struct casebook_news {
	enum casebook_event event;
	struct casebook_case *found;
	/*
	 * A case that a new one of its source and class shows to be over, with
	 * no line about its end; NULL: none.
	 */
	struct casebook_case *abandoned;
	uint64_t untold;
};

/*
 * Takes a line of one of the files, of the time @stamp.  Cases are the
 * caller's, to be freed when they are over; the book knows those that are open.
 */
void casebook_take(struct casebook *book, const struct logline *line,
		   const struct timespan_stamp *stamp,
		   struct casebook_news *news);

/* Writes the source of a line, as a log of text has it, with a NUL. */
#define CASEBOOK_SOURCE_MAX 256
void casebook_source(char source[CASEBOOK_SOURCE_MAX],
		     const struct whom_seen *seen);

void casebook_free_case(struct casebook_case *found);

/* Frees the book, but none of the cases. */
void casebook_free(struct casebook *book);

/* Who it is about, for whom_is(); views. */
void casebook_seen(const struct casebook_case *found, struct whom_seen *seen);

#endif
