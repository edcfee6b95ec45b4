/* Tests of outq: whole lines in, any number of bytes out. */
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

static void test_a_new_queue_is_empty_and_takes_no_block(void **state)
{
	struct pool pool = rig_pool(1);
	struct outq queue;

	(void)state;
	outq_init(&queue, &pool);
	assert_waiting(&queue, "", 0);
	assert_false(outq_is_torn(&queue));
	outq_take(&queue, 0);
	outq_rewind(&queue);
	assert_waiting(&queue, "", 0);
	assert_int_equal(pool_available(&pool), 1);
	free(pool.memory);
}

static void test_lines_of_every_length_around_a_block_come_out_whole(void **s)
{
	static const size_t lengths[] = {
		1,
		2,
		100,
		ROOM - 1,
		ROOM,
		ROOM + 1,
		2 * ROOM - 1,
		2 * ROOM,
		2 * ROOM + 1,
		3 * ROOM,
	};
	const size_t count = sizeof(lengths) / sizeof(lengths[0]);
	struct pool pool = rig_pool(8);
	struct outq queue;
	size_t i, j;

	(void)s;
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++) {
			char *a = rig_line(lengths[i], 1);
			char *b = rig_line(lengths[j], 2);
			struct model_bytes both = { 0 };

			outq_init(&queue, &pool);
			assert_true(outq_put(&queue, a, lengths[i]));
			assert_true(outq_put(&queue, b, lengths[j]));
			model_append(&both, a, lengths[i]);
			model_append(&both, b, lengths[j]);
			assert_waiting(&queue, both.at, both.len);
			outq_take(&queue, both.len);
			assert_int_equal(pool_available(&pool), 8);
			free(both.at);
			free(a);
			free(b);
		}
	free(pool.memory);
}

static void test_a_line_is_put_whole_or_not_at_all(void **state)
{
	size_t used, len;

	(void)state;
	for (used = 0; used <= ROOM; used += ROOM / 4)
		for (len = 3 * ROOM - used - 2; len <= 3 * ROOM - used + 2;
		     len++) {
			struct pool pool = rig_pool(3);
			char *first = rig_line(used, 1);
			char *second = rig_line(len, 2);
			bool fits = len <= 3 * ROOM - used;
			uint32_t available;
			struct outq queue;

			outq_init(&queue, &pool);
			assert_true(outq_put(&queue, first, used));
			available = pool_available(&pool);
			assert_int_equal(outq_put(&queue, second, len), fits);
			if (!fits) {
				assert_waiting(&queue, first, used);
				assert_int_equal(pool_available(&pool),
						 available);
			}
			outq_take(&queue, outq_waiting(&queue));
			assert_int_equal(pool_available(&pool), 3);
			free(second);
			free(first);
			free(pool.memory);
		}
}

static void test_a_place_is_reserved_only_where_it_is_in_one_piece(void **s)
{
	char *line = rig_line(ROOM, 1);
	size_t used, len;

	(void)s;
	for (used = 0; used <= ROOM; used += ROOM / 8)
		for (len = 1; len <= ROOM + 1; len += ROOM / 8) {
			struct pool pool = rig_pool(2);
			struct outq queue;
			char *place;

			outq_init(&queue, &pool);
			assert_true(outq_put(&queue, line, used));
			place = outq_reserve(&queue, len);
			if (used + len > ROOM) {
				assert_null(place);
			} else {
				assert_non_null(place);
				memset(place, 'z', len);
				assert_waiting(&queue, line, used);
			}
			free(pool.memory);
		}
	free(line);
}

static void test_what_is_reserved_may_be_committed_in_part(void **state)
{
	struct pool pool = rig_pool(1);
	struct outq queue;
	char *place;

	(void)state;
	outq_init(&queue, &pool);
	place = outq_reserve(&queue, 100);
	assert_non_null(place);
	memcpy(place, "one\nrest", 8);
	outq_commit(&queue, 4);
	assert_true(outq_put(&queue, "two\n", 4));
	place = outq_reserve(&queue, ROOM - 8);
	assert_non_null(place);
	memcpy(place, "three\n", 6);
	outq_commit(&queue, 6);
	assert_waiting(&queue, "one\ntwo\nthree\n", 14);
	assert_null(outq_reserve(&queue, ROOM - 13));
	free(pool.memory);
}

static void test_an_empty_queue_has_no_place_in_an_empty_pool(void **state)
{
	struct pool pool = rig_pool(1);
	struct outq a, b;

	(void)state;
	outq_init(&a, &pool);
	outq_init(&b, &pool);
	assert_null(outq_reserve(&a, ROOM + 1));
	assert_int_equal(pool_available(&pool), 1);
	assert_true(outq_put(&b, "line\n", 5));
	assert_null(outq_reserve(&a, 1));
	assert_false(outq_put(&a, "line\n", 5));
	assert_waiting(&a, "", 0);
	outq_take(&b, 5);
	assert_non_null(outq_reserve(&a, ROOM));
	free(pool.memory);
}

static void test_no_more_parts_are_shown_than_asked_for(void **state)
{
	struct pool pool = rig_pool(4);
	char *line = rig_line(4 * ROOM, 1);
	struct iovec iov[6];
	struct outq queue;
	int max;

	(void)state;
	outq_init(&queue, &pool);
	assert_true(outq_put(&queue, line, 4 * ROOM));
	for (max = 0; max <= 6; max++) {
		int parts = max < 4 ? max : 4;

		memset(iov, 0xa5, sizeof(iov));
		assert_int_equal(outq_peek(&queue, iov, max), parts);
		if (max < 6)
			assert_int_equal(*(unsigned char *)&iov[max], 0xa5);
		assert_waiting(&queue, line, 4 * ROOM);
	}
	free(line);
	free(pool.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_queue_is_empty_and_takes_no_block),
		cmocka_unit_test(
			test_lines_of_every_length_around_a_block_come_out_whole),
		cmocka_unit_test(test_a_line_is_put_whole_or_not_at_all),
		cmocka_unit_test(
			test_a_place_is_reserved_only_where_it_is_in_one_piece),
		cmocka_unit_test(
			test_what_is_reserved_may_be_committed_in_part),
		cmocka_unit_test(
			test_an_empty_queue_has_no_place_in_an_empty_pool),
		cmocka_unit_test(test_no_more_parts_are_shown_than_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
