/*
 * engineworld - an engine on fakesys, with little memory, at five seconds
 * before midnight.  Included by the tests of the engine, after cmocka.h.
 */
#ifndef TESTS_ENGINEWORLD_H
#define TESTS_ENGINEWORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "fakesys.h"
#include "signals.h"

#define YESTERDAY    "/log/2026-11-22.log"
#define TODAY	     "/log/2026-11-23.log"
#define MIDNIGHT     (FAKE_NOON + 12 * 3600)
#define CLIENTS	     16
#define WBUF_BYTES   1024
#define HELD_BYTES   65536
#define MEMORY_BYTES (256 * 1024) /* enough for the collector */
#define SPOOL_BYTES  (12 * OUTQ_BLOCK_BYTES)

static struct engine engine;
static struct diag diag;
static struct dayfile_settings file_settings;
static struct fake_node *messages; /* what was said on stderr */
static void *collector_memory, *rx_memory, *spool_memory;

static struct collector_settings settings = {
	.clients = CLIENTS,
	.wbuf_bytes = WBUF_BYTES,
	.held_bytes = HELD_BYTES,
	.timeout_ms = 5000,
};

static inline void set_up_engine(void)
{
	signals_stop = 0;
	signals_reopen = 0;
	signals_counts = 0;
	memset(&engine, 0, sizeof(engine));
	messages = fake_create("stderr", S_IFIFO, "");
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(messages, O_WRONLY);
	file_settings = (struct dayfile_settings){
		.sys = &fakesys,
		.diag = &diag,
		.dir = "/log",
		.rules = { .sys = &fakesys, .mode = 0600 },
	};
	memset(collector_memory, 0, MEMORY_BYTES);
	assert_true(collector_bytes(&settings) <= MEMORY_BYTES);
	engine.sys = &fakesys;
	engine.diag = &diag;
	spool_init(&engine.spool, spool_memory, SPOOL_BYTES);
	collector_init(&engine.collector, &settings, collector_memory,
		       &engine.spool, NULL);
	writer_init(&engine.writer, &engine.spool, &file_settings);
	engine.intake = (struct intake){
		.sys = &fakesys,
		.diag = &diag,
		.collector = &engine.collector,
		.writer = &engine.writer,
	};
	netrx_init(&engine.intake.rx, &fakesys, fake_udp(), rx_memory);
	zone_init(&engine.zone, &fakesys);
}

static inline int set_up(void **state)
{
	(void)state;
	fake_reset();
	fake_set_wall(MIDNIGHT - 5);
	set_up_engine();
	return 0;
}

static inline int take_memory(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	collector_memory = aligned_alloc(64, MEMORY_BYTES);
	rx_memory = calloc(1, netrx_bytes());
	spool_memory = malloc(SPOOL_BYTES);
	return !collector_memory || !rx_memory || !spool_memory;
}

static inline int give_memory(void **state)
{
	(void)state;
	fake_reset();
	free(collector_memory);
	free(rx_memory);
	free(spool_memory);
	return 0;
}

static inline void stop(void)
{
	signals_stop = signals_stop + 1;
	fake.signalled = true;
}

static inline void reopen(void)
{
	signals_reopen = 1;
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
