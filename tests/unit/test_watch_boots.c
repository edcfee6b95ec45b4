/* Tests of watch: a boot is one, and tells how the one before it ended. */
#include "watching.h"

#define BOOT(host, time, release, before) \
	LINE(host, time, "boot: " release ", before that " before)
#define RELEASE "6.12.1-amd64"

static void test_of_a_new_sender_nothing_is_known(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, LINUX, 1000);
	assert_incidents(rig, BOOT("1", "00:00:01", RELEASE, "unknown"));
}

static void test_a_sender_that_was_heard_was_silent(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "hello", 1000);
	hear(rig, 1, LINUX, 2000);
	hear(rig, 1, LINUX, 3000);
	assert_incidents(rig, BOOT("1", "00:00:02", RELEASE, "silent")
				      BOOT("1", "00:00:03", RELEASE, "silent"));
}

static void test_a_shutdown_was_planned(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "reboot: Restarting system", 1000);
	hear(rig, 1, "reboot: machine restart", 1000);
	hear(rig, 1, LINUX, 20000);
	hear(rig, 1, LINUX, 40000);
	assert_incidents(
		rig,
		LINE("1", "00:00:01", "shutdown: reboot: Restarting system")
			BOOT("1", "00:00:20", RELEASE, "planned")
				BOOT("1", "00:00:40", RELEASE, "silent"));
}

static void test_a_panic_counts_though_others_were_before(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "sysrq: Trigger a crash", 1000);
	hear(rig, 1, PANIC, 1000);
	hear(rig, 1, LINUX, 20000);
	assert_incidents_end(rig, BOOT("1", "00:00:20", RELEASE, "panic"));
}

static void test_a_panic_that_it_went_on_after_counts_no_more(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, PANIC, 1000);
	hear(rig, 1, WARN, 9000);
	hear(rig, 1, LINUX, 20000);
	assert_incidents_end(rig, BOOT("1", "00:00:20", RELEASE, "silent"));
}

/* A kernel that kdump replaces may say no more than the oops. */
static void test_an_oops_before_silence_led_to_a_panic(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, BUG, 1000);
	hear(rig, 1, TRACE, 1000);
	hear(rig, 1, "RIP: 0010:f+0x1/0x2", 1100);
	hear(rig, 1, LINUX, 20000);
	hear(rig, 2, BUG, 21000);
	hear(rig, 2, TRACE, 21000);
	hear(rig, 2, "eth0: link up", 30000);
	hear(rig, 2, LINUX, 40000);
	pass_until(rig, 50000);
	assert_int_equal(count_incidents(rig, "before that panic"), 1);
	assert_incidents_end(rig, BOOT("2", "00:00:40", RELEASE, "silent"));
}

static void test_it_waits_for_its_release(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "hello", 0);
	hear(rig, 1, "U-Boot 2024.01 (Jan 08 2024)", 1000);
	hear(rig, 1, "Net: eth0", 1000);
	hear(rig, 1, ARM, 9000);
	assert_incidents(rig, "");
	hear(rig, 1, LINUX, 9000);
	pass_until(rig, 60000);
	assert_incidents(rig, BOOT("1", "00:00:01", RELEASE, "silent"));
}

static void test_it_waits_no_longer_than_need_be(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, ARM, 1000);
	pass_until(rig, 1000 + BOOT_MS - 1);
	assert_incidents(rig, "");
	pass_until(rig, 1000 + BOOT_MS);
	assert_incidents(rig, BOOT("1", "00:00:01", "unknown", "unknown"));
	hear(rig, 1, ARM, 30000);
	hear(rig, 1, BUG, 30000);
	assert_incidents_end(rig, BOOT("1", "00:00:30", "unknown", "silent")
					  LINE("1", "00:00:30", "oops: " BUG));
	hear(rig, 1, ARM, 40000);
	hear(rig, 1, ARM, 41000);
	assert_incidents_end(rig, BOOT("1", "00:00:40", "unknown", "panic"));
	rig_flush(rig);
	assert_incidents_end(rig, BOOT("1", "00:00:41", "unknown", "silent"));
}

static void test_it_is_counted_by_how_the_one_before_ended(void **state)
{
	struct rig *rig = *state;
	const struct incident_counts *counts = &rig->collector.incidents.counts;

	hear(rig, 1, ARM, 0);
	hear(rig, 1, LINUX, 0);
	hear(rig, 1, LINUX, 0);
	hear(rig, 1, PANIC, 0);
	hear(rig, 1, LINUX, 0);
	hear(rig, 2, LINUX, 0);
	assert_int_equal(counts->boots[BOOT_UNKNOWN], 2);
	assert_int_equal(counts->boots[BOOT_SILENT], 1);
	assert_int_equal(counts->boots[BOOT_PANIC], 1);
	assert_int_equal(counts->boots[BOOT_PLANNED], 0);
	assert_int_equal(counts->begun[CLASS_BOOT], 4);
}

/* Records: a message of the kernel's, and what shows a boot. */

static void test_numbers_that_begin_anew_are_a_boot(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "6,500,9000000,-;eth0: link up", 1000);
	hear(rig, 1, "6,501,9100000,-;eth0: link down", 1000);
	hear(rig, 1, "5,0,0,-;" LINUX, 30000);
	hear(rig, 1, "6,1,0,-;Command line: quiet", 30000);
	pass_until(rig, 90000);
	assert_incidents(rig, BOOT("1", "00:00:30", RELEASE, "silent"));
	assert_int_equal(rig->collector.incidents.counts.begun[CLASS_BOOT], 1);
}

static void test_their_release_may_be_in_the_header(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "6.12.1,6,500,9000000,-;eth0: link up", 1000);
	hear(rig, 1, "6.13.2,6,20,300000,-;eth0: link up", 30000);
	pass_until(rig, 31000);
	assert_incidents(rig, BOOT("1", "00:00:30", "6.13.2", "silent"));
}

/* With its class, and the wall clock; a boot is counted once. */
static void test_the_tally_has_the_latest_and_the_boots(void **state)
{
	struct rig *rig = *state;
	struct tally tally;
	void *memory = rig_memory(tally_bytes(16));

	tally_init(&tally, 16, memory);
	collector_count(&rig->collector, &tally);
	hear(rig, 1, "6,500,9000000,-;eth0: link up", 1000);
	hear(rig, 1, "5,0,0,-;" LINUX, 30000);
	hear(rig, 1, "6,1,0,-;Command line: quiet", 30000);
	assert_int_equal(tally.senders[0].boots, 1);
	assert_int_equal(tally.senders[0].incident, CLASS_BOOT);
	hear(rig, 1, "4,2,9,-;" WARN, 31500);
	assert_int_equal(tally.senders[0].incident, CLASS_WARNING);
	assert_true(tally.senders[0].incident_ms ==
		    (uint64_t)MIDNIGHT * 1000 + 31500);
	collector_count(&rig->collector, NULL);
	free(memory);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WATCH_CASE(test_of_a_new_sender_nothing_is_known),
		WATCH_CASE(test_a_sender_that_was_heard_was_silent),
		WATCH_CASE(test_a_shutdown_was_planned),
		WATCH_CASE(test_a_panic_counts_though_others_were_before),
		WATCH_CASE(test_a_panic_that_it_went_on_after_counts_no_more),
		WATCH_CASE(test_an_oops_before_silence_led_to_a_panic),
		WATCH_CASE(test_it_waits_for_its_release),
		WATCH_CASE(test_it_waits_no_longer_than_need_be),
		WATCH_CASE(test_it_is_counted_by_how_the_one_before_ended),
		WATCH_CASE(test_numbers_that_begin_anew_are_a_boot),
		WATCH_CASE(test_their_release_may_be_in_the_header),
		WATCH_CASE(test_the_tally_has_the_latest_and_the_boots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
