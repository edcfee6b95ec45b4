/* intake - datagrams from the socket into the collector; see intake.h. */
#include "intake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sys.h"

#define ROUND_MAX  32768 /* datagrams in a round, and */
#define ROUND_MS   50 /* time; then signals have their turn */
#define DROPS_MS   1000 /* how late a drop may be told that nothing followed */
#define COUNT_MOST 4000000 /* datagrams that are counted and given up */

static uint64_t now_ms(const struct intake *in)
{
	return sys_monotonic_ms(in->sys);
}

/* Says when lines find no room, and when they find some again. */
static void tell_full(struct intake *in)
{
	char why[80];

	if (!in->full) {
		diag_works(in->diag, &in->full_fault, now_ms(in), "receive");
		return;
	}
	snprintf(why, sizeof(why),
		 "the queue is full, %zu bytes wait for the disk",
		 spool_waiting(in->writer->spool));
	diag_failed(in->diag, &in->full_fault, now_ms(in), "receive", ENOBUFS,
		    why);
}

bool intake_with_room(struct intake *in, bool (*step)(struct intake *))
{
	in->full = false;
	while (!in->full && !step(in))
		in->full = !writer_makes_room(in->writer, now_ms(in));
	return !in->full;
}

/* Writes "N datagrams lost" where they are missing. */
static bool tell_lost(struct intake *in, uint32_t dropped,
		      const struct timespec *time)
{
	char text[64];

	snprintf(text, sizeof(text),
		 "%" PRIu32 " datagrams lost, receive buffer full", dropped);
	if (!collector_note(in->collector, time, dropped, text))
		return false;
	netrx_drops_told(&in->rx, dropped);
	in->lost += dropped;
	return true;
}

/* Hands the batch to the collector.  False when there's no room for lines. */
static bool take_batch(struct intake *in)
{
	uint64_t now = now_ms(in);
	struct datagram datagram;
	uint32_t dropped;

	while (netrx_current(&in->rx, &datagram, &dropped)) {
		if ((dropped > 0 &&
		     !tell_lost(in, dropped, &datagram.arrival)) ||
		    !collector_put(in->collector, &datagram, &in->rx.offset,
				   now))
			return false;
		in->last_arrival = datagram.arrival;
		netrx_taken(&in->rx);
		writer_drain_much(in->writer, now);
	}
	/* In a flood, too; what they wait for is hardly farther away. */
	return collector_release(in->collector, now);
}

static void tell_receives(struct intake *in, uint64_t now)
{
	backoff_reset(&in->backoff);
	diag_works(in->diag, &in->fault, now, "receive datagrams");
}

/* Any errno may come, and go away again: ENOMEM, ENOBUFS, EIO. */
static unsigned receive(struct intake *in)
{
	uint64_t now = in->retry_ms > 0 ? now_ms(in) : 0;
	int n;

	if (now < in->retry_ms)
		return 0;
	n = netrx_receive(&in->rx);
	if (n < 0) {
		int error = errno;

		now = now_ms(in);
		in->retry_ms = backoff_next(&in->backoff, now);
		diag_failed(in->diag, &in->fault, now, "receive datagrams",
			    error, strerror(error));
		return 0;
	}
	in->retry_ms = 0;
	if (in->fault.count > 0)
		tell_receives(in, now_ms(in));
	return (unsigned)n;
}

static bool tell_now(struct intake *in, uint32_t dropped)
{
	struct timespec now = { 0, 0 };

	if (dropped == 0)
		return true;
	in->sys->clock_gettime(CLOCK_REALTIME, &now);
	return tell_lost(in, dropped, &now);
}

bool intake_tell_drops(struct intake *in)
{
	return tell_now(in, netrx_dropped_before_next(&in->rx));
}

/* Tells of drops that no datagram told of; the socket was just found empty. */
static bool tell_last_drops(struct intake *in)
{
	if (!tell_now(in, netrx_untold(&in->rx)))
		return false;
	in->drops_due_ms = 0;
	return true;
}

/*
 * When to ask the kernel for drops: after a burst at once, else once a second
 * and when it gets quiet, to spare the call at each wake-up.
 */
static bool drops_are_due(struct intake *in)
{
	if (in->taken > 0 && in->drops_due_ms == 0)
		in->drops_due_ms = now_ms(in) + DROPS_MS;
	return in->taken >= NETRX_BATCH ||
	       (in->drops_due_ms > 0 && now_ms(in) >= in->drops_due_ms);
}

static bool take_in(struct intake *in)
{
	uint64_t end = now_ms(in) + ROUND_MS;
	unsigned n;

	in->taken = 0;
	do {
		/* The rest of a batch that found no room comes first. */
		if (!intake_with_room(in, take_batch) ||
		    in->taken >= ROUND_MAX ||
		    (in->taken > 0 && now_ms(in) >= end))
			return false;
		n = receive(in);
		in->taken += n;
		collector_expect(in->collector, in->rx.from, n);
	} while (n == NETRX_BATCH);
	if (!intake_with_room(in, take_batch) || in->retry_ms > 0)
		return false;
	return !drops_are_due(in) || intake_with_room(in, tell_last_drops);
}

bool intake_round(struct intake *in)
{
	bool emptied = take_in(in);

	/* Also while nothing is received, or it would be due for ever. */
	if (in->fault.worked_ms > 0)
		tell_receives(in, now_ms(in));
	if (in->full || in->full_fault.count > 0)
		tell_full(in);
	return emptied;
}

uint64_t intake_deadline(const struct intake *in)
{
	uint64_t due = deadline_earlier(diag_due(&in->fault),
					diag_due(&in->full_fault));

	if (in->ended)
		return DEADLINE_NEVER;
	if (in->retry_ms > 0)
		return deadline_earlier(due, in->retry_ms);
	if (in->drops_due_ms > 0 && !in->full)
		due = deadline_earlier(due, in->drops_due_ms);
	return due;
}

uint64_t intake_lost(const struct intake *in)
{
	return in->lost + netrx_untold(&in->rx);
}

unsigned intake_give_up(struct intake *in, bool all)
{
	unsigned count = in->rx.count - in->rx.next;

	if (all)
		netrx_shut(&in->rx);
	in->rx.next = in->rx.count;
	while (all && count < COUNT_MOST && receive(in) > 0) {
		count += in->rx.count;
		in->rx.next = in->rx.count;
	}
	return count;
}
