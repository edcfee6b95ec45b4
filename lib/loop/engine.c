/* engine - the loop; see engine.h. */
#include "engine.h"

#include <time.h>

#include "deadline.h"
#include "signals.h"
#include "sockets.h"
#include "sys.h"

#define HEAR_MS	   10 /* how late a signal may be heard in a flood */
#define BUSY_MS	   2000 /* how long a flood may put off timeouts */
#define FOREVER_MS 3600000

uint64_t engine_clock_ms(const struct engine *e)
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
	uint64_t now = engine_clock_ms(e);

	if (emptied)
		e->busy_since_ms = 0;
	else if (now - e->busy_since_ms < BUSY_MS)
		return;
	if (!e->intake.full)
		intake_with_room(&e->intake, expire);
}

void engine_show_lines(struct engine *e)
{
	if (e->collector.output.tee &&
	    !tee_drain(&e->tee, e->collector.output.not_shown))
		e->collector.output.tee = NULL;
}

void engine_make_room(struct engine *e)
{
	retain_step(&e->retain, e->writer.agenda.written,
		    writer_lacks_room(&e->writer), engine_clock_ms(e));
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
	return writer_begin(&e->writer, engine_period(e), engine_clock_ms(e),
			    why);
}

/* HUP: opens the files by their names again; reads settings, names and zone. */
static void reopen(struct engine *e)
{
	signals_reopen = 0;
	notify_reloading(&e->report.notify);
	if (e->reload)
		e->reload(e->reload_context);
	life_change(&e->life);
	if (zone_read_again(&e->zone))
		stamp_forget(&e->collector.output.stamp);
	netrx_forget_scopes(&e->intake.rx);
	if (hostsfile_read_again(&e->hosts))
		source_rename(&e->collector.sources,
			      hostsfile_table(&e->hosts));
	writer_reopen(&e->writer, engine_period(e), engine_clock_ms(e));
	notify_ready(&e->report.notify, engine_clock_ms(e));
}

/* When to try again what failed, to say what was kept back, or to remove. */
uint64_t engine_retry_deadline(const struct engine *e)
{
	return deadline_earlier(retain_deadline(&e->retain),
				deadline_earlier(writer_deadline(&e->writer),
						 intake_deadline(&e->intake)));
}

/* What may come later than the start, or with another pattern of files. */
static void catch_up(struct engine *e)
{
	uint64_t now = engine_clock_ms(e);

	if (e->sockets)
		sockets_join(e->sockets, e->sys, e->diag, now);
	if (now >= earlier_deadline(&e->earlier))
		earlier_step(&e->earlier, engine_period(e), now);
}

/* When there is something to do even if nothing arrives. */
static uint64_t next_deadline(const struct engine *e)
{
	uint64_t deadline =
		deadline_earlier(deadline_earlier(engine_retry_deadline(e),
						  report_deadline(&e->report)),
				 state_deadline(&e->state));

	deadline = deadline_earlier(deadline, earlier_deadline(&e->earlier));
	if (e->sockets)
		deadline = deadline_earlier(deadline, e->sockets->join_ms);
	if (!e->intake.full)
		deadline = deadline_earlier(deadline,
					    collector_deadline(&e->collector));
	return deadline;
}

/*
 * Linux delivers a signal in pselect() only when no descriptor is ready, which
 * in a flood never happens.  So every HEAR_MS one pselect() asks for none.
 */
void engine_hear_signals(struct engine *e, uint64_t now)
{
	static const struct timespec at_once;

	if (now - e->heard_ms < HEAR_MS)
		return;
	e->heard_ms = now;
	e->sys->pselect(0, NULL, NULL, &at_once, &e->waiting);
}

/*
 * Adds @fd to @set, and to *@end, the number behind the highest.  FD_SET() of
 * some libc wants what converts to long and to unsigned long alike.
 */
static void wait_for(fd_set *set, int *end, int fd)
{
	FD_SET((uint16_t)fd, set);
	if (fd >= *end)
		*end = fd + 1;
}

static void wait_for_sockets(const struct intake *in, fd_set *set, int *end)
{
	unsigned i;

	for (i = 0; i < in->count; i++)
		if (intake_waits_for(in, &in->inlets[i]))
			wait_for(set, end, in->inlets[i].socket.fd);
}

/*
 * Sleeps until a datagram comes, a signal, or @deadline_ms.  When datagrams
 * come fast, it sleeps for some time, so that one wake-up serves many;
 * pace.h.
 */
void engine_sleep_until(struct engine *e, uint64_t deadline_ms)
{
	uint64_t now = engine_clock_ms(e);
	uint64_t ms = deadline_ms > now ? deadline_ms - now : 0;
	unsigned pause_us = e->fast && ms > 0 ? pace_pause_us(&e->pace) : 0;
	struct timespec timeout = { .tv_sec = (time_t)(ms / 1000),
				    .tv_nsec = (long)(ms % 1000) * 1000000 };
	fd_set readable, writable;
	int end = 0;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	if (pause_us > 0)
		timeout = (struct timespec){ .tv_nsec = (long)pause_us * 1000 };
	else
		wait_for_sockets(&e->intake, &readable, &end);
	if (e->collector.output.tee && e->tee.blocked)
		wait_for(&writable, &end, e->tee.out.fd);
	if (e->sys->pselect(end, &readable, &writable, &timeout, &e->waiting) >
	    0)
		engine_hear_signals(e, now);
}

void engine_serve(struct engine *e)
{
	bool emptied;

	while (signals_stop == 0) {
		engine_sleep_until(
			e, deadline_earlier(next_deadline(e),
					    engine_clock_ms(e) + FOREVER_MS));
		/* Lines that came after the signal go to the new files. */
		if (signals_reopen)
			reopen(e);
		catch_up(e);
		if (e->busy_since_ms == 0)
			e->busy_since_ms = engine_clock_ms(e);
		emptied = intake_round(&e->intake);
		e->fast = emptied && pace_note(&e->pace, e->intake.taken,
					       engine_clock_ms(e));
		expire_lines(e, emptied);
		writer_drain(&e->writer, engine_clock_ms(e));
		engine_make_room(e);
		engine_show_lines(e);
		report_losses(&e->report, engine_clock_ms(e));
		report_tick(&e->report, engine_clock_ms(e));
		state_step(&e->state, engine_clock_ms(e));
		if (signals_counts) {
			signals_counts = 0;
			report_counts(&e->report);
		}
	}
}
