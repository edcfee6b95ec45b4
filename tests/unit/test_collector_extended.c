/* Tests of collector: extended netconsole, from datagrams to lines. */
#include "collecting.h"

#include <stdio.h>

#define RECORD "6,416,1758426,-;"
#define STAMP  "[    1.758426] "

static struct settings settings_of(uint32_t clients)
{
	struct settings settings = rig_settings();

	settings.extended = true;
	settings.clients = clients;
	return settings;
}

static int set_up(void **state)
{
	struct settings settings = settings_of(10);

	*state = new_rig(&settings, 64);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down_rig)

static void test_a_record_is_the_line_of_a_text_console(void **state)
{
	say(*state, 1, RECORD "text\n", 1);
	say(*state, 1, "6.12.1,6,417,2000000,-,caller=T9;more\n", 2);
	assert_log(*state, LINE("1", "00:00:01", STAMP "text")
				   LINE("1", "00:00:02",
					"[    2.000000][    T9] more"));
}

static void test_each_line_of_a_record_is_one(void **state)
{
	say(*state, 1, RECORD "a\\x0d\\x0ab\\x0a\n SUBSYSTEM=net\n DEVICE=n3\n",
	    1);
	assert_log(*state, LINE("1", "00:00:01",
				STAMP "a") LINE("1", "00:00:01", STAMP "b")
				   LINE("1", "00:00:01",
					STAMP " {SUBSYSTEM=net DEVICE=n3}"));
}

static void test_what_is_not_safe_stays_escaped(void **state)
{
	say(*state, 1,
	    RECORD "\\x1b[2J \\x09 \\xc3\\xa9 \\xc3 \\x5c \\x7f\n"
		   " taskname=\x1b[2J\n6,9,9,-;forged\n",
	    1);
	assert_log(*state,
		   LINE("1", "00:00:01",
			STAMP "\\x1b[2J \t \xc3\xa9 \\xc3 \\ \\x7f "
			      "{taskname=\\x1b[2J\\x0a6,9,9,-;forged}"));
}

static void test_fragments_are_put_together(void **state)
{
	say(*state, 1, "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", 1);
	say(*state, 2, "6,416,1758426,-,ncfrag=0/31;of another one  ", 2);
	say(*state, 1, "6,417,1758427,-;between\n", 3);
	say(*state, 1, "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", 4);
	say(*state, 1, "6,416,1758426,-,ncfrag=0/31;the first chunk,", 5);
	say(*state, 1, "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", 6);
	assert_log(*state, LINE("1", "00:00:03", "[    1.758427] between") LINE(
				   "1", "00:00:01",
				   STAMP "the first chunk, the 2nd chunk."));
}

static void test_what_stays_incomplete_is_written_in_time(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", 1);
	assert_true(collector_deadline(&rig->collector) == 11000);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
	rig_expire(rig, 10999);
	assert_log(rig, "");
	rig_expire(rig, 11000);
	assert_log(rig, LINE("1", "00:00:01",
			     STAMP "<16 bytes missing> the 2nd chunk."));
	assert_true(collector_deadline(&rig->collector) == DEADLINE_NEVER);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

static void test_at_the_end_all_is_written(void **state)
{
	say(*state, 1, "text without an end", 1);
	say(*state, 2, "6,416,1758426,-,ncfrag=0/31;the first chunk,", 2);
	rig_flush(*state);
	assert_log(*state, LINE("1", "00:00:01", "text without an end") LINE(
				   "2", "00:00:02",
				   STAMP "the first chunk,<15 bytes missing>"));
}

static void test_text_and_records_of_a_sender_do_not_mix(void **state)
{
	say(*state, 1, "[    1.758426] te", 1);
	say(*state, 1, RECORD "not yet known to be one", 2);
	say(*state, 1, "xt\n", 3);
	say(*state, 1, RECORD "text\n", 4);
	say(*state, 1, "[    1.758427] mo", 5);
	say(*state, 1, "6,417,1758427,-;more\n", 6);
	say(*state, 1, "re\n", 7);
	assert_log(*state,
		   LINE("1", "00:00:01",
			STAMP "te" RECORD "not yet known to be onext")
			   LINE("1", "00:00:04", STAMP "text")
				   LINE("1", "00:00:06", "[    1.758427] more")
					   LINE("1", "00:00:05",
						"[    1.758427] more"));
}

/* Without printk.time a line can look like anything, as one in tests/data. */
static void test_text_that_looks_like_a_record_is_text(void **state)
{
	say(*state, 1, "a line without a time\n", 1);
	say(*state, 1, "6,123,456,-;looks like a header\n", 2);
	say(*state, 1, "6,123,456,-;looks like a header\n", 3);
	say(*state, 1, "6,200,456,-;looks like a header\n", 4);
	assert_log(
		*state,
		LINE("1", "00:00:01", "a line without a time") LINE(
			"1", "00:00:02", "6,123,456,-;looks like a header")
			LINE("1", "00:00:03", "6,123,456,-;looks like a header")
				LINE("1", "00:00:04",
				     "6,200,456,-;looks like a header"));
}

static void test_two_records_in_order_are_no_text(void **state)
{
	say(*state, 1, "a line without a time\n", 1);
	say(*state, 1, "6,123,456000000,-;first\n", 2);
	say(*state, 1, "6,124,456000001,-;second\n", 3);
	say(*state, 1, "6,125,456000002,-;third\n", 4);
	say(*state, 1, "a line without a time\n", 5);
	assert_log(*state,
		   LINE("1", "00:00:01", "a line without a time") LINE(
			   "1", "00:00:02", "6,123,456000000,-;first")
			   LINE("1", "00:00:03", "[  456.000001] second")
				   LINE("1", "00:00:04", "[  456.000002] third")
					   LINE("1", "00:00:05",
						"a line without a time"));
}

static void test_a_source_that_makes_room_leaves_what_it_sent(void **state)
{
	uint8_t host;

	(void)state;
	say(*state, 1, "6,416,1758426,-,ncfrag=0/31;the first chunk,", 1);
	for (host = 2; host < 12; host++)
		say(*state, host, "[    0.000000] x\n", host);
	say(*state, 1, "6,416,1758426,-,ncfrag=0/31;the first chunk,", 12);
	say(*state, 1, "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", 12);
	assert_non_null(strstr((const char *)rig_log(*state, TODAY)->at,
			       STAMP "the first chunk,<15 bytes missing>\n"));
	assert_non_null(strstr((const char *)rig_log(*state, TODAY)->at,
			       STAMP "the first chunk, the 2nd chunk.\n"));
}

static void test_extended_can_be_turned_off(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig = new_rig(&settings, 64);

	(void)state;
	say(rig, 1, RECORD "text\n", 1);
	assert_log(rig, LINE("1", "00:00:01", RECORD "text"));
	drop_rig(rig);
	settings.extended = settings.raw = true;
	rig = new_rig(&settings, 64);
	say(rig, 1, RECORD "text\n", 1);
	assert_log(rig, LINE("1", "00:00:01", RECORD "text"));
	drop_rig(rig);
}

static void test_the_level_can_be_shown(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig;

	(void)state;
	settings.level = true;
	rig = new_rig(&settings, 64);
	say(rig, 1, "2047,416,1758426,-;a\\x0ab\n k=v\n", 1);
	assert_log(rig, LINE("1", "00:00:01", "<2047>" STAMP "a") LINE(
				"1", "00:00:01", "<2047>" STAMP "b {k=v}"));
	drop_rig(rig);
}

static void test_a_number_of_zero_follows_none(void **state)
{
	say(*state, 1, "a line without a time\n", 1);
	say(*state, 1, "6,0,0,-;looks like a header\n", 2);
	say(*state, 1, "6,18446744073709551615,0,-;and this\n", 3);
	say(*state, 1, "6,0,0,-;looks like a header\n", 4);
	assert_log(*state,
		   LINE("1", "00:00:01", "a line without a time")
			   LINE("1", "00:00:02", "6,0,0,-;looks like a header")
				   LINE("1", "00:00:03",
					"6,18446744073709551615,0,-;and this")
					   LINE("1", "00:00:04",
						"6,0,0,-;looks like a header"));
}

/*
 * Whatever room there is: a datagram that ends a line of text would be a record
 * if it came after that.
 */
static void test_a_datagram_that_finds_no_room_stays_what_it_was(void **state)
{
	static const char *const both[] = {
		"6,1,1000000,-;aa\n KEY=precious\n",
		"** replaying previous printk message **\n6,1,1000000,-;b\n",
	};
	struct settings settings = settings_of(10);
	static char want[100000];
	size_t i, taken;

	(void)state;
	for (i = 0; i < 2; i++)
		for (taken = 0; taken < 200; taken++) {
			struct rig *rig = new_rig(&settings, 1);
			const char *lf = strchr(both[i], '\n');
			size_t len = 0;

			rig->most_taken = 1 + taken;
			/* Fill the queue to any point of its last line. */
			while (len + 200 < OUTQ_BLOCK_BYTES + taken) {
				say(rig, 2, "some line to fill it with\n", 1);
				len += (size_t)sprintf(
					want + len,
					LINE("2", "00:00:01",
					     "some line to fill it with"));
			}
			say(rig, 1, "[    1.000000] part of a line", 1);
			say(rig, 1, both[i], 1);
			sprintf(want + len,
				LINE("1", "00:00:01",
				     "[    1.000000] part of a line%.*s")
					LINE("1", "00:00:01", "%.*s"),
				(int)(lf - both[i]), both[i],
				(int)strlen(lf) - 2, lf + 1);
			assert_log(rig, want);
			drop_rig(rig);
		}
}

/* Many lines in one record, and queues that are full all the time. */
static void test_a_full_queue_loses_and_doubles_nothing(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig = new_rig(&settings, 1);
	static char datagram[2][60000], want[2000000];
	size_t at[2], len = 0;
	unsigned i, n;

	(void)state;
	rig->most_taken = 100;
	at[0] = (size_t)sprintf(datagram[0], "%s", RECORD);
	at[1] = (size_t)sprintf(datagram[1], "6,417,1758426,-,ncfrag=0/44997;");
	for (n = 0; n < 2; n++) {
		for (i = 0; i < 5000; i++)
			at[n] += (size_t)sprintf(datagram[n] + at[n], "%s%05u",
						 i ? "\\x0a" : "", i);
	}
	sprintf(datagram[0] + at[0], "\n");
	for (n = 0; n < 2; n++)
		for (i = 0; i < 5000; i++)
			len += (size_t)sprintf(
				want + len, LINE("1", "00:00:01", STAMP "%05u"),
				i);
	say(rig, 1, datagram[0], 1);
	say(rig, 1, datagram[1], 1);
	say(rig, 1, "6,417,1758426,-,ncfrag=44996/44997;\n", 1);
	assert_true(rig->refusals > 100);
	assert_log(rig, want);
	drop_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_record_is_the_line_of_a_text_console),
		CASE(test_each_line_of_a_record_is_one),
		CASE(test_what_is_not_safe_stays_escaped),
		CASE(test_fragments_are_put_together),
		CASE(test_what_stays_incomplete_is_written_in_time),
		CASE(test_at_the_end_all_is_written),
		CASE(test_text_and_records_of_a_sender_do_not_mix),
		CASE(test_text_that_looks_like_a_record_is_text),
		CASE(test_a_number_of_zero_follows_none),
		cmocka_unit_test(
			test_a_datagram_that_finds_no_room_stays_what_it_was),
		CASE(test_two_records_in_order_are_no_text),
		CASE(test_a_source_that_makes_room_leaves_what_it_sent),
		cmocka_unit_test(test_extended_can_be_turned_off),
		cmocka_unit_test(test_the_level_can_be_shown),
		cmocka_unit_test(test_a_full_queue_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
