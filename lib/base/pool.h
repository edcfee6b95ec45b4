/*
 * pool - fixed-size blocks out of one piece of memory that is given at start.
 *
 * L0: no I/O, no allocation.  The caller owns the memory and keeps it alive
 * as long as the pool.  A block is named by its number, so that a link to it
 * takes four bytes.  Memory that no block has come from yet is never touched,
 * and the block that was put back last is handed out first: what is resident
 * is what was needed at once.
 */
#ifndef UDPLOGGER_POOL_H
#define UDPLOGGER_POOL_H

#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

struct pool {
	unsigned char *memory;
	size_t block_bytes;
	uint32_t blocks; /* how many the memory holds */
	uint32_t fresh; /* from here on, no block was ever handed out */
	uint32_t free; /* first of the blocks that were put back */
	uint32_t used;
};

/*
 * Makes a pool of as many blocks of @block_bytes as fit into @bytes of
 * @memory.  @block_bytes is at least 4; @memory is aligned for what the
 * caller keeps in a block, and @block_bytes a multiple of that alignment.
 */
void pool_init(struct pool *pool, void *memory, size_t bytes,
	       size_t block_bytes);

/* A block's number, or POOL_NONE when all are in use. */
uint32_t pool_get(struct pool *pool);

/* Gives back a block that pool_get() handed out. */
void pool_put(struct pool *pool, uint32_t block);

/* How many more blocks can be had. */
uint32_t pool_available(const struct pool *pool);

static inline void *pool_at(const struct pool *pool, uint32_t block)
{
	return pool->memory + (size_t)block * pool->block_bytes;
}

#endif
