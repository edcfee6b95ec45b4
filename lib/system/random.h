/*
 * random - bytes that nobody can guess.
 *
 * L2.
 */
#ifndef UDPLOGGER_RANDOM_H
#define UDPLOGGER_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* Fills @bytes; false where the kernel has none, and they are as before. */
bool random_fill(void *bytes, size_t len);

#endif
