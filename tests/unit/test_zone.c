/* When libc is asked to read the time zone again, and when it is spared. */
#include "unit.h"

#include <errno.h>
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

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_zone_that_is_the_same_is_not_read_again),
		CASE(test_a_zone_that_changed_is_read_again),
		CASE(test_the_zone_of_the_environment_never_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
