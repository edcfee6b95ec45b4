/* Tests of limit: what a sender may write, and what the log tells of the rest. */
#include "collecting.h"

#include <stdio.h>

#define LEFT_OUT(host, time, count) \
	LINE(host, time, "udplogger: " count " lines left out (limit=)")

static struct rig *rig_with_limit(uint64_t lines)
{
	struct settings settings = rig_settings();

	settings.limit_lines = lines;
	return new_rig(&settings, 64);
}

/* Says @count lines at @ms, numbered from @first on. */
static void say_lines(struct rig *rig, uint8_t host, unsigned first,
		      unsigned count, uint64_t ms)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		char text[32];
		struct datagram d =
			a_datagram(host, text, 0, (time_t)(ms / 1000));

		d.len = (size_t)sprintf(text, "line %06u\n", first + i);
		rig_put(rig, &d, ms);
	}
}

/* Lets time pass as the loop does. */
static void pass_until(struct rig *rig, uint64_t ms)
{
	uint64_t deadline;

	while ((deadline = collector_deadline(&rig->collector)) <= ms)
		rig_expire(rig, deadline);
	rig_expire(rig, ms);
}

/* How many lines of the log have @text. */
static unsigned count(struct rig *rig, const char *text)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	const char *at = log->len > 0 ? (const char *)log->at : "";
	unsigned found = 0;

	for (; (at = strstr(at, text)); at++)
		found++;
	return found;
}

static void assert_ends(struct rig *rig, const char *want)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	size_t len = strlen(want);

	if (log->len < len || memcmp(log->at + log->len - len, want, len) != 0)
		fail_msg("the log is\n%.*sbut should end in\n%s", (int)log->len,
			 log->at, want);
}

static void test_without_limit_all_is_written(void **state)
{
	struct rig *rig = *state;

	say_lines(rig, 1, 0, 5000, 0);
	assert_int_equal(count(rig, " line "), 5000);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	assert_int_equal(rig->collector.limit.total, 0);
}

static void test_a_burst_is_that_of_ten_seconds(void **state)
{
	static const unsigned limits[] = { 1, 2, 3, 7, 100 };
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rig *rig = rig_with_limit(limits[i]);

		say_lines(rig, 1, 0, 10 * limits[i], 5000);
		assert_int_equal(rig->collector.limit.total, 0);
		say_lines(rig, 1, 0, 4, 5000);
		assert_int_equal(rig->collector.limit.total, 4);
		assert_int_equal(count(rig, " line "), 10 * limits[i]);
		drop_rig(rig);
	}
}

/* Not one more or fewer, whatever the steps in which the clock goes. */
static void test_lines_come_back_at_the_rate(void **state)
{
	static const unsigned steps[] = { 1, 3, 7, 100, 333, 999 };
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct rig *rig = rig_with_limit(3);
		uint64_t ms = 1000;

		for (; ms <= 21000; ms += steps[i])
			say_lines(rig, 1, 0, 7, ms);
		ms -= steps[i];
		assert_int_equal(count(rig, " line "),
				 30 + (ms - 1000) * 3 / 1000);
		drop_rig(rig);
	}
}

static void test_ten_seconds_of_silence_give_all_back(void **state)
{
	struct rig *rig = rig_with_limit(5);

	(void)state;
	say_lines(rig, 1, 0, 60, 0);
	assert_int_equal(rig->collector.limit.total, 10);
	say_lines(rig, 1, 0, 60, 10000);
	assert_int_equal(rig->collector.limit.total, 20);
	say_lines(rig, 1, 0, 60, 100000000);
	assert_int_equal(rig->collector.limit.total, 30);
	drop_rig(rig);
}

static void test_other_senders_have_their_own(void **state)
{
	struct rig *rig = rig_with_limit(1);

	(void)state;
	say_lines(rig, 1, 0, 1000, 0);
	say_lines(rig, 2, 0, 10, 0);
	pass_until(rig, 3000);
	assert_int_equal(count(rig, "192.0.2.2:6665 line "), 10);
	assert_int_equal(count(rig, "192.0.2.1:6665 line "), 10);
	assert_int_equal(count(rig, LEFT_OUT("1", "00:00:00", "990")), 1);
	assert_int_equal(count(rig, "left out"), 1);
	drop_rig(rig);
}

static void test_it_is_told_when_it_goes_quiet(void **state)
{
	struct rig *rig = rig_with_limit(1);

	(void)state;
	say_lines(rig, 1, 0, 13, 3000);
	assert_int_equal(collector_deadline(&rig->collector), 4000);
	pass_until(rig, 4999);
	assert_int_equal(count(rig, "left out"), 0);
	assert_int_equal(collector_deadline(&rig->collector), 5000);
	rig_expire(rig, 5000);
	assert_ends(rig, LINE("1", "00:00:03", "line 000009")
				 LEFT_OUT("1", "00:00:03", "3"));
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	drop_rig(rig);
}

/* Its stamp is that of the last line that it counts. */
static void test_a_line_after_a_pause_stands_behind_the_notice(void **state)
{
	struct rig *rig = rig_with_limit(2);

	(void)state;
	say_lines(rig, 1, 0, 25, 3000);
	say_lines(rig, 1, 90, 1, 4000);
	assert_ends(rig, LINE("1", "00:00:03", "line 000019")
				 LEFT_OUT("1", "00:00:03", "5")
					 LINE("1", "00:00:04", "line 000090"));
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	drop_rig(rig);
}

static void test_it_is_told_once_in_ten_seconds_at_most(void **state)
{
	struct rig *rig = rig_with_limit(1);
	uint64_t ms, told_ms = 0;
	unsigned told = 0;

	(void)state;
	for (ms = 1000; ms <= 61000; ms += 100) {
		say_lines(rig, 1, 0, 2, ms);
		pass_until(rig, ms);
		if (count(rig, "left out") == told)
			continue;
		assert_int_equal(count(rig, "left out"), ++told);
		assert_true(told == 1 || ms - told_ms >= 10000);
		told_ms = ms;
	}
	/* A look at every second finds that it is time. */
	assert_between(told, 4, 6);
	say_lines(rig, 1, 0, 20, told_ms + 1000);
	pass_until(rig, told_ms + 9999);
	assert_int_equal(count(rig, "left out"), told);
	pass_until(rig, told_ms + 12000);
	assert_int_equal(count(rig, "left out"), told + 1);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	drop_rig(rig);
}

static void test_it_is_told_at_the_end(void **state)
{
	struct rig *rig = rig_with_limit(1);

	(void)state;
	say_lines(rig, 1, 0, 11, 0);
	say_lines(rig, 2, 0, 12, 0);
	assert_int_equal(collector_unfinished(&rig->collector), 2);
	rig_flush(rig);
	assert_ends(rig, LEFT_OUT("1", "00:00:00", "1")
				 LEFT_OUT("2", "00:00:00", "2"));
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	rig_flush(rig);
	assert_int_equal(count(rig, "left out"), 2);
	drop_rig(rig);
}

/* The entry is then that of another sender, which owes nothing. */
static void test_it_is_told_before_a_sender_makes_way(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig;

	(void)state;
	settings.clients = 2;
	settings.limit_lines = 1;
	rig = new_rig(&settings, 64);
	say_lines(rig, 1, 0, 12, 0);
	say_lines(rig, 2, 0, 1, 0);
	say_lines(rig, 3, 0, 11, 0);
	assert_int_equal(count(rig, LEFT_OUT("1", "00:00:00", "2")), 1);
	assert_int_equal(count(rig, "192.0.2.3:6665 line "), 10);
	rig_flush(rig);
	assert_ends(rig, LEFT_OUT("3", "00:00:00", "1"));
	assert_int_equal(count(rig, "left out"), 2);
	drop_rig(rig);
}

static void test_empty_lines_count_as_many(void **state)
{
	struct rig *rig = rig_with_limit(1);
	char lfs[40];

	(void)state;
	memset(lfs, '\n', sizeof(lfs));
	say_lines(rig, 1, 0, 9, 0);
	say_bytes(rig, 1, lfs, sizeof(lfs), 0);
	say_bytes(rig, 1, lfs, sizeof(lfs), 0);
	say_bytes(rig, 1, lfs, 3, 0);
	rig_flush(rig);
	assert_ends(rig, LINE("1", "00:00:00", "udplogger: 40 empty lines")
				 LEFT_OUT("1", "00:00:00", "43"));
	drop_rig(rig);
}

static void test_each_piece_of_a_long_line_counts(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig;

	(void)state;
	settings.wbuf_bytes = 8;
	settings.limit_lines = 1;
	rig = new_rig(&settings, 64);
	say_lines(rig, 1, 0, 3, 0); /* of two pieces each */
	say(rig, 1, "1234567812345678123456781234567812345678\r\n", 0);
	rig_flush(rig);
	assert_ends(rig, LINE("1", "00:00:00", "12345678")
				 LEFT_OUT("1", "00:00:00", "1"));
	assert_int_equal(count(rig, "12345678\n"), 4);
	drop_rig(rig);
}

static void test_an_unfinished_line_is_charged_when_it_is_written(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig;

	(void)state;
	settings.timeout_ms = 1500;
	settings.limit_lines = 1;
	rig = new_rig(&settings, 64);
	say_lines(rig, 1, 0, 10, 0);
	say(rig, 1, "one second is over", 0);
	pass_until(rig, 1500);
	say(rig, 1, "and no other", 2);
	rig_flush(rig);
	assert_ends(rig, LINE("1", "00:00:00", "one second is over")
				 LINE("1", "00:00:02", "and no other"));
	say(rig, 1, "this is left out", 2);
	rig_flush(rig);
	assert_ends(rig, LEFT_OUT("1", "00:00:02", "1"));
	drop_rig(rig);
}

/* ---- records ---- */

static struct rig *rig_of_records(uint64_t lines, bool json)
{
	struct settings settings = rig_settings();

	settings.limit_lines = lines;
	settings.extended = true;
	settings.json = json;
	return new_rig(&settings, 64);
}

static void test_each_line_of_a_record_counts(void **state)
{
	struct rig *rig = rig_of_records(1, false);

	(void)state;
	say(rig, 1, "6,0,1000000,-;a\\x0ab\\x0ac\\x0ad\n k=v\n", 0);
	say(rig, 1, "6,1,1000000,-;e\\x0af\\x0ag\\x0ah\n k=v\n", 0);
	say(rig, 1, "6,2,1000000,-;i\\x0aj\\x0ak\\x0al\n k=v\n", 0);
	rig_flush(rig);
	assert_ends(rig, LINE("1", "00:00:00", "[    1.000000] i")
				 LINE("1", "00:00:00", "[    1.000000] j")
					 LEFT_OUT("1", "00:00:00", "2"));
	drop_rig(rig);
}

static void test_in_json_a_record_counts(void **state)
{
	struct rig *rig = rig_of_records(1, true);
	char text[64];
	unsigned i;

	(void)state;
	for (i = 0; i < 13; i++) {
		sprintf(text, "6,%u,1000000,-;a\\x0ab\n", i);
		say(rig, 1, text, 0);
	}
	rig_flush(rig);
	assert_int_equal(count(rig, "\"message\":\"a\\nb\""), 10);
	assert_ends(rig,
		    "{\"time\":\"2026-01-01T00:00:00.000000+00:00\","
		    "\"address\":\"192.0.2.1\",\"port\":6665,"
		    "\"program\":\"udplogger\",\"notice\":\"lines-left-out\","
		    "\"lost\":3,\"message\":\"3 lines left out (limit=)\"}\n");
	drop_rig(rig);
}

/* Also while lines are left out; and messages left out are not lost. */
static void test_what_we_say_ourselves_is_free(void **state)
{
	struct rig *rig = rig_of_records(1, false);
	struct timespec time = { MIDNIGHT, 0 };
	char text[64];
	unsigned i;

	(void)state;
	for (i = 0; i < 12; i++) {
		sprintf(text, "6,%u,9000000,-;r\n msgid=%u\n", i, i + 1);
		say(rig, 1, text, 0);
	}
	say(rig, 1, "6,20,9000000,-;r\n msgid=21\n", 1);
	rig_expire(rig, 2000);
	say(rig, 1, "6,0,1000,-;r\n msgid=1\n", 2);
	assert_true(collector_note(&rig->collector, &time, 7, 0, "7 lost"));
	assert_int_equal(count(rig, "8 messages lost (msgid 13..20)"), 1);
	assert_int_equal(count(rig, "messages lost"), 1);
	assert_int_equal(count(rig, "sender booted"), 1);
	assert_int_equal(count(rig, "udplogger: 7 lost"), 1);
	assert_int_equal(count(rig, "] r"), 12);
	rig_flush(rig);
	assert_int_equal(count(rig, "2 lines left out"), 1);
	drop_rig(rig);
}

/* ---- queues that are full ---- */

/* Puts lines of another sender until no more fits. */
static void fill(struct rig *rig)
{
	struct datagram d = a_datagram(9, "some line\n", 10, 0);
	size_t offset = 0;

	do {
		offset = 0;
		rig->collector.limit.senders[0].spent = 0;
	} while (collector_put(&rig->collector, &d, &offset, 0));
}

/* A line that is tried again is charged once, and so is a notice. */
static void test_a_refusal_charges_nothing(void **state)
{
	struct settings settings = rig_settings();
	struct datagram d = a_datagram(1, "a longer line\n", 14, 0);
	struct rig *rig;
	size_t offset = 0;
	unsigned i;

	(void)state;
	settings.limit_lines = 1;
	rig = new_rig(&settings, 1);
	fill(rig);
	for (i = 0; i < 50; i++) {
		assert_false(collector_put(&rig->collector, &d, &offset, 0));
		assert_int_equal(offset, 0);
	}
	say_lines(rig, 1, 0, 12, 0); /* takes bytes out */
	fill(rig);
	assert_int_equal(rig->collector.limit.total, 2);
	assert_true(collector_expire(&rig->collector, 1000));
	for (i = 0; i < 50; i++) {
		assert_false(collector_expire(&rig->collector, 3000));
		assert_false(collector_flush(&rig->collector));
	}
	rig_flush(rig);
	assert_int_equal(count(rig, "192.0.2.1:6665 line "), 10);
	assert_int_equal(count(rig, LEFT_OUT("1", "00:00:00", "2")), 1);
	assert_int_equal(count(rig, "left out"), 1);
	drop_rig(rig);
}

static void test_a_sender_waits_until_what_it_lost_has_room(void **state)
{
	struct settings settings = rig_settings();
	struct datagram d = a_datagram(3, "three\n", 6, 0);
	struct rig *rig;
	size_t offset = 0;

	(void)state;
	settings.clients = 2;
	settings.limit_lines = 1;
	rig = new_rig(&settings, 1);
	say_lines(rig, 9, 0, 1, 0);
	say_lines(rig, 1, 0, 12, 0);
	fill(rig);
	say_lines(rig, 9, 0, 1, 0);
	fill(rig);
	assert_false(collector_put(&rig->collector, &d, &offset, 0));
	assert_false(collector_put(&rig->collector, &d, &offset, 0));
	rig_put(rig, &d, 0);
	assert_ends(rig, LEFT_OUT("1", "00:00:00", "2")
				 LINE("3", "00:00:00", "three"));
	drop_rig(rig);
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_CASE(test_without_limit_all_is_written),
		CASE(test_a_burst_is_that_of_ten_seconds),
		CASE(test_lines_come_back_at_the_rate),
		CASE(test_ten_seconds_of_silence_give_all_back),
		CASE(test_other_senders_have_their_own),
		CASE(test_it_is_told_when_it_goes_quiet),
		CASE(test_a_line_after_a_pause_stands_behind_the_notice),
		CASE(test_it_is_told_once_in_ten_seconds_at_most),
		CASE(test_it_is_told_at_the_end),
		CASE(test_it_is_told_before_a_sender_makes_way),
		CASE(test_empty_lines_count_as_many),
		CASE(test_each_piece_of_a_long_line_counts),
		CASE(test_an_unfinished_line_is_charged_when_it_is_written),
		CASE(test_each_line_of_a_record_counts),
		CASE(test_in_json_a_record_counts),
		CASE(test_what_we_say_ourselves_is_free),
		CASE(test_a_refusal_charges_nothing),
		CASE(test_a_sender_waits_until_what_it_lost_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
