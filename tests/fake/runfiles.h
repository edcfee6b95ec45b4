/*
 * runfiles - a directory with the files of run=, for tests that read them.
 * Included by them.
 */
#ifndef TESTS_RUNFILES_H
#define TESTS_RUNFILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "told.h"

#define RUNFILES_HEAD                                                      \
	"name\taddress\tport\theard\tlines\trate\tlost\tboots\tincident\t" \
	"incident_time\n"

static char runfiles[] = "/dev/shm/udplogger.XXXXXX";

static inline const char *runfiles_path(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", runfiles, name);
	return path;
}

static inline void runfiles_make(void)
{
	/* In memory, where that is offered: fuzzers write them often. */
	snprintf(runfiles, sizeof(runfiles), "%s/udplogger.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(runfiles))
		abort();
}

static inline void runfiles_remove(void)
{
	unlink(runfiles_path("senders"));
	unlink(runfiles_path("udplogger.prom"));
	rmdir(runfiles);
}

static inline void runfiles_put(const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(runfiles_path(name), "w");

	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		abort();
}

/* When the file of senders was written. */
static inline void runfiles_date(time_t time)
{
	const struct timeval times[2] = { { .tv_sec = time },
					  { .tv_sec = time } };

	if (utimes(runfiles_path("senders"), times))
		abort();
}

#endif
