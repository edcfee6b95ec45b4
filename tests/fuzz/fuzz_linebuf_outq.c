/*
 * fuzz_linebuf_outq - operations on unfinished lines and on queues against
 * flat byte arrays that do the same.
 */
#include "linebuf.h"
#include "outq.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "common.h"

#define LINES	    5
#define LINE_BLOCKS 24
#define QUEUES	    3
#define OUT_BLOCKS  6
#define FLAT_MAX    (OUT_BLOCKS * OUTQ_BLOCK_BYTES)
#define PIECES	    7
#define STEPS_MAX   200

/* Everything that was put, and how much of it was taken. */
struct flat {
	char bytes[FLAT_MAX];
	size_t len, taken, kept;
};

struct state {
	struct pool held;
	uint32_t lines[LINES];
	struct linebuf_begin begins[LINES];
	size_t lengths[LINES];
	unsigned char texts[LINES][LINE_BLOCKS * LINEBUF_BLOCK_BYTES];
	struct pool blocks;
	struct outq queues[QUEUES];
	struct flat flats[QUEUES];
	unsigned filler;
};

static void check_line(struct state *s, unsigned i)
{
	unsigned char *copy;

	if (s->lines[i] == LINEBUF_EMPTY)
		return;
	copy = malloc(s->lengths[i] + 1);
	MUST(linebuf_length(s->lines[i], &s->held) == s->lengths[i]);
	MUST(linebuf_begin(s->lines[i], &s->held)->since_ms ==
	     s->begins[i].since_ms);
	linebuf_copy(s->lines[i], &s->held, copy);
	MUST(memcmp(copy, s->texts[i], s->lengths[i]) == 0);
	free(copy);
}

static void start_line(struct state *s, unsigned i)
{
	if (s->lines[i] != LINEBUF_EMPTY || pool_available(&s->held) == 0)
		return;
	s->begins[i].since_ms = ++s->filler;
	s->lengths[i] = 0;
	linebuf_start(&s->lines[i], &s->held, &s->begins[i]);
}

/* Bytes that tell their place, since the input is short. */
static void fill(struct state *s, unsigned char *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (unsigned char)('!' + (s->filler + i * 7) % 90);
	s->filler++;
}

static void add_to_line(struct state *s, unsigned i, size_t len)
{
	unsigned char bytes[2048];
	uint32_t available = pool_available(&s->held);
	size_t took;

	if (s->lines[i] == LINEBUF_EMPTY)
		return;
	len %= sizeof(bytes);
	fill(s, bytes, len);
	took = linebuf_add(s->lines[i], &s->held, bytes, len);
	MUST(took <= len);
	MUST(took == len || pool_available(&s->held) == 0);
	MUST(available - pool_available(&s->held) <= len / 200 + 1);
	memcpy(s->texts[i] + s->lengths[i], bytes, took);
	s->lengths[i] += took;
}

static void clear_line(struct state *s, unsigned i)
{
	if (s->lines[i] == LINEBUF_EMPTY)
		return;
	linebuf_clear(&s->lines[i], &s->held);
	MUST(s->lines[i] == LINEBUF_EMPTY);
}

/* What the queue shows must be what was put and not yet taken. */
static void check_queue(struct state *s, unsigned q)
{
	const struct flat *flat = &s->flats[q];
	struct iovec pieces[PIECES];
	int n = outq_peek(&s->queues[q], pieces, PIECES);
	size_t at = flat->taken;
	int i;

	MUST(outq_waiting(&s->queues[q]) == flat->len - flat->taken);
	MUST(outq_is_torn(&s->queues[q]) == (flat->taken > flat->kept));
	for (i = 0; i < n; i++) {
		MUST(pieces[i].iov_len > 0);
		MUST(pieces[i].iov_len <= flat->len - at);
		MUST(memcmp(pieces[i].iov_base, flat->bytes + at,
			    pieces[i].iov_len) == 0);
		at += pieces[i].iov_len;
	}
	MUST(at == flat->len || n == PIECES);
}

static void put(struct state *s, unsigned q, size_t len, bool reserve)
{
	struct flat *flat = &s->flats[q];
	unsigned char line[40000];
	char *place = NULL;
	bool done;

	len = len % sizeof(line) + 1;
	if (flat->len + len > FLAT_MAX)
		return;
	fill(s, line, len);
	line[len - 1] = '\n';
	if (reserve && (place = outq_reserve(&s->queues[q], len))) {
		memcpy(place, line, len);
		outq_commit(&s->queues[q], len);
	}
	done = place || outq_put(&s->queues[q], (const char *)line, len);
	MUST(done || pool_available(&s->blocks) * OUTQ_BLOCK_BYTES <
			     len + OUTQ_BLOCK_BYTES);
	if (!done)
		return;
	memcpy(flat->bytes + flat->len, line, len);
	flat->len += len;
}

/* The kept line begins behind the last LF that was taken. */
static void find_kept(struct flat *flat)
{
	flat->kept = flat->taken;
	if (flat->taken == flat->len)
		flat->kept = flat->taken = flat->len = 0;
	while (flat->kept > 0 && flat->bytes[flat->kept - 1] != '\n')
		flat->kept--;
}

static void drop_passed(struct flat *flat)
{
	memmove(flat->bytes, flat->bytes + flat->kept, flat->len - flat->kept);
	flat->len -= flat->kept;
	flat->taken -= flat->kept;
	flat->kept = 0;
}

static void take(struct state *s, unsigned q, size_t len)
{
	struct flat *flat = &s->flats[q];
	size_t waiting = outq_waiting(&s->queues[q]);

	if (waiting == 0)
		return;
	len = len % 8 == 0 ? waiting : len % waiting + 1;
	outq_take(&s->queues[q], len);
	flat->taken += len;
	find_kept(flat);
	drop_passed(flat);
}

static void put_back(struct state *s, unsigned q)
{
	outq_rewind(&s->queues[q]);
	s->flats[q].taken = s->flats[q].kept;
}

static void step(struct state *s, struct input *in)
{
	unsigned code = input_byte(in);
	unsigned i = code / 8 % LINES;
	unsigned q = code / 8 % QUEUES;
	size_t len = input_u16(in);

	switch (code % 8) {
	case 0:
	case 1:
		start_line(s, i);
		add_to_line(s, i, len);
		break;
	case 2:
		clear_line(s, i);
		break;
	case 3:
	case 4:
		put(s, q, len, code % 8 == 3);
		break;
	case 5:
	case 6:
		take(s, q, len);
		break;
	default:
		put_back(s, q);
	}
	check_line(s, i);
	check_queue(s, q);
}

/* Every block comes back. */
static void finish(struct state *s)
{
	unsigned i;

	for (i = 0; i < LINES; i++) {
		check_line(s, i);
		clear_line(s, i);
	}
	for (i = 0; i < QUEUES; i++) {
		check_queue(s, i);
		put_back(s, i);
		check_queue(s, i);
		if (outq_waiting(&s->queues[i]) > 0)
			outq_take(&s->queues[i], outq_waiting(&s->queues[i]));
	}
	MUST(pool_available(&s->held) == LINE_BLOCKS);
	MUST(s->blocks.used <= QUEUES);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	static struct state state;
	struct state *s = &state;
	void *held = malloc(LINE_BLOCKS * LINEBUF_BLOCK_BYTES);
	void *blocks = malloc(OUT_BLOCKS * OUTQ_BLOCK_BYTES);
	unsigned i, steps;

	s->filler = 0;
	pool_init(&s->held, held, LINE_BLOCKS * LINEBUF_BLOCK_BYTES,
		  LINEBUF_BLOCK_BYTES);
	pool_init(&s->blocks, blocks, OUT_BLOCKS * OUTQ_BLOCK_BYTES,
		  OUTQ_BLOCK_BYTES);
	for (i = 0; i < LINES; i++)
		s->lines[i] = LINEBUF_EMPTY;
	for (i = 0; i < QUEUES; i++) {
		outq_init(&s->queues[i], &s->blocks);
		s->flats[i].len = s->flats[i].taken = s->flats[i].kept = 0;
	}
	for (steps = 0; in.left > 0 && steps < STEPS_MAX; steps++)
		step(s, &in);
	finish(s);
	free(blocks);
	free(held);
	return 0;
}
