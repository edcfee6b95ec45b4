/* Tests of filename: patterns, the names they make, and names read back. */
#include "unit.h"

#include <string.h>

#include "filename.h"

#define DATE "%Y-%m-%d"
#define F50  "ffffffffffffffffffffffffffffffffffffffffffffffffff"

static struct filename compiled(const char *pattern)
{
	struct filename name;

	assert_null(filename_compile(&name, pattern));
	return name;
}

static void test_what_is_no_pattern_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *pattern, *word;
	} rows[] = {
		{ "", "empty" },
		{ "/" DATE ".log", "below dir=" },
		{ "a//" DATE, "empty" },
		{ DATE "/", "empty" },
		{ "." DATE, "dot" },
		{ "../" DATE, "dot" },
		{ "a/./" DATE, "dot" },
		{ "{host}/.." DATE, "dot" },
		{ "%Y-%m-%D", "%Y %m %d" },
		{ DATE "%", "%Y %m %d" },
		{ DATE "{}", "{host}" },
		{ DATE "{Host}", "{host}" },
		{ DATE "{host", "{host}" },
		{ DATE "}", "{host}" },
		{ "log", "must hold" },
		{ "%Y-%m.log", "must hold" },
		{ "%m-%d.log", "must hold" },
		{ "%Y-%d.log", "must hold" },
		{ DATE F50 F50 F50 F50 F50, "255" },
		{ DATE "{host}{host}{host}{host}", "255" },
		{ "{host}{host}{address}{address}/" DATE, "255" },
	};
	struct filename name;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *wrong = filename_compile(&name, rows[i].pattern);

		assert_non_null(wrong);
		if (!strstr(wrong, rows[i].word))
			fail_msg("%s: %s", rows[i].pattern, wrong);
	}
}

static void test_a_path_that_can_become_too_long_is_refused(void **state)
{
	char pattern[2 * FILENAME_BYTES] = DATE;
	struct filename name;
	size_t len;

	(void)state;
	for (len = strlen(DATE); len < FILENAME_BYTES - 16; len += 2)
		memcpy(pattern + len, "/a", 3);
	assert_null(filename_compile(&name, pattern));
	memcpy(pattern + len, "/aaaaaaaaaaaaaa", 16);
	assert_non_null(filename_compile(&name, pattern));
}

static void test_patterns_make_names(void **state)
{
	static const struct {
		const char *pattern, *name, *beside;
	} rows[] = {
		{ DATE ".log", "2026-11-22.log", "2026-11-22.3.log" },
		{ "%Y/%m/%d/%H", "2026/11/22/07", "2026/11/22/07.3" },
		{ "{host}/" DATE ".log", "web-1.example/2026-11-22.log",
		  "web-1.example/2026-11-22.3.log" },
		{ "%Y%m%d.{host}.log", "20261122.web-1.example.log",
		  "20261122.web-1.example.3.log" },
		{ "%Y.%m.%d", "2026.11.22", "2026.11.22.3" },
		{ "{address}_{port}/" DATE, "2001-db8--1_6665/2026-11-22",
		  "2001-db8--1_6665/2026-11-22.3" },
		{ "{lport}/{port}-" DATE ".log", "6667/6665-2026-11-22.log",
		  "6667/6665-2026-11-22.3.log" },
		{ "100%%/a.b/" DATE, "100%/a.b/2026-11-22",
		  "100%/a.b/2026-11-22.3" },
		{ DATE ".a.b", "2026-11-22.a.b", "2026-11-22.a.3.b" },
	};
	struct filename_parts parts = {
		.period = STAMP_PERIOD(20261122, 7),
		.host = "web-1.example",
		.host_len = strlen("web-1.example"),
		.address = "2001:db8::1",
		.address_len = strlen("2001:db8::1"),
		.port = 6665,
		.local = 6667,
	};
	char text[FILENAME_BYTES], beside[FILENAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct filename name = compiled(rows[i].pattern);

		assert_int_equal(filename_write(&name, &parts, text),
				 strlen(rows[i].name));
		assert_string_equal(text, rows[i].name);
		assert_true(name.max > strlen(text));
		filename_beside(&name, text, 3, beside);
		assert_string_equal(beside, rows[i].beside);
		assert_true(name.max > strlen(beside));
	}
}

static void test_names_are_the_dates_of_the_days(void **state)
{
	static const struct {
		uint32_t day;
		const char *name;
	} names[] = {
		{ 20261122, "2026-11-22.log" }, { 20240229, "2024-02-29.log" },
		{ 101, "0000-01-01.log" },	{ 99991231, "9999-12-31.log" },
		{ 19700101, "1970-01-01.log" }, { 10001009, "1000-10-09.log" },
	};
	struct filename name = compiled(DATE ".log");
	char text[FILENAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct filename_parts parts = {
			.period = STAMP_PERIOD(names[i].day, 0),
		};

		filename_write(&name, &parts, text);
		assert_string_equal(text, names[i].name);
	}
}

static void test_no_byte_of_a_sender_acts_in_a_name(void **state)
{
	struct filename name = compiled("{host}/{address}" DATE);
	const char host[] = "a/..\0/b c\n%d{host}\xc3\xa4~";
	struct filename_parts parts = {
		.host = host,
		.host_len = sizeof(host) - 1,
		.address = "fe80::1%eth0",
		.address_len = strlen("fe80::1%eth0"),
	};
	char text[FILENAME_BYTES];

	(void)state;
	filename_write(&name, &parts, text);
	assert_string_equal(text,
			    "a-..--b-c--d-host----/fe80--1-eth00000-00-00");
}

static void test_the_longest_name_is_as_long_as_max_says(void **state)
{
	struct filename name = compiled("{host}/{address}/{port}/" DATE ".%H");
	char host[FILENAME_HOST_MAX];
	struct filename_parts parts = {
		.period = STAMP_PERIOD(99991231, 23),
		.host = memset(host, 'h', sizeof(host)),
		.host_len = sizeof(host),
		.address = host,
		.address_len = sizeof(host),
		.port = 65535,
	};
	char text[FILENAME_BYTES], beside[FILENAME_BYTES];

	(void)state;
	filename_write(&name, &parts, text);
	filename_beside(&name, text, 9, beside);
	assert_int_equal(strlen(beside) + 1, name.max);
}

static void test_names_are_known_again(void **state)
{
	static const struct {
		const char *pattern, *name;
		uint32_t period; /* 0: not a name of the pattern */
	} rows[] = {
		{ DATE ".log", "2026-11-22.log", STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.log.gz", STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.log.xz", STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.log.zst",
		  STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.log.bz2",
		  STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.1.log", STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.9.log.gz",
		  STAMP_PERIOD(20261122, 0) },
		{ DATE ".log", "2026-11-22.0.log", 0 },
		{ DATE ".log", "2026-11-22.10.log", 0 },
		{ DATE ".log", "2026-11-22.log.1", 0 },
		{ DATE ".log", "2026-11-22.log.gz.gz", 0 },
		{ DATE ".log", "2026-11-22.log2", 0 },
		{ DATE ".log", "2026-11-22.lo", 0 },
		{ DATE ".log", "2026-13-22.log", 0 },
		{ DATE ".log", "2026-00-22.log", 0 },
		{ DATE ".log", "2026-11-32.log", 0 },
		{ DATE ".log", "2026-11-00.log", 0 },
		{ DATE ".log", "2026-1-022.log", 0 },
		{ DATE ".log", "a2026-11-22.log", 0 },
		{ DATE ".log", "a/2026-11-22.log", 0 },
		{ DATE, "2026-11-22", STAMP_PERIOD(20261122, 0) },
		{ DATE, "2026-11-22.5.gz", STAMP_PERIOD(20261122, 0) },
		{ "%Y%m%d%H", "2026112223", STAMP_PERIOD(20261122, 23) },
		{ "%Y%m%d%H", "2026112224", 0 },
		{ "%Y/%m/%Y-%m-%d", "2026/11/2026-11-22",
		  STAMP_PERIOD(20261122, 0) },
		{ "%Y/%m/%Y-%m-%d", "2026/11/2025-11-22", 0 },
		{ "%Y%m%d", "20260430", STAMP_PERIOD(20260430, 0) },
		{ "%Y%m%d", "20260431", 0 },
		{ "%Y%m%d", "20260131", STAMP_PERIOD(20260131, 0) },
		{ "%d%m%Y", "31092026", 0 },
		{ "%Y%m%d", "20260228", STAMP_PERIOD(20260228, 0) },
		{ "%Y%m%d", "20260229", 0 },
		{ "%Y%m%d", "20280229", STAMP_PERIOD(20280229, 0) },
		{ "%Y%m%d", "20280230", 0 },
		{ "%Y%m%d", "19000229", 0 },
		{ "%Y%m%d", "20000229", STAMP_PERIOD(20000229, 0) },
		{ "{port}%Y%m%d", "120260229", 0 },
		{ "{host}/" DATE, "web-1/2026-11-22",
		  STAMP_PERIOD(20261122, 0) },
		{ "{host}/" DATE, ".web/2026-11-22", 0 },
		{ "{host}/" DATE, "we b/2026-11-22", 0 },
		{ "{host}/" DATE, "/2026-11-22", 0 },
		{ "{host}" DATE, "2026-11-222026-11-22",
		  STAMP_PERIOD(20261122, 0) },
		{ "{host}%Y%m%d{port}", "1120261122665",
		  STAMP_PERIOD(20261122, 0) },
		{ "{port}-" DATE, "66x-2026-11-22", 0 },
		{ "{port}-" DATE, "123456-2026-11-22", 0 },
		{ "{lport}/" DATE, "6667/2026-11-22",
		  STAMP_PERIOD(20261122, 0) },
		{ "{lport}/" DATE, "rack/2026-11-22", 0 },
		{ "{lport}/" DATE, "/2026-11-22", 0 },
		{ "{lport}/" DATE, "123456/2026-11-22", 0 },
		{ "a%%b" DATE, "a%b2026-11-22", STAMP_PERIOD(20261122, 0) },
	};
	struct filename_found found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct filename name = compiled(rows[i].pattern);
		bool is = filename_match(&name, rows[i].name, &found);

		if (is != (rows[i].period != 0))
			fail_msg("%s, %s", rows[i].pattern, rows[i].name);
		if (is)
			assert_int_equal(found.period, rows[i].period);
	}
}

static void test_files_of_one_sender_have_one_holder(void **state)
{
	struct filename name = compiled("{host}/" DATE "-{port}.log");
	struct filename rack = compiled("{lport}/" DATE);
	struct filename day = compiled(DATE ".log");
	struct filename_found a, b, c, d;

	(void)state;
	assert_true(filename_match(&name, "ab/2026-11-22-1.log", &a));
	assert_true(filename_match(&name, "ab/2026-11-23-1.log.gz", &b));
	assert_true(filename_match(&name, "a/2026-11-22-1.log", &c));
	assert_true(filename_match(&name, "ab/2026-11-22-2.log", &d));
	assert_true(a.holder == b.holder);
	assert_true(a.holder != c.holder);
	assert_true(a.holder != d.holder);
	assert_true(a.holder != 0);
	assert_true(filename_match(&rack, "6667/2026-11-22", &a));
	assert_true(filename_match(&rack, "6668/2026-11-22", &b));
	assert_true(a.holder != b.holder);
	assert_true(filename_match(&day, "2026-11-22.log", &a));
	assert_true(a.holder == 0);
}

static void test_directories_are_known_again(void **state)
{
	struct filename name = compiled("{host}/%Y/a%m/%d.log");
	struct filename flat = compiled(DATE);

	(void)state;
	assert_true(filename_match_directory(&name, "web"));
	assert_true(filename_match_directory(&name, "web/2026"));
	assert_true(filename_match_directory(&name, "web/2026/a12"));
	assert_false(filename_match_directory(&name, "web/2026/a13"));
	assert_false(filename_match_directory(&name, "web/2026/b12"));
	assert_false(filename_match_directory(&name, "web/2026/a12/22.log"));
	assert_false(filename_match_directory(&name, "web/2026.gz"));
	assert_false(filename_match_directory(&name, "w b"));
	assert_false(filename_match_directory(&name, "web/20266"));
	assert_false(filename_match_directory(&flat, "web"));
}

static void test_a_name_with_endless_ways_to_read_it_ends(void **state)
{
	struct filename name =
		compiled("{port}{port}{port}{port}{port}{port}{port}{port}"
			 "{port}{port}{port}{port}{port}{port}{port}{port}"
			 "x" DATE);
	struct filename_found found;

	(void)state;
	assert_false(filename_match(
		&name, "1111111111111111111111111111111111111111111y", &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_what_is_no_pattern_is_refused_with_the_reason),
		cmocka_unit_test(
			test_a_path_that_can_become_too_long_is_refused),
		cmocka_unit_test(test_patterns_make_names),
		cmocka_unit_test(test_names_are_the_dates_of_the_days),
		cmocka_unit_test(test_no_byte_of_a_sender_acts_in_a_name),
		cmocka_unit_test(test_the_longest_name_is_as_long_as_max_says),
		cmocka_unit_test(test_names_are_known_again),
		cmocka_unit_test(test_files_of_one_sender_have_one_holder),
		cmocka_unit_test(test_directories_are_known_again),
		cmocka_unit_test(test_a_name_with_endless_ways_to_read_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
