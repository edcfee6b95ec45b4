/* Tests of descriptors: the limit of this process. */
#include "unit.h"

#include <sys/resource.h>

#include "descriptors.h"

/* Under valgrind the hard limit is valgrind's. */
static void set_limit(rlim_t soft, rlim_t hard)
{
	const struct rlimit limit = { soft, hard };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		skip_because("the limit of descriptors can't be set here");
}

/* The hard limit can't be raised again, so it falls from step to step. */
static void test_the_limit_is_raised_and_shared(void **state)
{
	struct rlimit limit;

	(void)state;
	set_limit(32, 200);
	assert_int_equal(descriptors_for_files(), 200 - 16);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 200);
	set_limit(18, 18);
	assert_int_equal(descriptors_for_files(), 2);
	set_limit(10, 10);
	assert_int_equal(descriptors_for_files(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_limit_is_raised_and_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
