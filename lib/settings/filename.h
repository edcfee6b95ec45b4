/*
 * filename - the names of the log files, by the pattern of file=.
 *
 * L0.  A name is a path below DIR.  Its date is the local one at which a line
 * began; {host}, {address} and {port} tell of the sender, {lport} of the port
 * that it sends to; each byte outside [A-Za-z0-9._-] becomes a "-" there.
 * Where a name is refused for long, lines go beside it: a number from 1 to 9
 * stands before its extension.
 */
#ifndef UDPLOGGER_FILENAME_H
#define UDPLOGGER_FILENAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stamp.h"

#define FILENAME_HOST_MAX 64 /* bytes of {host} and of {address} */
#define FILENAME_BYTES	  2048 /* of a name, its NUL included */
#define FILENAME_SAFE                \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" \
	"0123456789._-" /* of senders */
#define FILENAME_BESIDE 9 /* names beside a name */

/* A pattern that was found to be good. */
struct filename {
	const char *pattern; /* not owned */
	bool by_sender; /* has {host}, {address}, {port} or {lport} */
	bool by_hour;
	uint16_t max; /* bytes of the longest name, its NUL included */
	uint16_t extension; /* where the pattern's is, or its end */
};

/* What a name is made of. */
struct filename_parts {
	uint32_t period; /* STAMP_PERIOD() */
	const char *host; /* at most FILENAME_HOST_MAX bytes */
	size_t host_len;
	const char *address; /* likewise */
	size_t address_len;
	unsigned port;
	unsigned local; /* the port that was sent to; 0: none */
};

/* How many directories a name has below DIR. */
static inline uint32_t filename_depth(const struct filename *name)
{
	const char *at = name->pattern;
	uint32_t depth = 0;

	for (; *at != '\0'; at++)
		depth += *at == '/';
	return depth;
}

/*
 * As large as a pattern may be that comes while the daemon runs: memory for it
 * was taken at the start.  The pattern here is only as deep as it may be.
 */
static const struct filename filename_moderate = {
	.pattern = "///////",
	.by_sender = true,
	.max = 512,
};

static inline bool filename_is_moderate(const struct filename *name)
{
	return name->max <= filename_moderate.max &&
	       filename_depth(name) <= filename_depth(&filename_moderate);
}

/* The first part of @pattern that begins as a field, and is none; or NULL. */
const char *filename_unknown(const char *pattern);

/*
 * Returns NULL, or what is wrong with @pattern.  If filename_unknown() finds
 * something there, what is said is said of that.
 */
const char *filename_compile(struct filename *name, const char *pattern);

/* Writes the name, with a NUL, into @text; returns its length. */
size_t filename_write(const struct filename *name,
		      const struct filename_parts *parts,
		      char text[FILENAME_BYTES]);

/*
 * Writes the name beside @text, a name: @beside is from 1 to FILENAME_BESIDE.
 */
void filename_beside(const struct filename *name, const char *text,
		     unsigned beside, char other[FILENAME_BYTES]);

/* What a name tells of its file. */
struct filename_found {
	uint32_t period;
	uint64_t holder; /* a hash of the sender's fields; 0: there are none */
};

/*
 * Whether the pattern can make @text, for any sender and with .gz, .xz, .zst or
 * .bz2 behind it.  Where it could be made in more ways than one, the shortest
 * field that comes first counts.
 */
bool filename_match(const struct filename *name, const char *text,
		    struct filename_found *found);

/*
 * The same for one component: whether that part of the pattern which begins
 * @from bytes behind its begin, and ends with the next slash, can make @text.
 */
bool filename_match_component(const struct filename *name, size_t from,
			      const char *text);

/*
 * Whether the pattern can make names that begin with @text, a directory below
 * DIR without the last slash.
 */
bool filename_match_directory(const struct filename *name, const char *text);

#endif
