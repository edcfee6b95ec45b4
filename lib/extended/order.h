/*
 * order - where a record belongs among those of its sender.
 *
 * L0.  Knows one sender by the numbers of its records: each has a sequnum and a
 * time since boot (Documentation/ABI/testing/dev-kmsg).  A gap in the sequnum
 * proves no loss: the console's log level leaves gaps, and so does a target
 * that was off.  See loss.h for what does.
 */
#ifndef UDPLOGGER_ORDER_H
#define UDPLOGGER_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"

#define ORDER_SEEN  64 /* sequnums back for which doubles are recognized */
#define ORDER_KNOWN 128 /* sequnums back of which it is known which passed */

/* The numbers of one sender; zeroed at first. */
struct order {
	uint64_t next; /* highest sequnum that passed, plus 1 */
	uint64_t ahead; /* highest sequnum that was remembered, plus 1 */
	uint64_t usec; /* latest time of the sender's clock */
	uint64_t passed[ORDER_KNOWN /
			64]; /* a bit for each, at sequnum % KNOWN */
	uint32_t passed_time; /* latest time that passed, in units of 2^18 us */
	uint32_t leap; /* sequnums left out by the latest step beyond KNOWN */
	uint32_t astray_next; /* low bits of what follows the latest astray */
	uint8_t known; /* sequnums back to the first that passed, up to KNOWN */
	uint8_t astray; /* records that were far back, one after the other */
	bool begun; /* a record has passed */
};

/*
 * Digests of the latest records, by which doubles are recognized; zeroed at
 * first.  Apart, as most senders never need them.
 */
struct order_seen {
	uint32_t digests[ORDER_SEEN]; /* at sequnum % SEEN; 0: none */
};

enum order_place {
	ORDER_FIRST, /* nothing is known of the sender yet */
	ORDER_NEXT,
	ORDER_AHEAD, /* earlier ones may still come */
	ORDER_LATE, /* later ones have passed */
	ORDER_DOUBLE, /* it came before */
	ORDER_AGAIN, /* so did it, but one of the two is a replay: extmsg.h */
	ORDER_BOOT /* the sender began anew */
};

/* The place of the record of @msg, whose body has @len bytes. */
enum order_place order_place(const struct order *o,
			     const struct order_seen *seen,
			     const struct extmsg *msg, size_t len);

/* Whether later records have passed. */
static inline bool order_is_late(const struct order *o, uint64_t sequnum)
{
	return o->begun && sequnum < o->next;
}

/* Whether that very record has passed; false if too far back to know. */
bool order_has_passed(const struct order *o, uint64_t sequnum);

/* Has doubles of the record recognized from now on. */
void order_remember(struct order *o, struct order_seen *seen,
		    const struct extmsg *msg, size_t len);

struct order_passed {
	int64_t left_out; /* change of the count of missing records */
	bool restarted; /* all known numbers of the sender are void */
};

/*
 * Notes that the record is in the log.  @fresh: its last datagram came just
 * now.  A forged number far ahead would make all later records late for ever;
 * so a few fresh records far back, one after the other, show where the sender
 * is now.
 */
struct order_passed order_pass(struct order *o, const struct extmsg *msg,
			       bool fresh);

#endif
