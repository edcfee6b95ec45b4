/*
 * loglines - a receiver's log, line by line, for who checks it.
 */
#ifndef BENCH_LOGLINES_H
#define BENCH_LOGLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOGLINES_STAMP 20 /* bytes of "2026-11-28 10:20:30 " */

/* Bytes of somebody else's. */
struct view {
	const char *p;
	size_t len;
};

/* What a check has found. */
struct findings {
	uint64_t good;
	uint64_t lost;
	uint64_t doubled;
	uint64_t damaged;
	uint64_t disordered;
	uint64_t notices; /* lines of the receiver's own */
	uint64_t told; /* datagrams that these say the kernel dropped */
	struct view first_bad;
};

/* The whole file; stays for the life of the process. */
struct view view_file(const char *path);

/* Cuts off the text before and with the first @c; none if there is no @c. */
struct view view_cut(struct view *line, char c);

/* Cuts off the next line; what is left at the end has no LF. */
bool view_next_line(struct view *all, struct view *line);

bool view_equal(struct view a, struct view b);

/* Whether a line begins with a stamp. */
bool has_stamp(struct view line);

/* Whether a line that begins with a stamp is the receiver's own. */
bool is_notice(struct view line);

/* Whether @name is that of bench_source() @source. */
bool is_source(struct view name, uint32_t source);

/* Which of so many sources has the name; false: none. */
bool find_source(struct view name, uint32_t sources, uint32_t *source);

/* A notice, which may tell of datagrams that were lost. */
void found_notice(struct findings *f, struct view line);

void found_damaged(struct findings *f, struct view line);

/* Prints one line of all numbers; returns whether anything is wrong. */
bool findings_report(const struct findings *f);

#endif
