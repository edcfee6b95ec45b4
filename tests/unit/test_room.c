/* Tests of room: how much has to go for free=. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "fakesys.h"
#include "room.h"

static struct diag diag;
static struct diag_fault fault;
static struct room room;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	fault = (struct diag_fault){ 0 };
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	room = (struct room){ .sys = &fakesys,
			      .diag = &diag,
			      .fault = &fault,
			      .dir = "/log",
			      .wanted = 1000 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static uint64_t needed(uint64_t written, bool is_full)
{
	room_look(&room, written, is_full, fake.now_ms);
	return room.needed;
}

static void test_what_lacks_has_to_go(void **state)
{
	(void)state;
	fake.capacity = 1000;
	assert_int_equal(needed(0, false), 0);
	assert_false(room_is_short(&room));
	fake.capacity = 999;
	assert_int_equal(needed(0, false), 1);
	fake.capacity = 0;
	assert_int_equal(needed(0, false), 1000);
	room.freed = 999;
	assert_true(room_is_short(&room));
	room.freed++;
	assert_false(room_is_short(&room));
}

static void test_without_a_limit_nobody_looks(void **state)
{
	(void)state;
	room.wanted = 0;
	fake.capacity = 0;
	assert_int_equal(needed(0, true), 0);
	assert_int_equal(fake.counts[FAKE_STATFS], 0);
}

static void test_a_full_disk_needs_a_file_in_any_case(void **state)
{
	(void)state;
	fake.capacity = 5000;
	assert_int_equal(needed(0, true), 1);
	fake.capacity = 500;
	assert_int_equal(needed(0, true), 500);
}

static void test_what_was_removed_counts_until_it_shows(void **state)
{
	(void)state;
	fake.capacity = 400;
	assert_int_equal(needed(10, false), 600);
	room.freed = 700;
	room_settle(&room, fake.now_ms);
	assert_int_equal(needed(10, false), 0);
	/* What is written meanwhile takes of it. */
	assert_int_equal(needed(10 + 100, false), 0);
	assert_int_equal(needed(10 + 101, false), 1);
	fake.capacity = 990;
	assert_int_equal(needed(10 + 300, false), 10);
	/* A look changes nothing. */
	fake.capacity = 400;
	assert_int_equal(needed(10 + 100, false), 0);
	fake.now_ms += ROOM_SETTLE_MS;
	assert_int_equal(needed(10, false), 600);
}

static void test_where_nothing_was_removed_nothing_is_expected(void **state)
{
	(void)state;
	fake.capacity = 2000;
	needed(0, false);
	room_settle(&room, fake.now_ms);
	fake.capacity = 0;
	assert_int_equal(needed(0, false), 1000);
}

static void test_what_is_written_beyond_all_that_was_expected(void **state)
{
	(void)state;
	fake.capacity = 400;
	needed(0, false);
	room.freed = 600;
	room_settle(&room, fake.now_ms);
	assert_int_equal(needed(1 << 20, false), 600);
}

static void test_where_it_is_not_told_nothing_goes(void **state)
{
	(void)state;
	fake.capacity = 0;
	fake_fail(FAKE_BIT(FAKE_STATFS), 1, 1, EIO, 0);
	assert_int_equal(needed(0, true), 0);
	assert_non_null(strstr(fake_text("stderr"),
			       "warning: unable to find out how much is free: "
			       "Input/output error\n"));
	assert_int_equal(needed(0, true), 1000);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_lacks_has_to_go),
		TEST(test_without_a_limit_nobody_looks),
		TEST(test_a_full_disk_needs_a_file_in_any_case),
		TEST(test_what_was_removed_counts_until_it_shows),
		TEST(test_where_nothing_was_removed_nothing_is_expected),
		TEST(test_what_is_written_beyond_all_that_was_expected),
		TEST(test_where_it_is_not_told_nothing_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
