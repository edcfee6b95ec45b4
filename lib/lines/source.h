/*
 * source - the table of senders, one entry per address and port.
 *
 * L1.  Found by a keyed hash, in constant time however many there are; the
 * one that has been silent longest is known at any time.  Nothing here walks
 * over all of them.
 */
#ifndef UDPLOGGER_SOURCE_H
#define UDPLOGGER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hosts.h"
#include "ilist.h"
#include "record.h"
#include "srcaddr.h"

#define SOURCE_PREFIX_MAX \
	SRCADDR_TEXT_MAX /* "ADDRESS:PORT ", "NAME "; no NUL */
#define SOURCE_LONG_MAX	 (HOSTS_NAME_MAX + 1 + SRCADDR_HOST_MAX)
#define SOURCE_BYTES	 64 /* of an entry: a cache line */
#define SOURCE_SHORT_MAX 24 /* bytes of prefix in the entry; any IPv4 fits */

/*
 * An entry fills one cache line, since with many sources each look-up waits for
 * memory.  Longer prefixes, which are few, stand elsewhere.
 */
struct source {
	struct srcaddr addr;
	uint32_t line; /* unfinished line; linebuf.h */
	uint32_t chain; /* the next entry in the same bucket */
	bool cut; /* the line goes on after a piece that was written */
	bool extended; /* sends extended netconsole, perhaps text too */
	bool plain; /* has sent lines that begin with no time */
	bool after_cr; /* the last line ended at CR, LF may follow */
	bool named; /* the prefix is NAME, and ADDRESS stands behind it */
	uint8_t names; /* of which table of names the prefix is */
	uint8_t prefix_len;
	uint8_t address_len; /* of ADDRESS, without brackets */
	char prefix[SOURCE_SHORT_MAX]; /* or where source_prefix() says */
};

struct source_table {
	struct source *entries;
	char (*long_prefixes)[SOURCE_LONG_MAX]; /* one for each entry */
	uint32_t *buckets; /* first entry of each chain */
	uint32_t bucket_mask;
	uint32_t capacity;
	uint32_t count; /* entries in use; they are never given back */
	struct ilist silence; /* the source silent longest comes first */
	uint64_t hash_keys[SRCADDR_HASH_KEYS];
	bool by_address; /* prefixes are without port */
	/* Names of interfaces for new entries; not owned, NULL: none. */
	const struct srcaddr_scopes *scopes;
	const struct hosts *hosts; /* names of senders; likewise */
	uint8_t names; /* counts source_rename() */
};

/* The bytes of memory that a table of @capacity sources needs. */
size_t source_table_bytes(uint32_t capacity);

/*
 * Makes an empty table in @memory, which is zeroed, aligned to SOURCE_BYTES,
 * and of source_table_bytes().  @hash_keys are random and kept from senders.
 */
void source_table_init(struct source_table *table, uint32_t capacity,
		       const uint64_t hash_keys[SRCADDR_HASH_KEYS],
		       void *memory);

/*
 * Brings into the cache what source_find() will need for @count addresses.
 * Changes nothing.
 */
void source_prefetch(const struct source_table *table,
		     const struct srcaddr *addrs, size_t count);

/*
 * Takes the names of senders from @hosts, which outlives the next call, or
 * NULL: none have one.  An entry gets its name when it is found next.
 */
void source_rename(struct source_table *table, const struct hosts *hosts);

/* The entry of @addr, which becomes the one heard last; NULL: none. */
struct source *source_find(struct source_table *table,
			   const struct srcaddr *addr);

/* Whether a new source has to take the place of another. */
bool source_table_full(const struct source_table *table);

/* The entry that has been silent longest; the table is not empty. */
struct source *source_silent_longest(const struct source_table *table);

/*
 * Makes an entry for @addr, which has none.  In a full table it takes the place
 * of the source silent longest.
 */
struct source *source_add(struct source_table *table,
			  const struct srcaddr *addr);

/* "NAME ", "ADDRESS:PORT ", or "ADDRESS " if @by_address; prefix_len bytes. */
static inline const char *source_prefix(const struct source_table *table,
					const struct source *source)
{
	if (source->named || source->prefix_len > SOURCE_SHORT_MAX)
		return table->long_prefixes[source - table->entries];
	return source->prefix;
}

/* Puts prefix, address and port of @source into @record, as views. */
static inline void source_sign(const struct source_table *table,
			       const struct source *source,
			       struct record *record)
{
	const char *prefix = source_prefix(table, source);

	record->source = (uint32_t)(source - table->entries);
	record->names = source->names;
	record->prefix = prefix;
	record->prefix_len = source->prefix_len;
	record->address =
		prefix + (source->named ? source->prefix_len : *prefix == '[');
	record->host_len = source->named ? source->prefix_len - 1U : 0;
	record->address_len = source->address_len;
	record->port = source->addr.port;
	record->by_address = table->by_address;
}

static inline uint32_t source_number(const struct source_table *table,
				     const struct source *source)
{
	return (uint32_t)(source - table->entries);
}

#endif
