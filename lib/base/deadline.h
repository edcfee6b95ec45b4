/*
 * deadline - monotonic milliseconds at which something has to be done.
 *
 * L0.  Each room names its next deadline, and the loop sleeps until the
 * earliest.
 */
#ifndef UDPLOGGER_DEADLINE_H
#define UDPLOGGER_DEADLINE_H

#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

static inline uint64_t deadline_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
