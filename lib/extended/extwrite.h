/*
 * extwrite - records of extended netconsole, and notices about a sender,
 * written.
 *
 * L1.  As text, a record is the lines that the sender's text console would
 * show, "[ 1.758426] TEXT", with dictionary and user data at the end of the
 * last line, " {KEY=VALUE KEY=VALUE}"; as JSON, it is one object.  A line that
 * comes in pieces, each a record, is held until the next line of its sender, or
 * until its time is up (joined.h); it is then written as one record, with the
 * header of the first piece.
 *
 * A function that finds no room in the queue returns false, has lost nothing,
 * and is called again with the same arguments.
 */
#ifndef UDPLOGGER_EXTWRITE_H
#define UDPLOGGER_EXTWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "extbody.h"
#include "extmsg.h"
#include "fragments.h"
#include "joined.h"
#include "record.h"
#include "stamp.h"

struct limit;
struct loss_notice;
struct settings;
struct source_table;

/* The longest line: of a message that is all text, or all user data. */
#define EXTWRITE_LINE_MAX (EXTBODY_SHOWN_MAX(FRAGMENTS_WHOLE_MAX))

struct extwrite {
	/* None of these three is owned. */
	const struct settings *settings;
	const struct source_table *sources;
	struct limit *limit;

	bool level; /* of the record that is written now, or was last */
	uint64_t boot_us; /* the latest that was shown; 0: none */
	char boot[STAMP_ISO_BYTES]; /* as it is shown, and a space */
	unsigned char *line; /* a line as it is shown */
	struct record record; /* of it; all but its length and source stays */
	unsigned char *listed; /* bytes of the pairs of a record */
	struct extbody_pair *pairs; /* views of these bytes */
	struct joined joined;
	unsigned char *joined_bytes; /* of one line, put together */
	uint64_t now_ms; /* monotonic; kept up to date by the caller */
};

/* A record, whole or not. */
struct extwrite_record {
	uint32_t source; /* number */
	struct timespec arrival;
	const struct extmsg *header;
	struct extbody body;
	uint32_t missing; /* bytes of the body; the text says where */
	/* When the sender booted, microseconds since 1970, wall clock. */
	uint64_t boot_us;
};

/* The bytes of memory that are needed for @sources sources. */
size_t extwrite_bytes(uint32_t sources);

/* @memory: extwrite_bytes(), aligned to 64 bytes, not owned. */
void extwrite_init(struct extwrite *w, const struct settings *settings,
		   const struct source_table *sources, struct limit *limit,
		   void *memory);

/*
 * Writes @r, or holds it if it is a piece of a line, from *@at on, which is 0
 * at first, and moves *@at.
 */
bool extwrite_record(struct extwrite *w, const struct extwrite_record *r,
		     size_t *at);

/* Writes the line of @source that waits for its next piece, if there is one. */
bool extwrite_end_line(struct extwrite *w, uint32_t source);

/* Writes all such lines whose time is up at @now_ms; or all. */
bool extwrite_expire(struct extwrite *w);
bool extwrite_flush(struct extwrite *w);

/* When to call extwrite_expire(); DEADLINE_NEVER: no need. */
uint64_t extwrite_deadline(const struct extwrite *w);

/*
 * Write a notice about the sender of @r, before @r.  What is lost was sent
 * after the record of the sequnum @after.
 */
bool extwrite_booted(struct extwrite *w, const struct extwrite_record *r);
bool extwrite_lost(struct extwrite *w, const struct extwrite_record *r,
		   const struct loss_notice *notice, uint64_t after);
/* @msgid: NULL if it is not known. */
bool extwrite_late(struct extwrite *w, const struct extwrite_record *r,
		   const uint32_t *msgid);

#endif
