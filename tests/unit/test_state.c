/* The files of run=, written while the engine serves. */
#include "engineworld.h"

#include <errno.h>
#include <stdlib.h>

#define SENDERS "/run/senders"
#define PROM	"/run/udplogger.prom"
#define HEAD                                                               \
	"name\taddress\tport\theard\tlines\trate\tlost\tboots\tincident\t" \
	"incident_time\n"

static int set_up_state(void **state)
{
	set_up(state);
	setenv("TZ", "UTC0", 1);
	tzset();
	world_write_state();
	return 0;
}

static void assert_row(const char *row)
{
	assert_has(fake_text(SENDERS), row);
}

static void assert_series(const char *line)
{
	assert_has(fake_text(PROM), line);
}

static void look_at_the_start(void)
{
	assert_string_equal(fake_text(SENDERS), HEAD);
	assert_series("\nudplogger_lines_total 0\n");
	assert_series("\nudplogger_start_timestamp_seconds 1795391995.");
}

static void test_the_files_are_there_from_the_start(void **state)
{
	(void)state;
	fake_at(1100, look_at_the_start);
	fake_at(1200, tell_to_stop);
	assert_true(engine_run(&engine));
}

static unsigned renames;

static void look_before_the_next(void)
{
	assert_string_equal(fake_text(SENDERS), HEAD);
	renames = fake.counts[FAKE_RENAMEAT];
}

static void look_after_the_next(void)
{
	assert_int_equal(fake.counts[FAKE_RENAMEAT], renames + 2);
	assert_row("-\t192.0.2.1\t6665\t1795391996.");
	assert_row("\t1\t0.1\t0\t0\t-\t-\n");
	assert_series("\nudplogger_lines_total 1\n");
	assert_series("\nudplogger_senders 1\n");
	assert_series("\nudplogger_open_files 1\n");
	assert_series("\nudplogger_last_write_timestamp_seconds 1795391996.");
}

static void test_they_are_written_every_ten_seconds(void **state)
{
	(void)state;
	fake_at(2000, say_hello);
	fake_at(10500, look_before_the_next);
	fake_at(11500, look_after_the_next);
	fake_at(60500, tell_to_stop);
	assert_true(engine_run(&engine));
	/* At the start, then each 10 s, and at the end; two files each. */
	assert_int_equal(fake.counts[FAKE_RENAMEAT], 2 * 7);
	assert_null(fake_node("/run/.senders.new"));
	assert_null(fake_node("/run/.udplogger.prom.new"));
}

static void test_the_end_writes_them(void **state)
{
	(void)state;
	fake_at(2000, say_hello);
	fake_at(2100, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_row("-\t192.0.2.1\t6665\t");
	assert_series("\nudplogger_lines_total 1\n");
	assert_series("\nudplogger_queue_bytes 0\n");
}

static void test_without_run_there_is_nothing(void **state)
{
	set_up(state);
	fake_at(2000, say_hello);
	fake_at(30000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(fake.counts[FAKE_RENAMEAT], 0);
	assert_int_equal(state_deadline(&engine.state), DEADLINE_NEVER);
}

static void lose_two(void)
{
	fake_say(7, "6,10,1000000,-;one\n msgid=1\n");
	/* 11 was left out by its sender; 12 and 13 were lost. */
	fake_say(7, "6,14,1000100,-;two\n msgid=4\n");
	fake_say(7, "6,14,1000100,-;two\n msgid=4\n");
}

static void come_late(void)
{
	fake_say(7, "6,12,1000050,-;late\n msgid=2\n");
}

static void boot(void)
{
	fake_say(7, "6,0,0,-;Linux version 6.12.1\n msgid=1\n");
}

static void test_losses_are_told_in_all_ways(void **state)
{
	(void)state;
	fake_at(2000, lose_two);
	fake_at(3000, come_late);
	fake_at(4000, boot);
	fake_at(5000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_series("\nudplogger_messages_lost_total 2\n");
	assert_series("\nudplogger_late_total 1\n");
	assert_series("\nudplogger_withheld_total 1\n");
	assert_series("\nudplogger_doubles_total 1\n");
	assert_row("\t1\t1\t-\t-\n");
}

static void name_two(void)
{
	fake_create("/hosts", S_IFREG | 0644,
		    "192.0.2.1 web\n192.0.2.2 web\n192.0.2.3 db\n");
	reopen();
}

static void say_by_name(void)
{
	fake_say(1, "a\nb\n");
	fake_say(2, "c\n");
	fake_say(3, "d\n");
	fake_say(4, "e\n");
}

static void name_one(void)
{
	fake_unlink("/hosts");
	fake_create("/hosts", S_IFREG | 0644, "192.0.2.1 web\n");
	reopen();
}

static void look_at_names(void)
{
	assert_row("web\t192.0.2.1\t6665\t");
	assert_row("db\t192.0.2.3\t6665\t");
	assert_row("-\t192.0.2.4\t6665\t");
	assert_series("\nudplogger_host_lines_total{host=\"web\"} 3\n");
	assert_series("\nudplogger_host_lines_total{host=\"db\"} 1\n");
	assert_series("\nudplogger_host_last_heard_timestamp_seconds"
		      "{host=\"web\"} 1795391998.");
	assert_null(strstr(fake_text(PROM), "192.0.2"));
}

static void test_names_have_one_sum_and_only_names_of_hosts(void **state)
{
	(void)state;
	world_read_hosts("/hosts");
	fake_at(2000, name_two);
	fake_at(4000, say_by_name);
	fake_at(12000, look_at_names);
	fake_at(13000, name_one);
	fake_at(14000, say_by_name);
	fake_at(15000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_series("\nudplogger_host_lines_total{host=\"web\"} 5\n");
	assert_null(strstr(fake_text(PROM), "\"db\""));
	assert_row("-\t192.0.2.3\t6665\t");
}

static void say_from_too_many(void)
{
	unsigned i;

	for (i = 1; i <= WORLD_CLIENTS + 4; i++)
		fake_say(i, "x\ny\n");
}

static void test_who_made_room_stays_as_a_sum(void **state)
{
	(void)state;
	world_read_hosts("/hosts");
	fake_at(2000, name_two);
	fake_at(4000, say_from_too_many);
	fake_at(5000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_series("\nudplogger_evictions_total 4\n");
	assert_series("\nudplogger_senders 16\n");
	/* 1 to 4 were those, among them web and db. */
	assert_row("\n-\t-\t-\t-\t8\t0.0\t0\t0\t-\t-\n");
	assert_null(strstr(fake_text(SENDERS), "web"));
	assert_series("{host=\"web\"} 4\n");
	assert_series("{host=\"db\"} 2\n");
	assert_int_equal(count_lines(fake_text(SENDERS)), 1 + 16 + 1);
}

static void look_at_the_full_disk(void)
{
	assert_has(fake_text("stderr"), "unable to write " SENDERS ": ");
	assert_has(fake_text("stderr"), "unable to write " PROM ": ");
	assert_string_equal(fake_text(SENDERS), HEAD);
	assert_series("\nudplogger_lines_total 0\n");
}

static void test_a_full_disk_leaves_the_old_ones(void **state)
{
	(void)state;
	fake_at(1500, fill_disk);
	fake_at(2000, say_hello);
	fake_at(30500, look_at_the_full_disk);
	fake_at(30600, enlarge_disk);
	fake_at(60000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_series("\nudplogger_lines_total 1\n");
	assert_has(fake_text(YESTERDAY), "hello\n");
}

static void obstruct(void)
{
	fake_unlink(SENDERS);
	fake_create(SENDERS, S_IFLNK | 0777, "/etc/shadow");
}

static void test_one_that_is_refused_does_not_keep_the_other(void **state)
{
	(void)state;
	fake_at(1500, obstruct);
	fake_at(2000, say_hello);
	fake_at(15000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_has(fake_text("stderr"),
		   "unable to write " SENDERS ": is a symbolic link");
	assert_string_equal(fake_text(SENDERS), "/etc/shadow");
	assert_series("\nudplogger_lines_total 1\n");
}

static uint64_t removal_ms;

static void note_waiting(void)
{
	removal_ms = fake.now_ms;
	assert_series("\nudplogger_write_failing 1\n");
	assert_null(strstr(fake_text(PROM), "\nudplogger_queue_bytes 0\n"));
}

static void make_log_full(void)
{
	fake_fail(FAKE_BIT(FAKE_WRITEV), 1, UINT32_MAX, ENOSPC, 0);
}

static void test_what_waits_is_told(void **state)
{
	(void)state;
	fake_at(1500, make_log_full);
	fake_at(2000, say_hello);
	fake_at(12000, note_waiting);
	fake_at(12500, fake_no_faults);
	fake_at(15000, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(removal_ms, 12000);
	assert_series("\nudplogger_write_failing 0\n");
	assert_series("\nudplogger_queue_bytes 0\n");
}

/* No row may be left out or torn, however short the writes are. */
static void write_little(void)
{
	fake.short_nth = 1;
	fake.short_len = 7;
}

static void test_short_writes_tear_nothing(void **state)
{
	unsigned at;

	(void)state;
	fake_at(1100, say_from_too_many);
	for (at = 10990; at < 11040; at++)
		fake_at(at, write_little);
	fake_at(11100, tell_to_stop);
	assert_true(engine_run(&engine));
	assert_int_equal(count_lines(fake_text(SENDERS)), 1 + 16 + 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up_state, NULL)
	const struct CMUnitTest tests[] = {
		CASE(test_the_files_are_there_from_the_start),
		CASE(test_they_are_written_every_ten_seconds),
		CASE(test_the_end_writes_them),
		CASE(test_without_run_there_is_nothing),
		CASE(test_losses_are_told_in_all_ways),
		CASE(test_names_have_one_sum_and_only_names_of_hosts),
		CASE(test_who_made_room_stays_as_a_sum),
		CASE(test_a_full_disk_leaves_the_old_ones),
		CASE(test_one_that_is_refused_does_not_keep_the_other),
		CASE(test_what_waits_is_told),
		CASE(test_short_writes_tear_nothing),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
