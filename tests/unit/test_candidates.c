/* Tests of candidates: the oldest files stay in, whatever their order. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candidates.h"

#define NAME_BYTES 16

static struct candidates c;
static char *memory;

static int set_up(void **state)
{
	(void)state;
	memory = calloc(1, candidates_bytes(NAME_BYTES));
	candidates_init(&c, NAME_BYTES, memory);
	candidates_begin_pass(&c);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

/* Its inode and its name follow from its period. */
static void put(uint32_t period, uint32_t holder)
{
	struct candidate file = { .inode = period,
				  .period = period,
				  .holder = holder };
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "%u", period);
	candidates_put(&c, &file, name);
}

/* Takes the oldest until none is left: they are @first and so on. */
static void assert_in_order(uint32_t first, uint32_t count)
{
	uint32_t n;

	for (n = 0; n < count; n++) {
		uint32_t i = candidates_oldest(&c);

		assert_int_not_equal(i, CANDIDATES_NONE);
		assert_int_equal(c.files[i].period, first + n);
		assert_int_equal(atoi(c.files[i].name), first + n);
		candidates_take(&c, i);
	}
	assert_int_equal(candidates_oldest(&c), CANDIDATES_NONE);
}

static void test_the_oldest_comes_first(void **state)
{
	static const uint32_t periods[] = { 5, 3, 8, 1, 2, 7, 4, 6 };
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++)
		put(periods[i], 0);
	assert_false(c.overflowed);
	assert_in_order(1, 8);
}

static void test_the_oldest_stay_when_younger_ones_came_first(void **state)
{
	uint32_t n;

	(void)state;
	for (n = 2 * CANDIDATES_MAX; n > 0; n--)
		put(n, 0);
	assert_true(c.overflowed);
	assert_in_order(1, CANDIDATES_MAX);
}

static void test_the_oldest_stay_when_they_came_first(void **state)
{
	uint32_t n;

	(void)state;
	for (n = 1; n <= CANDIDATES_MAX; n++)
		put(n, 0);
	assert_false(c.overflowed);
	put(n, 0);
	assert_true(c.overflowed);
	assert_in_order(1, CANDIDATES_MAX);
}

static void test_the_oldest_stay_in_any_order(void **state)
{
	const uint32_t all = 8191; /* a prime */
	uint32_t n;

	(void)state;
	for (n = 0; n < all; n++)
		put(1 + (uint32_t)((uint64_t)n * 5003 % all), 0);
	assert_true(c.overflowed);
	assert_in_order(1, CANDIDATES_MAX);
}

static void test_what_has_failed_is_not_taken_in_again_in_this_pass(void **s)
{
	(void)s;
	put(1, 0);
	put(2, 0);
	candidates_fail(&c, candidates_oldest(&c));
	candidates_clear(&c);
	put(1, 0);
	put(2, 0);
	assert_in_order(2, 1);
	candidates_begin_pass(&c);
	put(1, 0);
	put(2, 0);
	assert_in_order(1, 2);
}

/* What is taken for a failed one has its turn in another pass. */
static void test_no_file_is_kept_back_for_ever_by_another(void **state)
{
	uint32_t late, n, tries;

	(void)state;
	for (late = 70000; late < 70100; late++) {
		for (tries = 0; tries < 20; tries++) {
			candidates_begin_pass(&c);
			for (n = 1; n <= 9000; n++) {
				put(n * 7, 0);
				if (c.count > 0)
					candidates_fail(&c, 0);
			}
			put(late, 0);
			if (c.count == 1)
				break;
		}
		assert_true(tries < 20);
	}
}

static void test_the_largest_holder_gives_its_oldest(void **state)
{
	struct holder all[3] = { { 0, 10, 10 }, { 1, 30, 30 }, { 2, 20, 20 } };
	struct holders holders = { .all = all, .count = 3, .most = 3 };

	(void)state;
	assert_int_equal(candidates_of_largest(&c, &holders), CANDIDATES_NONE);
	put(1, 0);
	put(5, 1);
	put(4, 1);
	put(2, 2);
	put(3, 2);
	assert_int_equal(c.files[candidates_of_largest(&c, &holders)].period,
			 4);
	all[1].bytes = 15;
	assert_int_equal(c.files[candidates_of_largest(&c, &holders)].period,
			 2);
	all[0].bytes = all[1].bytes = all[2].bytes;
	assert_int_equal(c.files[candidates_of_largest(&c, &holders)].period,
			 1);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_oldest_comes_first),
		TEST(test_the_oldest_stay_when_younger_ones_came_first),
		TEST(test_the_oldest_stay_when_they_came_first),
		TEST(test_the_oldest_stay_in_any_order),
		TEST(test_what_has_failed_is_not_taken_in_again_in_this_pass),
		TEST(test_no_file_is_kept_back_for_ever_by_another),
		TEST(test_the_largest_holder_gives_its_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
