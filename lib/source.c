/* source - the table of senders; see source.h. */
#include "source.h"

#include <assert.h>
#include <string.h>

#include "linebuf.h"

/* Buckets are at least as many as sources, so that chains stay short. */
static uint32_t bucket_count(uint32_t capacity)
{
	uint32_t count = 16;

	while (count < capacity)
		count *= 2;
	return count;
}

size_t source_table_bytes(uint32_t capacity)
{
	return capacity * sizeof(struct source) + ilist_bytes(capacity) +
	       (capacity + bucket_count(capacity)) * sizeof(uint32_t);
}

void source_table_init(struct source_table *table, uint32_t capacity,
		       const uint64_t hash_key[2], void *memory)
{
	uint32_t buckets = bucket_count(capacity);
	char *links = (char *)memory + capacity * sizeof(struct source);

	_Static_assert(sizeof(struct source) % sizeof(uint32_t) == 0,
		       "what follows the entries is aligned");
	*table = (struct source_table){
		.entries = memory,
		.bucket_mask = buckets - 1,
		.capacity = capacity,
		.hash_key = { hash_key[0], hash_key[1] },
	};
	ilist_init(&table->silence, links);
	links += ilist_bytes(capacity);
	table->buckets = (uint32_t *)(void *)links;
	table->chain = table->buckets + buckets;
	memset(table->buckets, 0xff, buckets * sizeof(uint32_t));
}

static uint32_t *bucket_of(struct source_table *table,
			   const struct srcaddr *addr)
{
	uint64_t hash = srcaddr_hash(addr, table->hash_key);

	return &table->buckets[(uint32_t)hash & table->bucket_mask];
}

static void heard(struct source_table *table, uint32_t number)
{
	if (table->silence.last == number)
		return;
	ilist_remove(&table->silence, number);
	ilist_append(&table->silence, number);
}

struct source *source_find(struct source_table *table,
			   const struct srcaddr *addr)
{
	uint32_t number = table->silence.last;

	/* Datagrams of one source come in bursts. */
	if (number != ILIST_NONE &&
	    srcaddr_equal(&table->entries[number].addr, addr))
		return &table->entries[number];
	for (number = *bucket_of(table, addr); number != ILIST_NONE;
	     number = table->chain[number])
		if (srcaddr_equal(&table->entries[number].addr, addr)) {
			heard(table, number);
			return &table->entries[number];
		}
	return NULL;
}

bool source_table_full(const struct source_table *table)
{
	return table->count == table->capacity;
}

struct source *source_silent_longest(const struct source_table *table)
{
	assert(table->silence.first != ILIST_NONE);
	return &table->entries[table->silence.first];
}

static uint32_t make_room(struct source_table *table)
{
	uint32_t number = table->silence.first;
	uint32_t *link;

	if (!source_table_full(table))
		return table->count++;
	link = bucket_of(table, &table->entries[number].addr);
	while (*link != number)
		link = &table->chain[*link];
	*link = table->chain[number];
	ilist_remove(&table->silence, number);
	return number;
}

struct source *source_add(struct source_table *table,
			  const struct srcaddr *addr, const char *scope_name)
{
	uint32_t number = make_room(table);
	struct source *source = &table->entries[number];
	uint32_t *bucket = bucket_of(table, addr);
	size_t len = srcaddr_text(source->prefix, addr, scope_name);

	source->prefix[len] = ' ';
	source->prefix_len = (uint8_t)(len + 1);
	source->addr = *addr;
	source->line = LINEBUF_EMPTY;
	source->cut = false;
	table->chain[number] = *bucket;
	*bucket = number;
	ilist_append(&table->silence, number);
	return source;
}
