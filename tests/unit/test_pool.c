/* Tests of pool: numbered blocks out of one piece of memory. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "rig.h"

#define BLOCKS 100
#define SIZE   24

static void test_a_pool_has_as_many_blocks_as_fit(void **state)
{
	static unsigned char memory[10 * SIZE];
	struct pool pool;
	size_t bytes;

	(void)state;
	for (bytes = 0; bytes <= sizeof(memory); bytes++) {
		size_t got = 0;

		pool_init(&pool, memory, bytes, SIZE);
		assert_int_equal(pool_available(&pool), bytes / SIZE);
		while (pool_get(&pool) != POOL_NONE)
			got++;
		assert_int_equal(got, bytes / SIZE);
		assert_int_equal(pool_available(&pool), 0);
	}
}

static void test_a_block_has_at_least_the_bytes_of_a_link(void **state)
{
	static uint32_t memory[3];
	struct pool pool;

	(void)state;
	pool_init(&pool, memory, sizeof(memory), sizeof(uint32_t));
	assert_int_equal(pool_get(&pool), 0);
	assert_int_equal(pool_get(&pool), 1);
	pool_put(&pool, 0);
	pool_put(&pool, 1);
	assert_int_equal(pool_get(&pool), 1);
	assert_int_equal(pool_get(&pool), 0);
	assert_int_equal(pool_get(&pool), 2);
	assert_int_equal(pool_get(&pool), POOL_NONE);
}

static void test_blocks_lie_side_by_side(void **state)
{
	static unsigned char memory[BLOCKS * SIZE];
	struct pool pool;
	uint32_t i;

	(void)state;
	pool_init(&pool, memory, sizeof(memory), SIZE);
	for (i = 0; i < BLOCKS; i++)
		assert_ptr_equal(pool_at(&pool, i), memory + i * SIZE);
}

static void test_the_block_put_back_last_comes_first(void **state)
{
	static unsigned char memory[BLOCKS * SIZE];
	struct pool pool;
	uint32_t i;

	(void)state;
	pool_init(&pool, memory, sizeof(memory), SIZE);
	for (i = 0; i < 10; i++)
		pool_get(&pool);
	for (i = 0; i < 10; i++)
		pool_put(&pool, i);
	for (i = 10; i-- > 0;)
		assert_int_equal(pool_get(&pool), i);
	assert_int_equal(pool_get(&pool), 10);
}

static void test_memory_no_block_came_from_is_not_touched(void **state)
{
	static unsigned char memory[BLOCKS * SIZE];
	struct pool pool;
	size_t i;

	(void)state;
	memset(memory, 0xa5, sizeof(memory));
	pool_init(&pool, memory, sizeof(memory), SIZE);
	for (i = 0; i < 1000; i++) {
		uint32_t block = pool_get(&pool);

		assert_int_equal(block, 0);
		pool_put(&pool, block);
	}
	for (i = SIZE; i < sizeof(memory); i++)
		assert_int_equal(memory[i], 0xa5);
}

/* Puts what belongs to @block there, or tells whether it is still there. */
static void fill(const struct pool *pool, uint32_t block)
{
	memset(pool_at(pool, block), (int)(block + 1), SIZE);
}

static bool is_filled(const struct pool *pool, uint32_t block)
{
	const unsigned char *at = pool_at(pool, block);
	size_t i;

	for (i = 0; i < SIZE; i++)
		if (at[i] != block + 1)
			return false;
	return true;
}

static void test_no_block_is_handed_out_twice_and_none_is_changed(void **state)
{
	static unsigned char memory[BLOCKS * SIZE];
	bool used[BLOCKS] = { false };
	uint32_t count = 0;
	uint64_t random = 7;
	struct pool pool;
	size_t round;

	(void)state;
	pool_init(&pool, memory, sizeof(memory), SIZE);
	for (round = 0; round < 100000; round++) {
		uint32_t block = (uint32_t)rig_random(&random, BLOCKS);

		if (used[block]) {
			assert_true(is_filled(&pool, block));
			pool_put(&pool, block);
			used[block] = false;
			count--;
		} else if ((block = pool_get(&pool)) != POOL_NONE) {
			assert_true(block < BLOCKS);
			assert_false(used[block]);
			used[block] = true;
			fill(&pool, block);
			count++;
		}
		assert_int_equal(pool_available(&pool), BLOCKS - count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pool_has_as_many_blocks_as_fit),
		cmocka_unit_test(test_a_block_has_at_least_the_bytes_of_a_link),
		cmocka_unit_test(test_blocks_lie_side_by_side),
		cmocka_unit_test(test_the_block_put_back_last_comes_first),
		cmocka_unit_test(test_memory_no_block_came_from_is_not_touched),
		cmocka_unit_test(
			test_no_block_is_handed_out_twice_and_none_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
