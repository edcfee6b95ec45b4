/* safeopen - a file that lines are appended to; see safeopen.h. */
#include "safeopen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "errortext.h"
#include "filename.h"
#include "sys.h"

/*
 * Why a file that looks like @st is refused, with an errno for it; or NULL
 * when it is fine.
 */
static const char *objection_to(const struct stat *st)
{
	errno = ELOOP;
	if (S_ISLNK(st->st_mode))
		return "is a symbolic link";
	errno = EISDIR;
	if (S_ISDIR(st->st_mode))
		return "is a directory";
	errno = ENXIO;
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	errno = ENOEXEC;
	if (st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))
		return "is executable";
	return NULL;
}

void safeopen_hold_reserve(struct safeopen_rules *rules)
{
	if (rules->has_reserve)
		return;
	rules->reserve_fd =
		rules->sys->open("/dev/null", O_RDONLY | O_CLOEXEC, 0);
	rules->has_reserve = rules->reserve_fd >= 0;
}

/* Closes the reserve for a call that failed with errno; false: no help. */
static bool spend_reserve(struct safeopen_rules *rules)
{
	if (!rules->has_reserve || (errno != EMFILE && errno != ENFILE))
		return false;
	rules->sys->close(rules->reserve_fd);
	rules->has_reserve = false;
	return true;
}

bool safeopen_is_refused(const struct stat *st)
{
	return objection_to(st) != NULL;
}

static int refuse_file(char *why, const char *reason)
{
	snprintf(why, SAFEOPEN_WHY_MAX, "%s", reason);
	return -1;
}

/*
 * Looks before it opens, so that a FIFO or a device isn't touched at all.  A
 * change in between is caught by O_NOFOLLOW, and by a second look at what was
 * opened; O_NONBLOCK keeps open() from waiting.
 */
int safeopen_look(const struct sys *sys, const char *path,
		  char why[SAFEOPEN_WHY_MAX])
{
	const char *objection;
	struct stat st;

	if (sys->lstat(path, &st))
		return errno == ENOENT ? 0 : refuse_file(why, errortext(errno));
	objection = objection_to(&st);
	return objection ? refuse_file(why, objection) : 0;
}

static int open_with(const struct safeopen_rules *rules, const char *path,
		     int access)
{
	const int flags = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY | O_CLOEXEC;
	unsigned tries = 0;
	int fd;

	do
		fd = rules->sys->open(path, access | flags, rules->mode);
	while (fd < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	return fd;
}

/*
 * O_RDWR, to look at the last byte.  EACCES: perm= may keep the owner from
 * reading; then there is no look.
 */
static int open_path(const struct safeopen_rules *rules, const char *path)
{
	int fd = open_with(rules, path, O_RDWR);

	if (fd < 0 && errno == EACCES)
		fd = open_with(rules, path, O_WRONLY);
	return fd;
}

static int open_somehow(struct safeopen_rules *rules, const char *path)
{
	int fd = open_path(rules, path);

	if (fd < 0 && spend_reserve(rules))
		fd = open_path(rules, path);
	return fd;
}

/* Checks and prepares @fd, which was just opened; its nature is in @st. */
static int check_opened(const struct safeopen_rules *rules, int fd,
			struct stat *st, char *why)
{
	const char *objection;

	if (rules->sys->fstat(fd, st))
		return refuse_file(why, errortext(errno));
	objection = objection_to(st);
	if (objection)
		return refuse_file(why, objection);
	/* A file of another owner, or with a second name, keeps its mode. */
	if ((st->st_mode & 07777) != rules->mode &&
	    st->st_uid == rules->owner && st->st_nlink <= 1)
		rules->sys->fchmod(fd, rules->mode);
	return 0;
}

int safeopen_open(struct safeopen_rules *rules, const char *path,
		  struct stat *st, char why[SAFEOPEN_WHY_MAX])
{
	int saved;
	int fd;

	if (safeopen_look(rules->sys, path, why))
		return -1;
	fd = open_somehow(rules, path);
	if (fd < 0)
		return refuse_file(why, errortext(errno));
	if (check_opened(rules, fd, st, why) == 0)
		return fd;
	saved = errno;
	rules->sys->close(fd);
	errno = saved;
	return -1;
}

int safeopen_share(const struct safeopen_rules *rules, int fd, struct stat *st)
{
	if (fd < 0 || rules->sys->fstat(fd, st) || st->st_nlink == 0)
		return -1;
	return rules->sys->dup(fd);
}

/* 0640: 0750. */
static mode_t directory_mode(mode_t mode)
{
	return S_IRWXU | mode | (mode & 0444) >> 2;
}

int safeopen_make_directory(const struct safeopen_rules *rules,
			    const char *path)
{
	return rules->sys->mkdir(path, directory_mode(rules->mode));
}

int safeopen_make_directories(const struct safeopen_rules *rules,
			      const char *path, size_t from)
{
	const char *slash = strchr(path + from + 1, '/');
	char directory[PATH_MAX + FILENAME_BYTES];
	int result = 0;

	for (; slash && result == 0; slash = strchr(slash + 1, '/')) {
		snprintf(directory, sizeof(directory), "%.*s",
			 (int)(slash - path), path);
		result = safeopen_make_directory(rules, directory);
		if (result && errno == EEXIST)
			result = 0;
	}
	return result;
}

/* EBADF: opened for writing alone, so there is no look. */
int safeopen_end_line(const struct sys *sys, int fd, bool torn, off_t *size)
{
	char last = '\n';

	if (*size > 0 && sys->pread(fd, &last, 1, *size - 1) < 0) {
		if (errno != EBADF)
			return -1;
		last = torn ? '\0' : '\n';
	}
	if (last == '\n')
		return 0;
	errno = ENOSPC; /* for a write that takes nothing */
	if (sys->write(fd, "\n", 1) != 1)
		return -1;
	++*size;
	return 0;
}

ssize_t safeopen_append(const struct sys *sys, int fd,
			const struct iovec *pieces, int count)
{
	unsigned tries = 0;
	ssize_t done;

	do
		done = sys->writev(fd, pieces, count);
	while (done < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	if (done == 0)
		errno = ENOSPC;
	return done > 0 ? done : -1;
}

bool safeopen_may_pass(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EACCES:
	case EPERM:
	case ENAMETOOLONG:
	case EINVAL:
	case ELOOP: /* this and the next three: see objection_to() */
	case EISDIR:
	case ENXIO:
	case ENOEXEC:
		return false;
	default:
		return true;
	}
}

bool safeopen_is_of_disk(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EIO ||
	       error == EROFS || error == EMFILE || error == ENFILE;
}
