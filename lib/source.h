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

#include "ilist.h"
#include "srcaddr.h"

struct source {
	struct srcaddr addr;
	uint32_t line; /* its unfinished line; linebuf.h */
	bool cut; /* its line goes on after a piece that was written */
	uint8_t prefix_len;
	char prefix[SRCADDR_TEXT_MAX + 1]; /* "ADDRESS:PORT ", no NUL */
};

struct source_table {
	struct source *entries;
	uint32_t *buckets; /* first entry of each chain */
	uint32_t *chain; /* next entry in the same bucket */
	uint32_t bucket_mask;
	uint32_t capacity;
	uint32_t count; /* entries in use; they are never given back */
	struct ilist silence; /* the one silent longest comes first */
	uint64_t hash_key[2];
};

/* The bytes of memory that a table of @capacity sources needs. */
size_t source_table_bytes(uint32_t capacity);

/*
 * Makes an empty table in @memory, which is zeroed, aligned for any type, and
 * of source_table_bytes().  @hash_key is random and kept from senders.
 */
void source_table_init(struct source_table *table, uint32_t capacity,
		       const uint64_t hash_key[2], void *memory);

/* The entry of @addr, or NULL.  It becomes the one heard last. */
struct source *source_find(struct source_table *table,
			   const struct srcaddr *addr);

/* Whether a new source has to take the place of another. */
bool source_table_full(const struct source_table *table);

/* The entry that has been silent longest; the table is not empty. */
struct source *source_silent_longest(const struct source_table *table);

/*
 * Makes an entry for @addr, which has none, in place of the one that has been
 * silent longest where the table is full.  @scope_name as in srcaddr_text().
 */
struct source *source_add(struct source_table *table,
			  const struct srcaddr *addr, const char *scope_name);

static inline uint32_t source_number(const struct source_table *table,
				     const struct source *source)
{
	return (uint32_t)(source - table->entries);
}

#endif
