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
	for (i = 0; i < PLACES_MOST + 5; i++)
		say_from(rig, i, BUG "\n", 1000);
	assert_int_equal(count_incidents(rig, " oops: "), PLACES_MOST);
	pass_until(rig, 4000);
	assert_int_equal(count_incidents(rig, "oops ended (silence): 1 lines"),
			 PLACES_MOST);
	/* There is room again. */
	say_from(rig, i, BUG "\n", 5000);
	assert_int_equal(count_incidents(rig, " oops: "), PLACES_MOST + 1);
	pass_until(rig, 61000);
	assert_incidents_end(rig, "2026-01-01 00:00:01 udplogger: "
				  "5 incidents not told\n");
	drop_rig(rig);
}

/* Each makes way for the next, and is told; but no faster than by silence. */
static void test_senders_that_make_way_keep_their_places(void **state)
{
	struct rig *rig = watching_rig(few_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < 3 * PLACES_MOST; i++)
		say_from(rig, i, BUG "\n", 1000);
	assert_int_equal(count_incidents(rig, " oops: "), PLACES_MOST);
	assert_int_equal(count_incidents(rig, "oops ended (open): 1 lines"),
			 PLACES_MOST);
	pass_until(rig, 3000);
	for (; i < 6 * PLACES_MOST; i++)
		say_from(rig, i, BUG "\n", 3000);
	rig_flush(rig);
	assert_int_equal(count_incidents(rig, " oops: "), 2 * PLACES_MOST);
	assert_int_equal(count_incidents(rig, "oops ended "), 2 * PLACES_MOST);
	assert_incidents_end(rig, "udplogger: 4000 incidents not told\n");
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
	struct rig *rig = watching_rig(few_senders);
	unsigned i;

	(void)state;
	for (i = 0; i < PLACES_MOST; i++)
		say_from(rig, i, ARM "\n", 1000);
	/* Those that waited made way, and the others didn't wait. */
	assert_int_equal(count_incidents(rig, " boot: unknown, "), PLACES_MOST);
	for (i = 0; i < PLACES_MOST; i++)
		say_from(rig, PLACES_MOST + i, BUG "\n", 3000);
	assert_int_equal(count_incidents(rig, " oops: "),
			 PLACES_MOST - PLACES_BOOTS_MOST);
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
		WATCH_CASE(test_senders_that_make_way_keep_their_places),
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
