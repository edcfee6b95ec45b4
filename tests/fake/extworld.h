/*
 * extworld - what the tests of extwrite, extpass and extended have in common:
 * senders, and one day's queue with as much room as a test wants.  Included by
 * them.
 */
#ifndef TESTS_EXTWORLD_H
#define TESTS_EXTWORLD_H

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "datagram.h"
#include "extmsg.h"
#include "limit.h"
#include "output.h"
#include "rig.h"
#include "settings.h"
#include "source.h"
#include "filetable.h"

#define SENDERS	 4
#define NOON	 1795348800 /* 2026-11-22 12:00:00 UTC */
#define DAY	 20261122
#define STAMP	 "2026-11-22 12:00:00 "
#define HEAD	 STAMP "192.0.2.1:6665 "
#define ALL_ROOM ((size_t)2 * OUTQ_BLOCK_BYTES)

static struct settings settings;
static struct source_table sources;
static struct filetable files;
static struct output output;
static struct limit limit;
static void *table_memory;
static void *limit_memory;
static char *line_memory;
static char *filler; /* what takes the room that a test doesn't want */
static size_t filler_len;
static char log_text[1 << 20]; /* what was taken out of the queue */
static size_t log_len;

/* Settings that read records; senders 192.0.2.1 and on, numbers 0 and on. */
static inline void begin_world(void)
{
	uint64_t keys[SRCADDR_HASH_KEYS];
	uint8_t i;

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	settings = rig_settings();
	settings.clients = SENDERS;
	settings.extended = true;
	settings.reorder_ms = 10;
	rig_hash_keys(keys, 1);
	table_memory = rig_memory(source_table_bytes(SENDERS));
	source_table_init(&sources, SENDERS, keys, table_memory);
	for (i = 0; i < SENDERS; i++) {
		struct srcaddr addr = rig_source((uint8_t)(i + 1), 6665);

		source_add(&sources, &addr);
	}
	limit_memory = rig_memory(limit_bytes(&settings));
	rig_files_init(&files, ALL_ROOM);
	line_memory = rig_memory((size_t)1 << 20);
	filler = rig_memory((size_t)3 * OUTQ_BLOCK_BYTES);
	memset(filler, '\n', (size_t)3 * OUTQ_BLOCK_BYTES);
}

static inline void end_world(void)
{
	free(table_memory);
	free(limit_memory);
	rig_files_free(&files);
	free(line_memory);
	free(filler);
}

/* How much the queue holds in all. */
static inline size_t capacity(void)
{
	struct outq *queue = rig_day(&files, DAY);
	size_t len = 0;

	while (outq_put(queue, "\n", 1))
		len++;
	outq_take(queue, len);
	return len;
}

/* An empty queue, with room for @room bytes and no more. */
static inline void begin_log(size_t room)
{
	size_t most;

	rig_files_reset(&files);
	output_init(&output, &settings, &files, NULL, line_memory);
	limit_init(&limit, &settings, &sources, &output, limit_memory);
	most = capacity();
	filler_len = room < most ? most - room : 0;
	if (filler_len > 0)
		assert_true(outq_put(rig_day(&files, DAY), filler, filler_len));
	log_len = 0;
}

/* Takes out all that waits; returns what was logged so far. */
static inline const char *logged(void)
{
	struct outq *queue = rig_day(&files, DAY);
	struct iovec iov;

	outq_take(queue, filler_len);
	filler_len = 0;
	while (outq_waiting(queue) > 0 && outq_peek(queue, &iov, 1) == 1) {
		assert_true(log_len + iov.iov_len < sizeof(log_text));
		memcpy(log_text + log_len, iov.iov_base, iov.iov_len);
		log_len += iov.iov_len;
		outq_take(queue, iov.iov_len);
	}
	log_text[log_len] = '\0';
	return log_text;
}

/* The header of a record, whose text is @text; only the latest is valid. */
static inline struct extmsg *header_of(const char *text)
{
	static struct extmsg header;

	assert_true(extmsg_read(&header, (const unsigned char *)text,
				strlen(text)));
	return &header;
}

#endif
