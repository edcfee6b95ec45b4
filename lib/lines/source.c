/* source - the table of senders; see source.h. */
#include "source.h"

#include <assert.h>
#include <string.h>

#include "linebuf.h"

/* Most sources are the first of a chain, which is what can be prefetched. */
static uint32_t bucket_count(uint32_t capacity)
{
	uint32_t count = 16;

	while (count < 2 * capacity)
		count *= 2;
	return count;
}

size_t source_table_bytes(uint32_t capacity)
{
	return capacity * (sizeof(struct source) + SOURCE_MEDIUM_MAX +
			   SOURCE_LONG_MAX) +
	       turns_bytes(capacity) +
	       bucket_count(capacity) * sizeof(uint32_t);
}

/* The entries come first: they need the strictest alignment. */
void source_table_init(struct source_table *table, uint32_t capacity,
		       const uint64_t hash_keys[SRCADDR_HASH_KEYS],
		       void *memory)
{
	uint32_t buckets = bucket_count(capacity);
	char *at = memory;

	_Static_assert(sizeof(struct source) == SOURCE_BYTES, "a cache line");
	*table = (struct source_table){
		.entries = memory,
		.bucket_mask = buckets - 1,
		.capacity = capacity,
		.last = SOURCE_NONE,
	};
	memcpy(table->hash_keys, hash_keys, sizeof(table->hash_keys));
	at += capacity * sizeof(struct source);
	turns_init(&table->turns, capacity, at);
	at += turns_bytes(capacity);
	table->buckets = (uint32_t *)(void *)at;
	memset(table->buckets, 0xff, buckets * sizeof(uint32_t));
	at += buckets * sizeof(uint32_t);
	pool_init(&table->medium, at, capacity * (size_t)SOURCE_MEDIUM_MAX,
		  SOURCE_MEDIUM_MAX);
	at += capacity * (size_t)SOURCE_MEDIUM_MAX;
	pool_init(&table->large, at, capacity * (size_t)SOURCE_LONG_MAX,
		  SOURCE_LONG_MAX);
}

static uint32_t bucket_number(const struct source_table *table,
			      const struct srcaddr *addr)
{
	return srcaddr_hash(addr, table->hash_keys) & table->bucket_mask;
}

/*
 * Two waits for memory, each for all sources together: for the buckets, and for
 * the entries there.
 */
size_t source_prefetch(const struct source_table *table,
		       const struct srcaddr *addrs, size_t count,
		       uint32_t numbers[SOURCE_PREFETCH_MAX])
{
	size_t found = 0;
	size_t i;

	if (count > SOURCE_PREFETCH_MAX)
		count = SOURCE_PREFETCH_MAX;
	for (i = 0; i < count; i++) {
		numbers[i] = bucket_number(table, &addrs[i]);
		__builtin_prefetch(&table->buckets[numbers[i]]);
	}
	for (i = 0; i < count; i++) {
		uint32_t number = table->buckets[numbers[i]];

		if (number == SOURCE_NONE)
			continue;
		__builtin_prefetch(&table->entries[number], 1);
		if (table->tally)
			__builtin_prefetch(&table->tally->recent[number], 1);
		numbers[found++] = number;
	}
	return found;
}

static uint32_t *bucket_of(struct source_table *table,
			   const struct srcaddr *addr)
{
	return &table->buckets[bucket_number(table, addr)];
}

/* Whether the prefix of @source, which is not short, is in a medium block. */
static bool is_medium(const struct source *source)
{
	unsigned len = source->prefix_len;

	if (source->named)
		len += source->address_len;
	return len <= SOURCE_MEDIUM_MAX;
}

static struct pool *pool_of(struct source_table *table,
			    const struct source *source)
{
	return is_medium(source) ? &table->medium : &table->large;
}

/* Apart, as it is seldom called. */
__attribute__((noinline)) const char *
source_long_prefix(const struct source_table *table,
		   const struct source *source)
{
	uint32_t block;

	memcpy(&block, source->prefix, sizeof(block));
	return pool_at(is_medium(source) ? &table->medium : &table->large,
		       block);
}

static void leave_prefix(struct source_table *table, struct source *source)
{
	uint32_t block;

	if (source_is_short(source))
		return;
	memcpy(&block, source->prefix, sizeof(block));
	pool_put(pool_of(table, source), block);
}

/* Keeps @len bytes of @text, of which the entry has the lengths already. */
static void keep_prefix(struct source_table *table, struct source *source,
			const char *text, size_t len)
{
	struct pool *pool = pool_of(table, source);
	uint32_t block;

	if (source_is_short(source)) {
		memcpy(source->prefix, text, len);
		return;
	}
	block = pool_get(pool);
	memcpy(pool_at(pool, block), text, len);
	memcpy(source->prefix, &block, sizeof(block));
}

/* NAME and a space, and ADDRESS behind it for whoever asks; 0: it has none. */
static size_t write_name(const struct source_table *table,
			 struct source *source, char text[SOURCE_LONG_MAX])
{
	const char *name;
	size_t len;

	name = table->hosts ? hosts_name(table->hosts, &source->addr, &len)
			    : NULL;
	source->named = name != NULL;
	if (!name)
		return 0;
	memcpy(text, name, len);
	text[len++] = ' ';
	source->prefix_len = (uint8_t)len;
	source->address_len = (uint8_t)srcaddr_host_text(
		text + len, &source->addr, table->scopes);
	return len + source->address_len;
}

static size_t write_address(const struct source_table *table,
			    struct source *source, char text[SRCADDR_TEXT_MAX])
{
	size_t host_len, len;

	if (table->by_address)
		len = host_len =
			srcaddr_host_text(text, &source->addr, table->scopes);
	else
		len = srcaddr_text(text, &source->addr, table->scopes,
				   &host_len);
	text[len++] = ' ';
	source->prefix_len = (uint8_t)len;
	source->address_len = (uint8_t)host_len;
	return len;
}

static void set_prefix(struct source_table *table, struct source *source)
{
	char text[SOURCE_LONG_MAX];
	size_t len;

	leave_prefix(table, source);
	source->names = table->names;
	len = write_name(table, source, text);
	if (len == 0)
		len = write_address(table, source, text);
	keep_prefix(table, source, text, len);
}

#define RENAMINGS 128 /* within which each entry is set; @names has 256 */

/*
 * An entry that was not found for long could pass for one of these names, as
 * their counter begins anew.  So some are set each time.
 */
void source_rename(struct source_table *table, const struct hosts *hosts)
{
	uint32_t left = table->capacity / RENAMINGS + 1;

	table->hosts = hosts;
	table->names++;
	for (; left > 0; left--) {
		if (table->renamed < table->count)
			set_prefix(table, &table->entries[table->renamed]);
		if (++table->renamed >= table->capacity)
			table->renamed = 0;
	}
}

static struct source *found(struct source_table *table, uint32_t number)
{
	struct source *source = &table->entries[number];

	if (source->names != table->names)
		set_prefix(table, source);
	return source;
}

struct source *source_find(struct source_table *table,
			   const struct srcaddr *addr)
{
	uint32_t number = table->last;

	/* Datagrams of one source come in bursts. */
	if (number != SOURCE_NONE &&
	    srcaddr_equal(&table->entries[number].addr, addr))
		return found(table, number);
	for (number = *bucket_of(table, addr); number != SOURCE_NONE;
	     number = table->entries[number].chain)
		if (srcaddr_equal(&table->entries[number].addr, addr)) {
			turns_hear(&table->turns, number);
			table->last = number;
			return found(table, number);
		}
	return NULL;
}

bool source_table_full(const struct source_table *table)
{
	return table->count == table->capacity;
}

struct source *source_makes_way(struct source_table *table)
{
	assert(source_table_full(table));
	return &table->entries[turns_who(&table->turns)];
}

static uint32_t take_entry(struct source_table *table)
{
	uint32_t number;
	uint32_t *link;

	if (!source_table_full(table))
		return table->count++;
	number = turns_replace(&table->turns);
	link = bucket_of(table, &table->entries[number].addr);
	while (*link != number)
		link = &table->entries[*link].chain;
	*link = table->entries[number].chain;
	return number;
}

struct source *source_add(struct source_table *table,
			  const struct srcaddr *addr)
{
	uint32_t number = take_entry(table);
	struct source *source = &table->entries[number];
	uint32_t *bucket = bucket_of(table, addr);

	source->addr = *addr;
	source->line = LINEBUF_EMPTY;
	source->chain = *bucket;
	source->cut = source->extended = source->plain = false;
	source->doubted = false;
	source->calm = false;
	source->after_cr = false;
	set_prefix(table, source);
	*bucket = number;
	table->last = number;
	return source;
}
