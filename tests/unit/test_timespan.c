/* Tests of timespan: moments as people write them, stamps as files have them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "timespan.h"

#define US     TIMESPAN_SECOND_US
#define MARCH  1772323200 /* 2026-03-01 00:00:00 UTC */
#define AUTUMN "EST5EDT,M3.2.0,M11.1.0"

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static int in_utc(void **state)
{
	(void)state;
	set_zone("UTC0");
	return 0;
}

static void assert_from(const char *text, int64_t second)
{
	struct timespan span = TIMESPAN_ALL;

	if (!timespan_set_from(&span, text, MARCH))
		fail_msg("%s is no moment", text);
	assert_int_equal(span.from_us, second * US);
	assert_int_equal(span.until_us, INT64_MAX);
}

static void assert_to(const char *text, int64_t second)
{
	struct timespan span = TIMESPAN_ALL;

	if (!timespan_set_to(&span, text, MARCH))
		fail_msg("%s is no moment", text);
	assert_int_equal(span.from_us, INT64_MIN);
	assert_int_equal(span.until_us, second * US);
}

static void test_from_begins_with_what_it_names(void **state)
{
	(void)state;
	assert_from("2026-03-01", MARCH);
	assert_from("2026-03-01T10:20", MARCH + 37200);
	assert_from("2026-03-01T10:20:30", MARCH + 37230);
	assert_from("2026-03-01 10:20:30", MARCH + 37230);
	assert_from("1969-12-31T23:59:59", -1);
	assert_from("2024-02-29", 1709164800);
}

static void test_to_has_all_of_what_it_names(void **state)
{
	(void)state;
	assert_to("2026-03-01", MARCH + 86400);
	assert_to("2026-03-01T10:20", MARCH + 37260);
	assert_to("2026-03-01T10:20:30", MARCH + 37231);
}

static void test_a_moment_can_be_so_long_ago(void **state)
{
	(void)state;
	assert_from("-90s", MARCH - 90);
	assert_from("-30m", MARCH - 1800);
	assert_from("-2h", MARCH - 7200);
	assert_from("-3d", MARCH - 259200);
	assert_from("-0s", MARCH);
	assert_to("-2h", MARCH - 7199);
}

static void test_days_of_23_and_25_hours_are_whole(void **state)
{
	(void)state;
	set_zone(AUTUMN);
	assert_from("2026-03-08", 1772946000);
	assert_to("2026-03-08", 1772946000 + 23 * 3600);
	assert_from("2026-11-01", 1793505600);
	assert_to("2026-11-01", 1793505600 + 25 * 3600);
}

static void test_what_is_no_moment_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"-",
		"now",
		"2h",
		"-2",
		"-h",
		"-2w",
		"-2hh",
		"- 2h",
		"--2h",
		"-4000001s",
		"-99999999999999999999s",
		"2026",
		"2026-03",
		"2026-3-1",
		"2026-00-01",
		"2026-13-01",
		"2026-02-29",
		"2026-03-00",
		"2026-03-32",
		"2026-04-31",
		"2026-03-01T",
		"2026-03-01T1",
		"2026-03-01T10",
		"2026-03-01T24:00",
		"2026-03-01T10:60",
		"2026-03-01T10:20:60",
		"2026-03-01T10:20:30.5",
		"2026-03-01T10:20:30Z",
		"2026-03-01x10:20",
		"2026-03-011",
		"+2026-03-01",
		" 2026-03-01",
		"2026-03-01 ",
	};
	struct timespan span = TIMESPAN_ALL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (timespan_set_from(&span, rows[i], MARCH) ||
		    timespan_set_to(&span, rows[i], MARCH))
			fail_msg("'%s' is a moment", rows[i]);
}

static void test_stamps_of_both_kinds_are_read(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int64_t us;
		bool is_fine;
	} rows[] = {
		{ "2026-03-01 00:00:00 a", 19, MARCH * US, false },
		{ "2026-03-01 00:00:01", 19, (MARCH + 1) * US, false },
		{ "2026-03-01T00:00:00.123456+00:00 a", 32, MARCH * US + 123456,
		  true },
		{ "2026-03-01T05:30:00.000001+05:30", 32, MARCH * US + 1,
		  true },
		{ "2026-02-28T20:00:00.000000-04:00", 32, MARCH * US, true },
		{ "2026-03-01T00:00:00Z", 20, MARCH * US, false },
		{ "2026-03-01T00:00:00.5Z", 22, MARCH * US + 500000, true },
		{ "2026-03-01T00:00:00.1234567890Z", 31, MARCH * US + 123456,
		  true },
		{ "2026-03-01 00:00:0", 0, 0, false },
		{ "2026-03-01T00:00:00", 0, 0, false },
		{ "2026-03-01T00:00:00+0000", 0, 0, false },
		{ "2026-03-01_00:00:00", 0, 0, false },
		{ "", 0, 0, false },
	};
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;
	size_t i, n;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		n = i / 2;
		assert_int_equal(timespan_read_stamp(&stamp, rows[n].text,
						     strlen(rows[n].text),
						     &clock),
				 rows[n].len);
		if (rows[n].len == 0)
			continue;
		assert_int_equal(stamp.us, rows[n].us);
		assert_int_equal(stamp.is_fine, rows[n].is_fine);
	}
}

static void test_a_stamp_that_is_cut_is_none_or_a_shorter_one(void **state)
{
	static const char text[] = "2026-03-01T05:30:00.123456+05:30";
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text) - 1; len++)
		assert_int_equal(timespan_read_stamp(&stamp, text, len, &clock),
				 0);
}

/* What is known from one line must not change another. */
static void test_stamps_in_a_row_are_each_read(void **state)
{
	struct timespan_clock clock = { .second = 0 }, none;
	struct timespan_stamp stamp, alone;
	char text[32];
	int second;

	(void)state;
	set_zone(AUTUMN);
	for (second = 0; second < 8 * 3600; second += 7) {
		snprintf(text, sizeof(text), "2026-11-01 %02d:%02d:%02d x",
			 second / 3600, second / 60 % 60, second % 60);
		none = (struct timespan_clock){ .second = 0 };
		assert_int_equal(timespan_read_stamp(&stamp, text, 21, &clock),
				 19);
		assert_int_equal(timespan_read_stamp(&alone, text, 21, &none),
				 19);
		assert_int_equal(stamp.us, alone.us);
	}
	assert_int_equal(timespan_read_stamp(&stamp, "2026-11-01 07:5x:00 x",
					     21, &clock),
			 0);
	assert_int_equal(timespan_read_stamp(&stamp, "2026-11-01 07:59:7x x",
					     21, &clock),
			 0);
}

static void test_of_an_hour_that_came_twice_the_first_counts(void **state)
{
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;

	(void)state;
	set_zone(AUTUMN);
	timespan_read_stamp(&stamp, "2026-11-01 01:30:00 ", 20, &clock);
	assert_int_equal(stamp.us, (1793505600 + 5400) * US);
	timespan_read_stamp(&stamp, "2026-12-01 01:30:00 ", 20, &clock);
	assert_int_equal(stamp.us, 1796106600 * US);
}

static void test_moments_are_written_as_files_have_them(void **state)
{
	struct timespan_stamp stamp = { MARCH * US + 123456, true };
	char text[TIMESPAN_TEXT_MAX], iso[TIMESPAN_ISO_MAX];

	(void)state;
	set_zone("JST-9");
	timespan_text(text, stamp.us);
	assert_string_equal(text, "2026-03-01 09:00:00");
	timespan_iso(iso, &stamp);
	assert_string_equal(iso, "2026-03-01T09:00:00.123456+09:00");
	stamp.is_fine = false;
	timespan_iso(iso, &stamp);
	assert_string_equal(iso, "2026-03-01T09:00:00+09:00");
	assert_int_equal(timespan_period(stamp.us), STAMP_PERIOD(20260301, 9));
	timespan_text(text, -1);
	assert_string_equal(text, "1970-01-01 08:59:59");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_from_begins_with_what_it_names,
				       in_utc),
		cmocka_unit_test_setup(test_to_has_all_of_what_it_names,
				       in_utc),
		cmocka_unit_test_setup(test_a_moment_can_be_so_long_ago,
				       in_utc),
		cmocka_unit_test_setup(test_days_of_23_and_25_hours_are_whole,
				       in_utc),
		cmocka_unit_test_setup(test_what_is_no_moment_is_refused,
				       in_utc),
		cmocka_unit_test_setup(test_stamps_of_both_kinds_are_read,
				       in_utc),
		cmocka_unit_test_setup(
			test_a_stamp_that_is_cut_is_none_or_a_shorter_one,
			in_utc),
		cmocka_unit_test_setup(test_stamps_in_a_row_are_each_read,
				       in_utc),
		cmocka_unit_test_setup(
			test_of_an_hour_that_came_twice_the_first_counts,
			in_utc),
		cmocka_unit_test_setup(
			test_moments_are_written_as_files_have_them, in_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
