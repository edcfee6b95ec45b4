/* earlier - the files that an earlier run has made; see earlier.h. */
#include "earlier.h"

#include "diag.h"
#include "filetable.h"
#include "sys.h"
#include "walk.h"

void earlier_count(struct filetable *files, const struct sys *sys,
		   struct diag *diag, const char *dir, uint32_t period)
{
	struct diag_fault fault = { 0 };
	struct walk walk = {
		.sys = sys,
		.diag = diag,
		.fault = &fault,
		.dir = dir,
	};
	uint64_t now_ms = sys_monotonic_ms(sys);
	enum walk_result result = WALK_PASSED;
	char *memory = NULL;

	if (files->pattern->by_sender)
		memory = sys_memory(walk_bytes(files->pattern));
	if (!memory)
		return;
	walk_init(&walk, files->pattern, memory);
	walk_begin(&walk, now_ms);
	while (result != WALK_ENDED) {
		result = walk_step(&walk, now_ms);
		if (result == WALK_FOUND && walk.found.period == period)
			filetable_count(files, period, walk.name);
	}
}
