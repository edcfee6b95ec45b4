/*
 * engineworld - what the tests of the engine have in common: a world at five
 * seconds before midnight, and what happens in it.  Included by them.
 */
#ifndef TESTS_ENGINEWORLD_H
#define TESTS_ENGINEWORLD_H

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "signals.h"
#include "rig.h"
#include "world.h"

#define YESTERDAY "/log/2026-11-22.log"
#define TODAY	  "/log/2026-11-23.log"
#define MIDNIGHT  (FAKE_NOON + 12 * 3600)

static inline int set_up(void **state)
{
	(void)state;
	world_reset(MIDNIGHT - 5);
	return 0;
}

static inline int take_memory(void **state)
{
	(void)state;
	return !world_take_memory();
}

static inline int give_memory(void **state)
{
	(void)state;
	world_give_memory();
	return 0;
}

static inline void tell_to_stop(void)
{
	signals_stop = signals_stop + 1;
	fake.signalled = true;
}

static inline void reopen(void)
{
	signals_reopen = 1;
	fake.signalled = true;
}

static inline void ask_counts(void)
{
	signals_counts = 1;
	fake.signalled = true;
}

static inline unsigned count_lines(const char *text)
{
	unsigned count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static inline void say_hello(void)
{
	fake_say(1, "hello\n");
}

static inline void say_half(void)
{
	fake_say(1, "half a line");
}

static inline void enlarge_disk(void)
{
	fake.capacity = SIZE_MAX;
}

#define MANY 4000 /* lines, more than the queues hold */

static inline void say_many(void)
{
	char line[100];
	unsigned i;

	for (i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), "%060u\n", i);
		fake_say(i % 5, line);
	}
}

static inline void fill_disk(void)
{
	fake.capacity = 0;
}

#endif
