/*
 * expect - what the log must hold after a recording has been sent.
 *
 * Prints every line of the log without its stamp, `ADDRESS:PORT TEXT`, in the
 * order in which the lines were finished, and at the end the unfinished ones
 * in the order in which they began.
 *
 * It is the slow and obvious way to the same result: one byte at a time, one
 * table that is searched from its beginning.  It shares no code with lib/, so
 * that a mistake there is not repeated here.
 */
#include "dgrams.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SOURCES 65536U
#define MAX_NAME    64U
#define EXIT_USAGE  64

struct settings {
	size_t wbuf;
	bool raw;
	size_t clients;
	double timeout_s; /* 0: no line waits too long */
	double speed;
	uint64_t first; /* 1 is the recording's first datagram */
	uint64_t last;
	const char *sources;
};

struct source {
	char key[MAX_NAME]; /* ADDRESS:PORT in the recording */
	char name[MAX_NAME]; /* and in the log */
	unsigned char *line;
	size_t len;
	double began_s;
	uint64_t began; /* order of the lines' beginnings */
	bool heard; /* again, since its turn to make room */
	bool continues; /* the line before it was cut at wbuf */
	bool tracked; /* among the daemon's clients, in a place of its own */
	size_t place;
};

struct model {
	struct settings set;
	struct source *sources;
	size_t count;
	size_t tracked; /* places in use; they are never given back */
	size_t turn; /* the place that makes room, unless heard */
	const struct source
		*last; /* heard of all, of which nobody asks again */
	uint64_t ticks;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "expect: %s: %s\n", what, why);
	exit(1);
}

/*
 * The characters that a log may show: TAB, printable ASCII, and the table of
 * well-formed UTF-8 in RFC 3629, without U+0080..U+009F.
 */
static const struct form {
	unsigned char first, last; /* of the first byte */
	int size;
	unsigned char low, high; /* of the second byte; others are 80..bf */
} forms[] = {
	{ 0x09, 0x09, 1, 0, 0 },       { 0x20, 0x7e, 1, 0, 0 },
	{ 0xc2, 0xc2, 2, 0xa0, 0xbf }, { 0xc3, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f }, { 0, 0, 0, 0, 0 },
};

/*
 * How many bytes the character at @p has, 0 when it is none, and -1 when all
 * @len bytes are the beginning of one.
 */
static int character(const unsigned char *p, size_t len)
{
	const struct form *f = forms;
	int i;

	while (f->size && (p[0] < f->first || p[0] > f->last))
		f++;
	for (i = 1; i < f->size; i++) {
		if ((size_t)i == len)
			return -1;
		if (p[i] < (i == 1 ? f->low : 0x80))
			return 0;
		if (p[i] > (i == 1 ? f->high : 0xbf))
			return 0;
	}
	return f->size;
}

/*
 * Characters that act on the line and are not seen, as the first and the last of
 * a range in UTF-8, whose order is that of the bytes.
 */
static const char *const unseen[][2] = {
	{ "\u00ad", "\u00ad" },		{ "\u034f", "\u034f" },
	{ "\u0600", "\u0605" },		{ "\u061c", "\u061c" },
	{ "\u06dd", "\u06dd" },		{ "\u070f", "\u070f" },
	{ "\u0890", "\u0891" },		{ "\u08e2", "\u08e2" },
	{ "\u115f", "\u1160" },		{ "\u17b4", "\u17b5" },
	{ "\u180b", "\u180f" },		{ "\u200b", "\u200f" },
	{ "\u2028", "\u202e" },		{ "\u2060", "\u206f" },
	{ "\u3164", "\u3164" },		{ "\ufe00", "\ufe0f" },
	{ "\ufeff", "\ufeff" },		{ "\uffa0", "\uffa0" },
	{ "\ufff0", "\ufffb" },		{ "\U000110bd", "\U000110bd" },
	{ "\U000110cd", "\U000110cd" }, { "\U00013430", "\U0001343f" },
	{ "\U0001bca0", "\U0001bca3" }, { "\U0001d173", "\U0001d17a" },
	{ "\U000e0000", "\U000e0fff" },
};

static bool is_unseen(const unsigned char *p, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (strlen(unseen[i][0]) == size &&
		    memcmp(p, unseen[i][0], size) >= 0 &&
		    memcmp(p, unseen[i][1], size) <= 0)
			return true;
	return false;
}

static void print_text(const unsigned char *p, size_t len, bool raw)
{
	size_t i = 0;

	while (i < len) {
		int size = raw ? 1 : character(p + i, len - i);

		if (!raw && size > 1 && is_unseen(p + i, (size_t)size))
			size = 0;

		if (size > 0) {
			fwrite(p + i, 1, (size_t)size, stdout);
			i += (size_t)size;
		} else {
			printf("\\x%02x", p[i]);
			i++;
		}
	}
}

static void print_line(const struct source *s, size_t len, bool raw)
{
	printf("%s ", s->name);
	print_text(s->line, len, raw);
	putchar('\n');
}

static void finish(struct model *m, struct source *s, bool newline)
{
	size_t len = s->len;

	if (newline && !m->set.raw)
		while (len > 0 && s->line[len - 1] == '\r')
			len--;
	if ((newline || s->len > 0) && (len > 0 || !s->continues))
		print_line(s, len, m->set.raw);
	s->len = 0;
	s->continues = false;
}

/*
 * The bytes of a line that stay for its next piece: those of a character that
 * the cut would split.
 */
static size_t split_tail(const struct model *m, const struct source *s)
{
	size_t n;

	for (n = 1; n <= 3 && !m->set.raw; n++)
		if (character(s->line + s->len - n, n) == -1)
			return n;
	return 0;
}

static void cut(struct model *m, struct source *s, double now_s)
{
	size_t tail = split_tail(m, s);

	print_line(s, s->len - tail, m->set.raw);
	memmove(s->line, s->line + s->len - tail, tail);
	s->len = tail;
	s->continues = true;
	s->began_s = now_s;
	s->began = ++m->ticks;
}

static void take_byte(struct model *m, struct source *s, unsigned char byte,
		      double now_s)
{
	if (byte == '\n') {
		finish(m, s, true);
		return;
	}
	/* CRs behind a newline belong to it. */
	if (byte == '\r' && s->len == 0 && !s->continues && !m->set.raw)
		return;
	if (s->len == m->set.wbuf)
		cut(m, s, now_s);
	if (s->len == 0) {
		s->began_s = now_s;
		s->began = ++m->ticks;
	}
	s->line[s->len++] = byte;
}

/* The unfinished line that began first, among those before @until_s. */
static struct source *oldest(struct model *m, double until_s)
{
	struct source *found = NULL;
	size_t i;

	for (i = 0; i < m->count; i++) {
		struct source *s = &m->sources[i];

		if (s->len == 0 || s->began_s > until_s)
			continue;
		if (!found || s->began < found->began)
			found = s;
	}
	return found;
}

static void expire(struct model *m, double now_s)
{
	struct source *s;

	if (m->set.timeout_s <= 0)
		return;
	while ((s = oldest(m, now_s - m->set.timeout_s)))
		finish(m, s, false);
}

static struct source *source_at(const struct model *m, size_t place)
{
	struct source *s = m->sources;

	while (!s->tracked || s->place != place)
		s++;
	return s;
}

/*
 * The place of a new source.  In a full table the turn goes round, past those
 * heard since it came by last, and the first other source makes room.
 */
static size_t make_room(struct model *m)
{
	struct source *s;

	if (m->tracked < m->set.clients)
		return m->tracked++;
	while ((s = source_at(m, m->turn))->heard) {
		s->heard = false;
		m->turn = (m->turn + 1) % m->set.clients;
	}
	m->turn = (m->turn + 1) % m->set.clients;
	finish(m, s, false);
	s->tracked = false;
	return s->place;
}

/* Lines `FROM -> TO`, as replay prints them; others may be among them. */
static void rename_source(const struct model *m, struct source *s)
{
	char line[256], from[MAX_NAME], to[MAX_NAME];
	FILE *file;

	if (!m->set.sources)
		return;
	file = fopen(m->set.sources, "r");
	if (!file)
		die(m->set.sources, strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s -> %63s", from, to) != 2 ||
		    strcmp(from, s->name) != 0)
			continue;
		memcpy(s->name, to, sizeof(to));
		break;
	}
	fclose(file);
}

static struct source *add_source(struct model *m, const char *key)
{
	struct source *s = &m->sources[m->count];

	if (m->count++ == MAX_SOURCES)
		die("recording", "too many sources");
	snprintf(s->key, sizeof(s->key), "%s", key);
	snprintf(s->name, sizeof(s->name), "%s", key);
	rename_source(m, s);
	s->line = malloc(m->set.wbuf);
	if (!s->line)
		die("memory", strerror(errno));
	return s;
}

static struct source *find_source(struct model *m, const struct dgram *dg)
{
	const char *form = dg->family == AF_INET6 ? "[%s]:%u" : "%s:%u";
	struct source *s = NULL;
	char key[MAX_NAME];
	size_t i;

	snprintf(key, sizeof(key), form, dg->addr, (unsigned)dg->port);
	for (i = 0; i < m->count && !s; i++)
		if (strcmp(m->sources[i].key, key) == 0)
			s = &m->sources[i];
	if (!s)
		s = add_source(m, key);
	if (s->tracked) {
		s->heard |= s != m->last;
	} else {
		s->place = make_room(m);
		s->heard = false;
		s->tracked = true;
	}
	m->last = s;
	return s;
}

static void take(struct model *m, const struct dgram *dg)
{
	double now_s = (double)dg->at_us / 1e6 / m->set.speed;
	struct source *s;
	size_t i;

	expire(m, now_s);
	if (dg->len == 0)
		return; /* such a source is no less silent */
	s = find_source(m, dg);
	for (i = 0; i < dg->len; i++)
		take_byte(m, s, dg->bytes[i], now_s);
}

static void take_all(struct model *m, struct dgrams *d)
{
	struct source *s;
	struct dgram dg;
	int got;

	while ((got = dgrams_next(d, &dg)) > 0)
		if (d->count >= m->set.first && d->count <= m->set.last)
			take(m, &dg);
	if (got < 0)
		die("recording", d->error);
	while ((s = oldest(m, 1e300)))
		finish(m, s, false);
}

static double number(double least, double most)
{
	char *end;
	double n = strtod(optarg, &end);

	if (*end || end == optarg || !(n >= least && n <= most)) {
		fprintf(stderr, "expect: %s: not a number in range\n", optarg);
		exit(EXIT_USAGE);
	}
	return n;
}

static const char usage[] =
	"Usage: expect [OPTION]... FILE.dgrams\n"
	"What the log must hold after FILE was sent, without the stamps.\n"
	"FILE is a recording (tests/data/README); - is standard input.\n"
	"\n"
	"  --wbuf=N          longest line in bytes (65536)\n"
	"  --raw             bytes as they came\n"
	"  --clients=N       sources that the daemon tracks at once (1024)\n"
	"  --timeout=S       a line is written S seconds after it began,\n"
	"                    by the recording's own times (0: it waits)\n"
	"  --speed=N         those times are divided by N (1)\n"
	"  --first=N --last=N  only these datagrams; the first is 1\n"
	"  --sources=FILE    lines `FROM -> TO` that replay printed: the\n"
	"                    source FROM of the recording is TO in the log\n"
	"  --help            this text\n";

static const struct option options[] = {
	{ "wbuf", required_argument, NULL, 'w' },
	{ "raw", no_argument, NULL, 'r' },
	{ "clients", required_argument, NULL, 'c' },
	{ "timeout", required_argument, NULL, 't' },
	{ "speed", required_argument, NULL, 's' },
	{ "first", required_argument, NULL, 'f' },
	{ "last", required_argument, NULL, 'l' },
	{ "sources", required_argument, NULL, 'm' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void set_option(struct settings *set, int option)
{
	if (option == 'w')
		set->wbuf = (size_t)number(4, 1 << 20);
	else if (option == 'c')
		set->clients = (size_t)number(1, MAX_SOURCES);
	else if (option == 't')
		set->timeout_s = number(0, 1e6);
	else if (option == 's')
		set->speed = number(1e-3, 1e6);
	else if (option == 'f')
		set->first = (uint64_t)number(1, 1e15);
	else if (option == 'l')
		set->last = (uint64_t)number(1, 1e15);
	else if (option == 'r')
		set->raw = true;
	else if (option == 'm')
		set->sources = optarg;
	else if (option == 'h')
		exit(fputs(usage, stdout) < 0);
	else
		exit(EXIT_USAGE);
}

int main(int argc, char **argv)
{
	static struct model m;
	struct dgrams d;
	int option;

	m.set = (struct settings){ 65536, false, 1024, 0, 1, 1, UINT64_MAX, 0 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(&m.set, option);
	if (argc - optind != 1)
		return fputs(usage, stderr), EXIT_USAGE;
	m.sources = calloc(MAX_SOURCES, sizeof(*m.sources));
	if (!m.sources)
		die("memory", strerror(errno));
	if (dgrams_open(&d, argv[optind]))
		die(argv[optind], d.error);
	take_all(&m, &d);
	if (fflush(stdout) || ferror(stdout))
		die("standard output", strerror(errno));
	dgrams_close(&d);
	return 0;
}
