/* whom - who is meant by host=; see whom.h. */
#include "whom.h"

#include <string.h>

#include "decimal.h"
#include "filename.h"

static bool equals(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* Cuts ":PORT" from the end of *@len bytes. */
static uint32_t cut_port(const char *text, size_t *len)
{
	size_t colon = *len;
	const unsigned char *at;
	uint64_t port;

	while (colon > 0 && decimal_is_digit((unsigned char)text[colon - 1]))
		colon--;
	if (colon == 0 || colon == *len || text[colon - 1] != ':')
		return WHOM_NO_PORT;
	at = (const unsigned char *)text + colon;
	if (!decimal_read(&at, (const unsigned char *)text + *len, UINT16_MAX,
			  &port))
		return WHOM_NO_PORT;
	*len = colon - 1;
	return (uint32_t)port;
}

/* IPv4 has digits and dots alone, IPv6 two colons; no name has a colon. */
static bool is_address(const char *text, size_t len)
{
	const char *scope = memchr(text, '%', len);
	const char *colon = memchr(text, ':', len);
	struct hosts_sender sender;
	size_t i;

	if (colon && !memchr(colon + 1, ':', len - (size_t)(colon + 1 - text)))
		return false;
	for (i = 0; i < len && !colon; i++)
		if (!decimal_is_digit((unsigned char)text[i]) && text[i] != '.')
			return false;
	if (scope)
		len = (size_t)(scope - text);
	return hosts_read_sender(&sender, text, len) && sender.any_port;
}

void whom_see(struct whom_seen *seen, const char *source, size_t len)
{
	*seen = (struct whom_seen){ .port = WHOM_NO_PORT };
	if (len > 0 && *source == '[') {
		seen->port = cut_port(source, &len);
		len--;
		if (len > 0 && source[len] == ']')
			len--;
		seen->address = source + 1;
		seen->address_len = len;
		return;
	}
	if (is_address(source, len)) {
		seen->address = source;
		seen->address_len = len;
		return;
	}
	seen->port = cut_port(source, &len);
	if (seen->port != WHOM_NO_PORT) {
		seen->address = source;
		seen->address_len = len;
		return;
	}
	seen->host = source;
	seen->host_len = len;
}

static void add_head(struct whom *s, const char *before, const char *text,
		     size_t len)
{
	struct whom_head *head = &s->heads[s->count];
	size_t before_len = strlen(before);

	if (s->count >= WHOM_HEADS) {
		s->count = WHOM_HEADS + 1;
		return;
	}
	if (before_len + len > sizeof(head->text))
		len = sizeof(head->text) - before_len;
	memcpy(head->text, before, before_len);
	memcpy(head->text + before_len, text, len);
	head->len = (uint8_t)(before_len + len);
	s->count++;
}

/* IPv6 has brackets before a port, and none without. */
static void add_address_heads(struct whom *s, const char *text, size_t len)
{
	add_head(s, "", text, len);
	if (memchr(text, ':', len))
		add_head(s, "[", text, len);
}

/* The addresses that have the name now. */
static void add_addresses(struct whom *s)
{
	struct hosts_sender line;
	char text[SRCADDR_HOST_MAX];
	uint32_t i;

	for (i = 0; s->hosts && hosts_nth(s->hosts, i, &line); i++)
		if (equals(line.name, line.name_len, s->name, s->name_len))
			add_address_heads(
				s, text,
				srcaddr_host_text(text, &line.addr, NULL));
}

/* The names that the address has now. */
static void add_names(struct whom *s, const struct srcaddr *addr)
{
	struct hosts_sender line;
	uint32_t i;

	for (i = 0; s->hosts && hosts_nth(s->hosts, i, &line); i++)
		if (memcmp(line.addr.ip, addr->ip, sizeof(addr->ip)) == 0 &&
		    (s->any_port || line.any_port || line.addr.port == s->port))
			add_head(s, "", line.name, line.name_len);
}

static void init_name(struct whom *s, const char *host)
{
	s->is_name = true;
	s->name = host;
	s->name_len = strlen(host);
	add_head(s, "", host, s->name_len);
	add_addresses(s);
}

/*
 * Writes the address as the log would, with the interface that was asked for.
 */
static void init_address(struct whom *s, const struct hosts_sender *asked,
			 const char *scope, size_t scope_len)
{
	s->any_port = asked->any_port;
	s->port = asked->addr.port;
	s->address_len = srcaddr_host_text(s->address, &asked->addr, NULL);
	s->any_scope = scope_len == 0;
	if (s->address_len + scope_len > sizeof(s->address))
		scope_len = sizeof(s->address) - s->address_len;
	if (scope_len > 0)
		memcpy(s->address + s->address_len, scope, scope_len);
	s->address_len += scope_len;
	add_address_heads(s, s->address, s->address_len);
	add_names(s, &asked->addr);
}

void whom_init(struct whom *s, const char *host, const struct hosts *hosts)
{
	struct hosts_sender asked;
	const char *scope;
	size_t scope_len;

	*s = (struct whom){ .hosts = hosts };
	if (hosts_read_asked(&asked, host, &scope, &scope_len))
		init_address(s, &asked, scope, scope_len);
	else
		init_name(s, host);
}

/* The name that an address has now; NULL: none. */
static const char *name_now(const struct whom_seen *seen,
			    const struct hosts *hosts, size_t *len)
{
	const char *scope;
	struct hosts_sender sender;
	size_t address_len = seen->address_len;

	if (!hosts || !seen->address)
		return NULL;
	scope = memchr(seen->address, '%', address_len);
	if (scope)
		address_len = (size_t)(scope - seen->address);
	if (!hosts_read_sender(&sender, seen->address, address_len) ||
	    !sender.any_port)
		return NULL;
	sender.addr.port =
		seen->port == WHOM_NO_PORT ? 0 : (uint16_t)seen->port;
	return hosts_name(hosts, &sender.addr, len);
}

static bool has_name(const struct whom *s, const struct whom_seen *seen)
{
	const char *now;
	size_t len;

	if (seen->host)
		return equals(seen->host, seen->host_len, s->name, s->name_len);
	if (!seen->address)
		return strcmp(s->name, HOSTS_UDPLOGGER) == 0;
	now = name_now(seen, s->hosts, &len);
	return now && equals(now, len, s->name, s->name_len);
}

/* A name that stands alone, of which only hosts= knows the address. */
static bool is_named_now(const struct whom *s, const struct whom_seen *seen)
{
	unsigned i;

	/* Names stand among the heads, and no address looks like one. */
	for (i = 0; i < s->count && i < WHOM_HEADS; i++)
		if (equals(s->heads[i].text, s->heads[i].len, seen->host,
			   seen->host_len))
			return true;
	return false;
}

static bool has_address(const struct whom *s, const struct whom_seen *seen)
{
	size_t len = seen->address_len;
	const char *scope;

	if (s->any_scope && (scope = memchr(seen->address, '%', len)))
		len = (size_t)(scope - seen->address);
	return equals(seen->address, len, s->address, s->address_len) &&
	       (s->any_port || seen->port == s->port ||
		seen->port == WHOM_NO_PORT);
}

bool whom_is(const struct whom *s, const struct whom_seen *seen)
{
	if (s->is_name)
		return has_name(s, seen);
	return seen->address ? has_address(s, seen)
			     : seen->host && is_named_now(s, seen);
}

const char *whom_key(const struct whom_seen *seen, const struct hosts *hosts,
		     size_t *len)
{
	const char *now;

	if (seen->host) {
		*len = seen->host_len;
		return seen->host;
	}
	now = name_now(seen, hosts, len);
	if (now)
		return now;
	*len = seen->address_len;
	return seen->address;
}

/*
 * Whether @name has @len bytes of @text somewhere, as a file's name has them.
 */
static bool name_has(const char *name, const char *text, size_t len)
{
	char safe[SRCADDR_TEXT_MAX + 1];
	size_t i;

	for (i = 0; i < len; i++)
		safe[i] = strchr(FILENAME_SAFE, text[i]) ? text[i] : '-';
	safe[len] = '\0';
	return strstr(name, safe) != NULL;
}

bool whom_may_have_file(const struct whom *s, const struct filename *pattern,
			const char *name)
{
	bool by_host = strstr(pattern->pattern, "{host}") != NULL;
	bool by_address = strstr(pattern->pattern, "{address}") != NULL;
	unsigned i;

	/* A file of a name may be of an address that had it. */
	if (s->count > WHOM_HEADS || strstr(name, HOSTS_OTHERS) ||
	    !(by_host || (by_address && !s->is_name)))
		return true;
	if (!by_host)
		return name_has(name, s->address, s->address_len);
	for (i = 0; i < s->count; i++)
		if (*s->heads[i].text != '[' &&
		    name_has(name, s->heads[i].text, s->heads[i].len))
			return true;
	return false;
}
