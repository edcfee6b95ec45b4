/* intake - datagrams from the sockets into the collector; see intake.h. */
#include "intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errortext.h"
#include "sys.h"

#define ROUND_MAX  32768 /* datagrams in a round, and */
#define ROUND_MS   50 /* time; then signals have their turn */
#define COUNT_MOST 4000000 /* datagrams counted at the end, at most */

static uint64_t now_ms(const struct intake *in)
{
	return sys_monotonic_ms(in->sys);
}

struct inlet *intake_add(struct intake *in, int fd, const struct srcaddr *local,
			 long granted_bytes)
{
	struct inlet *inlet = &in->inlets[in->count++];

	netrx_learn_scope(&in->rx, fd, local->scope);
	netrx_socket_init(&inlet->socket, in->sys, fd, local->port);
	inlet->granted_bytes = granted_bytes;
	memcpy(inlet->place, " at ", 4);
	srcaddr_text(inlet->place + 4, local, &in->rx.scopes, NULL);
	return inlet;
}

void intake_choose_stamps(struct intake *in, bool exact)
{
	unsigned i;

	for (i = 0; i < in->count; i++) {
		struct inlet *inlet = &in->inlets[i];
		long batches = inlet->granted_bytes / NETRX_SKIP_BYTES;

		netrx_skip(&inlet->socket, exact ? 0 : (unsigned)batches);
	}
}

void intake_tell_apart(struct intake *in)
{
	unsigned i;

	for (i = 0; i < in->count; i++) {
		struct drops *drops = &in->inlets[i].socket.drops;

		drops->place = in->inlets[i].place;
		drops->port = in->inlets[i].socket.port;
	}
}

/* The inlet that the batch is of. */
static struct inlet *present(struct intake *in)
{
	return &in->inlets[in->turn];
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
	struct inlet *inlet = present(in);
	uint64_t now = now_ms(in);
	struct datagram datagram;
	uint32_t dropped;

	while (netrx_current(&in->rx, &datagram, &dropped)) {
		if ((dropped > 0 &&
		     !drops_log(&inlet->socket.drops, in->collector, dropped,
				&datagram.arrival)) ||
		    !collector_put(in->collector, &datagram, &in->rx.offset,
				   now))
			return false;
		inlet->last_arrival = datagram.arrival;
		netrx_taken(&in->rx);
		writer_drain_much(in->writer, now);
	}
	/*
	 * Release here as well: in a flood the socket may never be empty, and a
	 * missing record would be within this batch.
	 */
	return collector_release(in->collector, now);
}

#define RECEIVE_MAX (sizeof("receive datagrams") + INTAKE_PLACE_MAX)

/* Writes "receive datagrams", and where. */
static const char *write_receive(char text[RECEIVE_MAX],
				 const struct inlet *inlet)
{
	snprintf(text, RECEIVE_MAX, "receive datagrams%s",
		 inlet->socket.drops.place);
	return text;
}

static void say_receives(struct intake *in, struct inlet *inlet, uint64_t now)
{
	char text[RECEIVE_MAX];

	backoff_reset(&inlet->backoff);
	diag_works(in->diag, &inlet->fault, now, write_receive(text, inlet));
}

/* Any errno may come, and go away again: ENOMEM, ENOBUFS, EIO. */
static unsigned receive(struct intake *in, struct inlet *inlet)
{
	uint64_t now = inlet->retry_ms > 0 ? now_ms(in) : 0;
	char text[RECEIVE_MAX];
	int n;

	if (now < inlet->retry_ms)
		return 0;
	n = netrx_receive(&in->rx, &inlet->socket);
	if (n < 0) {
		int error = errno;

		now = now_ms(in);
		inlet->retry_ms = backoff_next(&inlet->backoff, now);
		diag_failed(in->diag, &inlet->fault, now,
			    write_receive(text, inlet), error,
			    errortext(error));
		return 0;
	}
	inlet->retry_ms = 0;
	if (inlet->fault.count > 0)
		say_receives(in, inlet, now_ms(in));
	return (unsigned)n;
}

static bool log_now(struct intake *in, struct drops *drops, uint32_t dropped)
{
	return dropped == 0 || drops_log(drops, in->collector, dropped, NULL);
}

bool intake_log_drops(struct intake *in)
{
	unsigned i;

	for (i = 0; i < in->count; i++) {
		struct netrx_socket *socket = &in->inlets[i].socket;

		if (!log_now(in, &socket->drops,
			     netrx_dropped_before_next(&in->rx, socket)))
			return false;
	}
	return true;
}

uint32_t intake_unlogged(struct intake *in)
{
	uint32_t count = 0;
	unsigned i;

	for (i = 0; i < in->count; i++)
		count += netrx_dropped_before_next(&in->rx,
						   &in->inlets[i].socket);
	return count;
}

/* Logs drops that no datagram carried, after the socket was found empty. */
static bool log_last_drops(struct intake *in)
{
	struct drops *drops = &present(in)->socket.drops;

	if (!log_now(in, drops, drops_unlogged(drops)))
		return false;
	drops_looked(drops);
	return true;
}

/* Nothing is left in the present inlet.  False: lines found no room. */
static bool note_empty(struct intake *in)
{
	struct inlet *inlet = present(in);
	uint64_t now = now_ms(in);

	drops_note_round(&inlet->socket.drops, inlet->taken, now);
	inlet->taken = 0;
	inlet->emptied = now < drops_deadline(&inlet->socket.drops) ||
			 intake_with_room(in, log_last_drops);
	return inlet->emptied;
}

/* Receives a batch from the present inlet, and takes it in. */
static bool take_turn(struct intake *in, bool *more)
{
	struct inlet *inlet = present(in);
	unsigned n = receive(in, inlet);

	in->taken += n;
	inlet->taken += n;
	*more = n == NETRX_BATCH;
	collector_expect(in->collector, in->rx.from, in->rx.sources);
	if (!intake_with_room(in, take_batch))
		return false;
	return *more || inlet->retry_ms > 0 || note_empty(in);
}

/* The inlets, a bit for each, that may have datagrams. */
static uint32_t begin_round(struct intake *in)
{
	uint32_t open = 0;
	unsigned i;

	in->taken = 0;
	for (i = 0; i < in->count; i++) {
		in->inlets[i].emptied = false;
		open |= (uint32_t)!in->inlets[i].ended << i;
	}
	return open;
}

static bool take_in(struct intake *in)
{
	uint64_t end = now_ms(in) + ROUND_MS;
	uint32_t open = begin_round(in);
	bool more;

	/* The rest of a batch that found no room comes first. */
	if (!intake_with_room(in, take_batch))
		return false;
	while (open != 0) {
		if (in->taken >= ROUND_MAX ||
		    (in->taken > 0 && now_ms(in) >= end))
			return false;
		do
			in->turn = (in->turn + 1) % in->count;
		while (!(open >> in->turn & 1));
		if (!take_turn(in, &more))
			return false;
		if (!more)
			open &= ~(1U << in->turn);
	}
	return true;
}

bool intake_round(struct intake *in)
{
	bool emptied = take_in(in);
	unsigned i;

	/* Also while receiving is not tried, or this deadline would stay. */
	for (i = 0; i < in->count; i++)
		if (in->inlets[i].fault.worked_ms > 0)
			say_receives(in, &in->inlets[i], now_ms(in));
	if (in->full || in->full_fault.count > 0)
		say_full(in);
	return emptied;
}

bool intake_waits_for(const struct intake *in, const struct inlet *inlet)
{
	return !in->full && !inlet->ended && inlet->retry_ms == 0;
}

bool intake_is_refused(const struct intake *in)
{
	unsigned i;

	for (i = 0; i < in->count; i++)
		if (in->inlets[i].retry_ms > 0)
			return true;
	return false;
}

/* While there is no room, nothing is received and no count asked for. */
static uint64_t deadline_of(const struct intake *in, const struct inlet *inlet)
{
	uint64_t due = diag_due(&inlet->fault);

	if (inlet->ended)
		return DEADLINE_NEVER;
	if (in->full)
		return due;
	if (inlet->retry_ms > 0)
		return deadline_earlier(due, inlet->retry_ms);
	return deadline_earlier(due, drops_deadline(&inlet->socket.drops));
}

uint64_t intake_deadline(const struct intake *in)
{
	uint64_t due = DEADLINE_NEVER;
	bool ended = true;
	unsigned i;

	for (i = 0; i < in->count; i++) {
		ended &= in->inlets[i].ended;
		due = deadline_earlier(due, deadline_of(in, &in->inlets[i]));
	}
	return ended ? due : deadline_earlier(due, diag_due(&in->full_fault));
}

uint64_t intake_lost(const struct intake *in)
{
	uint64_t count = 0;
	unsigned i;

	for (i = 0; i < in->count; i++) {
		const struct drops *drops = &in->inlets[i].socket.drops;

		count += drops->total + drops_unlogged(drops);
	}
	return count;
}

uint64_t intake_logged(const struct intake *in, const char **cause)
{
	const struct drops *latest = &in->inlets[0].socket.drops;
	uint64_t count = 0;
	unsigned i;

	for (i = 0; i < in->count; i++) {
		const struct drops *drops = &in->inlets[i].socket.drops;

		count += drops->total;
		if (drops->latest_ms > latest->latest_ms)
			latest = drops;
	}
	*cause = latest->cause;
	return count;
}

/* Those in the socket, which is shut for that. */
static unsigned give_up_rest(struct intake *in, struct inlet *inlet)
{
	unsigned count = 0;

	netrx_shut(&inlet->socket);
	while (count < COUNT_MOST && receive(in, inlet) > 0) {
		count += in->rx.count;
		in->rx.next = in->rx.count;
	}
	return count;
}

unsigned intake_give_up(struct intake *in, bool all)
{
	unsigned count = in->rx.count - in->rx.next;
	unsigned i;

	in->rx.next = in->rx.count;
	for (i = 0; all && i < in->count; i++)
		if (!in->inlets[i].emptied)
			count += give_up_rest(in, &in->inlets[i]);
	return count;
}
