/* Tests of holders: who holds how much. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "holders.h"

#define MOST 8

static struct holders holders;
static char *memory;

static int set_up(void **state)
{
	(void)state;
	memory = calloc(1, holders_bytes(MOST));
	holders_init(&holders, MOST, 0, memory);
	holders_clear(&holders);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static struct holder *holder(uint64_t hash)
{
	return &holders.all[holders_find(&holders, hash)];
}

static void test_a_hash_finds_its_own_holder(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < MOST; i++)
		holder(i * i)->bytes += i + 1;
	assert_int_equal(holders.count, MOST);
	for (i = 0; i < MOST; i++) {
		assert_int_equal(holder(i * i)->hash, i * i);
		assert_int_equal(holder(i * i)->bytes, i + 1);
	}
}

static void test_those_without_room_are_one_holder(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		holder(i)->bytes++;
	assert_int_equal(holders.count, MOST);
	for (i = 0; i < MOST - 1; i++)
		assert_int_equal(holder(i)->bytes, 1);
	assert_int_equal(holder(99)->bytes, 100 - (MOST - 1));
}

static void test_a_table_of_one_has_one_holder(void **state)
{
	char *own = calloc(1, holders_bytes(1));

	(void)state;
	holders_init(&holders, 1, UINT64_MAX, own);
	holders_clear(&holders);
	assert_int_equal(holders_find(&holders, 0), 0);
	assert_int_equal(holders_find(&holders, 0), 0);
	assert_int_equal(holders_find(&holders, UINT64_MAX), 0);
	free(own);
}

static void test_the_largest_is_one_with_something_to_remove(void **state)
{
	(void)state;
	assert_int_equal(holders_largest(&holders), 0);
	holder(1)->bytes = 100;
	assert_int_equal(holders_largest(&holders), 0);
	*holder(2) = (struct holder){ 2, 50, 10 };
	*holder(3) = (struct holder){ 3, 40, 40 };
	assert_int_equal(holders_largest(&holders), 50);
	holders_give_up(holder(2), 4);
	assert_int_equal(holder(2)->removable, 6);
	assert_int_equal(holders_largest(&holders), 50);
	holders_give_up(holder(2), 7);
	assert_int_equal(holder(2)->removable, 0);
	assert_int_equal(holders_largest(&holders), 40);
}

static void test_a_cleared_table_has_forgotten_all(void **state)
{
	(void)state;
	holder(5)->bytes = 7;
	holders_clear(&holders);
	assert_int_equal(holders.count, 0);
	assert_int_equal(holder(5)->bytes, 0);
}

/* The table for senders; every hash finds its place. */
static void test_the_largest_table_fills_up(void **state)
{
	char *own = calloc(1, holders_bytes(HOLDERS_MAX));
	uint64_t i;

	(void)state;
	holders_init(&holders, HOLDERS_MAX, 0x1234567890abcdef, own);
	holders_clear(&holders);
	for (i = 0; i < HOLDERS_MAX; i++)
		assert_int_equal(holders_find(&holders, i << 20), i);
	for (i = 0; i < HOLDERS_MAX; i++)
		assert_int_equal(holders_find(&holders, i << 20), i);
	free(own);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_hash_finds_its_own_holder),
		TEST(test_those_without_room_are_one_holder),
		TEST(test_a_table_of_one_has_one_holder),
		TEST(test_the_largest_is_one_with_something_to_remove),
		TEST(test_a_cleared_table_has_forgotten_all),
		TEST(test_the_largest_table_fills_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
