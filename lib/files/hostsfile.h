/*
 * hostsfile - the file of hosts=, read at start and again on HUP.
 *
 * L2.
 */
#ifndef UDPLOGGER_HOSTSFILE_H
#define UDPLOGGER_HOSTSFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "bounds.h"
#include "hosts.h"
#include "readfile.h"

struct diag;
struct sys;

struct hostsfile {
	const struct sys *sys;
	struct diag *diag;
	const char *path; /* not owned */
	struct hosts tables[2]; /* one is in use while the other is read */
	char *memory; /* of both; NULL: there is no file */
	unsigned current;
	bool tried; /* the one that isn't in use has what was read */
};

/* The bytes of memory that it needs; none with @path NULL. */
size_t hostsfile_bytes(const char *path);

/* @memory: hostsfile_bytes(), zeroed, aligned for any type, not owned. */
void hostsfile_init(struct hostsfile *file, const struct sys *sys,
		    struct diag *diag, const char *path, void *memory);

/*
 * Reads the file and says which lines are bad; the rest holds.  Returns how
 * many are bad, or -1 when it can't be read; @error says so if it isn't 0.
 */
int hostsfile_begin(struct hostsfile *file, char error[ERROR_MAX]);

/*
 * Reads the file at @path, which hostsfile_change() may then set: the names are
 * those of before until hostsfile_read_again().  Returns how many lines are
 * bad, which is said of each together with their @fate, or -1 with the reason
 * in @why.
 */
int hostsfile_try(struct hostsfile *file, const char *path, const char *fate,
		  char why[READFILE_WHY_MAX]);

/*
 * The file is another one, to be read again unless it was just tried; NULL:
 * there is none.
 */
void hostsfile_change(struct hostsfile *file, const char *path);

/*
 * Reads the file again.  False: it can't be read, or a line is bad, which is
 * said; the former names stay.
 */
bool hostsfile_read_again(struct hostsfile *file);

/* The names in use; NULL: none. */
const struct hosts *hostsfile_table(const struct hostsfile *file);

#endif
