/* Lines of each name of hosts=. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "hostsum.h"
#include "rig.h"

static struct hostsums sums;
static void *memory;

static int set_up(void **state)
{
	(void)state;
	memory = rig_memory(hostsums_bytes());
	hostsums_init(&sums, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static struct hostsum *get(const char *name)
{
	return hostsums_get(&sums, name, strlen(name));
}

static void test_a_name_has_one_sum(void **state)
{
	(void)state;
	get("web1")->lines += 3;
	get("web2")->lines += 5;
	get("web1")->lines += 4;
	assert_int_equal(sums.count, 2);
	assert_int_equal(get("web1")->lines, 7);
	assert_memory_equal(hostsums_nth(&sums, 0)->name, "web1", 4);
	assert_int_equal(hostsums_nth(&sums, 0)->len, 4);
	assert_int_equal(hostsums_nth(&sums, 1)->lines, 5);
	/* The begin of another is another. */
	assert_int_equal(get("web")->lines, 0);
}

static void test_a_name_that_is_gone_is_passed_over(void **state)
{
	(void)state;
	get("stays")->lines = 1;
	get("goes")->lines = 2;
	hostsums_renew(&sums);
	hostsums_keep(&sums, "stays", 5);
	hostsums_keep(&sums, "new", 3);
	assert_non_null(hostsums_nth(&sums, 0));
	assert_null(hostsums_nth(&sums, 1));
	assert_int_equal(sums.count, 2);
	/* It comes back, with what it had. */
	hostsums_renew(&sums);
	hostsums_keep(&sums, "goes", 4);
	assert_int_equal(hostsums_nth(&sums, 1)->lines, 2);
	assert_null(hostsums_nth(&sums, 0));
}

static void test_the_longest_name_fits_and_no_longer_one(void **state)
{
	char name[HOSTS_NAME_MAX + 1];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_non_null(hostsums_get(&sums, name, HOSTS_NAME_MAX));
	assert_int_equal(hostsums_nth(&sums, 0)->len, HOSTS_NAME_MAX);
	assert_null(hostsums_get(&sums, name, HOSTS_NAME_MAX + 1));
}

static void test_as_many_names_as_hosts_may_have(void **state)
{
	char name[16];
	unsigned i;

	(void)state;
	for (i = 0; i < HOSTS_MAX; i++) {
		snprintf(name, sizeof(name), "host%u", i);
		get(name)->lines = i;
	}
	assert_null(get("one-more"));
	for (i = 0; i < HOSTS_MAX; i++) {
		snprintf(name, sizeof(name), "host%u", i);
		assert_int_equal(get(name)->lines, i);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_a_name_has_one_sum),
		CASE(test_a_name_that_is_gone_is_passed_over),
		CASE(test_the_longest_name_fits_and_no_longer_one),
		CASE(test_as_many_names_as_hosts_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
