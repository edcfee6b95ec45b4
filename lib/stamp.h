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

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define STAMP_BYTES    20 /* "YYYY-MM-DD HH:MM:SS " */
#define STAMP_FILE_MAX 16 /* "YYYY-MM-DD.log" and a NUL, rounded up */

/* One second, formatted; consecutive lines mostly share it. */
struct stamp {
	time_t second;
	int32_t day; /* 0: nothing formatted yet */
	char text[STAMP_BYTES]; /* no NUL */
};

/*
 * Makes @stamp the one of @second.  Years before 0 and after 9999 can't be
 * written in four digits; they become the nearest that can.
 */
void stamp_set(struct stamp *stamp, time_t second);

/* Forgets the formatted second, after the rules of the zone changed. */
void stamp_forget(struct stamp *stamp);

/* Writes the name of the file that holds @day. */
void stamp_file_name(char name[STAMP_FILE_MAX], int32_t day);

#endif
