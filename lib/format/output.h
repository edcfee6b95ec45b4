/*
 * output - finished records into their file's queue, and to the terminal.
 *
 * L1.  Each record gets its stamp here, with it its file, and becomes bytes.
 * What is told of incidents goes to a file of its own.
 */
#ifndef UDPLOGGER_OUTPUT_H
#define UDPLOGGER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "stamp.h"

struct filetable;
struct incident_line;
struct outq;
struct record;
struct settings;

struct output {
	const struct settings *settings; /* not owned */
	struct filetable *files; /* not owned */
	struct outq *tee; /* not owned; lines to be shown; NULL: none */
	struct stamp stamp;
	struct stamp
		of_text; /* of lines that stay text where others are JSON */
	char *text; /* one line formatted; not owned */
	uint64_t lines; /* put into a queue */
	uint64_t not_shown; /* lines that @tee had no room for */
};

/* The bytes that a record with @text_len bytes of text and pairs may take. */
size_t output_bytes(const struct settings *settings, size_t text_len);

/* @text: output_bytes() of the longest record there will be. */
void output_init(struct output *o, const struct settings *settings,
		 struct filetable *files, struct outq *tee, char *text);

/* The settings are others now. */
void output_change(struct output *o);

/* Stamps @record and writes it; false when its queue has no room. */
bool output_put(struct output *o, struct record *record,
		const struct timespec *time);

/*
 * Writes @line, incidentline.h, of the sender that @record names, into the file
 * of incidents of the day of @time.  False when its queue has no room: nothing
 * was written.  It is shown on no terminal, and no limit= keeps it back.
 */
bool output_incident(struct output *o, struct record *record,
		     const struct timespec *time,
		     const struct incident_line *line);

#endif
