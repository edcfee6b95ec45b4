/*
 * listener - the UDP socket, opened, sized and bound at start, or adopted.
 *
 * L2.
 */
#ifndef UDPLOGGER_LISTENER_H
#define UDPLOGGER_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bounds.h"
#include "srcaddr.h"

struct settings;
struct sys;

struct listener {
	int fd;
	struct srcaddr local; /* with the real port */
	long granted_bytes; /* receive buffer, in the units of rbuf= */
	bool address_waits; /* no interface has the address of ip= yet */
	uint32_t scope; /* the interface of a group; 0: routes choose it */
	int group_error; /* why the group can't be joined; 0: it is, or none */
};

#define LISTENER_LATER 1

/*
 * Opens a socket at @port, for IPv6 and IPv4, for IPv4 alone where there is no
 * IPv6, or for the address in ip=.  Nobody else can have the same address and
 * port.  An address that no interface has yet is taken all the same: datagrams
 * come as soon as one has it (IP_FREEBIND, ip(7)).  A multicast group is
 * joined, on the interface that is named behind it, else on the one that routes
 * choose.
 *
 * Returns 0, or -1 with one line in @error that names the option, its value,
 * and what failed; LISTENER_LATER, with such a line, where the interface of a
 * link-local address isn't there yet.
 */
int listener_open(struct listener *listener, const struct sys *sys,
		  const struct settings *settings, uint16_t port,
		  char error[ERROR_MAX]);

/*
 * Takes @fd, a bound UDP socket that somebody else opened; of @settings only
 * rbuf= counts, and never makes the receive buffer smaller than it is.  A group
 * that it is bound to is joined.  Returns as listener_open() does.
 */
int listener_adopt(struct listener *listener, const struct sys *sys, int fd,
		   const struct settings *settings, char error[ERROR_MAX]);

/*
 * Joins the group that the socket is bound to, if it is one; group_error then
 * says why it can't.  To be tried again, as its interface may come later.
 */
void listener_join(struct listener *listener, const struct sys *sys);

#endif
