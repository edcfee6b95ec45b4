/* fuzz_srcaddr - any bytes as the address of a sender. */
#include "srcaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common.h"

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* Splits "ADDRESS:PORT" or "[ADDRESS%SCOPE]:PORT" where it must be split. */
static void read_text(const char *text, char ip[64], char scope[64],
		      unsigned *port)
{
	const char *colon = strrchr(text, ':');
	int used = 0;

	MUST(colon && sscanf(colon, ":%u%n", port, &used) == 1);
	MUST(colon[used] == '\0' && *port <= 65535);
	*scope = '\0';
	if (text[0] != '[') {
		snprintf(ip, 64, "%.*s", (int)(colon - text), text);
		return;
	}
	MUST(colon[-1] == ']');
	snprintf(ip, 64, "%.*s", (int)(colon - text - 2), text + 1);
	if (strchr(ip, '%')) {
		snprintf(scope, 64, "%s", strchr(ip, '%') + 1);
		*strchr(ip, '%') = '\0';
	}
}

static void check_text(const struct srcaddr *addr, const char *scope_name)
{
	char text[SRCADDR_TEXT_MAX];
	unsigned char ip[16] = { 0 };
	char shown[64], scope[64], expected[64] = "";
	struct srcaddr_scopes scopes = { .count = 0 };
	unsigned port;
	size_t len;

	if (scope_name)
		srcaddr_scope_add(&scopes, addr->scope, scope_name);
	len = srcaddr_text(text, addr, &scopes, NULL);
	MUST(len < sizeof(text) && strlen(text) == len);
	MUST(reference_is_safe(text, len) && !strchr(text, ' '));
	read_text(text, shown, scope, &port);
	MUST(port == addr->port);
	if (text[0] == '[') {
		MUST(inet_pton(AF_INET6, shown, ip) == 1);
	} else {
		memcpy(ip, mapped, sizeof(mapped));
		MUST(inet_pton(AF_INET, shown, ip + 12) == 1);
	}
	MUST(memcmp(ip, addr->ip, 16) == 0);
	if (text[0] == '[' && addr->scope && scope_name)
		snprintf(expected, SRCADDR_SCOPE_MAX, "%s", scope_name);
	else if (text[0] == '[' && addr->scope)
		snprintf(expected, sizeof(expected), "%u", addr->scope);
	MUST(strcmp(scope, expected) == 0);
}

/* What is cut or of another family has no address. */
static void check_family(const struct srcaddr *addr, int family, size_t len)
{
	static const struct srcaddr none;

	if (family == AF_INET && len >= sizeof(struct sockaddr_in))
		MUST(memcmp(addr->ip, mapped, sizeof(mapped)) == 0);
	else if (family != AF_INET6 || len < sizeof(struct sockaddr_in6))
		MUST(srcaddr_equal(addr, &none));
	MUST(addr->local == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const uint64_t key[SRCADDR_HASH_KEYS] = { 1, 2 };
	struct sockaddr_storage aligned = { .ss_family = AF_UNSPEC };
	struct srcaddr addr, again;
	unsigned char *sa = malloc(len + 1);

	if (!sa)
		return 0;
	memcpy(sa, bytes, len);
	srcaddr_from(&addr, (struct sockaddr *)(void *)sa, len);
	memset(&again, 0xff, sizeof(again));
	memcpy(&aligned, sa, len < sizeof(aligned) ? len : sizeof(aligned));
	srcaddr_from(&again, (struct sockaddr *)&aligned, len);
	MUST(srcaddr_equal(&addr, &again));
	MUST(srcaddr_hash(&addr, key) == srcaddr_hash(&again, key));
	check_family(&addr, len >= 2 ? aligned.ss_family : AF_UNSPEC, len);
	check_text(&addr, NULL);
	check_text(&addr, "eth0");
	check_text(&addr, "a-name-far-longer-than-any-is");
	free(sa);
	return 0;
}
