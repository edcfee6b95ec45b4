/*
 * manylines - the lines of many files, in the order of time.
 *
 * L2.  Files of one period are read side by side, those of the next behind
 * them.  Only lines of a sender are looked at further than their source.  A
 * file that can't be read is said, and passed over.
 */
#ifndef UDPLOGGER_MANYLINES_H
#define UDPLOGGER_MANYLINES_H

#include <stdbool.h>
#include <stddef.h>

#include "logfiles.h"
#include "logline.h"
#include "logscan.h"
#include "whom.h"

struct diag;

/* A file that is being read. */
struct manylines_file {
	struct logscan scan;
	const char *path; /* not owned */
	struct logline line; /* its next one */
	struct timespan_stamp stamp; /* of that */
};

struct manylines {
	const struct logfiles *files; /* not owned */
	const struct whom *sender; /* not owned; NULL: all */
	struct diag *diag;
	struct timespan_clock clock;
	size_t next_file; /* the first that was not opened yet */
	struct manylines_file *open; /* of one period */
	size_t count;
	struct manylines_file *latest; /* whose line was handed out */
	bool incomplete; /* something could not be read, which was said */
};

/* @files and @sender, which may be NULL, stay as long as this is used. */
void manylines_begin(struct manylines *l, const struct logfiles *files,
		     const struct whom *sender, struct diag *diag);

/*
 * The next line, which stays until the next call, and its time; NULL: there is
 * none.
 */
const struct logline *manylines_next(struct manylines *l,
				     struct timespan_stamp *stamp);

/* Closes what is open. */
void manylines_end(struct manylines *l);

#endif
