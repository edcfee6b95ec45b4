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
#include <time.h>

#include "backoff.h"
#include "collector.h"
#include "diag.h"
#include "logfile.h"
#include "netrx.h"
#include "spool.h"
#include "tee.h"

struct sys;

struct engine {
	/* Set up by main(). */
	const struct sys *sys;
	struct diag *diag;
	struct netrx rx;
	struct spool spool;
	struct collector collector;
	struct tee tee; /* in use while collector.tee is set */
	struct logfile files[SPOOL_SLOTS]; /* one for each slot of the spool */
	sigset_t waiting; /* signal mask in pselect() */

	/* Zero at first. */
	struct diag_fault receive_fault;
	struct backoff receive_backoff;
	uint64_t receive_retry_ms; /* don't receive before; 0: may */
	uint64_t busy_since_ms; /* not seen empty since; 0: it was */
	uint64_t heard_ms; /* when signals were let in last */
	struct timespec last_arrival; /* of the datagram last taken in */
	uint32_t write_blocks; /* write when so many are in use */
	uint64_t drops_due_ms; /* ask for drops then; 0: no need */
	uint64_t lost; /* datagrams that the kernel dropped */
	bool full; /* no room for more lines until some are written */
};

/* The day that it is now; stamp.h. */
int32_t engine_today(const struct engine *e);

/*
 * Opens today's file, so that what is wrong with it is known early.  Returns
 * 0, or -1 with errno and the reason in @why.
 */
int engine_open_today(struct engine *e, char why[LOGFILE_ERROR_MAX]);

/*
 * Runs until TERM, INT or QUIT, then takes in what waits in the socket and
 * writes everything.  False when something had to be given up.
 */
bool engine_run(struct engine *e);

#endif
