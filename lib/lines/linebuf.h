/*
 * linebuf - the unfinished line of one source, in blocks of a shared pool.
 *
 * L1.  A linebuf is the number of its first block, or LINEBUF_EMPTY: a source
 * without unfinished bytes holds no block.  Bytes are kept as they came, since
 * a character or a CR LF may be cut between datagrams.
 */
#ifndef UDPLOGGER_LINEBUF_H
#define UDPLOGGER_LINEBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "pool.h"

#define LINEBUF_EMPTY	    POOL_NONE
#define LINEBUF_BLOCK_BYTES 256 /* a usual line, its bookkeeping included */

/* Where and when the line began.  Kept in the first block. */
struct linebuf_begin {
	struct timespec arrival; /* wall clock, of its first byte */
	uint64_t since_ms; /* monotonic clock */
};

/*
 * Begins a line with no bytes yet; the pool has a block available, and
 * *@line is LINEBUF_EMPTY.
 */
void linebuf_start(uint32_t *line, struct pool *pool,
		   const struct linebuf_begin *begin);

/*
 * Appends @len bytes, or as many as the pool has blocks for; returns how many.
 */
size_t linebuf_add(uint32_t line, struct pool *pool, const void *bytes,
		   size_t len);

size_t linebuf_length(uint32_t line, const struct pool *pool);

const struct linebuf_begin *linebuf_begin(uint32_t line,
					  const struct pool *pool);

/* Copies the whole line to @out, which has room for linebuf_length(). */
void linebuf_copy(uint32_t line, const struct pool *pool, void *out);

/* Gives the blocks back and makes *@line LINEBUF_EMPTY. */
void linebuf_clear(uint32_t *line, struct pool *pool);

#endif
