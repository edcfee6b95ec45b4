/* Tables out of one piece of memory: aligned, side by side, and no more. */
#include "unit.h"

#include "carve.h"

static void test_a_table_takes_whole_cache_lines(void **state)
{
	size_t n;

	(void)state;
	assert_int_equal(carve_bytes(0), 0);
	for (n = 1; n <= 3 * CARVE_ALIGN; n++) {
		assert_int_equal(carve_bytes(n) % CARVE_ALIGN, 0);
		assert_between(carve_bytes(n), n, n + CARVE_ALIGN - 1);
	}
}

static void test_tables_stand_one_behind_the_other(void **state)
{
	_Alignas(CARVE_ALIGN) static char memory[8 * CARVE_ALIGN];
	char *at = memory;

	(void)state;
	assert_ptr_equal(carve(&at, 1), memory);
	assert_ptr_equal(carve(&at, CARVE_ALIGN), memory + CARVE_ALIGN);
	assert_ptr_equal(carve(&at, CARVE_ALIGN + 1), memory + 2 * CARVE_ALIGN);
	assert_ptr_equal(at, memory + 4 * CARVE_ALIGN);
}

static void test_what_is_carved_is_what_was_counted(void **state)
{
	_Alignas(CARVE_ALIGN) static char memory[64 * CARVE_ALIGN];
	static const size_t tables[] = { 3, 0, 200, CARVE_ALIGN, 65, 1 };
	char *at = memory;
	size_t sum = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		carve(&at, tables[i]);
		sum += carve_bytes(tables[i]);
	}
	assert_int_equal(at - memory, sum);
}

/* An empty table takes nothing, and its address may be the next one's. */
static void test_an_empty_table_takes_no_memory(void **state)
{
	_Alignas(CARVE_ALIGN) static char memory[CARVE_ALIGN];
	char *at = memory;

	(void)state;
	assert_ptr_equal(carve(&at, 0), memory);
	assert_ptr_equal(at, memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table_takes_whole_cache_lines),
		cmocka_unit_test(test_tables_stand_one_behind_the_other),
		cmocka_unit_test(test_what_is_carved_is_what_was_counted),
		cmocka_unit_test(test_an_empty_table_takes_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
