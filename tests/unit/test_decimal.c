/* Tests of decimal: numbers read and written. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "rig.h"

static void test_numbers_are_read_up_to_any_maximum(void **state)
{
	static const uint64_t most[] = { 0,	     1,		9,     10,
					 99,	     600,	65535, 65536,
					 UINT32_MAX, UINT64_MAX };
	uint64_t value = 0;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		snprintf(text, sizeof(text), "%" PRIu64, most[i]);
		assert_true(decimal_parse(text, most[i], &value));
		assert_true(value == most[i]);
		strcat(text, "0");
		assert_int_equal(decimal_parse(text, most[i], &value),
				 most[i] == 0);
		if (most[i] == UINT64_MAX)
			continue;
		snprintf(text, sizeof(text), "%" PRIu64, most[i] + 1);
		assert_false(decimal_parse(text, most[i], &value));
	}
}

static void test_what_is_no_number_or_too_large_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		" ",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1x",
		"x1",
		"0x1",
		"1.0",
		"/",
		":",
		"1/",
		"1:",
		/* 2^64, ten more than the largest, ten times it, 30 digits */
		"18446744073709551616",
		"18446744073709551625",
		"184467440737095516150",
		"999999999999999999999999999999",
	};
	uint64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (decimal_parse(wrong[i], UINT64_MAX, &value))
			fail_msg("taken: %s", wrong[i]);
}

static void test_reading_stops_behind_the_digits(void **state)
{
	static const char text[] = "0042,7";
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);
	uint64_t value = 1;

	(void)state;
	assert_true(decimal_read(&at, end, 100, &value));
	assert_int_equal(value, 42);
	assert_ptr_equal(at, text + 4);
	assert_false(decimal_read(&at, end, 100, &value));
	assert_ptr_equal(at, text + 4);
	at++;
	assert_true(decimal_read(&at, end, 100, &value));
	assert_int_equal(value, 7);
	assert_ptr_equal(at, end);
	assert_false(decimal_read(&at, end, 100, &value));
	/* What lies behind the end is not looked at. */
	at = (const unsigned char *)text;
	assert_true(decimal_read(&at, at + 3, 100, &value));
	assert_int_equal(value, 4);
}

/* The bytes of a number end at each byte that is no digit, wherever it is. */
static void test_any_byte_but_a_digit_ends_a_number(void **state)
{
	unsigned char *text = malloc(32);
	int len, behind, c;

	(void)state;
	assert_non_null(text);
	for (len = 0; len < DECIMAL_MAX; len++)
		for (behind = 1; behind < 10; behind++)
			for (c = 0; c < 256; c++) {
				/* Nothing can be read behind the last byte. */
				unsigned char *at = text + 32 - len - behind;
				const unsigned char *in = at;
				uint64_t value = 0;

				if (decimal_is_digit((unsigned char)c))
					continue;
				memcpy(at, "19876543210987654321", (size_t)len);
				memset(at + len, '7', (size_t)behind);
				at[len] = (unsigned char)c;
				assert_int_equal(decimal_read(&in, text + 32,
							      UINT64_MAX,
							      &value),
						 len > 0);
				assert_ptr_equal(in, at + len);
				/* Which would skip a sign or a space. */
				assert_true(len == 0 ||
					    value == strtoull((char *)at, NULL,
							      10));
			}
	free(text);
}

static void assert_written(uint64_t value, int width)
{
	char got[DECIMAL_MAX * 2] = "", want[DECIMAL_MAX * 2];

	snprintf(want, sizeof(want), "%0*" PRIu64, width, value);
	*decimal_write(got, value, width) = '\0';
	assert_string_equal(got, want);
	snprintf(want, sizeof(want), "%*" PRIu64, width, value);
	*decimal_pad(got, value, width) = '\0';
	assert_string_equal(got, want);
}

static void test_numbers_are_written_in_a_width_or_more(void **state)
{
	uint64_t random = 1;
	int width, i;

	(void)state;
	for (width = 0; width <= DECIMAL_MAX + 1; width++) {
		uint64_t power = 1;

		assert_written(0, width);
		assert_written(UINT64_MAX, width);
		for (i = 0; i < DECIMAL_MAX - 1; i++, power *= 10) {
			assert_written(power - 1, width);
			assert_written(power, width);
		}
		for (i = 0; i < 100; i++)
			assert_written(rig_random64(&random) >>
					       rig_random(&random, 64),
				       width);
	}
}

static void test_six_digits_are_written(void **state)
{
	unsigned value;

	(void)state;
	for (value = 0; value < 1000000; value += 7) {
		char got[7] = "", want[16];

		snprintf(want, sizeof(want), "%06u", value);
		assert_ptr_equal(decimal_write_6(got, value), got + 6);
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_read_up_to_any_maximum),
		cmocka_unit_test(
			test_what_is_no_number_or_too_large_is_refused),
		cmocka_unit_test(test_reading_stops_behind_the_digits),
		cmocka_unit_test(test_any_byte_but_a_digit_ends_a_number),
		cmocka_unit_test(test_numbers_are_written_in_a_width_or_more),
		cmocka_unit_test(test_six_digits_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
