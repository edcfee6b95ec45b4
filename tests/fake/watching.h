/*
 * watching - what the tests of incidents say and expect, in few words.
 *
 * As in collecting.h; incidents=yes, and extended netconsole is read.
 */
#ifndef TESTS_WATCHING_H
#define TESTS_WATCHING_H

#include "collecting.h"

#include <stdio.h>

#include "watch.h"

#define BUG   "BUG: kernel NULL pointer dereference, address: 0000000000000010"
#define WARN  "WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2"
#define PANIC "Kernel panic - not syncing: Fatal exception"
#define TRACE "---[ end trace 0000000000000000 ]---"
#define LINUX "Linux version 6.12.1-amd64 (me@host) #1 SMP"
#define ARM   "Booting Linux on physical CPU 0x0000000000 [0x410fd083]"
#define STATE "sysrq: Show State"

static inline struct rig *
watching_rig(void (*change)(struct settings *settings))
{
	struct settings settings = rig_settings();

	settings.incidents = true;
	settings.extended = true;
	settings.reorder_ms = 10;
	if (change)
		change(&settings);
	return new_rig(&settings, 64);
}

static inline int set_up_watching(void **state)
{
	*state = watching_rig(NULL);
	return 0;
}

/* Lets time pass as the loop does. */
static inline void pass_until(struct rig *rig, uint64_t ms)
{
	uint64_t deadline;

	while ((deadline = collector_deadline(&rig->collector)) <= ms)
		rig_expire(rig, deadline);
	rig_expire(rig, ms);
}

/* Has @host say @text, to which LF is added, at @ms. */
static inline void hear(struct rig *rig, uint8_t host, const char *text,
			uint64_t ms)
{
	char line[2048];
	struct datagram d;

	pass_until(rig, ms);
	d = a_datagram(host, line, 0, (time_t)(ms / 1000));
	d.arrival.tv_nsec = (long)(ms % 1000) * 1000000;
	d.len = (size_t)sprintf(line, "%s\n", text);
	rig_put(rig, &d, ms);
}

static inline void assert_incidents(struct rig *rig, const char *want)
{
	assert_log_of(rig, -TODAY, want);
}

/* Only the last lines matter. */
static inline void assert_incidents_end(struct rig *rig, const char *want)
{
	const struct model_bytes *log = rig_log(rig, -TODAY);
	size_t len = strlen(want);

	if (log->len < len || memcmp(log->at + log->len - len, want, len) != 0)
		fail_msg("the file of incidents is\n%.*sbut should end in\n%s",
			 (int)log->len, log->at ? (const char *)log->at : "",
			 want);
}

/* How many lines of the file of incidents have @text. */
static inline unsigned count_incidents(struct rig *rig, const char *text)
{
	const struct model_bytes *log = rig_log(rig, -TODAY);
	const char *at = log->len > 0 ? (const char *)log->at : "";
	unsigned found = 0;

	for (; (at = strstr(at, text)); at++)
		found++;
	return found;
}

#define WATCH_CASE(name) \
	cmocka_unit_test_setup_teardown(name, set_up_watching, tear_down_rig)

#endif
