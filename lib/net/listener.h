/*
 * listener - the UDP socket, opened, sized and bound at start, or adopted.
 *
 * L2.
 */
#ifndef UDPLOGGER_LISTENER_H
#define UDPLOGGER_LISTENER_H

#include <stddef.h>
#include <sys/socket.h>

#include "srcaddr.h"

struct sys;

#define LISTENER_ERROR_MAX 640

struct listener {
	int fd;
	struct srcaddr local; /* with the real port */
	long granted_bytes; /* receive buffer, in the units of rbuf= */
};

struct listener_settings {
	const char *ip; /* checked by options; NULL: any address */
	unsigned long port; /* 0: any free one */
	unsigned long rbuf_bytes;
};

/*
 * Opens a socket for IPv6 and IPv4, for IPv4 alone where there is no IPv6, or
 * for the one address that is asked for.  Nobody else can have the same
 * address and port.  Returns 0, or -1 with one line in @error that names the
 * option, its value, and what failed.
 */
int listener_open(struct listener *listener, const struct sys *sys,
		  const struct listener_settings *settings,
		  char error[LISTENER_ERROR_MAX]);

/*
 * Takes @fd, a bound UDP socket that somebody else opened; only rbuf_bytes of
 * @settings counts.  Returns as listener_open() does.
 */
int listener_adopt(struct listener *listener, const struct sys *sys, int fd,
		   const struct listener_settings *settings,
		   char error[LISTENER_ERROR_MAX]);

/* The name of interface @scope, valid until the next call, or NULL. */
const char *listener_scope_name(uint32_t scope);

#endif
