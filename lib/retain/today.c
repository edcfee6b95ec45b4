/* today - whether lines can go to the files of today; see today.h. */
#include "today.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "errortext.h"
#include "sys.h"
#include "walk.h"

void today_path(char path[LOGNAME_PATH_MAX], const struct filename *pattern,
		const char *dir, uint32_t period)
{
	const struct filename_parts parts = { .period = period };
	char name[FILENAME_BYTES];

	filename_write(pattern, &parts, name);
	snprintf(path, LOGNAME_PATH_MAX, "%s/%s", dir, name);
}

int today_look(const struct sys *sys, const char *path,
	       char why[SAFEOPEN_WHY_MAX])
{
	if (safeopen_look(sys, path, why))
		return -1;
	if (sys->access(path, W_OK) == 0 || errno == ENOENT)
		return 0;
	snprintf(why, SAFEOPEN_WHY_MAX, "%s", errortext(errno));
	return -1;
}

/* Whether @name is that of a compressed file: no line goes there. */
static bool is_compressed(const struct filename *pattern, const char *name)
{
	const char *end = strrchr(name, '.');
	struct filename_found found;
	char begin[WALK_NAME_MAX];

	if (!end)
		return false;
	snprintf(begin, sizeof(begin), "%.*s", (int)(end - name), name);
	return filename_match(pattern, begin, &found);
}

/* Whether the file that the walk has found is refused, which is said. */
static bool is_refused(const struct walk *walk, uint32_t period)
{
	char path[PATH_MAX + WALK_NAME_MAX];
	char why[SAFEOPEN_WHY_MAX];

	if (walk->found.period != period ||
	    is_compressed(walk->pattern, walk->name))
		return false;
	snprintf(path, sizeof(path), "%s/%s", walk->dir, walk->name);
	if (today_look(walk->sys, path, why) == 0)
		return false;
	diag_say(walk->diag, "unable to open %s: %s", path, why);
	return true;
}

unsigned today_check(const struct filename *pattern, const struct sys *sys,
		     struct diag *diag, const char *dir, uint32_t period)
{
	char *memory = sys_memory(walk_bytes(pattern));
	enum walk_result result = WALK_PASSED;
	struct diag_fault fault = { 0 };
	struct walk walk = {
		.sys = sys,
		.diag = diag,
		.fault = &fault,
		.dir = dir,
		.any_nature = true,
	};
	unsigned refused = 0;
	uint32_t entries;

	if (!memory)
		return 0;
	walk_init(&walk, pattern, memory);
	walk_begin(&walk, 0);
	for (entries = 0; entries < TODAY_ENTRIES_MAX && result != WALK_ENDED &&
			  refused < TODAY_SAID_MAX;
	     entries++) {
		result = walk_step(&walk, 0);
		refused += result == WALK_FOUND && is_refused(&walk, period);
	}
	walk_end(&walk);
	return refused;
}
