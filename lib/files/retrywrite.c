/* retrywrite - a queue goes to its file; see retrywrite.h. */
#include "retrywrite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errortext.h"
#include "gather.h"

#define GONE_MAX   4 /* files that vanish under one retrywrite_drain() */
#define PASSED_MAX OUTQ_BLOCK_BYTES /* then the file is looked at */
#define QUARTER	   4 /* the part of all queues that waits for a name at most */

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings,
		     struct retrywrite_disk *disk, uint32_t number)
{
	*log = (struct retrywrite){ .diag = settings->diag, .disk = disk };
	openfile_init(&log->file, settings, number);
}

/* Names the deed in messages: "write /var/log/2026-11-22.log". */
#define DEED_MAX (LOGNAME_PATH_MAX + 16)

static void count_failure(struct retrywrite *log, struct diag_fault *fault,
			  const char *verb, int error, const char *why,
			  uint64_t now_ms)
{
	char deed[DEED_MAX];

	snprintf(deed, sizeof(deed), "%s %s", verb, openfile_path(&log->file));
	diag_failed(log->diag, fault, now_ms, deed, error, why);
}

/* For a descriptor that another file can spare, it is tried again at once. */
static bool is_starved(struct retrywrite *log, int error, uint64_t now_ms)
{
	if ((error != EMFILE && error != ENFILE) || log->starved ||
	    log->file.fd >= 0 || log->file.settings->open_count == 0)
		return false;
	log->starved = true;
	log->retry_ms = now_ms;
	return true;
}

static int hold_up(struct retrywrite *log, uint64_t now_ms)
{
	log->failing = true;
	log->of_disk = false;
	log->retry_ms = backoff_next(&log->backoff, now_ms);
	return -1;
}

static int fail_with_disk(struct retrywrite *log, const char *verb, int error,
			  const char *why, uint64_t now_ms)
{
	struct retrywrite_disk *disk = log->disk;

	log->failing = log->of_disk = true;
	disk->failing = true;
	disk->error = error;
	disk->retry_ms = backoff_next(&disk->backoff, now_ms);
	count_failure(log, &disk->fault, verb, error, why, now_ms);
	return -1;
}

static int fail(struct retrywrite *log, const char *verb, const char *why,
		uint64_t now_ms)
{
	int error = errno;

	if (is_starved(log, error, now_ms))
		return -1;
	if (safeopen_is_of_disk(error))
		return fail_with_disk(log, verb, error, why, now_ms);
	count_failure(log, &log->fault, verb, error, why, now_ms);
	return hold_up(log, now_ms);
}

void retrywrite_open_failed(struct retrywrite *log, uint64_t now_ms,
			    const char *why)
{
	fail(log, "open", why, now_ms);
}

static void tell_works(struct retrywrite *log, struct diag_fault *fault,
		       uint64_t now_ms)
{
	char deed[DEED_MAX];

	snprintf(deed, sizeof(deed), "write %s", openfile_path(&log->file));
	diag_works(log->diag, fault, now_ms, deed);
}

void retrywrite_say(struct retrywrite *log, uint64_t now_ms)
{
	if (now_ms >= diag_due(&log->disk->fault))
		tell_works(log, &log->disk->fault, now_ms);
	if (now_ms >= diag_due(&log->fault))
		tell_works(log, &log->fault, now_ms);
}

/* Everything is written; or, unless it was @tried, there is nothing. */
static int succeed(struct retrywrite *log, bool tried, uint64_t now_ms)
{
	if (tried && log->disk->failing) {
		tell_works(log, &log->disk->fault, now_ms);
		log->disk->failing = false;
	}
	if (log->fault.count > 0 &&
	    (log->refused_ms == 0 || !openfile_is_elsewhere(&log->file))) {
		tell_works(log, &log->fault, now_ms);
		log->refused_ms = 0;
	}
	retrywrite_say(log, now_ms);
	log->failing = log->starved = false;
	return 0;
}

/* ESTALE, EIO of a pulled disk: a new descriptor may do; not if it is full. */
static int fail_to_write(struct retrywrite *log, uint64_t now_ms)
{
	if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG &&
	    errno != EAGAIN && errno != EINTR)
		openfile_reopen(&log->file);
	return fail(log, "write", errortext(errno), now_ms);
}

/*
 * Whether the file must be opened: for bytes that wait, or for those of which
 * it isn't known yet whether they went to the file that has the name.
 */
static bool needs_file(const struct retrywrite *log, const struct outq *queue)
{
	return outq_waiting(queue) > 0 ||
	       (outq_passed(queue) > 0 && !openfile_is_open(&log->file));
}

/* Whether the name, which was refused, is to be tried again. */
static bool is_name_due(const struct retrywrite *log, uint64_t now_ms)
{
	return openfile_is_elsewhere(&log->file) && now_ms >= log->name_ms;
}

/* Whether lines that wait, while @error refuses the name, go elsewhere now. */
static bool is_patience_over(const struct retrywrite *log,
			     const struct outq *queue, uint64_t now_ms,
			     int error)
{
	const struct pool *pool = queue->pool;
	uint64_t waits_ms = now_ms - log->refused_ms;

	if (log->file.settings->ends &&
	    (waits_ms >= BACKOFF_MAX_MS || !safeopen_may_pass(error)))
		return true;
	return needs_file(log, queue) &&
	       (waits_ms >= RETRYWRITE_REFUSED_MS ||
		gather_is_much(log->file.settings->names.table) ||
		outq_waiting(queue) >=
			pool->blocks * pool->block_bytes / QUARTER);
}

/* "/log/2026-11-29.log is a directory: going on in 2026-11-29.1.log". */
static void say_elsewhere(struct retrywrite *log, const char *why,
			  const char *where)
{
	char name[FILENAME_BYTES];

	snprintf(name, sizeof(name), "%s", strrchr(where, '/') + 1);
	diag_warn(log->diag, "%s%s %s: going on in %s",
		  openfile_path(&log->file),
		  strncmp(why, "is ", 3) == 0 ? "" : ":", why, name);
}

static bool goes_on(struct retrywrite *log, const char *why)
{
	bool is_new = !log->file.held;

	if (openfile_hold(&log->file) && is_new)
		say_elsewhere(log, why, "/the file that is open");
	return log->file.held && openfile_is_open(&log->file);
}

static bool goes_beside(struct retrywrite *log, struct outq *queue,
			uint64_t now_ms, const char *why)
{
	char ignored[SAFEOPEN_WHY_MAX];
	unsigned before = log->file.held ? 0 : log->file.beside;
	unsigned beside = 1;

	while (openfile_open_at(&log->file, queue, beside, now_ms, ignored))
		if (errno == ENOTDIR || ++beside > FILENAME_BESIDE)
			return false;
	if (beside != before)
		say_elsewhere(log, why, openfile_place(&log->file));
	return true;
}

static bool makes_dir(struct retrywrite *log, struct outq *queue,
		      uint64_t now_ms)
{
	const struct openfile_common *common = log->file.settings;
	char why[SAFEOPEN_WHY_MAX];

	return logname_make_dir(&common->names, &common->rules, log->diag) &&
	       openfile_open(&log->file, queue, now_ms, why) == 0;
}

/* Into another sender's file only before lines are lost otherwise. */
static bool shares(struct retrywrite *log, struct outq *queue, uint64_t now_ms,
		   const char *why)
{
	const struct openfile_common *common = log->file.settings;

	if ((common->names.table->pattern->by_sender &&
	     !gather_is_much(common->names.table) &&
	     !(common->ends && now_ms - log->refused_ms >= BACKOFF_MAX_MS)) ||
	    !openfile_share(&log->file, queue, now_ms))
		return false;
	say_elsewhere(log, why, "/the file that was in use last");
	return true;
}

/* Has lines go elsewhere, as the name is refused because of @why. */
static bool goes_elsewhere(struct retrywrite *log, struct outq *queue,
			   uint64_t now_ms, const char *why)
{
	/* A file beside has another one there when it has lost its name. */
	if (log->file.beside > 0 && goes_beside(log, queue, now_ms, why))
		return true;
	return goes_on(log, why) || goes_beside(log, queue, now_ms, why) ||
	       makes_dir(log, queue, now_ms) || shares(log, queue, now_ms, why);
}

/* The name is refused because of errno and @why. */
static int bear_refusal(struct retrywrite *log, struct outq *queue,
			uint64_t now_ms, const char *why)
{
	int error = errno;

	count_failure(log, &log->fault, "open", error, why, now_ms);
	if (log->refused_ms == 0)
		log->refused_ms = now_ms;
	log->name_ms = now_ms + BACKOFF_MAX_MS;
	if (openfile_is_open(&log->file))
		return 0;
	if (!is_patience_over(log, queue, now_ms, error) ||
	    !goes_elsewhere(log, queue, now_ms, why))
		return hold_up(log, now_ms);
	log->failing = false;
	return 0;
}

void retrywrite_link(struct retrywrite *log, uint64_t now_ms)
{
	struct openfile *file = &log->file;
	struct link *link = &file->settings->link;

	if (link_turned(link, openfile_period(file), &file->link_turns))
		file->link = LINK_NEW;
	if (file->link != LINK_DONE && !file->held)
		file->link = (uint8_t)link_point(
			link, file->link, openfile_place(file),
			strlen(file->settings->names.dir),
			openfile_period(file), now_ms);
}

/*
 * Opens the file by its name.  What is the disk's fault, or the process's, is
 * no reason to go elsewhere, but none to come back either.
 */
static int open_file(struct retrywrite *log, struct outq *queue,
		     uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];

	if (openfile_open(&log->file, queue, now_ms, why) == 0)
		return 0;
	if (!safeopen_is_of_disk(errno))
		return bear_refusal(log, queue, now_ms, why);
	log->name_ms = now_ms + BACKOFF_MAX_MS;
	return openfile_is_open(&log->file) ? 0
					    : fail(log, "open", why, now_ms);
}

static int get_ready(struct retrywrite *log, struct outq *queue,
		     uint64_t now_ms)
{
	if (openfile_is_open(&log->file))
		openfile_check(&log->file, queue, now_ms);
	if ((!openfile_is_open(&log->file) || is_name_due(log, now_ms)) &&
	    open_file(log, queue, now_ms))
		return -1;
	retrywrite_link(log, now_ms);
	if (openfile_prepare(&log->file, queue))
		return fail_to_write(log, now_ms);
	return 0;
}

/* The bytes before those that failed to be written can be seen, or not. */
static int fail_after_look(struct retrywrite *log, struct outq *queue,
			   uint64_t now_ms)
{
	int error = errno;

	openfile_confirm(&log->file, queue, now_ms);
	errno = error;
	return fail_to_write(log, now_ms);
}

/*
 * Writes the waiting bytes of @queue, and looks whether they can be seen; one
 * look is for many bytes.
 */
static int write_queue(struct retrywrite *log, struct outq *queue,
		       uint64_t now_ms)
{
	size_t written = 0;
	unsigned gone = 0;

	while (outq_waiting(queue) > 0) {
		ssize_t done;

		/* Bytes remain, but other files have their turn. */
		if (written >= RETRYWRITE_TURN_BYTES || gone == GONE_MAX) {
			log->retry_ms = now_ms;
			return -1;
		}
		if (!openfile_is_open(&log->file) &&
		    get_ready(log, queue, now_ms))
			return -1;
		done = openfile_write(&log->file, queue);
		if (done < 0)
			return fail_after_look(log, queue, now_ms);
		written += (size_t)done;
		backoff_reset(&log->backoff);
		backoff_reset(&log->disk->backoff);
		if (outq_waiting(queue) > 0 && outq_passed(queue) < PASSED_MAX)
			continue;
		if (!openfile_confirm(&log->file, queue, now_ms))
			gone++;
	}
	return succeed(log, true, now_ms);
}

/* When another file shows that the disk works, it is tried at once. */
static uint64_t retry_time(const struct retrywrite *log)
{
	if (!log->failing || !log->of_disk)
		return log->retry_ms;
	return log->disk->failing ? log->disk->retry_ms : 0;
}

int retrywrite_drain(struct retrywrite *log, struct outq *queue,
		     uint64_t now_ms)
{
	bool due = now_ms >= log->file.looked_ms + RETRYWRITE_CONFIRM_MS;

	openfile_watch(&log->file, queue, now_ms);
	if (outq_waiting(queue) == 0 && due)
		openfile_confirm(&log->file, queue, now_ms);
	if (!needs_file(log, queue) && !log->failing &&
	    !is_name_due(log, now_ms))
		return succeed(log, false, now_ms);
	/* Also without waiting bytes: a file that failed is opened. */
	if ((log->failing && now_ms < retry_time(log)) ||
	    get_ready(log, queue, now_ms))
		return outq_waiting(queue) > 0 ? -1 : 0;
	if (outq_waiting(queue) == 0 && openfile_is_elsewhere(&log->file))
		return succeed(log, false, now_ms);
	return write_queue(log, queue, now_ms);
}

uint64_t retrywrite_deadline(const struct retrywrite *log,
			     const struct outq *queue)
{
	uint64_t watched = former_deadline(&log->file.former);
	uint64_t due = diag_due(&log->fault);

	if (outq_waiting(queue) > 0 || log->failing)
		return deadline_earlier(retry_time(log), watched);
	if (outq_passed(queue) > 0)
		due = deadline_earlier(due, log->file.looked_ms +
						    RETRYWRITE_CONFIRM_MS);
	if (openfile_is_elsewhere(&log->file))
		due = deadline_earlier(due, log->name_ms);
	return deadline_earlier(due, watched);
}

void retrywrite_end(struct retrywrite *log, const struct outq *queue)
{
	openfile_cut(&log->file, queue);
	openfile_close(&log->file);
	if (diag_due(&log->fault) != DEADLINE_NEVER)
		tell_works(log, &log->fault, DEADLINE_NEVER);
	if (diag_due(&log->disk->fault) != DEADLINE_NEVER)
		tell_works(log, &log->disk->fault, DEADLINE_NEVER);
}
