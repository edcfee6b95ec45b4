/* removal - removes a file, and directories that become empty; see removal.h.
 */
#include "removal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "filename.h"
#include "sys.h"

#define NAME_MAX_BYTES (FILENAME_BYTES + 256)

/* Says that @verb failed because of errno. */
static enum removal_result fail_at(const struct removal *removal,
				   const char *verb, const char *name,
				   uint64_t now_ms)
{
	int error = errno;
	char what[PATH_MAX + NAME_MAX_BYTES + 32];

	if (error == ENOENT)
		return REMOVAL_GONE;
	/* Something else stands in place of a directory. */
	if (error == ENOTDIR || error == ELOOP)
		return REMOVAL_LEFT;
	snprintf(what, sizeof(what), "%s %s/%s", verb, removal->dir, name);
	diag_failed(removal->diag, removal->fault, now_ms, what, error,
		    strerror(error));
	return REMOVAL_FAILED;
}

/* Opens directory @name, of @len bytes, in @parent, which is closed. */
static int open_in(const struct removal *removal, int parent, const char *name,
		   size_t len)
{
	char component[NAME_MAX + 1];
	int fd, error;

	snprintf(component, sizeof(component), "%.*s", (int)len, name);
	fd = removal->sys->openat(parent, component,
				  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				  0);
	error = errno;
	removal->sys->close(parent);
	errno = error;
	return fd;
}

/*
 * Opens the directory that @name is in, and has @last point to its last
 * component.  Returns a descriptor or -1.
 */
static int open_parent(const struct removal *removal, const char *name,
		       const char **last)
{
	int fd = removal->sys->open(removal->dir,
				    O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	const char *slash;

	while (fd >= 0 && (slash = strchr(name, '/'))) {
		fd = open_in(removal, fd, name, (size_t)(slash - name));
		name = slash + 1;
	}
	*last = name;
	return fd;
}

static bool is_unchanged(const struct removal_file *file, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink <= 1 &&
	       (uint64_t)st->st_dev == file->device &&
	       (uint64_t)st->st_ino == file->inode;
}

/*
 * Cuts a part off.  REMOVAL_FAILED: a file that can't be written can be removed
 * nevertheless.
 */
static enum removal_result shorten(const struct removal *removal, int parent,
				   const char *last,
				   const struct removal_file *file)
{
	const int flags =
		O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	enum removal_result result = REMOVAL_FAILED;
	const struct sys *sys = removal->sys;
	struct stat st;
	int fd = sys->openat(parent, last, flags, 0);

	if (fd < 0)
		return result;
	if (sys->fstat(fd, &st) == 0) {
		if (!is_unchanged(file, &st))
			result = REMOVAL_LEFT;
		else if (st.st_size > REMOVAL_PART_BYTES &&
			 sys->ftruncate(fd, st.st_size - REMOVAL_PART_BYTES) ==
				 0)
			result = REMOVAL_SHORTENED;
	}
	sys->close(fd);
	return result;
}

/* Removes the directories above @name, but not DIR, as far as they are empty.
 */
static void remove_directories(const struct removal *removal, const char *name)
{
	char path[NAME_MAX_BYTES];
	int failed = 0;
	char *slash;

	snprintf(path, sizeof(path), "%s", name);
	while (!failed && (slash = strrchr(path, '/'))) {
		const char *last;
		int fd;

		*slash = '\0';
		fd = open_parent(removal, path, &last);
		if (fd < 0)
			return;
		failed = removal->sys->unlinkat(fd, last, AT_REMOVEDIR);
		removal->sys->close(fd);
	}
}

static enum removal_result remove_from(const struct removal *removal,
				       int parent, const char *last,
				       const struct removal_file *file,
				       uint64_t now_ms)
{
	const struct sys *sys = removal->sys;
	enum removal_result result = REMOVAL_FAILED;
	struct stat st;

	if (sys->fstatat(parent, last, &st, AT_SYMLINK_NOFOLLOW))
		return fail_at(removal, "look at", file->name, now_ms);
	if (!is_unchanged(file, &st) ||
	    removal->is_open(removal->context, file->name, &st))
		return REMOVAL_LEFT;
	if (st.st_size > REMOVAL_PART_BYTES)
		result = shorten(removal, parent, last, file);
	if (result != REMOVAL_FAILED)
		return result;
	if (sys->unlinkat(parent, last, 0))
		return fail_at(removal, "remove", file->name, now_ms);
	return REMOVAL_DONE;
}

enum removal_result removal_step(const struct removal *removal,
				 const struct removal_file *file,
				 uint64_t now_ms)
{
	enum removal_result result;
	const char *last;
	int parent = open_parent(removal, file->name, &last);

	if (parent < 0)
		return fail_at(removal, "open the directory of", file->name,
			       now_ms);
	result = remove_from(removal, parent, last, file, now_ms);
	removal->sys->close(parent);
	if (result == REMOVAL_DONE)
		remove_directories(removal, file->name);
	return result;
}
