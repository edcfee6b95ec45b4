/* loglines - a receiver's log, line by line; see loglines.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "loglines.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

struct view view_file(const char *path)
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

struct view view_cut(struct view *line, char c)
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

bool view_next_line(struct view *all, struct view *line)
{
	const char *end = memchr(all->p, '\n', all->len);

	if (end)
		*line = view_cut(all, '\n');
	return end != NULL;
}

bool view_equal(struct view a, struct view b)
{
	return a.len == b.len && !memcmp(a.p, b.p, a.len);
}

bool has_stamp(struct view line)
{
	static const char shape[] = "dddd-dd-dd dd:dd:dd ";

	if (line.len < LOGLINES_STAMP)
		return false;
	for (size_t i = 0; i < LOGLINES_STAMP; i++) {
		char c = line.p[i];

		if (shape[i] == 'd' ? c < '0' || c > '9' : c != shape[i])
			return false;
	}
	return true;
}

bool is_notice(struct view line)
{
	static const char name[] = "udplogger: ";
	size_t len = sizeof(name) - 1;

	return line.len >= LOGLINES_STAMP + len &&
	       !memcmp(line.p + LOGLINES_STAMP, name, len);
}

bool is_source(struct view name, uint32_t source)
{
	char text[64];
	uint32_t addr;
	uint16_t port;
	int len;

	bench_source(source, &addr, &port);
	len = snprintf(text, sizeof(text), "%u.%u.%u.%u:%u", addr >> 24,
		       addr >> 16 & 255, addr >> 8 & 255, addr & 255, port);
	return view_equal(name, (struct view){ text, (size_t)len });
}

void found_damaged(struct findings *f, struct view line)
{
	if (!f->damaged++)
		f->first_bad = line;
}

bool findings_report(const struct findings *f)
{
	printf("good %llu lost %llu doubled %llu damaged %llu disordered %llu "
	       "notices %llu\n",
	       (unsigned long long)f->good, (unsigned long long)f->lost,
	       (unsigned long long)f->doubled, (unsigned long long)f->damaged,
	       (unsigned long long)f->disordered,
	       (unsigned long long)f->notices);
	if (f->damaged > 0 && f->first_bad.p)
		fprintf(stderr, "check: first damaged line: %.*s\n",
			(int)(f->first_bad.len < 200 ? f->first_bad.len : 200),
			f->first_bad.p);
	return f->lost || f->doubled || f->damaged || f->disordered;
}
