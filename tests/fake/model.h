/*
 * model - what a collector must write, worked out the slow way.
 *
 * Written from the contract and not from lib/lines: sources are an array that is
 * searched from end to end, a line is an array of bytes that is copied when it
 * grows, time is spelled by strftime(), text is decoded and encoded again to see
 * whether it was UTF-8.  The model never finds a queue full; a
 * collector that does, and is called again, must come to the same bytes.
 *
 * What it takes from lib/ are the types in collector.h, and the sizes of a
 * block that holds an unfinished line, since a line that is written early for
 * want of memory depends on them.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "collector.h"
#include "datagram.h"
#include "settings.h"

/* Bytes that grow. */
struct model_bytes {
	unsigned char *at; /* a NUL stands behind; NULL: none yet */
	size_t len;
	size_t room;
};

/* All that was written to the file of one day. */
struct model_day {
	int32_t day; /* 20261122 */
	struct model_bytes log;
};

struct model_source {
	bool used;
	struct srcaddr addr;
	bool heard; /* again, since its turn to make way */
	struct model_bytes line; /* unfinished, when it has bytes */
	uint64_t begun; /* order in which unfinished lines began */
	time_t second; /* wall time at which it began */
	uint64_t since_ms; /* monotonic time at which it began */
	bool cut; /* goes on a line that was too long */
	bool after_cr; /* the last line ended at CR */
};

struct model {
	struct settings settings;
	struct model_source *sources; /* settings.clients of them */
	struct model_day *days;
	size_t day_count;
	uint64_t happened; /* counts what did, for begun */
	uint32_t next; /* whose turn it is to make way */
	struct model_source *last; /* heard of all; NULL: none yet */
	uint64_t lines;
	int64_t credit; /* lines of datagrams that have too many */
	uint64_t credit_ms; /* when that was last reckoned */
};

void model_init(struct model *m, const struct settings *settings);
void model_free(struct model *m);

void model_put(struct model *m, const struct datagram *d, uint64_t now_ms);
void model_expire(struct model *m, uint64_t now_ms);
void model_flush(struct model *m);
void model_note(struct model *m, time_t second, const char *text);
uint64_t model_deadline(const struct model *m);

/* The log of @day; made, and empty, when it is the first that asks. */
struct model_bytes *model_log(struct model_day **days, size_t *count,
			      int32_t day);

void model_append(struct model_bytes *to, const void *bytes, size_t len);

/* Whether @c acts on how a line is read, and is not seen itself. */
bool model_is_unseen(uint32_t c);

/* Appends the safe form of @in, as escape_text() writes it. */
void model_escape(struct model_bytes *to, const unsigned char *in, size_t len);

/* What escape_cut_character() says of @in. */
size_t model_cut_character(const unsigned char *in, size_t len);

/* Writes "ADDRESS:PORT" of @addr, scopes by number, into @text. */
void model_source_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr);

#endif
