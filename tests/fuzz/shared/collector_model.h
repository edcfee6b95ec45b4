/*
 * collector_model - what the collector has to write, by the plainest means.
 *
 * One byte at a time, flat buffers, every search from the beginning.  It
 * knows when a line ends (LF, length, time, a full table of sources), but
 * nothing of the memory for unfinished lines.
 */
#ifndef FUZZ_COLLECTOR_MODEL_H
#define FUZZ_COLLECTOR_MODEL_H

#include "collector.h"
#include "datagram.h"
#include "common.h"
#include "settings.h"
#include "spool.h"

#define MODEL_SOURCES 16
#define MODEL_DAYS    20
#define MODEL_NOON    ((time_t)1795348800) /* 2026-11-22 12:00:00 UTC */

struct text {
	char *bytes;
	size_t len, room;
};

void text_add(struct text *text, const void *bytes, size_t len);

struct model_source {
	bool known, cut;
	uint64_t heard, begun, since_ms;
	struct timespec arrival;
	struct text line;
	struct text sent; /* all that ever came, without LF */
	struct text shown; /* all that was read back from the files */
};

struct model {
	struct settings settings;
	bool scopes; /* interfaces with odd numbers are eth0 */
	struct model_source sources[MODEL_SOURCES];
	struct {
		int32_t day;
		struct text text;
	} files[MODEL_DAYS];
	uint64_t turn, lines;
};

void model_init(struct model *m, const struct settings *settings, bool scopes);
void model_free(struct model *m);

void model_put(struct model *m, unsigned number, const struct datagram *d,
	       uint64_t now_ms);
void model_expire(struct model *m, uint64_t now_ms);
void model_flush(struct model *m);
void model_note(struct model *m, time_t second, const char *text);
uint64_t model_deadline(const struct model *m);

/* What must be in the file of @day. */
const struct text *model_file(struct model *m, int32_t day);

/* Checks the form of each line of a file, and keeps the text by source. */
void model_read_lines(struct model *m, int32_t day, const struct text *file);

/* Holds what was kept by source against what the source had sent. */
void model_check_streams(struct model *m);

#endif
