/*
 * asked - a command line as a question to the readers, or one text that says
 * what is wrong.
 *
 * L2.  dir=, file=, hosts= and run= come from the command line and from the
 * file of conf=; without dir= and conf=, from the file that is installed, if it
 * is there.  What else stands in such a file must be right, but counts for the
 * daemon alone.
 */
#ifndef UDPLOGGER_ASKED_H
#define UDPLOGGER_ASKED_H

#include <stdbool.h>

#include "bounds.h"
#include "question.h"

struct sys;

/* Whether a command line is for the readers. */
bool asked_is_question(int argc, char *const argv[]);

/*
 * Makes @q of such a command line, at the time @now; @installed is the path of
 * the file that is read if nothing else says where the logs are.  Returns 0, or
 * -1 with one line in @error.  Either way, asked_forget() frees what it took.
 */
int asked_read(struct question *q, const struct sys *sys, int argc,
	       char *const argv[], const char *installed, time_t now,
	       char error[ERROR_MAX]);

void asked_forget(struct question *q);

#endif
