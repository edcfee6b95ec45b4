/* Tests of collector: lines of extended netconsole that come in pieces. */
#include "collecting.h"

#include <stdio.h>

#include "joined.h"

static struct settings settings_of(uint32_t clients)
{
	struct settings settings = rig_settings();

	settings.extended = true;
	settings.clients = clients;
	settings.reorder_ms = 10;
	return settings;
}

static int set_up(void **state)
{
	struct settings settings = settings_of(10);

	*state = new_rig(&settings, 64);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down_rig)

/* At @now_ms, from host @host. */
static void say_ms(struct rig *rig, uint8_t host, const char *text,
		   uint64_t now_ms)
{
	struct datagram d =
		a_datagram(host, text, strlen(text), (time_t)(now_ms / 1000));

	rig_put(rig, &d, now_ms);
}

static uint64_t deadline(const struct rig *rig)
{
	return collector_deadline(&rig->collector);
}

#define BEFORE "6,500,1000000,-;PM: suspend entry\n"
#define FIRST  "6,501,1000100,c;Freezing user space processes ... \n"
#define SECOND "6,502,1000900,+;(elapsed 0.001 seconds) \n"
#define THIRD  "6,503,1001000,+;done.\n"
#define AFTER  "6,504,1002000,-;PM: next\n"

static void test_pieces_are_one_line(void **state)
{
	say(*state, 1, BEFORE, 1);
	say(*state, 1, FIRST, 2);
	say(*state, 1, SECOND, 2);
	say(*state, 2, "6,0,1000000,-;of another\n", 2);
	say(*state, 1, THIRD, 3);
	say(*state, 1, AFTER, 3);
	assert_log(
		*state,
		LINE("1", "00:00:01", "[    1.000000] PM: suspend entry") LINE(
			"2", "00:00:02", "[    1.000000] of another")
			LINE("1", "00:00:02",
			     "[    1.000100] Freezing user space processes ... "
			     "(elapsed 0.001 seconds) done.")
				LINE("1", "00:00:03",
				     "[    1.002000] PM: next"));
}

/* Newer kernels set "c" on whole lines. */
static void test_a_first_piece_alone_is_soon_written(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, BEFORE, 1);
	say(rig, 1, FIRST, 2);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
	assert_true(deadline(rig) == 3000);
	rig_expire(rig, 2999);
	assert_log(rig,
		   LINE("1", "00:00:01", "[    1.000000] PM: suspend entry"));
	rig_expire(rig, 3000);
	assert_log(
		rig,
		LINE("1", "00:00:01", "[    1.000000] PM: suspend entry") LINE(
			"1", "00:00:02",
			"[    1.000100] Freezing user space processes ... "));
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	assert_true(deadline(rig) == DEADLINE_NEVER);
	/* What came too late is a line of its own. */
	say(rig, 1, SECOND, 4);
	say(rig, 1, "6,503,1002000,-;PM: next\n", 5);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "] (elapsed 0.001 seconds) \n"));
}

static void test_whole_lines_with_flag_c_stay_lines(void **state)
{
	say(*state, 1, "6,0,1000000,c;one\n", 1);
	say(*state, 1, "6,1,1000000,c;two\n", 1);
	say(*state, 1, "6,2,1000000,-;three\n", 1);
	assert_log(*state, LINE("1", "00:00:01", "[    1.000000] one")
				   LINE("1", "00:00:01", "[    1.000000] two")
					   LINE("1", "00:00:01",
						"[    1.000000] three"));
}

static void test_a_sender_of_pieces_has_more_time(void **state)
{
	struct rig *rig = *state;

	say_ms(rig, 1, BEFORE, 1000);
	say_ms(rig, 1, FIRST, 2000);
	say_ms(rig, 1, SECOND, 2900);
	assert_true(deadline(rig) == 12900);
	say_ms(rig, 1, THIRD, 9000);
	assert_true(deadline(rig) == 12900);
	say_ms(rig, 1, "6,504,1002000,c;more\n", 10000);
	assert_true(deadline(rig) == 20000);
	/* Others have no more than before. */
	say_ms(rig, 2, "6,0,1002000,c;more\n", 10000);
	assert_true(deadline(rig) == 11000);
	rig_expire(rig, 11000);
	assert_true(deadline(rig) == 20000);
	rig_expire(rig, 19999);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
	rig_expire(rig, 20000);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

/* What stands between two pieces, and what the log then has. */
static void assert_parted(const char *between, const char *line)
{
	struct settings settings = settings_of(10);
	struct rig *rig = new_rig(&settings, 64);
	char want[1000];

	say(rig, 1, BEFORE, 1);
	say(rig, 1, FIRST, 2);
	say(rig, 1, between, 3);
	say(rig, 1, SECOND, 4);
	rig_expire(rig, 4020);
	rig_flush(rig);
	snprintf(want, sizeof(want),
		 LINE("1", "00:00:01", "[    1.000000] PM: suspend entry")
			 LINE("1", "00:00:02",
			      "[    1.000100] Freezing user space processes "
			      "... ") "%s" LINE("1", "00:00:04",
						"[    1.000900] (elapsed 0.001 "
						"seconds) "),
		 line);
	assert_log(rig, want);
	drop_rig(rig);
}

static void test_whatever_comes_between_ends_the_line(void **state)
{
	(void)state;
	assert_parted("[    1.000500] text\n",
		      LINE("1", "00:00:03", "[    1.000500] text"));
	assert_parted("6,499,999000,-;late\n",
		      LINE("1", "00:00:03", "[    0.999000] late"));
	assert_parted("6,502,1000500,-;the same number\n",
		      LINE("1", "00:00:03", "[    1.000500] the same number"));
}

static void test_a_gap_ends_the_line(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, BEFORE, 1);
	say(rig, 1, FIRST, 2);
	say(rig, 1, THIRD, 2);
	rig_expire(rig, 2010);
	rig_flush(rig);
	assert_log(
		rig,
		LINE("1", "00:00:01", "[    1.000000] PM: suspend entry") LINE(
			"1", "00:00:02",
			"[    1.000100] Freezing user space processes ... ")
			LINE("1", "00:00:02", "[    1.001000] done."));
}

static void test_a_whole_line_is_not_gone_on(void **state)
{
	say(*state, 1, BEFORE, 1);
	say(*state, 1, "6,501,1000100,+;one \n", 2);
	say(*state, 1, "6,502,1000100,+;two\n", 2);
	rig_flush(*state);
	assert_log(*state,
		   LINE("1", "00:00:01", "[    1.000000] PM: suspend entry")
			   LINE("1", "00:00:02", "[    1.000100] one two"));
}

static void test_swapped_pieces_are_put_in_order(void **state)
{
	say(*state, 1, BEFORE, 1);
	say(*state, 1, THIRD, 1);
	say(*state, 1, SECOND, 1);
	say(*state, 1, FIRST, 1);
	say(*state, 1, SECOND, 1);
	rig_flush(*state);
	assert_log(
		*state,
		LINE("1", "00:00:01", "[    1.000000] PM: suspend entry")
			LINE("1", "00:00:01",
			     "[    1.000100] Freezing user space processes ... "
			     "(elapsed 0.001 seconds) done."));
}

/* The msgid of the third says that a fourth is missing. */
static void test_a_notice_ends_the_line(void **state)
{
	say(*state, 1, "6,0,1000000,-;a\n msgid=1\n", 1);
	say(*state, 1, "6,1,1000000,c;b\n msgid=2\n", 1);
	say(*state, 1, "6,2,1000000,+;c\n msgid=4\n", 1);
	say(*state, 1, "6,3,3000000,c;d\n", 1);
	say(*state, 1, "6,0,100,-;e\n", 9);
	assert_log(
		*state,
		LINE("1", "00:00:01", "[    1.000000] a {msgid=1}") LINE(
			"1", "00:00:01", "[    1.000000] b {msgid=2}")
			LINE("1", "00:00:01",
			     "udplogger: 1 messages lost (msgid 3..3)")
				LINE("1", "00:00:01",
				     "[    1.000000] c {msgid=4}")
					LINE("1", "00:00:01",
					     "[    3.000000] d")
						LINE("1", "00:00:09",
						     "udplogger: sender booted")
							LINE("1", "00:00:09",
							     "[    0.000100] "
							     "e"));
}

static void test_what_all_pieces_say_is_said_once(void **state)
{
	say(*state, 1, "6,0,1000000,c;a\n rack=1\n", 1);
	say(*state, 1, "6,1,1000000,+;b\n rack=1\n", 1);
	say(*state, 1, "6,2,1000000,+;c\n rack=1\n k=v\n", 1);
	say(*state, 1, "6,3,1000000,+;\\x0ad\n", 1);
	rig_flush(*state);
	assert_log(*state, LINE("1", "00:00:01", "[    1.000000] abc") LINE(
				   "1", "00:00:01",
				   "[    1.000000] d {rack=1 rack=1 k=v}"));
}

static void test_what_is_missing_of_a_piece_is_told(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "6,0,1000000,c,caller=T12;a\n", 1);
	say(rig, 1, "6,1,1000000,+,caller=T12,ncfrag=3/9;def", 1);
	rig_expire(rig, 1500);
	rig_flush(rig);
	assert_log(rig, LINE("1", "00:00:01",
			     "[    1.000000][   T12] a<3 bytes missing>def"
			     "<3 bytes missing>"));
}

static void test_pieces_are_one_object(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig;

	(void)state;
	settings.json = settings.iso = true;
	rig = new_rig(&settings, 64);
	say(rig, 1, "4.9,12,501,1000100,c,caller=T1;a \n k=v\n", 1);
	say(rig, 1, "4.9,6,502,1000900,+,caller=T2;b\n", 1);
	rig_flush(rig);
	assert_log(
		rig,
		"{\"time\":\"2026-01-01T00:00:01.000000+00:00\",\"address\":"
		"\"192.0.2.1\",\"port\":6665,\"message\":\"a b\",\"level\":4,"
		"\"facility\":1,\"boot\":\"2025-12-31T23:59:59.999900+00:00\","
		"\"sequnum\":501,\"usec\":1000100,"
		"\"caller\":\"T1\",\"release\":\"4.9\",\"dictionary\":"
		"{\"k\":\"v\"}}\n");
	drop_rig(rig);
}

static void test_a_sender_that_makes_room_leaves_its_line(void **state)
{
	struct rig *rig = *state;
	uint8_t host;

	say(rig, 1, FIRST, 1);
	say(rig, 1, SECOND, 1);
	for (host = 2; host < 12; host++)
		say(rig, host, "[    0.000000] x\n", 2);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "] Freezing user space processes ... (elapsed "
			       "0.001 seconds) \n"));
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	/* Who comes in its place has sent no piece yet. */
	for (host = 12; host < 22; host++)
		say(rig, host, "6,0,1000000,c;x\n", 3);
	assert_true(deadline(rig) == 4000);
}

/* The text of @n pieces of @len bytes each, for @want. */
static char *say_long(struct rig *rig, unsigned n, unsigned len, char *want)
{
	unsigned held = 0, i;
	char text[2000];

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "6,%u,1000000,%c;%0*u\n", i,
			 i == 0 ? 'c' : '+', (int)len, i);
		say(rig, 1, text, 1);
		if (held + len >= JOINED_MAX)
			held = 0;
		if (held == 0)
			want += sprintf(want,
					"%s2026-01-01 00:00:01 192.0.2.1:6665 "
					"[    1.000000] ",
					i > 0 ? "\n" : "");
		want += sprintf(want, "%0*u", (int)len, i);
		held += len;
	}
	return want + sprintf(want, "\n");
}

static void test_a_line_of_pieces_has_a_bound(void **state)
{
	static char want[100000];

	say_long(*state, 40, 900, want);
	rig_flush(*state);
	assert_log(*state, want);
}

static void test_a_piece_of_that_size_does_not_wait(void **state)
{
	struct rig *rig = *state;
	static char text[20000];
	size_t len = (size_t)sprintf(text, "6,0,1000000,c;");

	memset(text + len, 'x', JOINED_MAX);
	say(rig, 1, text, 1);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	say(rig, 1, "6,1,1000000,+;y\n", 1);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
}

/* More than there is memory for: the oldest are written early, none is lost. */
static void test_lines_that_memory_has_no_room_for_are_written(void **state)
{
	struct settings settings = settings_of(200);
	struct rig *rig = new_rig(&settings, 64);
	static char text[20000];
	unsigned host, round;
	size_t lines = 0, i;
	const struct model_bytes *log;

	(void)state;
	for (round = 0; round < 5; round++)
		for (host = 1; host < 100; host++) {
			size_t len =
				(size_t)sprintf(text, "6,%u,1000000,%c;", round,
						round == 0 ? 'c' : '+');

			memset(text + len, 'x', 2500);
			strcpy(text + len + 2500, "\n k=v\n");
			say(rig, (uint8_t)host, text, 1);
		}
	rig_flush(rig);
	assert_int_equal(rig->collector.extended.write.joined.bytes.used, 0);
	log = rig_log(rig, TODAY);
	for (i = 0; i < log->len; i++)
		lines += log->at[i] == 'x' ? 1 : 0;
	assert_int_equal(lines, 5 * 99 * 2500);
	drop_rig(rig);
}

static void test_a_full_queue_loses_and_doubles_no_piece(void **state)
{
	struct settings settings = settings_of(10);
	static char want[100000];
	size_t taken;

	(void)state;
	for (taken = 1; taken < 3000; taken += 1 + taken / 2) {
		struct rig *rig = new_rig(&settings, 1);
		char *at;

		rig->most_taken = taken;
		at = say_long(rig, 30, 900, want);
		say(rig, 1, "6,30,1000000,c;a\\x0ab\n", 2);
		say(rig, 1, "6,31,1000000,+;c\\x0a\n", 2);
		say(rig, 1, "6,32,1000000,-;d\n", 2);
		sprintf(at,
			LINE("1", "00:00:02", "[    1.000000] a")
				LINE("1", "00:00:02", "[    1.000000] bc")
					LINE("1", "00:00:02", "[    1.000000] ")
						LINE("1", "00:00:02",
						     "[    1.000000] d"));
		assert_log(rig, want);
		drop_rig(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_pieces_are_one_line),
		CASE(test_a_first_piece_alone_is_soon_written),
		CASE(test_whole_lines_with_flag_c_stay_lines),
		CASE(test_a_sender_of_pieces_has_more_time),
		cmocka_unit_test(test_whatever_comes_between_ends_the_line),
		CASE(test_a_gap_ends_the_line),
		CASE(test_a_whole_line_is_not_gone_on),
		CASE(test_swapped_pieces_are_put_in_order),
		CASE(test_a_notice_ends_the_line),
		CASE(test_what_all_pieces_say_is_said_once),
		CASE(test_what_is_missing_of_a_piece_is_told),
		cmocka_unit_test(test_pieces_are_one_object),
		CASE(test_a_sender_that_makes_room_leaves_its_line),
		CASE(test_a_line_of_pieces_has_a_bound),
		CASE(test_a_piece_of_that_size_does_not_wait),
		cmocka_unit_test(
			test_lines_that_memory_has_no_room_for_are_written),
		cmocka_unit_test(test_a_full_queue_loses_and_doubles_no_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
