/*
 * today - whether lines can go to the files of today that are there already.
 *
 * L2.  For --check: it looks, and changes nothing.
 */
#ifndef UDPLOGGER_TODAY_H
#define UDPLOGGER_TODAY_H

#include <stdint.h>

#include "logname.h"
#include "safeopen.h"

struct diag;
struct filename;
struct sys;

#define TODAY_ENTRIES_MAX 1000000 /* of directories; then it ends */
#define TODAY_SAID_MAX	  10 /* files that are named */

/* Writes the path of the file of @period, if all senders share one. */
void today_path(char path[LOGNAME_PATH_MAX], const struct filename *pattern,
		const char *dir, uint32_t period);

/*
 * Looks at one file, which need not be there.  Returns 0, or -1 with errno and
 * the reason in @why.
 */
int today_look(const struct sys *sys, const char *path,
	       char why[SAFEOPEN_WHY_MAX]);

/*
 * Looks at those of @period below @dir, and says which are refused and why.
 * Returns how many these are, up to TODAY_SAID_MAX.
 */
unsigned today_check(const struct filename *pattern, const struct sys *sys,
		     struct diag *diag, const char *dir, uint32_t period);

#endif
