/* retrywrite - one day's queue goes to the day's file; see retrywrite.h. */
#include "retrywrite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GONE_MAX   4 /* files that vanish under one retrywrite_drain() */
#define PASSED_MAX OUTQ_BLOCK_BYTES /* then the file is looked at */

void retrywrite_init(struct retrywrite *log, struct openfile_common *settings)
{
	*log = (struct retrywrite){ .diag = settings->diag };
	openfile_init(&log->file, settings);
}

/* Names the deed in messages: "write /var/log/2026-11-22.log". */
#define DEED_MAX (OPENFILE_PATH_MAX + 16)

static void name_deed(char deed[DEED_MAX], const struct retrywrite *log,
		      const char *verb, int32_t day)
{
	snprintf(deed, DEED_MAX, "%s %s", verb,
		 openfile_path(log->file.settings, day));
}

static int fail(struct retrywrite *log, const char *verb, int32_t day,
		const char *why, uint64_t now_ms)
{
	int error = errno;
	char deed[DEED_MAX];

	name_deed(deed, log, verb, day);
	log->failing = true;
	log->error = error;
	log->retry_ms = backoff_next(&log->backoff, now_ms);
	diag_failed(log->diag, &log->fault, now_ms, deed, error, why);
	return -1;
}

void retrywrite_open_failed(struct retrywrite *log, int32_t day,
			    uint64_t now_ms, const char *why)
{
	fail(log, "open", day, why, now_ms);
}

static void tell_works(struct retrywrite *log, uint64_t now_ms)
{
	char deed[DEED_MAX];

	name_deed(deed, log, "write", log->file.day);
	diag_works(log->diag, &log->fault, now_ms, deed);
}

/* Everything is written. */
static int succeed(struct retrywrite *log, uint64_t now_ms)
{
	if (log->failing || now_ms >= diag_due(&log->fault))
		tell_works(log, now_ms);
	log->failing = false;
	return 0;
}

/*
 * The descriptor may be at fault: ESTALE, EIO of a disk that was pulled out;
 * then the file is opened anew.  On a full disk that would not help.
 */
static int fail_to_write(struct retrywrite *log, int32_t day, uint64_t now_ms)
{
	if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG &&
	    errno != EAGAIN && errno != EINTR)
		openfile_reopen(&log->file);
	return fail(log, "write", day, strerror(errno), now_ms);
}

static int get_ready(struct retrywrite *log, struct outq *queue, int32_t day,
		     uint64_t now_ms)
{
	char why[SAFEOPEN_WHY_MAX];

	if (openfile_is_open(&log->file, day))
		openfile_check(&log->file, queue, now_ms);
	if (!openfile_is_open(&log->file, day) &&
	    openfile_open(&log->file, queue, day, now_ms, why))
		return fail(log, "open", day, why, now_ms);
	if (openfile_prepare(&log->file, queue))
		return fail_to_write(log, day, now_ms);
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
			   int32_t day, uint64_t now_ms)
{
	int error = errno;

	openfile_confirm(&log->file, queue, now_ms);
	errno = error;
	return fail_to_write(log, day, now_ms);
}

/*
 * Writes the waiting bytes of @queue, and looks whether they can be seen; one
 * look is for many bytes.
 */
static int write_queue(struct retrywrite *log, struct outq *queue, int32_t day,
		       uint64_t now_ms)
{
	size_t written = 0;
	unsigned gone = 0;

	while (outq_waiting(queue) > 0) {
		ssize_t done;

		if (written >= RETRYWRITE_TURN_BYTES || gone == GONE_MAX)
			return go_on_later(log, now_ms);
		if (!openfile_is_open(&log->file, day) &&
		    get_ready(log, queue, day, now_ms))
			return -1;
		done = openfile_write(&log->file, queue);
		if (done < 0)
			return fail_after_look(log, queue, day, now_ms);
		written += (size_t)done;
		backoff_reset(&log->backoff);
		if (outq_waiting(queue) > 0 && outq_passed(queue) < PASSED_MAX)
			continue;
		if (!openfile_confirm(&log->file, queue, now_ms))
			gone++;
	}
	return succeed(log, now_ms);
}

/*
 * Whether the file must be opened: for bytes that wait, or for those of which
 * it isn't known yet whether they went to the file that has the name.
 */
static bool needs_file(const struct retrywrite *log, const struct outq *queue,
		       int32_t day)
{
	return outq_waiting(queue) > 0 ||
	       (outq_passed(queue) > 0 && !openfile_is_open(&log->file, day));
}

int retrywrite_drain(struct retrywrite *log, struct outq *queue, int32_t day,
		     uint64_t now_ms)
{
	bool due = now_ms >= log->file.looked_ms + RETRYWRITE_CONFIRM_MS;

	openfile_watch(&log->file, queue, now_ms);
	if (outq_waiting(queue) == 0 && due)
		openfile_confirm(&log->file, queue, now_ms);
	if (!needs_file(log, queue, day) && !log->failing)
		return succeed(log, now_ms);
	/* Also without waiting bytes: a file that failed is opened. */
	if ((log->failing && now_ms < log->retry_ms) ||
	    get_ready(log, queue, day, now_ms))
		return outq_waiting(queue) > 0 ? -1 : 0;
	return write_queue(log, queue, day, now_ms);
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
		return deadline_earlier(log->retry_ms, watched);
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
		tell_works(log, DEADLINE_NEVER);
}
