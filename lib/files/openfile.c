/* openfile - a log file while it is open; see openfile.h. */
#include "openfile.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "diag.h"
#include "errortext.h"
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

/* NFS reports a full disk only at close(). */
static void close_fd(struct openfile *file, int fd)
{
	bool failed = file->settings->sys->close(fd) && errno != EINTR;
	const char *why = errortext(errno);

	file->settings->open_count--;
	if (failed && !file->close_failed)
		diag_warn(file->settings->diag,
			  "unable to close %s: %s; what was written to it last "
			  "may be missing",
			  openfile_place(file), why);
	file->close_failed = failed;
}

void openfile_close(struct openfile *file)
{
	if (file->fd >= 0 && file->fd != file->former.fd)
		close_fd(file, file->fd);
	file->fd = -1;
}

/* Closes the former file when none of its lines is set aside any more. */
static void close_former(struct openfile *file, const struct outq *queue)
{
	if (file->former.fd < 0 || outq_aside(queue) > 0)
		return;
	if (file->former.fd != file->fd)
		close_fd(file, file->former.fd);
	file->former.fd = -1;
}

void openfile_watch(struct openfile *file, struct outq *queue, uint64_t now_ms)
{
	former_check(&file->former, file->settings->sys, queue, now_ms);
	close_former(file, queue);
}

/* Whether @st is the open file. */
static bool is_same(const struct openfile *file, const struct stat *st)
{
	return file->fd >= 0 && file->serial == openfile_serial(file) &&
	       file->device == st->st_dev && file->inode == st->st_ino;
}

static int look(const struct openfile *file, struct stat *st)
{
	return file->settings->sys->fstat(file->fd, st);
}

/* What @path stands for, which is @st. */
static enum logname_sight sight_of(const struct openfile *file,
				   const char *path, struct stat *st)
{
	enum logname_sight sight = logname_look(file->settings->sys, path, st);

	return sight == LOGNAME_UNKNOWN || is_same(file, st) ? sight
							     : LOGNAME_LOST;
}

/* What the name that counts stands for: for a held file any name does. */
static enum logname_sight look_up(const struct openfile *file, struct stat *st)
{
	if (!file->held)
		return sight_of(file, openfile_place(file), st);
	return logname_look_open(file->settings->sys, file->fd, 1, st);
}

void openfile_recall(struct openfile *file, struct outq *queue)
{
	former_recall(&file->former, file->settings->sys, queue);
	close_former(file, queue);
}

bool openfile_cut(struct openfile *file, const struct outq *queue)
{
	off_t torn = (off_t)outq_torn(queue);
	struct stat st;

	if (torn == 0 || file->fd < 0 || file->unsure || look(file, &st) ||
	    st.st_size != file->size || st.st_size < torn)
		return false;
	return !file->settings->sys->ftruncate(file->fd, st.st_size - torn);
}

/*
 * Sets the unconfirmed lines of the open file, whose fstat() is @st, aside, and
 * watches it.  False for want of memory.
 */
static bool watch(struct openfile *file, struct outq *queue,
		  const struct stat *st, uint64_t now_ms)
{
	if (file->former.fd != file->fd)
		openfile_recall(file, queue);
	if (!former_watch(&file->former, file->fd, st, queue, now_ms))
		return false;
	file->former.knowingly = file->held;
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
	struct stat st = { .st_dev = file->device,
			   .st_ino = file->inode,
			   .st_nlink = 1 };
	bool gone = logname_look_open(file->settings->sys, file->fd, 1, &st) ==
		    LOGNAME_LOST;

	openfile_cut(file, queue);
	file->unsure = true;
	if (outq_passed(queue) > outq_torn(queue)) {
		if (gone || !may_watch || file->settings->ends ||
		    !watch(file, queue, &st, now_ms))
			outq_put_back(queue);
		else
			file->fd = -1;
	}
	if (gone && file->held)
		openfile_recall(file, queue);
}

/*
 * The passed bytes can be seen in the open file.  Those of a held file are kept
 * for a while: whoever removes it may have read it before.
 */
static void note_seen(struct openfile *file, struct outq *queue,
		      const struct stat *st, uint64_t now_ms)
{
	if (file->held && !file->settings->ends &&
	    outq_passed(queue) > outq_torn(queue))
		watch(file, queue, st, now_ms);
	outq_confirm(queue);
}

/*
 * Confirms the bytes that were passed if the file still has its name.  If not,
 * the file is to be opened anew, and left at once if bytes aren't confirmed;
 * those that went to a deleted file wait again.
 */
static bool look_after(struct openfile *file, struct outq *queue,
		       struct stat *st, uint64_t now_ms)
{
	enum logname_sight name = look_up(file, st);

	file->looked_ms = now_ms;
	if (name == LOGNAME_FOUND || name == LOGNAME_REFUSED)
		note_seen(file, queue, st, now_ms);
	else if (name == LOGNAME_LOST && outq_passed(queue) > outq_torn(queue))
		leave(file, queue, true, now_ms);
	if (name != LOGNAME_FOUND)
		openfile_reopen(file);
	return name == LOGNAME_FOUND;
}

bool openfile_confirm(struct openfile *file, struct outq *queue,
		      uint64_t now_ms)
{
	struct stat st;

	return outq_passed(queue) == outq_torn(queue) ||
	       look_after(file, queue, &st, now_ms);
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
		file->unsure |= st->st_size != file->size;
	}
	former_found(&file->former, queue, st);
	close_former(file, queue);
	if (file->serial != openfile_serial(file) ||
	    file->reopens != file->settings->reopens)
		file->link = LINK_NEW;
	openfile_close(file);
	file->fd = fd;
	file->settings->open_count++;
	file->serial = openfile_serial(file);
	file->reopens = file->settings->reopens;
	file->device = st->st_dev;
	file->inode = st->st_ino;
	file->stale = false;
	openfile_note_use(file);
}

int openfile_open_at(struct openfile *file, struct outq *queue, unsigned beside,
		     uint64_t now_ms, char why[SAFEOPEN_WHY_MAX])
{
	struct openfile_common *settings = file->settings;
	struct stat st;
	const char *path = logname_path(&settings->names, file->number, beside);
	int fd = safeopen_open(&settings->rules, path, &st, why);

	if (fd < 0 && errno == ENOENT &&
	    logname_make_directories(&settings->names, &settings->rules, path,
				     why)) {
		file->link = LINK_NEW;
		fd = safeopen_open(&settings->rules, path, &st, why);
	}
	if (fd < 0)
		return -1;
	change_to(file, queue, fd, &st, now_ms);
	if (file->beside != beside)
		file->link = LINK_NEW;
	file->beside = (uint8_t)beside;
	file->held = false;
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
	enum logname_sight name;

	if ((errno != EMFILE && errno != ENFILE) || openfile_is_elsewhere(file))
		return false;
	if (file->former.fd >= 0) {
		openfile_recall(file, queue);
		return true;
	}
	if (file->fd < 0 || outq_is_torn(queue))
		return false;
	name = look_up(file, &st);
	if (name == LOGNAME_UNKNOWN)
		return false;
	if (name != LOGNAME_LOST)
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

	if (errno != EACCES ||
	    sight_of(file, openfile_path(file), &st) != LOGNAME_FOUND)
		return false;
	outq_confirm(queue);
	file->unsure |= st.st_size != file->size;
	file->stale = false;
	openfile_forget(file);
	return true;
}

int openfile_open(struct openfile *file, struct outq *queue, uint64_t now_ms,
		  char why[SAFEOPEN_WHY_MAX])
{
	int result = openfile_open_at(file, queue, 0, now_ms, why);
	int error;

	if (result && give_descriptor(file, queue, now_ms))
		result = openfile_open_at(file, queue, 0, now_ms, why);
	error = errno;
	if (result && keep_open_file(file, queue))
		result = 0;
	if (result == 0)
		safeopen_hold_reserve(&file->settings->rules);
	errno = error;
	return result;
}

bool openfile_hold(struct openfile *file)
{
	int before = file->fd;
	struct stat st;

	if (file->fd < 0) {
		file->fd = file->former.fd;
		file->serial = openfile_serial(file);
	}
	if (file->fd < 0 || file->serial != openfile_serial(file) ||
	    look(file, &st) || st.st_nlink == 0) {
		file->fd = before;
		return false;
	}
	if (before < 0 || st.st_size != file->size)
		file->unsure = true;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->reopens = file->settings->reopens;
	file->stale = false;
	file->held = true;
	return true;
}

bool openfile_share(struct openfile *file, struct outq *queue, uint64_t now_ms)
{
	struct openfile *other = file->settings->latest;
	struct stat st;
	int fd;

	if (!other)
		return false;
	file->settings->shares = true;
	openfile_rest(other);
	fd = other->fd >= 0 ? other->fd : other->former.fd;
	fd = safeopen_share(&file->settings->rules, fd, &st);
	if (fd < 0)
		return false;
	change_to(file, queue, fd, &st, now_ms);
	file->beside = 0;
	file->held = true;
	return true;
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
	ssize_t done =
		safeopen_append(file->settings->sys, file->fd, pieces, n);

	if (done < 0)
		return -1;
	outq_pass(queue, (size_t)done);
	openfile_note_use(file);
	file->size += done;
	return done;
}
