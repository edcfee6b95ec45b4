/*
 * signals - which of them mean something, and what they ask for.
 *
 * L2.  Signals are blocked except inside pselect(), and a handler does no more
 * than set a flag.  What would end the process without having any business
 * to do so is ignored; writing to a broken pipe and beyond a file size limit
 * then fails with EPIPE and EFBIG.
 */
#ifndef UDPLOGGER_SIGNALS_H
#define UDPLOGGER_SIGNALS_H

#include <signal.h>

/* Set by the handlers; cleared by the engine when it has acted. */
extern volatile sig_atomic_t signals_stop; /* TERM, INT, QUIT: how many */
extern volatile sig_atomic_t signals_reopen; /* HUP */
extern volatile sig_atomic_t signals_counts; /* USR1 */

/* Ignores the signals that have no business to end the process. */
void signals_ignore(void);

/* Sets the handlers; @waiting becomes the mask to wait with in pselect(). */
void signals_init(sigset_t *waiting);

#endif
