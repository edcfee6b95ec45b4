/* rules - what may be set, and how; see rules.h. */
#include "rules.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decimal.h"

static rule_setter set_ip, set_text, set_option, set_id, set_number,
	set_seconds, set_size, set_perm, set_word;
static rule_shower show_text, show_number, show_seconds, show_perm, show_word;

#define FIELD(name) offsetof(struct settings, name)

#define TEXT(setter, name) \
	.set = (setter), .show = show_text, .field = FIELD(name)
#define NUMBER(setter, name, from, to)                              \
	.set = (setter), .show = show_number, .field = FIELD(name), \
	.min = (from), .max = (to)
#define WORD(name, ...)                                           \
	.set = set_word, .show = show_word, .field = FIELD(name), \
	.words = { __VA_ARGS__ }

/* In the order of the start line, --help and the manual. */
static const struct rule rules[] = {
	{ "ip", "ADDRESS", "::", "an IPv4 or IPv6 address",
	  "local address; :: takes IPv4 too, and is\n"
	  "0.0.0.0 where the kernel has no IPv6",
	  TEXT(set_ip, ip) },
	{ "port", "PORT", "6666", "0 to 65535",
	  "local UDP port; 0 takes a free one and says which",
	  NUMBER(set_number, port, 0, 65535) },
	{ "dir", "DIRECTORY", ".", "a directory that can be written",
	  "where the files DIRECTORY/YYYY-MM-DD.log are", TEXT(set_text, dir) },
	{ "hosts", "FILE", "none", "a path, or none",
	  "names of senders, in lines as in /etc/hosts",
	  TEXT(set_option, hosts) },
	{ "timeout", "SECONDS", "10", "5 to 600",
	  "how long an unfinished line waits for its end", .set = set_seconds,
	  .show = show_seconds, .field = FIELD(timeout_ms), .min = 5,
	  .max = 600 },
	{ "line", "END", "newline", "newline, cr or datagram",
	  "what ends a line: a newline; that, or a carriage\n"
	  "return; that, or the end of a datagram",
	  WORD(line, "newline", "cr", "datagram") },
	{ "source", "WHO", "port", "port or address",
	  "a sender is an address and a port, or an address",
	  WORD(by_address, "port", "address") },
	{ "clients", "NUMBER", "1024", "10 to 65536", "senders tracked at once",
	  NUMBER(set_number, clients, 10, 65536) },
	{ "wbuf", "BYTES", "65536", "1024 to 1048576, or with K or M",
	  "longest line; a longer one is written in pieces",
	  NUMBER(set_size, wbuf_bytes, 1024, 1048576) },
	{ "held", "BYTES", "67108864", "65536 to 1073741824, or with K, M or G",
	  "memory for unfinished lines",
	  NUMBER(set_size, held_bytes, 65536, 1073741824) },
	{ "rbuf", "BYTES", "134217728",
	  "65536 to 1073741824, or with K, M or G",
	  "receive buffer to ask of the kernel",
	  NUMBER(set_size, rbuf_bytes, 65536, 1073741824) },
	{ "queue", "BYTES", "67108864",
	  "1048576 to 1073741824, or with K, M or G",
	  "memory for finished lines while the disk refuses",
	  NUMBER(set_size, queue_bytes, 1048576, 1073741824) },
	{ "uid", "USER", "the caller's", "a user's number or name",
	  "user to run as, who owns the files", TEXT(set_id, uid) },
	{ "gid", "GROUP", "the user's", "a group's number or name",
	  "group to run as", TEXT(set_id, gid) },
	{ "perm", "MODE", "0600", "0000 to 0666, octal, without execute bits",
	  "mode of the files", .set = set_perm, .show = show_perm,
	  .max = 0666 },
	{ "raw", "WHETHER", "no", "yes or no",
	  "write bytes as they came instead of escaped",
	  WORD(raw, "no", "yes") },
	{ "ansi", "WHAT", "show", "show or hide",
	  "hide: leave out escape sequences, as of colours",
	  WORD(hides_ansi, "show", "hide") },
	{ "format", "FORMAT", "text", "text or json",
	  "lines of text, or one object of JSON a line",
	  WORD(json, "text", "json") },
	{ "stamp", "STAMP", "traditional", "traditional or iso",
	  "iso: 2026-11-22T01:14:00.123456+09:00, as JSON has it",
	  WORD(iso, "traditional", "iso") },
	{ "extended", "WHETHER", "yes", "yes or no",
	  "read extended netconsole, unless raw=yes",
	  WORD(extended, "no", "yes") },
	{ "reorder", "MS", "10", "0 to 1000",
	  "how long extended records wait for earlier ones",
	  NUMBER(set_number, reorder_ms, 0, 1000) },
	{ "level", "WHETHER", "no", "yes or no",
	  "show <PRIO> before each line of extended netconsole",
	  WORD(level, "no", "yes") },
	{ "tee", "WHETHER", "auto", "yes, no or auto",
	  "show lines on stdout too; auto: if it's a terminal",
	  WORD(tee, "no", "yes", "auto") },
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

const struct rule *rules_nth(size_t i)
{
	return i < RULES ? &rules[i] : NULL;
}

const struct rule *rules_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < RULES; i++)
		if (strlen(rules[i].name) == len &&
		    memcmp(rules[i].name, name, len) == 0)
			return &rules[i];
	return NULL;
}

static unsigned long *number_field(struct settings *settings, size_t field)
{
	return (unsigned long *)(void *)((char *)settings + field);
}

static bool set_text(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	memcpy((char *)settings + rule->field, &text, sizeof(text));
	return true;
}

static bool set_option(const struct rule *rule, struct settings *settings,
		       const char *text)
{
	bool none = strcmp(text, "none") == 0;

	return *text != '\0' && set_text(rule, settings, none ? NULL : text);
}

static bool is_ipv6(const char *text)
{
	unsigned char binary[16];
	char ip[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(ip) || strlen(text) >= RULES_IP_MAX)
		return false;
	if (text[len] == '%' && text[len + 1] == '\0')
		return false;
	memcpy(ip, text, len);
	ip[len] = '\0';
	return inet_pton(AF_INET6, ip, binary) == 1;
}

static bool set_ip(const struct rule *rule, struct settings *settings,
		   const char *text)
{
	unsigned char binary[4];

	if (inet_pton(AF_INET, text, binary) != 1 && !is_ipv6(text))
		return false;
	return set_text(rule, settings, text);
}

/*
 * A number is taken as an id, below (uid_t)-1, which means "no change" to the
 * kernel.  Whether a name exists is for privilege_find() to find out.
 */
static bool set_id(const struct rule *rule, struct settings *settings,
		   const char *text)
{
	uint64_t id;

	if (text[strspn(text, "0123456789")] == '\0' &&
	    !decimal_parse(text, UINT32_MAX - 1, &id))
		return false;
	return set_text(rule, settings, text);
}

static bool set_number(const struct rule *rule, struct settings *settings,
		       const char *text)
{
	uint64_t value;

	if (!decimal_parse(text, rule->max, &value) || value < rule->min)
		return false;
	*number_field(settings, rule->field) = (unsigned long)value;
	return true;
}

static bool set_seconds(const struct rule *rule, struct settings *settings,
			const char *text)
{
	if (!set_number(rule, settings, text))
		return false;
	*number_field(settings, rule->field) *= 1000;
	return true;
}

static bool set_size(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	static const char units[] = "KMG";
	const unsigned char *at = (const unsigned char *)text;
	const char *unit;
	unsigned shift = 0;
	uint64_t value;

	if (!decimal_read(&at, at + strlen(text), rule->max, &value))
		return false;
	unit = *at != '\0' ? strchr(units, *at) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		at++;
	}
	if (*at != '\0' || value > rule->max >> shift ||
	    value << shift < rule->min)
		return false;
	*number_field(settings, rule->field) = (unsigned long)(value << shift);
	return true;
}

static bool set_perm(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	unsigned long value = 0;

	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '7' || value > rule->max)
			return false;
		value = value * 8 + (unsigned long)(*text - '0');
	}
	if ((value & ~rule->max) != 0)
		return false;
	settings->perm = value;
	return true;
}

static bool set_word(const struct rule *rule, struct settings *settings,
		     const char *text)
{
	uint8_t i;

	for (i = 0; i < RULES_WORDS && rule->words[i]; i++)
		if (strcmp(text, rule->words[i]) == 0) {
			*((uint8_t *)settings + rule->field) = i;
			return true;
		}
	return false;
}

static void show_text(const struct rule *rule, const struct settings *settings,
		      char value[RULES_VALUE_MAX])
{
	const char *text;

	memcpy(&text, (const char *)settings + rule->field, sizeof(text));
	snprintf(value, RULES_VALUE_MAX, "%s", text ? text : rule->fallback);
}

static unsigned long number_of(const struct rule *rule,
			       const struct settings *settings)
{
	unsigned long number;

	memcpy(&number, (const char *)settings + rule->field, sizeof(number));
	return number;
}

static void show_number(const struct rule *rule,
			const struct settings *settings,
			char value[RULES_VALUE_MAX])
{
	snprintf(value, RULES_VALUE_MAX, "%lu", number_of(rule, settings));
}

static void show_seconds(const struct rule *rule,
			 const struct settings *settings,
			 char value[RULES_VALUE_MAX])
{
	snprintf(value, RULES_VALUE_MAX, "%lu",
		 number_of(rule, settings) / 1000);
}

static void show_perm(const struct rule *rule, const struct settings *settings,
		      char value[RULES_VALUE_MAX])
{
	(void)rule;
	snprintf(value, RULES_VALUE_MAX, "%04lo", settings->perm);
}

static void show_word(const struct rule *rule, const struct settings *settings,
		      char value[RULES_VALUE_MAX])
{
	uint8_t i = *((const uint8_t *)settings + rule->field);

	snprintf(value, RULES_VALUE_MAX, "%s", rule->words[i]);
}

void rules_defaults(struct settings *settings)
{
	size_t i;

	*settings = (struct settings){ .port = 0 };
	for (i = 0; i < RULES; i++)
		if (rules[i].set != set_ip && rules[i].set != set_id)
			rules[i].set(&rules[i], settings, rules[i].fallback);
}
