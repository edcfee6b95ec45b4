/*
 * logfiles - which files below DIR have the lines of some days.
 *
 * L2.  Names that a pattern of file= can make, also those beside a name, those
 * that were rotated to NAME.1 and so on, and compressed ones.  Their dates say
 * whose lines they have; nothing is opened.
 */
#ifndef UDPLOGGER_LOGFILES_H
#define UDPLOGGER_LOGFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filename.h"

struct diag;
struct whom;

struct logfile {
	char *path; /* with DIR */
	uint32_t period;
	unsigned rotation; /* N of NAME.N; 0: none */
};

/* Ordered by period; within one, the older ones come first.  Zeroed: none. */
struct logfiles {
	struct logfile *files;
	size_t count;
	size_t room;
	bool incomplete; /* a directory could not be read */
};

/* What is looked for. */
struct logfiles_wanted {
	const char *dir;
	const struct filename *pattern;
	const struct whom *sender; /* whose lines; NULL: all */
	uint32_t from; /* periods, both included; hours where names have them */
	uint32_t until;
};

/* What can't be read is said on @diag, or not, if that is NULL. */
void logfiles_find(struct logfiles *found, const struct logfiles_wanted *wanted,
		   struct diag *diag);

void logfiles_free(struct logfiles *found);

#endif
