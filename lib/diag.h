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

struct sys;

struct diag {
	const struct sys *sys;
	struct console out;
};

/*
 * One thing that can fail again and again.  Said when it fails first and when
 * it works again, with how often it failed and for how long; never in
 * between, unless it fails for another reason.  Zeroed: has not failed.
 */
struct diag_fault {
	uint64_t count;
	uint64_t since_ms;
	int error;
};

/* Says "udplogger: TEXT". */
__attribute__((format(printf, 2, 3))) void diag_say(struct diag *diag,
						    const char *format, ...);

/* Says "udplogger: warning: TEXT". */
__attribute__((format(printf, 2, 3))) void diag_warn(struct diag *diag,
						     const char *format, ...);

/*
 * @what, "write /var/log/2026-11-22.log" for instance, failed at @now_ms
 * because of @why.  @error tells reasons apart.
 */
void diag_failed(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		 const char *what, int error, const char *why);

/* @what works; says so where it had failed. */
void diag_works(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		const char *what);

#endif
