/*
 * service - the sockets that a service manager passes on.
 *
 * L2.  The protocol of sd_listen_fds(3), by hand: LISTEN_PID is our process,
 * LISTEN_FDS the number of descriptors from 3 on.  The manager keeps the
 * sockets while we restart, so nothing that arrives meanwhile is lost.
 */
#ifndef UDPLOGGER_SERVICE_H
#define UDPLOGGER_SERVICE_H

#include "bounds.h"

struct sys;

#define SERVICE_NO_SOCKET (-1)
#define SERVICE_REFUSED	  (-2)

/*
 * The descriptors of the UDP sockets that were passed, close-on-exec and
 * non-blocking: *@count from the one that it returns on, SOCKETS_MAX at most.
 * SERVICE_NO_SOCKET: none was passed; SERVICE_REFUSED, with one line in @error:
 * anything but bound UDP sockets was passed, or LISTEN_FDS is no number.  The
 * variables are removed from the environment.
 */
int service_sockets(const struct sys *sys, unsigned *count,
		    char error[ERROR_MAX]);

#endif
