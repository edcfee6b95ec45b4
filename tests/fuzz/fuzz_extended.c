/*
 * fuzz_extended - datagrams of a few sources, of extended netconsole or not,
 * into a collector whose queues are large, and into one whose queues are full
 * all the time: both must write the same.  All of it may be looked at, and each
 * line begins with a stamp and its source.
 *
 * Input: two bytes of settings, then source, milliseconds, length (two bytes)
 * and bytes of each datagram; corpus.c makes such of recordings.
 *
 * What is written as JSON is added to the file that FUZZ_JSON names, if it is
 * set, so that somebody else can say whether it is JSON.
 */
#include "collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "common.h"
#include "linebuf.h"
#include "model.h"
#include "rig.h"

#define SOURCES 4 /* that send; the table has room for fewer, or more */

struct run {
	struct collector collector;
	struct filetable files;
	size_t most; /* bytes that are taken at once */
	bool json, iso;
	struct model_bytes log;
};

static void take(struct run *r, size_t most)
{
	size_t i;

	for (i = 0; i < r->files.count; i++) {
		struct outq *queue = &r->files.files[i].queue;
		struct iovec piece;

		while (most > 0 && outq_peek(queue, &piece, 1) > 0) {
			size_t n = piece.iov_len < most ? piece.iov_len : most;

			model_append(&r->log, piece.iov_base, n);
			outq_take(queue, n);
			most -= n;
		}
	}
}

static void put(struct run *r, const struct datagram *d, uint64_t now_ms)
{
	size_t offset = 0;

	while (!collector_put(&r->collector, d, &offset, now_ms)) {
		MUST(offset <= d->len);
		MUST(filetable_waiting(&r->files) > 0);
		take(r, r->most);
	}
	MUST(offset == d->len);
	while (!collector_expire(&r->collector, now_ms)) {
		MUST(filetable_waiting(&r->files) > 0);
		take(r, r->most);
	}
	MUST(collector_deadline(&r->collector) > now_ms);
}

static void play(struct run *r, struct input in, uint32_t blocks, size_t most)
{
	uint8_t how = input_byte(&in);
	uint8_t more = input_byte(&in);
	static const uint64_t hash_keys[SRCADDR_HASH_KEYS] = { 1, 3, 5 };
	const struct settings settings = {
		.clients = 1 + how % 8,
		.wbuf_bytes = 1000,
		.held_bytes = 64 * LINEBUF_BLOCK_BYTES,
		.timeout_ms = 1000,
		.extended = true,
		.level = how & 8,
		.hides_ansi = how & 16,
		.json = more & 1,
		.iso = more & 2,
		.reorder_ms = more / 4 % 32,
	};
	void *memory = calloc(1, collector_bytes(&settings));
	uint64_t now_ms = 1000;

	if (!memory)
		abort();
	r->most = most;
	r->json = settings.json;
	r->iso = settings.iso;
	rig_files_init(&r->files, (size_t)blocks * OUTQ_BLOCK_BYTES);
	collector_init(&r->collector, &settings, hash_keys, memory, &r->files,
		       NULL);
	while (in.left > 0) {
		struct datagram d = { .arrival = { 1000000000, 0 } };

		d.from.ip[15] = input_byte(&in) % SOURCES;
		d.from.port = 6665;
		now_ms += input_byte(&in) * 10;
		d.bytes = input_bytes(&in, input_u16(&in), &d.len);
		put(r, &d, now_ms);
	}
	while (!collector_flush(&r->collector))
		take(r, r->most);
	MUST(collector_unfinished(&r->collector) == 0);
	MUST(collector_deadline(&r->collector) == DEADLINE_NEVER);
	take(r, SIZE_MAX);
	free(memory);
	rig_files_free(&r->files);
}

static void check_lines(const struct run *r)
{
	static const char begin[] = "2001-09-09 01:46:40 [::";
	static const char iso[] = "2001-09-09T01:46:40.000000+00:00 [::";
	static const char json[] = "{\"time\":\"2001-09-09T01:46:40.000000+00:"
				   "00\",\"address\":\"::";
	const char *wanted = r->json ? json : r->iso ? iso : begin;
	const char *line = (const char *)r->log.at;
	const char *end = line + r->log.len;

	while (line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));

		MUST(lf && (size_t)(lf - line) > strlen(wanted));
		MUST(memcmp(line, wanted, strlen(wanted)) == 0);
		MUST(!r->json || lf[-1] == '}');
		MUST(reference_is_safe(line, (size_t)(lf - line)));
		line = lf + 1;
	}
}

static void keep_json(const struct run *r)
{
	const char *path = getenv("FUZZ_JSON");
	FILE *file;

	if (!path || !r->json)
		return;
	file = fopen(path, "ab");
	if (!file || fwrite(r->log.at, 1, r->log.len, file) != r->log.len ||
	    fclose(file))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct run large, small;
	struct input in = { bytes, len };

	setenv("TZ", "UTC0", 1);
	large.log.len = small.log.len = 0;
	/* The longest line there is fits into both. */
	play(&large, in, 256, SIZE_MAX);
	play(&small, in, 40, 1 + len % 5000);
	MUST(large.log.len == small.log.len);
	if (large.log.len == 0)
		return 0;
	MUST(memcmp(large.log.at, small.log.at, large.log.len) == 0);
	check_lines(&large);
	keep_json(&large);
	return 0;
}
