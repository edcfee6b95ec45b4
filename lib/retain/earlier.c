/* earlier - the files that are there already; see earlier.h. */
#include "earlier.h"

#include "filetable.h"
#include "settings.h"
#include "sys.h"

#define STEP_PAUSE_MS 1 /* others have their turn */

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
	walk_init(&e->walk, e->files->pattern, e->memory);
	walk_begin(&e->walk, now_ms);
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
}

void earlier_change(struct earlier *e)
{
	walk_end(&e->walk);
	e->wanted = e->memory && e->files->pattern->by_sender;
	e->next_ms = 0;
}

void earlier_step(struct earlier *e, uint32_t period, uint64_t now_ms)
{
	enum walk_result result;

	if (now_ms < earlier_deadline(e))
		return;
	if (e->wanted)
		begin_count(e, period, now_ms);
	do
		result = look_at_next(e, now_ms);
	while ((result == WALK_FOUND || result == WALK_PASSED) &&
	       sys_monotonic_ms(e->walk.sys) == now_ms);
	e->next_ms = now_ms + STEP_PAUSE_MS;
}

uint64_t earlier_deadline(const struct earlier *e)
{
	return e->wanted || e->walk.open > 0 ? e->next_ms : DEADLINE_NEVER;
}
