/*
 * whom - who is meant by host=, in the words of the log.
 *
 * L0.  host= is a name, ADDRESS with all its ports, IPV4:PORT or [IPV6]:PORT.
 * A sender stands in the log by the name that it had, or by its address; hosts=
 * may have named it later.  So a name also means the addresses that have it
 * now, and an address also the names that it has now.  A link-local address may
 * be asked for without its interface, and then has any.  HOSTS_UDPLOGGER stands
 * for the daemon's own lines, which have no sender.
 */
#ifndef UDPLOGGER_WHOM_H
#define UDPLOGGER_WHOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hosts.h"

/* A sender as a line of the log has it; views.  Nobody: all zero. */
struct whom_seen {
	const char *host; /* NULL: it has no name */
	size_t host_len;
	const char
		*address; /* without brackets; NULL: only the name is there */
	size_t address_len;
	uint32_t port; /* or WHOM_NO_PORT */
};
#define WHOM_NO_PORT UINT32_MAX

/*
 * Reads the source of a line of text: NAME, ADDRESS, IPV4:PORT or [IPV6]:PORT.
 */
void whom_see(struct whom_seen *seen, const char *source, size_t len);

/* What a source that is meant begins with, which tells apart most at once. */
#define WHOM_HEADS 64
struct whom_head {
	char text[SRCADDR_TEXT_MAX];
	uint8_t len;
};

struct whom {
	const struct hosts *hosts; /* not owned */
	bool is_name;
	bool any_port;
	bool any_scope;
	uint16_t port;
	const char *name; /* not owned */
	size_t name_len;
	char address[SRCADDR_TEXT_MAX];
	size_t address_len;
	unsigned count; /* of @heads; more than WHOM_HEADS: not all are known */
	struct whom_head heads[WHOM_HEADS];
};

/* @host, which is kept, as @hosts has it. */
void whom_init(struct whom *s, const char *host, const struct hosts *hosts);

/* Whether a line's source, which begins at @source, may be meant. */
static inline bool whom_may_be(const struct whom *s, const char *source,
			       size_t len)
{
	unsigned i;

	if (s->count > WHOM_HEADS)
		return true;
	for (i = 0; i < s->count; i++)
		if (s->heads[i].len <= len && *s->heads[i].text == *source &&
		    memcmp(s->heads[i].text, source, s->heads[i].len) == 0)
			return true;
	return false;
}

/* Whether it is meant. */
bool whom_is(const struct whom *s, const struct whom_seen *seen);

/*
 * Who that is, for counts by host: the name that it has, or had when it was
 * written; else its address.  *@len bytes, within @seen or @hosts.
 */
const char *whom_key(const struct whom_seen *seen, const struct hosts *hosts,
		     size_t *len);

/*
 * Whether a file of that name, made by @pattern, can have lines of @s, as far
 * as {host} or {address} in it tell.
 */
struct filename;
bool whom_may_have_file(const struct whom *s, const struct filename *pattern,
			const char *name);

#endif
