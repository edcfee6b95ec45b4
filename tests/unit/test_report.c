/* What is said of the daemon's own work, and to a service manager. */
#include "engineworld.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static struct fake_node *manager;

/* A service manager that writes down what it hears. */
static int set_up_manager(void **state)
{
	set_up(state);
	setenv("TZ", "UTC0", 1);
	tzset();
	manager = fake_create("manager", S_IFSOCK, "");
	engine.report.notify = (struct notify){
		.sys = &fakesys,
		.wanted = true,
		.fd = fake_fd(manager, O_WRONLY),
	};
	return 0;
}

static void begin(void)
{
	report_begin(&engine.report, engine_clock_ms(&engine));
}

static void assert_told(const char *text)
{
	assert_has(fake_text("manager"), text);
}

static void test_the_manager_hears_of_the_work(void **state)
{
	(void)state;
	begin();
	assert_told("READY=1");
	fake_at(1100, say_many);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_told("STATUS=5 senders, ");
	assert_told(" lines/s, 0 lost");
	assert_told("STATUS=5 senders, 0 lines/s, 0 lost");
	assert_told("STOPPING=1");
}

static void test_an_idle_daemon_does_not_wake_for_it(void **state)
{
	(void)state;
	begin();
	fake_at(600000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_true(fake.counts[FAKE_PSELECT] < 5);
	assert_null(strstr(fake_text("manager"), "STATUS=0"));
}

static void test_a_full_disk_is_told_with_its_time(void **state)
{
	(void)state;
	begin();
	fill_disk();
	fake_at(1100, say_many);
	fake_at(70000, tell_to_stop);
	assert_false(engine_run(&engine));
	assert_told("STATUS=disk full since 23:5");
	assert_told(" KiB wait");
}

static void test_a_reload_is_told(void **state)
{
	const char *told;

	(void)state;
	begin();
	fake_at(1100, reopen);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
	told = strstr(fake_text("manager"), "RELOADING=1\nMONOTONIC_USEC=");
	assert_non_null(told);
	assert_has(told, "READY=1");
}

static void test_the_last_line_tells_what_it_did(void **state)
{
	(void)state;
	begin();
	fake_at(1100, say_many);
	fake_at(90061000 + 1000, tell_to_stop);
	assert_true(engine_run(&engine));
	report_end(&engine.report, engine_clock_ms(&engine));
	assert_has(fake_text("stderr"), "udplogger: ran 1 day 01:01:0");
	assert_has(fake_text("stderr"), ": 4000 lines of 5 senders, "
					"0 datagrams and 0 messages lost\n");
}

#define CASE(name) cmocka_unit_test_setup(name, set_up_manager)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_manager_hears_of_the_work),
		CASE(test_an_idle_daemon_does_not_wake_for_it),
		CASE(test_a_full_disk_is_told_with_its_time),
		CASE(test_a_reload_is_told),
		CASE(test_the_last_line_tells_what_it_did),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
