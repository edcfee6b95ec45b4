/*
 * follow - --incidents follow=yes: new incidents as they come.
 *
 * L2.  Files are looked at twice a second, also those of a new day.  Of each is
 * known how far it was read, whatever name it gets.  Text is one line when an
 * incident begins; an object of JSON comes when it has ended, and is whole.
 */
#ifndef UDPLOGGER_FOLLOW_H
#define UDPLOGGER_FOLLOW_H

struct archive;

/*
 * Answers it, until a signal ends the program, or nobody reads stdout any more;
 * returns the exit status.
 */
int follow_answer(struct archive *a);

#endif
