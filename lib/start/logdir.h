/*
 * logdir - the directories of dir= and run=: where they are, and whether files
 * can be made there; whether lines can go to today's file of incidents.
 *
 * L2.
 */
#ifndef UDPLOGGER_LOGDIR_H
#define UDPLOGGER_LOGDIR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "bounds.h"

struct sys;

/*
 * Writes the directory as it was given, but absolute, since messages name files
 * by it.  @option, "dir=", gave it.  Returns 0, or -1 with one line in @error.
 */
int logdir_find(char dir[PATH_MAX], const char *option, const char *given,
		char error[ERROR_MAX]);

/*
 * Whether @dir, which @option gave as @given, can be written.  With @waits, a
 * fault that may pass by itself is none: who opens a file there finds it again
 * and says it.  Returns 0, or -1 with one line in @error.
 */
int logdir_check(const struct sys *sys, const char *dir, const char *option,
		 const char *given, bool waits, char error[ERROR_MAX]);

/* The same for the file of incidents of the day of @period, which is now. */
int logdir_check_incidents(const struct sys *sys, const char *dir,
			   const char *given, uint32_t period, bool waits,
			   char error[ERROR_MAX]);

#endif
