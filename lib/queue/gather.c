/* gather - when the bytes of dirty files are to be written; see gather.h. */
#include "gather.h"

#include "deadline.h"
#include "filetable.h"

#define FILES_A_MS 2 /* that dirty files wait longer for so many more of them */

/* They stand at the end of the list. */
void gather_note(struct filetable *t, uint64_t now_ms)
{
	uint32_t file = t->dirty.last;

	while (file != ILIST_NONE && t->files[file].dirty_ms == 0) {
		t->files[file].dirty_ms = now_ms;
		file = t->dirty.links[file].previous;
	}
}

static uint64_t span_ms(const struct filetable *t)
{
	uint64_t ms = GATHER_LEAST_MS + t->dirty_count / FILES_A_MS;

	return ms < GATHER_MOST_MS ? ms : GATHER_MOST_MS;
}

bool gather_is_much(const struct filetable *t)
{
	return t->blocks.used > t->blocks.blocks / 2;
}

uint64_t gather_deadline(const struct filetable *t)
{
	uint32_t file = t->dirty.first;

	if (file == ILIST_NONE)
		return DEADLINE_NEVER;
	if (!t->pattern->by_sender || t->dirty_count <= GATHER_FEW ||
	    t->files[file].dirty_ms == 0 || gather_is_much(t))
		return 0;
	return t->files[file].dirty_ms + span_ms(t);
}
