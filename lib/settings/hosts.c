/* hosts - names of senders; see hosts.h. */
#include "hosts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"
#include "filename.h"

#define BUCKETS (2 * HOSTS_MAX)
#define BLANKS	" \t\r\v\f"

#define ANY_PORT UINT32_MAX

struct hosts_entry {
	uint8_t ip[16]; /* as in struct srcaddr */
	uint32_t port; /* or ANY_PORT */
	uint32_t name; /* where it stands in the text */
	uint32_t next; /* in its bucket; 0: none */
	uint8_t name_len;
};

size_t hosts_bytes(void)
{
	return HOSTS_MAX * sizeof(struct hosts_entry) +
	       BUCKETS * sizeof(uint32_t);
}

void hosts_init(struct hosts *hosts, void *memory)
{
	*hosts = (struct hosts){
		.entries = memory,
		.buckets = (uint32_t *)(void *)((struct hosts_entry *)memory +
						HOSTS_MAX),
	};
}

/* Administrators write the file; nobody chooses addresses that collide. */
static uint32_t *chain_of(const struct hosts *hosts, const uint8_t ip[16],
			  uint32_t port)
{
	uint64_t a, b;

	memcpy(&a, ip, sizeof(a));
	memcpy(&b, ip + sizeof(a), sizeof(b));
	a = (a * 31 + b) * 31 + port;
	a *= 0x9e3779b97f4a7c15;
	return &hosts->buckets[a >> 32 & (BUCKETS - 1)];
}

static const struct hosts_entry *find(const struct hosts *hosts,
				      const uint8_t ip[16], uint32_t port)
{
	uint32_t number = *chain_of(hosts, ip, port);

	while (number > 0) {
		const struct hosts_entry *entry = &hosts->entries[number - 1];

		if (entry->port == port && memcmp(entry->ip, ip, 16) == 0)
			return entry;
		number = entry->next;
	}
	return NULL;
}

/* A view of a part of a line. */
struct word {
	const char *at;
	size_t len;
};

/* The next word of a line that ends at @end, or one of no bytes. */
static struct word next_word(const char **at, const char *end)
{
	struct word word;

	while (*at < end && strchr(BLANKS, **at) && **at != '\0')
		++*at;
	word.at = *at;
	while (*at < end && (**at == '\0' || !strchr(BLANKS, **at)))
		++*at;
	word.len = (size_t)(*at - word.at);
	return word;
}

/* Reads an address, without brackets. */
static bool read_ip(struct word word, struct srcaddr *addr)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	char text[INET6_ADDRSTRLEN];

	if (word.len >= sizeof(text) || memchr(word.at, '\0', word.len))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		srcaddr_from(addr, (const void *)&four, sizeof(four));
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		srcaddr_from(addr, (const void *)&six, sizeof(six));
	else
		return false;
	return true;
}

/* Reads ADDRESS, IPV4:PORT or [IPV6]:PORT; @word has a byte at least. */
static bool read_sender(struct word word, struct srcaddr *addr, uint32_t *port)
{
	const char *end = word.at + word.len;
	const char *colon = end - 1;
	const unsigned char *digits;
	uint64_t value;

	*port = ANY_PORT;
	if (read_ip(word, addr))
		return true;
	while (colon > word.at && *colon != ':')
		colon--;
	digits = (const unsigned char *)colon + 1;
	if (colon == word.at ||
	    !decimal_read(&digits, (const unsigned char *)end, UINT16_MAX,
			  &value) ||
	    digits != (const unsigned char *)end)
		return false;
	*port = (uint32_t)value;
	word.len = (size_t)(colon - word.at);
	if (*word.at != '[')
		return !memchr(word.at, ':', word.len) && read_ip(word, addr);
	if (word.len < 2 || colon[-1] != ']')
		return false;
	return read_ip((struct word){ word.at + 1, word.len - 2 }, addr) &&
	       memchr(word.at, ':', word.len);
}

static bool is(struct word word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

/* What is wrong with a name, or NULL. */
static const char *objection_to_name(struct word name)
{
	size_t i;

	if (name.len == 0)
		return "a name is missing behind the address";
	if (name.len > HOSTS_NAME_MAX)
		return "a name has at most 64 bytes";
	if (*name.at == '.')
		return "a name does not begin with a dot";
	for (i = 0; i < name.len; i++)
		if (name.at[i] == '\0' || !strchr(FILENAME_SAFE, name.at[i]))
			return "a name is made of A-Z a-z 0-9 . _ and -";
	if (is(name, HOSTS_OTHERS) || is(name, HOSTS_UDPLOGGER))
		return "the names others and udplogger are taken";
	return NULL;
}

static const char *add_line(struct hosts *hosts, const char *at,
			    const char *end)
{
	struct word address = next_word(&at, end);
	struct word name = next_word(&at, end);
	struct srcaddr addr;
	const char *wrong;
	uint32_t *bucket;
	uint32_t port;

	if (address.len == 0)
		return NULL;
	if (!read_sender(address, &addr, &port))
		return "it begins with no ADDRESS, IPV4:PORT or [IPV6]:PORT";
	wrong = objection_to_name(name);
	if (wrong || find(hosts, addr.ip, port))
		return wrong;
	if (hosts->count == HOSTS_MAX)
		return "too many lines: at most 131072 name a sender";
	bucket = chain_of(hosts, addr.ip, port);
	hosts->entries[hosts->count] = (struct hosts_entry){
		.port = port,
		.name = (uint32_t)(name.at - hosts->text),
		.name_len = (uint8_t)name.len,
		.next = *bucket,
	};
	memcpy(hosts->entries[hosts->count].ip, addr.ip, sizeof(addr.ip));
	*bucket = ++hosts->count;
	return NULL;
}

bool hosts_read(struct hosts *hosts, struct hosts_reader *reader,
		const char *text, size_t len)
{
	hosts->text = text;
	while (reader->offset < len) {
		const char *line = text + reader->offset;
		size_t rest = len - reader->offset;
		const char *end = memchr(line, '\n', rest);
		const char *comment;

		if (!end)
			end = line + rest;
		reader->offset += (size_t)(end - line) + 1;
		reader->line++;
		comment = memchr(line, '#', (size_t)(end - line));
		reader->wrong = add_line(hosts, line, comment ? comment : end);
		if (reader->wrong)
			return false;
	}
	return true;
}

bool hosts_nth(const struct hosts *hosts, uint32_t i,
	       struct hosts_sender *sender)
{
	const struct hosts_entry *entry;

	if (i >= hosts->count)
		return false;
	entry = &hosts->entries[i];
	*sender = (struct hosts_sender){
		.any_port = entry->port == ANY_PORT,
		.addr.port = (uint16_t)entry->port,
		.name = hosts->text + entry->name,
		.name_len = entry->name_len,
	};
	memcpy(sender->addr.ip, entry->ip, sizeof(entry->ip));
	return true;
}

bool hosts_read_sender(struct hosts_sender *sender, const char *text,
		       size_t len)
{
	const struct word word = { text, len };
	uint32_t port;

	*sender = (struct hosts_sender){ .name = NULL };
	if (len == 0 || !read_sender(word, &sender->addr, &port))
		return false;
	sender->any_port = port == ANY_PORT;
	sender->addr.port = (uint16_t)port;
	return true;
}

bool hosts_read_asked(struct hosts_sender *sender, const char *text,
		      const char **scope, size_t *scope_len)
{
	char plain[2 * SRCADDR_TEXT_MAX];
	size_t before = strcspn(text, "%");
	size_t len = strlen(text);

	*scope = text + before;
	*scope_len = strcspn(*scope, "]");
	if (len >= sizeof(plain))
		return false;
	/* The address without its scope, and what may stand behind that. */
	memcpy(plain, text, before);
	memcpy(plain + before, *scope + *scope_len, len - before - *scope_len);
	len -= *scope_len;
	if (len > 2 && plain[0] == '[' && plain[len - 1] == ']' &&
	    hosts_read_sender(sender, plain + 1, len - 2))
		return true;
	return hosts_read_sender(sender, plain, len);
}

bool hosts_may_have(const char *name)
{
	const struct word word = { name, strlen(name) };

	return is(word, HOSTS_OTHERS) || is(word, HOSTS_UDPLOGGER) ||
	       !objection_to_name(word);
}

const char *hosts_name(const struct hosts *hosts, const struct srcaddr *addr,
		       size_t *len)
{
	const struct hosts_entry *entry = NULL;

	if (hosts->count > 0)
		entry = find(hosts, addr->ip, addr->port);
	if (!entry && hosts->count > 0)
		entry = find(hosts, addr->ip, ANY_PORT);
	if (!entry)
		return NULL;
	*len = entry->name_len;
	return hosts->text + entry->name;
}
