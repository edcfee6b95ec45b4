/*
 * errortext - what an errno means, in words.
 *
 * L0.  strerror() is not asked while the daemon runs: that of glibc 2.43 asks
 * for memory, to look for a translation.
 */
#ifndef UDPLOGGER_ERRORTEXT_H
#define UDPLOGGER_ERRORTEXT_H

/* As strerror() in English; valid until the next call. */
const char *errortext(int error);

#endif
