/* srcaddr - who sent a datagram; see srcaddr.h. */
#include "srcaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped_prefix[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff,
};

static void from_ipv4(struct srcaddr *addr, const struct sockaddr *sa)
{
	struct sockaddr_in sin;

	memcpy(&sin, sa, sizeof(sin));
	memcpy(addr->ip, mapped_prefix, sizeof(mapped_prefix));
	memcpy(addr->ip + 12, &sin.sin_addr, 4);
	addr->port = ntohs(sin.sin_port);
}

static void from_ipv6(struct srcaddr *addr, const struct sockaddr *sa)
{
	struct sockaddr_in6 sin6;

	memcpy(&sin6, sa, sizeof(sin6));
	memcpy(addr->ip, &sin6.sin6_addr, sizeof(addr->ip));
	addr->scope = sin6.sin6_scope_id;
	addr->port = ntohs(sin6.sin6_port);
}

void srcaddr_from(struct srcaddr *addr, const struct sockaddr *sa, size_t len)
{
	sa_family_t family = AF_UNSPEC;

	memset(addr, 0, sizeof(*addr));
	if (len >= offsetof(struct sockaddr, sa_family) + sizeof(family))
		memcpy(&family,
		       (const char *)sa + offsetof(struct sockaddr, sa_family),
		       sizeof(family));
	if (family == AF_INET && len >= sizeof(struct sockaddr_in))
		from_ipv4(addr, sa);
	else if (family == AF_INET6 && len >= sizeof(struct sockaddr_in6))
		from_ipv6(addr, sa);
}

bool srcaddr_has_scope(const struct srcaddr *addr)
{
	return addr->scope != 0;
}

static bool is_ipv4(const struct srcaddr *addr)
{
	return memcmp(addr->ip, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

/* Whoever names interfaces may put anything but '/' and space into it. */
static bool is_printable(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name <= ' ' || *name > '~')
			return false;
	return true;
}

size_t srcaddr_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr,
		    const char *scope_name)
{
	char ip[INET6_ADDRSTRLEN] = "";
	char scope[SRCADDR_SCOPE_MAX + 1] = "";
	int len;

	if (is_ipv4(addr)) {
		inet_ntop(AF_INET, addr->ip + 12, ip, sizeof(ip));
		len = snprintf(text, SRCADDR_TEXT_MAX, "%s:%u", ip, addr->port);
		return (size_t)len;
	}
	inet_ntop(AF_INET6, addr->ip, ip, sizeof(ip));
	if (addr->scope != 0 && scope_name && is_printable(scope_name))
		snprintf(scope, sizeof(scope), "%%%.*s", SRCADDR_SCOPE_MAX - 1,
			 scope_name);
	else if (addr->scope != 0)
		snprintf(scope, sizeof(scope), "%%%u", (unsigned)addr->scope);
	len = snprintf(text, SRCADDR_TEXT_MAX, "[%s%s]:%u", ip, scope,
		       addr->port);
	return (size_t)len;
}

uint32_t srcaddr_hash(const struct srcaddr *addr,
		      const uint64_t keys[SRCADDR_HASH_KEYS])
{
	uint32_t words[SRCADDR_HASH_KEYS - 1];
	uint64_t hash = keys[SRCADDR_HASH_KEYS - 1];
	size_t i;

	_Static_assert(sizeof(words) == sizeof(*addr), "no holes in the key");
	memcpy(words, addr, sizeof(words));
	for (i = 0; i < SRCADDR_HASH_KEYS - 1; i++)
		hash += keys[i] * words[i];
	return (uint32_t)(hash >> 32);
}
