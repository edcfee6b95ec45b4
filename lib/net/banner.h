/*
 * banner - the lines on stderr at start: the address, the file, every setting
 * in force, and the command for a sender.
 *
 * L2.
 */
#ifndef UDPLOGGER_BANNER_H
#define UDPLOGGER_BANNER_H

#include <stdbool.h>

struct diag;
struct listener;
struct privilege;
struct settings;
struct srcaddr_scopes;
struct sys;
struct zone;

struct banner {
	const struct sys *sys;
	const struct settings *settings;
	const struct srcaddr_scopes *scopes;
	const struct listener *listener;
	const struct privilege *privilege;
	const struct zone *zone;
	const char *dir;
	bool tee; /* whether lines are shown */
};

/*
 * Says the start line, then warns where the receive buffer is much smaller than
 * asked for or the time zone is unknown, then says the command for a sender,
 * for each address of reach_find().  @verb: "listening on" or "would listen
 * on".  False when the start line could not be written.
 */
bool banner_say(const struct banner *banner, struct diag *diag,
		const char *verb);

#endif
