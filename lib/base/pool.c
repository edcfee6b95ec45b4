/* pool - fixed-size blocks out of memory taken at start; see pool.h. */
#include "pool.h"

#include <assert.h>
#include <string.h>

void pool_init(struct pool *pool, void *memory, size_t bytes,
	       size_t block_bytes)
{
	size_t blocks = bytes / block_bytes;

	assert(block_bytes >= sizeof(uint32_t));
	if (blocks >= POOL_NONE)
		blocks = POOL_NONE - 1;
	*pool = (struct pool){
		.memory = memory,
		.block_bytes = block_bytes,
		.blocks = (uint32_t)blocks,
		.free = POOL_NONE,
	};
}

uint32_t pool_get(struct pool *pool)
{
	uint32_t block = pool->free;

	if (block != POOL_NONE)
		memcpy(&pool->free, pool_at(pool, block), sizeof(pool->free));
	else if (pool->fresh < pool->blocks)
		block = pool->fresh++;
	else
		return POOL_NONE;
	pool->used++;
	return block;
}

void pool_put(struct pool *pool, uint32_t block)
{
	assert(block < pool->fresh && pool->used > 0);
	memcpy(pool_at(pool, block), &pool->free, sizeof(pool->free));
	pool->free = block;
	pool->used--;
}

uint32_t pool_available(const struct pool *pool)
{
	return pool->blocks - pool->used;
}
