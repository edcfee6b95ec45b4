/*
 * privilege - which user to be, and the proof that there is no way back.
 *
 * L2.
 */
#ifndef UDPLOGGER_PRIVILEGE_H
#define UDPLOGGER_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "bounds.h"

struct sys;

struct privilege {
	bool change; /* uid= or gid= was given */
	uid_t uid;
	gid_t gid;
};

/*
 * Finds the ids of @user and @group, numbers or names as in uid= and gid=,
 * each may be NULL.  A user alone brings the primary group.  Returns 0, or -1
 * with one line in @error that names the option and what failed.
 */
int privilege_find(struct privilege *privilege, const char *user,
		   const char *group, char error[ERROR_MAX]);

/*
 * Becomes that user and group: real, effective and saved ids, no
 * supplementary groups, no capabilities, no new privileges; then looks whether
 * all of this is so and tries to undo it.  The bounding and the ambient set are
 * emptied too, as far as the kernel has them and lets us.  Without uid= and
 * gid=, root stays what it is, and anybody else gives up the capabilities
 * that opening the socket may have needed.  Returns 0, or -1 with one line in
 * @error.
 */
int privilege_drop(const struct privilege *privilege, const struct sys *sys,
		   char error[ERROR_MAX]);

#endif
