/*
 * answers - questions on the command line, answered.
 *
 * L3.
 */
#ifndef UDPLOGGER_ANSWERS_H
#define UDPLOGGER_ANSWERS_H

#include "asked.h"
#include "questions.h"

struct sys;

/*
 * Answers a command line for which asked_is_question() is true; returns the
 * exit status.  @installed as for asked_read().
 */
int answers_give(const struct sys *sys, int argc, char *const argv[],
		 const char *installed);

#endif
