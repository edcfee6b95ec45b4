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
#define EINTR_MAX  16 /* in a row, then it is a failure like any other */

void logfile_init(struct logfile *file, struct logfile_settings *settings)
{
	*file = (struct logfile){ .settings = settings, .fd = -1 };
}

void logfile_hold_reserve(struct logfile_settings *settings)
{
	if (settings->has_reserve)
		return;
	settings->reserve_fd =
		settings->sys->open("/dev/null", O_RDONLY | O_CLOEXEC, 0);
	settings->has_reserve = settings->reserve_fd >= 0;
}

/* Gives it up; false where there is none. */
static bool spend_reserve(struct logfile_settings *settings)
{
	if (!settings->has_reserve)
		return false;
	settings->sys->close(settings->reserve_fd);
	settings->has_reserve = false;
	return true;
}

void logfile_path(const struct logfile_settings *settings, int32_t day,
		  char path[LOGFILE_PATH_MAX])
{
	char name[STAMP_FILE_MAX];

	stamp_file_name(name, day);
	snprintf(path, LOGFILE_PATH_MAX, "%s/%s", settings->dir, name);
}

/* Why a file that looks like @st is refused, or NULL when it is fine. */
static const char *objection_to(const struct stat *st)
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
int logfile_look(const struct logfile_settings *settings, int32_t day,
		 char why[LOGFILE_ERROR_MAX])
{
	char path[LOGFILE_PATH_MAX];
	const char *objection;
	struct stat st;

	logfile_path(settings, day, path);
	if (settings->sys->lstat(path, &st))
		return errno == ENOENT ? 0 : refuse(why, strerror(errno));
	objection = objection_to(&st);
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
	objection = objection_to(st);
	if (objection) {
		errno = EINVAL;
		return refuse(why, objection);
	}
	/* Somebody else's file, or one with another name too, keeps its mode. */
	if ((st->st_mode & 07777) != settings->mode &&
	    st->st_uid == settings->owner && st->st_nlink <= 1)
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

	if (logfile_look(file->settings, day, why))
		return -1;
	logfile_path(file->settings, day, path);
	fd = open_path(file->settings, path);
	if (fd < 0)
		return refuse(why, strerror(errno));
	if (prepare(file->settings, fd, st, why) == 0)
		return fd;
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
	if (!is_same(file, day, &st)) {
		file->moved = true;
		file->size = -1;
	}
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
	    !is_same(file, file->day, &st) || objection_to(&st))
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
 * EMFILE, ENFILE: gives the reserve, or the descriptor that an outdated file
 * holds.  That one stays where it alone tells whether a torn line goes on in
 * the same file.
 */
static bool give_descriptor(struct logfile *file, const struct outq *queue)
{
	if (errno != EMFILE && errno != ENFILE)
		return false;
	if (spend_reserve(file->settings))
		return true;
	if (file->fd < 0 || outq_is_torn(queue))
		return false;
	logfile_close(file);
	return true;
}

/*
 * EACCES: perm= may not let the owner open the file a second time.  Where the
 * name still stands for the file that is open, that goes on being used.
 */
static bool keep_open_file(struct logfile *file, int32_t day)
{
	char path[LOGFILE_PATH_MAX];
	struct stat st;

	if (errno != EACCES || file->fd < 0 || file->day != day)
		return false;
	logfile_path(file->settings, day, path);
	if (file->settings->sys->lstat(path, &st) || !is_same(file, day, &st) ||
	    objection_to(&st))
		return false;
	file->stale = false;
	return true;
}

static int open_by_name(struct logfile *file, const struct outq *queue,
			int32_t day, uint64_t now_ms, char *why)
{
	int result = logfile_open(file, day, now_ms, why);

	while (result && give_descriptor(file, queue))
		result = logfile_open(file, day, now_ms, why);
	if (result && keep_open_file(file, day))
		result = 0;
	if (result == 0)
		logfile_hold_reserve(file->settings);
	return result;
}

/* A line that has only begun must find its beginning again. */
static void remember_size(struct logfile *file)
{
	struct stat st;

	file->size = -1;
	if (file->settings->sys->fstat(file->fd, &st) == 0)
		file->size = st.st_size;
}

/* Whether nobody has truncated the file, or added to it, since then. */
static bool has_size(const struct logfile *file)
{
	struct stat st;

	return file->settings->sys->fstat(file->fd, &st) == 0 &&
	       st.st_size == file->size;
}

/* Writes a torn line anew; what stands there of another ends here. */
static int begin_again(struct logfile *file, struct outq *queue, int32_t day,
		       uint64_t now_ms)
{
	struct stat st;

	if (file->settings->sys->fstat(file->fd, &st) ||
	    end_torn_line(file->settings->sys, file->fd, st.st_size))
		return fail(file, "write", day, strerror(errno), now_ms);
	outq_rewind(queue);
	file->moved = false;
	return 0;
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
	if (file->moved || (outq_is_torn(queue) && !has_size(file)))
		return begin_again(file, queue, day, now_ms);
	return 0;
}

int logfile_drain(struct logfile *file, struct outq *queue, int32_t day,
		  uint64_t now_ms)
{
	struct iovec pieces[PIECES_MAX];
	unsigned tries = 0;

	if (outq_waiting(queue) == 0)
		return 0;
	if (file->failing && now_ms < file->retry_ms)
		return -1;
	if (have_open(file, queue, day, now_ms))
		return -1;
	while (outq_waiting(queue) > 0) {
		int n = outq_peek(queue, pieces, PIECES_MAX);
		ssize_t done = file->settings->sys->writev(file->fd, pieces, n);

		if (done < 0 && errno == EINTR && tries++ < EINTR_MAX)
			continue;
		if (done == 0)
			errno = ENOSPC;
		if (done <= 0)
			return fail(file, "write", day, strerror(errno),
				    now_ms);
		outq_take(queue, (size_t)done);
		if (outq_is_torn(queue))
			remember_size(file);
	}
	succeed(file, now_ms);
	return 0;
}
