/* engine - the loop; see engine.h. */
#include "engine.h"

#include <inttypes.h>
#include <time.h>

#include "deadline.h"
#include "signals.h"
#include "sys.h"

#define HEAR_MS	   10 /* how late a signal may be heard in a flood */
#define BUSY_MS	   2000 /* how long a flood may put off timeouts */
#define FOREVER_MS 3600000
#define REFUSES_MS 2000 /* at the end, for a disk that takes nothing */
#define ENDS_MS	   30000 /* at the end, in all */

#define DROPS	 "datagrams lost"
#define MESSAGES "messages lost on the network"

static uint64_t clock_ms(const struct engine *e)
{
	return sys_monotonic_ms(e->sys);
}

static bool expire(struct intake *in)
{
	return collector_expire(in->collector, sys_monotonic_ms(in->sys));
}

/*
 * Writes the lines whose time is up.  Not while datagrams wait in the socket,
 * since one may hold the line's end and have come in time; but for BUSY_MS at
 * most.
 */
static void expire_lines(struct engine *e, bool emptied)
{
	uint64_t now = clock_ms(e);

	/* A socket that can't be read now (@retry_ms) is not waited for. */
	if (emptied || e->intake.retry_ms > 0)
		e->busy_since_ms = 0;
	else if (now - e->busy_since_ms < BUSY_MS)
		return;
	if (!e->intake.full)
		intake_with_room(&e->intake, expire);
}

static bool flush(struct intake *in)
{
	return collector_flush(in->collector);
}

static void show_lines(struct engine *e)
{
	if (e->collector.output.tee &&
	    !tee_drain(&e->tee, e->collector.output.not_shown))
		e->collector.output.tee = NULL;
}

static void make_room(struct engine *e)
{
	retain_step(&e->retain, e->writer.agenda.written,
		    writer_lacks_room(&e->writer), clock_ms(e));
}

uint32_t engine_period(const struct engine *e)
{
	struct timespec now = { 0, 0 };
	struct stamp stamp = { .by_hour = e->files.pattern->by_hour };

	e->sys->clock_gettime(CLOCK_REALTIME, &now);
	stamp_set(&stamp, &now);
	return stamp.period;
}

int engine_begin(struct engine *e, char why[SAFEOPEN_WHY_MAX])
{
	return writer_begin(&e->writer, engine_period(e), clock_ms(e), why);
}

/* HUP: opens the files by their names again; reads names and time zone. */
static void reopen(struct engine *e)
{
	signals_reopen = 0;
	if (zone_read_again(&e->zone))
		stamp_forget(&e->collector.output.stamp);
	netrx_forget_scopes(&e->intake.rx);
	if (hostsfile_read_again(&e->hosts))
		source_rename(&e->collector.sources,
			      hostsfile_table(&e->hosts));
	writer_reopen(&e->writer, engine_period(e), clock_ms(e));
}

static void say_counts(struct engine *e)
{
	const struct collector_counts *counts = &e->collector.counts;
	const struct extended *extended = &e->collector.extended;
	const struct extpass_counts *records = &extended->pass.counts;

	signals_counts = 0;
	diag_say(e->diag,
		 "counts: datagrams %" PRIu64 " bytes %" PRIu64
		 " lines %" PRIu64 " sources %" PRIu32 " lost %" PRIu64
		 " waiting %zu messages-lost %" PRIu64 " gaps %" PRIu64
		 " doubles %" PRIu64 " removed %" PRIu64,
		 counts->datagrams, counts->bytes, e->collector.output.lines,
		 e->collector.sources.count, intake_lost(&e->intake),
		 filetable_waiting(&e->files), records->lost, records->gaps,
		 extended->doubles, e->retain.removed);
}

/* Says on stderr what the log has of losses. */
static void say_losses(struct engine *e)
{
	const struct drops *drops = &e->intake.drops;
	uint64_t lost = e->collector.extended.pass.counts.lost;
	uint64_t now;

	if (drops->total == e->drops_known && lost == e->messages_known &&
	    e->drops.count == 0 && e->messages.count == 0)
		return;
	now = clock_ms(e);
	if (drops->total > e->drops_known)
		diag_lost(e->diag, &e->drops, now,
			  drops->total - e->drops_known, DROPS, drops->cause);
	e->drops_known = drops->total;
	/* Fewer than before: some came late. */
	if (lost > e->messages_known)
		diag_lost(e->diag, &e->messages, now, lost - e->messages_known,
			  MESSAGES, NULL);
	e->messages_known = lost;
	diag_loss_check(e->diag, &e->drops, now, DROPS);
	diag_loss_check(e->diag, &e->messages, now, MESSAGES);
}

/* When to try again what failed, to say what was kept back, or to remove. */
static uint64_t retry_deadline(const struct engine *e)
{
	return deadline_earlier(retain_deadline(&e->retain),
				deadline_earlier(writer_deadline(&e->writer),
						 intake_deadline(&e->intake)));
}

/* When there is something to do even if nothing arrives. */
static uint64_t next_deadline(const struct engine *e)
{
	uint64_t deadline =
		deadline_earlier(retry_deadline(e),
				 deadline_earlier(diag_loss_due(&e->drops),
						  diag_loss_due(&e->messages)));

	if (!e->intake.full)
		deadline = deadline_earlier(deadline,
					    collector_deadline(&e->collector));
	return deadline;
}

/*
 * Linux delivers a signal in pselect() only when no descriptor is ready, which
 * in a flood never happens.  So every HEAR_MS one pselect() asks for none.
 */
static void hear_signals(struct engine *e, uint64_t now)
{
	static const struct timespec at_once;

	if (now - e->heard_ms < HEAR_MS)
		return;
	e->heard_ms = now;
	e->sys->pselect(0, NULL, NULL, &at_once, &e->waiting);
}

/*
 * Sleeps until a datagram comes, a signal, or @deadline_ms.  When datagrams
 * come fast, it sleeps for a fixed time, so that one wake-up serves many;
 * pace.h.
 *
 * FD_SET() of some libc wants what converts to long and to unsigned long alike.
 */
static void sleep_until(struct engine *e, uint64_t deadline_ms)
{
	uint64_t now = clock_ms(e);
	uint64_t ms = deadline_ms > now ? deadline_ms - now : 0;
	bool pauses = e->fast && e->pause_us > 0 && ms > 0;
	struct timespec timeout = { .tv_sec = (time_t)(ms / 1000),
				    .tv_nsec = (long)(ms % 1000) * 1000000 };
	int highest = e->intake.rx.fd;
	fd_set readable, writable;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	if (pauses)
		timeout = (struct timespec){ .tv_nsec =
						     (long)e->pause_us * 1000 };
	else if (!e->intake.full && !e->intake.ended && e->intake.retry_ms == 0)
		FD_SET((uint16_t)e->intake.rx.fd, &readable);
	if (e->collector.output.tee && e->tee.blocked) {
		FD_SET((uint16_t)e->tee.out.fd, &writable);
		if (e->tee.out.fd > highest)
			highest = e->tee.out.fd;
	}
	if (e->sys->pselect(highest + 1, &readable, &writable, &timeout,
			    &e->waiting) > 0)
		hear_signals(e, now);
}

static void serve(struct engine *e)
{
	bool emptied;

	while (signals_stop == 0) {
		sleep_until(e, deadline_earlier(next_deadline(e),
						clock_ms(e) + FOREVER_MS));
		/* Lines that came after the signal go to the new files. */
		if (signals_reopen)
			reopen(e);
		if (e->busy_since_ms == 0)
			e->busy_since_ms = clock_ms(e);
		emptied = intake_round(&e->intake);
		e->fast = emptied &&
			  pace_note(&e->pace, e->intake.taken, clock_ms(e));
		expire_lines(e, emptied);
		writer_drain(&e->writer, clock_ms(e));
		make_room(e);
		show_lines(e);
		say_losses(e);
		if (signals_counts)
			say_counts(e);
	}
}

enum ending_phase {
	ENDING_GOES_ON,
	ENDING_GIVES_UP, /* this round is the last, whatever it brings */
	ENDING_DONE, /* all is taken in, written, and confirmed */
};

/* What is still to be taken in and written after a signal to stop. */
struct ending {
	enum ending_phase phase;
	struct timespec begin; /* wall clock; what comes later may stay out */
	bool taken; /* all that had come by @begin is taken in */
	bool emptied; /* the socket was just seen empty */
	bool shut; /* our own socket takes no more datagrams */
	uint64_t end_ms; /* gives up then, unless the disk takes bytes */
	uint64_t most_ms; /* gives up then, whatever the disk does */
	uint64_t written; /* bytes that the disk had taken */
	int signals; /* to stop, so far; one more gives up */
};

static void begin_end(struct engine *e, struct ending *ending)
{
	uint64_t now = clock_ms(e);

	e->fast = false;
	/* From here on each arrival is compared with the time of the signal. */
	netrx_skip(&e->intake.rx, false);
	writer_begin_end(&e->writer);
	*ending = (struct ending){
		.end_ms = now + REFUSES_MS,
		.most_ms = now + ENDS_MS,
		.written = e->writer.agenda.written,
		.signals = signals_stop,
	};
	e->sys->clock_gettime(CLOCK_REALTIME, &ending->begin);
	/* The clock may have been set: earlier arrivals don't count. */
	e->intake.last_arrival = (struct timespec){ 0, 0 };
}

/*
 * Takes in the datagrams that had come by @begin.  Then a socket of our own is
 * shut, and what came until that moment is taken in as well: nothing is lost
 * that came while it was open, and no flood can prolong the end.  An adopted
 * socket stays open, and what comes later is left in it for the next owner.
 */
static void take_rest(struct engine *e, struct ending *ending)
{
	if (e->intake.ended)
		return;
	ending->emptied = intake_round(&e->intake);
	ending->taken = ending->emptied;
	if (ending->shut || e->intake.full)
		return;
	if (intake_came_after(&e->intake, &ending->begin))
		ending->taken = true;
	e->intake.ended = ending->taken && e->adopted;
	if (!ending->taken || e->adopted)
		return;
	ending->shut = netrx_shut(&e->intake.rx);
	if (ending->shut)
		ending->taken = ending->emptied = intake_round(&e->intake);
}

/* Bytes that the disk took since the last round give it REFUSES_MS more. */
static void note_progress(struct engine *e, struct ending *ending)
{
	if (e->writer.agenda.written != ending->written)
		ending->end_ms = clock_ms(e) + REFUSES_MS;
	ending->written = e->writer.agenda.written;
}

static bool is_over(struct engine *e, const struct ending *ending)
{
	return clock_ms(e) >=
		       deadline_earlier(ending->end_ms, ending->most_ms) ||
	       signals_stop != ending->signals;
}

/*
 * Gives up the lines that no disk has taken, and says how many.  Datagrams left
 * in an adopted socket, and drops after the first of them, are the next
 * owner's.
 */
static bool give_up(struct engine *e, const struct ending *ending)
{
	bool rest = !ending->emptied && !e->adopted;
	size_t lines = filetable_lines(&e->files);
	uint32_t unfinished = collector_unfinished(&e->collector);
	unsigned datagrams = intake_give_up(&e->intake, rest);
	uint32_t unlogged = netrx_dropped_before_next(&e->intake.rx);

	writer_end(&e->writer);
	say_losses(e);
	diag_loss_end(e->diag, &e->drops, DROPS);
	diag_loss_end(e->diag, &e->messages, MESSAGES);
	if (unlogged > 0)
		diag_warn(e->diag,
			  "the log does not tell of %" PRIu32 " datagrams lost",
			  unlogged);
	if (lines == 0 && unfinished == 0 && datagrams == 0)
		return unlogged == 0;
	diag_warn(
		e->diag,
		"gave up %zu lines (%zu bytes), %" PRIu32
		" unfinished lines and %u datagrams that could not be written",
		lines, filetable_waiting(&e->files), unfinished, datagrams);
	say_counts(e);
	return false;
}

static bool finish_lines(struct engine *e)
{
	return intake_with_room(&e->intake, intake_log_drops) &&
	       intake_with_room(&e->intake, flush);
}

/*
 * Writes the finished lines; the unfinished too, when all that may belong to
 * them has been taken in, and in the last round.
 */
static void write_rest(struct engine *e, struct ending *ending)
{
	bool done = ending->taken;

	note_progress(e, ending);
	if (is_over(e, ending))
		ending->phase = ENDING_GIVES_UP;
	if (ending->taken || ending->phase == ENDING_GIVES_UP)
		done = finish_lines(e) && ending->taken;
	if (!writer_drain(&e->writer, clock_ms(e)) ||
	    !writer_confirm(&e->writer, clock_ms(e)))
		done = false;
	if (done)
		ending->phase = ENDING_DONE;
}

/* Sleeps while something has to be tried again. */
static void wait_or_quit(struct engine *e, const struct ending *ending)
{
	if (ending->phase == ENDING_GOES_ON &&
	    (e->intake.retry_ms > 0 || filetable_is_any_used(&e->files)))
		sleep_until(
			e, deadline_earlier(retry_deadline(e), ending->end_ms));
	else
		hear_signals(e, clock_ms(e));
}

/*
 * Takes in what had come before the signal to stop, and writes everything.  A
 * second signal, or a disk that takes nothing for REFUSES_MS, ends that.
 */
static bool finish(struct engine *e)
{
	struct ending ending;

	begin_end(e, &ending);
	while (ending.phase == ENDING_GOES_ON) {
		take_rest(e, &ending);
		write_rest(e, &ending);
		make_room(e);
		show_lines(e);
		wait_or_quit(e, &ending);
	}
	return give_up(e, &ending);
}

bool engine_run(struct engine *e)
{
	serve(e);
	return finish(e);
}
