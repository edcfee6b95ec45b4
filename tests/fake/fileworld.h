/*
 * fileworld - one log file on a disk in memory.  Included by the tests of
 * retrywrite.
 */
#ifndef TESTS_FILEWORLD_H
#define TESTS_FILEWORLD_H

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "fakesys.h"
#include "retrywrite.h"
#include "rig.h"

#define DAY	 20261122
#define PATH	 "/log/2026-11-22.log"
#define OLD	 "/log/old"
#define NEXT_DAY 20261123
#define NEXT	 "/log/2026-11-23.log"
#define BLOCKS	 4

static struct filetable files;
static struct outq *queue; /* of the file that @a_log writes */
static struct retrywrite_disk disk;
static struct diag diag;
static struct openfile_common settings;
static struct retrywrite a_log;
static char why[SAFEOPEN_WHY_MAX];

static inline int set_up(void **state)
{
	(void)state;
	fake_reset();
	rig_files_free(&files); /* a case may begin anew */
	rig_files_init(&files, (size_t)BLOCKS * OUTQ_BLOCK_BYTES);
	queue = rig_day(&files, DAY);
	disk = (struct retrywrite_disk){ .failing = false };
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	settings = (struct openfile_common){
		.sys = &fakesys,
		.diag = &diag,
		.names = { .dir = "/log" },
		.rules = { .sys = &fakesys, .mode = 0640 },
	};
	settings.names.table = &files;
	retrywrite_init(&a_log, &settings, &disk, 0);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	openfile_recall(&a_log.file, queue);
	openfile_close(&a_log.file);
	assert_int_equal(fake_open_fds(), 1);
	fake_reset();
	rig_files_free(&files);
	return 0;
}

static inline void put(const char *line)
{
	assert_true(outq_put(queue, line, strlen(line)));
}

/* The entry is given to the file of @day, if it is not that already. */
static inline void change_to_day(int32_t day)
{
	struct filetable_file *file = &files.files[0];

	if (file->period == STAMP_PERIOD(day, 0))
		return;
	file->period = STAMP_PERIOD(day, 0);
	file->serial = ++files.serial;
	snprintf(files.names, files.name_bytes, "%d-%02d-%02d.log", day / 10000,
		 day / 100 % 100, day % 100);
}

static inline int drain(int32_t day)
{
	change_to_day(day);
	return retrywrite_drain(&a_log, queue, fake.now_ms);
}

/* When to try again what failed. */
static inline uint64_t retry_time(void)
{
	return a_log.failing && a_log.of_disk ? disk.retry_ms : a_log.retry_ms;
}

static inline void put_and_drain(const char *line)
{
	put(line);
	assert_int_equal(drain(DAY), 0);
}

/* What was written is looked at once more, and is there. */
static inline void confirm(void)
{
	fake.now_ms += RETRYWRITE_CONFIRM_MS;
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(outq_passed(queue), 0);
}

static inline int open_file(int32_t day)
{
	change_to_day(day);
	return openfile_open(&a_log.file, queue, fake.now_ms, why);
}

/* stderr has @form, with libc's words for @error at one %s or two. */
static inline void assert_stderr(const char *form, int error)
{
	char wanted[1000];

	snprintf(wanted, sizeof(wanted), form, strerror(error),
		 strerror(error));
	assert_string_equal(fake_text("stderr"), wanted);
}

static inline void rename_it(void)
{
	fake_rename(PATH, OLD);
}

static inline void delete_it(void)
{
	fake_unlink(PATH);
}

static inline void replace_it(void)
{
	rename_it();
	fake_create(PATH, S_IFREG | 0600, "");
}

static inline void leave_it(void)
{
}

#endif
