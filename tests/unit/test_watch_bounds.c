/* Tests of watch: what forged datagrams can make is bounded. */
#include "watching.h"

static void limit_one(struct settings *settings)
{
	settings->limit_lines = 1;
}

static void many_senders(struct settings *settings)
{
	settings->clients = 4000;
}

static void few_senders(struct settings *settings)
{
	settings->clients = 10;
}

/* A sender of each number. */
static void say_from(struct rig *rig, unsigned number, const char *text,
		     uint64_t ms)
{
	struct datagram d = a_datagram(1, text, strlen(text), 0);

	d.arrival.tv_sec = MIDNIGHT + (time_t)(ms / 1000);
	d.from = rig_source((uint8_t)(number % 250),
			    (uint16_t)(1024 + number / 250));
	rig_put(rig, &d, ms);
}

static unsigned count_lines(struct rig *rig, int32_t day)
{
	const struct model_bytes *log = rig_log(rig, day);
	unsigned lines = 0;
	size_t i;

	for (i = 0; i < log->len; i++)
		lines += log->at[i] == '\n';
	return lines;
}

static void test_a_thousand_are_open_at_once(void **state)
{
	struct rig *rig = watching_rig(many_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < PLACES_MOST; i++)
		say_from(rig, i, BUG "\n", 1000);
	say_from(rig, 0, "more of the first\n", 2500);
	/* Of the second nothing came for longest, and so on. */
	for (; i < PLACES_MOST + 5; i++)
		say_from(rig, i, BUG "\n", 2990 + i - PLACES_MOST);
	assert_int_equal(count_incidents(rig, " oops ended (open): 1 lines"),
			 5);
	pass_until(rig, 6000);
	assert_int_equal(count_incidents(rig, " oops ended (silence): 2 lines"),
			 1);
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "),
			 count_incidents(rig, " oops ended "));
	drop_rig(rig);
}

/* Each makes way for the next, and is told; but not more of them. */
static void test_senders_that_make_way_are_bounded_likewise(void **state)
{
	struct rig *rig = watching_rig(few_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < 3 * TELLING_ALL; i++)
		say_from(rig, i, BUG "\n", 1000);
	assert_int_equal(count_incidents(rig, " oops: "), TELLING_ALL);
	pass_until(rig, 3000);
	for (; i < 6 * TELLING_ALL; i++)
		say_from(rig, i, BUG "\n", 3000);
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "), 2 * TELLING_ALL);
	assert_int_equal(count_incidents(rig, "oops ended (open): 1 lines"),
			 2 * TELLING_ALL);
	assert_incidents_end(rig, "udplogger: 4000 incidents not told\n");
	drop_rig(rig);
}

/* Forged ones, a new sender each, @a_second of them, up to @ms. */
static void forge(struct rig *rig, uint64_t from_ms, uint64_t ms,
		  unsigned a_second)
{
	static unsigned number = 5000;
	uint64_t k;

	for (k = from_ms * a_second / 1000; k < ms * a_second / 1000; k++) {
		uint64_t at_ms = k * 1000 / a_second;

		pass_until(rig, at_ms);
		say_from(rig, number++, PANIC "\n", at_ms);
	}
}

/* The machine has an oops, and panics of it, while others forge panics. */
static void test_forged_ones_hide_no_panic(void **state)
{
	static const unsigned rates[] = { 400, 500, 600, 1000, 3000, 20000 };
	static const char *const last[] = {
		BUG,
		"#PF: supervisor read access",
		"Oops: Oops: 0000 [#1]",
		"CPU: 0 PID: 1",
		"Call Trace:",
		" <TASK>",
		TRACE,
		PANIC,
		"Kernel Offset: disabled",
	};
	const size_t lines = sizeof(last) / sizeof(last[0]);
	size_t r, i;

	(void)state;
	for (r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		struct rig *rig = watching_rig(many_senders);
		uint64_t ms = 6900;

		hear(rig, 251, "hello", 1000);
		forge(rig, 1000, ms, rates[r]);
		for (i = 0; i < lines; i++, ms += 5) {
			hear(rig, 251, last[i], ms);
			forge(rig, ms, ms + 5, rates[r]);
		}
		forge(rig, ms, 10000, rates[r]);
		rig_flush(rig);
		assert_int_equal(count_incidents(rig, LINE("251", "00:00:06",
							   "oops: " BUG)),
				 1);
		assert_int_equal(
			count_incidents(rig, LINE("251", "00:00:06",
						  "oops ended (marker): "
						  "7 lines, 0.0 s, "
						  "0 lost")),
			1);
		assert_int_equal(count_incidents(rig, LINE("251", "00:00:06",
							   "panic: " PANIC)),
				 1);
		assert_int_equal(count_incidents(rig, ".251:6665 panic ended"),
				 1);
		assert_true(count_incidents(rig, " panic: ") <=
			    5 * TELLING_ALL + 1);
		drop_rig(rig);
	}
}

/* Nor do they by holding all places, and what may be told at once. */
static void test_held_places_hide_no_panic(void **state)
{
	struct rig *rig = watching_rig(many_senders);
	uint64_t ms = 1000;
	unsigned i, k;

	(void)state;
	for (; ms < 8000; ms += 500)
		for (i = 0; i < PLACES_MOST; i++)
			say_from(rig, i, ms > 1000 ? "goes on\n" : BUG "\n",
				 ms);
	for (i = 0; i < TELLING_ALL; i++)
		say_from(rig, 2000 + i, WARN "\n" TRACE "\n", ms);
	hear(rig, 251, PANIC, ms);
	for (k = 0; k < INCIDENT_PROOF; k++)
		hear(rig, 251, "more of it", ms);
	pass_until(rig, 12000);
	assert_int_equal(count_incidents(rig, ".251:6665 panic: " PANIC), 1);
	assert_int_equal(count_incidents(rig, ".251:6665 panic ended (silence):"
					      " 5 lines"),
			 1);
	drop_rig(rig);
}

static void test_what_is_told_late_is_bounded(void **state)
{
	struct rig *rig = watching_rig(many_senders);
	unsigned i, k;

	(void)state;
	for (i = 0; i < 3 * TELLING_ALL; i++) {
		say_from(rig, i, BUG "\n", 1000);
		for (k = 0; k < INCIDENT_PROOF; k++)
			say_from(rig, i, "more of it\n", 1000);
	}
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "), 2 * TELLING_ALL);
	assert_int_equal(count_incidents(rig, " oops ended "), 2 * TELLING_ALL);
	assert_incidents_end(rig, "udplogger: 1000 incidents not told\n");
	drop_rig(rig);
}

/* Lines of one datagram are as easily forged as one. */
static void test_datagrams_are_proof_not_lines(void **state)
{
	struct rig *rig = watching_rig(many_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < 2 * TELLING_ALL; i++) {
		say_from(rig, i, BUG "\n1\n2\n3\n4\n5\n6\n", 1000);
		say_from(rig, i, "7\n8\n9\n", 1000);
	}
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "), TELLING_ALL);
	assert_incidents_end(rig, "udplogger: 1000 incidents not told\n");
	drop_rig(rig);
}

static void test_moments_are_bounded_likewise(void **state)
{
	struct rig *rig = watching_rig(few_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < 3 * TELLING_ALL; i++)
		say_from(rig, i, i % 2 ? LINUX "\n" : "reboot: Power down\n",
			 1000);
	for (i = 0; i < 3 * TELLING_ALL; i++)
		say_from(rig, i, ARM "\n", 3000);
	rig_flush(rig);
	assert_int_equal(count_lines(rig, -TODAY), 2 * TELLING_ALL + 1);
	assert_incidents_end(rig, "udplogger: 4000 incidents not told\n");
	drop_rig(rig);
}

/* They give their places back at once. */
static void test_so_are_incidents_that_end_with_their_marker(void **state)
{
	struct rig *rig = watching_rig(few_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < 3 * TELLING_ALL; i++)
		say_from(rig, i, BUG "\n" TRACE "\n", 1000);
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "), TELLING_ALL);
	assert_int_equal(count_incidents(rig, " oops ended (marker): 2 lines"),
			 TELLING_ALL);
	assert_incidents_end(rig, "udplogger: 2000 incidents not told\n");
	drop_rig(rig);
}

static void test_boots_that_wait_leave_places_to_incidents(void **state)
{
	struct rig *rig = watching_rig(many_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < PLACES_MOST; i++)
		say_from(rig, i, ARM "\n", 1000);
	/* So many wait. */
	assert_int_equal(count_incidents(rig, " boot: unknown, "),
			 PLACES_MOST - PLACES_BOOTS_MOST);
	for (i = 0; i < PLACES_MOST; i++)
		say_from(rig, PLACES_MOST + i, BUG "\n", 3000);
	assert_int_equal(count_incidents(rig, " oops: "), PLACES_MOST);
	assert_int_equal(count_incidents(rig, " oops ended (open): "),
			 PLACES_BOOTS_MOST);
	drop_rig(rig);
}

static void test_boots_and_dumps_may_be_eight_a_minute(void **state)
{
	struct rig *rig = *state;
	unsigned i;

	for (i = 0; i < 12; i++) {
		hear(rig, 1, LINUX, 1000 + i * 2500);
		hear(rig, 1, "sysrq: Show Memory", 1000 + i * 2500);
	}
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " boot: "), TELLING_MANY);
	assert_int_equal(count_incidents(rig, ":6665 sysrq: "), TELLING_MANY);
	assert_int_equal(count_incidents(rig, " sysrq ended "), TELLING_MANY);
	assert_incidents_end(rig, "udplogger: 8 incidents not told\n");
}

static void test_limit_spares_the_lines_of_an_incident(void **state)
{
	struct rig *rig = watching_rig(limit_one);
	unsigned i;

	(void)state;
	for (i = 0; i < 100; i++)
		hear(rig, 1, "before", 1000);
	hear(rig, 1, BUG, 1000);
	for (i = 0; i < 100; i++)
		hear(rig, 1, "within", 1000);
	pass_until(rig, 8000);
	for (i = 0; i < 100; i++)
		hear(rig, 1, "after", 8000);
	rig_flush(rig);
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG)
				      LINE("1", "00:00:01",
					   "oops ended (silence): "
					   "101 lines, 0.0 s, 0 lost"));
	/* 10 before, 101 within, 7 after, two notices. */
	assert_int_equal(count_lines(rig, TODAY), 10 + 101 + 7 + 2);
	drop_rig(rig);
}

static void test_limit_spares_so_many_lines(void **state)
{
	struct rig *rig = watching_rig(limit_one);
	unsigned i;

	(void)state;
	hear(rig, 1, BUG, 1000);
	for (i = 0; i < WATCH_SPARED + 1000; i++)
		hear(rig, 1, "x", 1000);
	rig_flush(rig);
	/* Those in its bucket are still there, as what is spared is free. */
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG)
				      LINE("1", "00:00:01",
					   "oops ended (open): "
					   "100010 lines, 0.0 s, 0 lost"));
	drop_rig(rig);
}

/* Or each incident would buy so many lines. */
static void test_limit_spares_nothing_of_what_is_not_told(void **state)
{
	struct rig *rig = watching_rig(limit_one);
	unsigned i;

	(void)state;
	hear(rig, 1, BUG, 1000);
	pass_until(rig, 5000);
	for (i = 0; i < 100; i++)
		hear(rig, 1, BUG, 5000);
	rig_flush(rig);
	assert_int_equal(count_lines(rig, TODAY), 1 + 10 + 1);
	assert_incidents_end(rig, "udplogger: 1 incidents not told\n");
	drop_rig(rig);
}

/* What isn't told in its minute doesn't swallow what is. */
static void test_what_is_not_told_hides_nothing(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, WARN, 1000);
	hear(rig, 1, WARN, 5000);
	hear(rig, 1, BUG, 5500);
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " warning: "), 1);
	assert_int_equal(count_incidents(rig, " oops: "), 1);
	assert_int_equal(count_incidents(rig, " ended "), 2);
}

static void test_state_of_a_sender_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct incident_sender) <= 32);
	assert_true(incident_bytes(65536) - incident_bytes(0) <=
		    (size_t)65536 * 32);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WATCH_CASE(test_a_thousand_are_open_at_once),
		WATCH_CASE(test_senders_that_make_way_are_bounded_likewise),
		WATCH_CASE(test_forged_ones_hide_no_panic),
		WATCH_CASE(test_held_places_hide_no_panic),
		WATCH_CASE(test_what_is_told_late_is_bounded),
		WATCH_CASE(test_datagrams_are_proof_not_lines),
		WATCH_CASE(test_moments_are_bounded_likewise),
		WATCH_CASE(test_so_are_incidents_that_end_with_their_marker),
		WATCH_CASE(test_boots_that_wait_leave_places_to_incidents),
		WATCH_CASE(test_boots_and_dumps_may_be_eight_a_minute),
		WATCH_CASE(test_limit_spares_the_lines_of_an_incident),
		WATCH_CASE(test_limit_spares_so_many_lines),
		WATCH_CASE(test_limit_spares_nothing_of_what_is_not_told),
		WATCH_CASE(test_what_is_not_told_hides_nothing),
		WATCH_CASE(test_state_of_a_sender_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
