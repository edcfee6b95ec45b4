/* Users and groups by name and by number. */
#include "unit.h"

#include <string.h>

#include "privilege.h"

static struct privilege privilege;
static char error[ERROR_MAX];

static void test_numbers_and_names_are_found(void **state)
{
	(void)state;
	assert_int_equal(privilege_find(&privilege, "0", NULL, error), 0);
	assert_int_equal(privilege.uid, 0);
	assert_int_equal(privilege_find(&privilege, "root", "77", error), 0);
	assert_int_equal(privilege.uid, 0);
	assert_int_equal(privilege.gid, 77);
	assert_int_equal(privilege_find(&privilege, "3999999999", "8", error),
			 0);
	assert_int_equal(privilege.uid, 3999999999U);
	assert_true(privilege.change);
	assert_int_equal(privilege_find(&privilege, NULL, NULL, error), 0);
	assert_false(privilege.change);
}

static void test_names_that_are_none_are_refused(void **state)
{
	(void)state;
	assert_int_equal(
		privilege_find(&privilege, "no-such-user", NULL, error), -1);
	assert_non_null(strstr(error, "uid=no-such-user: no such user"));
	assert_int_equal(
		privilege_find(&privilege, NULL, "no-such-group", error), -1);
	assert_non_null(strstr(error, "gid=no-such-group: no such group"));
	/* Its group isn't known. */
	assert_int_equal(privilege_find(&privilege, "3999999999", NULL, error),
			 -1);
	assert_non_null(strstr(error, "uid=3999999999: "));
}

/* A name is the user's text, and the error is one printable line. */
static void test_any_name_is_shown_in_one_printable_line(void **state)
{
	const char *c;

	(void)state;
	assert_int_equal(privilege_find(&privilege, "a\nb\033[2J", NULL, error),
			 -1);
	for (c = error; *c; c++)
		assert_true(*c >= ' ' && *c != 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_and_names_are_found),
		cmocka_unit_test(test_names_that_are_none_are_refused),
		cmocka_unit_test(test_any_name_is_shown_in_one_printable_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
