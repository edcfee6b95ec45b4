/*
 * timespan - from= and to= of a question, as a span of time.
 *
 * L2, as the rules of the time zone are libc's.  A moment is written as local
 * time, YYYY-MM-DD[THH:MM[:SS]], or as how long ago: -90s, -30m, -2h, -3d.
 * to= has all of the day, minute or second that it names.
 */
#ifndef UDPLOGGER_TIMESPAN_H
#define UDPLOGGER_TIMESPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stamp.h"

#define TIMESPAN_SECOND_US INT64_C(1000000)

/* Microseconds since the epoch: from the first up to before the last. */
struct timespan {
	int64_t from_us;
	int64_t until_us;
};

#define TIMESPAN_ALL ((struct timespan){ INT64_MIN, INT64_MAX })

/* Reads @text at the time @now; false: it is no moment. */
bool timespan_set_from(struct timespan *span, const char *text, time_t now);
bool timespan_set_to(struct timespan *span, const char *text, time_t now);

static inline bool timespan_has(const struct timespan *span, int64_t us)
{
	return us >= span->from_us && us < span->until_us;
}

/* The STAMP_PERIOD(), with its hour, in local time, of the moment @us. */
uint32_t timespan_period(int64_t us);

/* A stamp as it was read from a file. */
struct timespan_stamp {
	int64_t us;
	bool is_fine; /* it has microseconds; else it is of the whole second */
};

/*
 * The ten minutes of local time that were read last, as lines come in the order
 * of time.  Zeroed: none.
 */
struct timespan_clock {
	int64_t second; /* when they began */
	char text[15]; /* "YYYY-MM-DD HH:M" */
};

/*
 * Reads "YYYY-MM-DD HH:MM:SS", local time, of which the first of two counts
 * where a clock was set back, or "YYYY-MM-DDTHH:MM:SS.UUUUUU+HH:MM", which may
 * end in "Z" and have other than six digits; returns its length, or 0.
 */
size_t timespan_read_stamp(struct timespan_stamp *stamp, const char *text,
			   size_t len, struct timespan_clock *clock);

/* Whether two may be of one moment, as far as both tell. */
static inline bool timespan_same(const struct timespan_stamp *a,
				 const struct timespan_stamp *b)
{
	if (a->is_fine && b->is_fine)
		return a->us == b->us;
	return a->us / TIMESPAN_SECOND_US == b->us / TIMESPAN_SECOND_US;
}

/* Writes "YYYY-MM-DD HH:MM:SS" in local time, with a NUL. */
#define TIMESPAN_TEXT_MAX 32
void timespan_text(char text[TIMESPAN_TEXT_MAX], int64_t us);

/* Writes it as RFC 3339, with its offset, and microseconds if it has any. */
#define TIMESPAN_ISO_MAX 40
void timespan_iso(char text[TIMESPAN_ISO_MAX],
		  const struct timespan_stamp *stamp);

#endif
