/*
 * ending - what happens after a signal to stop: what came before it is taken
 * in, and everything is written.
 *
 * L3.  In rounds, as in the loop of engine, until all is in the files and
 * confirmed there, or a disk takes nothing for too long.
 */
#ifndef UDPLOGGER_ENDING_H
#define UDPLOGGER_ENDING_H

#include <stdbool.h>

struct engine;

/*
 * Takes in what had come before the signal to stop, and writes everything.  A
 * second signal, or a disk that takes nothing for 2 s, ends that; so do 30 s.
 * False, and said: something had to be given up.
 */
bool ending_finish(struct engine *e);

#endif
