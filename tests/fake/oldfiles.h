/*
 * oldfiles - what is in /log when a story begins, and what may go of it.
 *
 * Each removal is judged when it happens, by the settings and the clock of that
 * moment: a regular file with one name that nobody has open, whose name the
 * pattern of file= can make, or one of incidents, and that keep= lets go, or
 * keepmin= where there is max= or free=.  What is in it is taken from the
 * reckoning.  Beside these only the link goes, and a directory of a sender.
 */
#ifndef TESTS_OLDFILES_H
#define TESTS_OLDFILES_H

#include <stdbool.h>

#include "reckoning.h"

#define OLDFILES_WHY_MAX 1024

/*
 * A new kernel: judges from now on.  @files of lines that go are taken from
 * @reckoning.
 */
void oldfiles_open(struct reckoning *reckoning);

/* Lays files of the days before now there, and some that are none of ours. */
void oldfiles_lay(bool by_host, unsigned (*draw)(void));

/* Whether the name @path tells a file of ours; and its day, days since 1970. */
bool oldfiles_day(const char *path, long *day);

/* The day that it is, likewise. */
long oldfiles_today(void);

/* Whether lines were in what went. */
bool oldfiles_had_lines(void);

/* Nothing can't be removed any more. */
void oldfiles_heal(void);

/* The end comes: what is open now did not have to go. */
void oldfiles_note_open(void);

/*
 * Nothing went that had to stay.  @passed: retention had the time for a pass
 * since all is well, and so what had to go went.
 */
bool oldfiles_close(bool passed, char why[OLDFILES_WHY_MAX]);

#endif
