/*
 * world - an engine on the kernel of fakesys, with little memory.
 *
 * There is one at a time, as there is one such kernel.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine.h"
#include "fakesys.h"

#define WORLD_CLIENTS	  16
#define WORLD_WBUF_BYTES  1024
#define WORLD_TIMEOUT_MS  5000
#define WORLD_REORDER_MS  10
#define WORLD_SPOOL_BYTES ((size_t)12 * OUTQ_BLOCK_BYTES)

extern struct engine engine;

/* Once, before and after all; false where there is no memory. */
bool world_take_memory(void);
void world_give_memory(void);

/* A new kernel at @wall, with files in /log, and a new engine on it. */
void world_reset(time_t wall);

#endif
