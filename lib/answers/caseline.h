/*
 * caseline - what one line of DIR/YYYY-MM-DD.incidents says.
 *
 * L2, as logline is.  The forms are those of room incidentline, which writes
 * them.  Anything may stand in such a file.
 */
#ifndef UDPLOGGER_CASELINE_H
#define UDPLOGGER_CASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "class.h"
#include "logline.h"

enum caseline_what {
	CASELINE_BEGIN,
	CASELINE_END,
	CASELINE_BOOT,
	CASELINE_UNTOLD,
};

/* A view, of JSON still as it stands between quotes; NULL: not there. */
struct caseline_text {
	const char *at;
	size_t len;
};

struct caseline {
	enum caseline_what what;
	bool is_json;
	enum incident_class class;
	struct caseline_text title; /* of BEGIN and, in JSON, BOOT */
	struct caseline_text release; /* of BOOT, and the next */
	struct caseline_text before;
	struct caseline_text ended; /* of END, and those below */
	struct caseline_text after;
	bool has_bytes;
	bool has_tasks;
	uint64_t lines;
	uint64_t bytes;
	uint64_t milliseconds;
	uint64_t lost;
	uint64_t tasks;
	uint64_t untold; /* of UNTOLD: incidents */
};

/* False: it is none of these. */
bool caseline_read(struct caseline *c, const struct logline *line);

#endif
