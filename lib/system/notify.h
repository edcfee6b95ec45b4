/*
 * notify - tells the service manager how the daemon is.
 *
 * L2.  The protocol of sd_notify(3), by hand: NOTIFY_SOCKET names a Unix
 * datagram socket, as a path or, after an '@', in the abstract namespace.  Its
 * descriptor is taken at start and kept, so that none lacks later.  Nothing
 * waits: what the manager can't take now is said again at the next call or at
 * notify_deadline(), if it is a state; a status that is not taken is dropped.
 * Monotonic milliseconds.  Zeroed: nobody wants to know.
 */
#ifndef UDPLOGGER_NOTIFY_H
#define UDPLOGGER_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bounds.h"

struct sys;

#define NOTIFY_TEXT_MAX 512

struct notify {
	const struct sys *sys;
	bool wanted; /* @fd is connected */
	int fd;
	uint64_t watchdog_ms; /* between two pings; 0: none are asked for */
	uint64_t ping_ms; /* when the next is due */
	uint64_t again_ms; /* when @untold is said again */
	char untold[NOTIFY_TEXT_MAX]; /* "": the state is known there */
};

/*
 * Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and removes them from
 * the environment.  -1, with one line in @error: it was asked for, and can't be
 * done; the daemon works without.
 */
int notify_open(struct notify *notify, const struct sys *sys,
		char error[ERROR_MAX]);

/* From here on nothing is missed.  Also ends notify_reloading(). */
void notify_ready(struct notify *notify, uint64_t now_ms);

/* Settings are read again, from now until notify_ready(). */
void notify_reloading(struct notify *notify);

/* What waits is written; then the process ends. */
void notify_stopping(struct notify *notify, uint64_t now_ms);

/* @text, of one line, is shown to people. */
void notify_status(struct notify *notify, const char *text);

/* Pings, and says again what was not taken, if it is time. */
void notify_tick(struct notify *notify, uint64_t now_ms);

/* When to call notify_tick(); DEADLINE_NEVER. */
uint64_t notify_deadline(const struct notify *notify);

#endif
