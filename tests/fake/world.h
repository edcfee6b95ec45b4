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

/* One more than the first, which is at port 6666. */
void world_add_socket(uint16_t port);

/* Serves until TERM and finishes, as main() does. */
bool engine_run(struct engine *e);

/* Other files than one a day. */
struct world_files {
	const char *pattern;
	unsigned most; /* files= */
	uint32_t open_most; /* descriptors */
	bool incidents; /* incidents=yes */
};

void world_reset_files(time_t wall, const struct world_files *files);

/* The engine writes the files of run= at /run; before it serves. */
void world_write_state(void);

/*
 * The engine reads the settings in WORLD_CONF on HUP, as main() has it; what
 * stands there at a default is world's at first.  Patterns of files may be no
 * longer than that of the world.
 */
#define WORLD_CONF "/my.conf"
void world_read_settings(void);

/* The engine reads names of senders from @path on HUP; none so far. */
void world_read_hosts(const char *path);

#endif
