/* Tests of watch: how incidents begin, what belongs to them, how they end. */
#include "watching.h"

static void test_silence_ends_it(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "hello", 500);
	hear(rig, 1, "[   12.345678] " BUG, 1000);
	hear(rig, 2, "of another", 1500);
	hear(rig, 1, "Call Trace:", 2900);
	hear(rig, 1, " f+0x1/0x2", 3200);
	pass_until(rig, 5199);
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG));
	pass_until(rig, 5200);
	assert_incidents(
		rig, LINE("1", "00:00:01", "oops: " BUG) LINE(
			     "1", "00:00:03",
			     "oops ended (silence): 3 lines, 2.2 s, 0 lost"));
	assert_true(collector_deadline(&rig->collector) == DEADLINE_NEVER);
}

static void test_a_marker_ends_it_at_once(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, TRACE, 1500);
	hear(rig, 1, "RIP: 0010:f+0x1/0x2", 1600);
	pass_until(rig, 9000);
	assert_incidents(
		rig, LINE("1", "00:00:01", "oops: " BUG) LINE(
			     "1", "00:00:01",
			     "oops ended (marker): 2 lines, 0.5 s, 0 lost"));
}

static void test_what_follows_belongs_to_it(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, WARN, 1100);
	hear(rig, 1, BUG, 1200);
	pass_until(rig, 9000);
	assert_incidents(
		rig, LINE("1", "00:00:01", "oops: " BUG) LINE(
			     "1", "00:00:01",
			     "oops ended (silence): 3 lines, 0.2 s, 0 lost"));
}

static void test_a_panic_ends_it_and_names_it(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, WARN, 1000);
	hear(rig, 1, "Call Trace:", 1000);
	hear(rig, 1, PANIC, 2000);
	hear(rig, 1, "---[ end " PANIC " ]---", 3000);
	pass_until(rig, 9000);
	assert_incidents(rig,
			 LINE("1", "00:00:01", "warning: " WARN) LINE(
				 "1", "00:00:01",
				 "warning ended (panic): "
				 "2 lines, 0.0 s, 0 lost") LINE("1", "00:00:02",
								"panic: " PANIC)
				 LINE("1", "00:00:03",
				      "panic ended (marker): "
				      "2 lines, 1.0 s, 0 lost, after warning"));
}

static void test_a_panic_names_what_has_just_ended(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, TRACE, 1000);
	hear(rig, 1, PANIC, 2999);
	hear(rig, 2, BUG, 10000);
	hear(rig, 2, TRACE, 10000);
	hear(rig, 2, PANIC, 12000);
	pass_until(rig, 20000);
	assert_incidents(
		rig,
		LINE("1", "00:00:01",
		     "oops: " BUG) LINE("1", "00:00:01",
					"oops ended (marker): "
					"2 lines, 0.0 s, 0 lost")
			LINE("1", "00:00:02", "panic: " PANIC) LINE(
				"1", "00:00:02",
				"panic ended (silence): "
				"1 lines, 0.0 s, 0 lost, after oops")
				LINE("2", "00:00:10", "oops: " BUG) LINE(
					"2", "00:00:10",
					"oops ended (marker): "
					"2 lines, 0.0 s, 0 lost")
					LINE("2", "00:00:12", "panic: " PANIC)
						LINE("2", "00:00:12",
						     "panic ended (silence): "
						     "1 lines, 0.0 s, 0 lost"));
}

static void test_a_boot_ends_it(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, PANIC, 1000);
	hear(rig, 1, LINUX, 2000);
	hear(rig, 1, "Command line: panic=10", 2000);
	pass_until(rig, 9000);
	assert_incidents(rig,
			 LINE("1", "00:00:01",
			      "panic: " PANIC) LINE("1", "00:00:01",
						    "panic ended (boot): "
						    "1 lines, 0.0 s, 0 lost")
				 LINE("1", "00:00:02",
				      "boot: 6.12.1-amd64, before that panic"));
}

static void test_ten_minutes_are_the_limit(void **state)
{
	struct rig *rig = *state;
	uint64_t ms;

	for (ms = 0; ms <= WATCH_MOST_MS; ms += 1000)
		hear(rig, 1, ms == 0 ? BUG : "x", ms);
	assert_incidents(rig, LINE("1", "00:00:00", "oops: " BUG)
				      LINE("1", "00:09:59",
					   "oops ended (limit): "
					   "600 lines, 599.0 s, 0 lost"));
	hear(rig, 1, BUG, ms);
	rig_flush(rig);
	assert_incidents(rig, LINE("1", "00:00:00", "oops: " BUG) LINE(
				      "1", "00:09:59",
				      "oops ended (limit): "
				      "600 lines, 599.0 s, 0 lost")
				      LINE("1", "00:10:01", "oops: " BUG)
					      LINE("1", "00:10:01",
						   "oops ended (open): "
						   "1 lines, 0.0 s, 0 lost"));
}

static void test_so_are_16_mebibytes(void **state)
{
	struct rig *rig = *state;
	char text[1024], want[256];
	uint64_t lines, bytes;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	hear(rig, 1, BUG, 0);
	bytes = strlen(BUG);
	for (lines = 1; bytes < WATCH_MOST_BYTES; lines++) {
		hear(rig, 1, text, 0);
		bytes += sizeof(text) - 1;
	}
	hear(rig, 1, text, 0);
	sprintf(want,
		LINE("1", "00:00:00", "oops: " BUG)
			LINE("1", "00:00:00",
			     "oops ended (limit): %u lines, 0.0 s, 0 lost"),
		(unsigned)lines);
	assert_incidents(rig, want);
}

static void test_what_is_open_at_the_end_says_so(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, "x", 1000);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
	rig_flush(rig);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	assert_incidents(
		rig, LINE("1", "00:00:01", "oops: " BUG)
			     LINE("1", "00:00:01",
				  "oops ended (open): 2 lines, 0.0 s, 0 lost"));
}

static void test_moments_have_no_end(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "sysrq: Trigger a crash", 1000);
	hear(rig, 1, "something", 1000);
	pass_until(rig, 9000);
	assert_incidents(
		rig, LINE("1", "00:00:01", "shutdown: sysrq: Trigger a crash"));
}

static void test_a_dump_counts_its_tasks_up_to_the_next_sysrq(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, STATE, 1000);
	hear(rig, 1,
	     "task:systemd         state:S stack:0     pid:1     "
	     "tgid:1     ppid:0      flags:0x00000002",
	     1000);
	hear(rig, 1, "Call Trace:", 1000);
	hear(rig, 1,
	     "task:kthreadd        state:S stack:0     pid:2     "
	     "tgid:2     ppid:0      flags:0x00004000",
	     2000);
	hear(rig, 1, "sysrq: Resetting", 2500);
	pass_until(rig, 9000);
	assert_incidents(rig,
			 LINE("1", "00:00:01", "sysrq: " STATE)
				 LINE("1", "00:00:02",
				      "sysrq ended (marker): "
				      "4 lines, 1.0 s, 0 lost, 2 tasks")
					 LINE("1", "00:00:02",
					      "shutdown: sysrq: Resetting"));
}

#define KILLER \
	"a.out invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0"

static void test_a_kill_is_one_and_ends_it(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, KILLER, 1000);
	hear(rig, 1, "Mem-Info:", 1000);
	hear(rig, 1, "oom-kill:constraint=CONSTRAINT_NONE", 1000);
	hear(rig, 1, "Out of memory: Killed process 77 (a.out) total-vm:1kB",
	     1500);
	hear(rig, 1, "oom_reaper: reaped process 77 (a.out)", 1600);
	pass_until(rig, 9000);
	assert_incidents(rig, LINE("1", "00:00:01", "oom: " KILLER)
				      LINE("1", "00:00:01",
					   "oom ended (marker): "
					   "4 lines, 0.5 s, 0 lost"));
}

static void test_one_of_a_class_and_minute_is_told(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, BUG, 20000);
	hear(rig, 1, WARN, 21000);
	hear(rig, 2, BUG, 40000);
	hear(rig, 1, BUG, 60000);
	hear(rig, 1, BUG, 63000);
	pass_until(rig, 79999);
	assert_incidents(
		rig,
		LINE("1", "00:00:01",
		     "oops: " BUG) LINE("1", "00:00:01",
					"oops ended (silence): "
					"1 lines, 0.0 s, 0 lost")
			LINE("1", "00:00:21",
			     "warning: " WARN) LINE("1", "00:00:21",
						    "warning ended (silence): "
						    "1 lines, 0.0 s, 0 lost")
				LINE("2", "00:00:40", "oops: " BUG) LINE(
					"2", "00:00:40",
					"oops ended (silence): "
					"1 lines, 0.0 s, 0 lost")
					LINE("1", "00:01:03", "oops: " BUG)
						LINE("1", "00:01:03",
						     "oops ended (silence): "
						     "1 lines, 0.0 s, 0 lost"));
	pass_until(rig, 80000);
	assert_incidents_end(rig, "2026-01-01 00:01:00 udplogger: "
				  "2 incidents not told\n");
	assert_int_equal(rig->collector.incidents.counts.begun[CLASS_OOPS], 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WATCH_CASE(test_silence_ends_it),
		WATCH_CASE(test_a_marker_ends_it_at_once),
		WATCH_CASE(test_what_follows_belongs_to_it),
		WATCH_CASE(test_a_panic_ends_it_and_names_it),
		WATCH_CASE(test_a_panic_names_what_has_just_ended),
		WATCH_CASE(test_a_boot_ends_it),
		WATCH_CASE(test_ten_minutes_are_the_limit),
		WATCH_CASE(test_so_are_16_mebibytes),
		WATCH_CASE(test_what_is_open_at_the_end_says_so),
		WATCH_CASE(test_moments_have_no_end),
		WATCH_CASE(test_a_dump_counts_its_tasks_up_to_the_next_sysrq),
		WATCH_CASE(test_a_kill_is_one_and_ends_it),
		WATCH_CASE(test_one_of_a_class_and_minute_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
