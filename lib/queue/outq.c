/* outq - finished lines of one file, waiting for the disk; see outq.h. */
#include "outq.h"

#include <assert.h>
#include <string.h>
#include <sys/uio.h>

struct block {
	uint32_t next;
	uint32_t used; /* but of the last: that is in the queue */
	char bytes[];
};

/* The bytes that a block holds. */
static uint32_t block_room(const struct outq *queue)
{
	return (uint32_t)(queue->pool->block_bytes - sizeof(struct block));
}

static struct block *block_at(const struct outq *queue, uint32_t number)
{
	return pool_at(queue->pool, number);
}

static uint32_t used_of(const struct outq *queue, uint32_t number)
{
	return number == queue->last ? queue->used
				     : block_at(queue, number)->used;
}

/* No byte waits or is kept. */
static void make_empty(struct outq *queue)
{
	queue->kept = (struct outq_place){ POOL_NONE, 0 };
	queue->line = queue->kept;
	queue->next = queue->kept;
	queue->last = POOL_NONE;
	queue->used = 0;
	queue->waiting = 0;
	queue->passed = 0;
	queue->torn = 0;
}

void outq_init(struct outq *queue, struct pool *pool)
{
	*queue = (struct outq){
		.pool = pool,
		.aside_first = POOL_NONE,
		.aside_last = POOL_NONE,
	};
	make_empty(queue);
}

/* Another block, @next, follows the last one. */
static void end_last(struct outq *queue, uint32_t next)
{
	struct block *last = block_at(queue, queue->last);

	last->used = queue->used;
	last->next = next;
}

static bool add_block(struct outq *queue)
{
	uint32_t number = pool_get(queue->pool);
	struct block *block;

	if (number == POOL_NONE)
		return false;
	block = block_at(queue, number);
	block->next = POOL_NONE;
	if (queue->last == POOL_NONE) {
		queue->kept = (struct outq_place){ number, 0 };
		queue->line = queue->kept;
		queue->next = queue->kept;
	} else {
		end_last(queue, number);
	}
	queue->last = number;
	queue->used = 0;
	return true;
}

static size_t tail_room(const struct outq *queue)
{
	if (queue->last == POOL_NONE)
		return 0;
	return block_room(queue) - queue->used;
}

char *outq_reserve(struct outq *queue, size_t len)
{
	if (queue->last == POOL_NONE &&
	    (len > block_room(queue) || !add_block(queue)))
		return NULL;
	if (block_room(queue) - queue->used < len)
		return NULL;
	return block_at(queue, queue->last)->bytes + queue->used;
}

void outq_commit(struct outq *queue, size_t len)
{
	queue->used += (uint32_t)len;
	queue->waiting += len;
}

bool outq_put(struct outq *queue, const char *bytes, size_t len)
{
	if (len > tail_room(queue) + (size_t)pool_available(queue->pool) *
					     block_room(queue))
		return false;
	while (len > 0) {
		size_t n = tail_room(queue);

		if (n == 0) {
			add_block(queue);
			n = block_room(queue);
		}
		if (n > len)
			n = len;
		memcpy(block_at(queue, queue->last)->bytes + queue->used, bytes,
		       n);
		outq_commit(queue, n);
		bytes += n;
		len -= n;
	}
	return true;
}

int outq_peek(const struct outq *queue, struct iovec *iov, int max)
{
	uint32_t number = queue->next.block;
	uint32_t offset = queue->next.offset;
	int n = 0;

	while (number != POOL_NONE && n < max) {
		struct block *block = block_at(queue, number);
		uint32_t used = used_of(queue, number);

		if (used > offset) {
			iov[n].iov_base = block->bytes + offset;
			iov[n].iov_len = used - offset;
			n++;
		}
		number = block->next;
		offset = 0;
	}
	return n;
}

/* Frees the blocks from @number on, up to @end, which isn't freed. */
static void free_blocks(struct outq *queue, uint32_t number, uint32_t end)
{
	while (number != end) {
		uint32_t next = block_at(queue, number)->next;

		pool_put(queue->pool, number);
		number = next;
	}
}

static void free_all(struct outq *queue)
{
	free_blocks(queue, queue->kept.block, POOL_NONE);
	make_empty(queue);
}

/* Moves @kept to @place, and frees the blocks that lie before it. */
static void keep_from(struct outq *queue, struct outq_place place)
{
	free_blocks(queue, queue->kept.block, place.block);
	queue->kept = place;
}

/* Passes over @len bytes of one block; they may end lines. */
static void pass_over(struct outq *queue, uint32_t len)
{
	const char *bytes = block_at(queue, queue->next.block)->bytes;
	uint32_t begin = queue->next.offset;
	uint32_t end = begin + len;
	uint32_t at = end;

	while (at > begin && bytes[at - 1] != '\n')
		at--;
	if (at > begin) {
		queue->line = (struct outq_place){ queue->next.block, at };
		queue->torn = end - at;
	} else {
		queue->torn += len;
	}
	queue->next.offset = end;
}

void outq_pass(struct outq *queue, size_t len)
{
	assert(len <= queue->waiting);
	queue->waiting -= len;
	queue->passed += len;
	while (len > 0) {
		uint32_t number = queue->next.block;
		uint32_t used = used_of(queue, number);
		uint32_t n = used - queue->next.offset;

		if (n > len)
			n = (uint32_t)len;
		pass_over(queue, n);
		len -= n;
		if (queue->next.offset == used && number != queue->last)
			queue->next = (struct outq_place){
				block_at(queue, number)->next, 0
			};
	}
}

void outq_confirm(struct outq *queue)
{
	if (queue->waiting == 0 && queue->torn == 0) {
		free_all(queue);
		return;
	}
	keep_from(queue, queue->line);
	queue->passed = queue->torn;
}

void outq_take(struct outq *queue, size_t len)
{
	outq_pass(queue, len);
	outq_confirm(queue);
}

void outq_rewind(struct outq *queue)
{
	if (queue->torn == 0)
		return;
	queue->waiting += queue->torn;
	queue->passed -= queue->torn;
	queue->torn = 0;
	queue->next = queue->line;
}

void outq_put_back(struct outq *queue)
{
	queue->waiting += queue->passed;
	queue->passed = 0;
	queue->torn = 0;
	queue->line = queue->kept;
	queue->next = queue->kept;
}

/* Puts the bytes from @kept to @line into @copy. */
static void copy_whole_lines(const struct outq *queue, struct outq *copy)
{
	uint32_t number = queue->kept.block;
	uint32_t at = queue->kept.offset;

	while (number != POOL_NONE) {
		const struct block *block = block_at(queue, number);
		bool last = number == queue->line.block;
		uint32_t end =
			last ? queue->line.offset : used_of(queue, number);

		outq_put(copy, block->bytes + at, end - at);
		number = last ? POOL_NONE : block->next;
		at = 0;
	}
}

bool outq_set_aside(struct outq *queue)
{
	size_t bytes = queue->passed - queue->torn;
	struct outq copy;

	if (bytes > (size_t)pool_available(queue->pool) * block_room(queue))
		return false;
	outq_init(&copy, queue->pool);
	if (queue->aside > 0) {
		copy.kept.block = queue->aside_first;
		copy.last = queue->aside_last;
		copy.used = queue->aside_used;
	}
	copy_whole_lines(queue, &copy);
	queue->aside_first = copy.kept.block;
	queue->aside_last = copy.last;
	queue->aside_used = copy.used;
	queue->aside += bytes;
	outq_confirm(queue);
	return true;
}

/* Has the bytes before @kept, in the first block, give way. */
static void begin_with_kept(struct outq *queue)
{
	struct block *block = block_at(queue, queue->kept.block);
	uint32_t left = used_of(queue, queue->kept.block) - queue->kept.offset;

	memmove(block->bytes, block->bytes + queue->kept.offset, left);
	queue->kept.offset = 0;
	if (queue->kept.block == queue->last)
		queue->used = left;
	else
		block->used = left;
}

void outq_recall(struct outq *queue)
{
	struct outq_place first = { queue->aside_first, 0 };

	if (queue->aside == 0)
		return;
	if (queue->last == POOL_NONE || queue->passed > 0) {
		if (queue->last != POOL_NONE)
			end_last(queue, first.block);
		queue->last = queue->aside_last;
		queue->used = queue->aside_used;
	} else {
		begin_with_kept(queue);
		block_at(queue, queue->aside_last)->used = queue->aside_used;
		block_at(queue, queue->aside_last)->next = queue->kept.block;
	}
	if (queue->passed == 0)
		queue->kept = queue->line = queue->next = first;
	queue->waiting += queue->aside;
	queue->aside = 0;
}

void outq_drop_aside(struct outq *queue)
{
	if (queue->aside > 0)
		free_blocks(queue, queue->aside_first, POOL_NONE);
	queue->aside = 0;
}

size_t outq_lines(const struct outq *queue)
{
	uint32_t number = queue->next.block;
	uint32_t at = queue->next.offset;
	size_t lines = 0;

	while (number != POOL_NONE) {
		const struct block *block = block_at(queue, number);
		uint32_t used = used_of(queue, number);

		for (; at < used; at++)
			lines += block->bytes[at] == '\n';
		number = block->next;
		at = 0;
	}
	return lines;
}
