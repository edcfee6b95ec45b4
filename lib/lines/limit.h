/*
 * limit - how many lines a second a sender may write, and what is left out.
 *
 * L1.  Every line of a sender goes to output through here.  With limit= a
 * sender has a bucket: each of its lines takes one out, limit= of them come
 * back in a second, and it holds those of LIMIT_BURST_MS.  When it is empty, a
 * line is left out and counted.  What we say of a sender ourselves is free, but
 * for the line that stands for its empty lines; and so are the lines of an
 * incident (watch.h), which are counted here.
 *
 * The log has each line, or counts it in a "lines left out" of its sender: when
 * nothing was left out for LIMIT_QUIET_MS or a little more, or LIMIT_TELL_MS
 * after the first, but LIMIT_TELL_MS after the last such notice at the
 * earliest; and before the sender makes way, and at the end.  The notice has
 * the stamp of the last line that it counts.
 *
 * A function that writes lines returns false when the queues are full.  Nothing
 * is lost then, and no line was counted; it is called again.
 */
#ifndef UDPLOGGER_LIMIT_H
#define UDPLOGGER_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deadline.h"
#include "ilist.h"
#include "output.h"
#include "settings.h"
#include "source.h"

#define LIMIT_BURST_MS 10000
#define LIMIT_TELL_MS  10000
#define LIMIT_QUIET_MS 1000

struct record;

/* A cache line; zeroed at first. */
struct limit_sender {
	uint64_t at_ms; /* as of when @spent is */
	uint64_t left_out; /* lines of which the log does not tell yet */
	struct timespec time; /* wall clock, of the last of them */
	uint64_t first_ms; /* when the first of them was left out */
	uint64_t next_ms; /* the log must not tell before */
	uint64_t look_ms; /* when to look whether it is quiet */
	uint32_t spent; /* of the bucket, in thousandths of a line */
	bool again; /* lines were left out since the last look */
};

struct limit {
	const struct settings *settings; /* none of these three is owned */
	const struct source_table *sources;
	struct output *output;
	struct incidents *incidents; /* not owned; NULL: none are watched for */
	struct limit_sender *senders; /* by the number of a source */
	struct ilist untold; /* those with lines left out, by @look_ms */
	uint64_t now_ms; /* monotonic; kept up to date by the caller */
	uint64_t total; /* lines left out so far */
	bool counts; /* limit= is set, or senders have a tally */
};

/* The bytes of memory that @settings need; untouched without limit=. */
size_t limit_bytes(const struct settings *settings);

/* @memory: limit_bytes(), zeroed, aligned to 64 bytes, not owned. */
void limit_init(struct limit *l, const struct settings *settings,
		const struct source_table *sources, struct output *output,
		void *memory);

/* The settings are others now, or the senders have a tally. */
void limit_change(struct limit *l);

/* Writes @record, or leaves it out, where there may be an incident. */
bool limit_put_watched(struct limit *l, struct record *record,
		       const struct timespec *time);

/* Likewise, with limit= or a tally. */
bool limit_put_counted(struct limit *l, struct record *record,
		       const struct timespec *time);

/* Likewise, of a sender whose lines belong to no incident. */
static inline bool limit_put_calm(struct limit *l, struct record *record,
				  const struct timespec *time)
{
	return l->counts ? limit_put_counted(l, record, time)
			 : output_put(l->output, record, time);
}

/* Writes @record, of a sender, unless that has no line left. */
static inline bool limit_put(struct limit *l, struct record *record,
			     const struct timespec *time)
{
	if (l->incidents && !l->sources->entries[record->source].calm)
		return limit_put_watched(l, record, time);
	return limit_put_calm(l, record, time);
}

/* Tells what was left out of senders where it is time. */
bool limit_expire(struct limit *l);

/* Tells all that was left out. */
bool limit_flush(struct limit *l);

/* Tells what was left out of source @number, which becomes another sender. */
bool limit_give_way(struct limit *l, uint32_t number);

/* Of how many senders the log does not tell yet what was left out. */
uint32_t limit_untold(const struct limit *l);

/* When to call limit_expire(); DEADLINE_NEVER: no need. */
static inline uint64_t limit_deadline(const struct limit *l)
{
	if (l->untold.first == ILIST_NONE)
		return DEADLINE_NEVER;
	return l->senders[l->untold.first].look_ms;
}

#endif
