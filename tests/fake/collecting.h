/*
 * collecting - what the tests of collector say and expect, in few words.
 *
 * Sources are 192.0.2.HOST, port 6665.  Time is in seconds since midnight of
 * 2026-01-01 in UTC, which is what TZ is set to; the monotonic clock shows the
 * same in milliseconds, unless a test says otherwise.
 */
#ifndef TESTS_COLLECTING_H
#define TESTS_COLLECTING_H

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "linebuf.h"
#include "rig.h"

#define MIDNIGHT 1767225600 /* 2026-01-01 00:00:00 */
#define TODAY	 20260101
#define PORT	 6665

/* A line of the log of @host, a number as text, at @time of that day. */
#define LINE(host, time, text) \
	"2026-01-01 " time " 192.0.2." host ":6665 " text "\n"

static inline struct datagram a_datagram(uint8_t host, const void *bytes,
					 size_t len, time_t second)
{
	return (struct datagram){
		.bytes = bytes,
		.len = len,
		.from = rig_source(host, PORT),
		.arrival = { .tv_sec = MIDNIGHT + second, .tv_nsec = 999 },
	};
}

static inline void say_bytes(struct rig *rig, uint8_t host, const void *bytes,
			     size_t len, unsigned second)
{
	struct datagram d = a_datagram(host, bytes, len, (time_t)second);

	rig_put(rig, &d, (uint64_t)second * 1000);
}

static inline void say(struct rig *rig, uint8_t host, const char *text,
		       unsigned second)
{
	say_bytes(rig, host, text, strlen(text), second);
}

static inline void assert_log_of(struct rig *rig, int32_t day, const char *want)
{
	const struct model_bytes *log = rig_log(rig, day);

	if (log->len != strlen(want) ||
	    (log->len > 0 && memcmp(log->at, want, log->len) != 0))
		fail_msg("the log is\n%.*sbut should be\n%s", (int)log->len,
			 log->at ? (const char *)log->at : "", want);
}

static inline void assert_log(struct rig *rig, const char *want)
{
	assert_log_of(rig, TODAY, want);
}

static inline struct rig *new_rig(const struct settings *settings,
				  uint32_t spool_blocks)
{
	struct rig *rig = malloc(sizeof(*rig));

	assert_non_null(rig);
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	rig_init(rig, settings, spool_blocks, NULL);
	return rig;
}

static inline void drop_rig(struct rig *rig)
{
	rig_free(rig);
	free(rig);
}

/* For tests that need no settings of their own. */
static inline int set_up_rig(void **state)
{
	struct settings settings = rig_settings();

	*state = new_rig(&settings, 64);
	return 0;
}

static inline int tear_down_rig(void **state)
{
	drop_rig(*state);
	return 0;
}

#define RIG_CASE(name) \
	cmocka_unit_test_setup_teardown(name, set_up_rig, tear_down_rig)

#endif
