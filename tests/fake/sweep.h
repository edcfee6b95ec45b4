/*
 * sweep - a story that is told again and again, each time with another fault.
 *
 * Included by tests of the engine, behind begin_story() and run_story() of
 * theirs: a new world, and the story in it with all that must hold at its end.
 */
#ifndef TESTS_SWEEP_H
#define TESTS_SWEEP_H

#include "engineworld.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sweep_error; /* what calls fail with at present */
static bool sweep_passes; /* that ends before the story does */

void begin_story(void);
void run_story(const char *which);

#define OPENS  (FAKE_BIT(FAKE_OPEN) | FAKE_BIT(FAKE_MKDIR))
#define WRITES (FAKE_BIT(FAKE_WRITE) | FAKE_BIT(FAKE_WRITEV))
#define LOOKS  (FAKE_BIT(FAKE_FSTAT) | FAKE_BIT(FAKE_LSTAT))
#define MODES  FAKE_BIT(FAKE_FCHMOD)
#define CLOSES FAKE_BIT(FAKE_CLOSE)
#define RECV   FAKE_BIT(FAKE_RECVMMSG)
#define WAITS  FAKE_BIT(FAKE_PSELECT)
#define ASKS   FAKE_BIT(FAKE_GETSOCKOPT)
#define LINKS                                                   \
	(FAKE_BIT(FAKE_READLINKAT) | FAKE_BIT(FAKE_SYMLINKAT) | \
	 FAKE_BIT(FAKE_RENAMEAT) | FAKE_BIT(FAKE_UNLINKAT))

/* Calls that fail together, as they do on a disk that is full, or gone. */
static const struct kind {
	int error;
	uint64_t calls;
	unsigned times; /* in a row, at most */
} kinds[] = {
	{ EMFILE, OPENS, UINT32_MAX },
	{ ENFILE, OPENS, UINT32_MAX },
	{ ENOSPC, OPENS | WRITES | LINKS, UINT32_MAX },
	{ EDQUOT, OPENS | WRITES | CLOSES, UINT32_MAX },
	{ EIO, OPENS | WRITES | LOOKS | MODES | CLOSES | RECV | LINKS,
	  UINT32_MAX },
	{ EROFS, OPENS | WRITES | MODES | LINKS, UINT32_MAX },
	{ EPERM, OPENS | MODES | WRITES, UINT32_MAX },
	{ EFBIG, WRITES, UINT32_MAX },
	{ ENOMEM, OPENS | LOOKS | RECV | ASKS, UINT32_MAX },
	{ ENOBUFS, RECV | ASKS, UINT32_MAX },
	{ EACCES, OPENS | LOOKS, UINT32_MAX },
	{ ETXTBSY, OPENS, UINT32_MAX },
	{ EUNATCH, OPENS | WRITES, UINT32_MAX },
	{ ESTALE, OPENS | WRITES | LOOKS | MODES, UINT32_MAX },
	{ EINTR, OPENS | WRITES | CLOSES | RECV | WAITS, 5 },
	{ EAGAIN, OPENS | WRITES | RECV, UINT32_MAX },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Every call that the edge makes, and what may come from any of them. */
static const enum fake_call calls[] = {
	FAKE_OPEN,	 FAKE_CLOSE,	   FAKE_FSTAT,	   FAKE_LSTAT,
	FAKE_STAT,	 FAKE_FCHMOD,	   FAKE_FTRUNCATE, FAKE_WRITE,
	FAKE_WRITEV,	 FAKE_PREAD,	   FAKE_RECVMMSG,  FAKE_PSELECT,
	FAKE_GETSOCKOPT, FAKE_GETSOCKNAME, FAKE_CONNECT,   FAKE_MKDIR,
	FAKE_READLINKAT, FAKE_SYMLINKAT,   FAKE_RENAMEAT,  FAKE_UNLINKAT,
};

static const int errors[] = {
	EMFILE, ENFILE, ENOSPC,	 EDQUOT,  EIO,	   EROFS,   EPERM,
	EFBIG,	ENOMEM, ENOBUFS, EACCES,  ETXTBSY, EUNATCH, ESTALE,
	EINTR,	EAGAIN, ENOENT,	 ENOTDIR, ENXIO,   EBADF,
};

#define CALLS  (sizeof(calls) / sizeof(calls[0]))
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

/* Tells the story with a fault in it; false when it didn't strike. */
static inline bool tell_with_fault(const struct kind *kind, unsigned nth,
				   unsigned times, uint64_t lasts_ms)
{
	uint64_t failing = kind->calls;
	char which[120];

	if (times > kind->times)
		times = kind->times;
	/* What can't be received at all is nothing that we could keep. */
	if (lasts_ms == UINT32_MAX)
		failing &= ~RECV;
	begin_story();
	sweep_error = kind->error;
	sweep_passes = lasts_ms > 0 && lasts_ms < UINT32_MAX;
	fake_fail(failing, nth, times, kind->error, lasts_ms);
	snprintf(which, sizeof(which),
		 "calls %llx, from %u, %u times, %u ms: %s",
		 (unsigned long long)failing, nth, times, (unsigned)lasts_ms,
		 strerror(kind->error));
	run_story(which);
	if (sweep_passes)
		assert_int_equal(filetable_waiting(&engine.files), 0);
	return fake.failed;
}

static inline void fail_each(const struct kind *kind, unsigned times,
			     uint64_t lasts_ms)
{
	unsigned nth = 1;

	while (tell_with_fault(kind, nth, times, lasts_ms))
		nth++;
}

static inline void sweep(unsigned times, uint64_t lasts_ms)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		fail_each(&kinds[i], times, lasts_ms);
}

/*
 * Where each run is slow, a few errors stand for all.  A pselect() that always
 * fails would leave the world without time.
 */
static inline void sweep_all(unsigned times, uint64_t lasts_ms)
{
	size_t step = getenv("UDPLOGGER_ROUNDS") ? 7 : 1;
	size_t i;

	for (i = 0; i < CALLS * ERRORS; i += step) {
		enum fake_call call = calls[i / ERRORS];
		struct kind kind = { errors[i % ERRORS], FAKE_BIT(call),
				     call == FAKE_PSELECT ? 5 : UINT32_MAX };

		/* No fault, but the answer that the file was renamed. */
		if (call == FAKE_LSTAT && kind.error == ENOENT)
			continue;
		fail_each(&kind, times, lasts_ms);
	}
}

#define SWEEP_WHILE_MS 3000 /* a fault that ends, as long as stories allow */

/* The three that every story is told with. */
static inline void sweep_once(void)
{
	sweep(1, SWEEP_WHILE_MS);
	sweep(3, SWEEP_WHILE_MS);
	sweep_all(1, SWEEP_WHILE_MS);
}

/* Shorter than the last lines are waited for at the end. */
static inline void sweep_while(void)
{
	sweep(UINT32_MAX, 20);
	sweep(UINT32_MAX, 1200);
	sweep_all(UINT32_MAX, 900);
}

/* Then nothing may be gone, and it must be said. */
static inline void sweep_ever(void)
{
	sweep(UINT32_MAX, UINT32_MAX);
	sweep_all(UINT32_MAX, UINT32_MAX);
}

/* Where each run is slow, some numbers stand for all. */
static inline unsigned sweep_step(unsigned slow)
{
	return getenv("UDPLOGGER_ROUNDS") ? slow : 1;
}

/* Every write once takes less, each number of bytes below @most. */
static inline void sweep_short_writes(unsigned most, unsigned step)
{
	char which[80];
	unsigned nth, len;

	for (len = 0; len < most; len += step)
		for (nth = 1; nth == 1 || fake.failed; nth++) {
			begin_story();
			fake.short_nth = nth;
			fake.short_len = len;
			snprintf(which, sizeof(which), "write %u takes %u", nth,
				 len);
			run_story(which);
			assert_int_equal(filetable_waiting(&engine.files), 0);
		}
}

/* The disk is full at any byte below @most until each of @ends_ms. */
static inline void sweep_full_disk(const uint64_t *ends_ms, size_t ends,
				   size_t most, unsigned step)
{
	char which[80];
	size_t capacity, i;

	sweep_error = ENOSPC;
	for (i = 0; i < ends; i++)
		for (capacity = 0; capacity < most; capacity += step) {
			begin_story();
			fake.capacity = capacity;
			fake_at(ends_ms[i], enlarge_disk);
			snprintf(which, sizeof(which), "%zu bytes until %u ms",
				 capacity, (unsigned)ends_ms[i]);
			run_story(which);
			assert_int_equal(filetable_waiting(&engine.files), 0);
		}
}

/* Closes the files of the story that was told: no other is left open. */
static inline void sweep_descriptors(const char *which)
{
	size_t i;

	for (i = 0; i < engine.files.count; i++)
		if (engine.writer.agenda.logs[i].retry.disk)
			openfile_close(
				&engine.writer.agenda.logs[i].retry.file);
	if (fake_open_fds() != 2 || engine.writer.agenda.settings->open_count)
		fail_msg("%s: a descriptor is left open", which);
}

#endif
