/* The whole loop beside old files: room is made, and no line is lost. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "engineworld.h"

static struct settings limits;
static char *memory;

static bool is_open(const void *writer, const char *name, const struct stat *st)
{
	return writer_has_open(writer, name, st);
}

static int set_up_limits(void **state)
{
	set_up(state);
	fake_create("/log", S_IFDIR | 0755, "");
	limits = (struct settings){ .keepmin_days = 2 };
	filename_compile(&limits.file, "%Y-%m-%d.log");
	return 0;
}

/* After the limits were set. */
static void begin(void)
{
	const struct retain_setup setup = {
		.sys = &fakesys,
		.diag = engine.diag,
		.settings = &limits,
		.dir = "/log",
		.is_open = is_open,
		.context = &engine.writer,
	};

	free(memory);
	memory = calloc(1, retain_bytes(&limits));
	assert_non_null(memory);
	retain_init(&engine.retain, &setup, memory);
}

static void make(const char *path, size_t bytes)
{
	fake_create(path, S_IFREG | 0600, "")->hole = bytes;
}

static unsigned logged(void)
{
	return count_lines(fake_text(YESTERDAY)) +
	       count_lines(fake_text(TODAY));
}

static void test_old_files_go_while_lines_come(void **state)
{
	(void)state;
	limits.keep_days = 8;
	make("/log/2026-11-01.log", 1);
	begin();
	fake_at(1100, say_many);
	fake_at(3000, ask_counts);
	fake_at(20000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_null(fake_node("/log/2026-11-01.log"));
	assert_int_equal(logged(), MANY);
	assert_has(fake_text("stderr"), " removed 1 ");
}

/* Room is made within seconds, and what waited is written. */
static void test_a_full_disk_gets_room_from_old_files(void **state)
{
	(void)state;
	limits.free_bytes = 65536;
	make("/log/2026-11-01.log", (size_t)1 << 20);
	make("/log/2026-11-21.log", (size_t)1 << 20);
	begin();
	fake.capacity = ((size_t)2 << 20) + 70000;
	fake_at(5000, say_many);
	fake_at(15000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_null(fake_node("/log/2026-11-01.log"));
	assert_non_null(fake_node("/log/2026-11-21.log"));
	assert_int_equal(logged(), MANY);
}

static void say_hello_and_stop(void)
{
	say_hello();
	fake_create("/log/other", S_IFREG, "")->hole =
		fake.capacity - fake_disk_used();
	tell_to_stop();
}

static void test_at_the_end_room_is_made_as_well(void **state)
{
	(void)state;
	limits.free_bytes = 65536;
	make("/log/2026-11-01.log", (size_t)1 << 20);
	begin();
	fake.capacity = (size_t)4 << 20;
	fake_at(8000, say_hello_and_stop);
	assert_true(engine_run(&engine));
	assert_null(fake_node("/log/2026-11-01.log"));
	assert_int_equal(logged(), 1);
}

/* A pass that is under way is not waited for. */
static void test_the_end_does_not_wait_for_old_files(void **state)
{
	(void)state;
	limits.keep_days = 1;
	make("/log/2026-11-01.log", 1);
	begin();
	tell_to_stop();
	assert_true(engine_run(&engine));
	assert_true(fake.now_ms < 1100);
}

#define OLD "/log/2026-11-02.log"

static void say_on_an_old_day(void)
{
	fake_set_wall(FAKE_NOON - (time_t)20 * 86400);
	say_hello();
}

static void say_today(void)
{
	fake_set_wall(FAKE_NOON);
	say_hello();
}

static void expect_old(void)
{
	assert_non_null(fake_node(OLD));
}

/* Once it is closed, it is as old as its name says. */
static void test_what_is_open_stays(void **state)
{
	(void)state;
	limits.keep_days = 1;
	begin();
	fake_at(55000, say_on_an_old_day);
	fake_at(56000, say_today);
	fake_at(57000, say_today);
	fake_at(70000, expect_old);
	fake_at(200000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_null(fake_node(OLD));
	assert_int_equal(logged(), 2);
}

static int give_limits(void **state)
{
	free(memory);
	return give_memory(state);
}

#define TEST(function) cmocka_unit_test_setup(function, set_up_limits)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_old_files_go_while_lines_come),
		TEST(test_a_full_disk_gets_room_from_old_files),
		TEST(test_at_the_end_room_is_made_as_well),
		TEST(test_the_end_does_not_wait_for_old_files),
		TEST(test_what_is_open_stays),
	};

	return cmocka_run_group_tests(tests, take_memory, give_limits);
}
