/* retrywrite - a queue goes to its file; see retrywrite.h. */
#include "retrywrite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GONE_MAX   4 /* files that vanish under one retrywrite_drain() */
#define PASSED_MAX OUTQ_BLOCK_BYTES /* then the file is looked at */

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings,
		     struct retrywrite_disk *disk, uint32_t number)
{
	*log = (struct retrywrite){ .diag = settings->diag, .disk = disk };
	openfile_init(&log->file, settings, number);
}

/* Whether a failure is the disk's, or the process's, and no single file's. */
static bool is_of_disk(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EIO ||
	       error == EROFS || error == EMFILE || error == ENFILE;
}

/* Names the deed in messages: "write /var/log/2026-11-22.log". */
#define DEED_MAX (OPENFILE_PATH_MAX + 16)

static void name_deed(char deed[DEED_MAX], const struct retrywrite *log,
		      const char *verb)
{
	snprintf(deed, DEED_MAX, "%s %s", verb, openfile_path(&log->file));
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

static int fail(struct retrywrite *log, const char *verb, const char *why,
		uint64_t now_ms)
{
	struct retrywrite_disk *disk = log->disk;
	int error = errno;
	char deed[DEED_MAX];

	if (is_starved(log, error, now_ms))
		return -1;
	name_deed(deed, log, verb);
	log->failing = true;
	log->of_disk = is_of_disk(error);
	if (log->of_disk) {
		disk->failing = true;
		disk->error = error;
		disk->retry_ms = backoff_next(&disk->backoff, now_ms);
		diag_failed(log->diag, &disk->fault, now_ms, deed, error, why);
	} else {
		log->retry_ms = backoff_next(&log->backoff, now_ms);
		diag_failed(log->diag, &log->fault, now_ms, deed, error, why);
	}
	return -1;
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

	name_deed(deed, log, "write");
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
	struct retrywrite_disk *disk = log->disk;

	if (tried && disk->failing) {
		tell_works(log, &disk->fault, now_ms);
		disk->failing = false;
	}
	if (log->failing && !log->of_disk)
		tell_works(log, &log->fault, now_ms);
	retrywrite_say(log, now_ms);
	log->failing = log->starved = false;
	return 0;
}

/*
 * The descriptor may be at fault: ESTALE, EIO of a disk that was pulled out;
 * then the file is opened anew.  On a full disk that would not help.
 */
static int fail_to_write(struct retrywrite *log, uint64_t now_ms)
{
	if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG &&
	    errno != EAGAIN && errno != EINTR)
		openfile_reopen(&log->file);
	return fail(log, "write", strerror(errno), now_ms);
}

static int get_ready(struct retrywrite *log, struct outq *queue,
		     uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];

	if (openfile_is_open(&log->file))
		openfile_check(&log->file, queue, now_ms);
	if (!openfile_is_open(&log->file) &&
	    openfile_open(&log->file, queue, now_ms, why))
		return fail(log, "open", why, now_ms);
	if (openfile_prepare(&log->file, queue))
		return fail_to_write(log, now_ms);
	return 0;
}

/* Bytes remain, but other files have their turn. */
static int go_on_later(struct retrywrite *log, uint64_t now_ms)
{
	log->retry_ms = now_ms;
	return -1;
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

		if (written >= RETRYWRITE_TURN_BYTES || gone == GONE_MAX)
			return go_on_later(log, now_ms);
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

/*
 * Whether the file must be opened: for bytes that wait, or for those of which
 * it isn't known yet whether they went to the file that has the name.
 */
static bool needs_file(const struct retrywrite *log, const struct outq *queue)
{
	return outq_waiting(queue) > 0 ||
	       (outq_passed(queue) > 0 && !openfile_is_open(&log->file));
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
	if (!needs_file(log, queue) && !log->failing)
		return succeed(log, false, now_ms);
	/* Also without waiting bytes: a file that failed is opened. */
	if ((log->failing && now_ms < retry_time(log)) ||
	    get_ready(log, queue, now_ms))
		return outq_waiting(queue) > 0 ? -1 : 0;
	return write_queue(log, queue, now_ms);
}

void retrywrite_forget(struct retrywrite *log)
{
	log->failing = false;
	log->backoff = (struct backoff){ 0 };
	log->fault = (struct diag_fault){ 0 };
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
