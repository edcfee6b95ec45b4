/* logname - the names of a log file; see logname.h. */
#include "logname.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "errortext.h"
#include "filetable.h"
#include "incidentsfile.h"
#include "sys.h"

const char *logname_path(struct logname *names, uint32_t file, unsigned beside)
{
	const struct filetable *table = names->table;
	uint32_t serial = table->files[file].serial;
	const char *name = filetable_name(table, file);
	char other[FILENAME_BYTES];

	if (names->serial == serial && names->beside == beside)
		return names->path;
	if (beside > 0) {
		filename_beside(incidentsfile_has(table->files[file].period)
					? &incidentsfile_pattern
					: table->pattern,
				name, beside, other);
		name = other;
	}
	snprintf(names->path, sizeof(names->path), "%s/%s", names->dir, name);
	names->serial = serial;
	names->beside = beside;
	return names->path;
}

enum logname_sight logname_look(const struct sys *sys, const char *path,
				struct stat *st)
{
	*st = (struct stat){ .st_mode = 0 };
	if (sys->lstat(path, st))
		return errno == ENOENT ? LOGNAME_LOST : LOGNAME_UNKNOWN;
	return safeopen_is_refused(st) ? LOGNAME_REFUSED : LOGNAME_FOUND;
}

enum logname_sight logname_look_open(const struct sys *sys, int fd,
				     nlink_t links, struct stat *st)
{
	if (fd < 0)
		return LOGNAME_LOST;
	if (sys->fstat(fd, st))
		return errno == ESTALE ? LOGNAME_LOST : LOGNAME_UNKNOWN;
	return st->st_nlink >= links ? LOGNAME_FOUND : LOGNAME_LOST;
}

/*
 * DIR itself is the administrator's.  What keeps directories from being made is
 * what is wrong: a full disk, a permission.
 */
bool logname_make_directories(const struct logname *names,
			      const struct safeopen_rules *rules,
			      const char *path, char why[SAFEOPEN_WHY_MAX])
{
	size_t from = strlen(names->dir);

	if (!strchr(path + from + 1, '/'))
		return false;
	if (safeopen_make_directories(rules, path, from) == 0)
		return true;
	snprintf(why, SAFEOPEN_WHY_MAX, "%s", errortext(errno));
	return false;
}

bool logname_make_dir(const struct logname *names,
		      const struct safeopen_rules *rules, struct diag *diag)
{
	if (safeopen_make_directory(rules, names->dir))
		return false;
	diag_warn(diag, "%s is gone: going on in one that is made anew",
		  names->dir);
	return true;
}
