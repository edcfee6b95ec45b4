/* Tests of collector: what becomes a line, and when, and with which stamp. */
#include "collecting.h"

#include <stdio.h>

static void test_a_whole_line_is_written_at_once(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "[    1.000000] eth0: link up\n", 5);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	assert_log(rig, LINE("1", "00:00:05", "[    1.000000] eth0: link up"));
}

static void test_fragments_are_joined_until_lf(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "Mem", 1);
	say(rig, 1, "-Info", 1);
	assert_log(rig, "");
	say(rig, 1, ":\nNode", 2);
	say(rig, 1, " 0\n", 3);
	assert_log(rig, LINE("1", "00:00:01", "Mem-Info:")
				LINE("1", "00:00:02", "Node 0"));
}

static void test_one_datagram_may_hold_many_lines(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "a\n\nb\nc", 0);
	say(rig, 1, "\n\n", 1);
	assert_log(rig,
		   LINE("1", "00:00:00", "a") LINE("1", "00:00:00", "")
			   LINE("1", "00:00:00", "b") LINE("1", "00:00:00", "c")
				   LINE("1", "00:00:01", ""));
}

static void test_sources_never_mix(void **state)
{
	struct rig *rig = *state;
	struct datagram d = a_datagram(1, "other port\n", 11, 4);

	say(rig, 1, "one ", 0);
	say(rig, 2, "two ", 1);
	say(rig, 1, "ONE ", 2);
	say(rig, 2, "TWO\n", 3);
	d.from = rig_source(1, PORT + 1);
	rig_put(rig, &d, 4000);
	say(rig, 1, "1\n", 5);
	assert_log(rig,
		   LINE("2", "00:00:01",
			"two TWO") "2026-01-01 00:00:04 192.0.2.1:6666 other "
				   "port\n" LINE("1", "00:00:00", "one ONE 1"));
}

static void test_crs_directly_before_lf_are_dropped(void **state)
{
	static const struct {
		const char *first, *second, *want;
	} rows[] = {
		{ "text\r\n", "", "text" },
		{ "text\r\r\r\n", "", "text" },
		{ "text\r", "\n", "text" },
		{ "text\r\r", "\r\n", "text" },
		{ "text", "\r\n", "text" },
		{ "\r\n", "", "" },
		{ "\r", "\n", "" },
		{ "50%\r100%\r\n", "", "50%\\x0d100%" },
		{ "50%\r", "100%\n", "50%\\x0d100%" },
		{ "\rtext\r\n", "", "text" },
		{ "text\r \r\n", "", "text\\x0d " },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig;
		char want[128];

		set_up_rig(state);
		rig = *state;
		say(rig, 1, rows[i].first, 0);
		say(rig, 1, rows[i].second, 0);
		snprintf(want, sizeof(want), LINE("1", "00:00:00", "%s"),
			 rows[i].want);
		assert_log(rig, want);
		tear_down_rig(state);
	}
}

static void test_crs_that_no_lf_followed_are_shown(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "login: \r", 0);
	rig_expire(rig, 10000);
	say(rig, 1, "text\r\r", 20);
	rig_flush(rig);
	assert_log(rig, LINE("1", "00:00:00", "login: \\x0d")
				LINE("1", "00:00:20", "text\\x0d\\x0d"));
}

static void test_a_character_cut_between_datagrams_stays_whole(void **state)
{
	static const char text[] = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa5";
	struct rig *rig = *state;
	size_t i;

	for (i = 0; i < sizeof(text) - 1; i++)
		say_bytes(rig, 1, text + i, 1, 0);
	say(rig, 1, "\n", 0);
	assert_log(rig, LINE("1", "00:00:00",
			     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa5"));
}

static void test_a_datagram_without_bytes_counts_and_leaves_nothing(void **s)
{
	struct rig *rig = *s;

	say(rig, 1, "", 0);
	say(rig, 2, "be", 1);
	say(rig, 2, "", 2);
	say(rig, 2, "gin\n", 3);
	rig_flush(rig);
	assert_log(rig, LINE("2", "00:00:01", "begin"));
	assert_int_equal(rig->collector.counts.datagrams, 4);
	assert_int_equal(rig->collector.counts.bytes, 6);
	assert_int_equal(rig->collector.output.lines, 1);
	assert_int_equal(rig->collector.sources.count, 1);
}

static void test_every_byte_is_safe_in_the_log_and_as_it_came_if_raw(void **s)
{
	struct settings settings = rig_settings();
	const struct model_bytes *log;
	unsigned char all[256];
	struct rig *rig = *s;
	size_t i;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	all['\n'] = '\r';
	all[255] = '\n';
	say_bytes(rig, 1, all, sizeof(all), 0);
	log = rig_log(rig, TODAY);
	for (i = 0; i + 1 < log->len; i++)
		assert_true(log->at[i] == '\t' ||
			    (log->at[i] >= ' ' && log->at[i] <= '~'));
	settings.raw = true;
	rig = new_rig(&settings, 8);
	say_bytes(rig, 1, all, 100, 0);
	say_bytes(rig, 1, all + 100, 156, 0);
	log = rig_log(rig, TODAY);
	assert_int_equal(log->len, strlen(LINE("1", "00:00:00", "")) + 255);
	assert_memory_equal(log->at + log->len - 256, all, 256);
	drop_rig(rig);
}

static void test_raw_keeps_crs(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig;

	(void)state;
	settings.raw = true;
	rig = new_rig(&settings, 8);
	say(rig, 1, "a\r\r\n\r\nb\r", 0);
	rig_flush(rig);
	assert_log(rig,
		   LINE("1", "00:00:00", "a\r\r") LINE("1", "00:00:00", "\r")
			   LINE("1", "00:00:00", "b\r"));
	drop_rig(rig);
}

/* ---- time ---- */

static void test_the_stamp_is_that_of_the_first_byte(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "f", 3600);
	say(rig, 2, "other\n", 3601);
	say(rig, 1, "irst", 3605);
	say(rig, 1, "\nsecond\nthi", 3609);
	say(rig, 1, "rd\n", 3610);
	assert_log(rig,
		   LINE("2", "01:00:01", "other") LINE("1", "01:00:00", "first")
			   LINE("1", "01:00:09", "second")
				   LINE("1", "01:00:09", "third"));
}

static void test_a_line_is_in_the_file_of_the_day_on_which_it_began(void **s)
{
	struct rig *rig = *s;

	say(rig, 1, "began at 23:59:58", 86398);
	say(rig, 2, "whole at 23:59:59\n", 86399);
	say(rig, 2, "whole at midnight\n", 86400);
	say(rig, 1, ", ended at 00:00:05\nnext\n", 86405);
	assert_log(rig, LINE("2", "23:59:59", "whole at 23:59:59")
				LINE("1", "23:59:58",
				     "began at 23:59:58, ended at 00:00:05"));
	assert_log_of(rig, 20260102,
		      "2026-01-02 00:00:00 192.0.2.2:6665 whole at midnight\n"
		      "2026-01-02 00:00:05 192.0.2.1:6665 next\n");
}

static void test_a_line_times_out_after_its_first_byte(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "unfinished", 100);
	say(rig, 1, " line", 109);
	assert_int_equal(collector_deadline(&rig->collector), 110000);
	rig_expire(rig, 109999);
	assert_log(rig, "");
	rig_expire(rig, 110000);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	say(rig, 1, "next\n", 111);
	assert_log(rig, LINE("1", "00:01:40", "unfinished line")
				LINE("1", "00:01:51", "next"));
}

static void test_lines_time_out_each_at_its_time(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "1", 1);
	say(rig, 2, "2", 2);
	say(rig, 3, "3", 3);
	say(rig, 2, "\n", 4);
	say(rig, 2, "2b", 5);
	say(rig, 1, "more", 6);
	assert_int_equal(collector_deadline(&rig->collector), 11000);
	rig_expire(rig, 11000);
	assert_int_equal(collector_deadline(&rig->collector), 13000);
	rig_expire(rig, 15000);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	assert_log(rig,
		   LINE("2", "00:00:02", "2") LINE("1", "00:00:01", "1more")
			   LINE("3", "00:00:03", "3")
				   LINE("2", "00:00:05", "2b"));
}

/* The wall clock says @second, which is no matter, @now_ms is what counts. */
static void say_at(struct rig *rig, const char *text, time_t second,
		   uint64_t now_ms)
{
	struct datagram d = a_datagram(1, text, strlen(text), second);

	rig_put(rig, &d, now_ms);
}

static void test_timeouts_do_not_see_the_wall_clock_step(void **state)
{
	struct rig *rig = *state;

	say_at(rig, "a", 50000, 1000);
	say_at(rig, "b", 10, 2000); /* set back by half a day */
	rig_expire(rig, 10999);
	assert_log(rig, "");
	rig_expire(rig, 11000);
	say_at(rig, "c", 20, 12000);
	say_at(rig, "d", 80000, 13000); /* set forward */
	rig_expire(rig, 21999);
	assert_log(rig, LINE("1", "13:53:20", "ab"));
	rig_expire(rig, 22000);
	assert_log(rig,
		   LINE("1", "13:53:20", "ab") LINE("1", "00:00:20", "cd"));
}

static void test_the_wall_clock_may_step_to_another_day_and_back(void **state)
{
	struct rig *rig = *state;

	say_at(rig, "today\n", 10, 1000);
	say_at(rig, "tomorrow\n", 86400 + 10, 2000);
	say_at(rig, "today again\n", 11, 3000);
	say_at(rig, "epoch\n", -MIDNIGHT, 4000);
	say_at(rig, "at last\n", 12, 5000);
	assert_log(rig, LINE("1", "00:00:10", "today")
				LINE("1", "00:00:11", "today again")
					LINE("1", "00:00:12", "at last"));
	assert_log_of(rig, 20260102,
		      "2026-01-02 00:00:10 192.0.2.1:6665 tomorrow\n");
	assert_log_of(rig, 19700101,
		      "1970-01-01 00:00:00 192.0.2.1:6665 epoch\n");
}

static void
test_flush_writes_all_lines_in_the_order_in_which_they_began(void **s)
{
	struct rig *rig = *s;

	say(rig, 3, "third", 1);
	say(rig, 1, "first", 2);
	say(rig, 2, "second", 3);
	say(rig, 3, "\nagain", 4);
	say(rig, 1, " more", 5);
	rig_flush(rig);
	rig_flush(rig);
	assert_log(rig, LINE("3", "00:00:01", "third")
				LINE("1", "00:00:02", "first more")
					LINE("2", "00:00:03", "second")
						LINE("3", "00:00:04", "again"));
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	assert_int_equal(rig->collector.assembler.held.used, 0);
}

static void test_a_note_stands_at_its_place_and_its_text_is_safe(void **state)
{
	const struct timespec time = { MIDNIGHT + 1, 0 };
	struct rig *rig = *state;

	say(rig, 1, "before\nunfinished", 0);
	assert_true(collector_note(&rig->collector, &time, 3, 0,
				   "3 datagrams lost\n\033"));
	say(rig, 1, "\n", 2);
	assert_log(rig,
		   LINE("1", "00:00:00",
			"before") "2026-01-01 00:00:01 udplogger: 3 datagrams "
				  "lost\\x0a\\x1b\n" LINE("1", "00:00:00",
							  "unfinished"));
	assert_int_equal(rig->collector.output.lines, 3);
}

/* Its memory isn't even asked for; what stands there instead would crash. */
static void test_where_no_records_are_read_nothing_of_them_is_used(void **state)
{
	struct rig *rig = *state;
	struct collector *c = &rig->collector;

	memset(&c->extended, 0xa5, sizeof(c->extended));
	say(rig, 1, "6,416,1758426,-;up\nunfinished", 1);
	assert_int_equal(collector_unfinished(c), 1);
	assert_int_equal(collector_deadline(c), 11000);
	assert_true(collector_release(c, 5000));
	rig_expire(rig, 5000);
	assert_int_equal(collector_unfinished(c), 1);
	rig_expire(rig, 11000);
	assert_true(collector_deadline(c) == DEADLINE_NEVER);
	say(rig, 1, "the end", 20);
	rig_flush(rig);
	assert_log(rig, LINE("1", "00:00:01", "6,416,1758426,-;up")
				LINE("1", "00:00:01", "unfinished")
					LINE("1", "00:00:20", "the end"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_CASE(test_a_whole_line_is_written_at_once),
		RIG_CASE(test_fragments_are_joined_until_lf),
		RIG_CASE(test_one_datagram_may_hold_many_lines),
		RIG_CASE(test_sources_never_mix),
		cmocka_unit_test(test_crs_directly_before_lf_are_dropped),
		RIG_CASE(test_crs_that_no_lf_followed_are_shown),
		RIG_CASE(test_a_character_cut_between_datagrams_stays_whole),
		RIG_CASE(
			test_a_datagram_without_bytes_counts_and_leaves_nothing),
		RIG_CASE(
			test_every_byte_is_safe_in_the_log_and_as_it_came_if_raw),
		cmocka_unit_test(test_raw_keeps_crs),
		RIG_CASE(test_the_stamp_is_that_of_the_first_byte),
		RIG_CASE(
			test_a_line_is_in_the_file_of_the_day_on_which_it_began),
		RIG_CASE(test_a_line_times_out_after_its_first_byte),
		RIG_CASE(test_lines_time_out_each_at_its_time),
		RIG_CASE(test_timeouts_do_not_see_the_wall_clock_step),
		RIG_CASE(test_the_wall_clock_may_step_to_another_day_and_back),
		RIG_CASE(
			test_flush_writes_all_lines_in_the_order_in_which_they_began),
		RIG_CASE(test_a_note_stands_at_its_place_and_its_text_is_safe),
		RIG_CASE(
			test_where_no_records_are_read_nothing_of_them_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
