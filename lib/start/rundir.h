/*
 * rundir - the directory of run=: where it is, and whether its files can be
 * replaced.
 *
 * L3.
 */
#ifndef UDPLOGGER_RUNDIR_H
#define UDPLOGGER_RUNDIR_H

#include <limits.h>
#include <stdbool.h>

#include "bounds.h"

struct sys;

/* logdir_find() of @given, or of NULL, of which there is nothing to find. */
int rundir_find(char run[PATH_MAX], const char *given, char error[ERROR_MAX]);

/*
 * logdir_check() of @run, and whether what stands at the names of its files may
 * be replaced; state_look().
 */
int rundir_check(const struct sys *sys, const char *run, const char *given,
		 bool waits, char error[ERROR_MAX]);

#endif
