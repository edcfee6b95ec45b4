/* fakeif - interfaces, addresses and default routes; see fakeif.h. */
#include "fakeif.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>

#include "fakesys.h"

#define ENTRIES 32

static struct ifaddrs entries[ENTRIES];
static struct sockaddr_storage addresses[ENTRIES];
static unsigned count, lists;
static bool fails;

static struct sockaddr_storage route4, route6;
static int connected;

void fakeif_reset(void)
{
	memset(entries, 0, sizeof(entries));
	memset(addresses, 0, sizeof(addresses));
	memset(&route4, 0, sizeof(route4));
	memset(&route6, 0, sizeof(route6));
	count = lists = 0;
	fails = false;
	connected = AF_UNSPEC;
}

static void set_address(struct sockaddr_storage *sa, const char *ip)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)sa;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)sa;

	if (inet_pton(AF_INET, ip, &sin->sin_addr) == 1)
		sa->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, ip, &sin6->sin6_addr) == 1)
		sa->ss_family = AF_INET6;
	else
		fake_give_up("no such address");
}

struct srcaddr fakeif_key(const char *ip, uint16_t port)
{
	struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };
	struct srcaddr addr;

	set_address(&sa, ip);
	srcaddr_from(&addr, (struct sockaddr *)&sa, sizeof(sa));
	addr.port = port;
	return addr;
}

static struct ifaddrs *add_entry(const char *name, unsigned flags)
{
	struct ifaddrs *entry = &entries[count];

	if (count == ENTRIES)
		fake_give_up("too many addresses");
	*entry = (struct ifaddrs){
		.ifa_name = (char *)(uintptr_t)name,
		.ifa_flags = flags,
		.ifa_addr = (struct sockaddr *)&addresses[count],
	};
	if (count > 0)
		entries[count - 1].ifa_next = entry;
	count++;
	return entry;
}

void fakeif_add(const char *name, unsigned flags, const char *ip)
{
	struct sockaddr_storage *sa = &addresses[count];
	struct ifaddrs *entry = add_entry(name, flags);

	if (ip)
		set_address(sa, ip);
	else
		entry->ifa_addr = NULL;
}

void fakeif_hardware(const char *name, unsigned char last, size_t len)
{
	struct sockaddr_ll *ll = (struct sockaddr_ll *)&addresses[count];

	add_entry(name, 0);
	ll->sll_family = AF_PACKET;
	ll->sll_halen = (unsigned char)len;
	ll->sll_addr[0] = 2;
	ll->sll_addr[5] = last;
}

void fakeif_route(const char *ip)
{
	struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };

	set_address(&sa, ip);
	*(sa.ss_family == AF_INET ? &route4 : &route6) = sa;
}

void fakeif_fail(void)
{
	fails = true;
}

unsigned fakeif_lists(void)
{
	return lists;
}

int getifaddrs(struct ifaddrs **list)
{
	if (fails)
		return fake_refuse(ENOMEM);
	*list = count > 0 ? entries : NULL;
	lists += count > 0;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	if (list != entries || lists == 0)
		fake_give_up("freeifaddrs() of what is none");
	lists--;
}

static const struct sockaddr_storage *route_of(int family)
{
	return family == AF_INET ? &route4 : &route6;
}

static int do_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	static const uint8_t nowhere[16];
	const struct sockaddr_in *sin = (const void *)addr;
	const struct sockaddr_in6 *sin6 = (const void *)addr;
	const void *ip = addr->sa_family == AF_INET
				 ? (const void *)&sin->sin_addr
				 : (const void *)&sin6->sin6_addr;

	if (!fake_enter(FAKE_CONNECT))
		return -1;
	/* A socket of another type would send something. */
	if (fake.fds[fd].flags != (SOCK_DGRAM | SOCK_CLOEXEC))
		fake_give_up("connect() that is no question");
	if (len < sizeof(*sin) || sin->sin_port == 0 ||
	    memcmp(ip, nowhere, addr->sa_family == AF_INET ? 4 : 16) == 0)
		fake_give_up("connect() to nowhere");
	connected = addr->sa_family;
	if (route_of(connected)->ss_family == AF_UNSPEC)
		return fake_refuse(ENETUNREACH);
	return 0;
}

/* The kernel has chosen a port as well. */
static int do_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_storage sa = *route_of(connected);

	(void)fd;
	if (!fake_enter(FAKE_GETSOCKNAME))
		return -1;
	((struct sockaddr_in *)&sa)->sin_port = htons(40001);
	*len = connected == AF_INET ? sizeof(struct sockaddr_in)
				    : sizeof(struct sockaddr_in6);
	memcpy(addr, &sa, *len);
	return 0;
}

const struct sys *fakeif_sys(void)
{
	static struct sys sys;

	sys = fakesys;
	sys.connect = do_connect;
	sys.getsockname = do_getsockname;
	return &sys;
}
