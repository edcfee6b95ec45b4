/*
 * extpass - a record passes into the log: first what its numbers say of others,
 * then its lines.
 *
 * L1.  Knows each sender by its numbers (order, loss).  False: the queue had no
 * room; call again, as in extwrite.h.
 */
#ifndef UDPLOGGER_EXTPASS_H
#define UDPLOGGER_EXTPASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"
#include "extwrite.h"
#include "loss.h"
#include "order.h"
#include "pool.h"
#include "shelf.h"

#define EXTPASS_BOOT_MAX (UINT64_MAX >> 1)

/*
 * The numbers of one source.  What each record needs comes first, and all of it
 * is close together: with many sources each place is waited for.
 */
struct extpass_source {
	struct order order;
	/* When it booted, microseconds since 1970, wall clock; 0: unknown. */
	uint64_t boot_us : 63;
	uint64_t numbered : 1; /* there was a sure msgid */
	struct loss loss;
	/* sequnums that did not come, less messages lost, since a sure msgid */
	int64_t left_out;
	struct order_seen seen;
};

struct source_table;

struct extpass_counts {
	uint64_t lost; /* messages logged as lost and not as late */
	uint64_t late; /* messages logged as late */
	uint64_t gaps; /* sequnums that did not come */
	/* those of them that the sender left out: its msgids have no gap */
	int64_t withheld;
};

struct extpass {
	struct extpass_source *sources;
	struct pool marks; /* of losses: loss.h */
	const struct shelves *held; /* messages, whole or not; not owned */
	struct extwrite *write; /* not owned */
	struct extpass_counts counts;
};

/* The bytes of memory that are needed for @sources sources. */
size_t extpass_bytes(uint32_t sources);

/* @memory: extpass_bytes(), zeroed, aligned to 64 bytes, not owned. */
void extpass_init(struct extpass *p, uint32_t sources,
		  const struct shelves *held, struct extwrite *write,
		  void *memory);

/*
 * Brings into the cache what the next records need of those of @count sources,
 * by their @numbers in @table, that send records; overwrites @numbers.
 */
void extpass_prefetch(const struct extpass *p, const struct source_table *table,
		      uint32_t *numbers, size_t count);

/* Where the record of @msg, of @len bytes, belongs; order_place(). */
enum order_place extpass_place(const struct extpass *p, uint32_t source,
			       const struct extmsg *msg, size_t len);

/* Notes a record that came and waits, so that its doubles are recognized. */
void extpass_remember(struct extpass *p, uint32_t source,
		      const struct extmsg *msg, size_t len);

/*
 * Writes the notices due before @r and then @r, whose body is @whole, from *@at
 * on, which is 0 at first, and moves *@at.  @fresh: the last datagram of @r
 * came just now.
 */
bool extpass_record(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole, bool fresh, size_t *at);

/*
 * Whether @r, which is not whole, is what is left of a copy of a record of
 * which all came.
 */
bool extpass_is_rest(const struct extpass *p, const struct extwrite_record *r);

/*
 * Notes a record that comes again, whose body is @whole, though it is not
 * written: its msgid is another one than before.
 */
bool extpass_again(struct extpass *p, struct extwrite_record *r,
		   struct extmsg_part whole);

/*
 * Notes a double, whose body is @whole: the number of a message that is not yet
 * accounted for was heard.
 */
void extpass_double(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole);

/* Logs that the source of @r booted, and forgets its numbers. */
bool extpass_boot(struct extpass *p, const struct extwrite_record *r);

/* Forgets all about @source, which becomes another sender. */
void extpass_forget(struct extpass *p, uint32_t source);

#endif
