/* earlier - the files that are there already; see earlier.h. */
#include "earlier.h"

#include <stdio.h>

#include "deadline.h"
#include "filetable.h"
#include "settings.h"
#include "sys.h"

#define STEP_PAUSE_MS 1 /* others have their turn */
#define RETRY_MS      60000 /* from a walk that failed somewhere to the next */

size_t earlier_bytes(const struct settings *settings)
{
	size_t own = settings->file.by_sender ? walk_bytes(&settings->file) : 0;
	size_t later = settings->conf ? walk_bytes(&filename_moderate) : 0;

	return own > later ? own : later;
}

void earlier_init(struct earlier *e, const struct sys *sys, struct diag *diag,
		  struct filetable *files, const char *dir, void *memory)
{
	*e = (struct earlier){
		.files = files,
		.memory = memory,
		.walk = { .sys = sys,
			  .diag = diag,
			  .fault = &e->fault,
			  .dir = dir },
	};
}

static void begin_count(struct earlier *e, uint32_t period, uint64_t now_ms)
{
	e->wanted = false;
	e->period = period;
	e->faults = e->fault.count;
	walk_init(&e->walk, e->files->pattern, e->memory);
	walk_begin(&e->walk, now_ms);
}

static void say_counted(struct earlier *e, uint64_t now_ms)
{
	char what[DIAG_TEXT_MAX / 2];

	snprintf(what, sizeof(what), "count the files in %s", e->walk.dir);
	diag_works(e->walk.diag, &e->fault, now_ms, what);
}

/* Where something could not be read, all is counted once more, each once. */
static void end_count(struct earlier *e, uint64_t now_ms)
{
	if (e->fault.count == e->faults) {
		say_counted(e, now_ms);
		return;
	}
	e->wanted = true;
	e->next_ms = now_ms + RETRY_MS;
}

static enum walk_result look_at_next(struct earlier *e, uint64_t now_ms)
{
	enum walk_result result = walk_step(&e->walk, now_ms);

	if (result == WALK_FOUND && e->walk.found.period == e->period)
		filetable_count(e->files, e->period, e->walk.name);
	return result;
}

void earlier_count(struct earlier *e, uint32_t period)
{
	uint64_t now_ms = sys_monotonic_ms(e->walk.sys);

	if (!e->memory || !e->files->pattern->by_sender)
		return;
	begin_count(e, period, now_ms);
	while (look_at_next(e, now_ms) != WALK_ENDED)
		;
	end_count(e, now_ms);
}

void earlier_change(struct earlier *e)
{
	walk_end(&e->walk);
	e->wanted = e->memory && e->files->pattern->by_sender;
	e->next_ms = 0;
}

/* Begins, or goes on, until something has to be read from the disk. */
static void count_some(struct earlier *e, uint32_t period, uint64_t now_ms)
{
	enum walk_result result;

	if (e->wanted)
		begin_count(e, period, now_ms);
	e->next_ms = now_ms + STEP_PAUSE_MS;
	do
		result = look_at_next(e, now_ms);
	while ((result == WALK_FOUND || result == WALK_PASSED) &&
	       sys_monotonic_ms(e->walk.sys) == now_ms);
	if (result == WALK_ENDED)
		end_count(e, now_ms);
}

static bool is_counting(const struct earlier *e)
{
	return e->wanted || e->walk.open > 0;
}

void earlier_step(struct earlier *e, uint32_t period, uint64_t now_ms)
{
	if (now_ms < earlier_deadline(e))
		return;
	if (is_counting(e))
		count_some(e, period, now_ms);
	else
		say_counted(e, now_ms);
}

uint64_t earlier_deadline(const struct earlier *e)
{
	return is_counting(e) ? e->next_ms : diag_due(&e->fault);
}
