/* pace - do datagrams come fast; see pace.h. */
#include "pace.h"

/* What @us may be in a buffer that holds what comes in @most_us. */
static unsigned bound(unsigned us, long most_us)
{
	if (most_us >= (long)us)
		return us;
	return most_us < PACE_LEAST_US ? 0 : (unsigned)most_us;
}

void pace_init(struct pace *pace, long granted_bytes)
{
	pace->pause_us = bound(PACE_PAUSE_US, granted_bytes / 1024);
	pace->long_us = bound(PACE_LONG_US, granted_bytes / 1024);
}

bool pace_note(struct pace *pace, unsigned taken, uint64_t now_ms)
{
	if (pace->ms != now_ms)
		pace->count = 0;
	pace->ms = now_ms;
	pace->count += taken;
	return pace->count >= PACE_FAST;
}

unsigned pace_pause_us(const struct pace *pace)
{
	unsigned shorter = pace->long_us - pace->pause_us;

	if (pace->count < PACE_FASTER || pace->count >= shorter)
		return pace->pause_us;
	return pace->long_us - pace->count;
}
