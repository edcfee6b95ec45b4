/* Tests of options: numbers, sizes and modes of files. */
#include "unit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "rules.h"
#include "rules.h"

/* Parses one argument, which is copied so that ASan guards its end. */
static int parse_one(struct options *options, const char *argument,
		     char error[ERROR_MAX])
{
	char name[] = "udplogger";
	char *copy = strdup(argument);
	char *argv[] = { name, copy, NULL };
	int ret;

	assert_non_null(copy);
	memset(error, 0xa5, ERROR_MAX);
	ret = options_parse(options, 2, argv, error);
	free(copy);
	return ret;
}

static void assert_one_line(const char *error)
{
	size_t len = strnlen(error, ERROR_MAX);
	size_t i;

	assert_between(len, 1, ERROR_MAX - 1);
	for (i = 0; i < len; i++)
		if ((unsigned char)error[i] < 0x20 || error[i] == 0x7f)
			fail_msg("a control in: %s", error);
}

static const struct rule *rule_of(const char *name)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; (rule = rules_nth(i)); i++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	fail_msg("no option %s", name);
	return NULL;
}

/* Refused with ARGUMENT, which is printable, and with what is allowed. */
static void assert_refused(const char *argument, const char *allowed)
{
	char error[ERROR_MAX];
	struct options options;

	if (parse_one(&options, argument, error) != -1)
		fail_msg("taken: %s", argument);
	assert_one_line(error);
	if (strncmp(error, argument, strlen(argument)) != 0 ||
	    strncmp(error + strlen(argument), ": ", 2) != 0)
		fail_msg("%s: not named first in: %s", argument, error);
	if (!strstr(error, allowed))
		fail_msg("%s: not said what is allowed: %s", argument, error);
}

static void assert_value_refused(const char *name, const char *value)
{
	char argument[1024];

	snprintf(argument, sizeof(argument), "%s=%s", name, value);
	assert_refused(argument, rule_of(name)->allowed);
	snprintf(argument, sizeof(argument), "--%s=%s", name, value);
	assert_refused(argument, rule_of(name)->allowed);
}

/* A number option as the manual has it. */
static const struct number {
	const char *name;
	size_t field;
	unsigned long min, max, fallback;
	bool size; /* takes K, M and G */
	bool seconds; /* kept as milliseconds */
} numbers[] = {
	{ "timeout", offsetof(struct settings, timeout_ms), 5, 600, 10, false,
	  true },
	{ "clients", offsetof(struct settings, clients), 10, 1048576, 1024,
	  false, false },
	{ "wbuf", offsetof(struct settings, wbuf_bytes), 1024, 1048576, 65536,
	  true, false },
	{ "rbuf", offsetof(struct settings, rbuf_bytes), 65536, 1073741824,
	  134217728, true, false },
	{ "queue", offsetof(struct settings, queue_bytes), 1048576, 1073741824,
	  67108864, true, false },
	{ "reorder", offsetof(struct settings, reorder_ms), 0, 1000, 10, false,
	  false },
};
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static unsigned long value_of(const struct options *options, size_t field)
{
	unsigned long value;

	memcpy(&value, (const char *)&options->settings + field, sizeof(value));
	return value;
}

static void assert_taken(const char *argument, size_t field,
			 unsigned long value)
{
	char error[ERROR_MAX];
	char dashed[128];
	struct options options;

	if (parse_one(&options, argument, error) != 0)
		fail_msg("%s refused: %s", argument, error);
	assert_int_equal(value_of(&options, field), value);
	snprintf(dashed, sizeof(dashed), "--%s", argument);
	assert_int_equal(parse_one(&options, dashed, error), 0);
	assert_int_equal(value_of(&options, field), value);
}

static void assert_number(const struct number *n, const char *value,
			  unsigned long want)
{
	char argument[128];

	snprintf(argument, sizeof(argument), "%s=%s", n->name, value);
	assert_taken(argument, n->field, n->seconds ? want * 1000 : want);
}

static void test_without_arguments_all_is_as_the_manual_says(void **state)
{
	char error[ERROR_MAX], name[] = "udplogger";
	char *argv[] = { name, NULL };
	struct options options;
	int argc;
	size_t i;

	(void)state;
	for (argc = 0; argc <= 1; argc++) {
		memset(&options, 0xa5, sizeof(options));
		assert_int_equal(options_parse(&options, argc, argv, error), 0);
		for (i = 0; i < NUMBERS; i++)
			assert_int_equal(
				value_of(&options, numbers[i].field),
				numbers[i].fallback *
					(numbers[i].seconds ? 1000 : 1));
		assert_int_equal(options.mode, OPTIONS_RUN);
		assert_null(options.settings.ip);
		assert_string_equal(options.settings.dir, ".");
		assert_null(options.settings.uid);
		assert_null(options.settings.gid);
		assert_int_equal(options.settings.perm, 0600);
		assert_int_equal(options.settings.tee, SETTINGS_TEE_AUTO);
		assert_false(options.settings.raw);
		assert_true(options.settings.extended);
		assert_false(options.settings.level || options.settings.json ||
			     options.settings.iso);
	}
}

static void test_the_ends_of_every_range_are_taken_and_no_more(void **state)
{
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < NUMBERS; i++) {
		const struct number *n = &numbers[i];

		snprintf(text, sizeof(text), "%lu", n->min);
		assert_number(n, text, n->min);
		snprintf(text, sizeof(text), "%lu", n->max);
		assert_number(n, text, n->max);
		snprintf(text, sizeof(text), "%lu", n->max + 1);
		assert_value_refused(n->name, text);
		snprintf(text, sizeof(text), "%lu", n->min - 1);
		if (n->min > 0)
			assert_value_refused(n->name, text);
	}
}

static void test_what_is_no_number_is_refused(void **state)
{
	static const char *const wrong[] = {
		"abc",
		"-1",
		"+100",
		" 100",
		"100 ",
		"100x",
		"x100",
		"0x100",
		"100.0",
		"1e2",
		"1,00",
		"100=1",
		"=",
		"\xd9\xa1",
		"100KK",
		"100B",
		"K",
		"100KB",
		"100 K",
		/* 2^64, and what is 100 beyond 2^64 and 2^32; 30 digits */
		"18446744073709551616",
		"18446744073709551716",
		"18446744073709551615",
		"4294967396",
		"999999999999999999999999999999",
		"100000000000000000000000000000",
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < NUMBERS; i++)
		for (j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++)
			assert_value_refused(numbers[i].name, wrong[j]);
}

static void test_sizes_take_k_m_and_g(void **state)
{
	static const struct {
		const char *name, *text;
		unsigned long value;
	} rows[] = {
		{ "wbuf", "1K", 1024 },
		{ "wbuf", "64K", 65536 },
		{ "wbuf", "64k", 65536 },
		{ "wbuf", "1m", 1048576 },
		{ "wbuf", "1024K", 1048576 },
		{ "wbuf", "1M", 1048576 },
		{ "rbuf", "64K", 65536 },
		{ "rbuf", "128M", 134217728 },
		{ "rbuf", "1024M", 1073741824 },
		{ "rbuf", "1G", 1073741824 },
		{ "rbuf", "1g", 1073741824 },
		{ "rbuf", "1048576K", 1073741824 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_number(&numbers[rows[i].name[0] == 'w' ? 2 : 3],
			      rows[i].text, rows[i].value);
}

static void test_times_take_ms_s_m_and_h(void **state)
{
	static const struct {
		const char *name, *text;
		unsigned long ms;
		const char *shown;
	} rows[] = {
		{ "timeout", "10s", 10000, "10" },
		{ "timeout", "5000ms", 5000, "5" },
		{ "timeout", "5001ms", 5001, "5001ms" },
		{ "timeout", "600000ms", 600000, "600" },
		{ "timeout", "10m", 600000, "600" },
		{ "reorder", "10ms", 10, "10" },
		{ "reorder", "1s", 1000, "1000" },
		{ "reorder", "0s", 0, "0" },
		{ "reorder", "0h", 0, "0" },
	};
	char error[ERROR_MAX], value[RULES_VALUE_MAX], argument[64];
	struct options options;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rule *rule = rule_of(rows[i].name);

		snprintf(argument, sizeof(argument), "%s=%s", rows[i].name,
			 rows[i].text);
		assert_int_equal(parse_one(&options, argument, error), 0);
		assert_int_equal(value_of(&options, rule->field), rows[i].ms);
		rule->show(rule, &options.settings, value);
		assert_string_equal(value, rows[i].shown);
	}
}

static void test_times_with_units_are_held_to_the_range(void **state)
{
	static const char *const wrong[] = {
		"4999ms",      "600001ms", "601s",  "11m",
		"1h",	       "10S",	   "10 s",  "10sec",
		"s",	       "ms",	   "10ms ", "4294967296ms",
		"4294967295h", "10d",	   "10mm",  "18446744073710s",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_value_refused("timeout", wrong[i]);
	assert_value_refused("reorder", "1001ms");
	assert_value_refused("reorder", "2s");
	assert_value_refused("reorder", "1m");
}

static uint64_t amount_of(const char *argument)
{
	const struct rule *rule;
	struct options options;
	char error[ERROR_MAX];
	uint64_t amount;

	if (parse_one(&options, argument, error) != 0)
		fail_msg("%s refused: %s", argument, error);
	rule = rules_find(argument, strcspn(argument, "="));
	memcpy(&amount, (const char *)&options.settings + rule->field,
	       sizeof(amount));
	return amount;
}

static void test_limits_of_the_disk_may_be_large_or_none(void **state)
{
	static const struct {
		const char *argument;
		uint64_t amount;
	} rows[] = {
		{ "keep=0", 1 },
		{ "keep=36500", 36501 },
		{ "keep=7d", 8 },
		{ "keep=none", 0 },
		{ "max=1048576", 1048576 },
		{ "max=1M", 1048576 },
		{ "max=4G", UINT64_C(1) << 32 },
		{ "max=5000G", UINT64_C(5000) << 30 },
		{ "max=1024T", UINT64_C(1) << 50 },
		{ "max=none", 0 },
		{ "free=64K", 65536 },
		{ "free=1T", UINT64_C(1) << 40 },
		{ "free=1t", UINT64_C(1) << 40 },
		{ "free=1125899906842624", UINT64_C(1) << 50 },
		{ "free=none", 0 },
		{ "keepmin=0", 0 },
		{ "keepmin=36500", 36500 },
		{ "limit=1", 1 },
		{ "limit=100000", 100000 },
		{ "limit=none", 0 },
		{ "keepmin=7d", 7 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(amount_of(rows[i].argument) == rows[i].amount);
}

static void test_limits_of_the_disk_are_held_to_their_range(void **state)
{
	static const char *const rows[][2] = {
		{ "keep", "36501" },
		{ "keep", "-1" },
		{ "keep", "1K" },
		{ "keep", "None" },
		{ "keep", "18446744073709551615" },
		{ "max", "1048575" },
		{ "max", "1023K" },
		{ "max", "0" },
		{ "max", "1025T" },
		{ "max", "1P" },
		{ "max", "18446744073709551615" },
		{ "max", "16777216T" },
		{ "max", "none " },
		{ "free", "0" },
		{ "free", "65535" },
		{ "free", "1125899906842625" },
		{ "keepmin", "none" },
		{ "keepmin", "36501" },
		{ "limit", "0" },
		{ "limit", "100001" },
		{ "limit", "1K" },
		{ "limit", "-1" },
		{ "limit", "no" },
		{ "limit", "nonesuch" },
		{ "limit", "18446744073709551616" },
		{ "keepmin", "36501d" },
		{ "keepmin", "7days" },
		{ "keep", "7D" },
		{ "keep", "d" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_value_refused(rows[i][0], rows[i][1]);
}

static void test_by_default_nothing_is_removed(void **state)
{
	struct settings settings;

	(void)state;
	rules_defaults(&settings);
	assert_true(settings.keep_days == 0);
	assert_true(settings.max_bytes == 0);
	assert_true(settings.free_bytes == 0);
	assert_true(settings.keepmin_days == 2);
}

static void test_sizes_with_units_are_held_to_the_range(void **state)
{
	static const char *const rows[][2] = {
		{ "wbuf", "0K" },
		{ "wbuf", "1025K" },
		{ "wbuf", "2M" },
		{ "wbuf", "1G" },
		{ "wbuf", "1T" },
		{ "rbuf", "63K" },
		{ "rbuf", "0M" },
		{ "rbuf", "0G" },
		{ "rbuf", "1048577K" },
		{ "rbuf", "1025M" },
		{ "rbuf", "2G" },
		/* 2^64 and 2^64 + 2^30, and 2^32 on narrower machines */
		{ "rbuf", "17179869184G" },
		{ "rbuf", "17179869185G" },
		{ "rbuf", "17592186044417M" },
		{ "wbuf", "18014398509481985K" },
		{ "rbuf", "5G" },
		{ "rbuf", "18446744073709551617G" },
		{ "wbuf", "99999999999999999999999K" },
		{ "wbuf", "100000000000000000000000000000K" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_value_refused(rows[i][0], rows[i][1]);
	for (i = 0; i < NUMBERS; i++)
		if (!numbers[i].size)
			assert_value_refused(numbers[i].name, "1K");
}

static void test_modes_of_files_are_octal_and_never_executable(void **state)
{
	const size_t perm = offsetof(struct settings, perm);
	char text[16];
	unsigned mode;

	(void)state;
	for (mode = 0; mode <= 07777 + 1; mode++) {
		snprintf(text, sizeof(text), "perm=%04o", mode);
		if ((mode & ~0666u) == 0)
			assert_taken(text, perm, mode);
		else
			assert_refused(text, "0000 to 0666");
	}
	assert_taken("perm=0", perm, 0);
	assert_taken("perm=600", perm, 0600);
}

static void test_modes_that_are_no_octal_numbers_are_refused(void **state)
{
	static const char *const wrong[] = {
		"8",
		"0800",
		"0608",
		"0o600",
		"0x180",
		"-600",
		"+600",
		" 0600",
		"0600 ",
		"0600x",
		"rw",
		"u=rw",
		"6.0",
		"384",
		"0600K",
		"\xd9\xa6",
		/* 2^64 and 2^64 + 0600 in octal, 30 digits */
		"2000000000000000000000",
		"2000000000000000000600",
		"777777777777777777777777777777",
		"600000000000000000000000000000",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_value_refused("perm", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_without_arguments_all_is_as_the_manual_says),
		cmocka_unit_test(
			test_the_ends_of_every_range_are_taken_and_no_more),
		cmocka_unit_test(test_what_is_no_number_is_refused),
		cmocka_unit_test(test_sizes_take_k_m_and_g),
		cmocka_unit_test(test_times_take_ms_s_m_and_h),
		cmocka_unit_test(test_times_with_units_are_held_to_the_range),
		cmocka_unit_test(test_limits_of_the_disk_may_be_large_or_none),
		cmocka_unit_test(
			test_limits_of_the_disk_are_held_to_their_range),
		cmocka_unit_test(test_by_default_nothing_is_removed),
		cmocka_unit_test(test_sizes_with_units_are_held_to_the_range),
		cmocka_unit_test(
			test_modes_of_files_are_octal_and_never_executable),
		cmocka_unit_test(
			test_modes_that_are_no_octal_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
