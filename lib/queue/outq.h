/*
 * outq - finished lines of one file, waiting for the disk.
 *
 * L1.  A chain of blocks from a pool that all queues share.  Whole lines are
 * put in, each with its LF.  What is taken out may end in mid-line, after a
 * short write; then that whole line is kept until its end is taken too, so that
 * it can be written anew to another file.  Bytes that were passed are kept
 * until outq_confirm(), as they may have gone into a file that nobody can see.
 * Lines of which that stays unknown for long can be set aside.
 */
#ifndef UDPLOGGER_OUTQ_H
#define UDPLOGGER_OUTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct iovec;

#define OUTQ_BLOCK_BYTES 16384 /* of the pool, for few queues */
#define OUTQ_SMALL_BYTES 1024 /* for many */

struct outq_place {
	uint32_t block;
	uint32_t offset; /* in the block's bytes */
};

struct outq {
	struct pool *pool; /* shared, not owned */
	struct outq_place kept; /* the first line that isn't confirmed */
	struct outq_place line; /* the first line that isn't taken whole */
	struct outq_place next; /* the first byte that isn't taken */
	uint32_t last; /* the block that bytes are added to */
	uint32_t used; /* its bytes */
	size_t waiting; /* bytes not taken */
	size_t passed; /* bytes taken since @kept */
	size_t torn; /* bytes taken of the line at @line */
	uint32_t aside_first; /* blocks of the lines set aside; POOL_NONE: no */
	uint32_t aside_last;
	uint32_t aside_used; /* bytes of the last of them */
	size_t aside; /* bytes set aside */
};

void outq_init(struct outq *queue, struct pool *pool);

/*
 * A place for @len bytes in one piece, or NULL where the last block has none
 * and outq_put() must be tried.  What is written there becomes part of the
 * queue by outq_commit().
 */
char *outq_reserve(struct outq *queue, size_t len);
void outq_commit(struct outq *queue, size_t len);

/* Adds a whole line, or nothing: false when the pool has too few blocks. */
bool outq_put(struct outq *queue, const char *bytes, size_t len);

/* Points up to @max of @iov to the waiting bytes; returns how many it used. */
int outq_peek(const struct outq *queue, struct iovec *iov, int max);

/* Takes out the first @len of the waiting bytes. */
void outq_take(struct outq *queue, size_t len);

/* Passes the first @len of the waiting bytes, kept until outq_confirm(). */
void outq_pass(struct outq *queue, size_t len);

/* Frees the bytes that were passed, but for a line that isn't passed whole. */
void outq_confirm(struct outq *queue);

/* Has all that isn't confirmed wait again. */
void outq_put_back(struct outq *queue);

/*
 * Sets the whole lines that aren't confirmed aside, behind those that are set
 * aside already.  False when the pool has too few blocks; then nothing has
 * changed.
 */
bool outq_set_aside(struct outq *queue);

/*
 * Has the lines set aside wait: before all others, or behind them if some of
 * these are taken.
 */
void outq_recall(struct outq *queue);

/* Frees the lines set aside. */
void outq_drop_aside(struct outq *queue);

/* How many lines wait, a line included of which a part is taken. */
size_t outq_lines(const struct outq *queue);

/* Has the taken part of a line that isn't taken whole wait again. */
void outq_rewind(struct outq *queue);

static inline size_t outq_waiting(const struct outq *queue)
{
	return queue->waiting;
}

/* How many bytes are taken and not confirmed. */
static inline size_t outq_passed(const struct outq *queue)
{
	return queue->passed;
}

/* How many bytes are set aside. */
static inline size_t outq_aside(const struct outq *queue)
{
	return queue->aside;
}

/* How many bytes are taken of a line that isn't taken whole. */
static inline size_t outq_torn(const struct outq *queue)
{
	return queue->torn;
}

/* Whether the bytes that were taken end in mid-line. */
static inline bool outq_is_torn(const struct outq *queue)
{
	return queue->torn > 0;
}

#endif
