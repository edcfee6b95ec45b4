/* Tests of waiting: whole records that wait for earlier ones. */
#include "unit.h"

#include <stdlib.h>

#include "deadline.h"
#include "rig.h"
#include "waiting.h"

#define SOURCES 5000
#define HELD	((size_t)64 << 20)

static struct fragments f;
static struct waiting w;
static void *messages_memory, *memory;

static int set_up(void **state)
{
	(void)state;
	messages_memory = calloc(1, fragments_bytes(SOURCES, HELD));
	memory = rig_memory(waiting_bytes(HELD));
	fragments_init(&f, SOURCES, HELD, messages_memory);
	waiting_init(&w, &f, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(messages_memory);
	free(memory);
	return 0;
}

/* A message of @source, whole or not; returns its number. */
static uint32_t put(uint32_t source, uint64_t sequnum, bool is_whole)
{
	const struct timespec arrival = { 1000, 0 };
	const struct extmsg msg = {
		.sequnum = sequnum,
		.fragment = !is_whole,
		.total = 9,
		.chunk = { (const unsigned char *)"text", 4 },
	};
	uint32_t number;

	assert_int_equal(fragments_put(&f, source, &msg, &arrival, 1, &number),
			 is_whole ? FRAGMENTS_WHOLE : FRAGMENTS_HELD);
	return number;
}

/* A record that arrives at 1000 s and @ms, and waits from then on. */
static uint32_t add(uint32_t source, uint64_t sequnum, uint64_t ms)
{
	const struct timespec arrival = {
		.tv_sec = 1000 + (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};
	uint32_t number = put(source, sequnum, true);

	waiting_add(&w, number, &arrival, ms);
	return number;
}

static void test_the_first_to_begin_is_the_first_to_end(void **state)
{
	uint32_t nine, eight;

	(void)state;
	assert_int_equal(waiting_first(&w), FRAGMENTS_NONE);
	assert_true(waiting_deadline(&w, 10) == DEADLINE_NEVER);
	nine = add(1, 9, 100);
	eight = add(2, 8, 105);
	assert_int_equal(w.count, 2);
	assert_int_equal(waiting_first(&w), nine);
	assert_int_equal(waiting_deadline(&w, 10), 110);
	waiting_remove(&w, nine);
	assert_int_equal(waiting_first(&w), eight);
	assert_int_equal(waiting_deadline(&w, 10), 115);
	waiting_remove(&w, eight);
	assert_int_equal(waiting_first(&w), FRAGMENTS_NONE);
	assert_int_equal(w.count, 0);
}

static void test_the_lowest_of_a_source_is_known(void **state)
{
	uint32_t eight;

	(void)state;
	assert_null(waiting_lowest(&w, 1));
	put(1, 7, false);
	add(1, 9, 100);
	eight = add(1, 8, 101);
	add(2, 3, 102);
	assert_int_equal(waiting_lowest(&w, 1)->number, eight);
	assert_null(waiting_lowest(&w, 3));
	waiting_remove(&w, eight);
	assert_int_equal(waiting_lowest(&w, 1)->sequnum, 9);
}

/* What waits is no message whose fragments are late. */
static void test_those_that_wait_do_not_expire(void **state)
{
	uint32_t nine, part;

	(void)state;
	nine = add(1, 9, 100);
	part = put(1, 10, false);
	assert_true(fragments_at(&f, nine)->waits);
	assert_int_equal(fragments_oldest(&f), part);
	fragments_drop(&f, part);
	assert_int_equal(fragments_oldest(&f), FRAGMENTS_NONE);
	waiting_remove(&w, nine);
	assert_int_equal(fragments_oldest(&f), nine);
	assert_false(fragments_at(&f, nine)->waits);
	fragments_drop(&f, nine);
	assert_int_equal(fragments_held(&f), 0);
}

static bool is_over(uint64_t second, uint64_t ms, uint64_t wait_ms)
{
	const struct timespec arrival = { (time_t)second,
					  (long)ms * 1000000 + 999999 };

	return waiting_is_over(&w, &arrival, wait_ms);
}

static void test_time_in_the_socket_counts(void **state)
{
	(void)state;
	assert_false(is_over(9999, 0, 10));
	add(1, 9, 995); /* arrived at 1000.995 */
	assert_false(is_over(1000, 995, 10));
	assert_false(is_over(1000, 994, 10));
	assert_false(is_over(1000, 0, 10));
	assert_false(is_over(999, 999, 10));
	assert_false(is_over(0, 0, 10));
	assert_false(is_over(1001, 4, 10));
	assert_true(is_over(1001, 5, 10));
	assert_true(is_over(1001, 500, 10));
	assert_false(is_over(1001, 994, 1000));
	assert_true(is_over(1001, 995, 1000));
	assert_true(is_over(1002, 0, 1000));
	assert_true(is_over(INT64_MAX, 0, 1000));
}

static void test_a_source_that_holds_too_many_gives_its_lowest(void **state)
{
	uint32_t five, seven, six;

	(void)state;
	seven = put(1, 7, false);
	five = put(1, 5, false);
	six = put(2, 1, false);
	assert_int_equal(waiting_victim_of(&w, 1), five);
	assert_int_equal(waiting_victim_of(&w, 2), six);
	fragments_drop(&f, six);
	/* Those that wait do so for less. */
	six = add(1, 6, 100);
	add(1, 8, 101);
	assert_int_equal(waiting_victim_of(&w, 1), six);
	waiting_remove(&w, six);
	fragments_drop(&f, six);
	assert_int_equal(waiting_victim_of(&w, 1),
			 waiting_lowest(&w, 1)->number);
	(void)seven;
}

static void test_the_kind_that_there_is_more_of_makes_room(void **state)
{
	uint32_t part, first;

	(void)state;
	part = put(1, 7, false);
	first = add(2, 1, 100);
	assert_int_equal(waiting_victim(&w), part);
	add(2, 2, 101);
	assert_int_equal(waiting_victim(&w), first);
	put(3, 7, false);
	assert_int_equal(waiting_victim(&w), part);
	put(4, 7, false);
	assert_int_equal(waiting_victim(&w), part);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_first_to_begin_is_the_first_to_end),
		CASE(test_the_lowest_of_a_source_is_known),
		CASE(test_those_that_wait_do_not_expire),
		CASE(test_time_in_the_socket_counts),
		CASE(test_a_source_that_holds_too_many_gives_its_lowest),
		CASE(test_the_kind_that_there_is_more_of_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
