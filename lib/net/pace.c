/* pace - do datagrams come fast; see pace.h. */
#include "pace.h"

bool pace_note(struct pace *pace, unsigned taken, uint64_t now_ms)
{
	if (pace->ms != now_ms)
		pace->count = 0;
	pace->ms = now_ms;
	pace->count += taken;
	return pace->count >= PACE_FAST;
}

unsigned pace_pause_us(long granted_bytes)
{
	long us = granted_bytes / 1024;

	if (us > PACE_PAUSE_US)
		return PACE_PAUSE_US;
	return us < PACE_LEAST_US ? 0 : (unsigned)us;
}
