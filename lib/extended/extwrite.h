/*
 * extwrite - a record of extended netconsole, and what is said of a sender, for
 * the log.
 *
 * L1.  As text, a record is the lines that the sender's text console would have
 * shown, "[    1.758426] TEXT", with its dictionary and user data at the end of
 * the last one, " {KEY=VALUE KEY=VALUE}"; for JSON it is one.
 *
 * What is written may find no room in the queue.  Whatever writes then returns
 * false, has lost nothing, and is called again with the same arguments.
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

struct output;
struct settings;
struct source_table;

/* The longest line: of a message that is all text, or all user data. */
#define EXTWRITE_LINE_MAX (EXTBODY_SHOWN_MAX(FRAGMENTS_WHOLE_MAX))

struct extwrite {
	const struct settings *settings; /* this and the next two: not owned */
	const struct source_table *sources;
	struct output *output;
	unsigned char *line; /* one that is shown */
	unsigned char *listed; /* bytes of the pairs of a record */
	struct extbody_pair *pairs; /* views of these bytes */
};

/* A record, whole or not. */
struct extwrite_record {
	uint32_t source; /* number */
	struct timespec arrival;
	const struct extmsg *header;
	struct extbody body;
	uint32_t missing; /* bytes of the body; the text says where */
};

/* The bytes of memory that are needed. */
size_t extwrite_bytes(void);

/* @memory: extwrite_bytes(), aligned to 64 bytes, not owned. */
void extwrite_init(struct extwrite *w, const struct settings *settings,
		   const struct source_table *sources, struct output *output,
		   void *memory);

/* Writes @r from *@at on, which is 0 at first, and moves *@at. */
bool extwrite_record(struct extwrite *w, const struct extwrite_record *r,
		     size_t *at);

/* Write before @r what is said of its sender. */
bool extwrite_booted(struct extwrite *w, const struct extwrite_record *r);
bool extwrite_lost(struct extwrite *w, const struct extwrite_record *r,
		   uint32_t lost, uint32_t first, uint32_t last);
/* @msgid: NULL if it is not known. */
bool extwrite_late(struct extwrite *w, const struct extwrite_record *r,
		   const uint32_t *msgid);

#endif
