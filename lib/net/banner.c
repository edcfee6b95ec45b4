/* banner - what is said at start; see banner.h. */
#include "banner.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"
#include "diag.h"
#include "listener.h"
#include "privilege.h"
#include "rules.h"
#include "settings.h"
#include "srcaddr.h"

#define LIST_MAX 8192 /* all settings, DIR among them */

static bool is_unspecified(const struct srcaddr *addr)
{
	static const uint8_t any4[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t any6[16];

	return memcmp(addr->ip, any4, 16) == 0 ||
	       memcmp(addr->ip, any6, 16) == 0;
}

/* How likely a sender can reach an address; 0: not at all. */
static int usefulness(const struct ifaddrs *entry)
{
	const struct sockaddr_in6 *sin6;

	if (!entry->ifa_addr || !(entry->ifa_flags & IFF_UP))
		return 0;
	if (entry->ifa_addr->sa_family == AF_INET)
		return entry->ifa_flags & IFF_LOOPBACK ? 1 : 3;
	if (entry->ifa_addr->sa_family != AF_INET6)
		return 0;
	sin6 = (const struct sockaddr_in6 *)(const void *)entry->ifa_addr;
	return entry->ifa_flags & IFF_LOOPBACK ||
			       IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr)
		       ? 0
		       : 2;
}

static size_t address_size(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET ? sizeof(struct sockaddr_in)
					: sizeof(struct sockaddr_in6);
}

/* The address of this host that a sender most likely can reach. */
static void find_own_address(struct srcaddr *addr)
{
	struct ifaddrs *list = NULL;
	const struct ifaddrs *entry;
	int best = 0;

	if (getifaddrs(&list))
		return;
	for (entry = list; entry; entry = entry->ifa_next)
		if (usefulness(entry) > best) {
			best = usefulness(entry);
			srcaddr_from(addr, entry->ifa_addr,
				     address_size(entry->ifa_addr));
		}
	freeifaddrs(list);
}

/* ADDRESS alone, as netconsole's parameter wants it: no brackets. */
static void write_ip(char ip[INET6_ADDRSTRLEN], const struct srcaddr *addr)
{
	if (srcaddr_is_ipv4(addr))
		inet_ntop(AF_INET, addr->ip + 12, ip, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, addr->ip, ip, INET6_ADDRSTRLEN);
}

/*
 * The command for a sender; Documentation/networking/netconsole.rst, "Sender
 * and receiver configuration".  The sender itself finds the interface by which
 * it would reach us; without a MAC address it broadcasts.
 */
static void say_sender(const struct banner *banner, struct diag *diag)
{
	struct srcaddr addr = banner->listener->local;
	unsigned port = addr.port;
	char ip[INET6_ADDRSTRLEN];

	if (is_unspecified(&addr))
		find_own_address(&addr);
	if (is_unspecified(&addr))
		return; /* a host without addresses has no senders yet */
	write_ip(ip, &addr);
	diag_say(diag,
		 "on a sender: modprobe netconsole netconsole=@/$(ip route get "
		 "%s | sed 's/.* dev \\([^ ]*\\).*/\\1/;q'),%u@%s/",
		 ip, port, ip);
}

static void warn_small_buffer(const struct banner *banner, struct diag *diag)
{
	unsigned long asked = banner->settings->rbuf_bytes;
	long granted = banner->listener->granted_bytes;

	if (granted > 0 && (unsigned long)granted >= asked / 2)
		return;
	diag_warn(diag,
		  "the kernel grants a receive buffer of %ld bytes of the %lu "
		  "asked for; bursts may be lost: sysctl -w "
		  "net.core.rmem_max=%lu, or start as root",
		  granted, asked, asked);
}

/* Appends " NAME=VALUE" for each setting to @list, as they are in force. */
static void list_settings(const struct settings *settings, long granted_bytes,
			  char list[LIST_MAX])
{
	char value[RULES_VALUE_MAX];
	const struct rule *rule;
	size_t len = 0;
	size_t i;

	for (i = 0; (rule = rules_nth(i)) && len < LIST_MAX; i++) {
		rule->show(rule, settings, value);
		len += (size_t)snprintf(list + len, LIST_MAX - len, " %s=%s",
					rule->name, value);
		if (strcmp(rule->name, "rbuf") == 0 && len < LIST_MAX)
			len += (size_t)snprintf(list + len, LIST_MAX - len,
						" (granted %ld)",
						granted_bytes);
	}
}

bool banner_say(const struct banner *banner, struct diag *diag,
		const char *verb)
{
	struct settings s = *banner->settings;
	char name[SRCADDR_TEXT_MAX];
	char ip[INET6_ADDRSTRLEN];
	char uid[DECIMAL_MAX + 1], gid[DECIMAL_MAX + 1];
	char list[LIST_MAX];
	bool said;

	write_ip(ip, &banner->listener->local);
	srcaddr_text(name, &banner->listener->local, banner->scopes, NULL);
	snprintf(uid, sizeof(uid), "%lu",
		 (unsigned long)banner->privilege->uid);
	snprintf(gid, sizeof(gid), "%lu",
		 (unsigned long)banner->privilege->gid);
	s.ip = s.ip ? s.ip : ip;
	s.port = banner->listener->local.port;
	s.dir = banner->dir;
	s.uid = uid;
	s.gid = gid;
	s.iso = settings_stamps_iso(&s);
	s.extended = settings_reads_extended(&s);
	s.tee = banner->tee ? SETTINGS_TEE_YES : SETTINGS_TEE_NO;
	list_settings(&s, banner->listener->granted_bytes, list);
	said = diag_say(diag, "%s %s, writing %s/YYYY-MM-DD.log:%s", verb, name,
			banner->dir, list);
	warn_small_buffer(banner, diag);
	say_sender(banner, diag);
	return said;
}
