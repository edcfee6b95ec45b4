/* loglines - a receiver's log, line by line; see loglines.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "loglines.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

#define SMALL 65536 /* a process has so many mappings, not more */

static const char *read_all(int fd, size_t len)
{
	char *bytes = malloc(len);

	return bytes && read(fd, bytes, len) == (ssize_t)len ? bytes : NULL;
}

static const char *map_all(int fd, size_t len)
{
	void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

struct view view_file(const char *path)
{
	struct view all = { "", 0 };
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	all.len = (size_t)st.st_size;
	if (all.len > 0) {
		all.p = all.len < SMALL ? read_all(fd, all.len)
					: map_all(fd, all.len);
		if (!all.p)
			die(path);
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

static const char own[] = "udplogger: ";

bool is_notice(struct view line)
{
	size_t len = sizeof(own) - 1;

	return line.len >= LOGLINES_STAMP + len &&
	       !memcmp(line.p + LOGLINES_STAMP, own, len);
}

void found_notice(struct findings *f, struct view line)
{
	static const char lost[] = " datagrams lost";
	size_t at = LOGLINES_STAMP + sizeof(own) - 1;
	uint64_t n = 0;

	f->notices++;
	for (; at < line.len && line.p[at] >= '0' && line.p[at] <= '9'; at++)
		n = n * 10 + (uint64_t)(line.p[at] - '0');
	if (line.len - at >= sizeof(lost) - 1 &&
	    !memcmp(line.p + at, lost, sizeof(lost) - 1))
		f->told += n;
}

/* By the rule of bench_source(), @port within its range. */
bool find_source(struct view text, uint32_t sources, uint32_t *source)
{
	unsigned a, b, port;
	char copy[32];

	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	if (sscanf(copy, "127.77.%u.%u:%u", &a, &b, &port) != 3 || b < 1 ||
	    port > 26665)
		return false;
	*source = a * 250 + b - 1 + (26665 - port) * 30000;
	return *source < sources && is_source(text, *source);
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
	       "notices %llu told %llu\n",
	       (unsigned long long)f->good, (unsigned long long)f->lost,
	       (unsigned long long)f->doubled, (unsigned long long)f->damaged,
	       (unsigned long long)f->disordered,
	       (unsigned long long)f->notices, (unsigned long long)f->told);
	if (f->damaged > 0 && f->first_bad.p)
		fprintf(stderr, "check: first damaged line: %.*s\n",
			(int)(f->first_bad.len < 200 ? f->first_bad.len : 200),
			f->first_bad.p);
	return f->lost || f->doubled || f->damaged || f->disordered;
}
