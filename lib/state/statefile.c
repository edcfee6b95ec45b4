/* statefile - a file written aside, which takes its place; see statefile.h. */
#include "statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "errortext.h"
#include "sys.h"

struct paths {
	char own[STATEFILE_PATH_MAX];
	char aside[STATEFILE_PATH_MAX];
};

static void find_paths(struct paths *paths, const char *dir, const char *name)
{
	snprintf(paths->own, STATEFILE_PATH_MAX, "%s/%s", dir, name);
	snprintf(paths->aside, STATEFILE_PATH_MAX, "%s/" STATEFILE_ASIDE, dir,
		 name);
}

int statefile_look(const struct sys *sys, const char *dir, const char *name,
		   char why[SAFEOPEN_WHY_MAX])
{
	struct paths paths = { .own = "" };

	find_paths(&paths, dir, name);
	return safeopen_look(sys, paths.own, why) ||
			       safeopen_look(sys, paths.aside, why)
		       ? -1
		       : 0;
}

/* Says that it failed because of errno and @why; gives up the new one. */
static bool fail_file(struct statefile *file, const struct paths *paths,
		      uint64_t now_ms, const char *why)
{
	int error = errno;
	char what[STATEFILE_PATH_MAX + 16];

	snprintf(what, sizeof(what), "write %s", paths->own);
	diag_failed(file->diag, &file->fault, now_ms, what, error, why);
	statefile_abandon(file);
	return false;
}

static int open_aside(const struct statefile *file, const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
			  O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	unsigned tries = 0;
	int fd;

	do
		fd = file->sys->open(path, flags, STATEFILE_MODE);
	while (fd < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	return fd;
}

/* A run that was killed may have left one, at which was looked. */
static int open_anew(const struct statefile *file, const char *path)
{
	int fd = open_aside(file, path);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (file->sys->unlinkat(AT_FDCWD, path, 0))
		return -1;
	return open_aside(file, path);
}

bool statefile_begin(struct statefile *file, uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];
	struct paths paths = { .own = "" };

	find_paths(&paths, file->dir, file->name);
	file->len = 0;
	file->done = 0;
	if (statefile_look(file->sys, file->dir, file->name, why))
		return fail_file(file, &paths, now_ms, why);
	file->fd = open_anew(file, paths.aside);
	file->is_open = file->fd >= 0;
	return file->is_open ||
	       fail_file(file, &paths, now_ms, errortext(errno));
}

static ssize_t write_piece_of(const struct statefile *file)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		errno = ENOSPC; /* for a write that takes nothing */
		n = file->sys->write(file->fd, file->piece + file->done,
				     file->len - file->done);
	} while (n < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	return n;
}

bool statefile_write(struct statefile *file, uint64_t now_ms)
{
	struct paths paths = { .own = "" };
	ssize_t n = file->len > 0 ? write_piece_of(file) : 0;

	if (n <= 0 && file->len > 0) {
		find_paths(&paths, file->dir, file->name);
		return fail_file(file, &paths, now_ms, errortext(errno));
	}
	file->done += (size_t)n;
	if (file->done == file->len)
		file->len = file->done = 0;
	return true;
}

bool statefile_finish(struct statefile *file, uint64_t now_ms)
{
	char what[STATEFILE_PATH_MAX + 16];
	struct paths paths = { .own = "" };
	bool closed;

	find_paths(&paths, file->dir, file->name);
	/* Where close() fails, what was written may not be there: close(2). */
	file->is_open = false;
	closed = file->sys->close(file->fd) == 0;
	if (!closed ||
	    file->sys->renameat(AT_FDCWD, paths.aside, AT_FDCWD, paths.own)) {
		int error = errno;

		file->sys->unlinkat(AT_FDCWD, paths.aside, 0);
		errno = error;
		return fail_file(file, &paths, now_ms, errortext(error));
	}
	snprintf(what, sizeof(what), "write %s", paths.own);
	diag_works(file->diag, &file->fault, now_ms, what);
	return true;
}

void statefile_abandon(struct statefile *file)
{
	struct paths paths = { .own = "" };

	if (!file->is_open)
		return;
	find_paths(&paths, file->dir, file->name);
	file->sys->close(file->fd);
	file->sys->unlinkat(AT_FDCWD, paths.aside, 0);
	file->is_open = false;
}
