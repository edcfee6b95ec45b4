/*
 * recorded - recordings of real kernels, played to a rig by their own clock.
 */
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

#include "collecting.h"

#include <stdbool.h>
#include <stdio.h>

#include "dgrams.h"

#define RECORDINGS "tests/data/"

static inline bool is_top_directory(void)
{
	FILE *file = fopen("lib/lines/collector.h", "r");

	if (file)
		fclose(file);
	return file != NULL;
}

/* Opens a recording, or by gzip NAME.gz; false where that can't be. */
static inline bool open_recording(struct dgrams *d, const char *name)
{
	char path[128], *text = NULL;
	size_t len = 0, n;
	FILE *file;

	snprintf(path, sizeof(path), RECORDINGS "%s.dgrams", name);
	if (dgrams_open(d, path) == 0)
		return true;
	dgrams_close(d);
	snprintf(path, sizeof(path),
		 "gzip -dc " RECORDINGS "%s.dgrams.gz 2>/dev/null", name);
	file = popen(path, "r");
	if (!file)
		return false;
	do {
		text = realloc(text, len + 65536);
		assert_non_null(text);
		n = fread(text + len, 1, 65536, file);
		len += n;
	} while (n > 0);
	dgrams_from_memory(d, text, len);
	d->owned = text;
	if (pclose(file) == 0 && len > 0)
		return true;
	dgrams_close(d);
	return false;
}

static inline struct srcaddr source_of(const struct dgram *dgram)
{
	unsigned a, b, c, d;
	struct srcaddr addr = rig_source(0, dgram->port);

	assert_int_equal(sscanf(dgram->addr, "%u.%u.%u.%u", &a, &b, &c, &d), 4);
	addr.ip[12] = (uint8_t)a;
	addr.ip[13] = (uint8_t)b;
	addr.ip[14] = (uint8_t)c;
	addr.ip[15] = (uint8_t)d;
	return addr;
}

/* Plays all of @recording, from one second after midnight on. */
static inline void play(struct rig *rig, struct dgrams *recording)
{
	struct dgram dgram;

	while (dgrams_next(recording, &dgram) == 1) {
		const uint64_t now_ms = 1000 + dgram.at_us / 1000;
		struct datagram d = {
			.bytes = dgram.bytes,
			.len = dgram.len,
			.from = source_of(&dgram),
			.arrival = { MIDNIGHT + (time_t)(now_ms / 1000),
				     (long)(now_ms % 1000) * 1000000 },
		};

		rig_expire(rig, now_ms);
		rig_put(rig, &d, now_ms);
	}
	rig_flush(rig);
	assert_string_equal(recording->error, "");
}

#endif
