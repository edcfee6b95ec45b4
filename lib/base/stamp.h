/*
 * stamp - wall time as the log shows it, and the day that it belongs to.
 *
 * L0, with one exception that libc forces on us: the time zone's rules are
 * libc's.  The program calls tzset() at start and on HUP, before it calls in
 * here; from then on localtime_r() is arithmetic.
 *
 * A day is a number that names a local date, 20261122 for 2026-11-22.  It is
 * made from the stamp itself, so DST, leap days and clock steps need no rule.
 */
#ifndef UDPLOGGER_STAMP_H
#define UDPLOGGER_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define STAMP_BYTES	20 /* "YYYY-MM-DD HH:MM:SS " */
#define STAMP_ISO_BYTES 33 /* "YYYY-MM-DDTHH:MM:SS.UUUUUU+HH:MM " */

/*
 * A day and an hour in one number, which grows with time; the hour is 0 where
 * none counts.  The last of year 9999 fits.
 */
#define STAMP_PERIOD(day, hour)	  ((uint32_t)(day)*32 + (uint32_t)(hour))
#define STAMP_PERIOD_DAY(period)  ((period) / 32)
#define STAMP_PERIOD_HOUR(period) ((period) % 32)

/* A formatted second; consecutive lines mostly share it. */
struct stamp {
	bool iso; /* RFC 3339, with microseconds and offset; set by the owner */
	bool by_hour; /* likewise: @period has the hour */
	time_t second;
	int32_t day; /* 0: nothing formatted yet */
	uint32_t period; /* STAMP_PERIOD(), with the hour if @by_hour */
	char text[STAMP_ISO_BYTES]; /* no NUL; stamp_length() of it */
};

/*
 * Makes @stamp the one of @time.  Years before 0 and after 9999 can't be
 * written in four digits; they become the nearest that can.  An offset from UTC
 * that is no whole number of minutes, as before there were time zones, can't be
 * written either; the nearest one stands there, and the time that goes with it.
 */
void stamp_set_anew(struct stamp *stamp, const struct timespec *time);

static inline void stamp_set(struct stamp *stamp, const struct timespec *time)
{
	if (stamp->iso || stamp->day == 0 || stamp->second != time->tv_sec)
		stamp_set_anew(stamp, time);
}

static inline size_t stamp_length(const struct stamp *stamp)
{
	return stamp->iso ? STAMP_ISO_BYTES : STAMP_BYTES;
}

/*
 * Writes the time @us, microseconds since 1970, as a stamp of UTC into @out,
 * which is the same whatever the zone and its rules are.  After year 9999 it is
 * the last that can be written.
 */
void stamp_write_utc(char out[STAMP_ISO_BYTES], uint64_t us);

/* Forgets the formatted second, after the rules of the zone changed. */
void stamp_forget(struct stamp *stamp);

/*
 * Whether the calendar has that day, of month 1 to 12.  Where one of the three
 * is -1, which is not known, it may be one that it has.
 */
bool stamp_has_day(int year, int month, int day);

#endif
