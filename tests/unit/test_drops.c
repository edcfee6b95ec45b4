/* Tests of drops: what the kernel has counted, and what the log has said. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "collecting.h"
#include "drops.h"
#include "fakesys.h"

static struct drops d;

static int set_up(void **state)
{
	fake_reset();
	drops_init(&d, &fakesys, fake_udp());
	return set_up_rig(state);
}

static int tear_down(void **state)
{
	fake_reset();
	return tear_down_rig(state);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void log_drops(struct rig *rig, uint32_t dropped)
{
	const struct timespec time = { .tv_sec = MIDNIGHT };

	assert_true(drops_log(&d, &rig->collector, dropped, &time));
}

static void test_drops_are_news_until_they_are_logged(void **state)
{
	(void)state;
	assert_int_equal(drops_unlogged(&d), 0);
	assert_false(drops_may_be_news(&d));
	fake.drops = 5;
	assert_int_equal(drops_unlogged(&d), 5);
	assert_true(drops_may_be_news(&d));
	assert_int_equal(drops_since(&d, 3), 3);
	log_drops(*state, 3);
	assert_int_equal(drops_since(&d, 3), 0);
	assert_int_equal(drops_unlogged(&d), 2);
	log_drops(*state, 2);
	assert_int_equal(drops_unlogged(&d), 0);
	assert_false(drops_may_be_news(&d));
	assert_int_equal(d.total, 5);
	assert_log(*state,
		   "2026-01-01 00:00:00 udplogger: 3 datagrams lost, receive "
		   "buffer full\n"
		   "2026-01-01 00:00:00 udplogger: 2 datagrams lost, receive "
		   "buffer full\n");
}

static void test_the_count_wraps(void **state)
{
	(void)state;
	d.logged = UINT32_MAX - 1;
	assert_int_equal(drops_since(&d, 5), 7);
	assert_int_equal(drops_since(&d, UINT32_MAX - 2), 0);
	assert_int_equal(drops_since(&d, d.logged + INT32_MAX), INT32_MAX);
	assert_int_equal(drops_since(&d, d.logged + INT32_MAX + 1u), 0);
	log_drops(*state, 7);
	assert_int_equal(d.logged, 5);
	assert_int_equal(d.total, 7);
}

static void test_what_finds_no_room_is_not_logged(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig = new_rig(&settings, 1);
	const struct timespec time = { .tv_sec = MIDNIGHT };
	unsigned n = 0;

	(void)state;
	while (drops_log(&d, &rig->collector, 1, &time))
		n++;
	assert_true(n > 100);
	assert_int_equal(d.logged, n);
	assert_int_equal(d.total, n);
	drop_rig(rig);
}

static void test_without_a_time_it_is_now(void **state)
{
	struct rig *rig = *state;

	fake_set_wall(MIDNIGHT + 7);
	fake.drops = 1;
	assert_true(drops_log(&d, &rig->collector, 1, NULL));
	assert_log(rig, "2026-01-01 00:00:07 udplogger: 1 datagrams lost, "
			"receive buffer full\n");
}

/* What the log says of @dropped, of which @bad have a wrong checksum. */
static void assert_logged(struct rig *rig, uint32_t dropped, uint32_t bad,
			  const char *want)
{
	char line[200];
	size_t before = rig_log(rig, TODAY)->len;
	const struct model_bytes *log;

	fake.now_ms += 1000;
	fake.drops += dropped;
	fake.bad_checksums += bad;
	log_drops(rig, dropped);
	log = rig_log(rig, TODAY);
	snprintf(line, sizeof(line), "2026-01-01 00:00:00 udplogger: %s\n",
		 want);
	if (log->len - before != strlen(line) ||
	    memcmp(log->at + before, line, strlen(line)) != 0)
		fail_msg("%.*s and not %s", (int)(log->len - before),
			 (const char *)log->at + before, line);
}

static void test_the_cause_is_named_only_if_it_is_known(void **state)
{
	assert_logged(*state, 3, 0, "3 datagrams lost, receive buffer full");
	assert_logged(*state, 3, 3, "3 datagrams lost, wrong checksum");
	assert_logged(
		*state, 5, 2,
		"5 datagrams lost, receive buffer full or wrong checksum");
	assert_logged(*state, 0, 0, "0 datagrams lost");
	fake.no_snmp = true;
	assert_logged(*state, 4, 0, "4 datagrams lost");
	fake.no_snmp = false;
	assert_logged(
		*state, 1, 1,
		"1 datagrams lost, receive buffer full or wrong checksum");
}

/* A line that found no room is tried again: the cause is still the same. */
static void test_what_is_logged_later_has_its_cause(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig = new_rig(&settings, 1);
	const struct timespec time = { .tv_sec = MIDNIGHT };

	(void)state;
	while (drops_log(&d, &rig->collector, 1, &time))
		continue;
	fake.drops += 2;
	fake.bad_checksums += 2;
	fake.now_ms += 1000;
	assert_false(drops_log(&d, &rig->collector, 2, &time));
	fake.now_ms += 1000;
	rig_log(rig, TODAY);
	assert_logged(rig, 0, 0, "0 datagrams lost, wrong checksum");
	drop_rig(rig);
}

/* As in a flood, where each batch may have some. */
static void test_the_cause_is_not_looked_for_each_time(void **state)
{
	fake.drops = 3;
	log_drops(*state, 1);
	fake.no_snmp = true;
	log_drops(*state, 2);
	assert_log(*state,
		   "2026-01-01 00:00:00 udplogger: 1 datagrams lost, receive "
		   "buffer full\n"
		   "2026-01-01 00:00:00 udplogger: 2 datagrams lost, receive "
		   "buffer full\n");
}

static void test_a_socket_that_is_passed_on_has_its_causes(void **state)
{
	fake.drops = 7;
	drops_init(&d, &fakesys, d.fd);
	drops_adopt(&d);
	assert_logged(*state, 0, 0, "0 datagrams lost, receive buffer full");
}

static void test_a_kernel_may_not_tell(void **state)
{
	(void)state;
	fake.drops = 5;
	fake.no_meminfo = true;
	assert_int_equal(drops_unlogged(&d), 0);
	assert_true(drops_may_be_news(&d));
}

/* Until something was received nobody knows what the log has of them. */
static void test_an_adopted_socket_says_nothing_at_first(void **state)
{
	const uint32_t carried = 40;

	(void)state;
	fake.drops = 50;
	drops_adopt(&d);
	assert_int_equal(drops_unlogged(&d), 0);
	assert_true(drops_may_be_news(&d));
	drops_settle(&d, &carried);
	assert_int_equal(drops_since(&d, 45), 5);
	assert_int_equal(drops_unlogged(&d), 10);
	/* Once is enough. */
	drops_settle(&d, NULL);
	assert_int_equal(d.logged, 40);
}

static void test_an_adopted_socket_that_is_empty_lost_nothing(void **state)
{
	(void)state;
	fake.drops = 50;
	drops_adopt(&d);
	fake.no_meminfo = true;
	drops_settle(&d, NULL);
	assert_true(d.adopted);
	fake.no_meminfo = false;
	drops_settle(&d, NULL);
	assert_false(d.adopted);
	assert_int_equal(drops_unlogged(&d), 0);
}

static void test_they_are_asked_for_after_a_burst_and_in_time(void **state)
{
	(void)state;
	assert_true(drops_deadline(&d) == DEADLINE_NEVER);
	drops_note_round(&d, 0, 1000);
	assert_true(drops_deadline(&d) == DEADLINE_NEVER);
	drops_note_round(&d, 1, 1000);
	assert_int_equal(drops_deadline(&d), 2000);
	drops_note_round(&d, 63, 1500);
	assert_int_equal(drops_deadline(&d), 2000);
	drops_note_round(&d, 64, 1600);
	assert_int_equal(drops_deadline(&d), 1600);
	drops_looked(&d);
	assert_true(drops_deadline(&d) == DEADLINE_NEVER);
	drops_note_round(&d, 0, 1700);
	assert_true(drops_deadline(&d) == DEADLINE_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_drops_are_news_until_they_are_logged),
		CASE(test_the_count_wraps),
		CASE(test_what_finds_no_room_is_not_logged),
		CASE(test_the_cause_is_named_only_if_it_is_known),
		CASE(test_what_is_logged_later_has_its_cause),
		CASE(test_the_cause_is_not_looked_for_each_time),
		CASE(test_a_socket_that_is_passed_on_has_its_causes),
		CASE(test_without_a_time_it_is_now),
		CASE(test_a_kernel_may_not_tell),
		CASE(test_an_adopted_socket_says_nothing_at_first),
		CASE(test_an_adopted_socket_that_is_empty_lost_nothing),
		CASE(test_they_are_asked_for_after_a_burst_and_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
