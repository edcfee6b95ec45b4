/* logdir - the directories of dir= and run=; see logdir.h. */
#include "logdir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errortext.h"
#include "incidentsfile.h"
#include "safeopen.h"
#include "sys.h"
#include "today.h"

int logdir_find(char dir[PATH_MAX], const char *option, const char *given,
		char error[ERROR_MAX])
{
	char here[PATH_MAX] = "";
	int len;

	if (given[0] == '/' || !getcwd(here, sizeof(here)))
		len = snprintf(dir, PATH_MAX, "%s", given);
	else if (strcmp(given, ".") == 0)
		len = snprintf(dir, PATH_MAX, "%s", here);
	else
		len = snprintf(dir, PATH_MAX, "%s/%s", here, given);
	if (len < PATH_MAX)
		return 0;
	snprintf(error, ERROR_MAX, "%s%.100s...: %s", option, given,
		 errortext(ENAMETOOLONG));
	return -1;
}

int logdir_check(const struct sys *sys, const char *dir, const char *option,
		 const char *given, bool waits, char error[ERROR_MAX])
{
	struct stat st = { .st_mode = S_IFDIR };
	int reason = 0;

	if (sys->stat(dir, &st))
		reason = errno;
	else if (!S_ISDIR(st.st_mode))
		reason = ENOTDIR;
	else if (sys->access(dir, W_OK | X_OK))
		reason = errno;
	if (reason == 0 || (waits && safeopen_may_pass(reason)))
		return 0;
	snprintf(error, ERROR_MAX, "%s%.800s: unable to write there: %s",
		 option, given, errortext(reason));
	return -1;
}

int logdir_check_incidents(const struct sys *sys, const char *dir,
			   const char *given, uint32_t period, bool waits,
			   char error[ERROR_MAX])
{
	char path[LOGNAME_PATH_MAX];
	char why[SAFEOPEN_WHY_MAX];

	today_path(path, &incidentsfile_pattern, dir, period);
	if (today_look(sys, path, why) == 0 ||
	    (waits && safeopen_may_pass(errno)))
		return 0;
	snprintf(error, ERROR_MAX, "dir=%.100s: unable to open %.700s: %s",
		 given, path, why);
	return -1;
}
