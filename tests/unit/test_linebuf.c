/* Tests of linebuf: unfinished lines in blocks of a shared pool. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "linebuf.h"
#include "model.h"
#include "rig.h"

#define BLOCKS	 8
#define LONGEST	 (BLOCKS * LINEBUF_BLOCK_BYTES)
#define NO_LINES 5

static const struct linebuf_begin some_begin = {
	.arrival = { .tv_sec = 1767225599, .tv_nsec = 999999999 },
	.since_ms = UINT64_C(1) << 40,
};

static struct pool new_pool(void)
{
	struct pool pool;
	void *memory = malloc(LONGEST);

	assert_non_null(memory);
	memset(memory, 0xa5, LONGEST);
	pool_init(&pool, memory, LONGEST, LINEBUF_BLOCK_BYTES);
	return pool;
}

/* What a line of @bytes differs from another by. */
static void fill(unsigned char *bytes, size_t len, unsigned seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (unsigned char)(seed + i * 7 + i / 251);
}

static void assert_line(uint32_t line, const struct pool *pool,
			const unsigned char *bytes, size_t len)
{
	unsigned char *copy = malloc(len + 1);

	assert_non_null(copy);
	assert_int_equal(linebuf_length(line, pool), len);
	copy[len] = 0xa5;
	linebuf_copy(line, pool, copy);
	if (len > 0)
		assert_memory_equal(copy, bytes, len);
	assert_int_equal(copy[len], 0xa5);
	free(copy);
}

static void assert_begin(uint32_t line, const struct pool *pool)
{
	const struct linebuf_begin *begin = linebuf_begin(line, pool);

	assert_int_equal(begin->arrival.tv_sec, some_begin.arrival.tv_sec);
	assert_int_equal(begin->arrival.tv_nsec, some_begin.arrival.tv_nsec);
	assert_int_equal(begin->since_ms, some_begin.since_ms);
}

/* How many bytes fit into a line that has all blocks. */
static size_t most_bytes(void)
{
	struct pool pool = new_pool();
	unsigned char bytes[LONGEST];
	uint32_t line = LINEBUF_EMPTY;
	size_t most;

	fill(bytes, sizeof(bytes), 0);
	linebuf_start(&line, &pool, &some_begin);
	most = linebuf_add(line, &pool, bytes, sizeof(bytes));
	assert_line(line, &pool, bytes, most);
	free(pool.memory);
	return most;
}

static void test_a_new_line_has_no_bytes_and_its_begin(void **state)
{
	struct pool pool = new_pool();
	uint32_t line = LINEBUF_EMPTY;

	(void)state;
	linebuf_start(&line, &pool, &some_begin);
	assert_int_not_equal(line, LINEBUF_EMPTY);
	assert_int_equal(pool_available(&pool), BLOCKS - 1);
	assert_line(line, &pool, NULL, 0);
	assert_begin(line, &pool);
	linebuf_clear(&line, &pool);
	assert_int_equal(line, LINEBUF_EMPTY);
	assert_int_equal(pool_available(&pool), BLOCKS);
	free(pool.memory);
}

static void test_lines_of_every_length_come_back_as_they_went_in(void **state)
{
	const size_t most = most_bytes();
	struct pool pool = new_pool();
	unsigned char bytes[LONGEST];
	uint32_t line = LINEBUF_EMPTY;
	size_t len;

	(void)state;
	for (len = 0; len <= most + 1; len++) {
		size_t taken = len < most ? len : most;

		fill(bytes, len, (unsigned)len);
		linebuf_start(&line, &pool, &some_begin);
		assert_int_equal(linebuf_add(line, &pool, bytes, len), taken);
		assert_line(line, &pool, bytes, taken);
		assert_begin(line, &pool);
		linebuf_clear(&line, &pool);
		assert_int_equal(pool_available(&pool), BLOCKS);
	}
	free(pool.memory);
}

static void test_pieces_of_every_length_make_the_same_line(void **state)
{
	const size_t most = most_bytes();
	struct pool pool = new_pool();
	unsigned char bytes[LONGEST];
	size_t piece;

	(void)state;
	fill(bytes, sizeof(bytes), 3);
	for (piece = 1; piece <= 2 * LINEBUF_BLOCK_BYTES + 1; piece++) {
		uint32_t line = LINEBUF_EMPTY;
		size_t at = 0, n;

		linebuf_start(&line, &pool, &some_begin);
		while ((n = linebuf_add(line, &pool, bytes + at, piece)) > 0)
			at += n;
		assert_int_equal(at, most);
		assert_line(line, &pool, bytes, most);
		linebuf_clear(&line, &pool);
		assert_int_equal(pool_available(&pool), BLOCKS);
	}
	free(pool.memory);
}

/* The collector counts on this: adding never takes a block it can't use. */
static void test_blocks_are_taken_only_when_bytes_need_them(void **state)
{
	const size_t most = most_bytes();
	struct pool pool = new_pool();
	uint32_t line = LINEBUF_EMPTY;
	uint32_t used = 1;
	size_t len;

	(void)state;
	linebuf_start(&line, &pool, &some_begin);
	for (len = 0; len < most; len++) {
		uint32_t before = pool.used;

		assert_int_equal(linebuf_add(line, &pool, "", 0), 0);
		assert_int_equal(pool.used, before);
		assert_int_equal(linebuf_add(line, &pool, "x", 1), 1);
		used += pool.used - before;
	}
	assert_int_equal(used, BLOCKS);
	assert_true(most > LONGEST - LINEBUF_BLOCK_BYTES);
	free(pool.memory);
}

static void test_a_pool_that_is_spent_takes_what_fits_and_then_none(void **s)
{
	unsigned char bytes[LONGEST];
	uint32_t others, line;

	(void)s;
	fill(bytes, sizeof(bytes), 9);
	for (others = 0; others < BLOCKS; others++) {
		struct pool pool = new_pool();
		uint32_t i;
		size_t n;

		line = LINEBUF_EMPTY;
		linebuf_start(&line, &pool, &some_begin);
		for (i = 0; i < others; i++)
			pool_get(&pool);
		n = linebuf_add(line, &pool, bytes, sizeof(bytes));
		assert_int_equal(pool_available(&pool), 0);
		assert_line(line, &pool, bytes, n);
		assert_int_equal(linebuf_add(line, &pool, bytes, 1), 0);
		assert_line(line, &pool, bytes, n);
		linebuf_clear(&line, &pool);
		assert_int_equal(pool_available(&pool), BLOCKS - others);
		free(pool.memory);
	}
}

struct lines {
	struct pool pool;
	uint32_t numbers[NO_LINES];
	struct model_bytes models[NO_LINES];
};

static void add_some(struct lines *all, size_t i, uint64_t *random)
{
	unsigned char bytes[300];
	size_t len = rig_random(random, sizeof(bytes) + 1);

	fill(bytes, len, (unsigned)rig_random(random, 256));
	if (all->numbers[i] == LINEBUF_EMPTY) {
		if (pool_available(&all->pool) == 0)
			return;
		linebuf_start(&all->numbers[i], &all->pool, &some_begin);
	}
	len = linebuf_add(all->numbers[i], &all->pool, bytes, len);
	model_append(&all->models[i], bytes, len);
}

static void test_lines_side_by_side_never_mix(void **state)
{
	struct lines all = { .pool = new_pool() };
	uint64_t random = 4;
	size_t round, i;

	(void)state;
	for (i = 0; i < NO_LINES; i++)
		all.numbers[i] = LINEBUF_EMPTY;
	for (round = 0; round < 20000; round++) {
		i = rig_random(&random, NO_LINES);
		add_some(&all, i, &random);
		if (all.numbers[i] == LINEBUF_EMPTY)
			continue;
		assert_line(all.numbers[i], &all.pool, all.models[i].at,
			    all.models[i].len);
		if (rig_random(&random, 3) > 0)
			continue;
		linebuf_clear(&all.numbers[i], &all.pool);
		all.models[i].len = 0;
	}
	for (i = 0; i < NO_LINES; i++) {
		if (all.numbers[i] != LINEBUF_EMPTY)
			linebuf_clear(&all.numbers[i], &all.pool);
		free(all.models[i].at);
	}
	assert_int_equal(pool_available(&all.pool), BLOCKS);
	free(all.pool.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_line_has_no_bytes_and_its_begin),
		cmocka_unit_test(
			test_lines_of_every_length_come_back_as_they_went_in),
		cmocka_unit_test(
			test_pieces_of_every_length_make_the_same_line),
		cmocka_unit_test(
			test_blocks_are_taken_only_when_bytes_need_them),
		cmocka_unit_test(
			test_a_pool_that_is_spent_takes_what_fits_and_then_none),
		cmocka_unit_test(test_lines_side_by_side_never_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
