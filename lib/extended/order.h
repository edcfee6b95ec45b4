/*
 * order - where a record belongs among those of its sender, and what is
 * missing before it.
 *
 * L0.  Knows one sender by the numbers of its records alone: each has a sequnum
 * and a time since boot (Documentation/ABI/testing/dev-kmsg), and may have a
 * msgid, which counts what was sent to this target
 * (Documentation/networking/netconsole.rst, "Message ID auto population").
 *
 * A gap in the sequnum proves no loss: the console's log level leaves gaps, and
 * so does a target that was off.  A gap in the msgid does.
 */
#ifndef UDPLOGGER_ORDER_H
#define UDPLOGGER_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"

#define ORDER_SEEN 64 /* how many records back it is known what came */

/* Zeroed at first. */
struct order {
	uint64_t next; /* sequnum that follows what was passed */
	uint64_t ahead; /* and what was remembered */
	uint64_t usec; /* latest time of the sender's clock */
	uint64_t passed; /* bit I: that was the one I + 1 before @next */
	uint32_t left_out; /* sequnums that may still come */
	uint32_t msgid; /* of the last message that had one */
	uint32_t told; /* as lost, and did not come late; */
	uint32_t told_from; /* the first msgid of them */
	uint32_t astray_next; /* sequnum after the last that was far back */
	uint16_t unnumbered; /* incomplete ones without msgid since @msgid */
	uint8_t astray; /* how many in a row were far back */
	bool begun : 1; /* a record was passed */
	bool numbered : 1; /* one with a msgid was */
	bool late_told : 1; /* the log says that the next to pass is late */
	uint32_t seen[ORDER_SEEN]; /* digests, by sequnum; 0: none */
};

enum order_place {
	ORDER_FIRST, /* nothing is known yet */
	ORDER_NEXT,
	ORDER_AHEAD, /* others may come before it */
	ORDER_LATE, /* later ones were passed */
	ORDER_DOUBLE, /* it was remembered */
	ORDER_BOOT /* the sender began anew */
};

/* Where the record of @msg belongs, whose body has @len bytes. */
enum order_place order_look(const struct order *s, const struct extmsg *msg,
			    size_t len);

/* Whether later records were passed already. */
static inline bool order_is_late(const struct order *s,
				 const struct extmsg *msg)
{
	return s->begun && msg->sequnum < s->next;
}

/* Has doubles of that record known from now on. */
void order_remember(struct order *s, const struct extmsg *msg, size_t len);

/*
 * The record goes to the log now.  Returns how many sequnums were left out
 * before it; -1 if it is, presumably, one of those that were.
 */
int64_t order_pass(struct order *s, const struct extmsg *msg);

/* What the msgid of a record says of others. */
struct order_loss {
	uint32_t lost; /* so many of those */
	uint32_t first; /* from this msgid */
	uint32_t last; /* to that */
	bool late; /* this record had been told as lost */
};

/*
 * What the log is to say before a record with @msgid, whether or not that is
 * nothing.  @spared of the messages that are missing have come in part.  @late:
 * later records were passed already.
 */
struct order_loss order_loss(const struct order *s, uint32_t msgid,
			     uint32_t spared, bool late);

/* The log says so now; to be followed by order_pass() of that record. */
void order_told(struct order *s, const struct order_loss *loss, uint32_t msgid,
		bool late);

/*
 * An incomplete record without msgid goes to the log in its turn: its msgid may
 * be what is missing, so one of those that are missing is not lost.  A whole
 * one without says nothing: the kernel counts only while it adds the msgid.
 */
void order_unnumbered(struct order *s);

#endif
