/* Tests of incidentsfile: the names of the files of incidents. */
#include "unit.h"

#include <string.h>

#include "incidentsfile.h"

static void test_the_pattern_is_as_if_compiled(void **state)
{
	struct filename compiled;

	(void)state;
	assert_null(filename_compile(&compiled, incidentsfile_pattern.pattern));
	assert_int_equal(compiled.max, incidentsfile_pattern.max);
	assert_int_equal(compiled.extension, incidentsfile_pattern.extension);
	assert_false(compiled.by_sender);
	assert_false(compiled.by_hour);
}

static void test_a_name_is_read_as_it_is_written(void **state)
{
	static const char *const others[] = {
		"2026-11-22.log",	  "2026-11-22.incident",
		"2026-11-22.incidents2",  "2026-11-22.0.incidents",
		"2026-02-30.incidents",	  "x/2026-11-22.incidents",
		"2026-11-22.incidents.1", ".incidents",
	};
	static const char *const names[] = {
		"2026-11-22.incidents",	     "2026-11-22.1.incidents",
		"2026-11-22.9.incidents",    "2026-11-22.incidents.gz",
		"2026-11-22.3.incidents.xz", "2026-11-22.incidents.zst",
		"2026-11-22.incidents.bz2",
	};
	struct filename_found found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(incidentsfile_match(names[i], &found));
		assert_int_equal(STAMP_PERIOD_DAY(found.period), 20261122);
		assert_int_equal(found.holder, 0);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(incidentsfile_match(others[i], &found));
}

static void test_its_period_is_behind_those_of_its_day(void **state)
{
	uint32_t period = INCIDENTSFILE_PERIOD(20261122);

	(void)state;
	assert_true(incidentsfile_has(period));
	assert_true(period > STAMP_PERIOD(20261122, 23));
	assert_true(period < STAMP_PERIOD(20261123, 0));
	assert_false(incidentsfile_has(STAMP_PERIOD(20261122, 23)));
	assert_false(incidentsfile_has(STAMP_PERIOD(20261123, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_pattern_is_as_if_compiled),
		cmocka_unit_test(test_a_name_is_read_as_it_is_written),
		cmocka_unit_test(test_its_period_is_behind_those_of_its_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
