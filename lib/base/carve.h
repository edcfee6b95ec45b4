/*
 * carve - several tables out of one piece of memory.
 *
 * L0.  Each begins at a multiple of CARVE_ALIGN, if the memory does.
 */
#ifndef UDPLOGGER_CARVE_H
#define UDPLOGGER_CARVE_H

#include <stddef.h>

#define CARVE_ALIGN 64 /* a cache line */

/* How much of the memory a table of @bytes takes. */
size_t carve_bytes(size_t bytes);

/* The next @bytes of @memory, which is moved behind them. */
void *carve(char **memory, size_t bytes);

#endif
