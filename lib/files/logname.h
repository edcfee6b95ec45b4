/*
 * logname - the names of a log file: its own, and those beside it.
 *
 * L2.  A name that is refused for long, as a directory stands there, has others
 * beside it: with a number before its extension.  All are below DIR, which is
 * the administrator's, and is made only when it has vanished under our hands.
 */
#ifndef UDPLOGGER_LOGNAME_H
#define UDPLOGGER_LOGNAME_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "filename.h"
#include "safeopen.h"

struct diag;
struct filetable;
struct sys;

#define LOGNAME_PATH_MAX (PATH_MAX + FILENAME_BYTES)

/* Of all files; the last path is kept, as each look needs it. */
struct logname {
	const char *dir; /* not owned */
	const struct filetable *table; /* not owned */
	uint32_t serial; /* of the file that has @path; 0: none yet */
	unsigned beside; /* likewise */
	char path[LOGNAME_PATH_MAX];
};

/*
 * The path of entry @file: by its name, or the one that is @beside, from 1 to
 * FILENAME_BESIDE.  Valid until it is called for another.
 */
const char *logname_path(struct logname *names, uint32_t file, unsigned beside);

/*
 * DIR is gone: makes it anew, and says so.  False: it is not gone, or can't be
 * made.
 */
bool logname_make_dir(const struct logname *names,
		      const struct safeopen_rules *rules, struct diag *diag);

enum logname_sight {
	LOGNAME_FOUND, /* a file that lines may go to */
	LOGNAME_LOST, /* nothing, or not the file that is meant */
	LOGNAME_REFUSED, /* a directory, a link, an executable file */
	LOGNAME_UNKNOWN, /* it can't be looked at */
};

/* Looks what @path stands for: @st, if there is something. */
enum logname_sight logname_look(const struct sys *sys, const char *path,
				struct stat *st);

/*
 * Looks at the open file @fd, @st, which is lost with fewer than @links names;
 * -1: it is.  When the call fails that is unknown, but for ESTALE: its server
 * has it no more.
 */
enum logname_sight logname_look_open(const struct sys *sys, int fd,
				     nlink_t links, struct stat *st);

/*
 * Makes the directories of @path that file= names and that are missing.  False,
 * with errno, and the reason in @why, where none could be made.
 */
bool logname_make_directories(const struct logname *names,
			      const struct safeopen_rules *rules,
			      const char *path, char why[SAFEOPEN_WHY_MAX]);

#endif
