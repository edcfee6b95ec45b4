/* Tests of casebook, caseline and textmap: incidents made of lines. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caseline.h"
#include "casebook.h"

#define STAMP "2026-11-28 10:00:00 "

static struct casebook book;
static struct casebook_news news;

static void take(const char *text)
{
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;
	struct logline line;

	assert_true(logline_read(&line, text, strlen(text)));
	assert_true(logline_time(&line, &stamp, &clock));
	casebook_take(&book, &line, &stamp, &news);
}

static int begin_book(void **state)
{
	(void)state;
	book = (struct casebook){ .hosts = NULL };
	return 0;
}

static int end_book(void **state)
{
	(void)state;
	casebook_free(&book);
	return 0;
}

static void test_begin_and_end_are_one_incident(void **state)
{
	struct casebook_case *found;

	(void)state;
	take(STAMP "10.0.0.1:6665 oops: BUG: bad");
	assert_int_equal(news.event, CASEBOOK_BEGUN);
	found = news.found;
	assert_int_equal(found->number, 1);
	assert_int_equal(found->class, CLASS_OOPS);
	assert_string_equal(found->title, "BUG: bad");
	assert_string_equal(found->address, "10.0.0.1");
	assert_int_equal(found->port, 6665);
	assert_null(found->host);
	assert_false(found->has_ended);
	take(STAMP
	     "10.0.0.1:6666 oops ended (silence): 1 lines, 0.0 s, 0 lost");
	assert_int_equal(news.event, CASEBOOK_NOTHING);
	take(STAMP
	     "10.0.0.1:6665 oops ended (silence): 42 lines, 1.25 s, 3 lost");
	assert_int_equal(news.event, CASEBOOK_ENDED);
	assert_ptr_equal(news.found, found);
	assert_string_equal(found->ended, "silence");
	assert_int_equal(found->lines, 42);
	assert_int_equal(found->milliseconds, 1250);
	assert_int_equal(found->lost, 3);
	assert_null(found->after);
	casebook_free_case(found);
	take(STAMP
	     "10.0.0.1:6665 oops ended (silence): 1 lines, 0.0 s, 0 lost");
	assert_int_equal(news.event, CASEBOOK_NOTHING);
}

static void test_an_end_has_what_applies_to_it(void **state)
{
	struct casebook_case *found;

	(void)state;
	take(STAMP "web1 sysrq: sysrq: Show State");
	assert_int_equal(news.event, CASEBOOK_BEGUN);
	found = news.found;
	take(STAMP "web1 sysrq ended (boot): 9 lines, 3 s, 0 lost, 12 tasks");
	assert_int_equal(news.event, CASEBOOK_ENDED);
	assert_true(found->has_tasks);
	assert_int_equal(found->tasks, 12);
	assert_int_equal(found->milliseconds, 3000);
	casebook_free_case(found);
	take(STAMP "web1 panic: Kernel panic - not syncing: x");
	found = news.found;
	take(STAMP "web1 panic ended (limit): 9 lines, 3.0 s, 0 lost, 1 tasks, "
		   "after locking");
	assert_string_equal(found->after, "locking");
	assert_int_equal(found->number, 2);
	casebook_free_case(found);
}

static void test_moments_are_whole_at_once(void **state)
{
	static const char *const rows[][2] = {
		{ STAMP "web1 boot: 6.12.1, before that silent", "6.12.1" },
		{ STAMP "web1 shutdown: reboot: Power down", NULL },
		{ STAMP "web1 sysrq: sysrq: Trigger a crash", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		take(rows[i][0]);
		if (news.event != CASEBOOK_MOMENT)
			fail_msg("%s", rows[i][0]);
		assert_true(news.found->is_moment);
		assert_int_equal(news.found->number, i + 1);
		if (rows[i][1]) {
			assert_string_equal(news.found->release, rows[i][1]);
			assert_string_equal(news.found->before, "silent");
		}
		casebook_free_case(news.found);
	}
}

static void test_one_that_begins_again_has_no_end(void **state)
{
	struct casebook_case *first;

	(void)state;
	take(STAMP "web1 oops: first");
	first = news.found;
	assert_null(news.abandoned);
	take(STAMP "web1 warning: another");
	assert_null(news.abandoned);
	casebook_free_case(news.found);
	take(STAMP "web1 oops: second");
	assert_ptr_equal(news.abandoned, first);
	casebook_free_case(first);
	casebook_free_case(news.found);
}

static void test_objects_say_the_same(void **state)
{
	static const char head[] =
		"{\"time\":\"2026-11-28T10:00:00.000001+00:00\",\"host\":"
		"\"web1\",\"address\":\"::7\",\"port\":1,\"class\":\"oops\",";
	struct casebook_case *found;
	char line[512];

	(void)state;
	snprintf(line, sizeof(line), "%s\"title\":\"a\\\\x1b \\\"b\\\"\"}",
		 head);
	take(line);
	assert_int_equal(news.event, CASEBOOK_BEGUN);
	found = news.found;
	assert_string_equal(found->title, "a\\x1b \"b\"");
	assert_string_equal(found->source, "web1");
	assert_true(found->begin.is_fine);
	snprintf(line, sizeof(line),
		 "%s\"ended\":\"panic\",\"lines\":4,\"bytes\":99,"
		 "\"seconds\":1.2,\"lost\":1,\"tasks\":5,\"after\":\"hung\"}",
		 head);
	take(line);
	assert_int_equal(news.event, CASEBOOK_ENDED);
	assert_true(found->has_bytes && found->has_tasks);
	assert_int_equal(found->bytes, 99);
	assert_int_equal(found->milliseconds, 1200);
	assert_string_equal(found->after, "hung");
	casebook_free_case(found);
}

static void test_what_was_not_told_is_counted(void **state)
{
	(void)state;
	take(STAMP "udplogger: 7 incidents not told");
	assert_int_equal(news.event, CASEBOOK_UNTOLD);
	assert_int_equal(news.untold, 7);
	take("{\"time\":\"2026-11-28T10:00:00Z\",\"program\":\"udplogger\","
	     "\"notice\":\"incidents-not-told\",\"incidents\":8,"
	     "\"message\":\"8 incidents not told\"}");
	assert_int_equal(news.event, CASEBOOK_UNTOLD);
	assert_int_equal(news.untold, 8);
}

static void test_what_has_another_form_says_nothing(void **state)
{
	static const char *const rows[] = {
		STAMP "web1 nosuch: title",
		STAMP "web1 oops",
		STAMP "web1 oops:",
		STAMP "web1 oops ended",
		STAMP "web1 oops ended (silence)",
		STAMP "web1 oops ended (silence): x lines, 1 s, 0 lost",
		STAMP "web1 oops ended (silence): 1 lines, 1.0 s, 0 lost!",
		STAMP "web1 oops ended (silence): 99999999999999999999 lines",
		STAMP "web1 none: title",
		STAMP "udplogger: started",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		take(rows[i]);
		if (news.event != CASEBOOK_NOTHING)
			fail_msg("%s: %d", rows[i], (int)news.event);
	}
}

static void test_each_of_many_hosts_counts_for_itself(void **state)
{
	char line[128];
	unsigned i, n;

	(void)state;
	for (n = 1; n <= 3; n++)
		for (i = 0; i < 2000; i++) {
			snprintf(line, sizeof(line),
				 STAMP "10.0.%u.%u:%u shutdown: x", i / 200,
				 i % 200, n);
			take(line);
			assert_int_equal(news.found->number, n);
			casebook_free_case(news.found);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_begin_and_end_are_one_incident, begin_book,
			end_book),
		cmocka_unit_test_setup_teardown(
			test_an_end_has_what_applies_to_it, begin_book,
			end_book),
		cmocka_unit_test_setup_teardown(test_moments_are_whole_at_once,
						begin_book, end_book),
		cmocka_unit_test_setup_teardown(
			test_one_that_begins_again_has_no_end, begin_book,
			end_book),
		cmocka_unit_test_setup_teardown(test_objects_say_the_same,
						begin_book, end_book),
		cmocka_unit_test_setup_teardown(
			test_what_was_not_told_is_counted, begin_book,
			end_book),
		cmocka_unit_test_setup_teardown(
			test_what_has_another_form_says_nothing, begin_book,
			end_book),
		cmocka_unit_test_setup_teardown(
			test_each_of_many_hosts_counts_for_itself, begin_book,
			end_book),
	};

	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
