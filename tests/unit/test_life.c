/* What the log tells of start and end, and of a run that was killed. */
#include "engineworld.h"

#include <errno.h>

#include "fakeif.h"

#define MARK "/log/.udplogger-192.0.2.1-6666"

static struct settings notices; /* instead of the world's */

static int set_up_notices(void **state)
{
	set_up(state);
	notices = *engine.collector.settings;
	notices.notices = true;
	engine.collector.settings = &notices;
	return 0;
}

static void begin(void)
{
	const struct srcaddr local = fakeif_key("192.0.2.1", 6666);

	life_begin(&engine.life, &local, "1.2.3");
}

static void end(void)
{
	fake_at(fake.now_ms + 100, tell_to_stop);
	assert_true(engine_run(&engine));
	signals_stop = 0;
}

static void assert_logged(const char *text)
{
	assert_string_equal(fake_text(YESTERDAY), text);
}

#define START "2026-11-22 23:59:55 udplogger: started (1.2.3)\n"
#define STOP  "2026-11-22 23:59:55 udplogger: stopped\n"

static void test_start_and_end_are_in_the_log(void **state)
{
	(void)state;
	begin();
	assert_non_null(fake_node(MARK));
	fake_at(fake.now_ms + 50, say_hello);
	end();
	assert_null(fake_node(MARK));
	assert_memory_equal(fake_text(YESTERDAY), START, strlen(START));
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 3);
	assert_has(strstr(fake_text(YESTERDAY), "hello"), STOP);
}

static void test_a_clean_end_is_not_told_at_the_next_start(void **state)
{
	(void)state;
	begin();
	end();
	engine.life.stopped = false;
	begin();
	end();
	assert_logged(START STOP START STOP);
}

static void test_a_run_that_was_killed_is_told(void **state)
{
	(void)state;
	begin();
	engine.life.marked = false;
	begin();
	end();
	assert_logged(START "2026-11-22 23:59:55 udplogger: the last run did "
			    "not end cleanly\n" START STOP);
	assert_null(fake_node(MARK));
}

static void test_what_cannot_be_known_is_not_told(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_SYMLINKAT), 1, UINT32_MAX, EROFS, 0);
	begin();
	end();
	assert_logged(START STOP);
	/* Something else has the name. */
	fake_fail(0, 0, 0, 0, 0);
	fake_create(MARK, S_IFREG, "");
	engine.life.stopped = false;
	begin();
	end();
	assert_logged(START STOP START STOP);
	assert_non_null(fake_node(MARK));
}

static void test_without_notices_there_is_nothing(void **state)
{
	(void)state;
	notices.notices = false;
	begin();
	assert_null(fake_node(MARK));
	end();
	assert_int_equal(count_lines(fake_text(YESTERDAY)), 0);
}

static void test_a_run_without_notices_leaves_no_former_mark(void **state)
{
	(void)state;
	begin();
	engine.life.marked = false;
	notices.notices = false;
	begin();
	assert_null(fake_node(MARK));
	/* What is no mark stays. */
	fake_create(MARK, S_IFREG, "");
	begin();
	assert_non_null(fake_node(MARK));
}

static void test_what_is_given_up_is_no_clean_end(void **state)
{
	(void)state;
	begin();
	fill_disk();
	fake_at(fake.now_ms + 50, say_hello);
	fake_at(fake.now_ms + 100, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_non_null(fake_node(MARK));
}

/* port=0: each kill would leave a mark that no run ever finds. */
static void test_a_port_of_this_run_alone_leaves_no_mark(void **state)
{
	(void)state;
	life_begin(&engine.life, NULL, "1.2.3");
	assert_false(engine.life.marked);
	life_change(&engine.life);
	assert_int_equal(fake.counts[FAKE_SYMLINKAT], 0);
	end();
	assert_logged(START STOP);
	assert_int_equal(fake.counts[FAKE_READLINKAT], 0);
}

static void stop_notices(void)
{
	notices.notices = false;
	reopen();
}

static void start_notices(void)
{
	notices.notices = true;
	reopen();
}

static void test_a_reload_makes_and_removes_the_mark(void **state)
{
	(void)state;
	begin();
	fake_at(fake.now_ms + 20, stop_notices);
	fake_at(fake.now_ms + 100, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_null(fake_node(MARK));
	assert_logged(START);
	signals_stop = 0;
	engine.life.stopped = false;
	fake_at(fake.now_ms + 20, start_notices);
	end();
	assert_logged(START STOP);
	assert_null(fake_node(MARK));
}

#define CASE(name) cmocka_unit_test_setup(name, set_up_notices)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_start_and_end_are_in_the_log),
		CASE(test_a_clean_end_is_not_told_at_the_next_start),
		CASE(test_a_run_that_was_killed_is_told),
		CASE(test_what_cannot_be_known_is_not_told),
		CASE(test_without_notices_there_is_nothing),
		CASE(test_a_run_without_notices_leaves_no_former_mark),
		CASE(test_what_is_given_up_is_no_clean_end),
		CASE(test_a_port_of_this_run_alone_leaves_no_mark),
		CASE(test_a_reload_makes_and_removes_the_mark),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
