/* writer - the files of all days in use; see writer.h. */
#include "writer.h"

#include <errno.h>
#include <string.h>

#define MUCH_BLOCKS 4 /* of the queues */
#define IDLE_MS	    60000 /* then the file of another day is closed */

void writer_init(struct writer *w, struct spool *spool,
		 struct openfile_common *settings)
{
	size_t i;

	*w = (struct writer){
		.spool = spool,
		.settings = settings,
		.drain_blocks = MUCH_BLOCKS,
	};
	for (i = 0; i < SPOOL_SLOTS; i++)
		retrywrite_init(&w->logs[i], settings);
}

static struct retrywrite *log_of(struct writer *w,
				 const struct spool_slot *slot)
{
	return &w->logs[slot - w->spool->slots];
}

/* Opens the file of @day.  Without a slot for @day it is opened later. */
static int open_day(struct writer *w, int32_t day, uint64_t now_ms, char *why)
{
	struct outq *queue = spool_queue(w->spool, day);

	if (!queue)
		return 0;
	return openfile_open(&log_of(w, w->spool->latest)->file, queue, day,
			     now_ms, why);
}

int writer_begin(struct writer *w, int32_t day, uint64_t now_ms,
		 char why[SAFEOPEN_WHY_MAX])
{
	if (open_day(w, day, now_ms, why) == 0)
		return 0;
	if (!safeopen_may_pass(errno))
		return -1;
	retrywrite_open_failed(log_of(w, w->spool->latest), day, now_ms, why);
	return 0;
}

/* Closes the file of another day when it hasn't been used for a while. */
static void look_after_old(struct writer *w, size_t i, uint64_t now_ms)
{
	struct openfile *file = &w->logs[i].file;

	if (file->fd >= 0) {
		if (now_ms - file->looked_ms < IDLE_MS)
			return;
		openfile_close(file);
		safeopen_hold_reserve(&file->settings->rules);
	}
	if (w->logs[i].failing)
		retrywrite_forget(&w->logs[i]);
	if (retrywrite_deadline(&w->logs[i], &w->spool->slots[i].queue) ==
	    DEADLINE_NEVER)
		spool_retire(w->spool, i);
}

static bool drain_slot(struct writer *w, size_t i, uint64_t now_ms)
{
	struct spool_slot *slot = &w->spool->slots[i];
	size_t before = outq_waiting(&slot->queue);
	bool done = retrywrite_drain(&w->logs[i], &slot->queue, slot->day,
				     now_ms) == 0;

	if (before > outq_waiting(&slot->queue))
		w->written += before - outq_waiting(&slot->queue);
	if (slot != w->spool->latest && !spool_is_used(slot))
		look_after_old(w, i, now_ms);
	return done;
}

bool writer_drain(struct writer *w, uint64_t now_ms)
{
	bool done = true;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (spool_is_active(w->spool, i) && !drain_slot(w, i, now_ms))
			done = false;
	if (done)
		w->drain_blocks = MUCH_BLOCKS;
	return done;
}

bool writer_confirm(struct writer *w, uint64_t now_ms)
{
	bool done = true;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (!openfile_confirm(&w->logs[i].file,
				      &w->spool->slots[i].queue, now_ms))
			done = false;
	return done;
}

void writer_drain_much(struct writer *w, uint64_t now_ms)
{
	if (w->spool->blocks.used < w->drain_blocks)
		return;
	/* A disk that refuses isn't asked again for each datagram. */
	if (!writer_drain(w, now_ms))
		w->drain_blocks = MUCH_BLOCKS + w->spool->blocks.used;
}

/* Has the lines that were set aside, of all files, wait again. */
static void recall(struct writer *w)
{
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		openfile_recall(&w->logs[i].file, &w->spool->slots[i].queue);
}

void writer_begin_end(struct writer *w)
{
	w->settings->ends = true;
	recall(w);
}

bool writer_makes_room(struct writer *w, uint64_t now_ms)
{
	uint32_t before = w->spool->blocks.used;
	uint64_t written = w->written;

	recall(w);
	writer_drain(w, now_ms);
	writer_confirm(w, now_ms);
	return w->written != written || w->spool->blocks.used != before;
}

bool writer_lacks_room(const struct writer *w)
{
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (w->logs[i].failing &&
		    (w->logs[i].error == ENOSPC || w->logs[i].error == EDQUOT))
			return true;
	return false;
}

/* Whether @file is open at @st, or watches it. */
static bool holds(const struct openfile *file, const struct stat *st)
{
	return (file->fd >= 0 && file->device == st->st_dev &&
		file->inode == st->st_ino) ||
	       former_is(&file->former, st);
}

static bool is_named(const struct spool_slot *slot, const char *name)
{
	char own[STAMP_FILE_MAX];

	stamp_file_name(own, slot->day);
	return strcmp(own, name) == 0;
}

bool writer_has_open(const struct writer *w, const char *name,
		     const struct stat *st)
{
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		const struct spool_slot *slot = &w->spool->slots[i];

		if (holds(&w->logs[i].file, st) ||
		    (spool_is_used(slot) && is_named(slot, name)))
			return true;
	}
	return false;
}

/* When the file of slot @i needs attention. */
static uint64_t slot_deadline(const struct writer *w, size_t i)
{
	const struct spool_slot *slot = &w->spool->slots[i];
	const struct openfile *file = &w->logs[i].file;
	uint64_t due = retrywrite_deadline(&w->logs[i], &slot->queue);
	uint64_t idle = file->looked_ms + IDLE_MS;

	if (slot == w->spool->latest || spool_is_used(slot) || file->fd < 0)
		return due;
	return deadline_earlier(due, idle);
}

uint64_t writer_deadline(const struct writer *w)
{
	uint64_t deadline = DEADLINE_NEVER;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		if (spool_is_active(w->spool, i))
			deadline =
				deadline_earlier(deadline, slot_deadline(w, i));
	return deadline;
}

void writer_reopen(struct writer *w, int32_t day, uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];
	size_t i;

	writer_drain(w, now_ms);
	writer_confirm(w, now_ms);
	for (i = 0; i < SPOOL_SLOTS; i++)
		if (&w->spool->slots[i] == w->spool->latest ||
		    spool_is_used(&w->spool->slots[i]))
			openfile_reopen(&w->logs[i].file);
		else
			openfile_close(&w->logs[i].file);
	if (open_day(w, day, now_ms, why))
		retrywrite_open_failed(log_of(w, w->spool->latest), day, now_ms,
				       why);
}

void writer_end(struct writer *w)
{
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		retrywrite_end(&w->logs[i], &w->spool->slots[i].queue);
}
