/*
 * fuzz_collector - settings and a story from the input: datagrams of several
 * sources, a clock that moves in both directions, a disk that takes more or
 * less.
 *
 * A plain model does the same with flat buffers, and what came out for each
 * day must be its text, byte for byte.  Where memory for unfinished lines is
 * short, the model can't know which line is written early; then the bytes of
 * each source must come out in order, once, in lines that name it.
 *
 * Input: settings as in read_settings(), then operations as in step(); what
 * corpus.c makes of a recording is written in the same way.
 */
#include "collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "collector_model.h"
#include "format.h"
#include "linebuf.h"

#define MEMORY_ALIGN 64

/* What drained of one day. */
struct file {
	int32_t day;
	struct text text;
};

struct run {
	struct collector collector;
	struct settings settings;
	uint64_t hash_keys[SRCADDR_HASH_KEYS];
	struct srcaddr_scopes scopes; /* those with odd numbers, */
	bool named; /* if interfaces have names */
	struct spool spool;
	struct pool tee_blocks;
	struct outq tee;
	struct model model;
	struct file files[MODEL_DAYS];
	struct timespec arrival;
	uint64_t now_ms;
	uint64_t datagrams, bytes;
	bool exact; /* enough memory that the model knows every line */
};

static struct text *file_of(struct run *r, int32_t day)
{
	unsigned i;

	for (i = 0; i < MODEL_DAYS; i++) {
		if (r->files[i].day == 0)
			r->files[i].day = day;
		if (r->files[i].day == day)
			return &r->files[i].text;
	}
	abort();
}

/* Takes up to @max bytes of each day, as a disk would. */
static void drain(struct run *r, size_t max)
{
	struct iovec piece;
	size_t i;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		struct spool_slot *slot = &r->spool.slots[i];
		size_t left = max;

		while (left > 0 && outq_peek(&slot->queue, &piece, 1) > 0) {
			size_t n = piece.iov_len < left ? piece.iov_len : left;

			text_add(file_of(r, slot->day), piece.iov_base, n);
			outq_take(&slot->queue, n);
			left -= n;
		}
	}
}

static void drain_tee(struct run *r)
{
	size_t waiting = outq_waiting(&r->tee);

	if (waiting > 0)
		outq_take(&r->tee, waiting);
}

/* IPv4, link-local, and one whose text is as long as any. */
static void make_source(struct srcaddr *addr, unsigned number)
{
	memset(addr, 0, sizeof(*addr));
	addr->port = (uint16_t)(6000 + number);
	if (number % 3 == 0) {
		memset(addr->ip + 10, 0xff, 2);
		addr->ip[12] = 10;
	} else if (number % 3 == 1) {
		addr->ip[0] = 0xfe;
		addr->ip[1] = 0x80;
		addr->scope = number;
	} else {
		memset(addr->ip, 0xdd, sizeof(addr->ip));
	}
	addr->ip[15] = (uint8_t)number;
}

/*
 * Whatever the collector had no room for, it must be able to do once all
 * queues are empty; and it says no only while something is in them.
 */
static void make_room(struct run *r, unsigned *tries)
{
	MUST(spool_waiting(&r->spool) > 0);
	drain(r, *tries < 3 ? 100 : SIZE_MAX);
	MUST(++*tries < 4000);
}

static void put(struct run *r, struct input *in)
{
	struct datagram d = { .arrival = r->arrival };
	unsigned number = input_byte(in) % MODEL_SOURCES;
	size_t len = input_u16(in);
	unsigned tries = 0;
	size_t offset = 0;

	make_source(&d.from, number);
	d.bytes = input_bytes(in, len, &d.len);
	model_put(&r->model, number, &d, r->now_ms);
	collector_expect(&r->collector, &d.from, 1);
	while (!collector_put(&r->collector, &d, &offset, r->now_ms)) {
		MUST(offset <= d.len);
		make_room(r, &tries);
	}
	MUST(offset == d.len);
	r->datagrams++;
	r->bytes += d.len;
}

static void expire(struct run *r)
{
	unsigned tries = 0;

	model_expire(&r->model, r->now_ms);
	while (!collector_expire(&r->collector, r->now_ms))
		make_room(r, &tries);
	MUST(collector_deadline(&r->collector) > r->now_ms);
	if (r->exact)
		MUST(collector_deadline(&r->collector) ==
		     model_deadline(&r->model));
}

static void flush(struct run *r)
{
	unsigned tries = 0;

	model_flush(&r->model);
	while (!collector_flush(&r->collector))
		make_room(r, &tries);
	MUST(collector_deadline(&r->collector) == DEADLINE_NEVER);
	MUST(pool_available(&r->collector.assembler.held) ==
	     r->collector.assembler.held.blocks);
}

static void note(struct run *r)
{
	unsigned tries = 0;

	model_note(&r->model, r->arrival.tv_sec, "7 datagrams lost");
	while (!collector_note(&r->collector, &r->arrival, 7,
			       "7 datagrams lost"))
		make_room(r, &tries);
}

/*
 * The wall clock jumps, by up to six days to either side of noon; within the
 * day where only the order of lines in one file can be checked.
 */
static void step_wall(struct run *r, unsigned amount)
{
	int seconds = (int)amount - 32768;

	r->arrival.tv_sec = MODEL_NOON + (r->exact ? seconds * 16 : seconds);
}

static void step(struct run *r, struct input *in)
{
	unsigned code = input_byte(in);

	switch (code % 16) {
	case 0:
		r->now_ms += input_u16(in);
		r->arrival.tv_sec++;
		expire(r);
		break;
	case 1:
		step_wall(r, input_u16(in));
		break;
	case 2:
		drain(r, input_u16(in));
		break;
	case 3:
		drain(r, SIZE_MAX);
		drain_tee(r);
		break;
	case 4:
		flush(r);
		break;
	case 5:
		note(r);
		break;
	default:
		r->now_ms += code / 16;
		put(r, in);
	}
}

static void read_settings(struct run *r, struct input *in)
{
	unsigned flags = input_byte(in);
	unsigned clients = input_byte(in) % 12 + 1;
	size_t wbuf = input_u16(in) % (flags & 16 ? 32U : 4096U) + 8;
	size_t blocks = input_byte(in) % 16 + 1;

	r->exact = (flags & 1) == 0;
	if (r->exact)
		blocks = clients * (wbuf / 200 + 2);
	r->settings = (struct settings){
		.clients = clients,
		.wbuf_bytes = wbuf,
		.held_bytes = blocks * LINEBUF_BLOCK_BYTES,
		.timeout_ms = 5000,
		.raw = (flags & 2) != 0,
	};
	r->hash_keys[0] = flags;
	r->hash_keys[1] = 7;
	r->named = flags & 4;
}

/* One day's longest line must fit; a queue may hold one block back. */
static size_t spool_bytes(const struct run *r, unsigned more)
{
	size_t longest = FORMAT_MAX(r->settings.wbuf_bytes);

	return (longest / 16000 + 2 + SPOOL_SLOTS + more) * OUTQ_BLOCK_BYTES;
}

static void check_exact(struct run *r)
{
	unsigned i;

	for (i = 0; i < MODEL_DAYS; i++) {
		const struct text *is = &r->files[i].text;
		const struct text *should;

		if (r->files[i].day == 0)
			continue;
		should = model_file(&r->model, r->files[i].day);
		MUST(is->len == should->len);
		MUST(is->len == 0 ||
		     memcmp(is->bytes, should->bytes, is->len) == 0);
	}
	MUST(r->collector.output.lines == r->model.lines);
}

static void check_streams(struct run *r)
{
	unsigned i;

	for (i = 0; i < MODEL_DAYS; i++)
		if (r->files[i].day != 0)
			model_read_lines(&r->model, r->files[i].day,
					 &r->files[i].text);
	if (!r->exact)
		model_check_streams(&r->model);
}

static void finish(struct run *r)
{
	const struct collector_counts *counts = &r->collector.counts;

	flush(r);
	drain(r, SIZE_MAX);
	MUST(spool_waiting(&r->spool) == 0);
	MUST(counts->datagrams == r->datagrams && counts->bytes == r->bytes);
	MUST(r->collector.sources.count <= r->settings.clients);
	check_streams(r);
	if (r->exact)
		check_exact(r);
}

/* aligned_alloc() wants a multiple of the alignment. */
static size_t memory_bytes(const struct run *r)
{
	return (collector_bytes(&r->settings) + MEMORY_ALIGN - 1) /
	       MEMORY_ALIGN * MEMORY_ALIGN;
}

static void free_files(struct run *r)
{
	unsigned i;

	for (i = 0; i < MODEL_DAYS; i++)
		free(r->files[i].text.bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC0", 1);
	tzset();
	return 0;
}

static void name_scopes(struct run *r)
{
	uint32_t i;

	for (i = 1; i < SRCADDR_SCOPES_MAX; i += 2)
		srcaddr_scope_add(&r->scopes, i, "eth0");
	if (r->named)
		r->collector.sources.scopes = &r->scopes;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	struct run *r = calloc(1, sizeof(*r));
	bool with_tee = len > 0 && (bytes[0] & 8);
	void *memory, *blocks, *tee;
	size_t size;

	read_settings(r, &in);
	size = spool_bytes(r, input_byte(&in) % 4);
	blocks = malloc(size);
	tee = malloc(OUTQ_BLOCK_BYTES);
	memory = aligned_alloc(MEMORY_ALIGN, memory_bytes(r));
	memset(memory, 0, memory_bytes(r));
	spool_init(&r->spool, blocks, size);
	pool_init(&r->tee_blocks, tee, OUTQ_BLOCK_BYTES, OUTQ_BLOCK_BYTES);
	outq_init(&r->tee, &r->tee_blocks);
	collector_init(&r->collector, &r->settings, r->hash_keys, memory,
		       &r->spool, with_tee ? &r->tee : NULL);
	name_scopes(r);
	model_init(&r->model, &r->settings, r->named);
	r->arrival.tv_sec = MODEL_NOON;
	while (in.left > 0)
		step(r, &in);
	finish(r);
	model_free(&r->model);
	free_files(r);
	free(memory);
	free(tee);
	free(blocks);
	free(r);
	return 0;
}
