/* privilege - which user to be, and no way back; see privilege.h. */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "decimal.h"
#include "errortext.h"
#include "escape.h"
#include "sys.h"

#define LAST_CAPABILITY 63 /* the sets have 64 bits; the kernel has fewer */
#define NO_ID		UINT32_MAX

static const struct passwd *find_user(const char *user)
{
	uint64_t number;

	if (decimal_parse(user, UINT32_MAX - 1, &number))
		return getpwuid((uid_t)number);
	return getpwnam(user);
}

static int find_uid(struct privilege *privilege, const char *user,
		    bool with_group, char *error)
{
	const struct passwd *entry = find_user(user);
	char shown[ESCAPE_SHOWN_MAX];
	uint64_t number;

	if (entry) {
		privilege->uid = entry->pw_uid;
		if (with_group)
			privilege->gid = entry->pw_gid;
		return 0;
	}
	escape_shown(shown, user);
	if (!decimal_parse(user, UINT32_MAX - 1, &number)) {
		snprintf(error, ERROR_MAX,
			 "uid=%s: no such user; allowed is a user's "
			 "number or name",
			 shown);
		return -1;
	}
	privilege->uid = (uid_t)number;
	if (!with_group)
		return 0;
	snprintf(error, ERROR_MAX,
		 "uid=%s: no such user, so its group is not known; allowed "
		 "is a user's number or name, or any number with gid=",
		 shown);
	return -1;
}

static int find_gid(struct privilege *privilege, const char *group, char *error)
{
	const struct group *entry;
	char shown[ESCAPE_SHOWN_MAX];
	uint64_t number;

	if (decimal_parse(group, UINT32_MAX - 1, &number)) {
		privilege->gid = (gid_t)number;
		return 0;
	}
	entry = getgrnam(group);
	if (!entry) {
		escape_shown(shown, group);
		snprintf(error, ERROR_MAX,
			 "gid=%s: no such group; allowed is a group's "
			 "number or name",
			 shown);
		return -1;
	}
	privilege->gid = entry->gr_gid;
	return 0;
}

int privilege_find(struct privilege *privilege, const char *user,
		   const char *group, char error[ERROR_MAX])
{
	*privilege = (struct privilege){
		.change = user || group,
		.uid = geteuid(),
		.gid = getegid(),
	};
	if (user && find_uid(privilege, user, !group, error))
		return -1;
	if (group && find_gid(privilege, group, error))
		return -1;
	return 0;
}

static bool has_ids(const struct privilege *privilege, const struct sys *sys)
{
	uid_t uid[3];
	gid_t gid[3];

	return sys->getresuid(&uid[0], &uid[1], &uid[2]) == 0 &&
	       sys->getresgid(&gid[0], &gid[1], &gid[2]) == 0 &&
	       uid[0] == privilege->uid && uid[1] == privilege->uid &&
	       uid[2] == privilege->uid && gid[0] == privilege->gid &&
	       gid[1] == privilege->gid && gid[2] == privilege->gid;
}

/* The bounding set goes first: to change it takes CAP_SETPCAP. */
static const char *change_ids(const struct privilege *privilege,
			      const struct sys *sys)
{
	unsigned long capability;

	for (capability = 0; capability <= LAST_CAPABILITY; capability++)
		sys->prctl(PR_CAPBSET_DROP, capability, 0);
	if (sys->setgroups(0, NULL))
		return "unable to leave the supplementary groups";
	if (sys->setresgid(privilege->gid, privilege->gid, privilege->gid))
		return "unable to take the group";
	if (sys->setresuid(privilege->uid, privilege->uid, privilege->uid))
		return "unable to take the user";
	return NULL;
}

static bool has_capabilities(const struct sys *sys)
{
	struct sys_capabilities sets[2];

	if (sys->capget(sets))
		return true;
	return (sets[0].effective | sets[0].permitted | sets[0].inheritable |
		sets[1].effective | sets[1].permitted | sets[1].inheritable) !=
	       0;
}

static const char *drop_capabilities(const struct sys *sys)
{
	const struct sys_capabilities none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	/* Before Linux 4.3 there is no ambient set to clear. */
	sys->prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);
	/* A sandbox may refuse the call to one who has none anyway. */
	return sys->capset(none) && has_capabilities(sys)
		       ? "unable to give up the capabilities"
		       : NULL;
}

/* Whether this process can become root's user or group again. */
static bool can_return(const struct privilege *privilege, const struct sys *sys)
{
	if (privilege->uid != 0 && sys->setresuid(NO_ID, 0, NO_ID) == 0)
		return true;
	return privilege->gid != 0 && sys->setresgid(NO_ID, 0, NO_ID) == 0;
}

static const char *verify(const struct privilege *privilege,
			  const struct sys *sys)
{
	errno = EPERM;
	if (!has_ids(privilege, sys))
		return "the user or group did not change";
	if (has_capabilities(sys))
		return "capabilities are left";
	if (sys->prctl(PR_GET_NO_NEW_PRIVS, 0, 0) != 1)
		return "no_new_privs is not set";
	if (can_return(privilege, sys))
		return "the change can be undone";
	errno = EPERM;
	return NULL;
}

static const char *drop_all(const struct privilege *privilege,
			    const struct sys *sys, bool is_root)
{
	const bool change =
		privilege->change && (is_root || !has_ids(privilege, sys));
	const char *failed = change ? change_ids(privilege, sys) : NULL;

	if (!failed && sys->prctl(PR_SET_NO_NEW_PRIVS, 1, 0))
		failed = "unable to set no_new_privs";
	if (!failed && (privilege->change || !is_root))
		failed = drop_capabilities(sys);
	if (!failed && change && sys->getgroups(0, NULL) != 0)
		failed = "supplementary groups are left";
	if (!failed && privilege->change)
		failed = verify(privilege, sys);
	return failed;
}

int privilege_drop(const struct privilege *privilege, const struct sys *sys,
		   char error[ERROR_MAX])
{
	uid_t uid[3] = { 0, 0, 0 };
	const char *failed;

	sys->getresuid(&uid[0], &uid[1], &uid[2]);
	failed = drop_all(privilege, sys, uid[1] == 0);
	if (!failed)
		return 0;
	snprintf(error, ERROR_MAX, "uid=%lu gid=%lu: %s: %s",
		 (unsigned long)privilege->uid, (unsigned long)privilege->gid,
		 failed, errortext(errno));
	return -1;
}
