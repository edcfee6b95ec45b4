/* Tests of outq: takes that end in mid-line, and lines put back. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "model.h"
#include "outq.h"
#include "rig.h"

#define ROOM (OUTQ_BLOCK_BYTES - 8) /* bytes of lines in a block */

static void assert_waiting(const struct outq *queue, const void *want,
			   size_t len)
{
	assert_int_equal(outq_waiting(queue), len);
	assert_true(rig_waits(queue, want, len));
}

/* Three lines over several blocks, and every offset. */
static const size_t line_lengths[] = { 100, 2 * ROOM + 500, 1, ROOM - 601, 50 };
#define LINES (sizeof(line_lengths) / sizeof(line_lengths[0]))

/* All lines, one after another. */
static struct model_bytes some_lines(void)
{
	struct model_bytes all = { 0 };
	size_t i;

	for (i = 0; i < LINES; i++) {
		char *line = rig_line(line_lengths[i], (unsigned)i);

		model_append(&all, line, line_lengths[i]);
		free(line);
	}
	return all;
}

static void put_lines(struct outq *queue, const struct model_bytes *all)
{
	size_t i, at = 0;

	for (i = 0; i < LINES; i++) {
		assert_true(
			outq_put(queue, (char *)all->at + at, line_lengths[i]));
		at += line_lengths[i];
	}
}

/* Where the line begins that the byte at @at is part of. */
static size_t line_begin(const struct model_bytes *all, size_t at)
{
	while (at > 0 && all->at[at - 1] != '\n')
		at--;
	return at;
}

/* The next offset to try: all that are near an edge, and some others. */
static size_t next_offset(const struct model_bytes *all, size_t at)
{
	size_t next = at + 1, edge = 0, i;

	for (i = 0; i < LINES; i++) {
		edge += line_lengths[i];
		if (at + 20 >= edge && at <= edge + 20)
			return next;
	}
	if (at % ROOM <= 20 || at % ROOM >= ROOM - 20)
		return next;
	return next + 36 < all->len ? next + 16 : next;
}

static void test_a_take_of_any_length_leaves_the_rest(void **state)
{
	struct model_bytes all = some_lines();
	struct pool pool = rig_pool(5);
	struct outq queue;
	size_t n, begin;

	(void)state;
	outq_init(&queue, &pool);
	for (n = 0; n <= all.len; n = next_offset(&all, n)) {
		put_lines(&queue, &all);
		outq_take(&queue, n);
		assert_waiting(&queue, all.at + n, all.len - n);
		begin = line_begin(&all, n);
		assert_int_equal(outq_is_torn(&queue), begin < n);
		outq_rewind(&queue);
		assert_false(outq_is_torn(&queue));
		assert_waiting(&queue, all.at + begin, all.len - begin);
		outq_take(&queue, all.len - begin);
		assert_int_equal(pool_available(&pool), 5);
	}
	free(all.at);
	free(pool.memory);
}

static void test_takes_of_equal_length_reach_the_end(void **state)
{
	static const size_t steps[] = { 1,    2,	3,    7,       97,
					1000, ROOM - 1, ROOM, ROOM + 1 };
	struct model_bytes all = some_lines();
	struct pool pool = rig_pool(5);
	struct outq queue;
	size_t i, at, n;

	(void)state;
	outq_init(&queue, &pool);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		put_lines(&queue, &all);
		for (at = 0; at < all.len; at += n) {
			n = all.len - at < steps[i] ? all.len - at : steps[i];
			outq_take(&queue, n);
			assert_int_equal(outq_waiting(&queue),
					 all.len - at - n);
			assert_int_equal(outq_is_torn(&queue),
					 all.at[at + n - 1] != '\n');
		}
		assert_int_equal(pool_available(&pool), 5);
	}
	free(all.at);
	free(pool.memory);
}

static void test_a_torn_line_is_kept_and_no_line_before_it(void **state)
{
	struct pool pool = rig_pool(4);
	char *first = rig_line(ROOM + 10, 1);
	char *second = rig_line(3 * ROOM - 10, 2);
	struct outq queue;

	(void)state;
	outq_init(&queue, &pool);
	assert_true(outq_put(&queue, first, ROOM + 10));
	assert_true(outq_put(&queue, second, 3 * ROOM - 10));
	outq_take(&queue, ROOM + 9);
	assert_int_equal(pool_available(&pool), 0);
	outq_take(&queue, 2);
	assert_int_equal(pool_available(&pool), 1);
	outq_take(&queue, 3 * ROOM - 12);
	assert_int_equal(pool_available(&pool), 1);
	outq_rewind(&queue);
	assert_waiting(&queue, second, 3 * ROOM - 10);
	outq_take(&queue, 3 * ROOM - 10);
	assert_int_equal(pool_available(&pool), 4);
	free(second);
	free(first);
	free(pool.memory);
}

/* ---- anything in any order, against a stream that is kept whole ---- */

struct stream {
	struct outq queue;
	struct model_bytes all;
	size_t taken;
};

static void put_random(struct stream *s, uint64_t *random)
{
	size_t len =
		1 + rig_random(random, rig_random(random, 4) ? 200 : 40000);
	char *line = rig_line(len, (unsigned)rig_random(random, 90));
	char *place = NULL;
	bool done;

	if (rig_random(random, 2))
		place = outq_reserve(&s->queue, len + rig_random(random, 50));
	done = place != NULL;
	if (place) {
		memcpy(place, line, len);
		outq_commit(&s->queue, len);
	} else {
		done = outq_put(&s->queue, line, len);
	}
	if (done)
		model_append(&s->all, line, len);
	free(line);
}

static void take_random(struct stream *s, uint64_t *random)
{
	size_t waiting = s->all.len - s->taken;
	size_t most = rig_random(random, 2) ? waiting : 100;
	size_t n = rig_random(random, (most < waiting ? most : waiting) + 1);

	outq_take(&s->queue, n);
	s->taken += n;
}

static void step(struct stream *s, uint64_t *random)
{
	switch (rig_random(random, 5)) {
	case 0:
	case 1:
		put_random(s, random);
		break;
	case 2:
		outq_rewind(&s->queue);
		s->taken = line_begin(&s->all, s->taken);
		break;
	default:
		take_random(s, random);
	}
	assert_waiting(&s->queue, s->all.at + s->taken, s->all.len - s->taken);
	assert_int_equal(outq_is_torn(&s->queue),
			 line_begin(&s->all, s->taken) < s->taken);
	if (s->taken == s->all.len)
		s->taken = s->all.len = 0;
}

static void test_queues_of_one_pool_never_mix_or_lose_a_byte(void **state)
{
	struct pool pool = rig_pool(7);
	struct stream streams[3] = { 0 };
	uint64_t random = 5;
	size_t i, round;

	(void)state;
	for (i = 0; i < 3; i++) {
		outq_init(&streams[i].queue, &pool);
		model_append(&streams[i].all, "x", 1);
		streams[i].all.len = 0;
	}
	for (round = 0; round < 20000; round++)
		step(&streams[rig_random(&random, 3)], &random);
	for (i = 0; i < 3; i++) {
		outq_take(&streams[i].queue, outq_waiting(&streams[i].queue));
		free(streams[i].all.at);
	}
	assert_int_equal(pool_available(&pool), 7);
	free(pool.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_take_of_any_length_leaves_the_rest),
		cmocka_unit_test(test_takes_of_equal_length_reach_the_end),
		cmocka_unit_test(
			test_a_torn_line_is_kept_and_no_line_before_it),
		cmocka_unit_test(
			test_queues_of_one_pool_never_mix_or_lose_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
