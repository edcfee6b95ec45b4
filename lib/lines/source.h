/*
 * source - the table of senders, one entry per address, port and local port.
 *
 * L1.  Found by a keyed hash, in constant time however many there are; the
 * one that makes way in a full table is one of those silent longest.
 */
#ifndef UDPLOGGER_SOURCE_H
#define UDPLOGGER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "hosts.h"
#include "pool.h"
#include "record.h"
#include "srcaddr.h"
#include "tally.h"
#include "turns.h"

#define SOURCE_PREFIX_MAX \
	SRCADDR_TEXT_MAX /* "ADDRESS:PORT ", "NAME "; no NUL */
#define SOURCE_LONG_MAX	  (HOSTS_NAME_MAX + 1 + SRCADDR_HOST_MAX)
#define SOURCE_MEDIUM_MAX 48 /* any IPv6 fits that has no interface */
#define SOURCE_NONE	  UINT32_MAX
#define SOURCE_BYTES	  64 /* of an entry: a cache line */
#define SOURCE_SHORT_MAX  24 /* bytes of prefix in the entry; any IPv4 fits */

/*
 * An entry fills one cache line, since with many sources each look-up waits for
 * memory.  Longer prefixes stand in blocks of one of two pools, whose number is
 * in the entry instead.
 */
struct source {
	struct srcaddr addr;
	uint32_t line; /* unfinished line; linebuf.h */
	uint32_t chain; /* the next entry in the same bucket */
	bool cut; /* the line goes on after a piece that was written */
	bool extended : 1; /* sends extended netconsole, perhaps text too */
	bool plain : 1; /* has sent lines that begin with no time */
	bool doubted : 1; /* and what might be a record; extclaim.h */
	bool calm; /* lines matter if they announce an incident; watch.h */
	bool after_cr; /* the last line ended at CR, LF may follow */
	bool named; /* the prefix is NAME, and ADDRESS stands behind it */
	uint8_t names; /* of which table of names the prefix is */
	uint8_t prefix_len;
	uint8_t address_len; /* of ADDRESS, without brackets */
	char prefix[SOURCE_SHORT_MAX]; /* or where source_prefix() says */
};

struct source_table {
	struct source *entries;
	struct pool medium; /* longer prefixes: one for each entry in */
	struct pool large; /* either pool, touched where it is needed */
	uint32_t *buckets; /* first entry of each chain */
	uint32_t bucket_mask;
	uint32_t capacity;
	uint32_t count; /* entries in use; they are never given back */
	struct turns turns; /* of the entries: who makes way */
	uint32_t last; /* the entry that was heard last; or SOURCE_NONE */
	uint64_t hash_keys[SRCADDR_HASH_KEYS];
	bool by_address; /* prefixes are without port */
	bool tells_local; /* there are several local ports */
	/* Names of interfaces for new entries; not owned, NULL: none. */
	const struct srcaddr_scopes *scopes;
	const struct hosts *hosts; /* names of senders; likewise */
	uint8_t names; /* counts source_rename() */
	uint32_t renamed; /* the next entry that it sets */
	struct tally *tally; /* of these senders; not owned; NULL: none */
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
 * Brings into the cache what source_find() will need for @count addresses, and
 * finds out the numbers of most of these that have an entry: returns how many,
 * in @numbers.  Changes nothing.
 */
#define SOURCE_PREFETCH_MAX 64
size_t source_prefetch(const struct source_table *table,
		       const struct srcaddr *addrs, size_t count,
		       uint32_t numbers[SOURCE_PREFETCH_MAX]);

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

/*
 * Who makes way in a full table: one of those silent longest (turns.h).  The
 * same again, until it is heard or source_add() replaces it.
 */
struct source *source_makes_way(struct source_table *table);

/*
 * Makes an entry for @addr, which has none.  In a full table it takes the place
 * of source_makes_way().
 */
struct source *source_add(struct source_table *table,
			  const struct srcaddr *addr);

static inline bool source_is_short(const struct source *source)
{
	return !source->named && source->prefix_len <= SOURCE_SHORT_MAX;
}

/* The prefix of @source, which is not short. */
const char *source_long_prefix(const struct source_table *table,
			       const struct source *source);

/* "NAME ", "ADDRESS:PORT ", or "ADDRESS " if @by_address; prefix_len bytes. */
static inline const char *source_prefix(const struct source_table *table,
					const struct source *source)
{
	return source_is_short(source) ? source->prefix
				       : source_long_prefix(table, source);
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
	record->tells_local = table->tells_local;
	record->local = source->addr.local;
}

static inline uint32_t source_number(const struct source_table *table,
				     const struct source *source)
{
	return (uint32_t)(source - table->entries);
}

#endif
