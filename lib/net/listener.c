/* listener - the UDP socket, opened at start; see listener.h. */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arrival.h"
#include "decimal.h"
#include "errortext.h"
#include "escape.h"
#include "settings.h"
#include "sys.h"

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
	bool is_wanted; /* it is that of ip= */
	uint32_t scope; /* index of the interface behind '%'; 0: none */
};

/* Whether an interface may be so named; dev_valid_name(), net/core/dev.c. */
static bool is_interface_name(const char *name)
{
	return strlen(name) < IFNAMSIZ &&
	       name[strcspn(name, "/: \t\n\v\f\r")] == '\0';
}

/*
 * The index of the interface named or numbered behind '%'; 0: no '%'; -1 with
 * ENODEV: no such interface, or EINVAL: nor can there be one.
 */
static int64_t scope_of(const char *ip)
{
	const char *name = strchr(ip, '%');
	uint64_t index;

	if (!name)
		return 0;
	index = if_nametoindex(name + 1);
	if (index == 0 && !decimal_parse(name + 1, INT32_MAX, &index)) {
		errno = is_interface_name(name + 1) ? ENODEV : EINVAL;
		return -1;
	}
	return (int64_t)index;
}

static void at_ipv4(struct address *address, const char *ip, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &sin.sin_addr);
	memcpy(&address->sa, &sin, sizeof(sin));
	address->len = sizeof(sin);
}

static void at_ipv6(struct address *address, const char *ip, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(port),
				     .sin6_scope_id = address->scope };

	inet_pton(AF_INET6, ip, &sin6.sin6_addr);
	memcpy(&address->sa, &sin6, sizeof(sin6));
	address->len = sizeof(sin6);
}

/*
 * The kernel doubles the size that it is given, and reports the double;
 * socket(7).
 */
static long read_buffer(const struct sys *sys, int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	sys->getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &len);
	return value / 2;
}

static int set_buffer(const struct sys *sys, int fd, int name,
		      unsigned long bytes)
{
	int value = (int)bytes;

	return sys->setsockopt(fd, SOL_SOCKET, name, &value, sizeof(value));
}

/*
 * What SO_RCVBUF makes of @bytes: net.core.rmem_max at most.  On a larger
 * buffer it would cut, so it is tried on a socket of its own.
 */
static long try_buffer(const struct sys *sys, int family, unsigned long bytes)
{
	int fd = sys->socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long granted;

	if (fd < 0)
		return 0;
	set_buffer(sys, fd, SO_RCVBUF, bytes);
	granted = read_buffer(sys, fd);
	sys->close(fd);
	return granted;
}

/* SO_RCVBUFFORCE, which needs CAP_NET_ADMIN, goes beyond rmem_max. */
static long enlarge_buffer(const struct sys *sys, int fd, int family,
			   unsigned long bytes)
{
	long present = read_buffer(sys, fd);

	if (present >= (long)bytes)
		return present;
	if (set_buffer(sys, fd, SO_RCVBUFFORCE, bytes) &&
	    try_buffer(sys, family, bytes) > present)
		set_buffer(sys, fd, SO_RCVBUF, bytes);
	return read_buffer(sys, fd);
}

/*
 * Some sandboxes refuse these; then stamps are ours, and no drops are counted.
 */
static void ask_for_control(const struct sys *sys, int fd)
{
	const int on = 1;

	arrival_ask(sys, fd, true);
	sys->setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
}

static int read_local(struct listener *listener, const struct sys *sys,
		      int *family)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	if (sys->getsockname(listener->fd, (struct sockaddr *)&sa, &len))
		return -1;
	srcaddr_from(&listener->local, (struct sockaddr *)&sa, len);
	*family = sa.ss_family;
	return 0;
}

/* IPV6_FREEBIND is of Linux 4.15; before, IP_FREEBIND did for IPv6, too. */
static bool set_freebind(const struct sys *sys, int fd, int family)
{
	const int on = 1;

	return (family == AF_INET6 &&
		sys->setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on,
				sizeof(on)) == 0) ||
	       sys->setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)) ==
		       0;
}

/* EADDRNOTAVAIL: at boot, the interface may get its address later. */
static int bind_socket(struct listener *listener, const struct sys *sys,
		       const struct address *address)
{
	const struct sockaddr *sa = (const struct sockaddr *)&address->sa;

	if (sys->bind(listener->fd, sa, address->len) == 0)
		return 0;
	if (errno != EADDRNOTAVAIL || !address->is_wanted)
		return -1;
	if (!set_freebind(sys, listener->fd, sa->sa_family)) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	listener->address_waits = true;
	return sys->bind(listener->fd, sa, address->len);
}

static int set_up_socket(struct listener *listener, const struct sys *sys,
			 const struct address *address,
			 unsigned long rbuf_bytes)
{
	const int off = 0;
	int family;

	if (address->sa.ss_family == AF_INET6 &&
	    sys->setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
			    sizeof(off)))
		return -1;
	ask_for_control(sys, listener->fd);
	/* Sized before it is bound, for the datagrams that come at once. */
	listener->granted_bytes = enlarge_buffer(
		sys, listener->fd, address->sa.ss_family, rbuf_bytes);
	if (bind_socket(listener, sys, address))
		return -1;
	return read_local(listener, sys, &family);
}

/* Why nobody can listen on it, and what to do; NULL if one can. */
static const char *objection_to_address(const struct address *address)
{
	static const uint8_t broadcast[4] = { 255, 255, 255, 255 };
	struct srcaddr addr;

	srcaddr_from(&addr, (const struct sockaddr *)&address->sa,
		     address->len);
	if (srcaddr_is_ipv4(&addr) &&
	    memcmp(addr.ip + 12, broadcast, sizeof(broadcast)) == 0)
		return "the broadcast address; ip=0.0.0.0 receives broadcasts";
	return NULL;
}

static int open_at(struct listener *listener, const struct sys *sys,
		   const struct address *address, unsigned long rbuf_bytes)
{
	int saved;

	*listener = (struct listener){ .fd = -1 };
	listener->fd =
		sys->socket(address->sa.ss_family,
			    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0)
		return -1;
	if (listener->fd < FD_SETSIZE &&
	    set_up_socket(listener, sys, address, rbuf_bytes) == 0)
		return 0;
	saved = listener->fd < FD_SETSIZE ? errno : EMFILE;
	sys->close(listener->fd);
	errno = saved;
	return -1;
}

/*
 * EAFNOSUPPORT: a kernel without IPv6.  EADDRNOTAVAIL: IPv6 is switched off.
 * Without ip=, IPv4 alone will do.
 */
static bool lacks_ipv6(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

static int refuse_address(char *error, const struct settings *settings,
			  uint16_t port, const char *why, const char *hint)
{
	char shown[ESCAPE_SHOWN_MAX];

	escape_shown(shown, settings->ip ? settings->ip : "::");
	snprintf(error, ERROR_MAX,
		 "ip=%s port=%u: unable to listen there: %s%s", shown, port,
		 why, hint);
	return -1;
}

static int find_address(struct address *address, const char *ip, uint16_t port)
{
	char plain[INET6_ADDRSTRLEN] = "::";
	int64_t scope = ip ? scope_of(ip) : 0;

	*address = (struct address){ .is_wanted = ip != NULL };
	if (scope < 0)
		return -1;
	address->scope = (uint32_t)scope;
	if (ip)
		snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(ip, "%"),
			 ip);
	if (strchr(plain, ':'))
		at_ipv6(address, plain, port);
	else
		at_ipv4(address, plain, port);
	return 0;
}

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* Linux 4.20, include/uapi/linux/in6.h */
#endif

static int join_ipv4(const struct sys *sys, int fd, const struct srcaddr *group,
		     uint32_t scope)
{
	struct ip_mreqn request = { .imr_ifindex = (int)scope };

	memcpy(&request.imr_multiaddr, group->ip + 12, 4);
	return sys->setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request,
			       sizeof(request));
}

static int join_ipv6(const struct sys *sys, int fd, const struct srcaddr *group,
		     uint32_t scope)
{
	struct ipv6_mreq request = { .ipv6mr_interface = scope };

	memcpy(&request.ipv6mr_multiaddr, group->ip, 16);
	return sys->setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request,
			       sizeof(request));
}

/*
 * EADDRINUSE: it was passed on, and has joined.  What comes by other
 * interfaces, which other programs had join, is not for a socket that names its
 * own.
 */
void listener_join(struct listener *listener, const struct sys *sys)
{
	bool ipv4 = srcaddr_is_ipv4(&listener->local);
	const int off = 0;

	listener->group_error = 0;
	if (!srcaddr_is_group(&listener->local))
		return;
	if ((ipv4 ? join_ipv4 : join_ipv6)(sys, listener->fd, &listener->local,
					   listener->scope) &&
	    errno != EADDRINUSE)
		listener->group_error = errno;
	else if (listener->scope > 0)
		sys->setsockopt(listener->fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
				ipv4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL,
				&off, sizeof(off));
}

static int open_socket(struct listener *listener, const struct sys *sys,
		       const struct settings *settings, struct address *address,
		       uint16_t port)
{
	if (open_at(listener, sys, address, settings->rbuf_bytes)) {
		if (settings->ip || !lacks_ipv6(errno))
			return -1;
		at_ipv4(address, "0.0.0.0", port);
		if (open_at(listener, sys, address, settings->rbuf_bytes))
			return -1;
	}
	listener->scope = address->scope;
	listener_join(listener, sys);
	return 0;
}

int listener_open(struct listener *listener, const struct sys *sys,
		  const struct settings *settings, uint16_t port,
		  char error[ERROR_MAX])
{
	struct address address;
	const char *objection;
	int result;

	if (find_address(&address, settings->ip, port)) {
		result = errno == ENODEV ? LISTENER_LATER : -1;
		refuse_address(error, settings, port, errortext(errno), "");
		return result;
	}
	objection = objection_to_address(&address);
	if (objection)
		return refuse_address(error, settings, port, objection, "");
	if (open_socket(listener, sys, settings, &address, port) == 0)
		return 0;
	return refuse_address(error, settings, port, errortext(errno),
			      errno == EINVAL
				      ? " (a link-local address needs its "
					"interface, fe80::1%eth0)"
				      : "");
}

int listener_adopt(struct listener *listener, const struct sys *sys, int fd,
		   const struct settings *settings, char error[ERROR_MAX])
{
	int family;

	*listener = (struct listener){ .fd = fd };
	if (read_local(listener, sys, &family)) {
		snprintf(error, ERROR_MAX,
			 "unable to use the socket that was passed: %s",
			 errortext(errno));
		return -1;
	}
	ask_for_control(sys, fd);
	listener->granted_bytes =
		enlarge_buffer(sys, fd, family, settings->rbuf_bytes);
	listener->scope = listener->local.scope;
	listener_join(listener, sys);
	return 0;
}
