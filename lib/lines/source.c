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
	return capacity * (sizeof(struct source) + SOURCE_LONG_MAX) +
	       ilist_bytes(capacity) +
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
	};
	memcpy(table->hash_keys, hash_keys, sizeof(table->hash_keys));
	at += capacity * sizeof(struct source);
	ilist_init(&table->silence, at);
	at += ilist_bytes(capacity);
	table->buckets = (uint32_t *)(void *)at;
	memset(table->buckets, 0xff, buckets * sizeof(uint32_t));
	at += buckets * sizeof(uint32_t);
	table->long_prefixes = (char(*)[SOURCE_LONG_MAX])(void *)at;
}

static uint32_t bucket_number(const struct source_table *table,
			      const struct srcaddr *addr)
{
	return srcaddr_hash(addr, table->hash_keys) & table->bucket_mask;
}

#define PREFETCH_MAX 64

/*
 * Three waits for memory, each for all sources together: for the buckets; for
 * the entries there, and their links of silence; for the neighbours of those
 * links.
 */
void source_prefetch(const struct source_table *table,
		     const struct srcaddr *addrs, size_t count)
{
	uint32_t numbers[PREFETCH_MAX];
	size_t asked = 0;
	size_t found = 0;
	size_t i;

	if (count > PREFETCH_MAX)
		count = PREFETCH_MAX;
	for (i = 0; i < count; i++) {
		if (i > 0 && srcaddr_equal(&addrs[i], &addrs[i - 1]))
			continue;
		numbers[asked] = bucket_number(table, &addrs[i]);
		__builtin_prefetch(&table->buckets[numbers[asked++]]);
	}
	for (i = 0; i < asked; i++) {
		uint32_t number = table->buckets[numbers[i]];

		if (number == ILIST_NONE)
			continue;
		__builtin_prefetch(&table->entries[number], 1);
		__builtin_prefetch(&table->silence.links[number], 1);
		numbers[found++] = number;
	}
	for (i = 0; i < found; i++)
		ilist_prefetch(&table->silence, numbers[i]);
}

static uint32_t *bucket_of(struct source_table *table,
			   const struct srcaddr *addr)
{
	return &table->buckets[bucket_number(table, addr)];
}

static void heard(struct source_table *table, uint32_t number)
{
	if (table->silence.last == number)
		return;
	ilist_remove(&table->silence, number);
	ilist_append(&table->silence, number);
}

/* NAME and a space, and ADDRESS behind it for whoever asks. */
static bool set_name(struct source_table *table, struct source *source)
{
	char *to = table->long_prefixes[source_number(table, source)];
	const char *name;
	size_t len;

	name = table->hosts ? hosts_name(table->hosts, &source->addr, &len)
			    : NULL;
	source->named = name != NULL;
	if (!name)
		return false;
	memcpy(to, name, len);
	to[len++] = ' ';
	source->prefix_len = (uint8_t)len;
	source->address_len = (uint8_t)srcaddr_host_text(
		to + len, &source->addr, table->scopes);
	return true;
}

static void set_prefix(struct source_table *table, struct source *source)
{
	char text[SRCADDR_TEXT_MAX];
	char *prefix = source->prefix;
	size_t host_len, len;

	source->names = table->names;
	if (set_name(table, source))
		return;
	if (table->by_address)
		len = host_len =
			srcaddr_host_text(text, &source->addr, table->scopes);
	else
		len = srcaddr_text(text, &source->addr, table->scopes,
				   &host_len);
	if (len + 1 > SOURCE_SHORT_MAX)
		prefix = table->long_prefixes[source_number(table, source)];
	memcpy(prefix, text, len);
	prefix[len] = ' ';
	source->prefix_len = (uint8_t)(len + 1);
	source->address_len = (uint8_t)host_len;
}

/* When the counter begins anew, an entry could pass for one of these names. */
void source_rename(struct source_table *table, const struct hosts *hosts)
{
	uint32_t i;

	table->hosts = hosts;
	if (++table->names != 0)
		return;
	for (i = 0; i < table->count; i++)
		set_prefix(table, &table->entries[i]);
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
	uint32_t number = table->silence.last;

	/* Datagrams of one source come in bursts. */
	if (number != ILIST_NONE &&
	    srcaddr_equal(&table->entries[number].addr, addr))
		return found(table, number);
	for (number = *bucket_of(table, addr); number != ILIST_NONE;
	     number = table->entries[number].chain)
		if (srcaddr_equal(&table->entries[number].addr, addr)) {
			heard(table, number);
			return found(table, number);
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

static uint32_t take_entry(struct source_table *table)
{
	uint32_t number = table->silence.first;
	uint32_t *link;

	if (!source_table_full(table))
		return table->count++;
	link = bucket_of(table, &table->entries[number].addr);
	while (*link != number)
		link = &table->entries[*link].chain;
	*link = table->entries[number].chain;
	ilist_remove(&table->silence, number);
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
	source->after_cr = false;
	set_prefix(table, source);
	*bucket = number;
	ilist_append(&table->silence, number);
	return source;
}
