/*
 * retainworld - old log files on a disk in memory.  Included by the tests of
 * what removes them.
 */
#ifndef TESTS_RETAINWORLD_H
#define TESTS_RETAINWORLD_H

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakesys.h"
#include "retain.h"

#define KIB 1024

static struct retain retain;
static struct settings settings;
static struct diag diag;
static char *memory;
static const char *open_name; /* lines go to it */
static uint64_t written;
static bool is_full;

static inline bool is_open(const void *context, const char *name,
			   const struct stat *st)
{
	(void)context;
	assert_true(S_ISREG(st->st_mode));
	return open_name && strcmp(name, open_name) == 0;
}

/* Noon of 2026-11-22, and an empty directory. */
static inline int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	fake_reset();
	fake_create("/log", S_IFDIR | 0755, "");
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	settings = (struct settings){ .keepmin_days = 2 };
	open_name = NULL;
	written = 0;
	is_full = false;
	memory = NULL;
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	walk_end(&retain.walk);
	assert_int_equal(fake_open_fds(), 1);
	free(memory);
	fake_reset();
	return 0;
}

/* Days before today. */
static inline void keep(unsigned days)
{
	settings.keep_days = days + 1;
}

/* After the settings were made. */
static inline void begin(const char *file)
{
	const struct retain_setup setup = {
		.sys = &fakesys,
		.diag = &diag,
		.settings = &settings,
		.dir = "/log",
		.is_open = is_open,
	};

	assert_null(filename_compile(&settings.file, file));
	if (retain_bytes(&settings) > 0)
		memory = calloc(1, retain_bytes(&settings));
	retain_init(&retain, &setup, memory);
}

/* As the engine's loop does, for @ms milliseconds of the clock. */
static inline void run_for(uint64_t ms)
{
	uint64_t end = fake.now_ms + ms;

	while (fake.now_ms < end) {
		retain_step(&retain, written, is_full, fake.now_ms);
		fake.now_ms = deadline_earlier(
			end, retain_deadline(&retain) > fake.now_ms
				     ? retain_deadline(&retain)
				     : fake.now_ms + 1);
	}
}

/* Steps until files are about to go. */
static inline void go_to_removal(void)
{
	while (retain.phase != RETAIN_REMOVES || retain.candidates.count == 0) {
		retain_step(&retain, 0, false, fake.now_ms);
		fake.now_ms++;
	}
}

/* A file of @bytes below /log, and the directories that it is in. */
static inline struct fake_node *make(const char *name, size_t bytes)
{
	struct fake_node *node;
	char path[512];
	char *slash;

	snprintf(path, sizeof(path), "/log/%s", name);
	for (slash = strchr(path + 5, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!fake_node(path))
			fake_create(path, S_IFDIR | 0755, "");
		*slash = '/';
	}
	node = fake_create(path, S_IFREG | 0600, "");
	node->hole = bytes;
	return node;
}

static inline bool is_there(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "/log/%s", name);
	return fake_node(path) != NULL;
}

static inline void assert_there(const char *name)
{
	if (!is_there(name))
		fail_msg("%s is gone; %s", name, fake_text("stderr"));
}

static inline void assert_gone(const char *name)
{
	if (is_there(name))
		fail_msg("%s is there; %s", name, fake_text("stderr"));
}

static inline void assert_said(const char *text)
{
	if (!strstr(fake_text("stderr"), text))
		fail_msg("no \"%s\" in:\n%s", text, fake_text("stderr"));
}

#endif
