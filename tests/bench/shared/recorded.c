/* recorded - is a recording, sent by many, in the log; see recorded.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "recorded.h"

#include <stdlib.h>

#include "common.h"

struct recorded {
	struct view *lines; /* what each source says, once */
	size_t count;
	uint64_t *next; /* of each source: the line that comes next */
	uint32_t sources;
	uint64_t total; /* lines of each source */
	struct findings *found;
};

static void read_expected(struct recorded *r, const char *path)
{
	struct view all = view_file(path);
	struct view rest = all;
	struct view line;

	while (view_next_line(&rest, &line))
		r->count++;
	r->lines = calloc(r->count, sizeof(*r->lines));
	if (!r->lines || r->count == 0)
		die("no expected lines");
	for (size_t i = 0; view_next_line(&all, &line); i++) {
		view_cut(&line, ' ');
		r->lines[i] = line;
	}
}

static void take_line(struct recorded *r, struct view line)
{
	struct view whole = line;
	uint32_t source;
	uint64_t at;

	if (has_stamp(line) && is_notice(line)) {
		found_notice(r->found, line);
		return;
	}
	line.p += LOGLINES_STAMP;
	line.len -= has_stamp(whole) ? LOGLINES_STAMP : 0;
	if (!has_stamp(whole) ||
	    !find_source(view_cut(&line, ' '), r->sources, &source)) {
		found_damaged(r->found, whole);
		return;
	}
	/* Lines that are left out are lost. */
	at = r->next[source];
	while (at < r->total && !view_equal(r->lines[at % r->count], line))
		at++;
	if (at == r->total) {
		found_damaged(r->found, whole);
		return;
	}
	r->found->lost += at - r->next[source];
	r->found->good++;
	r->next[source] = at + 1;
}

void check_recorded(struct view *logs, size_t count, const char *expected,
		    uint32_t sources, uint64_t passes, struct findings *found)
{
	struct recorded r = { .sources = sources, .found = found };
	struct view line;

	read_expected(&r, expected);
	r.total = r.count * passes;
	r.next = calloc(sources, sizeof(*r.next));
	if (!r.next)
		die("sources");
	for (size_t i = 0; i < count; i++)
		while (view_next_line(&logs[i], &line))
			take_line(&r, line);
	for (uint32_t i = 0; i < sources; i++)
		found->lost += r.total - r.next[i];
	free(r.lines);
	free(r.next);
}
