/*
 * rig - a collector with its queues and with memory of its own, for tests.
 *
 * What is taken from the queues is kept as the files would hold it.  A call
 * that finds the queues full is made again after some bytes were taken, as
 * collector.h asks; how many, and from which day, the rig draws by lot, so
 * that queues are emptied in every way a disk could.  The lots come from a
 * seed and are the same on every machine.
 */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "collector.h"
#include "filetable.h"
#include "model.h"
#include "settings.h"

struct rig {
	struct settings settings; /* a copy */
	struct collector collector;
	struct filetable files;
	void *memory;
	struct model_day *days; /* what was taken, like a model's */
	size_t day_count;
	uint64_t random; /* state of the lots */
	size_t most_taken; /* bytes at once; 0: everything there is */
	uint64_t refusals; /* calls that found the queues full */
};

/* A number by lot, any of 64 bits. */
uint64_t rig_random64(uint64_t *state);

/* A number by lot, below @below, which is not 0. */
size_t rig_random(uint64_t *state, size_t below);

/* The keys that @seed gives. */
void rig_hash_keys(uint64_t keys[SRCADDR_HASH_KEYS], uint64_t seed);

/* Zeroed memory of just @bytes, aligned as tables are; to be freed. */
void *rig_memory(size_t bytes);

#define RIG_DAYS 16 /* days at once */

/*
 * A table of files, one for each day, whose queues have @queue_bytes; and the
 * queue of a day, or NULL.
 */
void rig_files_init(struct filetable *files, size_t queue_bytes);
void rig_files_reset(struct filetable *files); /* as new */
void rig_files_free(struct filetable *files);
struct outq *rig_day(struct filetable *files, int32_t day);

/*
 * The hash keys are those of seed 1.  @spool_blocks: memory for queues, in blocks
 * of OUTQ_BLOCK_BYTES.
 */
void rig_init(struct rig *rig, const struct settings *settings,
	      uint32_t spool_blocks, struct outq *tee);
void rig_free(struct rig *rig);

/* Each makes its call until it returns true. */
void rig_put(struct rig *rig, const struct datagram *d, uint64_t now_ms);
void rig_expire(struct rig *rig, uint64_t now_ms);
void rig_flush(struct rig *rig);

/*
 * Takes up to @most bytes out of a queue that has any; false when none has.
 * rig_take_some() leaves the number to the lots.
 */
bool rig_take(struct rig *rig, size_t most);
bool rig_take_some(struct rig *rig);

/*
 * Takes all bytes out of all queues; returns what @day got so far, and -@day
 * for its file of incidents.
 */
const struct model_bytes *rig_log(struct rig *rig, int32_t day);

/*
 * Whether all that was taken, and all that waits, is what @model has for each
 * day.  If not, @why says where they part, in printable bytes.
 */
#define RIG_WHY_MAX 1500
bool rig_is_like(struct rig *rig, struct model *model, char why[RIG_WHY_MAX]);

/* A source: 192.0.2.@host, port @port. */
struct srcaddr rig_source(uint8_t host, uint16_t port);

/* A pool of @blocks for queues; the caller frees its memory. */
struct pool rig_pool(uint32_t blocks);

/* A line of @len bytes, its LF included, as @seed has it; to be freed. */
char *rig_line(size_t len, unsigned seed);

/* Whether what waits in @queue, in whatever parts, is @len bytes at @want. */
bool rig_waits(const struct outq *queue, const void *want, size_t len);

/* Settings that no test's input reaches the limits of. */
struct settings rig_settings(void);

#endif
