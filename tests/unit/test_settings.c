/* Ports, and what follows from several settings together. */
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

static void test_ports_are_a_list_without_doubles(void **state)
{
	static const struct {
		const char *text;
		const char *wrong; /* NULL: nothing */
	} rows[] = {
		{ "0", NULL },
		{ "65535", NULL },
		{ "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", NULL },
		{ "0,0,6666,0", NULL },
		{ "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
		  "too many ports" },
		{ "6666,6667,6666", "a port stands there twice" },
		{ "", "not allowed" },
		{ ",", "not allowed" },
		{ "1,", "not allowed" },
		{ ",1", "not allowed" },
		{ "1,,2", "not allowed" },
		{ "1, 2", "not allowed" },
		{ "1-2", "not allowed" },
		{ "10x", "not allowed" },
		{ "10 ", "not allowed" },
		{ "1,2x", "not allowed" },
		{ "+1", "not allowed" },
		{ "65536", "not allowed" },
	};
	char text[SETTINGS_PORTS_MAX];
	struct settings_ports ports;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *wrong = settings_read_ports(&ports, rows[i].text);

		if (rows[i].wrong) {
			assert_string_equal(wrong, rows[i].wrong);
			continue;
		}
		assert_null(wrong);
		settings_write_ports(text, &ports);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_records_are_read_unless_bytes_stay_as_they_came),
		cmocka_unit_test(test_objects_always_have_the_long_stamp),
		cmocka_unit_test(test_ports_are_a_list_without_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
