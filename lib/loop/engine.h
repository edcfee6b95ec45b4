/*
 * engine - the loop: receive what is there, write what is finished, sleep
 * until the next deadline.
 *
 * L3, between main(), which sets it up, and the rooms that do the work.  The
 * unit of work is a round: the socket is emptied, the lines that this finished
 * are written at once, and nothing waits anywhere but in pselect().
 */
#ifndef UDPLOGGER_ENGINE_H
#define UDPLOGGER_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector.h"
#include "diag.h"
#include "earlier.h"
#include "filetable.h"
#include "hostsfile.h"
#include "intake.h"
#include "life.h"
#include "pace.h"
#include "report.h"
#include "retain.h"
#include "state.h"
#include "tee.h"
#include "writer.h"
#include "zone.h"

struct sockets;
struct sys;

struct engine {
	/* Set up by main(). */
	const struct sys *sys;
	struct diag *diag;
	struct intake intake;
	struct collector collector;
	struct filetable files;
	struct writer writer;
	struct retain retain;
	struct earlier earlier;
	struct tee tee; /* in use while collector.output.tee is set */
	struct zone zone;
	struct hostsfile hosts;
	struct report report;
	struct state state;
	struct life life; /* set up by main() */
	struct sockets *sockets; /* NULL: none has a group to join */
	bool adopted; /* the socket stays open when we end */
	struct pace pace; /* pace_init() */
	sigset_t waiting; /* signal mask in pselect() */
	void (*reload)(void *context); /* at HUP: the settings; or NULL */
	void *reload_context;

	/* Zero at first. */
	uint64_t busy_since_ms; /* socket not empty since; 0: it was */
	uint64_t heard_ms; /* when signals were let in last */
	bool fast; /* all was received, and more will soon come */
};

/* The period that it is now; STAMP_PERIOD(). */
uint32_t engine_period(const struct engine *e);

/* Opens today's file, so that a fault shows at start; writer_begin(). */
int engine_begin(struct engine *e, char why[SAFEOPEN_WHY_MAX]);

/* Runs until TERM, INT or QUIT; then comes ending_finish(). */
void engine_serve(struct engine *e);

/*
 * What a round consists of, for the last ones.  Milliseconds are monotonic.
 */

uint64_t engine_clock_ms(const struct engine *e);

/* Sleeps until a datagram comes, a signal, or @deadline_ms; less in floods. */
void engine_sleep_until(struct engine *e, uint64_t deadline_ms);

/* Lets signals in, now and then, as a flood would keep them out. */
void engine_hear_signals(struct engine *e, uint64_t now_ms);

/* When to try again what failed, to say what was kept back, or to remove. */
uint64_t engine_retry_deadline(const struct engine *e);

void engine_show_lines(struct engine *e); /* on stdout, if they are */
void engine_make_room(struct engine *e); /* a step of retention */

#endif
