/*
 * The whole loop on a kernel that can fail: whatever happens, each datagram's
 * bytes are in the files once, whole and in order, or still waiting.
 *
 * One story is told again and again with another fault in it.  Stamps are the
 * kernel's, so what must be in the files is what is there without a fault.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "engineworld.h"

#define ROTATED	     "/log/2026-11-23.log.1"
#define TEXT_MAX     (1 << 16)
#define STORY_END_MS 22000
#define WHILE_MS     3000 /* a lasting fault; the clock of lines allows it */

static void scene_before_midnight(void)
{
	fake_say(1, "first\n");
	fake_say(2, "begun, ");
	fake_say(1, "second\nthird\r\n");
	fake_say(3, "");
	fake_say(2, "ended\n");
}

static void scene_over_midnight(void)
{
	fake_say(1, "begun before midnight, ");
}

static void scene_after_midnight(void)
{
	fake_say(2, "a new day\n");
	fake_say(1, "ended after it\n");
}

static void scene_after_reopening(void)
{
	fake_say(3, "after HUP\n");
	fake_say(2, "more after HUP\n");
}

static void scene_rotation(void)
{
	fake_rename(TODAY, ROTATED);
}

static void scene_after_rotation(void)
{
	fake_say(3, "a new file\n");
	fake_say(1, "left unfinished");
}

static void tell_story(void)
{
	fake_at(1100, scene_before_midnight);
	fake_at(5500, scene_over_midnight);
	fake_at(6500, scene_after_midnight);
	fake_at(10500, reopen);
	fake_at(11000, scene_after_reopening);
	fake_at(15000, scene_rotation);
	fake_at(17000, scene_after_rotation);
	fake_at(STORY_END_MS, tell_to_stop);
}

static char expected_yesterday[] =
	"2026-11-22 23:59:55 192.0.2.1:6665 first\n"
	"2026-11-22 23:59:55 192.0.2.1:6665 second\n"
	"2026-11-22 23:59:55 192.0.2.1:6665 third\n"
	"2026-11-22 23:59:55 192.0.2.2:6665 begun, ended\n"
	"2026-11-22 23:59:59 192.0.2.1:6665 begun before midnight, "
	"ended after it\n";

static char expected_today[] =
	"2026-11-23 00:00:00 192.0.2.2:6665 a new day\n"
	"2026-11-23 00:00:05 192.0.2.3:6665 after HUP\n"
	"2026-11-23 00:00:05 192.0.2.2:6665 more after HUP\n"
	"2026-11-23 00:00:11 192.0.2.3:6665 a new file\n"
	"2026-11-23 00:00:11 192.0.2.1:6665 left unfinished\n";

struct text {
	char bytes[TEXT_MAX];
	size_t len;
};

static void add(struct text *text, const char *bytes, size_t len)
{
	assert_true(len < TEXT_MAX - text->len);
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
}

/* The bytes that wait for the file of @day. */
static void add_waiting(struct text *text, int32_t day)
{
	struct iovec pieces[64];
	size_t i;
	int n, k;

	for (i = 0; i < engine.files.count; i++) {
		if (STAMP_PERIOD_DAY(engine.files.files[i].period) !=
		    (uint32_t)day)
			continue;
		n = outq_peek(&engine.files.files[i].queue, pieces, 64);
		for (k = 0; k < n; k++)
			add(text, pieces[k].iov_base, pieces[k].iov_len);
	}
}

/*
 * Today's lines, in the rotated file, in the new one, or waiting.  A piece of
 * a line that was torn by the rotation stands in the new file once more.
 */
static const char *read_today(void)
{
	static struct text text;
	const char *rotated = fake_text(ROTATED);
	const char *end = strrchr(rotated, '\n');
	size_t len = end ? (size_t)(end - rotated + 1) : 0;

	text.len = 0;
	add(&text, rotated, fake_node(TODAY) ? len : strlen(rotated));
	add(&text, fake_text(TODAY), strlen(fake_text(TODAY)));
	add_waiting(&text, 20261123);
	return text.bytes;
}

static const char *read_yesterday(void)
{
	static struct text text;

	text.len = 0;
	add(&text, fake_text(YESTERDAY), strlen(fake_text(YESTERDAY)));
	add_waiting(&text, 20261122);
	return text.bytes;
}

static void check_story(const char *which)
{
	if (strcmp(read_yesterday(), expected_yesterday) ||
	    strcmp(read_today(), expected_today))
		fail_msg("%s:\n%s--\n%s--\n%s--\n%s", which,
			 fake_text(YESTERDAY), fake_text(ROTATED),
			 fake_text(TODAY), fake_text("stderr"));
}

static void check_descriptors(const char *which)
{
	size_t i;

	for (i = 0; i < engine.files.count; i++)
		openfile_close(&engine.writer.agenda.logs[i].retry.file);
	if (fake_open_fds() != 2)
		fail_msg("%s: a descriptor is left open", which);
}

/* Lines for people, whole ones, and not one for each retry. */
static void check_messages(const char *which)
{
	const char *line = fake_text("stderr");
	unsigned count = 0;

	for (; *line; line = strchr(line, '\n') + 1, count++)
		if (strncmp(line, "udplogger: ", 11) || !strchr(line, '\n'))
			fail_msg("%s: said %s", which, line);
	if (count > 8)
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
}

static void run_story(const char *which)
{
	tell_story();
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	check_story(which);
	check_messages(which);
	check_descriptors(which);
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	run_story("no fault");
	assert_string_equal(fake_text("stderr"), "");
	assert_int_equal(fake_node(TODAY)->mode, S_IFREG | 0600);
	assert_non_null(fake_node(ROTATED));
}

#define OPENS  FAKE_BIT(FAKE_OPEN)
#define WRITES (FAKE_BIT(FAKE_WRITE) | FAKE_BIT(FAKE_WRITEV))
#define LOOKS  (FAKE_BIT(FAKE_FSTAT) | FAKE_BIT(FAKE_LSTAT))
#define MODES  FAKE_BIT(FAKE_FCHMOD)
#define CLOSES FAKE_BIT(FAKE_CLOSE)
#define RECV   FAKE_BIT(FAKE_RECVMMSG)
#define WAITS  FAKE_BIT(FAKE_PSELECT)
#define ASKS   FAKE_BIT(FAKE_GETSOCKOPT)

/* Calls that fail together, as they do on a disk that is full, or gone. */
static const struct kind {
	int error;
	uint64_t calls;
	unsigned times; /* in a row, at most */
} kinds[] = {
	{ EMFILE, OPENS, UINT32_MAX },
	{ ENFILE, OPENS, UINT32_MAX },
	{ ENOSPC, OPENS | WRITES, UINT32_MAX },
	{ EDQUOT, OPENS | WRITES | CLOSES, UINT32_MAX },
	{ EIO, OPENS | WRITES | LOOKS | MODES | CLOSES | RECV, UINT32_MAX },
	{ EROFS, OPENS | WRITES | MODES, UINT32_MAX },
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
	FAKE_GETSOCKOPT, FAKE_GETSOCKNAME, FAKE_CONNECT,
};

static const int errors[] = {
	EMFILE, ENFILE, ENOSPC,	 EDQUOT,  EIO,	   EROFS,   EPERM,
	EFBIG,	ENOMEM, ENOBUFS, EACCES,  ETXTBSY, EUNATCH, ESTALE,
	EINTR,	EAGAIN, ENOENT,	 ENOTDIR, ENXIO,   EBADF,
};

#define CALLS  (sizeof(calls) / sizeof(calls[0]))
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

/* Tells the story with a fault in it; false when it didn't strike. */
static bool tell_with_fault(const struct kind *kind, unsigned nth,
			    unsigned times, uint64_t lasts_ms)
{
	uint64_t failing = kind->calls;
	char which[120];

	if (times > kind->times)
		times = kind->times;
	/* What can't be received at all is nothing that we could keep. */
	if (lasts_ms == UINT32_MAX)
		failing &= ~RECV;
	set_up(NULL);
	fake_fail(failing, nth, times, kind->error, lasts_ms);
	snprintf(which, sizeof(which),
		 "calls %llx, from %u, %u times, %u ms: %s",
		 (unsigned long long)failing, nth, times, (unsigned)lasts_ms,
		 strerror(kind->error));
	run_story(which);
	if (lasts_ms > 0 && lasts_ms < UINT32_MAX)
		assert_int_equal(filetable_waiting(&engine.files), 0);
	return fake.failed;
}

static void fail_each(const struct kind *kind, unsigned times,
		      uint64_t lasts_ms)
{
	unsigned nth = 1;

	while (tell_with_fault(kind, nth, times, lasts_ms))
		nth++;
}

static void sweep(unsigned times, uint64_t lasts_ms)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		fail_each(&kinds[i], times, lasts_ms);
}

/*
 * Where each run is slow, a few errors stand for all.  A pselect() that always
 * fails would leave the world without time.
 */
static void sweep_all(unsigned times, uint64_t lasts_ms)
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

static void test_every_call_may_fail_once_with_every_error(void **state)
{
	(void)state;
	sweep_all(1, WHILE_MS);
}

static void test_every_call_may_fail_for_a_while_with_every_error(void **state)
{
	(void)state;
	sweep_all(UINT32_MAX, 900);
}

static void test_every_call_may_fail_for_ever_with_every_error(void **state)
{
	(void)state;
	sweep_all(UINT32_MAX, UINT32_MAX);
}

static void test_every_call_may_fail_once(void **state)
{
	(void)state;
	sweep(1, WHILE_MS);
}

static void test_every_call_may_fail_a_few_times(void **state)
{
	unsigned times;

	(void)state;
	for (times = 2; times <= 5; times++)
		sweep(times, WHILE_MS);
}

/* Shorter than the last lines are waited for at the end. */
static void test_every_call_may_fail_for_a_while(void **state)
{
	(void)state;
	sweep(UINT32_MAX, 20);
	sweep(UINT32_MAX, 900);
	sweep(UINT32_MAX, 1200);
}

/* Then nothing may be gone, and it must be said. */
static void test_every_call_may_fail_for_ever(void **state)
{
	(void)state;
	sweep(UINT32_MAX, UINT32_MAX);
}

static void test_every_write_may_be_short(void **state)
{
	char which[80];
	unsigned nth, len;

	(void)state;
	for (len = 0; len < 300; len++)
		for (nth = 1; nth == 1 || fake.failed; nth++) {
			set_up(NULL);
			fake.short_nth = nth;
			fake.short_len = len;
			snprintf(which, sizeof(which), "write %u takes %u", nth,
				 len);
			run_story(which);
			assert_int_equal(filetable_waiting(&engine.files), 0);
		}
}

/* Full at any byte, over midnight, over HUP, over the rotation. */
static void test_a_disk_may_be_full_at_any_byte(void **state)
{
	static const uint64_t ends_ms[] = { 6000,  9000,  10900, 14000,
					    16000, 20000, 23000 };
	char which[80];
	size_t capacity, i;

	(void)state;
	for (i = 0; i < sizeof(ends_ms) / sizeof(ends_ms[0]); i++)
		for (capacity = 0; capacity < 600; capacity++) {
			set_up(NULL);
			fake.capacity = capacity;
			fake_at(ends_ms[i], enlarge_disk);
			snprintf(which, sizeof(which), "%zu bytes until %u ms",
				 capacity, (unsigned)ends_ms[i]);
			run_story(which);
			assert_int_equal(filetable_waiting(&engine.files), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_story_without_faults, set_up),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(test_every_call_may_fail_a_few_times),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
		cmocka_unit_test(
			test_every_call_may_fail_once_with_every_error),
		cmocka_unit_test(
			test_every_call_may_fail_for_a_while_with_every_error),
		cmocka_unit_test(
			test_every_call_may_fail_for_ever_with_every_error),
		cmocka_unit_test(test_every_write_may_be_short),
		cmocka_unit_test(test_a_disk_may_be_full_at_any_byte),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
