/*
 * live - --status and --heard: how it is now, by the files of run=.
 *
 * L3.
 */
#ifndef UDPLOGGER_LIVE_H
#define UDPLOGGER_LIVE_H

#include "question.h"

struct diag;

/* Exit statuses. */
enum {
	LIVE_YES = 0, /* it was heard; or the status is shown */
	LIVE_NO = 1, /* it was not; or not all could be written */
	LIVE_UNKNOWN = 2, /* nobody knows how it is now, which is said */
};

/* Answers @q, which is one of the two. */
int live_answer(const struct question *q, struct diag *diag);

#endif
