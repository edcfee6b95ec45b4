/*
 * extwrite - a record of extended netconsole for the log, and before it what
 * its numbers say of others.
 *
 * L1.  As text, a record is the lines that the sender's text console would have
 * shown, "[    1.758426] TEXT", with its dictionary and user data at the end of
 * the last one, " {KEY=VALUE KEY=VALUE}"; for JSON it is one.
 *
 * What is written goes to a sink, which may find no room.  Whatever writes then
 * returns false, has lost nothing, and is called again with the same arguments.
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
#include "order.h"

struct record;
struct settings;

/* The longest line: of a message that is all text, or all user data. */
#define EXTWRITE_LINE_MAX (EXTBODY_SHOWN_MAX(FRAGMENTS_WHOLE_MAX))

/* Takes a record of the source with that number, but for stamp and prefix. */
struct extwrite_sink {
	bool (*put)(void *owner, uint32_t source,
		    const struct timespec *arrival, struct record *record);
	void *owner;
};

struct extwrite_counts {
	uint64_t lost; /* messages, by their msgid, that did not come late */
	uint64_t gaps; /* sequnums that did not come */
};

struct extwrite {
	const struct settings *settings; /* not owned */
	struct extwrite_sink sink;
	struct extwrite_counts counts;
	unsigned char *line; /* one that is shown */
	unsigned char *listed; /* bytes of its pairs, */
	struct extbody_pair *pairs; /* which are these */
};

/* A record on its way to the log, whole or not. */
struct extwrite_record {
	uint32_t source; /* number */
	struct timespec arrival;
	const struct extmsg *header;
	struct extmsg_part whole; /* its body */
	uint32_t missing; /* bytes of it; their place is marked */
	bool accounted; /* what its msgid tells was told already */
	uint32_t spared; /* of those before it, some have come, in part */
	struct extbody body; /* set by extwrite_put() */
	bool numbered; /* as well; it has a msgid */
};

/* The bytes of memory that are needed. */
size_t extwrite_bytes(void);

/* @memory: extwrite_bytes(), aligned to 64 bytes, not owned. */
void extwrite_init(struct extwrite *w, const struct settings *settings,
		   const struct extwrite_sink *sink, void *memory);

/*
 * Writes what comes after *@at, which is 0 at first and is moved, of @r, which
 * is one of those of @s.  When all is written, it has passed.
 */
bool extwrite_put(struct extwrite *w, struct order *s,
		  struct extwrite_record *r, size_t *at);

/* Writes that the source of @r has booted. */
bool extwrite_booted(struct extwrite *w, const struct extwrite_record *r);

#endif
