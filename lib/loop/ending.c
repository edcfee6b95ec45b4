/* ending - what happens after a signal to stop; see ending.h. */
#include "ending.h"

#include <inttypes.h>
#include <time.h>

#include "deadline.h"
#include "engine.h"
#include "signals.h"
#include "sys.h"

#define REFUSES_MS 2000 /* for a disk that takes nothing */
#define ENDS_MS	   30000 /* in all */

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
	uint64_t end_ms; /* gives up then, unless the disk takes bytes */
	uint64_t most_ms; /* gives up then, whatever the disk does */
	uint64_t written; /* bytes that the disk had taken */
	int signals; /* to stop, so far; one more gives up */
};

/*
 * From here on each arrival is compared with the time of the signal.  The clock
 * may have been set: earlier arrivals don't count.
 */
static void begin_inlet(struct inlet *inlet)
{
	netrx_skip(&inlet->socket, 0);
	inlet->last_arrival = (struct timespec){ 0, 0 };
}

static void begin_end(struct engine *e, struct ending *ending)
{
	uint64_t now = engine_clock_ms(e);
	unsigned i;

	e->fast = false;
	notify_stopping(&e->report.notify, now);
	for (i = 0; i < e->intake.count; i++)
		begin_inlet(&e->intake.inlets[i]);
	writer_begin_end(&e->writer);
	*ending = (struct ending){
		.end_ms = now + REFUSES_MS,
		.most_ms = now + ENDS_MS,
		.written = e->writer.agenda.written,
		.signals = signals_stop,
	};
	e->sys->clock_gettime(CLOCK_REALTIME, &ending->begin);
}

/* Whether all that had come by @begin is taken in from @inlet. */
static bool is_taken(const struct ending *ending, const struct inlet *inlet)
{
	return inlet->ended || inlet->emptied ||
	       (!inlet->shut && inlet_came_after(inlet, &ending->begin));
}

/*
 * A socket of our own is shut, and what came until that moment is taken in as
 * well: nothing is lost that came while it was open, and no flood can prolong
 * the end.  An adopted socket stays open, and what comes later is left in it
 * for the next owner.  True: there may be more to take in.
 */
static bool end_inlet(const struct engine *e, struct inlet *inlet)
{
	if (inlet->shut || inlet->ended)
		return false;
	if (e->adopted)
		inlet->ended = true;
	else
		inlet->shut = netrx_shut(&inlet->socket);
	return inlet->shut;
}

/* Takes in the datagrams that had come by @begin; then sockets end. */
static void take_rest(struct engine *e, struct ending *ending)
{
	struct intake *in = &e->intake;
	bool more = false;
	unsigned i;

	intake_round(in);
	for (i = 0; i < in->count && !in->full; i++)
		if (is_taken(ending, &in->inlets[i]))
			more |= end_inlet(e, &in->inlets[i]);
	if (more)
		intake_round(in);
	ending->taken = !in->full;
	for (i = 0; i < in->count; i++)
		ending->taken &= is_taken(ending, &in->inlets[i]);
}

/* Bytes that the disk took since the last round give it REFUSES_MS more. */
static void note_progress(struct engine *e, struct ending *ending)
{
	if (e->writer.agenda.written != ending->written)
		ending->end_ms = engine_clock_ms(e) + REFUSES_MS;
	ending->written = e->writer.agenda.written;
}

static bool is_over(struct engine *e, const struct ending *ending)
{
	return engine_clock_ms(e) >=
		       deadline_earlier(ending->end_ms, ending->most_ms) ||
	       signals_stop != ending->signals;
}

/*
 * Gives up the lines that no disk has taken, and says how many.  Datagrams left
 * in an adopted socket, and drops after the first of them, are the next
 * owner's.
 */
static bool give_up(struct engine *e)
{
	size_t lines = filetable_lines(&e->files);
	uint32_t unfinished = collector_unfinished(&e->collector);
	unsigned datagrams = intake_give_up(&e->intake, !e->adopted);
	uint32_t unlogged = intake_unlogged(&e->intake);

	writer_end(&e->writer);
	report_losses_end(&e->report, engine_clock_ms(e));
	if (unlogged > 0)
		diag_warn(e->diag,
			  "the log does not tell of %" PRIu32 " datagrams lost",
			  unlogged);
	if (lines == 0 && unfinished == 0 && datagrams == 0) {
		life_end(&e->life);
		return unlogged == 0;
	}
	diag_error(
		e->diag,
		"gave up %zu lines (%zu bytes), %" PRIu32
		" unfinished lines and %u datagrams that could not be written",
		lines, filetable_waiting(&e->files), unfinished, datagrams);
	report_counts(&e->report);
	return false;
}

static bool flush(struct intake *in)
{
	return collector_flush(in->collector);
}

static bool finish_lines(struct engine *e)
{
	return intake_with_room(&e->intake, intake_log_drops) &&
	       intake_with_room(&e->intake, flush) && life_stop(&e->life);
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
	if (!writer_drain(&e->writer, engine_clock_ms(e)) ||
	    !writer_confirm(&e->writer, engine_clock_ms(e)))
		done = false;
	if (done)
		ending->phase = ENDING_DONE;
}

/* Sleeps while something has to be tried again. */
static void wait_or_quit(struct engine *e, const struct ending *ending)
{
	if (ending->phase == ENDING_GOES_ON &&
	    (intake_is_refused(&e->intake) || filetable_is_any_used(&e->files)))
		engine_sleep_until(
			e, deadline_earlier(
				   deadline_earlier(engine_retry_deadline(e),
						    ending->end_ms),
				   notify_deadline(&e->report.notify)));
	else
		engine_hear_signals(e, engine_clock_ms(e));
}

/*
 * Takes in what had come before the signal to stop, and writes everything.  A
 * second signal, or a disk that takes nothing for REFUSES_MS, ends that.
 */
bool ending_finish(struct engine *e)
{
	struct ending ending;
	bool all_written;

	begin_end(e, &ending);
	while (ending.phase == ENDING_GOES_ON) {
		take_rest(e, &ending);
		write_rest(e, &ending);
		engine_make_room(e);
		engine_show_lines(e);
		notify_tick(&e->report.notify, engine_clock_ms(e));
		wait_or_quit(e, &ending);
	}
	all_written = give_up(e);
	state_end(&e->state, engine_clock_ms(e));
	return all_written;
}
