/* When libc is asked to read the time zone again, and when it is spared. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakesys.h"
#include "zone.h"

#define ZONE "/etc/localtime"

static struct zone zone;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	unsetenv("TZ");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void test_a_zone_that_is_the_same_is_not_read_again(void **state)
{
	(void)state;
	fake_create(ZONE, S_IFREG | 0644, "TZif");
	zone_init(&zone, &fakesys);
	assert_false(zone_read_again(&zone));
	fake_fail(FAKE_BIT(FAKE_STAT), 1, 1, EIO, 0);
	assert_false(zone_read_again(&zone));
	assert_false(zone_read_again(&zone));
}

static void test_a_zone_that_changed_is_read_again(void **state)
{
	(void)state;
	zone_init(&zone, &fakesys);
	assert_false(zone_read_again(&zone));
	fake_create(ZONE, S_IFREG | 0644, "TZif");
	assert_true(zone_read_again(&zone));
	assert_false(zone_read_again(&zone));
	fake_create("/other", S_IFREG | 0644, "TZif2");
	fake_unlink(ZONE);
	fake_rename("/other", ZONE);
	assert_true(zone_read_again(&zone));
	assert_false(zone_read_again(&zone));
}

static void test_the_zone_of_the_environment_never_changes(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	zone_init(&zone, &fakesys);
	fake_create(ZONE, S_IFREG | 0644, "TZif");
	assert_false(zone_read_again(&zone));
	unsetenv("TZ");
}

static void assert_known(const char *tz, bool known)
{
	char name[ZONE_NAME_MAX], want[ZONE_NAME_MAX];

	setenv("TZ", tz, 1);
	if (zone_is_known(&zone, name) != known)
		fail_msg("TZ=%s should be %s", tz, known ? "known" : "unknown");
	snprintf(want, sizeof(want), "TZ=%s", tz);
	assert_string_equal(name, want);
	unsetenv("TZ");
}

static void test_zones_by_themselves_are_known(void **state)
{
	static const char *const known[] = {
		"",
		"UTC",
		"GMT",
		"UTC0",
		":UTC0",
		"CET-1",
		"EST5EDT",
		"<+09>-9",
		"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
		"NZST-12:00",
		"XYZ+1:30:15",
		"CET-1CEST,M3.5.0,M10.5.0/3",
		"AAA1BBB2,J60,J300",
	};
	static const char *const unknown[] = {
		"Europe/Berlim", "CET",	    "AB1",	    "-1",      "<+9>-9",
		"<+09-9",	 "CET-",    "CET-1CEST,x",  ":",       "CET-1;",
		"CET-1CEST;",	 "CET-1C1", "/nonexistent", "America",
	};
	size_t i;

	(void)state;
	zone_init(&zone, &fakesys);
	fake_create("/usr/share/zoneinfo/America", S_IFDIR | 0755, "");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_known(known[i], true);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_known(unknown[i], strcmp(unknown[i], ":") == 0);
}

static void test_zones_are_looked_for_where_libc_does(void **state)
{
	static const char *const paths[] = {
		"/usr/share/zoneinfo/Asia/Tokyo",
		"/share/zoneinfo/Asia/Seoul",
		"/etc/zoneinfo/Asia/Dhaka",
		"/my/zones/Asia/Kabul",
	};
	size_t i;

	(void)state;
	zone_init(&zone, &fakesys);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *name = strstr(paths[i], "Asia");

		assert_known(name, false);
		fake_create(paths[i], S_IFREG | 0644, "TZif2");
		if (i == 3)
			setenv("TZDIR", "/my/zones", 1);
		assert_known(name, true);
		assert_known(paths[i], true);
		unsetenv("TZDIR");
	}
	fake_create("/etc/zoneinfo/Text", S_IFREG | 0644, "no zone");
	assert_known("Text", false);
}

static void test_the_zone_of_the_machine_may_lead_nowhere(void **state)
{
	char name[ZONE_NAME_MAX];

	(void)state;
	zone_init(&zone, &fakesys);
	assert_true(zone_is_known(&zone, name));
	fake_create(ZONE, S_IFREG | 0644, "");
	assert_false(zone_is_known(&zone, name));
	assert_string_equal(name, ZONE);
	fake_unlink(ZONE);
	fake_create(ZONE, S_IFREG | 0644, "TZif2");
	assert_true(zone_is_known(&zone, name));
}

static void test_a_zone_is_named_with_its_offset(void **state)
{
	static const struct {
		const char *tz, *want;
	} rows[] = {
		{ "UTC0", "UTC (UTC+00:00)" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "CET (UTC+01:00)" },
		{ "<-0330>3:30", "-0330 (UTC-03:30)" },
		{ "<+0545>-5:45", "+0545 (UTC+05:45)" },
	};
	char text[ZONE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("TZ", rows[i].tz, 1);
		tzset();
		zone_text(text, FAKE_NOON);
		assert_string_equal(text, rows[i].want);
	}
	unsetenv("TZ");
	tzset();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_zone_that_is_the_same_is_not_read_again),
		CASE(test_a_zone_that_changed_is_read_again),
		CASE(test_the_zone_of_the_environment_never_changes),
		CASE(test_zones_by_themselves_are_known),
		CASE(test_zones_are_looked_for_where_libc_does),
		CASE(test_the_zone_of_the_machine_may_lead_nowhere),
		CASE(test_a_zone_is_named_with_its_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
