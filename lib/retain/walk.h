/*
 * walk - finds the log files below DIR, and those of incidents in it, a step at
 * a time.
 *
 * L2.  It goes into the directories whose names the pattern of file= can make,
 * and through no symbolic link.  A directory that can't be read is said, and
 * the walk goes on with the next.  It has a descriptor open for each directory
 * between DIR and the place where it is.  Monotonic times.
 */
#ifndef UDPLOGGER_WALK_H
#define UDPLOGGER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "filename.h"

struct diag;
struct diag_fault;
struct sys;

#define WALK_READ_BYTES 16384 /* of a directory at once */
#define WALK_NAME_MAX	(FILENAME_BYTES + 256)

struct walk_level {
	int fd;
	uint32_t length; /* of the directory's name below DIR */
	uint32_t at, end; /* what is left in @entries */
	_Alignas(uint64_t) char entries[WALK_READ_BYTES];
};

struct walk {
	const struct sys *sys;
	struct diag *diag;
	struct diag_fault *fault; /* of all that retention does */
	const struct filename *pattern;
	const char *dir;
	bool any_nature; /* what is no file of ours counts as found, too */
	struct walk_level *levels; /* one for each directory of the pattern */
	uint32_t depth; /* levels below DIR that a file is in */
	uint32_t open; /* levels in use */
	uint64_t now_ms; /* of walk_step() */
	uint64_t strangers; /* files so far that are neither of these */
	char name[WALK_NAME_MAX]; /* of the place where it is, below DIR */
	/*
	 * Of the file that was found; its name is @name.  One of incidents has
	 * the period that incidentsfile.h says, and no holder.
	 */
	struct filename_found found;
	struct stat st;
};

enum walk_result {
	WALK_FOUND, /* a file of ours: regular, with one name */
	WALK_PASSED, /* something else */
	WALK_READ, /* a part of a directory was read */
	WALK_ENDED,
};

/* The memory for the walk of @pattern. */
size_t walk_bytes(const struct filename *pattern);
void walk_init(struct walk *walk, const struct filename *pattern, char *memory);

/* Begins at DIR; false, and said, if that can't be opened. */
bool walk_begin(struct walk *walk, uint64_t now_ms);

/* Goes on to the next entry. */
enum walk_result walk_step(struct walk *walk, uint64_t now_ms);

/* Ends before the end. */
void walk_end(struct walk *walk);

#endif
