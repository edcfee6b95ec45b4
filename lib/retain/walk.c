/* walk - finds the log files below DIR; see walk.h. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "carve.h"
#include "diag.h"
#include "errortext.h"
#include "incidentsfile.h"
#include "sys.h"

size_t walk_bytes(const struct filename *pattern)
{
	return carve_bytes((filename_depth(pattern) + 1) *
			   sizeof(struct walk_level));
}

void walk_init(struct walk *walk, const struct filename *pattern, char *memory)
{
	walk->pattern = pattern;
	walk->depth = filename_depth(pattern);
	walk->levels =
		carve(&memory, (walk->depth + 1) * sizeof(struct walk_level));
	walk->open = 0;
}

/* Says that @verb failed for the place where the walk is, because of errno. */
static void say_failed(struct walk *walk, const char *verb)
{
	int error = errno;
	char what[WALK_NAME_MAX + PATH_MAX + 32];

	snprintf(what, sizeof(what), "%s %s%s%s", verb, walk->dir,
		 walk->name[0] != '\0' ? "/" : "", walk->name);
	diag_failed(walk->diag, walk->fault, walk->now_ms, what, error,
		    errortext(error));
}

static void enter_directory(struct walk *walk, int fd)
{
	struct walk_level *level = &walk->levels[walk->open++];

	level->fd = fd;
	level->length = (uint32_t)strlen(walk->name);
	level->at = level->end = 0;
}

static struct walk_level *innermost(struct walk *walk)
{
	return &walk->levels[walk->open - 1];
}

static void leave_directory(struct walk *walk)
{
	walk->sys->close(innermost(walk)->fd);
	walk->open--;
}

bool walk_begin(struct walk *walk, uint64_t now_ms)
{
	int fd;

	walk->now_ms = now_ms;
	walk->name[0] = '\0';
	walk->strangers = 0;
	fd = walk->sys->open(walk->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0) {
		say_failed(walk, "open");
		return false;
	}
	enter_directory(walk, fd);
	return true;
}

void walk_end(struct walk *walk)
{
	while (walk->open > 0)
		leave_directory(walk);
}

/* Reads the next entries of the innermost directory, or leaves it. */
static enum walk_result read_entries(struct walk *walk)
{
	struct walk_level *level = innermost(walk);
	ssize_t bytes = walk->sys->getdents64(level->fd, level->entries,
					      sizeof(level->entries));

	walk->name[level->length] = '\0';
	/* ENOENT: it was removed meanwhile. */
	if (bytes < 0 && errno != ENOENT)
		say_failed(walk, "read");
	if (bytes <= 0) {
		leave_directory(walk);
		return walk->open > 0 ? WALK_READ : WALK_ENDED;
	}
	level->at = 0;
	level->end = (uint32_t)bytes;
	return WALK_READ;
}

/* Puts the name of an entry of @level behind that of the directory. */
static void name_entry(struct walk *walk, const struct walk_level *level,
		       const char *name)
{
	snprintf(walk->name + level->length, WALK_NAME_MAX - level->length,
		 "%s%s", level->length > 0 ? "/" : "", name);
}

/* Follows no link: ELOOP or ENOTDIR.  ENOENT: it was removed meanwhile. */
static enum walk_result go_into(struct walk *walk, const char *name)
{
	const int flags =
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd;

	if (!filename_match_directory(walk->pattern, walk->name))
		return WALK_PASSED;
	fd = walk->sys->openat(innermost(walk)->fd, name, flags, 0);
	if (fd >= 0)
		enter_directory(walk, fd);
	else if (errno != ELOOP && errno != ENOTDIR && errno != ENOENT)
		say_failed(walk, "open");
	return WALK_PASSED;
}

/* Looks at what the pattern can make. */
static enum walk_result look_at(struct walk *walk, const char *name)
{
	if (walk->sys->fstatat(innermost(walk)->fd, name, &walk->st,
			       AT_SYMLINK_NOFOLLOW)) {
		if (errno != ENOENT)
			say_failed(walk, "look at");
		return WALK_PASSED;
	}
	if (walk->any_nature)
		return WALK_FOUND;
	if (!S_ISREG(walk->st.st_mode))
		return WALK_PASSED;
	/* A file with a second name is somebody else's as well. */
	if (walk->st.st_nlink <= 1)
		return WALK_FOUND;
	walk->strangers++;
	return WALK_PASSED;
}

/* Whether the place where the walk is is that of a file of ours. */
static bool is_named_as_ours(struct walk *walk)
{
	if (walk->open == walk->depth + 1 &&
	    filename_match(walk->pattern, walk->name, &walk->found))
		return true;
	return walk->open == 1 && incidentsfile_match(walk->name, &walk->found);
}

static enum walk_result go_over_entry(struct walk *walk,
				      const struct sys_entry *entry)
{
	bool is_innermost = walk->open == walk->depth + 1;

	if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
		return WALK_PASSED;
	name_entry(walk, innermost(walk), entry->name);
	if (!is_innermost && entry->type == DT_DIR)
		return go_into(walk, entry->name);
	if (entry->type != DT_REG && entry->type != DT_UNKNOWN &&
	    !walk->any_nature)
		return WALK_PASSED;
	if (is_named_as_ours(walk))
		return look_at(walk, entry->name);
	/* Some file systems don't tell the type. */
	if (!is_innermost && entry->type == DT_UNKNOWN)
		return go_into(walk, entry->name);
	walk->strangers += entry->type == DT_REG;
	return WALK_PASSED;
}

enum walk_result walk_step(struct walk *walk, uint64_t now_ms)
{
	struct walk_level *level;
	struct sys_entry *entry;

	walk->now_ms = now_ms;
	if (walk->open == 0)
		return WALK_ENDED;
	level = innermost(walk);
	if (level->at >= level->end)
		return read_entries(walk);
	entry = (struct sys_entry *)(void *)(level->entries + level->at);
	level->at += entry->length;
	return go_over_entry(walk, entry);
}
