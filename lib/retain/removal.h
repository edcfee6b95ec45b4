/*
 * removal - removes a file below DIR, and the directories that this empties.
 *
 * L2.  A large file is shortened first, a part each time, since the kernel
 * stands still for as long as it gives back a file's blocks.  No symbolic link
 * below DIR is followed.  A directory in which the link of link= alone is left
 * goes with it.  Monotonic times.
 */
#ifndef UDPLOGGER_REMOVAL_H
#define UDPLOGGER_REMOVAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct diag;
struct diag_fault;
struct settings;
struct sys;

#define REMOVAL_PART_BYTES (256 * 1024 * 1024) /* that are cut off at once */

/* Whether lines still go to the file @name below DIR, which looks like @st. */
typedef bool removal_is_open(const void *context, const char *name,
			     const struct stat *st);

struct removal {
	const struct sys *sys;
	struct diag *diag;
	struct diag_fault *fault; /* of all that retention does */
	const char *dir;
	removal_is_open *is_open;
	const void *context;
	const struct settings *settings; /* link= */
};

/* A file as it was when it was found. */
struct removal_file {
	const char *name; /* below DIR */
	uint64_t device;
	uint64_t inode;
};

enum removal_result {
	REMOVAL_DONE,
	REMOVAL_SHORTENED, /* to be called again */
	REMOVAL_FAILED, /* which was said */
	REMOVAL_GONE, /* before */
	REMOVAL_LEFT, /* it is in use, or no longer what it was */
};

enum removal_result removal_step(const struct removal *removal,
				 const struct removal_file *file,
				 uint64_t now_ms);

#endif
