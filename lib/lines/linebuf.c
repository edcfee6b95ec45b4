/* linebuf - the unfinished line of one source; see linebuf.h. */
#include "linebuf.h"

#include <string.h>

/* Every block begins with the number of the next one. */
struct block {
	uint32_t next;
	unsigned char bytes[LINEBUF_BLOCK_BYTES - sizeof(uint32_t)];
};

/* The first block begins with this instead. */
struct head {
	uint32_t next;
	uint32_t last;
	uint32_t length; /* of the whole line */
	uint32_t unused; /* keeps the same layout with 4-byte alignment */
	struct linebuf_begin begin;
	unsigned char bytes[];
};

#define HEAD_ROOM  (LINEBUF_BLOCK_BYTES - sizeof(struct head))
#define BLOCK_ROOM (LINEBUF_BLOCK_BYTES - sizeof(uint32_t))

static struct head *head_of(uint32_t line, const struct pool *pool)
{
	return pool_at(pool, line);
}

void linebuf_start(uint32_t *line, struct pool *pool,
		   const struct linebuf_begin *begin)
{
	struct head *head;

	*line = pool_get(pool);
	head = head_of(*line, pool);
	head->next = POOL_NONE;
	head->last = *line;
	head->length = 0;
	head->begin = *begin;
}

/* Points *@at to the next byte's place; returns the room there. */
static size_t room_at_end(const struct head *head, const struct pool *pool,
			  unsigned char **at)
{
	size_t used = head->length;

	if (used <= HEAD_ROOM) {
		*at = (unsigned char *)head + sizeof(*head) + used;
		return HEAD_ROOM - used;
	}
	used = (used - HEAD_ROOM - 1) % BLOCK_ROOM + 1;
	*at = ((struct block *)pool_at(pool, head->last))->bytes + used;
	return BLOCK_ROOM - used;
}

static bool grow(struct head *head, struct pool *pool)
{
	uint32_t number = pool_get(pool);

	if (number == POOL_NONE)
		return false;
	((struct block *)pool_at(pool, number))->next = POOL_NONE;
	/* next is the first member of both kinds of block */
	((struct block *)pool_at(pool, head->last))->next = number;
	head->last = number;
	return true;
}

size_t linebuf_add(uint32_t line, struct pool *pool, const void *bytes,
		   size_t len)
{
	struct head *head = head_of(line, pool);
	const unsigned char *in = bytes;
	size_t left = len;

	while (left > 0) {
		unsigned char *at;
		size_t room = room_at_end(head, pool, &at);

		if (room == 0) {
			if (!grow(head, pool))
				break;
			at = ((struct block *)pool_at(pool, head->last))->bytes;
			room = BLOCK_ROOM;
		}
		if (room > left)
			room = left;
		memcpy(at, in, room);
		head->length += (uint32_t)room;
		in += room;
		left -= room;
	}
	return len - left;
}

size_t linebuf_length(uint32_t line, const struct pool *pool)
{
	return head_of(line, pool)->length;
}

const struct linebuf_begin *linebuf_begin(uint32_t line,
					  const struct pool *pool)
{
	return &head_of(line, pool)->begin;
}

void linebuf_copy(uint32_t line, const struct pool *pool, void *out)
{
	const struct head *head = head_of(line, pool);
	size_t left = head->length;
	size_t n = left < HEAD_ROOM ? left : HEAD_ROOM;
	unsigned char *to = out;
	uint32_t number = head->next;

	memcpy(to, head->bytes, n);
	for (to += n, left -= n; left > 0; to += n, left -= n) {
		const struct block *block = pool_at(pool, number);

		n = left < BLOCK_ROOM ? left : BLOCK_ROOM;
		memcpy(to, block->bytes, n);
		number = block->next;
	}
}

void linebuf_clear(uint32_t *line, struct pool *pool)
{
	uint32_t number = *line;

	while (number != POOL_NONE) {
		uint32_t next = ((struct block *)pool_at(pool, number))->next;

		pool_put(pool, number);
		number = next;
	}
	*line = LINEBUF_EMPTY;
}
