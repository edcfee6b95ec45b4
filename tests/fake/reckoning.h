/*
 * reckoning - what was sent, and whether it is all in the log.
 *
 * What is sent are units: a line that names its own number, as a whole or in
 * two parts, each of which can be told by its text.  A part that is not found
 * must have been dropped, or deleted; none may be found torn, or twice, or before
 * an earlier one of its source, but for copies of what was in a file that lost
 * its name.
 */
#ifndef TESTS_RECKONING_H
#define TESTS_RECKONING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "class.h"

#define RECKONING_UNITS	   4096
#define RECKONING_TEXT_MAX 1200
#define RECKONING_WHY_MAX  1024
#define RECKONING_JUNK	   "####" /* others may write this, without LF */

enum reckoning_part {
	RECKONING_BEGIN,
	RECKONING_END,
	RECKONING_WHOLE, /* sent at once */
	RECKONING_JOINED, /* sent in parts */
};

struct reckoning_unit {
	unsigned source;
	unsigned pad; /* how long each part is */
	bool whole; /* sent at once */
	enum incident_class class; /* that it announces, as a whole */
	unsigned found[2]; /* how often each part is in the log */
	bool dropped[2];
	bool gone[2]; /* it was in a file when that was deleted */
	bool disordered[2]; /* found before an earlier one */
};

struct reckoning {
	struct reckoning_unit units[RECKONING_UNITS]; /* from 1 on */
	unsigned count;
	unsigned copies; /* of a part, that may be found besides it */
	/*
	 * A file may have lines of two names, which are not in order.  If others
	 * have renamed it, a piece of a line of the one may stay there when the
	 * other writes meanwhile.
	 */
	bool strays;
	unsigned torn; /* lines that others may have left torn */
	bool meddled; /* they did: the log may not tell all */
	uint64_t lost; /* that the log tells of */
	bool limited; /* lines may be left out */
	uint64_t left_out[256]; /* that the log tells of, of each source */
};

void reckoning_open(struct reckoning *r);

/* A new unit of @source; 0 when there are too many. */
unsigned reckoning_add(struct reckoning *r, unsigned source, unsigned pad);

/* The text of a part of @unit, without LF. */
void reckoning_text(char text[RECKONING_TEXT_MAX], const struct reckoning *r,
		    unsigned unit, enum reckoning_part part);

void reckoning_sent(struct reckoning *r, unsigned unit,
		    enum reckoning_part part, bool dropped);

/* A file with these bytes is deleted, or truncated. */
void reckoning_gone(struct reckoning *r, const char *bytes, size_t len);

/* Others cut a file to these bytes, or add to them: its last line is torn. */
void reckoning_cut(struct reckoning *r, const char *bytes, size_t len);

/*
 * Reads a file at the end.  Lines of the senders of wire.h are read by that.
 * False, with the reason in @why.
 */
bool reckoning_read(struct reckoning *r, const char *bytes, size_t len,
		    char why[RECKONING_WHY_MAX]);

/*
 * All files are read.  @exact: nothing of what they told was deleted.
 *
 * Of @drops, which the kernel has dropped, and of @left_out, lines for limit=,
 * the log tells; and of each source so many as are missing.
 */
bool reckoning_close(const struct reckoning *r, uint64_t drops,
		     uint64_t left_out, bool exact,
		     char why[RECKONING_WHY_MAX]);

#endif
