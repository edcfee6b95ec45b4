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

#include "bounds.h"
#include "filename.h"

enum settings_line {
	SETTINGS_LINE_NEWLINE,
	SETTINGS_LINE_CR, /* or CR */
	SETTINGS_LINE_DATAGRAM, /* or the end of a datagram */
};

enum settings_tee { SETTINGS_TEE_NO, SETTINGS_TEE_YES, SETTINGS_TEE_AUTO };

/* No port is there twice, but 0: any free one. */
struct settings_ports {
	uint16_t at[SOCKETS_MAX];
	uint16_t count; /* at least 1 */
};

/* Texts are not owned; they stay as long as the settings do. */
struct settings {
	const char *conf; /* more settings; NULL: no file */
	const char *ip; /* NULL: any, IPv6 too if the kernel has it */
	const char *dir;
	struct filename file; /* names of the log files */
	const char *link; /* to the day's file; NULL: none */
	unsigned long files; /* in a period, of senders without a name */
	const char *hosts; /* names of senders; NULL: no file */
	const char *run; /* directory of the files of state; NULL: none */
	const char *uid; /* a number or a name; NULL: the caller's */
	const char *gid; /* a number or a name; NULL: the user's */
	struct settings_ports ports; /* of the sockets */
	unsigned long timeout_ms; /* patience for unfinished lines */
	unsigned long clients; /* senders at once, at least 1 */
	unsigned long wbuf_bytes; /* longest line, at least 8 */
	unsigned long held_bytes; /* memory for unfinished lines */
	unsigned long rbuf_bytes; /* receive buffer to ask for */
	unsigned long queue_bytes; /* memory for finished lines */
	unsigned long perm; /* mode of the files */
	unsigned long reorder_ms; /* how long records wait for earlier ones */
	uint64_t limit_lines; /* of a sender, a second; 0: any number */
	uint64_t keep_days; /* files of today and before stay; 0: of any day */
	uint64_t max_bytes; /* of all files together; 0: any number */
	uint64_t free_bytes; /* of the file system; 0: any number */
	uint64_t keepmin_days; /* these stay, whatever the other two say */
	uint8_t tee; /* enum settings_tee: lines are shown on stdout too */
	uint8_t line; /* enum settings_line: what ends a line of text */
	bool by_address; /* a sender is an address, whatever its port */
	bool hides_ansi; /* escape sequences are left out */
	bool incidents; /* what kernels announce gets a file of its own */
	bool notices; /* the log tells of start and end */
	bool raw; /* bytes are written as they came */
	bool extended; /* extended netconsole is read, unless @raw */
	bool level; /* "<PRIO>" before each line of extended netconsole */
	bool json; /* objects are written; never with @raw */
	bool iso; /* stamps of RFC 3339, which JSON always has */
};

/* Reads ports with commas between; returns NULL, or what is wrong. */
const char *settings_read_ports(struct settings_ports *ports, const char *text);

/* Writes them likewise. */
#define SETTINGS_PORTS_MAX (SOCKETS_MAX * 6)
void settings_write_ports(char text[SETTINGS_PORTS_MAX],
			  const struct settings_ports *ports);

/* Whether datagrams of extended netconsole are read as records. */
static inline bool settings_reads_extended(const struct settings *settings)
{
	return settings->extended && !settings->raw;
}

/* Whether old files are to go. */
static inline bool settings_remove(const struct settings *settings)
{
	return settings->keep_days > 0 || settings->max_bytes > 0 ||
	       settings->free_bytes > 0;
}

/* Whether stamps show microseconds. */
static inline bool settings_stamps_iso(const struct settings *settings)
{
	return settings->iso || settings->json;
}

#endif
