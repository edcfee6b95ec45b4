/* What follows from several settings together. */
#include "unit.h"

#include "settings.h"

static void test_records_are_read_unless_bytes_stay_as_they_came(void **state)
{
	(void)state;
	assert_true(settings_reads_extended(
		&(struct settings){ .extended = true }));
	assert_false(settings_reads_extended(
		&(struct settings){ .extended = true, .raw = true }));
	assert_false(
		settings_reads_extended(&(struct settings){ .raw = true }));
	assert_false(settings_reads_extended(
		&(struct settings){ .extended = false }));
}

static void test_objects_always_have_the_long_stamp(void **state)
{
	(void)state;
	assert_false(settings_stamps_iso(&(struct settings){ .iso = false }));
	assert_true(settings_stamps_iso(&(struct settings){ .iso = true }));
	assert_true(settings_stamps_iso(&(struct settings){ .json = true }));
	assert_true(settings_stamps_iso(
		&(struct settings){ .json = true, .iso = true }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_records_are_read_unless_bytes_stay_as_they_came),
		cmocka_unit_test(test_objects_always_have_the_long_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
