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
#include "filetable.h"
#include "hostsfile.h"
#include "intake.h"
#include "pace.h"
#include "retain.h"
#include "tee.h"
#include "writer.h"
#include "zone.h"

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
	struct tee tee; /* in use while collector.output.tee is set */
	struct zone zone;
	struct hostsfile hosts;
	bool adopted; /* the socket stays open when we end */
	unsigned pause_us; /* when datagrams come fast; pace_pause_us() */
	sigset_t waiting; /* signal mask in pselect() */

	/* Zero at first. */
	uint64_t busy_since_ms; /* socket not empty since; 0: it was */
	uint64_t heard_ms; /* when signals were let in last */
	struct pace pace;
	struct diag_loss drops; /* datagrams that the kernel dropped */
	uint64_t drops_known; /* total of @drops when it was last looked at */
	struct diag_loss messages; /* of senders, lost on the network */
	uint64_t messages_known; /* total of @messages likewise */
	bool fast; /* all was received, and more will soon come */
};

/* The period that it is now; STAMP_PERIOD(). */
uint32_t engine_period(const struct engine *e);

/* Opens today's file, so that a fault shows at start; writer_begin(). */
int engine_begin(struct engine *e, char why[SAFEOPEN_WHY_MAX]);

/*
 * Runs until TERM, INT or QUIT; then takes in what waits in the socket and
 * writes everything.  False when something had to be given up.
 */
bool engine_run(struct engine *e);

#endif
