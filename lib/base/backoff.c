/* backoff - when to try again what failed; see backoff.h. */
#include "backoff.h"

uint64_t backoff_next(struct backoff *backoff, uint64_t now_ms)
{
	if (backoff->delay_ms == 0)
		backoff->delay_ms = BACKOFF_FIRST_MS;
	else if (backoff->delay_ms < BACKOFF_MAX_MS / 2)
		backoff->delay_ms *= 2;
	else
		backoff->delay_ms = BACKOFF_MAX_MS;
	return now_ms + backoff->delay_ms;
}

void backoff_reset(struct backoff *backoff)
{
	backoff->delay_ms = 0;
}
