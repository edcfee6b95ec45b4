/*
 * hosts - names of senders, from the file of hosts=.
 *
 * L0.  Lines as in hosts(5), "ADDRESS NAME", and "ADDRESS:PORT NAME" for one
 * sender behind an address, an IPv6 address then in brackets; "#" begins a
 * comment, and further names on a line are left alone.  Of several lines for
 * one sender the first counts, of ADDRESS:PORT and ADDRESS the former.
 */
#ifndef UDPLOGGER_HOSTS_H
#define UDPLOGGER_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "srcaddr.h"

#define HOSTS_NAME_MAX	 64 /* bytes of a name */
#define HOSTS_MAX	 131072 /* lines that name a sender */
#define HOSTS_TEXT_BYTES (8 * 1024 * 1024) /* of a file */

/* Names that our own files have. */
#define HOSTS_OTHERS	"others"
#define HOSTS_UDPLOGGER "udplogger"

struct hosts_entry;

struct hosts {
	struct hosts_entry *entries;
	uint32_t *buckets; /* a number of an entry, from 1; 0: none */
	const char *text; /* of the file; names stand in it; not owned */
	uint32_t count;
};

/* The bytes of memory that a table needs. */
size_t hosts_bytes(void);

/*
 * Makes a table without names in @memory, which is zeroed, aligned for any type
 * and of hosts_bytes().
 */
void hosts_init(struct hosts *hosts, void *memory);

/* Where hosts_read() is in a text, and what it found. */
struct hosts_reader {
	size_t offset;
	size_t line; /* the number of the line that was read last, from 1 */
	const char *wrong; /* about that line */
};

/*
 * Adds the names in the @len bytes at @text, which stay there as long as the
 * table is used.  @reader is zeroed before the first call.  False: a line is
 * bad and left out, as @reader says; the next call goes on behind it.
 */
bool hosts_read(struct hosts *hosts, struct hosts_reader *reader,
		const char *text, size_t len);

/* Who is named by a line. */
struct hosts_sender {
	struct srcaddr addr; /* its port is void with @any_port */
	bool any_port;
	const char *name; /* without NUL */
	size_t name_len;
};

/* The line at @i, from 0; false behind the last. */
bool hosts_nth(const struct hosts *hosts, uint32_t i,
	       struct hosts_sender *sender);

/*
 * Reads ADDRESS, IPV4:PORT or [IPV6]:PORT into @sender, but for its name; false
 * if @text, @len bytes, is none of these.
 */
bool hosts_read_sender(struct hosts_sender *sender, const char *text,
		       size_t len);

/*
 * The same of what somebody asks for: the log also has "[IPV6]" without a port,
 * and "%INTERFACE" behind an address, *@scope_len bytes at *@scope.
 */
bool hosts_read_asked(struct hosts_sender *sender, const char *text,
		      const char **scope, size_t *scope_len);

/* Whether a sender, or the daemon itself, may have that name. */
bool hosts_may_have(const char *name);

/* The name of the sender at @addr, of *@len bytes, without NUL; NULL: none. */
const char *hosts_name(const struct hosts *hosts, const struct srcaddr *addr,
		       size_t *len);

#endif
