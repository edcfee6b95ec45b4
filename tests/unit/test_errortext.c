/* Tests of errortext: what an errno means, in words. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "errortext.h"

static void test_each_error_has_the_words_of_libc(void **state)
{
	char words[128];
	int error;

	(void)state;
	for (error = -1; error <= 200; error++) {
		snprintf(words, sizeof(words), "%s", errortext(error));
		assert_string_equal(words, strerror(error));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_error_has_the_words_of_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
