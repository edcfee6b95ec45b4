/*
 * descriptors - how many files may be open at once.
 *
 * L2.
 */
#ifndef UDPLOGGER_DESCRIPTORS_H
#define UDPLOGGER_DESCRIPTORS_H

#include <stdint.h>

/*
 * Raises the limit of descriptors, RLIMIT_NOFILE, as far as it may be; returns
 * how many of them log files may have, at least 2.  The sockets that pselect()
 * looks at are open already, so that there may be more than it can look at.
 */
uint32_t descriptors_for_files(void);

#endif
