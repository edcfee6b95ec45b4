/*
 * aftermath - whether the engine of world is as new when all is well again:
 * links lead to today's files, no fault lasts, no descriptor is left open, and
 * the files of run= tell what was counted.
 */
#ifndef TESTS_AFTERMATH_H
#define TESTS_AFTERMATH_H

#include <stdbool.h>
#include <stdint.h>

#define AFTERMATH_WHY_MAX 1024

/*
 * The engine has ended, with @sockets of its own.  All is well, the clock goes
 * on, and all files are opened anew since @since_ms.
 */
bool aftermath_is_well(unsigned sockets, uint64_t since_ms,
		       char why[AFTERMATH_WHY_MAX]);

#endif
