/* Tests of outq: lines that are set aside. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "outq.h"
#include "rig.h"

#define ROOM   (OUTQ_BLOCK_BYTES - 8) /* bytes of lines in a block */
#define BLOCKS 12

struct fixture {
	struct pool pool;
	struct outq queue;
	struct model_bytes expected; /* what waits after outq_recall() */
};

static struct fixture f;

static int set_up(void **state)
{
	(void)state;
	f = (struct fixture){ .pool = rig_pool(BLOCKS) };
	outq_init(&f.queue, &f.pool);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	outq_take(&f.queue, outq_waiting(&f.queue));
	outq_drop_aside(&f.queue);
	assert_int_equal(pool_available(&f.pool), BLOCKS);
	free(f.pool.memory);
	free(f.expected.at);
	return 0;
}

/* Puts a line of @len bytes, which is in @expected, if that is not NULL. */
static void put(size_t len, unsigned seed, struct model_bytes *expected)
{
	char *line = rig_line(len, seed);

	assert_true(outq_put(&f.queue, line, len));
	if (expected)
		model_append(expected, line, len);
	free(line);
}

static void assert_recalled(void)
{
	outq_recall(&f.queue);
	assert_int_equal(outq_aside(&f.queue), 0);
	assert_int_equal(outq_waiting(&f.queue), f.expected.len);
	assert_true(rig_waits(&f.queue, f.expected.at, f.expected.len));
}

/* But behind those of which some are taken, which can't be put before. */
static void test_lines_set_aside_wait_again_before_others(void **state)
{
	/* Of the lines that are passed, and of those that wait. */
	static const size_t lengths[] = { 1,	    50,		  ROOM - 1,
					  ROOM,	    ROOM + 1,	  2 * ROOM,
					  3 * ROOM, 3 * ROOM + 77 };
	const size_t n = sizeof(lengths) / sizeof(lengths[0]);
	struct model_bytes aside = { 0 }, rest = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 2 * n * n; i++) {
		bool takes = i % 2 > 0;

		aside.len = rest.len = 0;
		put(7, 1, NULL);
		outq_pass(&f.queue, 7);
		put(9, 2, &aside);
		put(lengths[i / 2 / n], 3, &aside);
		outq_confirm(&f.queue);
		put(lengths[i / 2 % n], 4, &rest);
		outq_pass(&f.queue, aside.len);
		assert_true(outq_set_aside(&f.queue));
		assert_int_equal(outq_aside(&f.queue), aside.len);
		assert_int_equal(outq_passed(&f.queue), 0);
		assert_int_equal(outq_waiting(&f.queue), rest.len);
		put(11, 5, &rest);
		outq_pass(&f.queue, takes ? 1 : 0);
		if (takes)
			model_append(&f.expected, rest.at + 1, rest.len - 1);
		model_append(&f.expected, aside.at, aside.len);
		if (!takes)
			model_append(&f.expected, rest.at, rest.len);
		assert_recalled();
		tear_down(NULL);
		set_up(NULL);
	}
	free(aside.at);
	free(rest.at);
}

static void test_lines_set_aside_wait_alone(void **state)
{
	(void)state;
	put(100, 1, &f.expected);
	outq_pass(&f.queue, 100);
	assert_true(outq_set_aside(&f.queue));
	assert_recalled();
	/* More is put behind them. */
	put(200, 2, &f.expected);
	assert_recalled();
}

static void test_more_lines_are_set_aside_behind_them(void **state)
{
	static const size_t lengths[] = { 1, 50, ROOM - 50, ROOM, 2 * ROOM };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put(lengths[i], (unsigned)i, &f.expected);
		outq_pass(&f.queue, lengths[i]);
		assert_true(outq_set_aside(&f.queue));
	}
	assert_int_equal(outq_aside(&f.queue), f.expected.len);
	assert_recalled();
}

static void test_a_torn_line_is_not_set_aside(void **state)
{
	struct model_bytes whole = { 0 };

	(void)state;
	put(100, 1, &whole);
	put(300, 2, &whole);
	outq_pass(&f.queue, 150);
	assert_true(outq_set_aside(&f.queue));
	assert_int_equal(outq_aside(&f.queue), 100);
	assert_int_equal(outq_torn(&f.queue), 50);
	outq_rewind(&f.queue);
	model_append(&f.expected, whole.at, whole.len);
	assert_recalled();
	free(whole.at);
}

static void test_lines_set_aside_survive_all_else(void **state)
{
	(void)state;
	put(100, 1, &f.expected);
	outq_pass(&f.queue, 100);
	assert_true(outq_set_aside(&f.queue));
	put(50, 2, NULL);
	outq_take(&f.queue, 50);
	put(50, 3, NULL);
	outq_pass(&f.queue, 50);
	outq_put_back(&f.queue);
	outq_take(&f.queue, 50);
	assert_int_equal(pool_available(&f.pool), BLOCKS - 1);
	assert_recalled();
}

static void test_dropped_lines_are_gone(void **state)
{
	(void)state;
	put(3 * ROOM, 1, NULL);
	outq_pass(&f.queue, 3 * ROOM);
	assert_true(outq_set_aside(&f.queue));
	assert_int_equal(pool_available(&f.pool), BLOCKS - 3);
	outq_drop_aside(&f.queue);
	assert_int_equal(outq_aside(&f.queue), 0);
	assert_int_equal(pool_available(&f.pool), BLOCKS);
	assert_recalled();
}

static void test_without_room_nothing_changes(void **state)
{
	(void)state;
	put(BLOCKS / 2 * ROOM + 1, 1, &f.expected);
	outq_pass(&f.queue, BLOCKS / 2 * ROOM + 1);
	assert_false(outq_set_aside(&f.queue));
	assert_int_equal(outq_aside(&f.queue), 0);
	outq_put_back(&f.queue);
	assert_recalled();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_lines_set_aside_wait_again_before_others),
		CASE(test_lines_set_aside_wait_alone),
		CASE(test_more_lines_are_set_aside_behind_them),
		CASE(test_a_torn_line_is_not_set_aside),
		CASE(test_lines_set_aside_survive_all_else),
		CASE(test_dropped_lines_are_gone),
		CASE(test_without_room_nothing_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
