/*
 * srcaddr - who sent a datagram: a key to look up, and its text.
 *
 * L0.  An IPv4 address, whether it came through an IPv4 or an IPv6 socket, is
 * one key: the IPv4-mapped address of RFC 4291, section 2.5.5.2.
 */
#ifndef UDPLOGGER_SRCADDR_H
#define UDPLOGGER_SRCADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sockaddr;

/* Two are equal when all their bytes are.  Ports are in host byte order. */
struct srcaddr {
	uint8_t ip[16];
	uint32_t scope; /* interface index of a link-local address, else 0 */
	uint16_t port;
	uint16_t local; /* the port that it sent to, or 0; not in its text */
};

/* "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%SCOPE]:65535" and a NUL. */
#define SRCADDR_SCOPE_MAX 16 /* IFNAMSIZ, its NUL included */
#define SRCADDR_TEXT_MAX  72
#define SRCADDR_HOST_MAX  64 /* without brackets and port */

/*
 * Makes the key of @sa, which has @len bytes.  An address of another family,
 * or one that was cut, gives the key of [::]:0, as there is nothing better to
 * say of it and its datagram is still worth keeping.
 */
void srcaddr_from(struct srcaddr *addr, const struct sockaddr *sa, size_t len);

static inline bool srcaddr_equal(const struct srcaddr *a,
				 const struct srcaddr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether it is an IPv4 address. */
bool srcaddr_is_ipv4(const struct srcaddr *addr);

/* Whether it is a multicast group. */
bool srcaddr_is_group(const struct srcaddr *addr);

/* Names of interfaces, by their index.  Zeroed: none is known. */
#define SRCADDR_SCOPES_MAX 64
struct srcaddr_scopes {
	unsigned count;
	uint32_t index[SRCADDR_SCOPES_MAX];
	char name[SRCADDR_SCOPES_MAX][SRCADDR_SCOPE_MAX]; /* "": has none */
};

/* The name of interface @index, perhaps ""; NULL if it is not known. */
const char *srcaddr_scope_name(const struct srcaddr_scopes *scopes,
			       uint32_t index);

/*
 * Adds @name, cut to what fits, for interface @index.  A name that isn't
 * printable ASCII is kept as ""; a full table takes no more.
 */
void srcaddr_scope_add(struct srcaddr_scopes *scopes, uint32_t index,
		       const char *name);

/*
 * Writes ADDRESS, without brackets, into @text, with a NUL: a link-local one as
 * ADDRESS%NAME, or with the interface's index if @scopes, which may be NULL,
 * has no name for it.  Returns the length.
 */
size_t srcaddr_host_text(char text[SRCADDR_HOST_MAX],
			 const struct srcaddr *addr,
			 const struct srcaddr_scopes *scopes);

/*
 * The same with the port, ADDRESS:PORT and [ADDRESS]:PORT.  *@host_len, unless
 * NULL, is the length of ADDRESS in it.
 */
size_t srcaddr_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr,
		    const struct srcaddr_scopes *scopes, size_t *host_len);

#define SRCADDR_HASH_KEYS 7

/*
 * A hash that a sender can't steer without knowing the random @keys, as
 * spoofed addresses could otherwise be chosen to fall into one bucket: the
 * multilinear family, which is strongly universal (Lemire and Kaser, "Strongly
 * universal string hashing is fast", 2014, section 2).  Whichever addresses
 * are chosen, two of them share all 32 bits with a probability of 2^-32.
 */
uint32_t srcaddr_hash(const struct srcaddr *addr,
		      const uint64_t keys[SRCADDR_HASH_KEYS]);

#endif
