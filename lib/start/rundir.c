/* rundir - the directory of run=; see rundir.h. */
#include "rundir.h"

#include <errno.h>
#include <stdio.h>

#include "logdir.h"
#include "safeopen.h"
#include "state.h"

int rundir_find(char run[PATH_MAX], const char *given, char error[ERROR_MAX])
{
	return given ? logdir_find(run, "run=", given, error) : 0;
}

int rundir_check(const struct sys *sys, const char *run, const char *given,
		 bool waits, char error[ERROR_MAX])
{
	char why[SAFEOPEN_WHY_MAX];

	if (!given)
		return 0;
	if (logdir_check(sys, run, "run=", given, waits, error))
		return -1;
	if (state_look(sys, run, why) == 0 ||
	    (waits && safeopen_may_pass(errno)))
		return 0;
	snprintf(error, ERROR_MAX,
		 "run=%.700s: unable to replace a file there: %s", given, why);
	return -1;
}
