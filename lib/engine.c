/* engine - the loop; see engine.h. */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "signals.h"
#include "sys.h"

#define WRITE_BLOCKS   4 /* of the queues; write when so much is finished */
#define ROUND_MAX      32768 /* datagrams in a round, and */
#define ROUND_MS       50 /* time; then signals have their turn */
#define HEAR_MS	       10 /* how late a signal may be heard in a flood */
#define BUSY_MS	       2000 /* how long a flood may put off timeouts */
#define DROPS_MS       1000 /* how late a drop may be told that nothing followed */
#define FINISH_MS      2000 /* at the end, for a disk that refuses */
#define FINISH_MOST_MS 30000 /* at the end, in all */
#define COUNT_MOST     1000000 /* datagrams that are counted and given up */
#define IDLE_MS	       60000 /* then the file of another day is closed */
#define FOREVER_MS     3600000

static uint64_t now_ms(const struct engine *e)
{
	return sys_monotonic_ms(e->sys);
}

/* Writes what is finished.  True when nothing waits any more. */
static bool write_files(struct engine *e)
{
	uint64_t now = now_ms(e);
	bool done = true;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		struct spool_slot *slot = &e->spool.slots[i];
		struct logfile *file = &e->files[i];

		if (outq_waiting(&slot->queue) == 0) {
			if (slot != e->spool.latest &&
			    now - file->checked_ms > IDLE_MS)
				logfile_close(file);
		} else if (logfile_drain(file, &slot->queue, slot->day, now)) {
			done = false;
		}
	}
	return done;
}

/* Writes "N datagrams lost" where they are missing. */
static bool tell_lost(struct engine *e, uint32_t dropped, time_t second)
{
	char text[64];

	if (dropped == 0)
		return true;
	snprintf(text, sizeof(text),
		 "%" PRIu32 " datagrams lost, receive buffer full", dropped);
	if (!collector_note(&e->collector, second, text))
		return false;
	netrx_drops_told(&e->rx, dropped);
	e->lost += dropped;
	return true;
}

/*
 * Writes when a good deal is finished, so that a batch whose lines grow by
 * their prefixes is not all in memory at once.
 */
static void write_much(struct engine *e)
{
	if (e->spool.blocks.used < e->write_blocks)
		return;
	e->write_blocks = WRITE_BLOCKS;
	/* A disk that refuses isn't asked again for each datagram. */
	if (!write_files(e))
		e->write_blocks += e->spool.blocks.used;
}

/* Hands the batch to the collector.  False when there's no room for lines. */
static bool take_batch(struct engine *e)
{
	uint64_t now = now_ms(e);
	struct datagram datagram;
	uint32_t dropped;

	while (netrx_current(&e->rx, &datagram, &dropped)) {
		if (!tell_lost(e, dropped, datagram.arrival.tv_sec) ||
		    !collector_put(&e->collector, &datagram, &e->rx.offset,
				   now))
			return false;
		e->last_arrival = datagram.arrival;
		netrx_taken(&e->rx);
		write_much(e);
	}
	return true;
}

/* Calls @step until it has found room; false when writing makes none. */
static bool with_room(struct engine *e, bool (*step)(struct engine *))
{
	while (!step(e)) {
		size_t before = spool_waiting(&e->spool);

		write_files(e);
		if (spool_waiting(&e->spool) == before)
			return false;
	}
	return true;
}

/* Any errno may come, and go away again: ENOMEM, ENOBUFS, EIO. */
static unsigned receive(struct engine *e)
{
	uint64_t now = e->receive_retry_ms > 0 ? now_ms(e) : 0;
	int n;

	if (now < e->receive_retry_ms)
		return 0;
	n = netrx_receive(&e->rx);
	if (n < 0) {
		int error = errno;

		now = now_ms(e);
		e->receive_retry_ms = backoff_next(&e->receive_backoff, now);
		diag_failed(e->diag, &e->receive_fault, now,
			    "receive datagrams", error, strerror(error));
		return 0;
	}
	e->receive_retry_ms = 0;
	if (e->receive_fault.count > 0) {
		backoff_reset(&e->receive_backoff);
		diag_works(e->diag, &e->receive_fault, now_ms(e),
			   "receive datagrams");
	}
	return (unsigned)n;
}

static time_t wall_second(const struct engine *e)
{
	struct timespec now = { 0, 0 };

	e->sys->clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

/* Drops that no datagram told of; the socket was just found empty. */
static bool tell_last_lost(struct engine *e)
{
	if (!tell_lost(e, netrx_dropped_since(&e->rx), wall_second(e)))
		return false;
	e->drops_due_ms = 0;
	return true;
}

/*
 * When to ask the kernel for drops: after a burst at once, else once a second
 * and when it gets quiet, to spare the call at each wake-up.
 */
static bool drops_are_due(struct engine *e, unsigned taken)
{
	if (taken > 0 && e->drops_due_ms == 0)
		e->drops_due_ms = now_ms(e) + DROPS_MS;
	return taken >= NETRX_BATCH ||
	       (e->drops_due_ms > 0 && now_ms(e) >= e->drops_due_ms);
}

/*
 * Takes in what waits in the socket, for one round.  True when that was all of
 * it: neither was there too much, nor is there no room for lines.
 */
static bool take_in(struct engine *e)
{
	uint64_t end = now_ms(e) + ROUND_MS;
	unsigned taken = 0;
	unsigned n;

	do {
		/* The rest of a batch that found no room comes first. */
		e->full = !with_room(e, take_batch);
		if (e->full || taken >= ROUND_MAX ||
		    (taken > 0 && now_ms(e) >= end))
			return false;
		n = receive(e);
		taken += n;
		collector_expect(&e->collector, e->rx.from, n);
	} while (n == NETRX_BATCH);
	e->full = !with_room(e, take_batch);
	if (e->full || e->receive_retry_ms > 0)
		return false;
	if (drops_are_due(e, taken))
		e->full = !with_room(e, tell_last_lost);
	return !e->full;
}

static bool expire(struct engine *e)
{
	return collector_expire(&e->collector, now_ms(e));
}

/*
 * Writes the lines whose time is up.  Not while more waits in the socket, as
 * that may be the end of a line and have come in time; but no flood can put
 * it off for long.
 */
static void expire_lines(struct engine *e, bool emptied)
{
	uint64_t now = now_ms(e);

	/* What can't be received at all is not waited for. */
	if (emptied || e->receive_retry_ms > 0)
		e->busy_since_ms = 0;
	else if (now - e->busy_since_ms < BUSY_MS)
		return;
	if (!e->full)
		e->full = !with_room(e, expire);
}

static bool flush(struct engine *e)
{
	return collector_flush(&e->collector);
}

static void show_lines(struct engine *e)
{
	if (e->collector.tee &&
	    !tee_drain(&e->tee, e->collector.counts.not_shown))
		e->collector.tee = NULL;
}

int32_t engine_today(const struct engine *e)
{
	struct stamp stamp = { .day = 0 };

	stamp_set(&stamp, wall_second(e));
	return stamp.day;
}

int engine_open_today(struct engine *e, char why[LOGFILE_ERROR_MAX])
{
	int32_t day = engine_today(e);

	if (!spool_queue(&e->spool, day))
		return 0;
	return logfile_open(&e->files[e->spool.latest - e->spool.slots], day,
			    now_ms(e), why);
}

/* HUP: new files by the old names, and perhaps another time zone. */
static void reopen(struct engine *e)
{
	char why[LOGFILE_ERROR_MAX];
	size_t i;

	signals_reopen = 0;
	tzset();
	stamp_forget(&e->collector.stamp);
	write_files(e);
	for (i = 0; i < SPOOL_SLOTS; i++)
		if (&e->spool.slots[i] == e->spool.latest ||
		    outq_waiting(&e->spool.slots[i].queue) > 0)
			logfile_reopen(&e->files[i]);
		else
			logfile_close(&e->files[i]);
	/* If it fails, the next line fails too, and that is told. */
	engine_open_today(e, why);
}

static void say_counts(struct engine *e)
{
	const struct collector_counts *counts = &e->collector.counts;

	signals_counts = 0;
	with_room(e, tell_last_lost);
	diag_say(e->diag,
		 "counts: datagrams %" PRIu64 " bytes %" PRIu64
		 " lines %" PRIu64 " sources %" PRIu32 " lost %" PRIu64
		 " waiting %zu",
		 counts->datagrams, counts->bytes, counts->lines,
		 e->collector.sources.count, e->lost, spool_waiting(&e->spool));
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When what failed is to be tried again. */
static uint64_t retry_deadline(const struct engine *e)
{
	uint64_t deadline = COLLECTOR_NEVER;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (outq_waiting(&e->spool.slots[i].queue) > 0)
			deadline = earlier(deadline, e->files[i].retry_ms);
	if (e->receive_retry_ms > 0)
		deadline = earlier(deadline, e->receive_retry_ms);
	return deadline;
}

/* When there is something to do even if nothing arrives. */
static uint64_t next_deadline(const struct engine *e)
{
	uint64_t deadline = retry_deadline(e);

	if (!e->full)
		deadline = earlier(deadline, collector_deadline(&e->collector));
	if (e->drops_due_ms > 0 && !e->full && e->receive_retry_ms == 0)
		deadline = earlier(deadline, e->drops_due_ms);
	return deadline;
}

/*
 * Linux lets a signal in only when pselect() has nothing ready to tell of; in
 * a flood that never happens.  Now and then is often enough.
 */
static void hear_signals(struct engine *e, uint64_t now)
{
	static const struct timespec at_once;

	if (now - e->heard_ms < HEAR_MS)
		return;
	e->heard_ms = now;
	e->sys->pselect(0, NULL, NULL, &at_once, &e->waiting);
}

/* Sleeps until a datagram comes, a signal, or @deadline_ms. */
static void sleep_until(struct engine *e, uint64_t deadline_ms)
{
	uint64_t now = now_ms(e);
	uint64_t ms = deadline_ms > now ? deadline_ms - now : 0;
	struct timespec timeout = { .tv_sec = (time_t)(ms / 1000),
				    .tv_nsec = (long)(ms % 1000) * 1000000 };
	int highest = e->rx.fd;
	fd_set readable, writable;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	if (!e->full && e->receive_retry_ms == 0)
		FD_SET((unsigned)e->rx.fd, &readable);
	if (e->collector.tee && e->tee.blocked) {
		FD_SET((unsigned)e->tee.out.fd, &writable);
		if (e->tee.out.fd > highest)
			highest = e->tee.out.fd;
	}
	if (e->sys->pselect(highest + 1, &readable, &writable, &timeout,
			    &e->waiting) > 0)
		hear_signals(e, now);
}

static void serve(struct engine *e)
{
	while (signals_stop == 0) {
		sleep_until(e,
			    earlier(next_deadline(e), now_ms(e) + FOREVER_MS));
		if (e->busy_since_ms == 0)
			e->busy_since_ms = now_ms(e);
		expire_lines(e, take_in(e));
		write_files(e);
		show_lines(e);
		if (signals_reopen)
			reopen(e);
		if (signals_counts)
			say_counts(e);
	}
}

/* How many datagrams nobody will take; they are taken out of the socket. */
static unsigned count_rest(struct engine *e)
{
	unsigned count = 0;

	do {
		count += e->rx.count - e->rx.next;
		e->rx.next = e->rx.count;
	} while (count < COUNT_MOST && receive(e) > 0);
	return count;
}

/* Gives up what no disk has taken; says how much that is. */
static bool give_up(struct engine *e, bool emptied)
{
	size_t lines = spool_lines(&e->spool);
	uint32_t unfinished = collector_unfinished(&e->collector);
	unsigned datagrams = emptied ? 0 : count_rest(e);

	if (lines == 0 && unfinished == 0 && datagrams == 0)
		return true;
	diag_warn(
		e->diag,
		"gave up %zu lines (%zu bytes), %" PRIu32
		" unfinished lines and %u datagrams that could not be written",
		lines, spool_waiting(&e->spool), unfinished, datagrams);
	return false;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/*
 * Told to stop: takes in what had come until then, and writes everything.  A
 * flood can't prolong that, as what came after the signal need not be taken
 * in.  A second signal, or a disk that takes nothing for FINISH_MS, ends it.
 */
static bool finish(struct engine *e)
{
	const int told = signals_stop;
	const uint64_t most = now_ms(e) + FINISH_MOST_MS;
	uint64_t end = now_ms(e) + FINISH_MS;
	struct timespec begin = { 0, 0 };
	bool done, emptied, over;

	e->sys->clock_gettime(CLOCK_REALTIME, &begin);
	/* The clock may have been set since; only what comes now tells. */
	e->last_arrival = (struct timespec){ 0, 0 };
	do {
		emptied = take_in(e) ||
			  (!e->full && is_later(&e->last_arrival, &begin));
		over = now_ms(e) >= earlier(end, most) || signals_stop != told;
		done = emptied;
		/* Not before: what waits may be the end of a line. */
		if (emptied || over)
			done = with_room(e, tell_last_lost) &&
			       with_room(e, flush) && emptied;
		if (write_files(e))
			end = now_ms(e) + FINISH_MS;
		else
			done = false;
		show_lines(e);
		if (!done && !over &&
		    (e->receive_retry_ms > 0 || spool_waiting(&e->spool) > 0))
			sleep_until(e, earlier(retry_deadline(e), end));
		else
			hear_signals(e, now_ms(e));
	} while (!done && !over);
	return give_up(e, emptied);
}

bool engine_run(struct engine *e)
{
	serve(e);
	return finish(e);
}
