/* The loop, and a file that is renamed under its hands near the end. */
#include "unit.h"

#include "engineworld.h"

#define OLD "/log/old"

static bool at_the_end; /* only then, or before */
static struct sys sys;

static ssize_t writev_to_renamed(int fd, const struct iovec *iov, int count)
{
	if (at_the_end == (signals_stop > 0) && !fake_node(OLD))
		fake_rename(YESTERDAY, OLD);
	return fakesys.writev(fd, iov, count);
}

static void run(bool end)
{
	sys = fakesys;
	sys.writev = writev_to_renamed;
	at_the_end = end;
	engine.writer.agenda.settings->sys = &sys;
	assert_true(engine_run(&engine));
	assert_int_equal(filetable_is_any_used(&engine.files), false);
	assert_string_equal(fake_text("stderr"), "");
}

/* Nobody will see whether the renamed file is removed. */
static void test_what_is_set_aside_is_written_again_at_the_end(void **state)
{
	(void)state;
	fake_at(1100, say_hello);
	fake_at(1200, tell_to_stop);
	run(false);
	assert_has(fake_text(OLD), "hello\n");
	assert_has(fake_text(YESTERDAY), "hello\n");
}

static void test_what_meets_a_rename_at_the_end_is_written_again(void **state)
{
	(void)state;
	fake_at(1100, say_half);
	fake_at(1200, tell_to_stop);
	run(true);
	assert_has(fake_text(OLD), "half a line\n");
	assert_has(fake_text(YESTERDAY), "half a line\n");
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_is_set_aside_is_written_again_at_the_end),
		CASE(test_what_meets_a_rename_at_the_end_is_written_again),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
