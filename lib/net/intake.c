/* intake - datagrams from the socket into the collector; see intake.h. */
#include "intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sys.h"

#define ROUND_MAX  32768 /* datagrams in a round, and */
#define ROUND_MS   50 /* time; then signals have their turn */
#define COUNT_MOST 4000000 /* datagrams counted at the end, at most */

static uint64_t now_ms(const struct intake *in)
{
	return sys_monotonic_ms(in->sys);
}

/* Says that lines find no room in memory, and when they find some again. */
static void say_full(struct intake *in)
{
	char why[80];

	if (!in->full) {
		diag_works(in->diag, &in->full_fault, now_ms(in), "receive");
		return;
	}
	snprintf(why, sizeof(why),
		 "the queue is full, %zu bytes wait for the disk",
		 filetable_waiting(in->writer->files));
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

/* Hands the batch to the collector.  False when there's no room for lines. */
static bool take_batch(struct intake *in)
{
	uint64_t now = now_ms(in);
	struct datagram datagram;
	uint32_t dropped;

	while (netrx_current(&in->rx, &datagram, &dropped)) {
		if ((dropped > 0 && !drops_log(&in->drops, in->collector,
					       dropped, &datagram.arrival)) ||
		    !collector_put(in->collector, &datagram, &in->rx.offset,
				   now))
			return false;
		in->last_arrival = datagram.arrival;
		netrx_taken(&in->rx);
		writer_drain_much(in->writer, now);
	}
	/*
	 * Release here as well: in a flood the socket may never be empty, and a
	 * missing record would be within this batch.
	 */
	return collector_release(in->collector, now);
}

static void say_receives(struct intake *in, uint64_t now)
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
		say_receives(in, now_ms(in));
	return (unsigned)n;
}

static bool log_now(struct intake *in, uint32_t dropped)
{
	return dropped == 0 ||
	       drops_log(&in->drops, in->collector, dropped, NULL);
}

bool intake_log_drops(struct intake *in)
{
	return log_now(in, netrx_dropped_before_next(&in->rx));
}

/* Logs drops that no datagram carried, after the socket was found empty. */
static bool log_last_drops(struct intake *in)
{
	if (!log_now(in, drops_unlogged(&in->drops)))
		return false;
	drops_looked(&in->drops);
	return true;
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
	drops_note_round(&in->drops, in->taken, now_ms(in));
	return now_ms(in) < drops_deadline(&in->drops) ||
	       intake_with_room(in, log_last_drops);
}

bool intake_round(struct intake *in)
{
	bool emptied = take_in(in);

	/* Also while receiving is not tried, or this deadline would stay. */
	if (in->fault.worked_ms > 0)
		say_receives(in, now_ms(in));
	if (in->full || in->full_fault.count > 0)
		say_full(in);
	return emptied;
}

uint64_t intake_deadline(const struct intake *in)
{
	uint64_t due = deadline_earlier(diag_due(&in->fault),
					diag_due(&in->full_fault));

	if (in->ended)
		return DEADLINE_NEVER;
	/*
	 * While there is no room, nothing is received and no count asked for.
	 */
	if (in->full)
		return due;
	if (in->retry_ms > 0)
		return deadline_earlier(due, in->retry_ms);
	return deadline_earlier(due, drops_deadline(&in->drops));
}

uint64_t intake_lost(const struct intake *in)
{
	return in->drops.total + drops_unlogged(&in->drops);
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
