/*
 * watch - the lines of senders, looked at: when incidents begin and end.
 *
 * L1.  A line that announces one (announce.h) begins it; what its sender writes
 * from then on belongs to it, announcements of others as well.  It ends
 *
 *	marker	with the line that is the last of its class; a dump of sysrq
 *		before the next command
 *	silence	when nothing came of its sender for INCIDENT_SILENCE_MS
 *	boot	when its sender boots
 *	panic	when its sender panics; that is an incident of its own, and
 *		names the class before it, also if this has just ended
 *	limit	after WATCH_MOST_MS or WATCH_MOST_BYTES
 *	open	with the run, and when it or its sender makes way for another
 *
 * Boots, shutdowns and commands of sysrq have no length, and nothing belongs to
 * them.  A boot whose release is not known is told when it is, or after
 * BOOT_MS, or before the next incident of its sender.
 *
 * PLACES_MOST may be open at once; if more begin, the one of which nothing came
 * for longest makes way.  What telling.h doesn't let through is counted; limit=
 * spares no lines of it.  But a forged incident is a datagram or two, mostly,
 * and a kernel that fails goes on about it: what all the others alone keep from
 * being told when it begins is told after INCIDENT_PROOF more datagrams of it.
 *
 * A line is looked at before it is written, and counted when it was.  A sender
 * is calm (source.h) when its lines matter only if they announce something.
 *
 * A function that writes returns false when the queues are full.  Nothing is
 * lost then, and it is called again, for the same line.
 */
#ifndef UDPLOGGER_WATCH_H
#define UDPLOGGER_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "announce.h"
#include "incident.h"
#include "record.h"
#include "source.h"

#define WATCH_MOST_MS	 600000
#define WATCH_MOST_BYTES ((uint64_t)16 << 20)
#define WATCH_SPARED	 100000 /* lines of one that limit= spares */

/* A line that comes. */
struct watch_words {
	const struct announcement *found; /* NULL: it announces nothing */
	const char *text; /* NULL: it can be no marker, and no task */
	size_t len;
	bool record; /* it came in an extended record */
};

/* Keeps the clock up to date: @now_ms is monotonic. */
static inline void watch_time(struct incidents *i, uint64_t now_ms)
{
	i->now_ms = i->telling.now_ms = now_ms;
}

/* A line of source @number comes, which is not calm, or announces. */
bool watch_hear(struct incidents *i, uint32_t number,
		const struct watch_words *words, const struct timespec *time);

static inline bool watch_is_calm(const struct incidents *i, uint32_t number)
{
	return i->sources->entries[number].calm;
}

/*
 * Whether a line of text, or a piece of one, certainly is of no matter.  Nearly
 * all are, so that this comes first: watch_line() says the same of them.
 */
static inline bool watch_passes(const struct source *source,
				const unsigned char *text, size_t len)
{
	return source->calm && glance_rules_out((const char *)text, len);
}

/* The same of the text of an extended record. */
static inline bool watch_passes_message(const struct incidents *i,
					uint32_t number,
					const unsigned char *text, size_t len)
{
	return watch_is_calm(i, number) &&
	       glance_rules_out_message((const char *)text, len);
}

/* Looks at what can announce nothing, but may belong to something. */
static inline bool watch_rest(struct incidents *i, uint32_t number,
			      const struct timespec *time)
{
	const struct watch_words words = { NULL, NULL, 0, false };

	return watch_is_calm(i, number) || watch_hear(i, number, &words, time);
}

/* watch_line(), where incidents are watched for. */
bool watch_look(struct incidents *i, const struct record *record, bool cut,
		const struct timespec *time);

/*
 * Looks at @record, a line of text; true as well if @i is NULL.  @cut: it is a
 * piece that goes on.
 */
static inline bool watch_line(struct incidents *i, const struct record *record,
			      bool cut, const struct timespec *time)
{
	return !i || watch_look(i, record, cut, time);
}

/* Looks at the first line of an extended record of the kernel. */
static inline bool watch_message(struct incidents *i, uint32_t number,
				 const unsigned char *text, size_t len,
				 const struct timespec *time)
{
	struct announcement found;
	bool announces = announce_look_message((const char *)text, len, &found);
	const struct watch_words words = { announces ? &found : NULL,
					   (const char *)text, len, true };

	return (!announces && watch_is_calm(i, number)) ||
	       watch_hear(i, number, &words, time);
}

/*
 * The numbers of the records of source @number show that it booted; a notice of
 * that is about to be written.  @release: NULL if it is not known.
 */
bool watch_booted(struct incidents *i, uint32_t number,
		  const unsigned char *release, size_t len,
		  const struct timespec *time);

/* Whether limit= has to leave the next line of source @number alone. */
bool watch_spares(const struct incidents *i, uint32_t number);

/*
 * What was looked at is dealt with: @record was written, or left out.  Notices
 * count for nothing.
 */
void watch_count(struct incidents *i, const struct record *record,
		 const struct timespec *time, bool written);

/* @lost messages of source @number are missing; if negative, they came late. */
void watch_lost(struct incidents *i, uint32_t number, int64_t lost);

/* Tells what ended, and what waited long enough. */
bool watch_expire(struct incidents *i);

/* Ends all that is open. */
bool watch_flush(struct incidents *i);

/* How many lines the file of incidents lacks. */
uint32_t watch_untold(const struct incidents *i);

/* When to call watch_expire(); DEADLINE_NEVER: no need. */
uint64_t watch_deadline(const struct incidents *i);

#endif
