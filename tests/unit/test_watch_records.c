/* Tests of watch: records of extended netconsole, and forms of text. */
#include "watching.h"

static void as_json(struct settings *settings)
{
	settings->json = true;
}

static void by_address(struct settings *settings)
{
	settings->by_address = true;
}

static void short_lines(struct settings *settings)
{
	settings->wbuf_bytes = 64;
}

static void test_a_record_of_the_kernel_announces(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "4,500,9000000,-;" WARN, 1000);
	hear(rig, 1, "4,501,9000001,-;Call Trace:\n SUBSYSTEM=pci", 1500);
	hear(rig, 1, "4,502,9000002,-;" TRACE, 2000);
	assert_incidents(rig, LINE("1", "00:00:01", "warning: " WARN)
				      LINE("1", "00:00:02",
					   "warning ended (marker): "
					   "3 lines, 1.0 s, 0 lost"));
}

static void test_what_users_write_announces_nothing_but_belongs(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "12,499,9000000,-;" PANIC, 1000);
	hear(rig, 1, "4,500,9000000,-;" WARN, 1000);
	hear(rig, 1, "12,501,9000001,-;" PANIC, 1500);
	hear(rig, 1, "12,502,9000002,-;" TRACE, 1500);
	pass_until(rig, 9000);
	assert_incidents(rig, LINE("1", "00:00:01", "warning: " WARN)
				      LINE("1", "00:00:01",
					   "warning ended (silence): "
					   "3 lines, 0.5 s, 0 lost"));
}

/* The pairs behind it are no part of the title. */
static void test_the_first_line_of_a_record_announces(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1,
	     "4,500,9000000,-,caller=T12;" BUG "\\x0aone\\x0atwo\n"
	     " SUBSYSTEM=x\n DEVICE=+y",
	     1000);
	hear(rig, 1, "4,501,9000001,-;one\\x0a" PANIC, 1000);
	pass_until(rig, 9000);
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG)
				      LINE("1", "00:00:01",
					   "oops ended (silence): "
					   "5 lines, 0.0 s, 0 lost"));
}

static void test_escapes_are_decoded_in_titles(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "4,500,9000000,-;BUG: unable to handle a\\x5cb \\xc3\\xa4",
	     1000);
	pass_until(rig, 1500);
	assert_incidents(rig,
			 LINE("1", "00:00:01",
			      "oops: BUG: unable to handle a\\b \xc3\xa4"));
}

static void test_json_has_objects(void **state)
{
	struct rig *rig = watching_rig(as_json);

	(void)state;
	hear(rig, 1, "4,500,9000000,-;" WARN "\\x0aone", 1000);
	hear(rig, 1, "4,501,9000001,-;" TRACE, 1500);
	hear(rig, 1, LINUX, 2000);
	assert_incidents(
		rig,
		"{\"time\":\"2026-01-01T00:00:01.000000+00:00\","
		"\"address\":\"192.0.2.1\",\"port\":6665,\"class\":\"warning\","
		"\"title\":\"" WARN "\"}\n"
		"{\"time\":\"2026-01-01T00:00:01.500000+00:00\","
		"\"address\":\"192.0.2.1\",\"port\":6665,\"class\":\"warning\","
		"\"ended\":\"marker\",\"lines\":2,\"bytes\":88,"
		"\"seconds\":0.5,\"lost\":0}\n"
		"{\"time\":\"2026-01-01T00:00:02.000000+00:00\","
		"\"address\":\"192.0.2.1\",\"port\":6665,\"class\":\"boot\","
		"\"title\":\"" LINUX "\","
		"\"release\":\"6.12.1-amd64\",\"before\":\"silent\"}\n");
	drop_rig(rig);
}

/* Found missing while it was open: not the one before, nor the one after. */
static void test_messages_and_datagrams_lost_meanwhile_count(void **state)
{
	struct rig *rig = *state;
	struct timespec time = { .tv_sec = MIDNIGHT + 1 };

	hear(rig, 1, "4,500,9000000,-;x\n msgid=7", 1000);
	assert_true(collector_note(&rig->collector, &time, 100, 0, "lost"));
	hear(rig, 1, "4,503,9000000,-;" BUG "\n msgid=10", 1000);
	hear(rig, 1, "4,504,9000001,-;Call Trace:\n msgid=11", 1200);
	hear(rig, 1, "4,508,9000001,-; f+0x1/0x2\n msgid=15", 1300);
	assert_true(collector_note(&rig->collector, &time, 20, 0, "lost"));
	hear(rig, 1, "4,509,9000001,-;" TRACE "\n msgid=16", 1500);
	hear(rig, 1, "4,600,9000001,-;x\n msgid=100", 1600);
	pass_until(rig, 9000);
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG)
				      LINE("1", "00:00:01",
					   "oops ended (marker): "
					   "4 lines, 0.5 s, 23 lost"));
}

static void test_text_has_its_prefixes_taken_off(void **state)
{
	struct rig *rig = *state;

	hear(rig, 1, "<1>[   12.345678][   T12] " BUG, 1000);
	pass_until(rig, 9000);
	assert_incidents(rig, LINE("1", "00:00:01", "oops: " BUG)
				      LINE("1", "00:00:01",
					   "oops ended (silence): "
					   "1 lines, 0.0 s, 0 lost"));
}

/* A piece that goes on begins somewhere in the middle of a line. */
static void test_a_piece_that_goes_on_announces_nothing(void **state)
{
	struct rig *rig = watching_rig(short_lines);
	char text[200];

	(void)state;
	memset(text, 'x', 64);
	strcpy(text + 64, PANIC);
	hear(rig, 1, text, 1000);
	pass_until(rig, 20000);
	assert_incidents(rig, "");
	drop_rig(rig);
}

/* With two targets of one machine: its text, and its records. */
static void test_one_boot_is_one_in_text_and_records(void **state)
{
	struct rig *rig = watching_rig(by_address);

	(void)state;
	hear(rig, 1, "4,500,9000000,-;x", 1000);
	hear(rig, 1, "[    0.000000] " LINUX, 30000);
	hear(rig, 1, "5,0,0,-;" LINUX, 30000);
	hear(rig, 1, "5,1,0,-;Command line: x", 30000);
	pass_until(rig, 90000);
	assert_incidents(rig, "2026-01-01 00:00:30 192.0.2.1 boot: "
			      "6.12.1-amd64, before that silent\n");
	drop_rig(rig);
}

static void test_without_the_option_nothing_is_watched_for(void **state)
{
	struct settings settings = rig_settings();
	struct rig *rig = new_rig(&settings, 64);
	size_t bytes = collector_bytes(&settings);

	(void)state;
	hear(rig, 1, PANIC, 1000);
	assert_incidents(rig, "");
	assert_true(collector_deadline(&rig->collector) == DEADLINE_NEVER);
	settings.incidents = true;
	assert_true(collector_bytes(&settings) > bytes);
	drop_rig(rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WATCH_CASE(test_a_record_of_the_kernel_announces),
		WATCH_CASE(test_what_users_write_announces_nothing_but_belongs),
		WATCH_CASE(test_the_first_line_of_a_record_announces),
		WATCH_CASE(test_escapes_are_decoded_in_titles),
		WATCH_CASE(test_json_has_objects),
		WATCH_CASE(test_messages_and_datagrams_lost_meanwhile_count),
		WATCH_CASE(test_text_has_its_prefixes_taken_off),
		WATCH_CASE(test_a_piece_that_goes_on_announces_nothing),
		WATCH_CASE(test_one_boot_is_one_in_text_and_records),
		WATCH_CASE(test_without_the_option_nothing_is_watched_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
