/*
 * settings - what an administrator decides, in one struct.
 *
 * L0.  Rooms rules and options fill it; all other rooms read it through a const
 * pointer and keep no copy.
 */
#ifndef UDPLOGGER_SETTINGS_H
#define UDPLOGGER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filename.h"

enum settings_line {
	SETTINGS_LINE_NEWLINE,
	SETTINGS_LINE_CR, /* or CR */
	SETTINGS_LINE_DATAGRAM, /* or the end of a datagram */
};

enum settings_tee { SETTINGS_TEE_NO, SETTINGS_TEE_YES, SETTINGS_TEE_AUTO };

/* Texts are not owned; they stay as long as the settings do. */
struct settings {
	const char *ip; /* NULL: any, IPv6 too if the kernel has it */
	const char *dir;
	struct filename file; /* names of the log files */
	unsigned long files; /* in a period, of senders without a name */
	const char *hosts; /* names of senders; NULL: no file */
	const char *uid; /* a number or a name; NULL: the caller's */
	const char *gid; /* a number or a name; NULL: the user's */
	unsigned long port; /* 0: any free one */
	unsigned long timeout_ms; /* patience for unfinished lines */
	unsigned long clients; /* senders at once, at least 1 */
	unsigned long wbuf_bytes; /* longest line, at least 8 */
	unsigned long held_bytes; /* memory for unfinished lines */
	unsigned long rbuf_bytes; /* receive buffer to ask for */
	unsigned long queue_bytes; /* memory for finished lines */
	unsigned long perm; /* mode of the files */
	unsigned long reorder_ms; /* how long records wait for earlier ones */
	uint64_t keep_days; /* files of today and before stay; 0: of any day */
	uint64_t max_bytes; /* of all files together; 0: any number */
	uint64_t free_bytes; /* of the file system; 0: any number */
	uint64_t keepmin_days; /* these stay, whatever the other two say */
	uint8_t tee; /* enum settings_tee: lines are shown on stdout too */
	uint8_t line; /* enum settings_line: what ends a line of text */
	bool by_address; /* a sender is an address, whatever its port */
	bool hides_ansi; /* escape sequences are left out */
	bool raw; /* bytes are written as they came */
	bool extended; /* extended netconsole is read, unless @raw */
	bool level; /* "<PRIO>" before each line of extended netconsole */
	bool json; /* objects are written; never with @raw */
	bool iso; /* stamps of RFC 3339, which JSON always has */
};

/* Whether datagrams of extended netconsole are read as records. */
static inline bool settings_reads_extended(const struct settings *settings)
{
	return settings->extended && !settings->raw;
}

/* Whether stamps show microseconds. */
static inline bool settings_stamps_iso(const struct settings *settings)
{
	return settings->iso || settings->json;
}

#endif
