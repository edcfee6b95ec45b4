/* writer - the bytes of all files' queues go to the files; see writer.h. */
#include "writer.h"

#include <errno.h>
#include <string.h>

#define MUCH_BLOCKS 8 /* of the queues, if there are few files */

/* If there are many: when hardly a block is left for another file. */
static uint32_t much_of_many(const struct pool *blocks)
{
	return blocks->blocks - blocks->blocks / 16;
}

void writer_init(struct writer *w, struct filetable *files,
		 struct openfile_common *settings, uint32_t open_most,
		 void *memory)
{
	*w = (struct writer){
		.files = files,
		.much_blocks = files->pattern->by_sender
				       ? much_of_many(&files->blocks)
				       : MUCH_BLOCKS,
	};
	w->drain_blocks = w->much_blocks;
	agenda_init(&w->agenda, files, settings, open_most, memory);
}

/* The entry of the one file of @period; FILETABLE_NONE: none is free. */
static uint32_t only_file(struct writer *w, uint32_t period)
{
	const struct filetable_line line = { .source = FILETABLE_NONE,
					     .period = period };

	return filetable_choose(w->files, &line);
}

/* Opens the one file of @period.  Without an entry it is opened later. */
static int open_only(struct writer *w, uint32_t period, uint64_t now_ms,
		     bool may_refuse, char *why)
{
	uint32_t file = w->files->pattern->by_sender ? FILETABLE_NONE
						     : only_file(w, period);
	struct retrywrite *log;
	int result = 0;

	if (file == FILETABLE_NONE)
		return 0;
	log = agenda_log(&w->agenda, file);
	if (openfile_open(&log->file, filetable_queue(w->files, file), now_ms,
			  why)) {
		if (may_refuse && !safeopen_may_pass(errno))
			result = -1;
		else if (!openfile_is_elsewhere(&log->file))
			retrywrite_open_failed(log, now_ms, why);
	} else {
		retrywrite_link(log, now_ms);
	}
	agenda_settle(&w->agenda, file);
	return result;
}

int writer_begin(struct writer *w, uint32_t period, uint64_t now_ms,
		 char why[SAFEOPEN_WHY_MAX])
{
	return open_only(w, period, now_ms, true, why);
}

static bool drain(struct writer *w, bool all, uint64_t now_ms)
{
	uint64_t written = w->agenda.written;
	bool done = agenda_drain(&w->agenda, all, now_ms);

	if (done || w->agenda.written != written)
		w->drain_blocks = w->much_blocks;
	return done;
}

bool writer_drain(struct writer *w, uint64_t now_ms)
{
	return drain(w, false, now_ms);
}

bool writer_confirm(struct writer *w, uint64_t now_ms)
{
	return agenda_confirm(&w->agenda, now_ms);
}

void writer_drain_much(struct writer *w, uint64_t now_ms)
{
	if (w->files->blocks.used < w->drain_blocks)
		return;
	/* A disk that refuses isn't asked again for each datagram. */
	w->drain_blocks = w->much_blocks + w->files->blocks.used;
	drain(w, true, now_ms);
}

void writer_begin_end(struct writer *w)
{
	const struct ilist *parked = &w->agenda.lists[AGENDA_PARKED];
	uint32_t file;

	w->agenda.settings->ends = true;
	agenda_recall(&w->agenda);
	/* Lines that wait for a name go elsewhere. */
	w->agenda.parked_ms = 0;
	for (file = parked->first; file != ILIST_NONE;
	     file = parked->links[file].next)
		w->agenda.logs[file].retry.retry_ms = 0;
}

bool writer_makes_room(struct writer *w, uint64_t now_ms)
{
	uint32_t before = w->files->blocks.used;
	uint64_t written = w->agenda.written;

	agenda_recall(&w->agenda);
	drain(w, true, now_ms);
	agenda_confirm(&w->agenda, now_ms);
	return w->agenda.written != written || w->files->blocks.used != before;
}

bool writer_lacks_room(const struct writer *w)
{
	const struct retrywrite_disk *disk = &w->agenda.disk;

	return disk->failing &&
	       (disk->error == ENOSPC || disk->error == EDQUOT);
}

/* Whether @log has the file open that is at @st, or watches it. */
static bool holds(const struct retrywrite *log, const struct stat *st)
{
	const struct openfile *file = &log->file;

	return (file->fd >= 0 && file->device == st->st_dev &&
		file->inode == st->st_ino) ||
	       former_is(&file->former, st);
}

static bool any_holds(const struct writer *w, enum agenda_list which,
		      const struct stat *st)
{
	const struct ilist *list = &w->agenda.lists[which];
	uint32_t file;

	for (file = list->first; file != ILIST_NONE;
	     file = list->links[file].next)
		if (holds(&w->agenda.logs[file].retry, st))
			return true;
	return false;
}

/* It may be open by another name, too: beside its own, or renamed. */
bool writer_has_open(const struct writer *w, const char *name,
		     const struct stat *st)
{
	uint32_t file = filetable_find(w->files, name);

	return (file != FILETABLE_NONE && filetable_is_used(w->files, file)) ||
	       any_holds(w, AGENDA_OPEN, st) ||
	       any_holds(w, AGENDA_WATCHED, st);
}

void writer_reopen(struct writer *w, uint32_t period, uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];

	drain(w, true, now_ms);
	agenda_confirm(&w->agenda, now_ms);
	w->agenda.settings->reopens++;
	/* Of many, those that are used no more are closed as time goes by. */
	if (!w->files->pattern->by_sender)
		agenda_close_unused(&w->agenda);
	open_only(w, period, now_ms, false, why);
}

void writer_end(struct writer *w)
{
	uint32_t file;

	for (file = 0; file < w->files->count; file++)
		if (w->agenda.logs[file].retry.disk)
			retrywrite_end(&w->agenda.logs[file].retry,
				       filetable_queue(w->files, file));
}

uint64_t writer_deadline(const struct writer *w)
{
	return agenda_deadline(&w->agenda);
}
