/* logfile - one day's file, opened, written to, tried again; see logfile.h. */
#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "sys.h"

#define PIECES_MAX 64 /* blocks for one writev() */

void logfile_init(struct logfile *file, const struct logfile_settings *settings)
{
	*file = (struct logfile){ .settings = settings, .fd = -1 };
}

void logfile_path(const struct logfile_settings *settings, int32_t day,
		  char path[LOGFILE_PATH_MAX])
{
	char name[STAMP_FILE_MAX];

	stamp_file_name(name, day);
	snprintf(path, LOGFILE_PATH_MAX, "%s/%s", settings->dir, name);
}

const char *logfile_objection(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "is a symbolic link";
	if (S_ISDIR(st->st_mode))
		return "is a directory";
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))
		return "is executable";
	return NULL;
}

static int refuse(char *why, const char *reason)
{
	snprintf(why, LOGFILE_ERROR_MAX, "%s", reason);
	return -1;
}

/*
 * Looks before it opens, so that a FIFO or a device isn't touched at all.
 * What changes in between is caught by O_NOFOLLOW, by O_NONBLOCK (a FIFO that
 * nobody reads gives ENXIO instead of a wait), and by looking again at what
 * was opened.
 */
static int look_at_name(const struct sys *sys, const char *path, char *why)
{
	const char *objection;
	struct stat st;

	if (sys->lstat(path, &st))
		return errno == ENOENT ? 0 : refuse(why, strerror(errno));
	objection = logfile_objection(&st);
	if (!objection)
		return 0;
	errno = EINVAL;
	return refuse(why, objection);
}

/*
 * O_RDWR is for a look at the last byte; EACCES: perm= may not let the owner
 * read, then there is no look.
 */
static int open_path(const struct logfile_settings *settings, const char *path)
{
	const int flags = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY | O_CLOEXEC;
	const struct sys *sys = settings->sys;
	int fd = sys->open(path, O_RDWR | flags, settings->mode);

	if (fd < 0 && errno == EACCES)
		fd = sys->open(path, O_WRONLY | flags, settings->mode);
	return fd;
}

/*
 * Ends a line that a crash left unfinished, so that ours begins a new one.
 * EBADF: the file was opened for writing alone, there is no look.
 */
static int end_torn_line(const struct sys *sys, int fd, off_t size)
{
	char last = '\n';
	ssize_t n = size > 0 ? sys->pread(fd, &last, 1, size - 1) : 0;

	if (n < 0 && errno != EBADF)
		return -1;
	if (n <= 0 || last == '\n')
		return 0;
	return sys->write(fd, "\n", 1) == 1 ? 0 : -1;
}

/* Whether @st, of @day's file, is the file that is open. */
static bool is_same(const struct logfile *file, int32_t day,
		    const struct stat *st)
{
	return file->fd >= 0 && file->day == day &&
	       file->device == st->st_dev && file->inode == st->st_ino;
}

/* Checks and prepares @fd, which was just opened; its nature is in @st. */
static int prepare(const struct logfile_settings *settings, int fd,
		   struct stat *st, char *why)
{
	const char *objection;

	if (settings->sys->fstat(fd, st))
		return refuse(why, strerror(errno));
	objection = logfile_objection(st);
	if (objection) {
		errno = EINVAL;
		return refuse(why, objection);
	}
	/* Somebody else's file keeps its mode; writing to it may be fine. */
	if ((st->st_mode & 07777) != settings->mode)
		settings->sys->fchmod(fd, settings->mode);
	return 0;
}

/* Opens and checks; returns the descriptor, or -1 with nothing changed. */
static int open_checked(struct logfile *file, int32_t day, struct stat *st,
			char *why)
{
	const struct sys *sys = file->settings->sys;
	char path[LOGFILE_PATH_MAX];
	int saved;
	int fd;

	logfile_path(file->settings, day, path);
	if (look_at_name(sys, path, why))
		return -1;
	fd = open_path(file->settings, path);
	if (fd < 0)
		return refuse(why, strerror(errno));
	if (prepare(file->settings, fd, st, why) == 0) {
		if (is_same(file, day, st) ||
		    end_torn_line(sys, fd, st->st_size) == 0)
			return fd;
		refuse(why, strerror(errno));
	}
	saved = errno;
	sys->close(fd);
	errno = saved;
	return -1;
}

int logfile_open(struct logfile *file, int32_t day, uint64_t now_ms,
		 char why[LOGFILE_ERROR_MAX])
{
	struct stat st;
	int fd = open_checked(file, day, &st, why);

	if (fd < 0)
		return -1;
	if (!is_same(file, day, &st))
		file->moved = true;
	logfile_close(file);
	file->fd = fd;
	file->day = day;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->stale = false;
	file->checked_ms = now_ms;
	return 0;
}

void logfile_reopen(struct logfile *file)
{
	file->stale = true;
}

void logfile_close(struct logfile *file)
{
	if (file->fd >= 0)
		file->settings->sys->close(file->fd);
	file->fd = -1;
}

/*
 * Looks whether the name still stands for the open file, or that was renamed,
 * deleted, replaced, or made executable.
 */
static void check_name(struct logfile *file, uint64_t now_ms)
{
	char path[LOGFILE_PATH_MAX];
	struct stat st;

	if (file->fd < 0 || now_ms - file->checked_ms < LOGFILE_CHECK_MS)
		return;
	file->checked_ms = now_ms;
	logfile_path(file->settings, file->day, path);
	if (file->settings->sys->lstat(path, &st) ||
	    !is_same(file, file->day, &st) || logfile_objection(&st))
		logfile_reopen(file);
}

static int fail(struct logfile *file, const char *verb, int32_t day,
		const char *why, uint64_t now_ms)
{
	char path[LOGFILE_PATH_MAX];
	char what[LOGFILE_PATH_MAX + 16];
	int error = errno;

	logfile_path(file->settings, day, path);
	snprintf(what, sizeof(what), "%s %s", verb, path);
	file->failing = true;
	file->retry_ms = backoff_next(&file->backoff, now_ms);
	diag_failed(file->settings->diag, &file->fault, now_ms, what, error,
		    why);
	return -1;
}

static void succeed(struct logfile *file, uint64_t now_ms)
{
	char path[LOGFILE_PATH_MAX];
	char what[LOGFILE_PATH_MAX + 16];

	if (!file->failing)
		return;
	logfile_path(file->settings, file->day, path);
	snprintf(what, sizeof(what), "write %s", path);
	file->failing = false;
	backoff_reset(&file->backoff);
	diag_works(file->settings->diag, &file->fault, now_ms, what);
}

/*
 * EMFILE, ENFILE: the descriptor that an outdated file holds may be the one
 * that is missing.  It stays where it alone tells whether a torn line goes on
 * in the same file.
 */
static bool give_descriptor(struct logfile *file, const struct outq *queue)
{
	if ((errno != EMFILE && errno != ENFILE) || file->fd < 0 ||
	    outq_is_torn(queue))
		return false;
	logfile_close(file);
	return true;
}

static int open_by_name(struct logfile *file, const struct outq *queue,
			int32_t day, uint64_t now_ms, char *why)
{
	if (logfile_open(file, day, now_ms, why) == 0)
		return 0;
	if (!give_descriptor(file, queue))
		return -1;
	return logfile_open(file, day, now_ms, why);
}

/* Has @day's file open.  A line torn by the way to another file is redone. */
static int have_open(struct logfile *file, struct outq *queue, int32_t day,
		     uint64_t now_ms)
{
	char why[LOGFILE_ERROR_MAX];

	if (file->day == day)
		check_name(file, now_ms);
	if ((file->fd < 0 || file->day != day || file->stale) &&
	    open_by_name(file, queue, day, now_ms, why))
		return fail(file, "open", day, why, now_ms);
	if (file->moved)
		outq_rewind(queue);
	file->moved = false;
	return 0;
}

int logfile_drain(struct logfile *file, struct outq *queue, int32_t day,
		  uint64_t now_ms)
{
	struct iovec pieces[PIECES_MAX];

	if (outq_waiting(queue) == 0)
		return 0;
	if (file->failing && now_ms < file->retry_ms)
		return -1;
	if (have_open(file, queue, day, now_ms))
		return -1;
	while (outq_waiting(queue) > 0) {
		int n = outq_peek(queue, pieces, PIECES_MAX);
		ssize_t done = file->settings->sys->writev(file->fd, pieces, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = ENOSPC;
		if (done <= 0)
			return fail(file, "write", day, strerror(errno),
				    now_ms);
		outq_take(queue, (size_t)done);
		file->written_bytes += (uint64_t)done;
		succeed(file, now_ms);
	}
	return 0;
}
