/*
 * promfile - what udplogger.prom says, as text.
 *
 * L1.  Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats"), for
 * node_exporter's textfile collector: for each metric "# HELP", "# TYPE", and
 * its series.  All are there from the start, with 0.
 */
#ifndef UDPLOGGER_PROMFILE_H
#define UDPLOGGER_PROMFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "class.h"
#include "reason.h"

#define PROMFILE_NAME "udplogger.prom"

/* How the boot before a boot had ended. */
enum promfile_before {
	PROMFILE_PANIC,
	PROMFILE_PLANNED,
	PROMFILE_SILENT,
	PROMFILE_UNKNOWN,
	PROMFILE_BEFORES
};

/* Counts are of this run; those that stand for a total never shrink. */
struct promfile_facts {
	const char *version;
	uint64_t datagrams;
	uint64_t bytes;
	uint64_t lines;
	uint64_t drops;
	uint64_t lost;
	uint64_t withheld;
	uint64_t doubles;
	uint64_t late;
	uint64_t left_out;
	uint64_t incidents[CLASSES];
	uint64_t boots[PROMFILE_BEFORES];
	uint64_t queue_bytes;
	uint64_t open_files;
	uint64_t senders;
	uint64_t evictions;
	uint64_t removed[RETAIN_REASONS];
	bool write_failing;
	struct timespec started; /* wall clock */
	struct timespec last_write; /* wall clock; 0: none yet */
};

/* All metrics but those of hosts; returns the length, without NUL. */
#define PROMFILE_HEAD_MAX 16384
size_t promfile_head(char out[PROMFILE_HEAD_MAX],
		     const struct promfile_facts *facts);

/* Of names of hosts=: the head of the first metric, or of the second. */
#define PROMFILE_HOST_MAX 512
size_t promfile_heard_head(char out[PROMFILE_HOST_MAX]);
size_t promfile_lines_head(char out[PROMFILE_HOST_MAX]);

/* A series of them; @len is at most 64. */
size_t promfile_heard(char out[PROMFILE_HOST_MAX], const char *name, size_t len,
		      const struct timespec *heard);
size_t promfile_lines(char out[PROMFILE_HOST_MAX], const char *name, size_t len,
		      uint64_t lines);

/* Writes a time in seconds, with three decimals; returns what follows. */
char *promfile_time(char *to, const struct timespec *time);

#endif
