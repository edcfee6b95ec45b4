/* banner - what is said at start; see banner.h. */
#include "banner.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "decimal.h"
#include "diag.h"
#include "privilege.h"
#include "reach.h"
#include "rules.h"
#include "settings.h"
#include "sockets.h"
#include "srcaddr.h"
#include "zone.h"

#define LIST_MAX 12288 /* all settings, DIR and conf= among them */

/* ADDRESS alone, as netconsole's parameter wants it: no brackets. */
static void write_ip(char ip[INET6_ADDRSTRLEN], const struct srcaddr *addr)
{
	if (srcaddr_is_ipv4(addr))
		inet_ntop(AF_INET, addr->ip + 12, ip, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, addr->ip, ip, INET6_ADDRSTRLEN);
}

static const struct srcaddr *first_local(const struct banner *banner)
{
	return &banner->sockets->each[0].local;
}

/* Places that commands were said for. */
struct said {
	struct srcaddr at[SOCKETS_MAX * REACH_PLACES];
	size_t count;
};

static bool is_said(const struct said *said, const struct srcaddr *addr)
{
	size_t i;

	for (i = 0; i < said->count; i++)
		if (srcaddr_equal(&said->at[i], addr))
			return true;
	return false;
}

/*
 * The command for a sender, as README and the manual have it;
 * Documentation/networking/netconsole.rst, "Sender and receiver configuration".
 */
static void say_command(struct said *said, const struct reach_place *place,
			uint16_t port, struct diag *diag)
{
	struct srcaddr *addr = &said->at[said->count];
	char ip[INET6_ADDRSTRLEN];

	*addr = place->addr;
	addr->port = port;
	if (is_said(said, addr))
		return;
	said->count++;
	write_ip(ip, addr);
	diag_say(diag,
		 "on a sender: modprobe netconsole netconsole=@/eth0,%u@%s/%s",
		 port, ip, place->mac[0] ? place->mac : "MAC");
}

/* A group has its own MAC address, behind whatever router. */
static void say_hint(const struct said *said, struct diag *diag)
{
	const struct srcaddr *last = NULL;
	char ip[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < said->count; i++)
		if (!last || !srcaddr_is_group(&said->at[i]))
			last = &said->at[i];
	if (!last)
		return;
	write_ip(ip, last);
	diag_say(diag,
		 "there, eth0 is the sender's interface (ip route get %s)%s",
		 ip,
		 srcaddr_is_group(last)
			 ? ""
			 : "; behind a router, the MAC address is the "
			   "gateway's (ip neigh)");
}

/* For each port; sockets of IPv4 and IPv6 at one port share some. */
static void say_sender(const struct banner *banner, struct diag *diag)
{
	struct said said = { .count = 0 };
	unsigned i;

	for (i = 0; i < banner->sockets->count; i++) {
		const struct srcaddr *local = &banner->sockets->each[i].local;
		struct reach_place places[REACH_PLACES];
		size_t count = reach_find(banner->sys, local, places);
		size_t k;

		for (k = 0; k < count; k++)
			say_command(&said, &places[k], local->port, diag);
	}
	say_hint(&said, diag);
}

static void warn_small_buffer(const struct banner *banner, struct diag *diag)
{
	unsigned long asked = banner->settings->rbuf_bytes;
	long granted = sockets_granted(banner->sockets);

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

/*
 * Appends " NAME=VALUE" to @list for each of @settings that is not the default.
 * The directory is told elsewhere.
 */
static void list_settings(const struct settings *settings, char list[LIST_MAX])
{
	char usual[RULES_VALUE_MAX];
	char value[RULES_VALUE_MAX];
	struct settings defaults;
	const struct rule *rule;
	size_t len = 0;
	size_t i;

	list[0] = '\0';
	rules_defaults(&defaults);
	for (i = 0; (rule = rules_nth(i)) && len < LIST_MAX; i++) {
		rule->show(rule, &defaults, usual);
		rule->show(rule, settings, value);
		if (strcmp(value, usual) != 0 && strcmp(rule->name, "dir") != 0)
			len += (size_t)snprintf(list + len, LIST_MAX - len,
						" %s=%s", rule->name, value);
	}
}

/* Those that were chosen, or passed. */
static void fill_ports(struct settings_ports *ports,
		       const struct sockets *sockets)
{
	unsigned i;

	ports->count = (uint16_t)sockets->count;
	for (i = 0; i < sockets->count; i++)
		ports->at[i] = sockets->each[i].local.port;
}

static void say_settings(const struct banner *banner, struct diag *diag)
{
	struct settings s = *banner->settings;
	char list[LIST_MAX];

	fill_ports(&s.ports, banner->sockets);
	s.iso = settings_stamps_iso(&s);
	list_settings(&s, list);
	if (list[0] != '\0')
		diag_say(diag, "not the default:%s", list);
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

void banner_fill(const struct banner *banner, struct settings *settings,
		 struct banner_words *words)
{
	*settings = *banner->settings;
	write_ip(words->ip, first_local(banner));
	snprintf(words->uid, sizeof(words->uid), "%lu",
		 (unsigned long)banner->privilege->uid);
	snprintf(words->gid, sizeof(words->gid), "%lu",
		 (unsigned long)banner->privilege->gid);
	settings->ip = settings->ip ? settings->ip : words->ip;
	settings->uid = words->uid;
	settings->gid = words->gid;
	settings->dir = banner->dir;
}

static void warn_root(const struct banner *banner, struct diag *diag)
{
	if (banner->privilege->uid == 0)
		diag_warn(diag, "runs as root, which it need not; uid=USER");
}

/* A line for each socket. */
static bool say_places(const struct banner *banner, struct diag *diag,
		       const char *verb)
{
	char name[SRCADDR_TEXT_MAX];
	bool said = true;
	unsigned i;

	for (i = 0; i < banner->sockets->count; i++) {
		srcaddr_text(name, &banner->sockets->each[i].local,
			     banner->scopes, NULL);
		said &= diag_say(diag, "%s %s", verb, name);
	}
	return said;
}

bool banner_say(const struct banner *banner, struct diag *diag,
		const char *verb)
{
	char pattern[2 * FILENAME_BYTES];
	char zone[ZONE_TEXT_MAX];
	bool said = say_places(banner, diag, verb);

	write_pattern(pattern, banner->settings->file.pattern);
	diag_say(diag, "writing %s/%s", banner->dir, pattern);
	diag_say(diag, "receive buffer rbuf=%lu (granted %ld)",
		 banner->settings->rbuf_bytes,
		 sockets_granted(banner->sockets));
	name_zone(banner, diag, zone);
	diag_say(diag, "times are %s", zone);
	say_settings(banner, diag);
	warn_small_buffer(banner, diag);
	warn_root(banner, diag);
	say_sender(banner, diag);
	return said;
}
