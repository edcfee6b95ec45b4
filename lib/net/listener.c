/* listener - the UDP socket, opened at start; see listener.h. */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"
#include "escape.h"
#include "settings.h"
#include "sys.h"

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

static void at_ipv4(struct address *address, const char *ip, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port) };

	if (ip)
		inet_pton(AF_INET, ip, &sin.sin_addr);
	memcpy(&address->sa, &sin, sizeof(sin));
	address->len = sizeof(sin);
}

/*
 * The index of the interface named or numbered behind '%'; 0: no '%'; -1 with
 * ENODEV: no such interface.
 */
static int64_t scope_of(const char *ip)
{
	const char *name = strchr(ip, '%');
	uint64_t index;

	if (!name)
		return 0;
	index = if_nametoindex(name + 1);
	if (index == 0 && !decimal_parse(name + 1, INT32_MAX, &index)) {
		errno = ENODEV;
		return -1;
	}
	return (int64_t)index;
}

static int at_ipv6(struct address *address, const char *ip, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(port) };
	char plain[INET6_ADDRSTRLEN] = "::";
	int64_t scope = ip ? scope_of(ip) : 0;

	if (scope < 0)
		return -1;
	sin6.sin6_scope_id = (uint32_t)scope;
	if (ip)
		snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(ip, "%"),
			 ip);
	inet_pton(AF_INET6, plain, &sin6.sin6_addr);
	memcpy(&address->sa, &sin6, sizeof(sin6));
	address->len = sizeof(sin6);
	return 0;
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

	sys->setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
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
	if (sys->bind(listener->fd, (const struct sockaddr *)&address->sa,
		      address->len))
		return -1;
	return read_local(listener, sys, &family);
}

/* A group or a broadcast address is no host's; no group is joined. */
static bool is_one_host(const struct address *address)
{
	static const uint8_t broadcast[4] = { 255, 255, 255, 255 };
	struct srcaddr addr;

	srcaddr_from(&addr, (const struct sockaddr *)&address->sa,
		     address->len);
	if (!srcaddr_is_ipv4(&addr))
		return addr.ip[0] != 0xff;
	return (addr.ip[12] & 0xf0) != 0xe0 &&
	       memcmp(addr.ip + 12, broadcast, sizeof(broadcast)) != 0;
}

static int open_at(struct listener *listener, const struct sys *sys,
		   const struct address *address, unsigned long rbuf_bytes)
{
	int saved;

	if (!is_one_host(address)) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
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

int listener_open(struct listener *listener, const struct sys *sys,
		  const struct settings *settings, char error[ERROR_MAX])
{
	const char *ip = settings->ip;
	char shown[ESCAPE_SHOWN_MAX];
	uint16_t port = (uint16_t)settings->port;
	struct address address;
	int result = 0;

	if (!ip || strchr(ip, ':'))
		result = at_ipv6(&address, ip, port);
	else
		at_ipv4(&address, ip, port);
	if (result == 0)
		result = open_at(listener, sys, &address, settings->rbuf_bytes);
	if (result && !ip && lacks_ipv6(errno)) {
		at_ipv4(&address, NULL, port);
		result = open_at(listener, sys, &address, settings->rbuf_bytes);
	}
	if (result == 0)
		return 0;
	escape_shown(shown, ip ? ip : "::");
	snprintf(error, ERROR_MAX,
		 "ip=%s port=%lu: unable to listen there: %s%s", shown,
		 settings->port, strerror(errno),
		 errno == EINVAL ? " (a link-local address needs its "
				   "interface, fe80::1%eth0)"
				 : "");
	return result;
}

int listener_adopt(struct listener *listener, const struct sys *sys, int fd,
		   const struct settings *settings, char error[ERROR_MAX])
{
	int family;

	listener->fd = fd;
	if (read_local(listener, sys, &family)) {
		snprintf(error, ERROR_MAX,
			 "unable to use the socket that was passed: %s",
			 strerror(errno));
		return -1;
	}
	ask_for_control(sys, fd);
	listener->granted_bytes =
		enlarge_buffer(sys, fd, family, settings->rbuf_bytes);
	return 0;
}
