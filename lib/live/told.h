/*
 * told - the files of run=, read: what the daemon told last.
 *
 * L2.  It takes memory as it needs.  Nothing in them is trusted: a row that has
 * not its fields is passed over, and what should be a number and is none counts
 * as 0.
 */
#ifndef UDPLOGGER_TOLD_H
#define UDPLOGGER_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "bounds.h"

#define TOLD_OLD_SECONDS 30 /* what is older tells nothing of the present */

/* The columns of "senders", in the order of its head. */
enum told_field {
	TOLD_NAME,
	TOLD_ADDRESS,
	TOLD_PORT,
	TOLD_HEARD,
	TOLD_LINES,
	TOLD_RATE,
	TOLD_LOST,
	TOLD_BOOTS,
	TOLD_INCIDENT,
	TOLD_INCIDENT_TIME,
	TOLD_FIELDS
};

/* Texts within told.text; "-" stands for what there is none of. */
struct told_sender {
	const char *fields[TOLD_FIELDS];
};

struct told {
	char *text; /* of senders */
	char *counts; /* of udplogger.prom; "" if it can't be read */
	struct told_sender *senders;
	size_t count;
	struct told_sender gone; /* sums of those that made room; or NULLs */
	time_t written; /* when senders was */
	bool is_old; /* by told_read()'s @now */
};

/*
 * Reads what is below @run, NULL: nothing.  Returns 0, or -1 with one line in
 * @error.  Either way told_forget() frees what it took.
 */
int told_read(struct told *told, const char *run, time_t now,
	      char error[ERROR_MAX]);
void told_forget(struct told *told);

/* "name"; as the head has it. */
const char *told_field_name(enum told_field field);

/* Whether a sender has that field. */
static inline bool told_has(const struct told_sender *sender,
			    enum told_field field)
{
	return sender->fields[field][0] != '-' || sender->fields[field][1];
}

/* A number with up to three decimals, in thousandths; 0 if it is none. */
uint64_t told_thousandths(const char *text);

/* Whether @text is a number that JSON takes as it is. */
bool told_is_number(const char *text, size_t len);

/*
 * The next of the counts that have no label: its name without "udplogger_", and
 * its value, a number.  *@at is 0 at first.  False: there are no more.
 */
struct told_count {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};
bool told_next_count(const struct told *told, size_t *at,
		     struct told_count *count);

/* The count of that name, in thousandths; 0: there is none. */
uint64_t told_count_of(const struct told *told, const char *name);

/* Writes the daemon's version; "" if it isn't told. */
#define TOLD_VERSION_MAX 80
void told_version(const struct told *told, char version[TOLD_VERSION_MAX]);

#endif
