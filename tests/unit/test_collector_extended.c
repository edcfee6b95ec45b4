/* Tests of collector: extended netconsole, from datagrams to lines. */
#include "collecting.h"

#include <stdio.h>

#include "record.h"

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
	at[1] = (size_t)sprintf(datagram[1], "6,417,1758426,-,ncfrag=0/39997;");
	for (n = 0; n < 2; n++) {
		for (i = 0; i < 1000; i++)
			at[n] += (size_t)sprintf(datagram[n] + at[n], "%s%036u",
						 i ? "\\x0a" : "", i);
	}
	sprintf(datagram[0] + at[0], "\n");
	for (n = 0; n < 2; n++)
		for (i = 0; i < 1000; i++)
			len += (size_t)sprintf(
				want + len,
				LINE("1", "00:00:01", STAMP "%036u"), i);
	say(rig, 1, datagram[0], 1);
	say(rig, 1, datagram[1], 1);
	say(rig, 1, "6,417,1758426,-,ncfrag=39996/39997;\n", 1);
	assert_true(rig->refusals > 100);
	assert_log(rig, want);
	drop_rig(rig);
}

/*
 * What did not come in time finds room for a part of its lines: the rest comes
 * before all others.
 */
static void test_a_record_is_not_torn_by_others(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig = new_rig(&settings, 1);
	static char fragment[60000], want[200000];
	size_t at, len = 0;
	unsigned i;

	(void)state;
	at = (size_t)sprintf(fragment, "6,416,1758426,-,ncfrag=0/40000;");
	for (i = 0; i < 900; i++) {
		at += (size_t)sprintf(fragment + at, "%036u\\x0a", i);
		len += (size_t)sprintf(want + len,
				       LINE("1", "00:00:01", STAMP "%036u"), i);
	}
	say(rig, 1, fragment, 1);
	sprintf(want + len, LINE("1", "00:00:01", STAMP "<4000 bytes missing>")
				    LINE("1", "00:01:00", STAMP "next"));
	assert_false(collector_expire(&rig->collector, 60000));
	say(rig, 1, "6,417,1758426,-;next\n", 60);
	rig_expire(rig, 120000);
	assert_log(rig, want);
	drop_rig(rig);
}

/* A record of @lines lines, of which @most are lines of the log. */
static void assert_bounded(struct rig *rig, unsigned lines, unsigned most,
			   const char *pairs, const char *braces)
{
	static char datagram[60000], want[200000];
	size_t at = (size_t)sprintf(datagram, "%s", RECORD);
	size_t len = 0;
	unsigned i;

	for (i = 0; i < lines; i++)
		at += (size_t)sprintf(datagram + at, "%sx", i ? "\\x0a" : "");
	sprintf(datagram + at, "\n%s", pairs);
	for (i = 0; i < lines && i < most; i++)
		len += (size_t)sprintf(want + len,
				       LINE("1", "00:00:01", STAMP "x%s"),
				       i == lines - 1 ? braces : "");
	if (i < lines) {
		len += (size_t)sprintf(
			want + len,
			"2026-01-01 00:00:01 192.0.2.1:6665 " STAMP "x");
		for (i++; i < lines; i++)
			len += (size_t)sprintf(want + len, "\\x0ax");
		sprintf(want + len, "%s\n", braces);
	}
	say(rig, 1, datagram, 1);
	assert_log(rig, want);
}

static void test_a_record_does_not_become_any_number_of_lines(void **state)
{
	static const unsigned counts[] = { 1, 16, 19, 20, 21, 30, 100, 1000 };
	struct settings settings = settings_of(10);
	size_t i, taken;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (taken = 0; taken < 2000; taken = taken * 3 + 60) {
			struct rig *rig = new_rig(&settings, 1);
			unsigned most = 16 + (counts[i] * 5 - 4) / 24;

			rig->most_taken = taken;
			assert_bounded(rig, counts[i], most,
				       i % 2 ? " k=v\n" : "",
				       i % 2 ? " {k=v}" : "");
			drop_rig(rig);
		}
}

#define TEN_EMPTY \
	"\\x0a\\x0a\\x0d\\x0a\\x0a\\x0a\\x0a\\x0a\\x0a\\x0a\\x0d\\x0d\\x0a"
#define EMPTY_LINE LINE("1", "00:00:01", STAMP)

static void test_many_empty_lines_of_a_record_are_one(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig;
	size_t taken;

	(void)state;
	for (taken = 0; taken < 400; taken += 1 + taken / 3) {
		rig = new_rig(&settings, 1);
		rig->most_taken = taken;
		say(rig, 1, RECORD "a\\x0a" TEN_EMPTY TEN_EMPTY "b\n", 1);
		say(rig, 1, "6,417,1758426,-;a" TEN_EMPTY TEN_EMPTY "\n", 1);
		say(rig, 1, "6,418,1758426,-;" TEN_EMPTY TEN_EMPTY "\n k=v\n",
		    1);
		assert_log(rig,
			   LINE("1", "00:00:01", STAMP "a") LINE(
				   "1", "00:00:01",
				   "udplogger: 20 empty lines") LINE("1",
								     "00:00:01",
								     STAMP "b")
				   LINE("1", "00:00:01", STAMP "a") LINE(
					   "1", "00:00:01",
					   "udplogger: 20 empty lines")
					   LINE("1", "00:00:01",
						"udplogger: 20 empty lines")
						   LINE("1", "00:00:01",
							STAMP " {k=v}"));
		drop_rig(rig);
	}
}

/* As many as stay with text. */
static void test_some_empty_lines_of_a_record_stay(void **state)
{
	char want[4000], *at = want;
	unsigned i;

	say(*state, 1, RECORD "a\\x0a" TEN_EMPTY "\\x0a\\x0a\\x0a\\x0a\\x0a\n",
	    1);
	at += sprintf(at, LINE("1", "00:00:01", STAMP "a"));
	for (i = 0; i < 16; i++)
		at += sprintf(at, EMPTY_LINE);
	assert_log(*state, want);
}

#define RED   "\\x1b[1;31m"
#define PLAIN "\\x1b[0m"

static void test_escape_sequences_of_a_record_can_be_hidden(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig;

	(void)state;
	settings.hides_ansi = true;
	rig = new_rig(&settings, 64);
	say(rig, 1,
	    RECORD RED "red" PLAIN "\\x0a" RED "\\x1b[\n"
		       " DEVICE=" RED "n3\n taskname=\x1b[0mx\x1b[0\n m=1\n"
		       " \x1b[1mk\x1b[3=1m\n",
	    1);
	assert_log(rig, LINE("1", "00:00:01", STAMP "red") LINE(
				"1", "00:00:01",
				STAMP "\\x1b[ {DEVICE=n3 taskname=x\\x1b[0 "
				      "m=1 k\\x1b[3=1m}"));
	drop_rig(rig);
	settings.json = settings.iso = true;
	rig = new_rig(&settings, 64);
	say(rig, 1,
	    RECORD RED "red" PLAIN "\\x0a" RED "\n DEVICE=" RED "n3\n"
		       " taskname=\x1b[0mx\n \x1b[1mk\x1b[0m\n",
	    1);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "\"message\":\"red\\n\""));
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "\"dictionary\":{\"DEVICE\":\"n3\",\"taskname\":"
			       "\"x\",\"k\":null}}\n"));
	drop_rig(rig);
}

static void test_what_is_beyond_all_pairs_is_hidden_as_well(void **state)
{
	struct settings settings = settings_of(10);
	static char text[20000];
	char *at = text + sprintf(text, RECORD "x\n");
	struct rig *rig;
	unsigned i;

	(void)state;
	settings.hides_ansi = settings.json = settings.iso = true;
	rig = new_rig(&settings, 64);
	for (i = 0; i < RECORD_PAIRS; i++)
		at += sprintf(at, " \xff\xff\xff\xff=0123456789\n");
	sprintf(at, " a=\x1b[0mb\n \x1b[1mc\n");
	say(rig, 1, text, 1);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "\"rest\":\"a=b\\\\x0a c\\\\x0a\"}\n"));
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
		cmocka_unit_test(test_a_record_is_not_torn_by_others),
		cmocka_unit_test(
			test_a_record_does_not_become_any_number_of_lines),
		cmocka_unit_test(test_many_empty_lines_of_a_record_are_one),
		CASE(test_some_empty_lines_of_a_record_stay),
		cmocka_unit_test(
			test_escape_sequences_of_a_record_can_be_hidden),
		cmocka_unit_test(
			test_what_is_beyond_all_pairs_is_hidden_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
