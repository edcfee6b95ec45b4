/* dayfile - one day's file while it is open; see dayfile.h. */
#include "dayfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "diag.h"
#include "sys.h"

#define PIECES_MAX 16 /* blocks for one writev(), 256 KiB */

void dayfile_init(struct dayfile *file, struct dayfile_settings *settings)
{
	*file = (struct dayfile){ .settings = settings, .fd = -1 };
}

void dayfile_path(const struct dayfile_settings *settings, int32_t day,
		  char path[DAYFILE_PATH_MAX])
{
	char name[STAMP_FILE_MAX];

	stamp_file_name(name, day);
	snprintf(path, DAYFILE_PATH_MAX, "%s/%s", settings->dir, name);
}

bool dayfile_is_open(const struct dayfile *file, int32_t day)
{
	return file->fd >= 0 && file->day == day && !file->stale;
}

void dayfile_reopen(struct dayfile *file)
{
	file->stale = true;
}

/* NFS tells only here of a disk that was full. */
void dayfile_close(struct dayfile *file)
{
	char path[DAYFILE_PATH_MAX];
	bool failed = file->fd >= 0 && file->settings->sys->close(file->fd) &&
		      errno != EINTR;

	if (failed && !file->close_failed) {
		const char *why = strerror(errno);

		dayfile_path(file->settings, file->day, path);
		diag_warn(file->settings->diag,
			  "unable to close %s: %s; what was written to it last "
			  "may be missing",
			  path, why);
	}
	if (file->fd >= 0)
		file->close_failed = failed;
	file->fd = -1;
}

/* Whether @st, of @day's file, is the file that is open. */
static bool is_same(const struct dayfile *file, int32_t day,
		    const struct stat *st)
{
	return file->fd >= 0 && file->day == day &&
	       file->device == st->st_dev && file->inode == st->st_ino;
}

/*
 * Whether the name of @day's file stands for the file that is open; then *@st
 * tells of it.
 */
static bool has_name(const struct dayfile *file, int32_t day, struct stat *st)
{
	char path[DAYFILE_PATH_MAX];

	dayfile_path(file->settings, day, path);
	return file->settings->sys->lstat(path, st) == 0 &&
	       is_same(file, day, st) && !appendfile_is_refused(st);
}

static int look(const struct dayfile *file, struct stat *st)
{
	return file->settings->sys->fstat(file->fd, st);
}

/*
 * Nobody will see what goes to a file that has no name any more.  Some file
 * systems count no links; theirs can't be told that way.
 */
static bool is_deleted(const struct dayfile *file, const struct stat *st)
{
	return file->counts_links && st->st_nlink == 0;
}

/*
 * Whether the file was deleted after it was last written to.  To delete it
 * changes its ctime alone, to write to it both; what falls into one tick of the
 * kernel's clock can't be told apart.
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
 * Confirms what was written, or puts it back if it went to a file that had
 * been deleted.  What can't be looked at is taken to be as it was.  False: the
 * file is not to be used any more.
 */
static bool look_after(struct dayfile *file, struct outq *queue,
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
		dayfile_reopen(file);
	return !deleted;
}

bool dayfile_confirm(struct dayfile *file, struct outq *queue, uint64_t now_ms)
{
	struct stat st;

	if (outq_passed(queue) == outq_torn(queue))
		return true;
	file->looked_ms = now_ms;
	return look_after(file, queue, &st);
}

void dayfile_cut(struct dayfile *file, const struct outq *queue)
{
	off_t torn = (off_t)outq_torn(queue);
	struct stat st;

	if (torn == 0 || file->fd < 0 || file->unsure || look(file, &st) ||
	    st.st_size != file->size || st.st_size < torn)
		return;
	file->settings->sys->ftruncate(file->fd, st.st_size - torn);
}

/*
 * Another file takes its place.  The line that has only begun there will be
 * whole in the other one; dayfile_prepare() sees to that.
 */
static void leave(struct dayfile *file, struct outq *queue)
{
	struct stat st;

	if (file->fd >= 0 && look_after(file, queue, &st))
		dayfile_cut(file, queue);
	file->unsure = true;
}

/* Has @fd, which @st tells of, in place of what was open. */
static void change_to(struct dayfile *file, struct outq *queue, int32_t day,
		      int fd, const struct stat *st)
{
	if (!is_same(file, day, st))
		leave(file, queue);
	else if (st->st_size != file->size)
		file->unsure = true;
	dayfile_close(file);
	file->fd = fd;
	file->day = day;
	file->device = st->st_dev;
	file->inode = st->st_ino;
	file->stale = false;
}

static int open_by_name(struct dayfile *file, struct outq *queue, int32_t day,
			uint64_t now_ms, char *why)
{
	char path[DAYFILE_PATH_MAX];
	struct stat st;
	int fd;

	dayfile_path(file->settings, day, path);
	fd = appendfile_open(&file->settings->rules, path, &st, why);
	if (fd < 0)
		return -1;
	change_to(file, queue, day, fd, &st);
	file->named_ms = now_ms;
	/* Without a link it may just have been deleted, too. */
	file->counts_links = st.st_nlink > 0 || !has_name(file, day, &st);
	return 0;
}

/*
 * EMFILE, ENFILE: gives the descriptor that an outdated file holds.  That one
 * stays where it alone tells whether a torn line goes on in the same file.
 */
static bool give_descriptor(struct dayfile *file, struct outq *queue)
{
	if ((errno != EMFILE && errno != ENFILE) || file->fd < 0 ||
	    outq_is_torn(queue))
		return false;
	leave(file, queue);
	dayfile_close(file);
	return true;
}

/*
 * EACCES: perm= may not let the owner open the file a second time.  Where the
 * name still stands for the file that is open, that goes on being used.
 */
static bool keep_open_file(struct dayfile *file, int32_t day)
{
	struct stat st;

	if (errno != EACCES || !has_name(file, day, &st))
		return false;
	if (st.st_size != file->size)
		file->unsure = true;
	file->stale = false;
	return true;
}

int dayfile_open(struct dayfile *file, struct outq *queue, int32_t day,
		 uint64_t now_ms, char why[APPENDFILE_WHY_MAX])
{
	int result = open_by_name(file, queue, day, now_ms, why);
	int error;

	if (result && give_descriptor(file, queue))
		result = open_by_name(file, queue, day, now_ms, why);
	error = errno;
	if (result && keep_open_file(file, day))
		result = 0;
	if (result == 0)
		appendfile_hold_reserve(&file->settings->rules);
	errno = error;
	return result;
}

/* A file that was renamed, replaced, or made executable. */
static void check_name(struct dayfile *file, uint64_t now_ms)
{
	struct stat st;

	if (now_ms - file->named_ms < DAYFILE_CHECK_MS)
		return;
	file->named_ms = now_ms;
	if (!has_name(file, file->day, &st))
		dayfile_reopen(file);
}

/*
 * A file that was deleted, truncated in mid-line, or added to by others.  Once
 * a millisecond is often enough, as a call is not free.
 */
static void check_end(struct dayfile *file, struct outq *queue, uint64_t now_ms)
{
	struct stat st;

	if (file->looked_ms == now_ms)
		return;
	file->looked_ms = now_ms;
	if (look_after(file, queue, &st) && st.st_size != file->size)
		file->unsure = true;
}

void dayfile_check(struct dayfile *file, struct outq *queue, uint64_t now_ms)
{
	check_name(file, now_ms);
	check_end(file, queue, now_ms);
}

/* What stands there unfinished ends here; a line of ours is written anew. */
int dayfile_prepare(struct dayfile *file, struct outq *queue)
{
	struct stat st;

	if (!file->unsure)
		return 0;
	if (look(file, &st) ||
	    appendfile_end_line(file->settings->sys, file->fd,
				outq_is_torn(queue), &st.st_size))
		return -1;
	outq_rewind(queue);
	file->size = st.st_size;
	file->unsure = false;
	return 0;
}

ssize_t dayfile_write(struct dayfile *file, struct outq *queue)
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
