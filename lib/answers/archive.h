/*
 * archive - what an answer is made from: the files of DIR, hosts=, and stdout.
 *
 * L2.
 */
#ifndef UDPLOGGER_ARCHIVE_H
#define UDPLOGGER_ARCHIVE_H

#include <stdbool.h>

#include "bounds.h"
#include "diag.h"
#include "filename.h"
#include "hosts.h"
#include "paper.h"
#include "question.h"

struct logfiles;
struct sys;

/* Exit statuses; 64 is EX_USAGE of sysexits.h. */
enum {
	ANSWER_FOUND = 0,
	ANSWER_NONE = 1, /* nothing was found, or not all could be read */
	ANSWER_USAGE = 64,
};

#define ARCHIVE_INCIDENTS "%Y-%m-%d.incidents"

struct archive {
	const struct sys *sys;
	struct diag diag;
	struct question question;
	struct paper paper;
	struct filename incidents; /* names of the files of incidents */
	struct hosts hosts; /* no entries: there are no names */
	void *hosts_memory;
	char *hosts_text;
};

/* Reads hosts=, if there is one.  Returns 0, or -1 with one line in @error. */
int archive_open(struct archive *a, char error[ERROR_MAX]);

void archive_close(struct archive *a);

/*
 * The files of incidents from that period on, which is a day.  @diag: what says
 * that DIR can't be read; NULL: nothing does.
 */
void archive_find_incidents(const struct archive *a, struct logfiles *files,
			    uint32_t from, struct diag *diag);

/*
 * Says that there is nothing, and why that may be.  @incomplete: not all could
 * be read, which was said.
 */
__attribute__((format(printf, 3, 4))) void
archive_say_none(struct archive *a, bool incomplete, const char *format, ...);

/* The same where DIR has no file of incidents. */
void archive_say_no_incidents(struct archive *a, bool incomplete);

/* The status to end with. */
int archive_status(struct archive *a, bool found, bool incomplete);

#endif
