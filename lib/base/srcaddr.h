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

/* Two are equal when all their bytes are, so the padding stays zero. */
struct srcaddr {
	uint8_t ip[16];
	uint32_t scope; /* interface index of a link-local address, else 0 */
	uint16_t port; /* host byte order */
	uint16_t pad;
};

/* "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%SCOPE]:65535" and a NUL. */
#define SRCADDR_SCOPE_MAX 16 /* IFNAMSIZ, its NUL included */
#define SRCADDR_TEXT_MAX  72

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

/* Whether the text of @addr names an interface. */
bool srcaddr_has_scope(const struct srcaddr *addr);

/*
 * Writes ADDRESS:PORT, IPv6 as [ADDRESS]:PORT and link-local as
 * [ADDRESS%SCOPE]:PORT, into @text, with a NUL.  @scope_name is the
 * interface's name; NULL, or one that isn't
 * printable ASCII, writes its index.  Returns the length.
 */
size_t srcaddr_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr,
		    const char *scope_name);

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
