/*
 * show - --show: the lines of one sender.
 *
 * L2.
 */
#ifndef UDPLOGGER_SHOW_H
#define UDPLOGGER_SHOW_H

struct archive;

/* Answers it; returns the exit status. */
int show_answer(struct archive *a);

#endif
