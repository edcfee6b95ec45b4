/* listening - the sockets at start; see listening.h. */
#include "listening.h"

#include <time.h>

#include "listener.h"
#include "signals.h"

/* False when a signal to stop came meanwhile. */
static bool wait_a_second(const struct listening *l)
{
	static const struct timespec second = { .tv_sec = 1 };

	l->sys->pselect(0, NULL, NULL, &second, l->signals);
	return signals_stop == 0;
}

static int open_each(const struct listening *l, char *error)
{
	bool said = false;
	int result;

	while ((result = sockets_open(l->sockets, l->sys, l->settings,
				      error)) == LISTENER_LATER &&
	       l->waits) {
		if (!said)
			diag_warn(l->diag, "%s; it is tried again", error);
		said = true;
		if (!wait_a_second(l))
			break;
	}
	return result;
}

int listening_start(const struct listening *l, char *error)
{
	int result = open_each(l, error);
	unsigned at = 0;

	while (result == 0 &&
	       sockets_lack(l->sockets, l->settings, &at, error)) {
		if (!l->waits)
			return -1;
		diag_warn(l->diag, "%s; it is %s", error,
			  l->sockets->each[at - 1].address_waits
				  ? "waited for"
				  : "tried again");
	}
	return result;
}
