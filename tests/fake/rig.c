/* rig - a collector with its queues, for tests; see rig.h. */
#include "rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

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

void rig_init(struct rig *rig, const struct settings *settings,
	      uint32_t spool_blocks, struct outq *tee)
{
	size_t bytes = (size_t)spool_blocks * OUTQ_BLOCK_BYTES;

	uint64_t hash_keys[SRCADDR_HASH_KEYS];

	rig_hash_keys(hash_keys, 1);
	*rig = (struct rig){ .settings = *settings, .random = 1 };
	rig->memory = rig_memory(collector_bytes(settings));
	rig->spool_memory = rig_memory(bytes);
	spool_init(&rig->spool, rig->spool_memory, bytes);
	collector_init(&rig->collector, &rig->settings, hash_keys, rig->memory,
		       &rig->spool, tee);
}

void rig_free(struct rig *rig)
{
	size_t i;

	for (i = 0; i < rig->day_count; i++)
		free(rig->days[i].log.at);
	free(rig->days);
	free(rig->memory);
	free(rig->spool_memory);
}

/* Takes the first @len of the waiting bytes of @slot. */
static void take(struct rig *rig, struct spool_slot *slot, size_t len)
{
	struct model_bytes *log =
		model_log(&rig->days, &rig->day_count, slot->day);
	size_t left = len;
	struct iovec iov;

	while (left > 0) {
		size_t n;

		if (outq_peek(&slot->queue, &iov, 1) != 1)
			abort();
		n = iov.iov_len < left ? iov.iov_len : left;
		model_append(log, iov.iov_base, n);
		outq_take(&slot->queue, n);
		left -= n;
	}
}

bool rig_take(struct rig *rig, size_t most)
{
	size_t first = rig_random(&rig->random, SPOOL_SLOTS);
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		struct spool_slot *slot =
			&rig->spool.slots[(first + i) % SPOOL_SLOTS];
		size_t len = outq_waiting(&slot->queue);

		if (len == 0)
			continue;
		take(rig, slot, len < most ? len : most);
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
