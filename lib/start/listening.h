/*
 * listening - the sockets at start, waited for where they have to be.
 *
 * L3.  An interface that isn't there yet, at boot, is waited for; so is an
 * address, and a group that can't be joined is no reason not to run.
 */
#ifndef UDPLOGGER_LISTENING_H
#define UDPLOGGER_LISTENING_H

#include <signal.h>
#include <stdbool.h>

#include "diag.h"
#include "settings.h"
#include "sockets.h"
#include "sys.h"

struct listening {
	const struct sys *sys;
	const struct settings *settings;
	struct sockets *sockets;
	struct diag *diag; /* what is waited for is said there, once */
	const sigset_t *signals; /* blocked while it sleeps */
	bool waits; /* for what isn't there yet; else that is an error */
};

/*
 * Opens the sockets, or takes those that are passed.  Returns 0; else why not
 * is in @error, of ERROR_MAX bytes, unless a signal to stop came meanwhile.
 */
int listening_start(const struct listening *l, char *error);

#endif
