/*
 * check.c - says whether a log holds exactly what load sent.
 *
 * Every line's text is made again from the numbers it carries and compared
 * byte by byte, its source with the one it was sent from.  Each source's lines
 * must be in order, none missing, none twice.
 *
 *   check sources=N lines=COUNT [source=no] [open=yes] FILE...
 *   check count=DATAGRAMS FILE...
 *
 * source=no: the receiver does not tell sources, only the shape of the first
 * three fields is looked at.  open=yes: the lines' first halves were sent.
 * count=: for the floor and fragments, only its prefixes are counted.
 * Exit status 0 when nothing is wrong.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct check {
	uint32_t sources;
	uint64_t expected;
	bool with_source;
	bool open_lines;
	uint32_t passes;
	uint8_t *seen; /* source * passes + seq */
	int64_t *last; /* highest number of each source so far */
	uint64_t good;
	uint64_t doubled;
	uint64_t damaged;
	uint64_t disordered;
	uint64_t notices; /* lines of the receiver's own */
	char *first_bad;
};

struct view {
	const char *p;
	size_t len;
};

static bool like_stamp(struct view line)
{
	static const char shape[] = "dddd-dd-dd dd:dd:dd ";

	if (line.len < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		char c = line.p[i];

		if (shape[i] == 'd' ? c < '0' || c > '9' : c != shape[i])
			return false;
	}
	return true;
}

/* Cuts off the text before and with the first @c. */
static struct view cut_word(struct view *line, char c)
{
	struct view word = { line->p, 0 };
	const char *end = memchr(line->p, c, line->len);

	if (!end)
		return word;
	word.len = (size_t)(end - line->p);
	line->p += word.len + 1;
	line->len -= word.len + 1;
	return word;
}

static bool tagged_number(struct view word, char tag, uint32_t *n)
{
	*n = 0;
	if (word.len != 9 || *word.p != tag)
		return false;
	for (size_t i = 1; i < 9; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		*n = *n * 10 + (uint32_t)(word.p[i] - '0');
	}
	return true;
}

static bool same_source(struct view name, uint32_t source)
{
	char text[64];
	uint32_t addr;
	uint16_t port;
	int len;

	bench_source(source, &addr, &port);
	len = snprintf(text, sizeof(text), "%u.%u.%u.%u:%u", addr >> 24,
		       addr >> 16 & 255, addr >> 8 & 255, addr & 255, port);
	return name.len == (size_t)len && !memcmp(name.p, text, name.len);
}

static bool same_text(const struct check *c, struct view text, uint32_t source,
		      uint32_t seq)
{
	char wanted[BENCH_LINE_MAX];
	size_t len = bench_line(source, seq, wanted);

	len = c->open_lines ? bench_cut(len, 1, 2) : len - 1;
	return text.len == len && !memcmp(text.p, wanted, len);
}

static bool parse_line(const struct check *c, struct view line,
		       uint32_t *source, uint32_t *seq)
{
	struct view name;
	struct view text;

	line.p += 20;
	line.len -= 20;
	name = cut_word(&line, ' ');
	text = line;
	if (!tagged_number(cut_word(&line, ' '), 'S', source))
		return false;
	/* A first half may end with the number or in it. */
	if (c->open_lines)
		*seq = 0;
	else if (!tagged_number(cut_word(&line, ' '), 'N', seq))
		return false;
	return *source < c->sources && *seq < c->passes &&
	       (!c->with_source || same_source(name, *source)) &&
	       same_text(c, text, *source, *seq);
}

static bool own_notice(struct view line)
{
	static const char name[] = "udplogger: ";
	size_t len = sizeof(name) - 1;

	return line.len >= 20 + len && !memcmp(line.p + 20, name, len);
}

static void take_good(struct check *c, uint32_t source, uint32_t seq)
{
	uint8_t *seen = &c->seen[(size_t)source * c->passes + seq];

	if (*seen)
		c->doubled++;
	else if ((int64_t)seq < c->last[source])
		c->disordered++;
	else
		c->last[source] = seq;
	c->good += !*seen;
	*seen = 1;
}

static void take_line(struct check *c, struct view line)
{
	uint32_t source;
	uint32_t seq;

	if (like_stamp(line) && own_notice(line)) {
		c->notices++;
	} else if (like_stamp(line) && parse_line(c, line, &source, &seq)) {
		take_good(c, source, seq);
	} else {
		if (!c->damaged++)
			c->first_bad = strndup(line.p, line.len);
	}
}

static struct view map_file(const char *path)
{
	struct view all = { "", 0 };
	struct stat st;
	void *map;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	all.len = (size_t)st.st_size;
	if (all.len > 0) {
		map = mmap(NULL, all.len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map == MAP_FAILED)
			die(path);
		all.p = map;
	}
	close(fd);
	return all;
}

static void check_file(struct check *c, const char *path)
{
	struct view all = map_file(path);

	while (all.len > 0) {
		struct view line = all;

		if (memchr(all.p, '\n', all.len))
			line = cut_word(&all, '\n');
		else
			all.len = 0;
		take_line(c, line);
	}
}

/* Lines that had to be there: the sent ones' sources and numbers again. */
static uint64_t count_lost(const struct check *c)
{
	uint64_t lost = 0;

	for (uint64_t k = 0; k < c->expected; k++) {
		uint32_t seq;
		uint32_t source = bench_pick(k, c->sources, &seq);

		lost += !c->seen[(size_t)source * c->passes + seq];
	}
	return lost;
}

static void set_up(struct check *c, char **argv)
{
	c->sources = (uint32_t)opt_number(argv, "sources", 1);
	c->expected = opt_number(argv, "lines", 0);
	c->with_source = strcmp(opt_text(argv, "source", "yes"), "no") != 0;
	c->open_lines = !strcmp(opt_text(argv, "open", "no"), "yes");
	if (c->sources < 1 || c->sources > BENCH_SOURCES_MAX)
		die("check: sources= out of range");
	c->passes = (uint32_t)(c->expected / c->sources + 1);
	c->seen = calloc((size_t)c->sources * c->passes, 1);
	c->last = malloc(c->sources * sizeof(*c->last));
	if (!c->seen || !c->last)
		die("check");
	for (uint32_t i = 0; i < c->sources; i++)
		c->last[i] = -1;
}

static int report(const struct check *c)
{
	uint64_t lost = count_lost(c);
	uint64_t strange = c->good - (c->expected - lost);

	printf("good %llu lost %llu doubled %llu damaged %llu disordered %llu "
	       "notices %llu\n",
	       (unsigned long long)c->good, (unsigned long long)lost,
	       (unsigned long long)(c->doubled + strange),
	       (unsigned long long)c->damaged,
	       (unsigned long long)c->disordered,
	       (unsigned long long)c->notices);
	if (c->first_bad)
		fprintf(stderr, "check: first damaged line: %.200s\n",
			c->first_bad);
	return lost || strange || c->doubled || c->damaged || c->disordered;
}

/* name=value, and not a path that has a = in it somewhere. */
static bool is_option(const char *arg)
{
	return arg[strcspn(arg, "/=")] == '=';
}

static uint64_t count_prefixes(const char *path)
{
	struct view all = map_file(path);
	size_t len = sizeof(FLOOR_PREFIX) - 1;
	const char *p = all.p;
	uint64_t n = 0;

	while ((p = memmem(p, (size_t)(all.p + all.len - p), FLOOR_PREFIX,
			   len))) {
		p += len;
		n++;
	}
	return n;
}

static int check_count(char **files, uint64_t expected)
{
	uint64_t n = 0;

	for (; *files; files++)
		n += is_option(*files) ? 0 : count_prefixes(*files);
	printf("good %llu lost %llu doubled %llu damaged 0 disordered 0 "
	       "notices 0\n",
	       (unsigned long long)n,
	       (unsigned long long)(n < expected ? expected - n : 0),
	       (unsigned long long)(n > expected ? n - expected : 0));
	return n != expected;
}

int main(int argc, char **argv)
{
	static struct check c;
	uint64_t count = opt_number(argv, "count", 0);

	(void)argc;
	errno = 0;
	if (count > 0)
		return check_count(argv + 1, count);
	set_up(&c, argv);
	for (char **file = argv + 1; *file; file++)
		if (!is_option(*file))
			check_file(&c, *file);
	return report(&c);
}
