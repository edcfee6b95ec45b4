/* reach - the addresses by which senders reach this host; see reach.h. */
#include "reach.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "sys.h"

#define DISCARD_PORT 9

static bool is_unspecified(const struct srcaddr *addr)
{
	static const uint8_t any4[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t any6[16];

	return memcmp(addr->ip, any4, 16) == 0 ||
	       memcmp(addr->ip, any6, 16) == 0;
}

static bool is_loopback(const struct srcaddr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return srcaddr_is_ipv4(addr) ? addr->ip[12] == 127
				     : memcmp(addr->ip, one, 16) == 0;
}

static bool is_link_local(const struct srcaddr *addr)
{
	return srcaddr_is_ipv4(addr)
		       ? addr->ip[12] == 169 && addr->ip[13] == 254
		       : addr->ip[0] == 0xfe && (addr->ip[1] & 0xc0) == 0x80;
}

/* Reads the address of @entry, which may have none, or one of another kind. */
static bool read_address(const struct ifaddrs *entry, struct srcaddr *addr)
{
	int family = entry->ifa_addr ? entry->ifa_addr->sa_family : AF_UNSPEC;

	if (family == AF_INET)
		srcaddr_from(addr, entry->ifa_addr, sizeof(struct sockaddr_in));
	else if (family == AF_INET6)
		srcaddr_from(addr, entry->ifa_addr,
			     sizeof(struct sockaddr_in6));
	return family == AF_INET || family == AF_INET6;
}

/* "02:00:00:00:00:01" of the interface @name; Ethernet alone has 6 bytes. */
static void find_mac(const struct ifaddrs *list, const char *name,
		     char mac[REACH_MAC_MAX])
{
	const struct sockaddr_ll *ll;

	for (; list; list = list->ifa_next) {
		ll = (const struct sockaddr_ll *)(const void *)list->ifa_addr;
		if (!ll || ll->sll_family != AF_PACKET || ll->sll_halen != 6 ||
		    strcmp(list->ifa_name, name) != 0)
			continue;
		snprintf(mac, REACH_MAC_MAX, "%02x:%02x:%02x:%02x:%02x:%02x",
			 ll->sll_addr[0], ll->sll_addr[1], ll->sll_addr[2],
			 ll->sll_addr[3], ll->sll_addr[4], ll->sll_addr[5]);
		return;
	}
}

/*
 * The address that this host has towards the Internet, which its default route
 * decides.  Nothing is sent there; a network for examples would not do, as some
 * are in use.
 */
static bool find_default(const struct sys *sys, int family,
			 struct srcaddr *addr)
{
	struct sockaddr_storage sa = { .ss_family = (sa_family_t)family };
	struct sockaddr_in *sin = (struct sockaddr_in *)&sa;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&sa;
	socklen_t len = family == AF_INET ? sizeof(*sin) : sizeof(*sin6);
	int fd = sys->socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found;

	if (fd < 0)
		return false;
	if (family == AF_INET)
		inet_pton(AF_INET, "8.8.8.8", &sin->sin_addr);
	else
		inet_pton(AF_INET6, "2001:4860:4860::8888", &sin6->sin6_addr);
	sin->sin_port = htons(DISCARD_PORT);
	found = sys->connect(fd, (struct sockaddr *)&sa, len) == 0 &&
		sys->getsockname(fd, (struct sockaddr *)&sa, &len) == 0;
	if (found)
		srcaddr_from(addr, (struct sockaddr *)&sa, len);
	sys->close(fd);
	return found && !is_loopback(addr) && !is_unspecified(addr) &&
	       !is_link_local(addr);
}

/* The addresses by the default routes, IPv4 first. */
static size_t find_defaults(const struct sys *sys, bool ipv6,
			    struct reach_place places[REACH_PLACES])
{
	size_t count = 0;

	if (find_default(sys, AF_INET, &places[count].addr))
		count++;
	if (ipv6 && find_default(sys, AF_INET6, &places[count].addr))
		count++;
	return count;
}

/* All that others may reach; those of a link alone where there is no other. */
static size_t find_all(const struct ifaddrs *list, bool ipv6, bool link_local,
		       struct reach_place places[REACH_PLACES])
{
	size_t count = 0;

	for (; list && count < REACH_PLACES; list = list->ifa_next) {
		struct srcaddr *addr = &places[count].addr;

		if ((list->ifa_flags & IFF_UP) && read_address(list, addr) &&
		    !is_loopback(addr) && !srcaddr_is_group(addr) &&
		    is_link_local(addr) == link_local &&
		    (srcaddr_is_ipv4(addr) || (ipv6 && !link_local)))
			count++;
	}
	return count;
}

static size_t find_places(const struct sys *sys, const struct srcaddr *local,
			  const struct ifaddrs *list,
			  struct reach_place places[REACH_PLACES])
{
	bool ipv6 = !srcaddr_is_ipv4(local);
	size_t count;

	if (!is_unspecified(local)) {
		places[0].addr = *local;
		return !is_loopback(local);
	}
	count = find_defaults(sys, ipv6, places);
	if (count == 0)
		count = find_all(list, ipv6, false, places);
	if (count == 0)
		count = find_all(list, ipv6, true, places);
	return count;
}

static void find_macs(const struct ifaddrs *list, struct reach_place *places,
		      size_t count)
{
	const struct ifaddrs *entry;
	struct srcaddr addr;
	size_t i;

	for (i = 0; i < count; i++)
		for (entry = list; entry; entry = entry->ifa_next)
			if (read_address(entry, &addr) &&
			    memcmp(addr.ip, places[i].addr.ip, 16) == 0)
				find_mac(list, entry->ifa_name, places[i].mac);
}

/*
 * Where Ethernet carries a group: RFC 1112, section 6.4, and RFC 2464, section
 * 7.
 */
static void find_group_mac(const struct srcaddr *group, char mac[REACH_MAC_MAX])
{
	const uint8_t *ip = group->ip + 12;

	if (srcaddr_is_ipv4(group))
		snprintf(mac, REACH_MAC_MAX, "01:00:5e:%02x:%02x:%02x",
			 ip[1] & 0x7fU, ip[2], ip[3]);
	else
		snprintf(mac, REACH_MAC_MAX, "33:33:%02x:%02x:%02x:%02x", ip[0],
			 ip[1], ip[2], ip[3]);
}

size_t reach_find(const struct sys *sys, const struct srcaddr *local,
		  struct reach_place places[REACH_PLACES])
{
	struct ifaddrs *list = NULL;
	size_t count, i;

	memset(places, 0, REACH_PLACES * sizeof(places[0]));
	if (getifaddrs(&list))
		list = NULL;
	count = find_places(sys, local, list, places);
	for (i = 0; i < count; i++)
		places[i].addr.port = 0;
	find_macs(list, places, count);
	if (srcaddr_is_group(local))
		find_group_mac(local, places[0].mac);
	if (list)
		freeifaddrs(list);
	return count;
}
