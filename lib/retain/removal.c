/* removal - removes a file, and directories that become empty; see removal.h.
 */
#include "removal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "errortext.h"
#include "filename.h"
#include "linkname.h"
#include "settings.h"
#include "sys.h"

#define NAME_MAX_BYTES (FILENAME_BYTES + 256)
#define ENTRIES_BYTES  2048 /* of a directory at once */

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
		    errortext(error));
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

/*
 * Whether @name, in the directory that is open at @fd, is the link, or spare.
 */
static bool is_link(const struct removal *removal, int fd, const char *name,
		    const char *spare)
{
	struct stat st;

	return (strcmp(name, removal->settings->link) == 0 ||
		strcmp(name, spare) == 0) &&
	       removal->sys->fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(st.st_mode);
}

/* Whether nothing but the link is in the directory that is open at @fd. */
static bool has_link_alone(const struct removal *removal, int fd,
			   const char *spare)
{
	_Alignas(uint64_t) char entries[ENTRIES_BYTES];
	ssize_t end;

	while ((end = removal->sys->getdents64(fd, entries, ENTRIES_BYTES)) >
	       0) {
		const struct sys_entry *entry;
		ssize_t at;

		for (at = 0; at < end; at += entry->length) {
			entry = (const void *)(entries + at);
			if (strcmp(entry->name, ".") != 0 &&
			    strcmp(entry->name, "..") != 0 &&
			    !is_link(removal, fd, entry->name, spare))
				return false;
		}
	}
	return end == 0;
}

/*
 * Removes the link from directory @name in @parent, if that has nothing else.
 */
static void remove_link(const struct removal *removal, int parent,
			const char *name)
{
	const int flags =
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	const struct sys *sys = removal->sys;
	char spare[NAME_MAX + 1];
	int fd = sys->openat(parent, name, flags, 0);

	if (fd < 0)
		return;
	snprintf(spare, sizeof(spare), LINKNAME_SPARE, removal->settings->link);
	if (has_link_alone(removal, fd, spare)) {
		sys->unlinkat(fd, removal->settings->link, 0);
		sys->unlinkat(fd, spare, 0);
	}
	sys->close(fd);
}

/* Whether the directory @path below DIR is one that the link stands in. */
static bool may_have_link(const struct removal *removal, const char *path)
{
	const struct settings *settings = removal->settings;
	unsigned depth = 1;

	while ((path = strchr(path, '/'))) {
		path++;
		depth++;
	}
	return settings->link &&
	       depth == linkname_depth(settings->file.pattern);
}

/* Removes the directory @path below DIR if it is empty, but for the link. */
static bool remove_directory(const struct removal *removal, const char *path)
{
	const struct sys *sys = removal->sys;
	const char *last;
	int parent = open_parent(removal, path, &last);
	bool removed;

	if (parent < 0)
		return false;
	removed = sys->unlinkat(parent, last, AT_REMOVEDIR) == 0;
	if (!removed && (errno == ENOTEMPTY || errno == EEXIST) &&
	    may_have_link(removal, path)) {
		remove_link(removal, parent, last);
		removed = sys->unlinkat(parent, last, AT_REMOVEDIR) == 0;
	}
	sys->close(parent);
	return removed;
}

/* Removes the directories above @name, but not DIR, as far as they are empty.
 */
static void remove_directories(const struct removal *removal, const char *name)
{
	char path[NAME_MAX_BYTES];
	bool removed = true;
	char *slash;

	snprintf(path, sizeof(path), "%s", name);
	while (removed && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		removed = remove_directory(removal, path);
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
