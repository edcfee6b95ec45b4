/* Tests of arrival: the kernel's time in each form that machines give it. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "arrival.h"
#include "fakesys.h"

/* SO_TIMESTAMPNS_OLD and _NEW, include/uapi/asm-generic/socket.h */
#define OLD 35
#define NEW 64

#define SECOND 1795348800
#define LATE   INT64_C(4102444800) /* 2100-01-01, beyond 32 bits */

static void test_both_widths_are_read_under_both_numbers(void **state)
{
	static const int types[] = { OLD, NEW };
	const int32_t narrow[2] = { SECOND, 999999999 };
	const int64_t wide[2] = { LATE, 1 };
	struct timespec arrival;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_true(arrival_read(types[i], narrow, sizeof(narrow),
					 &arrival));
		assert_int_equal(arrival.tv_sec, SECOND);
		assert_int_equal(arrival.tv_nsec, 999999999);
		assert_true(
			arrival_read(types[i], wide, sizeof(wide), &arrival));
		assert_int_equal(arrival.tv_sec, (time_t)LATE);
		assert_int_equal(arrival.tv_nsec, 1);
	}
}

static void test_what_is_no_time_changes_nothing(void **state)
{
	struct timespec arrival = { 7, 8 };
	char bytes[64] = "";
	size_t len;
	int type;

	(void)state;
	for (len = 0; len <= sizeof(bytes); len++)
		for (type = 0; type < 128; type++)
			if ((type != OLD && type != NEW) ||
			    (len != 8 && len != 16))
				assert_false(arrival_read(type, bytes, len,
							  &arrival));
	assert_int_equal(arrival.tv_sec, 7);
	assert_int_equal(arrival.tv_nsec, 8);
}

static void test_the_old_form_is_asked_for_where_there_is_no_other(void **state)
{
	int fd;

	(void)state;
	fake_reset();
	fd = fakesys.socket(0, 0, 0);
	fake.stamps_off = true;
	fake.linux50 = true;
	assert_true(arrival_ask(&fakesys, fd, true));
	assert_false(fake.stamps_off);
	assert_true(arrival_ask(&fakesys, fd, false));
	assert_true(fake.stamps_off);
	fake_fail(FAKE_BIT(FAKE_SETSOCKOPT), 1, 2, ENOPROTOOPT, 0);
	assert_false(arrival_ask(&fakesys, fd, true));
	fakesys.close(fd);
	fake_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_widths_are_read_under_both_numbers),
		cmocka_unit_test(test_what_is_no_time_changes_nothing),
		cmocka_unit_test(
			test_the_old_form_is_asked_for_where_there_is_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
