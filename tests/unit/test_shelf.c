/* Tests of shelf: messages of each source, against an array. */
#include "unit.h"

#include <stdlib.h>

#include "rig.h"
#include "shelf.h"

#define SOURCES	 100
#define MESSAGES 100

static struct shelves s;
static void *memory;

static int set_up(void **state)
{
	size_t bytes = shelves_bytes(SOURCES, MESSAGES);

	(void)state;
	memory = rig_memory(bytes);
	shelves_init(&s, SOURCES, MESSAGES, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void add(uint32_t source, uint64_t sequnum, uint64_t usec,
		uint32_t number)
{
	const struct shelf_entry entry = {
		.sequnum = sequnum,
		.usec = usec,
		.total = 9,
		.number = number,
		.prio = 6,
	};

	shelf_add(&s, source, &entry);
}

static void test_each_source_has_its_own(void **state)
{
	(void)state;
	assert_int_equal(shelf_count(&s, 3), 0);
	assert_null(shelf_from(&s, 3, 0));
	assert_null(shelf_at(&s, 3, 0));
	assert_null(shelf_waiting(&s, 3));
	add(3, 7, 100, 1);
	add(4, 5, 100, 2);
	assert_int_equal(shelf_count(&s, 3), 1);
	assert_int_equal(shelf_from(&s, 3, 0)->number, 1);
	assert_int_equal(shelf_from(&s, 4, 0)->number, 2);
	shelf_remove(&s, 3, 7, 1);
	assert_int_equal(shelf_count(&s, 3), 0);
	assert_null(shelf_from(&s, 3, 0));
	assert_int_equal(shelf_from(&s, 4, 0)->number, 2);
	shelf_remove(&s, 4, 5, 2);
	assert_int_equal(s.small.used + s.large.used, 0);
}

static void test_entries_are_found_by_number_and_time(void **state)
{
	(void)state;
	add(1, 30, 10, 1);
	add(1, 10, 30, 2);
	add(1, 20, 20, 3);
	assert_int_equal(shelf_from(&s, 1, 0)->number, 2);
	assert_int_equal(shelf_from(&s, 1, 10)->number, 2);
	assert_int_equal(shelf_from(&s, 1, 11)->number, 3);
	assert_int_equal(shelf_from(&s, 1, 30)->number, 1);
	assert_null(shelf_from(&s, 1, 31));
	assert_int_equal(shelf_at(&s, 1, 0)->number, 2);
	assert_int_equal(shelf_at(&s, 1, 2)->number, 1);
	assert_null(shelf_at(&s, 1, 3));
	shelf_remove(&s, 1, 10, 2);
	assert_int_equal(shelf_at(&s, 1, 0)->number, 3);
	assert_null(shelf_at(&s, 1, 2));
	assert_null(shelf_waiting(&s, 1));
	shelf_entry(&s, 1, 30, 1)->waits = true;
	assert_int_equal(shelf_waiting(&s, 1)->number, 1);
	shelf_entry(&s, 1, 20, 3)->waits = true;
	assert_int_equal(shelf_waiting(&s, 1)->number, 3);
}

static void test_a_message_is_found_by_all_of_its_key(void **state)
{
	struct extmsg msg = {
		.sequnum = 7, .usec = 100, .prio = 6, .total = 9
	};

	(void)state;
	assert_int_equal(shelf_find(&s, 1, &msg), POOL_NONE);
	add(1, 7, 101, 1);
	add(1, 7, 100, 2);
	add(1, 8, 100, 3);
	add(1, 6, 100, 4);
	assert_int_equal(shelf_find(&s, 1, &msg), 2);
	assert_int_equal(shelf_find(&s, 2, &msg), POOL_NONE);
	msg.prio = 7;
	assert_int_equal(shelf_find(&s, 1, &msg), POOL_NONE);
	msg.prio = 6;
	msg.total = 8;
	assert_int_equal(shelf_find(&s, 1, &msg), POOL_NONE);
	msg.total = 9;
	msg.usec = 99;
	assert_int_equal(shelf_find(&s, 1, &msg), POOL_NONE);
	msg.usec = 101;
	assert_int_equal(shelf_find(&s, 1, &msg), 1);
	shelf_entry(&s, 1, 7, 1)->closed = true;
	assert_int_equal(shelf_find(&s, 1, &msg), POOL_NONE);
	shelf_remove(&s, 1, 7, 1);
	msg.usec = 100;
	assert_int_equal(shelf_find(&s, 1, &msg), 2);
}

/* Every shelf may be full, and every message of another source. */
static void test_there_is_room_for_all(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < SHELF_MAX; i++) {
		add(0, i, i, i);
		assert_int_equal(s.small.used, i < SHELF_SMALL);
		assert_int_equal(s.large.used, i >= SHELF_SMALL);
	}
	assert_int_equal(shelf_count(&s, 0), SHELF_MAX);
	for (i = 0; i < SHELF_MAX; i++)
		shelf_remove(&s, 0, i, i);
	for (i = 0; i < MESSAGES / 4; i++) {
		add(i, 5, 5, i);
		add(i, 6, 5, i);
		add(i, 6, 5, i);
		add(i, 6, 5, i);
	}
	for (i = 0; i < SOURCES; i++)
		if (i >= MESSAGES / 4)
			add(i, 5, 5, i);
	assert_int_equal(s.small.used, SOURCES - MESSAGES / 4);
	assert_int_equal(s.large.used, MESSAGES / 4);
}

/* One sender after the other holds many messages for a while. */
static void test_who_had_many_leaves_room_for_others(void **state)
{
	uint32_t i, n;

	(void)state;
	for (i = 0; i < MESSAGES - SHELF_SMALL; i++) {
		for (n = 0; n <= SHELF_SMALL; n++)
			add(i, n, n, i + n);
		assert_int_equal(s.large.used, 1);
		for (n = 0; n < SHELF_SMALL; n++)
			shelf_remove(&s, i, n, i + n);
		assert_int_equal(shelf_from(&s, i, 0)->number, i + SHELF_SMALL);
	}
	assert_int_equal(s.small.used, MESSAGES - SHELF_SMALL);
	assert_int_equal(s.large.used, 0);
}

#define NUMBERS 40 /* sequnums, so that some are the same */

static void play(uint64_t seed)
{
	bool there[SHELF_MAX] = { false };
	uint64_t sequnum[SHELF_MAX];
	uint32_t count = 0, i, n;

	for (n = 0; n < 500; n++) {
		const struct shelf_entry *lowest;
		uint64_t from = rig_random(&seed, NUMBERS + 1), least = NUMBERS;

		i = (uint32_t)rig_random(&seed, SHELF_MAX);
		if (there[i]) {
			shelf_remove(&s, 5, sequnum[i], i);
			count--;
		} else {
			sequnum[i] = rig_random(&seed, NUMBERS);
			add(5, sequnum[i], i, i);
			count++;
		}
		there[i] = !there[i];
		assert_int_equal(shelf_count(&s, 5), count);
		for (i = 0; i < SHELF_MAX; i++) {
			if (there[i])
				assert_int_equal(
					shelf_entry(&s, 5, sequnum[i], i)->usec,
					i);
			if (there[i] && sequnum[i] >= from &&
			    sequnum[i] < least)
				least = sequnum[i];
		}
		lowest = shelf_from(&s, 5, from);
		assert_int_equal(lowest ? lowest->sequnum : NUMBERS, least);
	}
	for (i = 0; i < SHELF_MAX; i++)
		if (there[i])
			shelf_remove(&s, 5, sequnum[i], i);
	assert_int_equal(s.small.used + s.large.used, 0);
}

static void test_it_does_what_an_array_does(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 20; seed++)
		play(seed);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_each_source_has_its_own),
		CASE(test_entries_are_found_by_number_and_time),
		CASE(test_a_message_is_found_by_all_of_its_key),
		CASE(test_there_is_room_for_all),
		CASE(test_who_had_many_leaves_room_for_others),
		CASE(test_it_does_what_an_array_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
