/* banner - what is said at start; see banner.h. */
#include "banner.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "decimal.h"
#include "diag.h"
#include "listener.h"
#include "privilege.h"
#include "reach.h"
#include "rules.h"
#include "settings.h"
#include "srcaddr.h"
#include "zone.h"

#define LIST_MAX 8192 /* all settings, DIR among them */

/* ADDRESS alone, as netconsole's parameter wants it: no brackets. */
static void write_ip(char ip[INET6_ADDRSTRLEN], const struct srcaddr *addr)
{
	if (srcaddr_is_ipv4(addr))
		inet_ntop(AF_INET, addr->ip + 12, ip, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, addr->ip, ip, INET6_ADDRSTRLEN);
}

/*
 * The command for a sender, as README and the manual have it;
 * Documentation/networking/netconsole.rst, "Sender and receiver configuration".
 */
static void say_sender(const struct banner *banner, struct diag *diag)
{
	struct reach_place places[REACH_PLACES];
	size_t count =
		reach_find(banner->sys, &banner->listener->local, places);
	char ip[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < count; i++) {
		write_ip(ip, &places[i].addr);
		diag_say(diag,
			 "on a sender: modprobe netconsole "
			 "netconsole=@/eth0,%u@%s/%s",
			 banner->listener->local.port, ip,
			 places[i].mac[0] ? places[i].mac : "MAC");
	}
	if (count > 0)
		diag_say(diag,
			 "there, eth0 is the sender's interface (ip route get "
			 "%s); behind a router, the MAC address is the "
			 "gateway's (ip neigh)",
			 ip);
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

/* Writes the zone that times are in; what libc doesn't know is UTC to it. */
static void name_zone(const struct banner *banner, struct diag *diag,
		      char text[ZONE_TEXT_MAX])
{
	char name[ZONE_NAME_MAX];

	if (zone_is_known(banner->zone, name)) {
		zone_text(text, time(NULL));
		return;
	}
	snprintf(text, ZONE_TEXT_MAX, "UTC (UTC+00:00)");
	diag_warn(diag, "%s: not a time zone that is known here; times are UTC",
		  name);
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

/* "%Y-%m-%d.log" as people read it: "YYYY-MM-DD.log". */
static void write_pattern(char text[2 * FILENAME_BYTES], const char *pattern)
{
	static const char fields[] = "YmdH";
	static const char *const shown[] = { "YYYY", "MM", "DD", "HH" };
	char *to = text;

	for (; *pattern != '\0'; pattern++) {
		const char *field = NULL;

		if (*pattern == '%')
			field = strchr(fields, *++pattern);
		if (field)
			to = stpcpy(to, shown[field - fields]);
		else
			*to++ = *pattern;
	}
	*to = '\0';
}

bool banner_say(const struct banner *banner, struct diag *diag,
		const char *verb)
{
	struct settings s = *banner->settings;
	char name[SRCADDR_TEXT_MAX];
	char ip[INET6_ADDRSTRLEN];
	char uid[DECIMAL_MAX + 1], gid[DECIMAL_MAX + 1];
	char list[LIST_MAX];
	char zone[ZONE_TEXT_MAX];
	char pattern[2 * FILENAME_BYTES];
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
	name_zone(banner, diag, zone);
	write_pattern(pattern, s.file.pattern);
	said = diag_say(diag, "%s %s, writing %s/%s:%s zone=%s", verb, name,
			banner->dir, pattern, list, zone);
	warn_small_buffer(banner, diag);
	say_sender(banner, diag);
	return said;
}
