/*
 * diag - the daemon's own messages, on stderr.
 *
 * L2.  Nobody may be reading: stderr can be closed, a full pipe, a stopped
 * terminal.  A message that can't be written at once is dropped, and nothing
 * ever waits for one.
 *
 * A line is "udplogger: TEXT".  Where stderr is the journal it is "<N>TEXT", N
 * being its level (sd-daemon(3)), since the journal has name and time; where it
 * is neither that nor a terminal, the local time stands before it once the
 * daemon runs.
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
	bool is_journal;
	bool is_timed;
	char text[DIAG_TEXT_MAX]; /* here, as stacks may be small */
	char safe[DIAG_TEXT_MAX * ESCAPE_GROWTH + 1];
};

#define DIAG_ERRORS 256 /* errnos are below that */

/*
 * A fault that fails again within DIAG_QUIET_MS of its recovery is the same
 * fault; each return doubles that time, up to DIAG_QUIET_MOST_MS.
 */
#define DIAG_QUIET_MS	   5000 /* at first */
#define DIAG_QUIET_MOST_MS 600000 /* at most */
/* A fault that returned is said only when it lasts so long. */
#define DIAG_PATIENCE_MS 1000

/*
 * One thing that can fail again and again.  Its first failure is said, each
 * further reason once, and its recovery, with the number of failures and the
 * time; nothing in between.  A fault that returns soon (room on a disk that
 * others fill) is said only when it lasts, and its end only when it has worked
 * for a while.  Monotonic times.  Zeroed: has not failed.
 */
struct diag_fault {
	uint64_t count; /* failures since the last recovery that was said */
	uint64_t since_ms; /* when the first of @count was */
	uint64_t failing_ms; /* it has not worked since then */
	uint64_t worked_ms; /* it works since then; 0: it does not */
	uint64_t quiet_ms; /* length of the latest quiet time */
	uint64_t quiet_until_ms; /* when that quiet time ends */
	bool returned; /* the failure began within that time */
	uint64_t said[DIAG_ERRORS / 64]; /* a bit for each errno */
};

/* Messages go to stderr, or to the journal behind it. */
void diag_open(struct diag *diag, const struct sys *sys);

/* From now on times are told, where nobody else does. */
void diag_begin_times(struct diag *diag);

/* Says "udplogger: TEXT".  False when it could not be written at once. */
__attribute__((format(printf, 2, 3))) bool diag_say(struct diag *diag,
						    const char *format, ...);

/* Says "udplogger: warning: TEXT". */
__attribute__((format(printf, 2, 3))) void diag_warn(struct diag *diag,
						     const char *format, ...);

/* The same, of what ends the daemon or was given up: at the level of errors. */
__attribute__((format(printf, 2, 3))) void diag_error(struct diag *diag,
						      const char *format, ...);

/* Says that stdout could not be written, unless nobody reads it any more. */
void diag_unwritten(struct diag *diag, int error);

/*
 * @what, as "write /var/log/2026-11-22.log", failed at @now_ms because of @why.
 * @error, an errno, stands for the reason: each is said once.
 */
void diag_failed(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		 const char *what, int error, const char *why);

/*
 * @what works.  If it had failed, that is said now, or kept back until
 * diag_due().
 */
void diag_works(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		const char *what);

/* When diag_works() has something to say that it kept back; DEADLINE_NEVER. */
uint64_t diag_due(const struct diag_fault *fault);

/*
 * Things that get lost now and then.  The first loss is said at once, more of
 * the same when there are ten times as many, and its end, with all there were,
 * when none was lost for DIAG_QUIET_MS; a loss that returns is treated as a
 * fault is.  Monotonic times.  Zeroed: none was lost.
 */
struct diag_loss {
	uint64_t count; /* things lost since the last end that was said */
	uint64_t said; /* @count as it was said last; 0: not yet */
	uint64_t said_ms; /* when @count was said last */
	uint64_t since_ms; /* when the first of @count was lost */
	uint64_t last_ms; /* when the latest of @count was lost */
	uint64_t quiet_ms; /* length of the latest quiet time */
	uint64_t quiet_until_ms; /* when that quiet time ends */
	bool returned; /* the loss began within that time */
};

/* @n more of @what, "datagrams lost", were lost because of @why, or NULL. */
void diag_lost(struct diag *diag, struct diag_loss *loss, uint64_t now_ms,
	       uint64_t n, const char *what, const char *why);

/* Says the end of a loss of @what, if it is time. */
void diag_loss_check(struct diag *diag, struct diag_loss *loss, uint64_t now_ms,
		     const char *what);

/* When to call diag_loss_check(); DEADLINE_NEVER. */
uint64_t diag_loss_due(const struct diag_loss *loss);

/* The end: says what was kept back. */
void diag_loss_end(struct diag *diag, struct diag_loss *loss, const char *what);

#endif
