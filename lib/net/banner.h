/*
 * banner - the lines on stderr at start, and the command for a sender.
 *
 * L2.
 */
#ifndef UDPLOGGER_BANNER_H
#define UDPLOGGER_BANNER_H

#include <arpa/inet.h>
#include <stdbool.h>

#include "decimal.h"

struct diag;
struct privilege;
struct settings;
struct sockets;
struct srcaddr_scopes;
struct sys;
struct zone;

struct banner {
	const struct sys *sys;
	const struct settings *settings;
	const struct srcaddr_scopes *scopes;
	const struct sockets *sockets;
	const struct privilege *privilege;
	const struct zone *zone;
	const char *dir;
};

struct banner_words {
	char ip[INET6_ADDRSTRLEN];
	char uid[DECIMAL_MAX + 1];
	char gid[DECIMAL_MAX + 1];
};

/*
 * Makes @settings those of @banner, with address, user and group, which may be
 * left open there, and DIR as they came to be; they are in @words.
 */
void banner_fill(const struct banner *banner, struct settings *settings,
		 struct banner_words *words);

/*
 * Says a short line each: where it listens, into which files it writes, what
 * receive buffer was granted, the zone of the times, which settings are not the
 * default, and, for each port and address of reach_find(), the command for a
 * sender.
 * Warns where the buffer is much smaller than asked for, the zone unknown, or
 * the user root.  @verb: "listening on" or "would listen on".  False when the
 * first line could not be written.
 */
bool banner_say(const struct banner *banner, struct diag *diag,
		const char *verb);

#endif
