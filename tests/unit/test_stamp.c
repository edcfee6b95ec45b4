/* Tests of stamp: wall time, its day and its file, in many zones. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "stamp.h"

/* Rules in the form of POSIX, so that no machine's zone files matter. */
#define UTC	  "UTC0"
#define PARIS	  "CET-1CEST,M3.5.0,M10.5.0/3"
#define SAO_PAULO "BRT3BRST,M10.3.0/0,M2.3.0/0" /* changes at midnight */
#define LORD_HOWE "LHST-10:30LHDT-11,M10.1.0,M4.1.0" /* by half an hour */
#define LINE_IS	  "LINT-14" /* UTC+14 */
#define BAKER_IS  "AoE12" /* UTC-12 */
#define NEPAL	  "NPT-5:45"

static const char *const zones[] = { UTC,     PARIS,	SAO_PAULO, LORD_HOWE,
				     LINE_IS, BAKER_IS, NEPAL };
#define ZONES (sizeof(zones) / sizeof(zones[0]))

static const struct row {
	const char *zone;
	int64_t second;
	const char *text;
} rows[] = {
	/* Leap days, and years that have none. */
	{ UTC, 1709164799, "2024-02-28 23:59:59 " },
	{ UTC, 1709164800, "2024-02-29 00:00:00 " },
	{ UTC, 1709251199, "2024-02-29 23:59:59 " },
	{ UTC, 1709251200, "2024-03-01 00:00:00 " },
	{ UTC, 1677628799, "2023-02-28 23:59:59 " },
	{ UTC, 1677628800, "2023-03-01 00:00:00 " },
	{ UTC, 951825600, "2000-02-29 12:00:00 " },
	{ UTC, 4107542399, "2100-02-28 23:59:59 " },
	{ UTC, 4107542400, "2100-03-01 00:00:00 " },
	/* One o'clock to three, and three to two. */
	{ PARIS, 1774745999, "2026-03-29 01:59:59 " },
	{ PARIS, 1774746000, "2026-03-29 03:00:00 " },
	{ PARIS, 1792889999, "2026-10-25 02:59:59 " },
	{ PARIS, 1792890000, "2026-10-25 02:00:00 " },
	{ PARIS, 1792969199, "2026-10-25 23:59:59 " },
	{ PARIS, 1792969200, "2026-10-26 00:00:00 " },
	/* A day without midnight, and one with its last hour twice. */
	{ SAO_PAULO, 1792292399, "2026-10-17 23:59:59 " },
	{ SAO_PAULO, 1792292400, "2026-10-18 01:00:00 " },
	{ SAO_PAULO, 1771120799, "2026-02-14 23:59:59 " },
	{ SAO_PAULO, 1771120800, "2026-02-14 23:00:00 " },
	{ SAO_PAULO, 1771124399, "2026-02-14 23:59:59 " },
	{ SAO_PAULO, 1771124400, "2026-02-15 00:00:00 " },
	/* Far from Greenwich. */
	{ LINE_IS, 1767175199, "2025-12-31 23:59:59 " },
	{ LINE_IS, 1767175200, "2026-01-01 00:00:00 " },
	{ BAKER_IS, 1767268799, "2025-12-31 23:59:59 " },
	{ BAKER_IS, 1767268800, "2026-01-01 00:00:00 " },
	{ NEPAL, 1767204899, "2025-12-31 23:59:59 " },
	{ NEPAL, 1767204900, "2026-01-01 00:00:00 " },
	/* Ends of counters and of calendars. */
	{ UTC, 0, "1970-01-01 00:00:00 " },
	{ UTC, -1, "1969-12-31 23:59:59 " },
	{ BAKER_IS, 0, "1969-12-31 12:00:00 " },
	{ UTC, INT32_MAX, "2038-01-19 03:14:07 " },
	{ UTC, INT64_C(2147483648), "2038-01-19 03:14:08 " },
	{ UTC, INT64_C(4294967296), "2106-02-07 06:28:16 " },
	{ UTC, INT64_C(-2203891201), "1900-02-28 23:59:59 " },
	{ UTC, INT64_C(253402300799), "9999-12-31 23:59:59 " },
	{ UTC, INT64_C(-62167219200), "0000-01-01 00:00:00 " },
	{ UTC, INT64_C(-62149935539), "0000-07-19 01:01:01 " },
	/* What four digits can't say. */
	{ UTC, INT64_C(253402300800), "9999-12-31 23:59:59 " },
	{ LINE_IS, INT64_C(253402300799), "9999-12-31 23:59:59 " },
	{ UTC, INT64_C(1000000000000), "9999-12-31 23:59:59 " },
	{ UTC, INT64_MAX, "9999-12-31 23:59:59 " },
	{ UTC, INT64_C(-62167219201), "0000-01-01 00:00:00 " },
	{ BAKER_IS, INT64_C(-62167219200), "0000-01-01 00:00:00 " },
	{ UTC, INT64_C(-1000000000000), "0000-01-01 00:00:00 " },
	{ UTC, INT64_MIN, "0000-01-01 00:00:00 " },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void set_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

static void set(struct stamp *stamp, time_t second)
{
	const struct timespec time = { second, 123456789 };

	stamp_set(stamp, &time);
}

/* @stamp says @text, and its day and period are those of @text. */
static void assert_stamp(const struct stamp *stamp, const char *text)
{
	int year, month, day, hour;

	assert_memory_equal(stamp->text, text, STAMP_BYTES);
	assert_int_equal(
		sscanf(text, "%4d-%2d-%2d %2d", &year, &month, &day, &hour), 4);
	assert_int_equal(stamp->day, year * 10000 + month * 100 + day);
	assert_int_equal(stamp->period,
			 STAMP_PERIOD(stamp->day, stamp->by_hour ? hour : 0));
}

static void test_stamps_and_files_are_those_of_the_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		struct stamp stamp = { 0 };

		if ((time_t)rows[i].second != rows[i].second)
			continue; /* a time_t of 32 bits */
		set_zone(rows[i].zone);
		set(&stamp, (time_t)rows[i].second);
		assert_stamp(&stamp, rows[i].text);
	}
}

/* One stamp is used for all rows of a zone, in each direction. */
static void test_the_clock_may_step_either_way(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ROWS; i++)
		for (j = 0; j < ROWS; j++) {
			struct stamp stamp = { 0 };

			if (strcmp(rows[i].zone, rows[j].zone) != 0 ||
			    sizeof(time_t) < sizeof(int64_t))
				continue;
			set_zone(rows[i].zone);
			set(&stamp, (time_t)rows[i].second);
			set(&stamp, (time_t)rows[j].second);
			assert_stamp(&stamp, rows[j].text);
			set(&stamp, (time_t)rows[i].second);
			assert_stamp(&stamp, rows[i].text);
		}
}

static void test_a_second_0_is_formatted_although_all_is_zero(void **state)
{
	struct stamp stamp = { 0 };

	(void)state;
	set_zone(UTC);
	set(&stamp, 0);
	assert_stamp(&stamp, "1970-01-01 00:00:00 ");
}

static void assert_like_strftime(time_t second)
{
	struct stamp stamp = { 0 };
	char text[64];
	struct tm tm;

	set(&stamp, second);
	assert_non_null(localtime_r(&second, &tm));
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S ", &tm);
	assert_stamp(&stamp, text);
}

static void test_every_hour_of_a_year_is_as_strftime_has_it(void **state)
{
	const time_t begin = 1767225600; /* 2026-01-01 in UTC */
	size_t i;
	int hour;

	(void)state;
	for (i = 0; i < ZONES; i++) {
		set_zone(zones[i]);
		for (hour = 0; hour < 366 * 24; hour++) {
			assert_like_strftime(begin + hour * 3600 - 1);
			assert_like_strftime(begin + hour * 3600);
		}
	}
}

static void test_any_second_of_year_1000_to_9998_is_as_strftime_has_it(void **s)
{
	const int64_t first = INT64_C(-30610224000);
	const uint64_t span = UINT64_C(283980988800);
	uint64_t random = 9;
	int i;

	(void)s;
	if (sizeof(time_t) < sizeof(int64_t))
		skip_because("time_t has 32 bits");
	for (i = 0; i < 20000; i++) {
		set_zone(zones[rig_random(&random, ZONES)]);
		assert_like_strftime(
			(time_t)(first +
				 (int64_t)(rig_random64(&random) % span)));
	}
}

static void test_a_change_of_the_zone_is_seen_when_the_stamp_forgets(void **s)
{
	struct stamp stamp = { 0 };

	(void)s;
	set_zone(UTC);
	set(&stamp, 1767175200);
	assert_stamp(&stamp, "2025-12-31 10:00:00 ");
	set_zone(LINE_IS);
	set(&stamp, 1767175200);
	assert_stamp(&stamp, "2025-12-31 10:00:00 ");
	stamp_forget(&stamp);
	set(&stamp, 1767175200);
	assert_stamp(&stamp, "2026-01-01 00:00:00 ");
}

/* RFC 3339; what GNU date +%FT%T.%6N%:z prints, but for odd seconds. */
static void test_iso_stamps_have_microseconds_and_offset(void **state)
{
	static const struct {
		const char *zone;
		int64_t second;
		long nsec;
		const char *text;
	} table[] = {
		{ UTC, 0, 0, "1970-01-01T00:00:00.000000+00:00 " },
		{ "JST-9", 1763741640, 123456999,
		  "2025-11-22T01:14:00.123456+09:00 " },
		{ "NST3:30", 1763741640, 999999999,
		  "2025-11-21T12:44:00.999999-03:30 " },
		{ LINE_IS, 1767175200, 1000,
		  "2026-01-01T00:00:00.000001+14:00 " },
		{ "DDD12", 1767225600, 0, "2025-12-31T12:00:00.000000-12:00 " },
		/* What can't be written: the nearest minute, and its time. */
		{ "LMT-0:09:21", 0, 0, "1970-01-01T00:09:00.000000+00:09 " },
		{ "LMT-0:09:29", 0, 0, "1970-01-01T00:09:00.000000+00:09 " },
		{ "LMT-0:09:30", 0, 0, "1970-01-01T00:10:00.000000+00:10 " },
		{ "LMT0:09:29", 0, 0, "1969-12-31T23:51:00.000000-00:09 " },
		{ "LMT0:09:30", 0, 0, "1969-12-31T23:50:00.000000-00:10 " },
		{ "LMT0:09:31", 0, 0, "1969-12-31T23:50:00.000000-00:10 " },
		{ UTC, INT64_MIN, 0, "0000-01-01T00:00:00.000000+00:00 " },
		{ UTC, INT64_MAX, 0, "9999-12-31T23:59:59.000000+00:00 " },
		{ "JST-9", 253402300800, 5000,
		  "9999-12-31T23:59:59.000005+00:00 " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct timespec time = { (time_t)table[i].second,
					       table[i].nsec };
		struct stamp stamp = { .iso = true };

		if (time.tv_sec != table[i].second)
			continue; /* a time_t of 32 bits */
		set_zone(table[i].zone);
		stamp_set(&stamp, &time);
		assert_int_equal(stamp_length(&stamp), strlen(table[i].text));
		assert_memory_equal(stamp.text, table[i].text, STAMP_ISO_BYTES);
	}
}

/* The file is that of the local day; the microseconds are always new. */
static void test_a_time_in_utc_is_the_same_in_every_zone(void **state)
{
	static const struct {
		uint64_t us;
		const char *text;
	} table[] = {
		{ 1, "1970-01-01T00:00:00.000001+00:00 " },
		{ UINT64_C(1795348799999999),
		  "2026-11-22T11:59:59.999999+00:00 " },
		{ UINT64_C(253402300799999999),
		  "9999-12-31T23:59:59.999999+00:00 " },
		{ UINT64_C(253402300800000000),
		  "9999-12-31T23:59:59.000000+00:00 " },
		{ UINT64_MAX, "9999-12-31T23:59:59.551615+00:00 " },
	};
	char out[STAMP_ISO_BYTES];
	size_t zone, i;

	(void)state;
	for (zone = 0; zone < sizeof(zones) / sizeof(zones[0]); zone++) {
		set_zone(zones[zone]);
		for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
			if ((uint64_t)(time_t)(table[i].us / 1000000) !=
			    table[i].us / 1000000)
				continue; /* a time_t of 32 bits */
			stamp_write_utc(out, table[i].us);
			assert_memory_equal(out, table[i].text, sizeof(out));
		}
	}
}

static void test_an_iso_stamp_keeps_its_second_only(void **state)
{
	struct timespec time = { 1767225599, 1000 };
	struct stamp stamp = { .iso = true };

	(void)state;
	set_zone("JST-9");
	stamp_set(&stamp, &time);
	assert_int_equal(stamp.day, 20260101);
	time.tv_nsec = 2000;
	stamp_set(&stamp, &time);
	assert_memory_equal(stamp.text, "2026-01-01T08:59:59.000002+09:00 ",
			    STAMP_ISO_BYTES);
}

static void test_a_period_may_have_the_hour(void **state)
{
	const struct timespec time = { 1795348800, 0 };
	struct stamp stamp = { .by_hour = true };

	(void)state;
	set_zone("UTC-9");
	stamp_set(&stamp, &time);
	assert_stamp(&stamp, "2026-11-22 21:00:00 ");
	assert_int_equal(stamp.period, STAMP_PERIOD(20261122, 21));
}

static void test_the_calendar_has_some_days_and_not_others(void **state)
{
	(void)state;
	assert_true(stamp_has_day(2024, 2, 29));
	assert_true(stamp_has_day(2000, 2, 29));
	assert_false(stamp_has_day(2026, 2, 29));
	assert_false(stamp_has_day(2100, 2, 29));
	assert_false(stamp_has_day(2024, 2, 30));
	assert_true(stamp_has_day(2026, 12, 31));
	assert_false(stamp_has_day(2026, 11, 31));
	/* What is not known may be right. */
	assert_true(stamp_has_day(-1, 2, 29));
	assert_true(stamp_has_day(2026, -1, 31));
	assert_true(stamp_has_day(2026, 2, -1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps_and_files_are_those_of_the_table),
		cmocka_unit_test(test_the_clock_may_step_either_way),
		cmocka_unit_test(
			test_a_second_0_is_formatted_although_all_is_zero),
		cmocka_unit_test(
			test_every_hour_of_a_year_is_as_strftime_has_it),
		cmocka_unit_test(
			test_any_second_of_year_1000_to_9998_is_as_strftime_has_it),
		cmocka_unit_test(
			test_a_change_of_the_zone_is_seen_when_the_stamp_forgets),
		cmocka_unit_test(test_iso_stamps_have_microseconds_and_offset),
		cmocka_unit_test(test_a_time_in_utc_is_the_same_in_every_zone),
		cmocka_unit_test(test_an_iso_stamp_keeps_its_second_only),
		cmocka_unit_test(test_a_period_may_have_the_hour),
		cmocka_unit_test(
			test_the_calendar_has_some_days_and_not_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
