/* Tests of age: whole days between dates. */
#include "unit.h"

#include "age.h"
#include "stamp.h"

static void test_whole_days_count_whatever_the_month_and_year(void **state)
{
	static const struct {
		int32_t today;
		uint32_t day;
		uint64_t age;
	} rows[] = {
		{ 20261129, 20261128, 1 },     { 20261201, 20261130, 1 },
		{ 20260301, 20260228, 1 },     { 20280301, 20280228, 2 },
		{ 21000301, 21000228, 1 },     { 20000301, 20000228, 2 },
		{ 20270101, 20261231, 1 },     { 20261129, 20251129, 365 },
		{ 20281129, 20271129, 366 },   { 20261129, 20261030, 30 },
		{ 20261129, 19700101, 20786 }, { 99991231, 101, 3652424 },
		{ 20260302, 20260231, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t period = STAMP_PERIOD(rows[i].day, 23);

		assert_false(age_exceeds(rows[i].today, period, rows[i].age));
		if (rows[i].age > 0)
			assert_true(age_exceeds(rows[i].today, period,
						rows[i].age - 1));
	}
}

static void test_today_and_days_to_come_are_not_old(void **state)
{
	(void)state;
	assert_false(age_exceeds(20261129, STAMP_PERIOD(20261129, 0), 0));
	assert_false(age_exceeds(20261129, STAMP_PERIOD(20261130, 0), 0));
	assert_false(age_exceeds(20261129, STAMP_PERIOD(20990101, 0), 0));
	assert_false(
		age_exceeds(20261129, STAMP_PERIOD(20261129, 0), UINT64_MAX));
}

static void test_no_age_exceeds_no_limit(void **state)
{
	(void)state;
	assert_false(age_exceeds(99991231, 10100, UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_whole_days_count_whatever_the_month_and_year),
		cmocka_unit_test(test_today_and_days_to_come_are_not_old),
		cmocka_unit_test(test_no_age_exceeds_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
