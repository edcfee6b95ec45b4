/* rig - a collector with its queues, for tests; see rig.h. */
#include "rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "incidentsfile.h"
#include "linebuf.h"

#define MOST_PARTS 64 /* of a queue that is looked at */

/* SplitMix64, by Guy Steele and others: any seed will do, 0 too. */
uint64_t rig_random64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

size_t rig_random(uint64_t *state, size_t below)
{
	return (size_t)(rig_random64(state) % below);
}

void rig_hash_keys(uint64_t keys[SRCADDR_HASH_KEYS], uint64_t seed)
{
	size_t i;

	for (i = 0; i < SRCADDR_HASH_KEYS; i++)
		keys[i] = rig_random64(&seed);
}

void *rig_memory(size_t bytes)
{
	void *memory;

	if (posix_memalign(&memory, SOURCE_BYTES, bytes > 0 ? bytes : 1) != 0)
		abort();
	memset(memory, 0, bytes);
	return memory;
}

static struct settings of_days(size_t queue_bytes)
{
	struct settings settings = { .queue_bytes = queue_bytes };

	if (filename_compile(&settings.file, "%Y-%m-%d.log"))
		abort();
	return settings;
}

static void begin_files(struct filetable *files, void *memory, void *blocks,
			size_t queue_bytes)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 3, 5 };
	static struct settings settings;

	settings = of_days(queue_bytes);
	filetable_init(files, &settings, keys, memory, blocks);
}

void rig_files_init(struct filetable *files, size_t queue_bytes)
{
	struct settings settings = of_days(queue_bytes);

	begin_files(files, rig_memory(filetable_bytes(&settings)),
		    rig_memory(queue_bytes), queue_bytes);
}

void rig_files_reset(struct filetable *files)
{
	size_t queue_bytes =
		(size_t)files->blocks.blocks * files->blocks.block_bytes;
	struct settings settings = of_days(queue_bytes);

	memset(files->files, 0, filetable_bytes(&settings));
	begin_files(files, files->files, files->blocks.memory, queue_bytes);
}

void rig_files_free(struct filetable *files)
{
	free(files->files);
	free(files->blocks.memory);
	*files = (struct filetable){ .files = NULL };
}

struct outq *rig_day(struct filetable *files, int32_t day)
{
	const struct filetable_line line = {
		.source = FILETABLE_NONE,
		.period = STAMP_PERIOD(day, 0),
	};
	uint32_t file = filetable_choose(files, &line);

	return file == FILETABLE_NONE ? NULL : filetable_queue(files, file);
}

void rig_init(struct rig *rig, const struct settings *settings,
	      uint32_t spool_blocks, struct outq *tee)
{
	size_t bytes = (size_t)spool_blocks * OUTQ_BLOCK_BYTES;

	uint64_t hash_keys[SRCADDR_HASH_KEYS];

	rig_hash_keys(hash_keys, 1);
	*rig = (struct rig){ .settings = *settings, .random = 1 };
	rig->memory = rig_memory(collector_bytes(settings));
	rig_files_init(&rig->files, bytes);
	collector_init(&rig->collector, &rig->settings, hash_keys, rig->memory,
		       &rig->files, tee);
}

void rig_free(struct rig *rig)
{
	size_t i;

	for (i = 0; i < rig->day_count; i++)
		free(rig->days[i].log.at);
	free(rig->days);
	free(rig->memory);
	rig_files_free(&rig->files);
}

/* Takes the first @len of the waiting bytes of @file. */
static void take(struct rig *rig, uint32_t file, size_t len)
{
	struct outq *queue = filetable_queue(&rig->files, file);
	uint32_t period = rig->files.files[file].period;
	int32_t day = (int32_t)STAMP_PERIOD_DAY(period);
	struct model_bytes *log =
		model_log(&rig->days, &rig->day_count,
			  incidentsfile_has(period) ? -day : day);
	size_t left = len;
	struct iovec iov;

	while (left > 0) {
		size_t n;

		if (outq_peek(queue, &iov, 1) != 1)
			abort();
		n = iov.iov_len < left ? iov.iov_len : left;
		model_append(log, iov.iov_base, n);
		outq_take(queue, n);
		left -= n;
	}
	if (!filetable_is_used(&rig->files, file))
		filetable_release(&rig->files, file);
}

bool rig_take(struct rig *rig, size_t most)
{
	size_t count = rig->files.count;
	size_t first = count > 0 ? rig_random(&rig->random, count) : 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t file = (uint32_t)((first + i) % count);
		size_t len = outq_waiting(filetable_queue(&rig->files, file));

		if (len == 0)
			continue;
		take(rig, file, len < most ? len : most);
		return true;
	}
	return false;
}

bool rig_take_some(struct rig *rig)
{
	if (rig->most_taken == 0)
		return rig_take(rig, SIZE_MAX);
	return rig_take(rig, 1 + rig_random(&rig->random, rig->most_taken));
}

/* With empty queues nothing may be refused: what was put can't be too long. */
static void make_room(struct rig *rig)
{
	bool took = rig_take_some(rig);

	if (!took)
		abort();
	rig->refusals++;
}

void rig_put(struct rig *rig, const struct datagram *d, uint64_t now_ms)
{
	size_t offset = 0, before = 0;

	while (!collector_put(&rig->collector, d, &offset, now_ms)) {
		if (offset < before || offset > d->len)
			abort();
		before = offset;
		make_room(rig);
	}
}

void rig_expire(struct rig *rig, uint64_t now_ms)
{
	while (!collector_expire(&rig->collector, now_ms))
		make_room(rig);
}

void rig_flush(struct rig *rig)
{
	while (!collector_flush(&rig->collector))
		make_room(rig);
}

const struct model_bytes *rig_log(struct rig *rig, int32_t day)
{
	while (rig_take(rig, SIZE_MAX))
		continue;
	return model_log(&rig->days, &rig->day_count, day);
}

#define SHOWN 120 /* bytes from where logs part, and as many before it */

/* Appends some bytes of @log around @at to @text, printable. */
static void show(struct model_bytes *text, const char *what,
		 const struct model_bytes *log, size_t at)
{
	size_t begin = at > SHOWN ? at - SHOWN : 0;
	size_t len = log->len - begin;

	model_append(text, what, strlen(what));
	model_escape(text, log->at + begin, len < 2 * SHOWN ? len : 2 * SHOWN);
}

static bool is_like_day(struct rig *rig, const struct model_day *day,
			char why[RIG_WHY_MAX])
{
	const struct model_bytes *log = rig_log(rig, day->day);
	struct model_bytes text = { 0 };
	size_t at = 0;

	while (at < log->len && at < day->log.len &&
	       log->at[at] == day->log.at[at])
		at++;
	if (at == log->len && at == day->log.len)
		return true;
	show(&text, "\nthe log has  ", log, at);
	show(&text, "\nthe model has ", &day->log, at);
	snprintf(why, RIG_WHY_MAX, "%d, byte %zu:%.*s", (int)day->day, at,
		 (int)text.len, (const char *)text.at);
	free(text.at);
	return false;
}

bool rig_is_like(struct rig *rig, struct model *model, char why[RIG_WHY_MAX])
{
	size_t i;

	rig_log(rig, 0);
	/* Days of which the model has nothing must have nothing. */
	for (i = 0; i < rig->day_count; i++)
		model_log(&model->days, &model->day_count, rig->days[i].day);
	for (i = 0; i < model->day_count; i++)
		if (!is_like_day(rig, &model->days[i], why))
			return false;
	return true;
}

struct srcaddr rig_source(uint8_t host, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct srcaddr addr;

	sin.sin_addr.s_addr = htonl(0xc0000200u | host);
	sin.sin_port = htons(port);
	srcaddr_from(&addr, (struct sockaddr *)&sin, sizeof(sin));
	return addr;
}

struct pool rig_pool(uint32_t blocks)
{
	size_t bytes = (size_t)blocks * OUTQ_BLOCK_BYTES;
	struct pool pool;

	pool_init(&pool, rig_memory(bytes), bytes, OUTQ_BLOCK_BYTES);
	return pool;
}

char *rig_line(size_t len, unsigned seed)
{
	char *line = rig_memory(len);
	size_t i;

	for (i = 0; i + 1 < len; i++)
		line[i] = (char)('!' + (seed + i + i / 90) % 90);
	if (len > 0)
		line[len - 1] = '\n';
	return line;
}

bool rig_waits(const struct outq *queue, const void *want, size_t len)
{
	struct iovec iov[MOST_PARTS];
	int parts = outq_peek(queue, iov, MOST_PARTS), i;
	const char *at = want;

	for (i = 0; i < parts; i++) {
		if (iov[i].iov_len == 0 || iov[i].iov_len > len ||
		    memcmp(iov[i].iov_base, at, iov[i].iov_len) != 0)
			return false;
		at += iov[i].iov_len;
		len -= iov[i].iov_len;
	}
	return len == 0;
}

struct settings rig_settings(void)
{
	return (struct settings){
		.clients = 16,
		.wbuf_bytes = 1024,
		.held_bytes = (size_t)1024 * LINEBUF_BLOCK_BYTES,
		.timeout_ms = 10000,
	};
}
