/*
 * caselist - all incidents that are in DIR, and which of them are asked for.
 *
 * L2.
 */
#ifndef UDPLOGGER_CASELIST_H
#define UDPLOGGER_CASELIST_H

#include <stdbool.h>
#include <stddef.h>

#include "casebook.h"

struct archive;
struct whom;

/* A case, or how many were not told. */
struct caselist_item {
	struct casebook_case *found; /* NULL: @untold */
	struct timespan_stamp stamp;
	uint64_t untold;
};

struct caselist {
	struct caselist_item *items; /* in the order of time */
	size_t count;
	size_t room;
	bool has_files; /* there is at least one file of incidents */
	bool incomplete; /* something could not be read, which was said */
};

/* Reads all files of incidents. */
void caselist_read(struct caselist *list, struct archive *a);

void caselist_free(struct caselist *list);

/* Whether a question asks for it; @sender is that of host=, or NULL. */
bool caselist_is_asked(const struct archive *a, const struct whom *sender,
		       const struct casebook_case *found);

/* Answers --incidents; returns the exit status. */
int caselist_answer(struct archive *a);

#endif
