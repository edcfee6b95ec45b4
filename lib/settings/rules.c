/* rules - what may be set, and how; see rules.h. */
#include "rules.h"

#include <stdint.h>
#include <string.h>

#include "linkname.h"

#define FIELD(name)                               \
	.field = offsetof(struct settings, name), \
	.size = sizeof(((struct settings *)NULL)->name)

#define TEXT(setter, name) .set = (setter), .show = value_show_text, FIELD(name)
#define NUMBER(setter, name, from, to)                           \
	.set = (setter), .show = value_show_number, FIELD(name), \
	.min = (from), .max = (to)
#define AMOUNT(what, name, from, to)                                     \
	.set = value_set_##what, .show = value_show_##what, FIELD(name), \
	.min = (from), .max = (to)
#define WORD(name, ...)                                              \
	.set = value_set_word, .show = value_show_word, FIELD(name), \
	.words = { __VA_ARGS__ }

#define LIVE .live = true

/* In the order of the start line, --help and the manual. */
static const struct rule rules[] = {
	{ "conf", "FILE", "none", "a path, or none",
	  "more options, a line each; # begins a comment;\n"
	  "what the command line has, goes before it",
	  TEXT(value_set_option, conf) },
	{ "ip", "ADDRESS", "::", "an IPv4 or IPv6 address",
	  "local address; :: takes IPv4 too, and is 0.0.0.0\n"
	  "where the kernel has no IPv6; a multicast group,\n"
	  "or GROUP%INTERFACE, is joined",
	  TEXT(value_set_ip, ip) },
	{ "port", "PORT,...", "6666", "0 to 65535; up to 16, with commas",
	  "local UDP ports, a socket for each; 0 takes a free\n"
	  "one and says which",
	  .wrong = value_wrong_ports, .set = value_set_ports,
	  .show = value_show_ports, FIELD(ports) },
	{ "dir", "DIRECTORY", ".", "a directory that can be written",
	  "where the log files are", TEXT(value_set_text, dir) },
	{ "file", "PATTERN", "%Y-%m-%d.log", "a path with %Y, %m and %d",
	  "path of the log files below dir=; %H, {host},\n"
	  "{address}, {port} and {lport} may stand in it, too",
	  .wrong = value_wrong_file, .part = filename_unknown,
	  .set = value_set_file, .show = value_show_file, FIELD(file), LIVE },
	{ "link", "NAME", "none", "a name of letters, digits and ._-, or none",
	  "a symbolic link to the day's file, as for tail -F",
	  .wrong = linkname_wrong, TEXT(value_set_link, link), LIVE },
	{ "files", "NUMBER", "10000", "1 to 65536",
	  "files a day for senders that hosts= doesn't name",
	  NUMBER(value_set_number, files, 1, 65536) },
	{ "hosts", "FILE", "none", "a path, or none",
	  "names of senders, in lines as in /etc/hosts",
	  TEXT(value_set_option, hosts), LIVE },
	{ "timeout", "SECONDS", "10", "5 to 600, or with ms, s or m",
	  "how long an unfinished line waits for its end",
	  .set = value_set_seconds, .show = value_show_seconds,
	  FIELD(timeout_ms), .min = 5, .max = 600, LIVE },
	{ "line", "END", "newline", "newline, cr or datagram",
	  "what ends a line: a newline; that, or a carriage\n"
	  "return; that, or the end of a datagram",
	  WORD(line, "newline", "cr", "datagram"), LIVE },
	{ "source", "WHO", "port", "port or address",
	  "a sender is an address and a port, or an address",
	  WORD(by_address, "port", "address") },
	{ "clients", "NUMBER", "1024", "10 to 1048576",
	  "senders tracked at once",
	  NUMBER(value_set_number, clients, 10, 1048576) },
	{ "limit", "LINES", "none", "1 to 100000, or none",
	  "lines a second of each sender, and at once those of\n"
	  "ten seconds; how many are left out is told",
	  .set = value_set_count, .show = value_show_limit, FIELD(limit_lines),
	  .min = 1, .max = 100000, LIVE },
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
	  AMOUNT(keep, keep_days, 0, 36500), LIVE },
	{ "max", "BYTES", "none", "1M to 1024T, or none",
	  "remove the oldest while all take more than that",
	  AMOUNT(limit, max_bytes, 1048576, UINT64_C(1) << 50), LIVE },
	{ "free", "BYTES", "none", "64K to 1024T, or none",
	  "remove the oldest while less is free on the disk",
	  AMOUNT(limit, free_bytes, 65536, UINT64_C(1) << 50), LIVE },
	{ "keepmin", "DAYS", "2", "0 to 36500",
	  "max= and free= remove no file of so many whole days\n"
	  "before today",
	  AMOUNT(days, keepmin_days, 0, 36500), LIVE },
	{ "run", "DIRECTORY", "none",
	  "a directory that can be written, or none",
	  "where udplogger.prom, for Prometheus, and senders, for\n"
	  "--status and --heard, are written every 10 seconds",
	  TEXT(value_set_option, run) },
	{ "uid", "USER", "the caller's", "a user's number or name",
	  "user to run as, who owns the files", TEXT(value_set_id, uid) },
	{ "gid", "GROUP", "the user's", "a group's number or name",
	  "group to run as", TEXT(value_set_id, gid) },
	{ "perm", "MODE", "0600", "0000 to 0666, octal, without execute bits",
	  "mode of the files", .set = value_set_perm, .show = value_show_perm,
	  FIELD(perm), .max = 0666, LIVE },
	{ "notices", "WHETHER", "no", "yes or no",
	  "yes: the log tells of start and end", WORD(notices, "no", "yes"),
	  LIVE },
	{ "incidents", "WHETHER", "no", "yes or no",
	  "yes: panics, oopses, boots and more of senders are\n"
	  "also told of in DIR/YYYY-MM-DD.incidents",
	  WORD(incidents, "no", "yes") },
	{ "raw", "WHETHER", "no", "yes or no",
	  "write bytes as they came instead of escaped",
	  WORD(raw, "no", "yes") },
	{ "ansi", "WHAT", "show", "show or hide",
	  "hide: leave out escape sequences, as of colours",
	  WORD(hides_ansi, "show", "hide"), LIVE },
	{ "format", "FORMAT", "text", "text or json",
	  "lines of text, or one object of JSON a line",
	  WORD(json, "text", "json"), LIVE },
	{ "stamp", "STAMP", "traditional", "traditional or iso",
	  "iso: 2026-11-22T01:14:00.123456+09:00, as JSON has it",
	  WORD(iso, "traditional", "iso"), LIVE },
	{ "extended", "WHETHER", "yes", "yes or no",
	  "read extended netconsole, unless raw=yes",
	  WORD(extended, "no", "yes") },
	{ "reorder", "MS", "10", "0 to 1000, or with ms or s",
	  "how long extended records wait for earlier ones",
	  NUMBER(value_set_ms, reorder_ms, 0, 1000), LIVE },
	{ "level", "WHETHER", "no", "yes or no",
	  "show <PRIO> before each line of extended netconsole",
	  WORD(level, "no", "yes"), LIVE },
	{ "tee", "WHETHER", "auto", "yes, no or auto",
	  "show lines on stdout too; auto: if it's a terminal",
	  WORD(tee, "no", "yes", "auto") },
};
#define RULES (sizeof(rules) / sizeof(rules[0]))
_Static_assert(RULES <= RULES_MAX, "struct options has room for all");

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

size_t rules_place(const struct rule *rule)
{
	return (size_t)(rule - rules);
}

void rules_copy(const struct rule *rule, struct settings *to,
		const struct settings *from)
{
	memcpy((char *)to + rule->field, (const char *)from + rule->field,
	       rule->size);
}

void rules_defaults(struct settings *settings)
{
	size_t i;

	*settings = (struct settings){ .ip = NULL };
	for (i = 0; i < RULES; i++)
		if (rules[i].set != value_set_ip &&
		    rules[i].set != value_set_id)
			rules[i].set(&rules[i], settings, rules[i].fallback);
}
