/*
 * diag - the daemon's own messages, on stderr.
 *
 * L2.  Nobody may be reading: stderr can be closed, a full pipe, a stopped
 * terminal.  A message that can't be written at once is dropped, and nothing
 * ever waits for one.
 */
#ifndef UDPLOGGER_DIAG_H
#define UDPLOGGER_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "deadline.h"
#include "escape.h"

struct sys;

#define DIAG_TEXT_MAX 12288 /* the start line has DIR twice */

struct diag {
	const struct sys *sys;
	struct console out;
	char text[DIAG_TEXT_MAX]; /* here, as stacks may be small */
	char safe[DIAG_TEXT_MAX * ESCAPE_GROWTH + 1];
};

#define DIAG_ERRORS 256 /* errnos are below that */

/* How long after its end a fault that returns is still the same one, */
#define DIAG_QUIET_MS	   5000 /* at first; doubled each time it returns, */
#define DIAG_QUIET_MOST_MS 600000 /* but no longer than this. */
/* How long it must last then to be said. */
#define DIAG_PATIENCE_MS 1000

/*
 * One thing that can fail again and again.  Said when it fails first, once for
 * each further reason, and when it works again, with how often it failed and
 * for how long; nothing else in between.  What comes and goes, as room on a
 * disk that others fill, would be said at each turn: so its return is said
 * only when it lasts, and its end when it has worked for a while.  Times are
 * monotonic.  Zeroed: has not failed.
 */
struct diag_fault {
	uint64_t count; /* failures that no end was said of */
	uint64_t since_ms; /* the first of them */
	uint64_t failing_ms; /* it has not worked since then */
	uint64_t worked_ms; /* it works since then; 0: it does not */
	uint64_t quiet_ms; /* how long the last quiet is, and */
	uint64_t quiet_until_ms; /* when it ends */
	bool returned; /* it began in that quiet */
	uint64_t said[DIAG_ERRORS / 64]; /* a bit for each errno */
};

/* Says "udplogger: TEXT".  False when it could not be written at once. */
__attribute__((format(printf, 2, 3))) bool diag_say(struct diag *diag,
						    const char *format, ...);

/* Says "udplogger: warning: TEXT". */
__attribute__((format(printf, 2, 3))) void diag_warn(struct diag *diag,
						     const char *format, ...);

/*
 * @what, "write /var/log/2026-11-22.log" for instance, failed at @now_ms
 * because of @why.  @error, an errno, tells reasons apart.
 */
void diag_failed(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		 const char *what, int error, const char *why);

/* @what works; says so where it had failed, now or at diag_due(). */
void diag_works(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		const char *what);

/* When diag_works() has something to say that it kept back; DEADLINE_NEVER. */
uint64_t diag_due(const struct diag_fault *fault);

#endif
