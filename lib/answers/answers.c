/* answers - questions on the command line, answered; see answers.h. */
#include "answers.h"

#include <stdio.h>
#include <time.h>

#include "archive.h"
#include "caselist.h"
#include "follow.h"
#include "live.h"
#include "show.h"
#include "sys.h"

static int print_help(struct archive *a)
{
	char help[QUESTIONS_HELP_MAX];

	questions_help(help);
	printf("Usage: udplogger QUESTION [OPTION=VALUE]...\n%s", help);
	return archive_status(a, true, false);
}

static int answer(struct archive *a)
{
	switch (a->question.mode) {
	case QUESTION_INCIDENTS:
		return a->question.follow ? follow_answer(a)
					  : caselist_answer(a);
	case QUESTION_SHOW:
		return show_answer(a);
	default:
		return live_answer(&a->question, &a->diag);
	}
}

/* The others need the files of run= alone. */
static bool needs_archive(const struct question *q)
{
	return !q->wants_help &&
	       (q->mode == QUESTION_INCIDENTS || q->mode == QUESTION_SHOW);
}

int answers_give(const struct sys *sys, int argc, char *const argv[],
		 const char *installed)
{
	static struct archive a;
	char error[ERROR_MAX];
	int status = ANSWER_USAGE;

	a.sys = sys;
	diag_open(&a.diag, sys);
	if (asked_read(&a.question, sys, argc, argv, installed, time(NULL),
		       error) ||
	    (needs_archive(&a.question) && archive_open(&a, error)))
		diag_error(&a.diag, "%s", error);
	else
		status = a.question.wants_help ? print_help(&a) : answer(&a);
	archive_close(&a);
	asked_forget(&a.question);
	return status;
}
