/*
 * statefile - a file that is written anew, aside, and then takes its place.
 *
 * L2.  Whoever reads it finds the whole old one or the whole new one, also when
 * we are killed meanwhile.  It is written in pieces, each by one write(), so
 * that nothing else waits for it.  What stands at its name, or at that of the
 * file aside, must be what safeopen would open, or nothing: a symbolic link is
 * neither followed nor replaced.  A failure is said once, and again when it is
 * over.  Monotonic milliseconds.
 */
#ifndef UDPLOGGER_STATEFILE_H
#define UDPLOGGER_STATEFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "safeopen.h"

struct sys;

#define STATEFILE_MODE	0644
#define STATEFILE_ASIDE ".%s.new"
#define STATEFILE_PIECE 65536 /* bytes of a write(), at most */
#define STATEFILE_NAME	64

#define STATEFILE_PATH_MAX (PATH_MAX + STATEFILE_NAME)

struct statefile {
	/* Set up by the owner; none is owned. */
	const struct sys *sys;
	struct diag *diag;
	const char *dir; /* absolute */
	const char *name; /* less than STATEFILE_NAME - 8 bytes */
	char *piece; /* of STATEFILE_PIECE bytes */

	/* Zero at first. */
	bool is_open;
	int fd;
	size_t len; /* bytes of @piece */
	size_t done; /* of these, written */
	struct diag_fault fault;
};

/* Whether the file could be written there, by a look; as safeopen_look(). */
int statefile_look(const struct sys *sys, const char *dir, const char *name,
		   char why[SAFEOPEN_WHY_MAX]);

/* Each returns false when it failed, which is said; the file is as it was. */

/* Begins a new one. */
bool statefile_begin(struct statefile *file, uint64_t now_ms);

/*
 * Writes some of what was added, at least; it has to be called again while
 * bytes are left, as statefile_is_written() tells.
 */
bool statefile_write(struct statefile *file, uint64_t now_ms);

/* All is written: it takes its place. */
bool statefile_finish(struct statefile *file, uint64_t now_ms);

/* Gives up a new one, if it was begun. */
void statefile_abandon(struct statefile *file);

/* Where up to statefile_room() bytes can be added, by statefile_add(). */
static inline char *statefile_end(struct statefile *file)
{
	return file->piece + file->len;
}

static inline size_t statefile_room(const struct statefile *file)
{
	return STATEFILE_PIECE - file->len;
}

static inline void statefile_add(struct statefile *file, size_t len)
{
	file->len += len;
}

static inline bool statefile_is_written(const struct statefile *file)
{
	return file->done == file->len;
}

#endif
