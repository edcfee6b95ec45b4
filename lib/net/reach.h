/*
 * reach - the addresses by which senders reach this host.
 *
 * L2.  Asked for once, at start; libc may take memory for that.
 */
#ifndef UDPLOGGER_REACH_H
#define UDPLOGGER_REACH_H

#include <stddef.h>

#include "srcaddr.h"

struct sys;

#define REACH_PLACES  8
#define REACH_MAC_MAX 18 /* "02:00:00:00:00:01" and a NUL */

struct reach_place {
	struct srcaddr addr; /* without port */
	char mac[REACH_MAC_MAX]; /* of its interface, or group; "": none */
};

/*
 * Finds the addresses at which a socket that is bound to @local can be reached
 * by others: @local itself, if it is one address or a group; else those of the
 * default routes; without such routes, all that are not of this host or of a
 * link alone; and only without those, 169.254.0.0/16 (RFC 3927).  Returns how
 * many.
 */
size_t reach_find(const struct sys *sys, const struct srcaddr *local,
		  struct reach_place places[REACH_PLACES]);

#endif
