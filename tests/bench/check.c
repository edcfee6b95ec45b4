/*
 * check.c - says whether a log holds exactly what load sent.
 *
 * Every line's text is made again from the numbers it carries and compared
 * byte by byte, its source with the one it was sent from.  Each source's lines
 * must be in order, none missing, none twice.
 *
 *   check sources=N lines=COUNT [shape=source|text|bare] [open=yes] [even=LEN]
 *	[header=KIND] [apart=yes] LOGS
 *   check sources=N recorded=EXPECTED passes=N LOGS
 *   check shape=count datagrams=N LOGS
 *
 * LOGS are FILE..., or in=DIR: its files *.log, and those of its directories.
 * apart=yes: each file has lines of one source only.
 *
 * shape: what a line begins with.  source: stamp and source; text: a stamp and
 * something else; bare: nothing.  header: as load's; the kernel's time stands
 * before each line then, whatever was sent.  open=yes: the lines' first halves were sent.
 * recorded: see recorded.h.  shape=count: for the floor, which joins no
 * fragments, only its prefixes are counted.
 * Exit status 0 when nothing is wrong.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"
#include "loglines.h"
#include "recorded.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
	uint32_t sources;
	uint64_t expected;
	const char *shape; /* of a line's beginning: source, text, bare */
	size_t even;
	bool open_lines;
	bool timed; /* the kernel's time stands before a line */
	bool apart;
	int64_t owner; /* whose file it is, if @apart; -1: not known yet */
	uint32_t passes;
	uint8_t *seen; /* source * passes + seq */
	int64_t *last; /* highest number of each source so far */
	struct findings found;
};

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

static bool same_text(const struct check *c, struct view text, uint32_t source,
		      uint32_t seq)
{
	char wanted[BENCH_LINE_MAX];
	size_t len = bench_line(source, seq, c->even, wanted);

	len = c->open_lines ? bench_cut(len, 1, 2) : len - 1;
	return view_equal(text, (struct view){ wanted, len });
}

/* Cuts the kernel's time off. */
static struct view cut_time(const struct check *c, struct view *line)
{
	struct view time = { line->p, 0 };

	while (c->timed && time.len < line->len &&
	       (time.len == 0 || line->p[time.len - 1] != ']'))
		time.len++;
	/* And the space behind it. */
	if (time.len > 0 && time.len < line->len)
		time.len++;
	line->p += time.len;
	line->len -= time.len;
	return time;
}

static bool same_time(const struct check *c, struct view time, uint32_t seq)
{
	char wanted[BENCH_HEADER_MAX];
	size_t len = bench_header(c->timed ? "text" : "no", seq, wanted);

	return view_equal(time, (struct view){ wanted, len });
}

static bool parse_line(const struct check *c, struct view line,
		       uint32_t *source, uint32_t *seq)
{
	struct view name = { "", 0 };
	struct view text, time;

	if (strcmp(c->shape, "bare") != 0) {
		if (!has_stamp(line))
			return false;
		line.p += LOGLINES_STAMP;
		line.len -= LOGLINES_STAMP;
		name = view_cut(&line, ' ');
	}
	time = cut_time(c, &line);
	text = line;
	if (!tagged_number(view_cut(&line, ' '), 'S', source))
		return false;
	/* A first half may end with the number or in it. */
	if (c->open_lines)
		*seq = 0;
	else if (!tagged_number(view_cut(&line, ' '), 'N', seq))
		return false;
	return *source < c->sources && *seq < c->passes &&
	       (strcmp(c->shape, "source") != 0 || is_source(name, *source)) &&
	       same_time(c, time, *seq) && same_text(c, text, *source, *seq);
}

static void take_good(struct check *c, uint32_t source, uint32_t seq)
{
	uint8_t *seen = &c->seen[(size_t)source * c->passes + seq];

	if (*seen)
		c->found.doubled++;
	else if ((int64_t)seq < c->last[source])
		c->found.disordered++;
	else
		c->last[source] = seq;
	c->found.good += !*seen;
	*seen = 1;
}

static bool is_in_place(struct check *c, uint32_t source)
{
	if (c->owner < 0)
		c->owner = source;
	return !c->apart || c->owner == source;
}

static void take_line(struct check *c, struct view line)
{
	uint32_t source;
	uint32_t seq;

	if (has_stamp(line) && is_notice(line))
		found_notice(&c->found, line);
	else if (parse_line(c, line, &source, &seq) && is_in_place(c, source))
		take_good(c, source, seq);
	else
		found_damaged(&c->found, line);
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
	c->expected = opt_number(argv, "lines", 0);
	c->even = (size_t)opt_number(argv, "even", 0);
	c->open_lines = !strcmp(opt_text(argv, "open", "no"), "yes");
	c->apart = !strcmp(opt_text(argv, "apart", "no"), "yes");
	c->timed = strcmp(opt_text(argv, "header", "no"), "no") != 0;
	c->passes = (uint32_t)(c->expected / c->sources + 1);
	c->seen = calloc((size_t)c->sources * c->passes, 1);
	c->last = malloc(c->sources * sizeof(*c->last));
	if (!c->seen || !c->last)
		die("check");
	for (uint32_t i = 0; i < c->sources; i++)
		c->last[i] = -1;
}

static void check_lines(struct check *c, struct view *logs, size_t count)
{
	struct view line;
	uint64_t strange;

	for (size_t i = 0; i < count; i++) {
		c->owner = -1;
		while (view_next_line(&logs[i], &line))
			take_line(c, line);
	}
	c->found.lost = count_lost(c);
	strange = c->found.good - (c->expected - c->found.lost);
	c->found.doubled += strange;
}

static uint64_t count_prefixes(struct view all)
{
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

static void check_count(const struct view *logs, size_t count,
			uint64_t expected, struct findings *found)
{
	for (size_t i = 0; i < count; i++)
		found->good += count_prefixes(logs[i]);
	if (found->good < expected)
		found->lost = expected - found->good;
	else
		found->doubled = found->good - expected;
}

/* name=value, and not a path that has a = in it somewhere. */
static bool is_option(const char *arg)
{
	return arg[strcspn(arg, "/=")] == '=';
}

static void add_paths(glob_t *paths, const char *pattern)
{
	glob(pattern, paths->gl_pathc > 0 ? GLOB_APPEND : 0, NULL, paths);
}

static void find_paths(glob_t *paths, char **argv)
{
	const char *dir = opt_text(argv, "in", "");
	char pattern[4096];

	for (char **file = argv + 1; *file; file++)
		if (!is_option(*file))
			add_paths(paths, *file);
	snprintf(pattern, sizeof(pattern), "%s/*.log", dir);
	if (*dir)
		add_paths(paths, pattern);
	snprintf(pattern, sizeof(pattern), "%s/*/*.log", dir);
	if (*dir)
		add_paths(paths, pattern);
}

/* The logs, which stay for the life of the process. */
static struct view *open_logs(char **argv, size_t *count)
{
	glob_t paths = { .gl_pathc = 0 };
	struct view *logs;

	find_paths(&paths, argv);
	*count = paths.gl_pathc;
	logs = calloc(*count + 1, sizeof(*logs));
	if (!logs)
		die("check");
	for (size_t i = 0; i < *count; i++)
		logs[i] = view_file(paths.gl_pathv[i]);
	if (*count > 0)
		globfree(&paths);
	return logs;
}

int main(int argc, char **argv)
{
	static struct check c;
	struct view *logs;
	size_t files;

	(void)argc;
	errno = 0;
	c.sources = (uint32_t)opt_number(argv, "sources", 1);
	if (c.sources < 1 || c.sources > BENCH_SOURCES_MAX)
		die("check: sources= out of range");
	c.shape = opt_text(argv, "shape", "source");
	if (opt_number(argv, "lines", 0) + opt_number(argv, "datagrams", 0) ==
		    0 &&
	    !*opt_text(argv, "recorded", ""))
		die("check: nothing is expected");
	logs = open_logs(argv, &files);
	set_up(&c, argv);
	if (!strcmp(c.shape, "count"))
		check_count(logs, files, opt_number(argv, "datagrams", 0),
			    &c.found);
	else if (*opt_text(argv, "recorded", ""))
		check_recorded(logs, files, opt_text(argv, "recorded", ""),
			       c.sources, opt_number(argv, "passes", 1),
			       &c.found);
	else
		check_lines(&c, logs, files);
	/* What is left of a log has no LF. */
	for (size_t i = 0; i < files && strcmp(c.shape, "count") != 0; i++)
		if (logs[i].len > 0)
			found_damaged(&c.found, logs[i]);
	return findings_report(&c.found);
}
