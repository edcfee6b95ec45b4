/*
 * backoff - when to try again what failed.
 *
 * L0.  Soon at first, since many failures pass at once; then in doubled
 * steps, and once a second for as long as it takes.  Monotonic milliseconds.
 * A zeroed struct is a backoff that has seen no failure.
 */
#ifndef UDPLOGGER_BACKOFF_H
#define UDPLOGGER_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 10
#define BACKOFF_MAX_MS	 1000

struct backoff {
	uint32_t delay_ms; /* the last one; 0 when nothing has failed */
};

/* Takes note of a failure at @now_ms; returns when to try again. */
uint64_t backoff_next(struct backoff *backoff, uint64_t now_ms);

/* Takes note of success. */
void backoff_reset(struct backoff *backoff);

#endif
