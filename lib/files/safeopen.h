/*
 * safeopen - a file to append lines to: looked at, opened, its end put right.
 *
 * L2.  Such a file is regular, not executable, and no symbolic link; anything
 * else at its name is refused before it is touched.
 */
#ifndef UDPLOGGER_SAFEOPEN_H
#define UDPLOGGER_SAFEOPEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct iovec;
struct sys;

/* What all such files have in common. */
struct safeopen_rules {
	const struct sys *sys;
	mode_t mode;
	uid_t owner; /* our user; files of others keep their mode */
	bool has_reserve; /* safeopen_hold_reserve() */
	int reserve_fd;
};

#define SAFEOPEN_WHY_MAX 128

/*
 * Holds a descriptor in reserve, to open a file with when this process has as
 * many as it may.  Not to get one is no fault.
 */
void safeopen_hold_reserve(struct safeopen_rules *rules);

/*
 * Whether lines may go to @path, by a look at it; a name that is free will do.
 * Returns 0, or -1 with errno and the reason in @why.
 */
int safeopen_look(const struct sys *sys, const char *path,
		  char why[SAFEOPEN_WHY_MAX]);

/*
 * Opens @path, following no link at its last component, and creates it if need
 * be; at EMFILE and ENFILE the reserve helps once.  Returns a descriptor, with
 * its fstat() in @st, or -1 with errno and the reason in @why.
 */
int safeopen_open(struct safeopen_rules *rules, const char *path,
		  struct stat *st, char why[SAFEOPEN_WHY_MAX]);

/*
 * Another descriptor of the file that @fd is open at, with its fstat() in @st;
 * -1: it has no name any more, or there is none to be had.
 */
int safeopen_share(const struct safeopen_rules *rules, int fd, struct stat *st);

/*
 * Makes the directory @path, which has perm= with an x for each r, and rwx for
 * its owner.  Returns 0, or -1 with errno.
 */
int safeopen_make_directory(const struct safeopen_rules *rules,
			    const char *path);

/*
 * Makes the directories of @path that are missing below its first @from bytes.
 * Returns 0, or -1 with errno.
 */
int safeopen_make_directories(const struct safeopen_rules *rules,
			      const char *path, size_t from);

/* Whether a file that looks like @st would be refused. */
bool safeopen_is_refused(const struct stat *st);

/*
 * Writes a LF behind an unfinished line at the end of @fd, of *@size bytes,
 * which grows.  Where perm= forbids a look at the last byte, @torn says whether
 * there may be such a line.  Returns 0, or -1 with errno.
 */
int safeopen_end_line(const struct sys *sys, int fd, bool torn, off_t *size);

/*
 * writev(), for some of the bytes at least.  Returns how many, or -1 with
 * errno.
 */
ssize_t safeopen_append(const struct sys *sys, int fd,
			const struct iovec *pieces, int count);

/*
 * Whether a call that failed with @error may work later by itself: ENOSPC,
 * EMFILE.  A directory that isn't there, a permission that is missing, and a
 * file refused by the rules above are for people to put right.
 */
bool safeopen_may_pass(int error);

/* Whether a failure is the disk's, or the process's, and no single file's. */
bool safeopen_is_of_disk(int error);

#endif
