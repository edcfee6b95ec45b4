/* rules - what may be set, and how; see rules.h. */
#include "rules.h"

#include <stdint.h>
#include <string.h>

#define FIELD(name) offsetof(struct settings, name)

#define TEXT(setter, name) \
	.set = (setter), .show = value_show_text, .field = FIELD(name)
#define NUMBER(setter, name, from, to)                                    \
	.set = (setter), .show = value_show_number, .field = FIELD(name), \
	.min = (from), .max = (to)
#define AMOUNT(what, name, from, to)                        \
	.set = value_set_##what, .show = value_show_##what, \
	.field = FIELD(name), .min = (from), .max = (to)
#define WORD(name, ...)                                                       \
	.set = value_set_word, .show = value_show_word, .field = FIELD(name), \
	.words = { __VA_ARGS__ }

/* In the order of the start line, --help and the manual. */
static const struct rule rules[] = {
	{ "ip", "ADDRESS", "::", "an IPv4 or IPv6 address",
	  "local address; :: takes IPv4 too, and is\n"
	  "0.0.0.0 where the kernel has no IPv6",
	  TEXT(value_set_ip, ip) },
	{ "port", "PORT", "6666", "0 to 65535",
	  "local UDP port; 0 takes a free one and says which",
	  NUMBER(value_set_number, port, 0, 65535) },
	{ "dir", "DIRECTORY", ".", "a directory that can be written",
	  "where the log files are", TEXT(value_set_text, dir) },
	{ "file", "PATTERN", "%Y-%m-%d.log", "a path with %Y, %m and %d",
	  "path of the log files below dir=; %H, {host},\n"
	  "{address} and {port} may stand in it, too",
	  .wrong = value_wrong_file, .set = value_set_file,
	  .show = value_show_file },
	{ "files", "NUMBER", "10000", "1 to 65536",
	  "files a day for senders that hosts= doesn't name",
	  NUMBER(value_set_number, files, 1, 65536) },
	{ "hosts", "FILE", "none", "a path, or none",
	  "names of senders, in lines as in /etc/hosts",
	  TEXT(value_set_option, hosts) },
	{ "timeout", "SECONDS", "10", "5 to 600",
	  "how long an unfinished line waits for its end",
	  .set = value_set_seconds, .show = value_show_seconds,
	  .field = FIELD(timeout_ms), .min = 5, .max = 600 },
	{ "line", "END", "newline", "newline, cr or datagram",
	  "what ends a line: a newline; that, or a carriage\n"
	  "return; that, or the end of a datagram",
	  WORD(line, "newline", "cr", "datagram") },
	{ "source", "WHO", "port", "port or address",
	  "a sender is an address and a port, or an address",
	  WORD(by_address, "port", "address") },
	{ "clients", "NUMBER", "1024", "10 to 65536", "senders tracked at once",
	  NUMBER(value_set_number, clients, 10, 65536) },
	{ "wbuf", "BYTES", "65536", "1024 to 1048576, or with K or M",
	  "longest line; a longer one is written in pieces",
	  NUMBER(value_set_size, wbuf_bytes, 1024, 1048576) },
	{ "held", "BYTES", "67108864", "65536 to 1073741824, or with K, M or G",
	  "memory for unfinished lines",
	  NUMBER(value_set_size, held_bytes, 65536, 1073741824) },
	{ "rbuf", "BYTES", "134217728",
	  "65536 to 1073741824, or with K, M or G",
	  "receive buffer to ask of the kernel",
	  NUMBER(value_set_size, rbuf_bytes, 65536, 1073741824) },
	{ "queue", "BYTES", "67108864",
	  "1048576 to 1073741824, or with K, M or G",
	  "memory for finished lines while the disk refuses",
	  NUMBER(value_set_size, queue_bytes, 1048576, 1073741824) },
	{ "keep", "DAYS", "none", "0 to 36500, or none",
	  "remove files older than so many whole days",
	  AMOUNT(keep, keep_days, 0, 36500) },
	{ "max", "BYTES", "none", "1M to 1024T, or none",
	  "remove the oldest while all take more than that",
	  AMOUNT(limit, max_bytes, 1048576, UINT64_C(1) << 50) },
	{ "free", "BYTES", "none", "64K to 1024T, or none",
	  "remove the oldest while less is free on the disk",
	  AMOUNT(limit, free_bytes, 65536, UINT64_C(1) << 50) },
	{ "keepmin", "DAYS", "2", "0 to 36500",
	  "max= and free= remove no file of so many whole days\n"
	  "before today",
	  AMOUNT(days, keepmin_days, 0, 36500) },
	{ "uid", "USER", "the caller's", "a user's number or name",
	  "user to run as, who owns the files", TEXT(value_set_id, uid) },
	{ "gid", "GROUP", "the user's", "a group's number or name",
	  "group to run as", TEXT(value_set_id, gid) },
	{ "perm", "MODE", "0600", "0000 to 0666, octal, without execute bits",
	  "mode of the files", .set = value_set_perm, .show = value_show_perm,
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
	  NUMBER(value_set_number, reorder_ms, 0, 1000) },
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

void rules_defaults(struct settings *settings)
{
	size_t i;

	*settings = (struct settings){ .port = 0 };
	for (i = 0; i < RULES; i++)
		if (rules[i].set != value_set_ip &&
		    rules[i].set != value_set_id)
			rules[i].set(&rules[i], settings, rules[i].fallback);
}
