/* Tests of spool: the queues of the days, out of one pool. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "spool.h"

#define BLOCKS	  20
#define FIRST_DAY 20261101

struct fixture {
	struct spool spool;
	void *memory;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->memory = malloc(BLOCKS * OUTQ_BLOCK_BYTES);
	if (!f->memory)
		return -1;
	spool_init(&f->spool, f->memory, BLOCKS * OUTQ_BLOCK_BYTES);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->memory);
	free(f);
	return 0;
}

static void put(struct spool *spool, int32_t day, const char *line)
{
	struct outq *queue = spool_queue(spool, day);

	assert_non_null(queue);
	assert_true(outq_put(queue, line, strlen(line)));
}

static void empty(struct spool *spool, int32_t day)
{
	struct outq *queue = spool_queue(spool, day);

	assert_non_null(queue);
	outq_take(queue, outq_waiting(queue));
}

static void test_a_new_spool_has_nothing_waiting(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(spool_waiting(&f->spool), 0);
	assert_int_equal(pool_available(&f->spool.blocks), BLOCKS);
}

static void test_a_day_keeps_its_queue_whatever_comes_between(void **state)
{
	struct fixture *f = *state;
	struct outq *queues[SPOOL_SLOTS];
	int32_t i, j;

	for (i = 0; i < SPOOL_SLOTS; i++) {
		queues[i] = spool_queue(&f->spool, FIRST_DAY + i);
		assert_non_null(queues[i]);
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(queues[i], queues[j]);
	}
	for (i = SPOOL_SLOTS; i-- > 0;)
		assert_ptr_equal(spool_queue(&f->spool, FIRST_DAY + i),
				 queues[i]);
}

static void test_there_is_no_queue_while_all_have_other_days_waiting(void **s)
{
	struct fixture *f = *s;
	const int32_t ninth = FIRST_DAY + SPOOL_SLOTS;
	int32_t i, emptied;

	for (emptied = 0; emptied < SPOOL_SLOTS; emptied++) {
		for (i = 0; i < SPOOL_SLOTS; i++)
			put(&f->spool, FIRST_DAY + i, "line\n");
		assert_null(spool_queue(&f->spool, ninth));
		assert_null(spool_queue(&f->spool, ninth));
		assert_int_equal(spool_waiting(&f->spool), SPOOL_SLOTS * 5);
		empty(&f->spool, FIRST_DAY + emptied);
		put(&f->spool, ninth, "other\n");
		assert_null(spool_queue(&f->spool, FIRST_DAY + emptied));
		assert_int_equal(spool_waiting(&f->spool),
				 (SPOOL_SLOTS - 1) * 5 + 6);
		empty(&f->spool, ninth);
		for (i = 0; i < SPOOL_SLOTS; i++)
			empty(&f->spool, FIRST_DAY + i);
	}
	assert_int_equal(pool_available(&f->spool.blocks), BLOCKS);
}

static void test_the_slot_unused_longest_changes_its_day(void **state)
{
	struct fixture *f = *state;
	struct outq *third;
	int32_t i;

	for (i = 0; i < SPOOL_SLOTS; i++)
		spool_queue(&f->spool, FIRST_DAY + i);
	third = spool_queue(&f->spool, FIRST_DAY + 2);
	put(&f->spool, FIRST_DAY, "line\n");
	spool_queue(&f->spool, FIRST_DAY + 1);
	/* The first has bytes, the second was just chosen. */
	empty(&f->spool, FIRST_DAY + 2);
	spool_queue(&f->spool, FIRST_DAY + 3);
	spool_queue(&f->spool, FIRST_DAY + 4);
	spool_queue(&f->spool, FIRST_DAY + 1);
	for (i = 5; i < SPOOL_SLOTS; i++)
		spool_queue(&f->spool, FIRST_DAY + i);
	assert_ptr_equal(spool_queue(&f->spool, 20270101), third);
}

static void test_all_days_share_one_memory(void **state)
{
	struct fixture *f = *state;
	static char line[OUTQ_BLOCK_BYTES - 8];
	int32_t i;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (i = 0; i < BLOCKS; i++)
		assert_true(outq_put(
			spool_queue(&f->spool, FIRST_DAY + i % SPOOL_SLOTS),
			line, sizeof(line)));
	assert_false(outq_put(spool_queue(&f->spool, FIRST_DAY), "line\n", 5));
	assert_int_equal(spool_waiting(&f->spool), BLOCKS * sizeof(line));
	empty(&f->spool, FIRST_DAY + 5);
	put(&f->spool, FIRST_DAY, "line\n");
}

/* @waiting is what each day should have, by its number. */
static void step(struct spool *spool, size_t *waiting, size_t days,
		 uint64_t *random)
{
	size_t i = rig_random(random, days), n, used = 0;
	struct outq *queue = spool_queue(spool, FIRST_DAY + (int32_t)i);

	for (n = 0; n < days; n++)
		used += waiting[n] > 0;
	if (!queue) {
		assert_int_equal(used, SPOOL_SLOTS);
		assert_int_equal(waiting[i], 0);
		return;
	}
	assert_int_equal(outq_waiting(queue), waiting[i]);
	if (waiting[i] > 0 && rig_random(random, 2)) {
		n = 1 + rig_random(random, waiting[i]);
		outq_take(queue, n);
		waiting[i] -= n;
	} else if (outq_put(queue, "a line\n", 7)) {
		waiting[i] += 7;
	}
}

static void test_no_sequence_of_days_loses_a_byte(void **state)
{
	struct fixture *f = *state;
	size_t waiting[12] = { 0 };
	uint64_t random = 2;
	int round;

	for (round = 0; round < 100000; round++) {
		size_t sum = 0, i;

		step(&f->spool, waiting, 12, &random);
		for (i = 0; i < 12; i++)
			sum += waiting[i];
		assert_int_equal(spool_waiting(&f->spool), sum);
	}
}

/* What may have to be written again keeps its day, too. */
static void test_a_slot_is_used_until_all_is_confirmed(void **state)
{
	struct fixture *f = *state;
	struct outq *queue = spool_queue(&f->spool, FIRST_DAY);
	size_t i;

	put(&f->spool, FIRST_DAY, "line\n");
	assert_true(spool_is_active(&f->spool, 0));
	outq_pass(queue, 5);
	assert_int_equal(spool_waiting(&f->spool), 0);
	assert_true(spool_is_used(&f->spool.slots[0]));
	for (i = 1; i < 3 * SPOOL_SLOTS; i++)
		assert_ptr_not_equal(
			spool_queue(&f->spool, FIRST_DAY + (int32_t)i), queue);
	outq_put_back(queue);
	assert_ptr_equal(spool_queue(&f->spool, FIRST_DAY), queue);
	assert_int_equal(outq_waiting(queue), 5);
	outq_take(queue, 5);
	assert_false(spool_is_used(&f->spool.slots[0]));
}

static void test_a_slot_with_lines_set_aside_is_used(void **state)
{
	struct fixture *f = *state;
	struct outq *queue = spool_queue(&f->spool, FIRST_DAY);

	assert_true(outq_put(queue, "one\n", 4));
	outq_pass(queue, 4);
	assert_true(outq_set_aside(queue));
	assert_true(spool_is_used(f->spool.latest));
	assert_true(spool_is_any_used(&f->spool));
	outq_drop_aside(queue);
	assert_false(spool_is_any_used(&f->spool));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_new_spool_has_nothing_waiting),
		CASE(test_a_day_keeps_its_queue_whatever_comes_between),
		CASE(test_there_is_no_queue_while_all_have_other_days_waiting),
		CASE(test_the_slot_unused_longest_changes_its_day),
		CASE(test_all_days_share_one_memory),
		CASE(test_a_slot_is_used_until_all_is_confirmed),
		CASE(test_a_slot_with_lines_set_aside_is_used),
		CASE(test_no_sequence_of_days_loses_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
