/* sockets - all the UDP sockets; see sockets.h. */
#include "sockets.h"

#include <stdio.h>
#include <string.h>

#include "deadline.h"
#include "diag.h"
#include "errortext.h"
#include "escape.h"
#include "intake.h"
#include "service.h"
#include "settings.h"
#include "srcaddr.h"
#include "sys.h"

static int adopt(struct sockets *sockets, const struct sys *sys,
		 const struct settings *settings, int first,
		 char error[ERROR_MAX])
{
	unsigned i;

	for (i = 0; i < sockets->count; i++)
		if (listener_adopt(&sockets->each[i], sys, first + (int)i,
				   settings, error))
			return -1;
	return 0;
}

static void close_all(struct sockets *sockets, const struct sys *sys)
{
	while (sockets->count > 0)
		sys->close(sockets->each[--sockets->count].fd);
}

static int open_all(struct sockets *sockets, const struct sys *sys,
		    const struct settings *settings, char error[ERROR_MAX])
{
	const struct settings_ports *ports = &settings->ports;
	int result;

	while (sockets->count < ports->count) {
		result = listener_open(&sockets->each[sockets->count], sys,
				       settings, ports->at[sockets->count],
				       error);
		if (result) {
			close_all(sockets, sys);
			return result;
		}
		sockets->count++;
	}
	return 0;
}

int sockets_open(struct sockets *sockets, const struct sys *sys,
		 const struct settings *settings, char error[ERROR_MAX])
{
	int first = SERVICE_NO_SOCKET;

	/* The environment tells only once. */
	sockets->count = 0;
	first = service_sockets(sys, &sockets->count, error);
	if (first == SERVICE_REFUSED)
		return -1;
	sockets->adopted = first >= 0;
	return sockets->adopted ? adopt(sockets, sys, settings, first, error)
				: open_all(sockets, sys, settings, error);
}

static bool lacks(const struct listener *listener)
{
	return listener->address_waits || listener->group_error != 0;
}

static bool is_alike(const struct listener *a, const struct listener *b)
{
	return a->scope == b->scope &&
	       memcmp(a->local.ip, b->local.ip, sizeof(a->local.ip)) == 0;
}

/* What ports of one address lack is said of the first. */
static bool lacks_as_another(const struct sockets *sockets, unsigned at)
{
	unsigned i;

	for (i = 0; i < at; i++)
		if (lacks(&sockets->each[i]) &&
		    is_alike(&sockets->each[i], &sockets->each[at]))
			return true;
	return false;
}

static void write_lack(const struct sockets *sockets,
		       const struct settings *settings,
		       const struct listener *listener, char error[ERROR_MAX])
{
	char group[SRCADDR_HOST_MAX];
	char shown[ESCAPE_SHOWN_MAX];

	srcaddr_host_text(group, &listener->local, NULL);
	escape_shown(shown, settings->ip ? settings->ip : "::");
	if (sockets->adopted)
		snprintf(error, ERROR_MAX,
			 "LISTEN_FDS: unable to join multicast group %s: %s",
			 group, errortext(listener->group_error));
	else if (listener->address_waits)
		snprintf(error, ERROR_MAX,
			 "ip=%s: no interface of this machine has this address",
			 shown);
	else
		snprintf(error, ERROR_MAX,
			 "ip=%s: unable to join this multicast group: %s; "
			 "ip=GROUP%%eth0 names an interface",
			 shown, errortext(listener->group_error));
}

bool sockets_lack(const struct sockets *sockets,
		  const struct settings *settings, unsigned *at,
		  char error[ERROR_MAX])
{
	while (*at < sockets->count) {
		const struct listener *listener = &sockets->each[*at];
		bool is_said =
			lacks(listener) && !lacks_as_another(sockets, *at);

		++*at;
		if (is_said) {
			write_lack(sockets, settings, listener, error);
			return true;
		}
	}
	return false;
}

void sockets_join(struct sockets *sockets, const struct sys *sys,
		  struct diag *diag, uint64_t now_ms)
{
	const struct listener *said = NULL;
	char group[SRCADDR_HOST_MAX];
	bool fails = false;
	unsigned i;

	if (now_ms < sockets->join_ms)
		return;
	for (i = 0; i < sockets->count; i++) {
		struct listener *listener = &sockets->each[i];

		if (listener->group_error == 0)
			continue;
		listener_join(listener, sys);
		fails |= listener->group_error != 0;
		if (listener->group_error != 0 ||
		    (said && is_alike(said, listener)))
			continue;
		srcaddr_host_text(group, &listener->local, NULL);
		diag_say(diag, "joined multicast group %s", group);
		said = listener;
	}
	sockets->join_ms = fails ? backoff_next(&sockets->backoff, now_ms)
				 : DEADLINE_NEVER;
}

const struct srcaddr *sockets_lasting(const struct sockets *sockets,
				      const struct settings *settings)
{
	const struct srcaddr *least = NULL;
	unsigned i;

	for (i = 0; i < sockets->count; i++) {
		const struct srcaddr *local = &sockets->each[i].local;

		if (!sockets->adopted && settings->ports.at[i] == 0)
			continue;
		if (!least || local->port < least->port ||
		    (local->port == least->port &&
		     memcmp(local->ip, least->ip, sizeof(local->ip)) < 0))
			least = local;
	}
	return least;
}

long sockets_granted(const struct sockets *sockets)
{
	long least = sockets->each[0].granted_bytes;
	unsigned i;

	for (i = 1; i < sockets->count; i++)
		if (sockets->each[i].granted_bytes < least)
			least = sockets->each[i].granted_bytes;
	return least;
}

void sockets_feed(const struct sockets *sockets, struct intake *in)
{
	unsigned i;

	for (i = 0; i < sockets->count; i++) {
		const struct listener *l = &sockets->each[i];
		struct inlet *inlet =
			intake_add(in, l->fd, &l->local, l->granted_bytes);

		if (sockets->adopted)
			drops_adopt(&inlet->socket.drops);
	}
	if (in->count > 1)
		intake_tell_apart(in);
}
