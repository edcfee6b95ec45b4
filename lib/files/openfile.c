/* openfile - one day's file while it is open; see openfile.h. */
#include "openfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "diag.h"
#include "sys.h"

#define PIECES_MAX 16 /* blocks for one writev(), 256 KiB */

void openfile_init(struct openfile *file, struct openfile_common *settings)
{
	*file = (struct openfile){ .settings = settings, .fd = -1 };
}

void openfile_path(const struct openfile_common *settings, int32_t day,
		   char path[OPENFILE_PATH_MAX])
{
	char name[STAMP_FILE_MAX];

	stamp_file_name(name, day);
	snprintf(path, OPENFILE_PATH_MAX, "%s/%s", settings->dir, name);
}

bool openfile_is_open(const struct openfile *file, int32_t day)
{
	return file->fd >= 0 && file->day == day && !file->stale;
}

void openfile_reopen(struct openfile *file)
{
	file->stale = true;
}

/* NFS reports a full disk only at close(). */
void openfile_close(struct openfile *file)
{
	char path[OPENFILE_PATH_MAX];
	bool failed = file->fd >= 0 && file->settings->sys->close(file->fd) &&
		      errno != EINTR;

	if (failed && !file->close_failed) {
		const char *why = strerror(errno);

		openfile_path(file->settings, file->day, path);
		diag_warn(file->settings->diag,
			  "unable to close %s: %s; what was written to it last "
			  "may be missing",
			  path, why);
	}
	if (file->fd >= 0)
		file->close_failed = failed;
	file->fd = -1;
}

/* Whether @st, of the file of @day, is the open file. */
static bool is_same(const struct openfile *file, int32_t day,
		    const struct stat *st)
{
	return file->fd >= 0 && file->day == day &&
	       file->device == st->st_dev && file->inode == st->st_ino;
}

/*
 * Whether the name of the file of @day stands for the open file; *@st is what
 * it stands for.
 */
static bool has_name(const struct openfile *file, int32_t day, struct stat *st)
{
	char path[OPENFILE_PATH_MAX];

	openfile_path(file->settings, day, path);
	return file->settings->sys->lstat(path, st) == 0 &&
	       is_same(file, day, st) && !safeopen_is_refused(st);
}

static int look(const struct openfile *file, struct stat *st)
{
	return file->settings->sys->fstat(file->fd, st);
}

/*
 * A file without a name is seen by nobody.  Some file systems count no links;
 * there a deletion doesn't show.
 */
static bool is_deleted(const struct openfile *file, const struct stat *st)
{
	return file->counts_links && st->st_nlink == 0;
}

/*
 * Whether the file was deleted after the last write: a deletion changes its
 * ctime alone, a write mtime and ctime.  Both within one tick of the kernel's
 * clock look the same.
 */
static bool was_written_before(const struct stat *st)
{
	const struct timespec *deleted = &st->st_ctim;
	const struct timespec *written = &st->st_mtim;

	return deleted->tv_sec > written->tv_sec ||
	       (deleted->tv_sec == written->tv_sec &&
		deleted->tv_nsec > written->tv_nsec);
}

/*
 * Confirms the bytes that were passed, or has them wait again if they went to a
 * file that had been deleted before.  A file that can't be looked at counts as
 * unchanged.  False: the file is not to be used any more.
 */
static bool look_after(struct openfile *file, struct outq *queue,
		       struct stat *st)
{
	bool deleted = false;

	if (look(file, st))
		st->st_size = file->size;
	else
		deleted = is_deleted(file, st);
	if (deleted && !was_written_before(st))
		outq_put_back(queue);
	else
		outq_confirm(queue);
	if (deleted)
		openfile_reopen(file);
	return !deleted;
}

bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms)
{
	struct stat st;

	if (outq_passed(queue) == outq_torn(queue))
		return true;
	file->looked_ms = now_ms;
	return look_after(file, queue, &st);
}

void openfile_cut(struct openfile *file, const struct outq *queue)
{
	off_t torn = (off_t)outq_torn(queue);
	struct stat st;

	if (torn == 0 || file->fd < 0 || file->unsure || look(file, &st) ||
	    st.st_size != file->size || st.st_size < torn)
		return;
	file->settings->sys->ftruncate(file->fd, st.st_size - torn);
}

/*
 * Leaves the open file for another one.  A line that is torn here becomes whole
 * there: openfile_prepare() has it written anew.
 */
static void leave(struct openfile *file, struct outq *queue)
{
	struct stat st;

	if (file->fd >= 0 && look_after(file, queue, &st))
		openfile_cut(file, queue);
	file->unsure = true;
}

/* Makes @fd, whose fstat() is @st, the open file. */
static void change_to(struct openfile *file, struct outq *queue, int32_t day,
		      int fd, const struct stat *st)
{
	if (!is_same(file, day, st))
		leave(file, queue);
	else if (st->st_size != file->size)
		file->unsure = true;
	openfile_close(file);
	file->fd = fd;
	file->day = day;
	file->device = st->st_dev;
	file->inode = st->st_ino;
	file->stale = false;
}

static int open_by_name(struct openfile *file, struct outq *queue, int32_t day,
			uint64_t now_ms, char *why)
{
	char path[OPENFILE_PATH_MAX];
	struct stat st;
	int fd;

	openfile_path(file->settings, day, path);
	fd = safeopen_open(&file->settings->rules, path, &st, why);
	if (fd < 0)
		return -1;
	change_to(file, queue, day, fd, &st);
	file->named_ms = now_ms;
	/* No link: a file system that counts none, or a file just deleted. */
	file->counts_links = st.st_nlink > 0 || !has_name(file, day, &st);
	return 0;
}

/*
 * EMFILE, ENFILE: closes an outdated file for its descriptor; but not with a
 * torn line, as that descriptor alone shows whether the line goes on in the
 * same file.
 */
static bool give_descriptor(struct openfile *file, struct outq *queue)
{
	if ((errno != EMFILE && errno != ENFILE) || file->fd < 0 ||
	    outq_is_torn(queue))
		return false;
	leave(file, queue);
	openfile_close(file);
	return true;
}

/*
 * EACCES: perm= may keep the owner from opening the file a second time.  The
 * open file stays in use as long as the name stands for it.
 */
static bool keep_open_file(struct openfile *file, int32_t day)
{
	struct stat st;

	if (errno != EACCES || !has_name(file, day, &st))
		return false;
	if (st.st_size != file->size)
		file->unsure = true;
	file->stale = false;
	return true;
}

int openfile_open(struct openfile *file, struct outq *queue, int32_t day,
		  uint64_t now_ms, char why[SAFEOPEN_WHY_MAX])
{
	int result = open_by_name(file, queue, day, now_ms, why);
	int error;

	if (result && give_descriptor(file, queue))
		result = open_by_name(file, queue, day, now_ms, why);
	error = errno;
	if (result && keep_open_file(file, day))
		result = 0;
	if (result == 0)
		safeopen_hold_reserve(&file->settings->rules);
	errno = error;
	return result;
}

/* Finds out whether the file was renamed, replaced, or made executable. */
static void check_name(struct openfile *file, uint64_t now_ms)
{
	struct stat st;

	if (now_ms - file->named_ms < OPENFILE_CHECK_MS)
		return;
	file->named_ms = now_ms;
	if (!has_name(file, file->day, &st))
		openfile_reopen(file);
}

/*
 * Finds out whether the file was deleted, truncated in mid-line, or written to
 * by others.  Once a millisecond at most, as the call is not free.
 */
static void check_end(struct openfile *file, struct outq *queue,
		      uint64_t now_ms)
{
	struct stat st;

	if (file->looked_ms == now_ms)
		return;
	file->looked_ms = now_ms;
	if (look_after(file, queue, &st) && st.st_size != file->size)
		file->unsure = true;
}

void openfile_check(struct openfile *file, struct outq *queue, uint64_t now_ms)
{
	check_name(file, now_ms);
	check_end(file, queue, now_ms);
}

/*
 * An unfinished line at the end of the file gets a LF; a line of ours is
 * written anew.
 */
int openfile_prepare(struct openfile *file, struct outq *queue)
{
	struct stat st;

	if (!file->unsure)
		return 0;
	if (look(file, &st) ||
	    safeopen_end_line(file->settings->sys, file->fd,
			      outq_is_torn(queue), &st.st_size))
		return -1;
	outq_rewind(queue);
	file->size = st.st_size;
	file->unsure = false;
	return 0;
}

ssize_t openfile_write(struct openfile *file, struct outq *queue)
{
	struct iovec pieces[PIECES_MAX];
	int n = outq_peek(queue, pieces, PIECES_MAX);
	unsigned tries = 0;
	ssize_t done;

	do
		done = file->settings->sys->writev(file->fd, pieces, n);
	while (done < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	if (done == 0)
		errno = ENOSPC;
	if (done <= 0)
		return -1;
	outq_pass(queue, (size_t)done);
	file->size += done;
	return done;
}
