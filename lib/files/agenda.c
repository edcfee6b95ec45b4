/* agenda - what files need, and when; see agenda.h. */
#include "agenda.h"

#include "carve.h"
#include "diag.h"
#include "gather.h"
#include "hosts.h"

#define IDLE_MS	   60000 /* then a file is closed */
#define LOOKS_MOST 32 /* files that are asked for a descriptor */
#define TURNS_MOST 64 /* files that are written to before others have theirs */

size_t agenda_bytes(uint32_t capacity)
{
	return carve_bytes(capacity * sizeof(struct agenda_log)) +
	       AGENDA_LISTS * carve_bytes(ilist_bytes(capacity));
}

void agenda_init(struct agenda *a, struct filetable *files,
		 struct openfile_common *settings, uint32_t open_most,
		 void *memory)
{
	char *at = memory;
	size_t i;

	*a = (struct agenda){
		.files = files,
		.settings = settings,
		.open_most = open_most,
		.watch_ms = DEADLINE_NEVER,
		.parked_ms = DEADLINE_NEVER,
	};
	settings->names.table = files;
	a->logs = carve(&at, files->capacity * sizeof(struct agenda_log));
	for (i = 0; i < AGENDA_LISTS; i++)
		ilist_init(&a->lists[i],
			   carve(&at, ilist_bytes(files->capacity)));
}

struct retrywrite *agenda_log(struct agenda *a, uint32_t file)
{
	struct retrywrite *log = &a->logs[file].retry;

	if (!log->disk)
		retrywrite_init(log, a->settings, &a->disk, file);
	return log;
}

static void put_in(struct agenda *a, enum agenda_list list, uint32_t file,
		   bool belongs)
{
	uint8_t bit = (uint8_t)(1U << list);

	if (((a->logs[file].lists & bit) != 0) == belongs)
		return;
	if (belongs)
		ilist_append(&a->lists[list], file);
	else
		ilist_remove(&a->lists[list], file);
	a->logs[file].lists ^= bit;
}

/* Puts @file, which was dealt with, into the lists that it belongs to now. */
void agenda_settle(struct agenda *a, uint32_t file)
{
	struct retrywrite *log = &a->logs[file].retry;
	struct outq *queue = filetable_queue(a->files, file);
	bool waits = outq_waiting(queue) > 0;
	bool watched = log->file.former.fd >= 0;
	bool parked;
	uint64_t due;

	/* It could not be opened, and isn't needed any more. */
	if (retrywrite_lacks_file(log) && file != a->files->latest &&
	    !filetable_is_used(a->files, file))
		retrywrite_forget(log);
	due = retrywrite_deadline(log, queue);
	parked = (log->failing && !(log->of_disk && waits)) ||
		 openfile_is_elsewhere(&log->file) ||
		 diag_due(&log->fault) != DEADLINE_NEVER;
	put_in(a, AGENDA_OPEN, file, log->file.fd >= 0);
	put_in(a, AGENDA_UNCONFIRMED, file,
	       outq_passed(queue) > 0 && !waits && !log->failing);
	put_in(a, AGENDA_WATCHED, file, watched);
	put_in(a, AGENDA_PARKED, file, parked);
	if (watched)
		a->watch_ms = deadline_earlier(a->watch_ms, due);
	if (parked)
		a->parked_ms = deadline_earlier(a->parked_ms, due);
	if (waits && !retrywrite_is_held_up(log))
		filetable_soil(a->files, file);
	else
		filetable_clean(a->files, file);
	if (!filetable_is_used(a->files, file) && !watched && !parked)
		filetable_release(a->files, file);
}

/* Closes @file for its descriptor, if no line needs it. */
static bool give_up_descriptor(struct agenda *a, uint32_t file, uint64_t now_ms)
{
	struct outq *queue = filetable_queue(a->files, file);
	struct openfile *open = &a->logs[file].retry.file;

	if (outq_is_torn(queue) || !openfile_confirm(open, queue, now_ms) ||
	    outq_passed(queue) > 0)
		return false;
	openfile_close(open);
	agenda_settle(a, file);
	return true;
}

/* Has a file other than @file give its descriptor. */
static bool spare_descriptor(struct agenda *a, uint32_t file, uint64_t now_ms)
{
	const struct ilist *open = &a->lists[AGENDA_OPEN];
	uint32_t other = open->first;
	unsigned looks;

	for (looks = 0; other != ILIST_NONE && looks < LOOKS_MOST; looks++) {
		uint32_t next = open->links[other].next;

		if (other != file && give_up_descriptor(a, other, now_ms))
			return true;
		other = next;
	}
	return false;
}

/* Writes what waits for @file.  False: some still does. */
static bool drain_file(struct agenda *a, uint32_t file, uint64_t now_ms)
{
	struct outq *queue = filetable_queue(a->files, file);
	struct retrywrite *log = agenda_log(a, file);
	size_t before = outq_waiting(queue);
	bool done;

	a->drained = file;
	if (log->file.fd < 0 && a->settings->open_count >= a->open_most)
		spare_descriptor(a, file, now_ms);
	done = retrywrite_drain(log, queue, now_ms) == 0;
	if (log->starved) {
		spare_descriptor(a, file, now_ms);
		done = retrywrite_drain(log, queue, now_ms) == 0;
	}
	openfile_rest(&log->file);
	if (before > outq_waiting(queue)) {
		a->written += before - outq_waiting(queue);
		a->written_ms = now_ms;
	}
	put_in(a, AGENDA_OPEN, file, false);
	agenda_settle(a, file);
	return done;
}

static bool disk_waits(const struct agenda *a, uint64_t now_ms)
{
	return a->disk.failing && now_ms < a->disk.retry_ms;
}

/* Whether the first of the dirty files is to be written to; @all: at once. */
static bool dirty_is_due(const struct agenda *a, bool all, uint64_t now_ms)
{
	return a->files->dirty.first != ILIST_NONE && !disk_waits(a, now_ms) &&
	       (all || a->settings->ends ||
		gather_deadline(a->files) <= now_ms);
}

/*
 * Writes to dirty files that are due, each of them once, and so many that a
 * flood isn't kept waiting in the socket.
 */
static void drain_dirty(struct agenda *a, bool all, uint64_t now_ms)
{
	uint32_t last = a->files->dirty.last;
	uint32_t file = ILIST_NONE;
	unsigned turns;

	gather_note(a->files, now_ms);
	for (turns = 0; file != last && turns < TURNS_MOST; turns++) {
		if (!dirty_is_due(a, all, now_ms))
			break;
		file = a->files->dirty.first;
		drain_file(a, file, now_ms);
		/* Others have their turn, and may show that the disk works. */
		if (a->files->files[file].dirty) {
			filetable_clean(a->files, file);
			filetable_soil(a->files, file);
			a->files->files[file].dirty_ms = now_ms;
		}
	}
}

/*
 * Deals with the files in @list that need it at @now_ms, each of them once.
 * Returns when to come again, where one was taken out under our hands.
 */
static uint64_t go_through(struct agenda *a, enum agenda_list list,
			   uint64_t now_ms)
{
	uint32_t file = a->lists[list].first;
	uint32_t last = a->lists[list].last;

	while (file != ILIST_NONE) {
		uint32_t next = a->lists[list].links[file].next;
		struct retrywrite *log = &a->logs[file].retry;

		if (retrywrite_deadline(log, filetable_queue(a->files, file)) <=
		    now_ms)
			drain_file(a, file, now_ms);
		else
			agenda_settle(a, file);
		if (file == last || next == ILIST_NONE)
			break;
		if ((a->logs[next].lists & 1U << list) == 0)
			return now_ms;
		file = next;
	}
	return DEADLINE_NEVER;
}

/* @due_ms is when; agenda_settle() makes it anew. */
static void go_through_when_due(struct agenda *a, enum agenda_list list,
				uint64_t *due_ms, uint64_t now_ms)
{
	uint64_t again;

	if (now_ms < *due_ms)
		return;
	*due_ms = DEADLINE_NEVER;
	again = go_through(a, list, now_ms);
	*due_ms = deadline_earlier(*due_ms, again);
}

/* They were looked at in the order of the list. */
static void look_at_unconfirmed(struct agenda *a, uint64_t now_ms)
{
	const struct ilist *list = &a->lists[AGENDA_UNCONFIRMED];
	uint32_t last = list->last;
	uint32_t file = ILIST_NONE;

	while (file != last && list->first != ILIST_NONE) {
		file = list->first;
		if (now_ms <
		    a->logs[file].retry.file.looked_ms + RETRYWRITE_CONFIRM_MS)
			break;
		drain_file(a, file, now_ms);
		if (a->logs[file].lists & 1U << AGENDA_UNCONFIRMED) {
			put_in(a, AGENDA_UNCONFIRMED, file, false);
			put_in(a, AGENDA_UNCONFIRMED, file, true);
		}
	}
}

/*
 * Whether @file stays open although no line needs it.  Where the next day's
 * file is refused, its lines go to the one that was in use last.
 */
static bool stays_open(const struct agenda *a, uint32_t file)
{
	return &a->logs[file].retry.file == a->settings->latest ||
	       (!a->files->pattern->by_sender && file == a->files->latest);
}

/* The file that was used longest ago, if it is to be closed some day. */
static uint32_t idle_file(const struct agenda *a)
{
	uint32_t file = a->lists[AGENDA_OPEN].first;

	if (file == ILIST_NONE || filetable_is_used(a->files, file) ||
	    stays_open(a, file))
		return ILIST_NONE;
	return file;
}

/* A descriptor is free for others then. */
static void close_idle(struct agenda *a, uint64_t now_ms)
{
	uint32_t file = idle_file(a);

	while (file != ILIST_NONE &&
	       now_ms >= a->logs[file].retry.file.looked_ms + IDLE_MS) {
		openfile_close(&a->logs[file].retry.file);
		retrywrite_forget(&a->logs[file].retry);
		agenda_settle(a, file);
		safeopen_hold_reserve(&a->settings->rules);
		file = idle_file(a);
	}
}

static bool any_waits(const struct agenda *a)
{
	const struct ilist *parked = &a->lists[AGENDA_PARKED];
	uint32_t file;

	for (file = parked->first; file != ILIST_NONE;
	     file = parked->links[file].next)
		if (outq_waiting(filetable_queue(a->files, file)) > 0)
			return true;
	return a->files->dirty_count > 0;
}

static void say_shares(struct agenda *a)
{
	if (a->files->shares && !a->said_shares)
		diag_warn(a->settings->diag,
			  "files=%u are there; further senders that hosts= "
			  "does not name share those of " HOSTS_OTHERS,
			  a->files->unnamed.most);
	a->said_shares = a->files->shares;
}

bool agenda_drain(struct agenda *a, bool all, uint64_t now_ms)
{
	drain_dirty(a, all, now_ms);
	look_at_unconfirmed(a, now_ms);
	go_through_when_due(a, AGENDA_WATCHED, &a->watch_ms, now_ms);
	go_through_when_due(a, AGENDA_PARKED, &a->parked_ms, now_ms);
	close_idle(a, now_ms);
	say_shares(a);
	if (now_ms >= diag_due(&a->disk.fault))
		retrywrite_say(agenda_log(a, a->drained), now_ms);
	return !any_waits(a);
}

bool agenda_confirm(struct agenda *a, uint64_t now_ms)
{
	const struct ilist *list = &a->lists[AGENDA_UNCONFIRMED];
	uint32_t last = list->last;
	uint32_t file = ILIST_NONE;
	bool done = true;

	while (file != last && list->first != ILIST_NONE) {
		file = list->first;
		if (!openfile_confirm(&a->logs[file].retry.file,
				      filetable_queue(a->files, file), now_ms))
			done = false;
		put_in(a, AGENDA_UNCONFIRMED, file, false);
		agenda_settle(a, file);
	}
	return done;
}

/* Has the lines that were set aside, of all files, wait again. */
void agenda_recall(struct agenda *a)
{
	const struct ilist *list = &a->lists[AGENDA_WATCHED];

	while (list->first != ILIST_NONE) {
		uint32_t file = list->first;

		openfile_recall(&a->logs[file].retry.file,
				filetable_queue(a->files, file));
		agenda_settle(a, file);
	}
}

/* When to write to dirty files. */
static uint64_t dirty_deadline(const struct agenda *a)
{
	if (a->files->dirty.first == ILIST_NONE)
		return DEADLINE_NEVER;
	if (a->disk.failing)
		return a->disk.retry_ms;
	return a->settings->ends ? 0 : gather_deadline(a->files);
}

uint64_t agenda_deadline(const struct agenda *a)
{
	uint64_t due =
		deadline_earlier(dirty_deadline(a), diag_due(&a->disk.fault));
	uint32_t unconfirmed = a->lists[AGENDA_UNCONFIRMED].first;
	uint32_t idle = idle_file(a);

	if (unconfirmed != ILIST_NONE)
		due = deadline_earlier(
			due, a->logs[unconfirmed].retry.file.looked_ms +
				     RETRYWRITE_CONFIRM_MS);
	if (idle != ILIST_NONE)
		due = deadline_earlier(due, a->logs[idle].retry.file.looked_ms +
						    IDLE_MS);
	return deadline_earlier(due,
				deadline_earlier(a->watch_ms, a->parked_ms));
}

/* Those that no line needs are closed, but for the latest. */
void agenda_close_unused(struct agenda *a)
{
	uint32_t file = a->lists[AGENDA_OPEN].first;

	while (file != ILIST_NONE) {
		uint32_t next = a->lists[AGENDA_OPEN].links[file].next;

		if (!stays_open(a, file) &&
		    !filetable_is_used(a->files, file)) {
			openfile_close(&a->logs[file].retry.file);
			agenda_settle(a, file);
		}
		file = next;
	}
}
