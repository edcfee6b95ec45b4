/* What each sender has sent is counted, and becomes part of a sum. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "tally.h"

#define SOURCES 4

static struct tally tally;
static void *memory;
static uint32_t left;
static uint64_t lines_then;

static int set_up(void **state)
{
	(void)state;
	memory = rig_memory(tally_bytes(SOURCES));
	tally_init(&tally, SOURCES, memory);
	left = UINT32_MAX;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void test_each_sender_counts_for_itself(void **state)
{
	const struct timespec noon = { .tv_sec = 1000, .tv_nsec = 5 };

	(void)state;
	tally_hear(&tally, 1, &noon);
	tally_line(&tally, 1);
	tally_line(&tally, 1);
	tally_line(&tally, 3);
	tally_lose(&tally, 3, 7);
	assert_int_equal(tally.recent[1].lines, 2);
	assert_int_equal(tally.recent[1].heard.tv_sec, 1000);
	assert_int_equal(tally.recent[1].heard.tv_nsec, 5);
	assert_int_equal(tally.recent[3].lines, 1);
	assert_int_equal(tally.recent[3].heard.tv_sec, 0);
	assert_int_equal(tally.senders[3].lost, 7);
	assert_int_equal(tally.senders[1].lost, 0);
}

static void test_a_loss_that_is_none_is_taken_back(void **state)
{
	(void)state;
	tally_lose(&tally, 0, 3);
	tally_lose(&tally, 0, -1);
	assert_int_equal(tally.senders[0].lost, 2);
	/* It was lost in the time of another sender in this place. */
	tally_lose(&tally, 0, -3);
	assert_int_equal(tally.senders[0].lost, 0);
	tally_lose(&tally, 0, INT32_MAX);
	tally_lose(&tally, 0, INT32_MAX);
	tally_lose(&tally, 0, INT32_MAX);
	assert_int_equal(tally.senders[0].lost, UINT32_MAX);
}

static void note(void *context, uint32_t source)
{
	assert_ptr_equal(context, &left);
	left = source;
	lines_then = tally.recent[source].lines;
}

static void test_who_leaves_stays_as_a_sum(void **state)
{
	(void)state;
	tally.leaves = note;
	tally.context = &left;
	tally_line(&tally, 2);
	tally_lose(&tally, 2, 5);
	tally.senders[2].boots = 1;
	tally.senders[2].incident = 3;
	tally_leave(&tally, 2);
	assert_int_equal(left, 2);
	assert_int_equal(lines_then, 1);
	tally_line(&tally, 2);
	tally_leave(&tally, 2);
	assert_int_equal(tally.gone.senders, 2);
	assert_int_equal(tally.gone.lines, 2);
	assert_int_equal(tally.gone.lost, 5);
	assert_int_equal(tally.gone.boots, 1);
	assert_int_equal(tally.recent[2].lines, 0);
	assert_int_equal(tally.senders[2].lost, 0);
	assert_int_equal(tally.senders[2].incident, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_each_sender_counts_for_itself),
		CASE(test_a_loss_that_is_none_is_taken_back),
		CASE(test_who_leaves_stays_as_a_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
