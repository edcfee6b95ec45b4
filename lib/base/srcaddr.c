/* srcaddr - who sent a datagram; see srcaddr.h. */
#include "srcaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"

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

bool srcaddr_is_ipv4(const struct srcaddr *addr)
{
	return memcmp(addr->ip, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

bool srcaddr_is_group(const struct srcaddr *addr)
{
	return srcaddr_is_ipv4(addr) ? (addr->ip[12] & 0xf0) == 0xe0
				     : addr->ip[0] == 0xff;
}

const char *srcaddr_scope_name(const struct srcaddr_scopes *scopes,
			       uint32_t index)
{
	unsigned i;

	for (i = 0; i < scopes->count; i++)
		if (scopes->index[i] == index)
			return scopes->name[i];
	return NULL;
}

/* The name of an interface may hold any byte but '/' and space. */
static bool is_printable(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name <= ' ' || *name > '~')
			return false;
	return true;
}

void srcaddr_scope_add(struct srcaddr_scopes *scopes, uint32_t index,
		       const char *name)
{
	if (scopes->count == SRCADDR_SCOPES_MAX)
		return;
	scopes->index[scopes->count] = index;
	snprintf(scopes->name[scopes->count], SRCADDR_SCOPE_MAX, "%s",
		 is_printable(name) ? name : "");
	scopes->count++;
}

/* inet_ntop() does this with printf(), which costs more than a line does. */
static size_t ipv4_text(char *text, const uint8_t ip[4])
{
	char *at = decimal_write(text, ip[0], 1);
	int i;

	for (i = 1; i < 4; i++) {
		*at++ = '.';
		at = decimal_write(at, ip[i], 1);
	}
	*at = '\0';
	return (size_t)(at - text);
}

size_t srcaddr_host_text(char text[SRCADDR_HOST_MAX],
			 const struct srcaddr *addr,
			 const struct srcaddr_scopes *scopes)
{
	const char *scope = NULL;
	char *at;

	if (srcaddr_is_ipv4(addr))
		return ipv4_text(text, addr->ip + 12);
	inet_ntop(AF_INET6, addr->ip, text, SRCADDR_HOST_MAX);
	at = text + strlen(text);
	if (addr->scope == 0)
		return (size_t)(at - text);
	if (scopes)
		scope = srcaddr_scope_name(scopes, addr->scope);
	*at++ = '%';
	if (scope && *scope != '\0') {
		strcpy(at, scope);
		return strlen(text);
	}
	at = decimal_write(at, addr->scope, 1);
	*at = '\0';
	return (size_t)(at - text);
}

size_t srcaddr_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr,
		    const struct srcaddr_scopes *scopes, size_t *host_len)
{
	bool brackets = !srcaddr_is_ipv4(addr);
	char *at = text;
	size_t len;

	if (brackets)
		*at++ = '[';
	len = srcaddr_host_text(at, addr, scopes);
	if (host_len)
		*host_len = len;
	at += len;
	if (brackets)
		*at++ = ']';
	*at++ = ':';
	at = decimal_write(at, addr->port, 1);
	*at = '\0';
	return (size_t)(at - text);
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
