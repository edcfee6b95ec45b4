/*
 * incidentsfile - the names of the files that incidents stand in.
 *
 * L0.  YYYY-MM-DD.incidents in DIR itself, one a day whatever file= is.  Beside
 * it, as for a log file, YYYY-MM-DD.1.incidents to .9.incidents; .gz, .xz, .zst
 * or .bz2 may stand behind either.
 */
#ifndef UDPLOGGER_INCIDENTSFILE_H
#define UDPLOGGER_INCIDENTSFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "filename.h"
#include "stamp.h"

/* As filename_compile() would make it. */
static const struct filename incidentsfile_pattern = {
	.pattern = "%Y-%m-%d.incidents",
	.max = sizeof("YYYY-MM-DD.N.incidents"),
	.extension = sizeof("%Y-%m-%d") - 1,
};

/*
 * The period of @day's file, stamp.h: behind all hours of its day, and before
 * the next, so that no log file has it.
 */
#define INCIDENTSFILE_PERIOD(day) STAMP_PERIOD(day, 31)

static inline bool incidentsfile_has(uint32_t period)
{
	return STAMP_PERIOD_HOUR(period) == 31;
}

/* Whether @name, below DIR, is that of such a file; and of which period. */
static inline bool incidentsfile_match(const char *name,
				       struct filename_found *found)
{
	if (!filename_match(&incidentsfile_pattern, name, found))
		return false;
	found->period = INCIDENTSFILE_PERIOD(STAMP_PERIOD_DAY(found->period));
	return true;
}

#endif
