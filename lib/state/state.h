/*
 * state - the files of run=: udplogger.prom for Prometheus, and senders for
 * --status and --heard.
 *
 * L3.  Every STATE_MS a pass: it reads the names that count, sums up what waits
 * in the queues, and writes one file after the other.  It goes on in steps of
 * well below a millisecond, each with one write() at most, so that no datagram
 * waits for it.  A file that can't be written stays as it was, and is tried
 * again in the next pass.  Times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_STATE_H
#define UDPLOGGER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "hostsum.h"
#include "promfile.h"
#include "statefile.h"
#include "tally.h"

struct diag;
struct intake;
struct retain;
struct settings;
struct sys;

#define STATE_MS 10000 /* from the begin of a pass to that of the next */

enum state_phase {
	STATE_RESTS,
	STATE_NAMES, /* those of hosts= are others now */
	STATE_QUEUES, /* sums up what waits */
	STATE_SENDERS,
	STATE_HEAD, /* of udplogger.prom; */
	STATE_HEARD, /* and when names were heard, */
	STATE_LINES, /* and their lines */
	STATE_PHASES
};

/* What its owner knows; all of it outlives the struct. */
struct state_setup {
	const struct sys *sys;
	struct diag *diag;
	const char *dir; /* of run=, absolute */
	const char *version;
	struct intake *intake; /* and its collector, writer, files */
	const struct retain *retain;
};

/* Zeroed: there is no run=. */
struct state {
	struct state_setup setup;
	struct tally tally; /* the collector's */
	struct hostsums hosts;
	struct statefile senders;
	struct statefile prom;
	struct promfile_facts facts;
	uint64_t queue_bytes; /* summed up so far */

	bool on;
	enum state_phase phase;
	bool begun; /* the file of this phase has its head */
	uint32_t at; /* how far this phase is */
	uint8_t names; /* of which names of hosts= the sums are */
	uint64_t step_ms; /* when to go on with a pass, or to begin one */
	uint64_t began_ms; /* when this pass began */
};

/* The memory that it needs; 0: there is no run=. */
size_t state_bytes(const struct settings *settings);

/*
 * @memory: state_bytes(), zeroed, aligned to 64 bytes, not owned.  The
 * collector of @setup counts for it from here on.
 */
void state_init(struct state *s, const struct settings *settings,
		const struct state_setup *setup, void *memory);

/* Whether both files could be written at @dir, by a look; safeopen_look(). */
int state_look(const struct sys *sys, const char *dir,
	       char why[SAFEOPEN_WHY_MAX]);

/* The first pass is due, and totals count from here. */
void state_begin(struct state *s, uint64_t now_ms);

/* A step, if it is time for one. */
void state_step(struct state *s, uint64_t now_ms);

/* The end: a whole pass, at once. */
void state_end(struct state *s, uint64_t now_ms);

/* When to call state_step(); DEADLINE_NEVER: there is no run=. */
static inline uint64_t state_deadline(const struct state *s)
{
	return s->on ? s->step_ms : DEADLINE_NEVER;
}

#endif
