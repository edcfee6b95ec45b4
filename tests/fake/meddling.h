/*
 * meddling - people who rename, delete, replace and truncate the files of a
 * story, and the directories of hosts.
 *
 * What they take away is taken from the reckoning.  What they put in place of a
 * file stays there until meddling_heal().
 */
#ifndef TESTS_MEDDLING_H
#define TESTS_MEDDLING_H

#include <stdbool.h>

#include "reckoning.h"

struct meddling {
	unsigned (*draw)(void); /* 0 to 255 */
	struct reckoning *reckoning;
	bool incidents; /* there are files of them */
	bool links; /* there is a link to today's file */
	bool by_host; /* the files are HOST/DAY.log, not DAY.log */
	bool may_delete;
	bool may_truncate;
	unsigned count; /* of what was done; the disk of a story is small */
	bool truncated; /* then nothing is added, or the size tells nothing */
};

/* Does something to some file of today. */
void meddling_act(struct meddling *m);

/* Lines can go by name again. */
void meddling_heal(struct meddling *m);

/* Whether each line in the file @path is of the host that its name tells. */
bool meddling_is_of_host(const char *path, const char *text);

#endif
