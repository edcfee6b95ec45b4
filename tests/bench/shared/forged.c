/* forged - datagrams that a forger may think of; see forged.h. */
#include "forged.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HELD  64 /* messages that udplogger holds of one sender */
#define SPANS 96 /* pieces that it holds of one message */

/* Appends as much of @len bytes as fits. */
static void add_bytes(struct forged *f, const char *bytes, size_t len)
{
	if (len > f->most - f->len)
		len = f->most - f->len;
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void add(struct forged *f, const char *text)
{
	add_bytes(f, text, strlen(text));
}

/* Appends @text again and again, whole, but leaves room for @left bytes. */
static void fill(struct forged *f, const char *text, size_t left)
{
	size_t len = strlen(text);

	while (f->len + len + left <= f->most)
		add_bytes(f, text, len);
}

static void fill_line(struct forged *f, const char *text)
{
	fill(f, text, 1);
	add(f, "\n");
}

/* "PRIO,SEQUNUM,USEC,-" */
static void add_header(struct forged *f, uint64_t sequnum, uint64_t usec)
{
	char text[64];

	snprintf(text, sizeof(text), "6,%llu,%llu,-",
		 (unsigned long long)sequnum, (unsigned long long)usec);
	add(f, text);
}

static void add_number(struct forged *f, const char *before, uint64_t number,
		       const char *after)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%llu%s", before,
		 (unsigned long long)number, after);
	add(f, text);
}

static void add_fragment(struct forged *f, uint64_t offset, uint64_t total)
{
	add_number(f, ",ncfrag=", offset, "/");
	add_number(f, "", total, ";");
}

/* A sender's numbers, each datagram one more, as the usual ones have them. */
static void begin_record(struct forged *f, uint64_t k)
{
	f->source = (uint32_t)(k % f->sources);
	k /= f->sources;
	add_header(f, 1000 + k, 1000000 + k * 1000);
}

/* The kernel's time, and @part up to the end of the line. */
static void text(struct forged *f, uint64_t k, const char *part)
{
	char time[32];

	f->source = (uint32_t)(k % f->sources);
	snprintf(time, sizeof(time), "[%5u.%06u] ", (unsigned)(k / 1000 % 1000),
		 (unsigned)(k % 1000 * 1000));
	add(f, time);
	fill_line(f, part);
}

static void bare_text(struct forged *f, uint64_t k, const char *part)
{
	f->source = (uint32_t)(k % f->sources);
	fill(f, part, 0);
}

static void record(struct forged *f, uint64_t k, const char *part)
{
	begin_record(f, k);
	add(f, ";");
	fill_line(f, part);
}

static void fields(struct forged *f, uint64_t k, const char *part)
{
	begin_record(f, k);
	fill(f, part, 3);
	add(f, ";x\n");
}

/* Pairs; each '#' in @part is a number of its own. */
static void pairs(struct forged *f, uint64_t k, const char *part)
{
	unsigned n = 0;

	begin_record(f, k);
	add(f, ";x\n");
	while (f->most - f->len >= strlen(part) + 8) {
		size_t len = strcspn(part, "#");

		add_bytes(f, part, len);
		if (part[len] == '#')
			add_number(f, "", n++, part + len + 1);
	}
}

/* The same record again and again, of another boot each 64 datagrams. */
static void doubled(struct forged *f, uint64_t k, const char *part)
{
	begin_record(f, k - k % 64);
	add(f, ";");
	fill_line(f, part);
}

static void numbered(struct forged *f, uint64_t sequnum, uint64_t usec,
		     uint64_t msgid)
{
	add_header(f, sequnum, usec);
	add(f, ";");
	fill(f, "x", 18);
	add_number(f, "\n msgid=", msgid, "\n");
}

static void boots(struct forged *f, uint64_t k, const char *part)
{
	(void)part;
	add_header(f, k % 2 ? 100000 : 1, k % 2 ? 99000000 : 0);
	add(f, ";");
	fill_line(f, "x");
}

/* Each shows that many before it are lost. */
static void losses(struct forged *f, uint64_t k, const char *part)
{
	(void)part;
	numbered(f, k * 1000 + 1, k * 1000, k * 1000 + 1);
}

/* One of these is lost, the next is that one, late. */
static void lates(struct forged *f, uint64_t k, const char *part)
{
	uint64_t n = (k ^ 1) + 1;

	(void)part;
	numbered(f, n, n * 1000, n);
}

/* From far before and far behind, in turn. */
static void astray(struct forged *f, uint64_t k, const char *part)
{
	uint64_t n = k % 2 ? 1000000 + k : 1000 + k;

	(void)part;
	numbered(f, n, 5000000, n);
}

/* Senders whose records wait for earlier ones. */
static void ahead(struct forged *f, uint64_t k, const char *part)
{
	f->source = (uint32_t)(k % f->sources);
	k /= f->sources;
	add_header(f, 1000 + 2 * k, 1000000 + k * 1000);
	add(f, ";");
	fill_line(f, part);
}

/* Records in falling order. */
static void falling(struct forged *f, uint64_t k, const char *part)
{
	f->source = (uint32_t)(k % f->sources);
	k /= f->sources;
	add_header(f, 10000000 - k, 1000000);
	add(f, ";");
	fill_line(f, part);
}

/* A piece of one byte of a message of its own. */
static void begun(struct forged *f, uint64_t k, const char *part)
{
	(void)part;
	begin_record(f, k);
	add_fragment(f, 70000, 73000);
	add(f, "x");
}

/* Messages in pieces of one byte with holes between, from the last to the first. */
static void holes(struct forged *f, uint64_t k, const char *part)
{
	uint64_t n = k / HELD % SPANS;

	(void)part;
	add_header(f, 1000 + k / (HELD * SPANS) * HELD + k % HELD, 1000000);
	add_fragment(f, 73000 - n * 700, 73500);
	add(f, "x");
}

/* The same, and then the last piece of each again and again. */
static void pieces_again(struct forged *f, uint64_t k, const char *part)
{
	holes(f, k < HELD * SPANS ? k : HELD * SPANS - HELD + k % HELD, part);
}

/* The same, but each time all pieces in one. */
static void pieces_over(struct forged *f, uint64_t k, const char *part)
{
	uint64_t n = k % (SPANS + 1);

	(void)part;
	add_header(f, 1000 + k / (SPANS + 1), 1000000);
	add_fragment(f, n < SPANS ? (SPANS - n) * 8 : 0, 73500);
	if (n < SPANS)
		add(f, "x");
	else
		fill(f, "x", 0);
}

/* A sender with messages begun, while another's record waits. */
static void beside_waiting(struct forged *f, uint64_t k, const char *part)
{
	(void)part;
	if (k == 0) {
		f->source = f->sources - 1;
		add_header(f, 1000, 1000000);
		add(f, ";x\n");
	} else if (k < HELD) {
		add_header(f, 1 + k, 1000000);
		add_fragment(f, 0, 5000);
		add(f, "x");
	} else {
		add_header(f, 1000 + k, 1000000 + k);
		add(f, ";");
		fill_line(f, "x");
	}
}

/* Messages begun, of which each second record takes off those lost. */
static void boots_beside(struct forged *f, uint64_t k, const char *part)
{
	(void)part;
	if (k < HELD - 1) {
		add_header(f, 1000 + k, 0);
		add_fragment(f, 0, 5000);
		add(f, "x");
	} else if (k % 2) {
		numbered(f, 1, 0, 1);
	} else {
		numbered(f, 100000, 99000000, 100000);
	}
}

struct kind {
	const char *name;
	void (*make)(struct forged *f, uint64_t k, const char *part);
	const char *part;
};

#define CRS4 "\\x0d\\x0d\\x0d\\x0d"
#define CRS  "\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r"

static const struct kind kinds[] = {
	{ "text", text, "x" },
	{ "record", record, "x" },
	{ "open", bare_text, "x" },

	{ "newlines", bare_text, "\n" },
	{ "short-lines", bare_text, "a\n" },
	{ "lines", bare_text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" },
	{ "crs", bare_text, "\r" },
	{ "cr-lines", bare_text, "a\r" },
	{ "crs-between", bare_text, "\n" CRS CRS CRS },
	{ "control", text, "\x01" },
	{ "latin", text, "\xc3\xa9" },
	{ "euro", text, "\xe2\x82\xac" },
	{ "emoji", text, "\xf0\x9f\x98\x80" },
	{ "invalid", text, "\xe2\x82" },
	{ "in-turn", text, "a\x01" },
	{ "tabs", text, "abcdefg\t" },
	{ "unseen", text, "\xe2\x80\x8b" },
	{ "colours", text, "\x1b[1;31m" },
	{ "csi", text, "\x1b[" },
	{ "csi-open", text, "\x1b[0123456789" },
	{ "strings", text, "\x1bP" },
	{ "c1", text, "\xc2\x9b" },
	{ "quotes", text, "\"" },
	{ "no-header", bare_text, "6,1,1,-,a" },

	{ "fields", fields, ",a" },
	{ "field", fields, "a" },
	{ "ncfrags", fields, ",ncfra" },
	{ "caller", fields, ",caller=ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "record-lines", record, "\\x0a" },
	{ "record-crs", record, "\\x0a" CRS4 CRS4 CRS4 CRS4 },
	{ "record-control", record, "\\x01" },
	{ "record-raw", record, "\x01" },
	{ "record-latin", record, "\xc3\xa9" },
	{ "backslashes", record, "\\" },
	{ "pairs", pairs, " #=v\n" },
	{ "keys", pairs, " #\n" },
	{ "same-key", pairs, " a=v\n" },
	{ "short-pairs", pairs, " a\n" },
	{ "escaped-pairs", pairs, " DEVICE=\\x01\n" },
	{ "long-keys", pairs,
	  " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa#=\n" },
	{ "control-pairs", pairs, " \x01#=\x01\n" },
	{ "value-lines", pairs, " #=\n\n\n\n\n\n\n\n\n\n\n\n\n" },

	{ "doubled", doubled, "x" },
	{ "boots", boots, NULL },
	{ "losses", losses, NULL },
	{ "lates", lates, NULL },
	{ "astray", astray, NULL },
	{ "ahead", ahead, "x" },
	{ "falling", falling, "x" },
	{ "begun", begun, NULL },
	{ "holes", holes, NULL },
	{ "pieces-again", pieces_again, NULL },
	{ "pieces-over", pieces_over, NULL },
	{ "beside-waiting", beside_waiting, NULL },
	{ "boots-beside", boots_beside, NULL },
};

int forged_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return (int)i;
	return -1;
}

void forged_make(struct forged *f, int kind, uint64_t k)
{
	f->source = 0;
	f->len = 0;
	kinds[kind].make(f, k, kinds[kind].part);
}
