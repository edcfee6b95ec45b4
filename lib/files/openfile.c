/* openfile - a log file while it is open; see openfile.h. */
#include "openfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "diag.h"
#include "sys.h"

#define PIECES_MAX 16 /* blocks for one writev(), 256 KiB */

void openfile_init(struct openfile *file, struct openfile_common *settings,
		   uint32_t number)
{
	*file = (struct openfile){
		.settings = settings,
		.number = number,
		.fd = -1,
		.former = { .fd = -1 },
	};
}

/* Of the file that the entry is for now. */
static uint32_t present_serial(const struct openfile *file)
{
	return file->settings->table->files[file->number].serial;
}

/* Kept, as each look needs it. */
const char *openfile_path(const struct openfile *file)
{
	struct openfile_common *settings = file->settings;
	uint32_t serial = present_serial(file);

	if (settings->path_serial != serial) {
		snprintf(settings->path, sizeof(settings->path), "%s/%s",
			 settings->dir,
			 filetable_name(settings->table, file->number));
		settings->path_serial = serial;
	}
	return settings->path;
}

bool openfile_is_open(const struct openfile *file)
{
	return file->fd >= 0 && file->serial == present_serial(file) &&
	       !file->stale && file->reopens == file->settings->reopens;
}

void openfile_reopen(struct openfile *file)
{
	file->stale = true;
}

/* NFS reports a full disk only at close(). */
static void close_fd(struct openfile *file, int fd)
{
	bool failed = file->settings->sys->close(fd) && errno != EINTR;
	const char *why = strerror(errno);

	file->settings->open_count--;
	if (failed && !file->close_failed)
		diag_warn(file->settings->diag,
			  "unable to close %s: %s; what was written to it last "
			  "may be missing",
			  openfile_path(file), why);
	file->close_failed = failed;
}

void openfile_close(struct openfile *file)
{
	if (file->fd >= 0)
		close_fd(file, file->fd);
	file->fd = -1;
}

/* Closes the former file when none of its lines is set aside any more. */
static void close_former(struct openfile *file, const struct outq *queue)
{
	if (file->former.fd < 0 || outq_aside(queue) > 0)
		return;
	close_fd(file, file->former.fd);
	file->former.fd = -1;
}

void openfile_watch(struct openfile *file, struct outq *queue, uint64_t now_ms)
{
	former_check(&file->former, file->settings->sys, queue, now_ms);
	close_former(file, queue);
}

void openfile_recall(struct openfile *file, struct outq *queue)
{
	outq_recall(queue);
	close_former(file, queue);
}

/* Whether @st is the open file. */
static bool is_same(const struct openfile *file, const struct stat *st)
{
	return file->fd >= 0 && file->serial == present_serial(file) &&
	       file->device == st->st_dev && file->inode == st->st_ino;
}

enum name {
	NAME_OURS, /* stands for the open file */
	NAME_LOST, /* stands for nothing, or another file */
	NAME_REFUSED, /* stands for the open file, which was made executable */
	NAME_UNKNOWN, /* can't be looked at */
};

/* What the name of the file stands for, which is @st. */
static enum name look_up(const struct openfile *file, struct stat *st)
{
	const char *path = openfile_path(file);

	if (file->settings->sys->lstat(path, st))
		return errno == ENOENT ? NAME_LOST : NAME_UNKNOWN;
	if (!is_same(file, st))
		return NAME_LOST;
	return safeopen_is_refused(st) ? NAME_REFUSED : NAME_OURS;
}

static bool has_name(const struct openfile *file, struct stat *st)
{
	return look_up(file, st) == NAME_OURS;
}

static int look(const struct openfile *file, struct stat *st)
{
	return file->settings->sys->fstat(file->fd, st);
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
 * Watches the open file, whose fstat() is @st, as a former one, with its
 * unconfirmed lines set aside.  False: nobody would see these lines, or memory
 * is full.
 */
static bool watch(struct openfile *file, struct outq *queue,
		  const struct stat *st, uint64_t now_ms)
{
	if (file->settings->ends || st->st_nlink == 0)
		return false;
	openfile_recall(file, queue);
	if (!former_watch(&file->former, file->fd, st, queue, now_ms))
		return false;
	file->fd = -1;
	return true;
}

/*
 * Leaves the open file, whose name was lost.  Lines that nobody may have seen
 * in it are set aside, if @may_watch, or wait again.  A line that is torn here
 * becomes whole in the next file: openfile_prepare() has it written anew.
 */
static void leave(struct openfile *file, struct outq *queue, bool may_watch,
		  uint64_t now_ms)
{
	struct stat st;

	openfile_cut(file, queue);
	file->unsure = true;
	if (outq_passed(queue) > outq_torn(queue) &&
	    (!may_watch || look(file, &st) || !watch(file, queue, &st, now_ms)))
		outq_put_back(queue);
}

/*
 * Confirms the bytes that were passed if the file still has its name.  If not,
 * the file is to be opened anew, and left at once if bytes aren't confirmed;
 * those that went to a deleted file wait again.
 */
static bool look_after(struct openfile *file, struct outq *queue,
		       struct stat *st, uint64_t now_ms)
{
	enum name name = look_up(file, st);

	file->looked_ms = now_ms;
	if (name == NAME_OURS || name == NAME_REFUSED)
		outq_confirm(queue);
	else if (name == NAME_LOST && outq_passed(queue) > outq_torn(queue))
		leave(file, queue, true, now_ms);
	if (name != NAME_OURS)
		openfile_reopen(file);
	return name == NAME_OURS;
}

bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms)
{
	struct stat st;

	return outq_passed(queue) == outq_torn(queue) ||
	       look_after(file, queue, &st, now_ms);
}

/* The former file may have got its name back: its lines can be seen then. */
static void forget_former(struct openfile *file, struct outq *queue,
			  const struct stat *st)
{
	if (!former_is(&file->former, st))
		return;
	outq_drop_aside(queue);
	close_former(file, queue);
}

/* Makes @fd, whose fstat() is @st, the open file. */
static void change_to(struct openfile *file, struct outq *queue, int fd,
		      const struct stat *st, uint64_t now_ms)
{
	if (!is_same(file, st)) {
		openfile_confirm(file, queue, now_ms);
		leave(file, queue, true, now_ms);
	} else {
		outq_confirm(queue);
		if (st->st_size != file->size)
			file->unsure = true;
	}
	forget_former(file, queue, st);
	openfile_close(file);
	file->fd = fd;
	file->settings->open_count++;
	file->serial = present_serial(file);
	file->reopens = file->settings->reopens;
	file->device = st->st_dev;
	file->inode = st->st_ino;
	file->stale = false;
}

/* Those that file= names.  DIR itself is the administrator's. */
static bool make_directories(const struct openfile *file)
{
	size_t from = strlen(file->settings->dir);

	if (!strchr(openfile_path(file) + from + 1, '/'))
		return false;
	if (safeopen_make_directories(&file->settings->rules,
				      openfile_path(file), from) == 0)
		return true;
	errno = ENOENT;
	return false;
}

static int open_by_name(struct openfile *file, struct outq *queue,
			uint64_t now_ms, char *why)
{
	const char *path = openfile_path(file);
	struct stat st;
	int fd = safeopen_open(&file->settings->rules, path, &st, why);

	if (fd < 0 && errno == ENOENT && make_directories(file))
		fd = safeopen_open(&file->settings->rules, path, &st, why);
	if (fd < 0)
		return -1;
	change_to(file, queue, fd, &st, now_ms);
	return 0;
}

/*
 * EMFILE, ENFILE: closes an outdated file for its descriptor; but not with a
 * torn line, as that descriptor alone shows whether the line goes on in the
 * same file.
 */
static bool give_descriptor(struct openfile *file, struct outq *queue,
			    uint64_t now_ms)
{
	struct stat st;
	enum name name;

	if (errno != EMFILE && errno != ENFILE)
		return false;
	if (file->former.fd >= 0) {
		openfile_recall(file, queue);
		return true;
	}
	if (file->fd < 0 || outq_is_torn(queue))
		return false;
	name = look_up(file, &st);
	if (name == NAME_UNKNOWN)
		return false;
	if (name != NAME_LOST)
		outq_confirm(queue);
	leave(file, queue, false, now_ms);
	openfile_close(file);
	return true;
}

/*
 * EACCES: perm= may keep the owner from opening the file a second time.  The
 * open file stays in use as long as the name stands for it.
 */
static bool keep_open_file(struct openfile *file, struct outq *queue)
{
	struct stat st;

	if (errno != EACCES || !has_name(file, &st))
		return false;
	outq_confirm(queue);
	if (st.st_size != file->size)
		file->unsure = true;
	file->stale = false;
	return true;
}

int openfile_open(struct openfile *file, struct outq *queue, uint64_t now_ms,
		  char why[SAFEOPEN_WHY_MAX])
{
	int result = open_by_name(file, queue, now_ms, why);
	int error;

	if (result && give_descriptor(file, queue, now_ms))
		result = open_by_name(file, queue, now_ms, why);
	error = errno;
	if (result && keep_open_file(file, queue))
		result = 0;
	if (result == 0)
		safeopen_hold_reserve(&file->settings->rules);
	errno = error;
	return result;
}

/*
 * Finds out whether the file was renamed, replaced, deleted, made executable,
 * truncated in mid-line, or written to by others.
 */
void openfile_check(struct openfile *file, struct outq *queue, uint64_t now_ms)
{
	struct stat st;

	if (file->looked_ms != now_ms && look_after(file, queue, &st, now_ms) &&
	    st.st_size != file->size)
		file->unsure = true;
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
