/*
 * fuzz_collector - settings and a story from the input: datagrams of several
 * sources, a clock that moves in both directions, a disk that takes more or
 * less.  What came out for each day must be what the model has, byte for byte.
 *
 * Input: settings as in read_settings(), then operations as in step(); what
 * corpus.c makes of a recording is written in the same way.
 */
#include "collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "format.h"
#include "linebuf.h"
#include "model.h"
#include "rig.h"

#define SOURCES 16
#define NOON	((time_t)1795348800) /* 2026-11-22 12:00:00 UTC */

struct run {
	struct rig rig;
	struct model model;
	struct timespec arrival;
	uint64_t now_ms;
	uint64_t datagrams, bytes;
};

/* IPv4, link-local, and one whose text is as long as any. */
static void make_source(struct srcaddr *addr, unsigned number, bool has_port)
{
	memset(addr, 0, sizeof(*addr));
	addr->port = has_port ? (uint16_t)(6000 + number) : 0;
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

static void put(struct run *r, struct input *in)
{
	struct datagram d = { .arrival = r->arrival };
	unsigned number = input_byte(in) % SOURCES;
	size_t len = input_u16(in);

	make_source(&d.from, number, !r->rig.settings.by_address);
	d.bytes = input_bytes(in, len, &d.len);
	model_put(&r->model, &d, r->now_ms);
	collector_expect(&r->rig.collector, &d.from, 1);
	rig_put(&r->rig, &d, r->now_ms);
	r->datagrams++;
	r->bytes += d.len;
}

static void expire(struct run *r)
{
	model_expire(&r->model, r->now_ms);
	rig_expire(&r->rig, r->now_ms);
	MUST(collector_deadline(&r->rig.collector) > r->now_ms);
	MUST(collector_deadline(&r->rig.collector) ==
	     model_deadline(&r->model));
}

static void flush(struct run *r)
{
	const struct pool *held = &r->rig.collector.assembler.held;

	model_flush(&r->model);
	rig_flush(&r->rig);
	MUST(collector_deadline(&r->rig.collector) == DEADLINE_NEVER);
	MUST(pool_available(held) == held->blocks);
}

static void note(struct run *r)
{
	model_note(&r->model, r->arrival.tv_sec, "7 datagrams lost");
	while (!collector_note(&r->rig.collector, &r->arrival, 7, 0,
			       "7 datagrams lost"))
		MUST(rig_take_some(&r->rig));
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
	case 1: /* the wall clock jumps, by up to six days */
		r->arrival.tv_sec = NOON + ((int)input_u16(in) - 32768) * 16;
		break;
	case 2:
		rig_take(&r->rig, input_u16(in) + 1U);
		break;
	case 3:
		while (rig_take(&r->rig, SIZE_MAX))
			continue;
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

static struct settings read_settings(struct input *in)
{
	unsigned flags = input_byte(in);
	unsigned clients = input_byte(in) % 12 + 1;
	size_t wbuf = input_u16(in) % (flags & 16 ? 32U : 4096U) + 8;
	size_t blocks = input_byte(in) % 16 + 1;

	return (struct settings){
		.clients = clients,
		.wbuf_bytes = wbuf,
		.held_bytes = blocks * LINEBUF_BLOCK_BYTES,
		.timeout_ms = 5000,
		.raw = (flags & 2) != 0,
		.by_address = (flags & 4) != 0,
		.line = (uint8_t)(flags / 32 % 3),
	};
}

/* One day's longest line must fit; a queue may hold one block back. */
static uint32_t spool_blocks(const struct settings *settings, unsigned more)
{
	size_t longest = FORMAT_MAX(settings->wbuf_bytes);

	return (uint32_t)(longest / 16000 + 2 + RIG_DAYS + more);
}

static void finish(struct run *r)
{
	const struct collector *c = &r->rig.collector;
	char why[RIG_WHY_MAX];

	flush(r);
	if (!rig_is_like(&r->rig, &r->model, why))
		fuzz_broken(why, __FILE__, __LINE__);
	MUST(filetable_waiting(&r->rig.files) == 0);
	MUST(c->counts.datagrams == r->datagrams);
	MUST(c->counts.bytes == r->bytes);
	MUST(c->output.lines == r->model.lines);
	MUST(c->sources.count <= r->rig.settings.clients);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC0", 1);
	tzset();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	struct settings settings = read_settings(&in);
	unsigned more = input_byte(&in);
	static struct run r;

	r = (struct run){ .arrival = { .tv_sec = NOON } };
	rig_init(&r.rig, &settings, spool_blocks(&settings, more % 4), NULL);
	r.rig.most_taken = more / 4 * 300;
	model_init(&r.model, &settings);
	/* As little credit as one input can use up. */
	r.model.credit = more / 4;
	r.rig.collector.assembler.credit = more / 4;
	while (in.left > 0)
		step(&r, &in);
	finish(&r);
	model_free(&r.model);
	rig_free(&r.rig);
	return 0;
}
