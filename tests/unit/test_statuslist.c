/* Tests of statuslist and page: --status as a table, objects, or a page. */
#include "unit.h"

#include <ctype.h>
#include <time.h>

#include "page.h"
#include "paper.h"
#include "printed.h"
#include "runfiles.h"
#include "statuslist.h"

#define NOW 1796000100 /* 2026-11-30 02:55:00 UTC */

static struct told told;
static struct paper paper; /* a pipe */

static int make_run(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	runfiles_make();
	return 0;
}

static int remove_run(void **state)
{
	(void)state;
	told_forget(&told);
	runfiles_remove();
	return 0;
}

static void read_run(const char *rows, const char *counts, time_t age)
{
	char text[8192], error[ERROR_MAX];

	snprintf(text, sizeof(text), "%s%s", RUNFILES_HEAD, rows);
	runfiles_put("senders", text, strlen(text));
	if (counts)
		runfiles_put("udplogger.prom", counts, strlen(counts));
	runfiles_date(NOW - age);
	told_forget(&told);
	if (told_read(&told, runfiles, NOW, error))
		fail_msg("%s", error);
}

/* ---- order ---- */

/* The names in the order of sort=, which has that place among its words. */
static const char *sorted(unsigned column)
{
	static char names[200];
	size_t i;

	names[0] = '\0';
	statuslist_sort(&told, column);
	for (i = 0; i < told.count; i++)
		strcat(names, told.senders[i].fields[TOLD_NAME]);
	return names;
}

#define SORTED                                                  \
	"c\t192.0.2.10\t1\t30.000\t5\t0.1\t0\t2\toom\t20.000\n" \
	"a\t192.0.2.9\t1\t10.000\t40\t0.20\t3\t1\t-\t-\n"       \
	"-\t192.0.2.2\t1\t-\t-\t-\t-\t-\t-\t-\n"                \
	"b\t192.0.2.1\t1\t20.000\t300\t10.0\t20\t10\tpanic\t10.000\n"

static void test_each_column_can_be_sorted_by(void **state)
{
	static const char *const want[] = {
		"abc-", /* name */
		"b-ac", /* address */
		"cba-", /* heard */
		"bac-", /* lines */
		"bac-", /* rate */
		"bac-", /* lost */
		"bca-", /* boots */
		"cba-", /* incident */
	};
	unsigned column;

	(void)state;
	read_run(SORTED, NULL, 0);
	for (column = 0; column < sizeof(want) / sizeof(want[0]); column++)
		if (strcmp(sorted(column), want[column]) != 0)
			fail_msg("column %u: %s", column, sorted(column));
}

static void test_equals_are_in_the_order_of_names_and_ports(void **state)
{
	(void)state;
	read_run("b\t192.0.2.1\t10\t1.000\t5\t0.0\t0\t0\t-\t-\n"
		 "a\t192.0.2.1\t1\t1.000\t5\t0.0\t0\t0\t-\t-\n"
		 "b\t192.0.2.1\t9\t1.000\t5\t0.0\t0\t0\t-\t-\n",
		 NULL, 0);
	assert_string_equal(sorted(3), "abb");
	assert_string_equal(told.senders[1].fields[TOLD_PORT], "9");
	assert_string_equal(told.senders[2].fields[TOLD_PORT], "10");
}

/* ---- text ---- */

static const char *table(void)
{
	size_t len;

	printed_begin();
	statuslist_table(&paper, &told, NOW);
	return printed_end(&len);
}

static const char counts[] = "# TYPE x\n"
			     "udplogger_build_info{version=\"1.2.3\"} 1\n"
			     "udplogger_drops_total 7\n"
			     "udplogger_messages_lost_total 8\n"
			     "udplogger_queue_bytes 9\n"
			     "udplogger_evictions_total 10\n"
			     "udplogger_write_failing 0\n"
			     "udplogger_start_timestamp_seconds 1796000000.5\n";

static void test_a_table_says_all(void **state)
{
	(void)state;
	read_run("web1\t192.0.2.1\t6665\t1796000000.123\t12\t0.5\t3\t2\tpanic"
		 "\t1796000001.000\n"
		 "-\t192.0.2.22\t-\t-\t0\t0.2\t0\t0\t-\t-\n",
		 counts, 4);
	assert_string_equal(
		table(),
		"udplogger 1.2.3, since 2026-11-30 00:53:20, told 4 s ago\n"
		"2 senders, 0.7 lines/s, 7 datagrams dropped, 8 messages lost, "
		"9 bytes wait, 10 senders made room\n"
		"name address     port last heard               lines  lines/s "
		"  lost boots last incident\n"
		"web1 192.0.2.1   6665 2026-11-30 00:53:20         12      0.5 "
		"     3     2 panic 2026-11-30 00:53:21\n"
		"-    192.0.2.22     - -                            0      0.2 "
		"     0     0 - \n");
}

static void test_what_is_old_or_fails_is_told(void **state)
{
	(void)state;
	read_run("", "udplogger_write_failing 1\n", 31);
	assert_non_null(strstr(table(), "told 31 s ago, which is old\n"));
	assert_non_null(
		strstr(table(), "\nlines can't be written to their file\n"));
	read_run("", counts, 30);
	assert_null(strstr(table(), "which is old"));
	assert_null(strstr(table(), "can't be written"));
}

/* Of a hostile name no byte acts, and no row is two. */
#define HOSTILE                                                            \
	"<b onclick='x'>&\"\033[2J\r\342\200\256\377\t<i>\t\"\t\033]0;\t'" \
	"\t&amp;\t\302\233\t\\\t<script>\t1e9\n"

static bool acts(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\n')
			return true;
	return strstr(text, "\342\200\256") || strstr(text, "\302\233");
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

static void test_nothing_acts_in_a_table(void **state)
{
	const char *text;

	(void)state;
	read_run(HOSTILE HOSTILE, counts, 0);
	text = table();
	assert_false(acts(text, strlen(text)));
	assert_int_equal(count_of(text, "\n"), 5);
	assert_int_equal(
		count_of(
			text,
			"<b onclick='x'>&\"\\x1b[2J\\x0d\\xe2\\x80\\xae\\xff "),
		2);
}

static void test_long_fields_are_cut(void **state)
{
	char row[4000] = "";
	const char *text;
	unsigned i;

	(void)state;
	for (i = 0; i < TOLD_FIELDS; i++) {
		size_t len = strlen(row);

		memset(row + len, 'a' + (int)i, 300);
		row[len + 300] = i + 1 < TOLD_FIELDS ? '\t' : '\n';
		row[len + 301] = '\0';
	}
	read_run(row, NULL, 0);
	text = table();
	assert_int_equal(count_of(text, "\n"), 4);
	assert_non_null(strstr(text, "\naaaa"));
	assert_null(strstr(text, "ccccccc"));
	assert_true(strlen(text) < 700);
}

/* ---- JSON ---- */

static const char *objects(void)
{
	size_t len;

	printed_begin();
	statuslist_objects(&paper, &told);
	return printed_end(&len);
}

static void test_an_object_has_what_is_known(void **state)
{
	(void)state;
	read_run("web1\t192.0.2.1\t6665\t1796000000.123\t12\t0.5\t3\t2\tpanic"
		 "\t1796000001.000\n"
		 "-\t192.0.2.22\t-\t-\t0\t0.2\t0\t0\t-\t-\n",
		 "\nudplogger_build_info{version=\"1.2.3\"} 1\n"
		 "udplogger_drops_total 7\nudplogger_last 1.250\n",
		 0);
	assert_string_equal(
		objects(),
		"{\"version\":\"1.2.3\",\"written\":1796000100,"
		"\"drops_total\":7,\"last\":1.250}\n"
		"{\"name\":\"web1\",\"address\":\"192.0.2.1\",\"port\":6665,"
		"\"heard\":1796000000.123,\"lines\":12,\"rate\":0.5,"
		"\"lost\":3,\"boots\":2,\"incident\":\"panic\","
		"\"incident_time\":1796000001.000}\n"
		"{\"address\":\"192.0.2.22\",\"lines\":0,\"rate\":0.2,"
		"\"lost\":0,\"boots\":0}\n");
}

static void test_what_is_no_number_is_left_out(void **state)
{
	(void)state;
	read_run("\"\t\\\tx\t007\t1.\t.5\t-1\t1e9\t\033\t1.2.3\n",
		 "udplogger_a 01\nudplogger_b 1..2\nudplogger_c 1.2.3\n"
		 "udplogger_d 11111111111111111111111111111111111111111\n"
		 "udplogger_e 5\n",
		 0);
	assert_string_equal(
		objects(), "{\"version\":\"\",\"written\":1796000100,\"e\":5}\n"
			   "{\"name\":\"\\\"\",\"address\":\"\\\\\","
			   "\"incident\":\"\\\\x1b\"}\n");
}

static void test_an_object_has_each_name_once(void **state)
{
	(void)state;
	read_run("",
		 "udplogger_a 1\nudplogger_version 2\nudplogger_written 3\n"
		 "udplogger_ 4\nudplogger_b 5\nudplogger_a 6\n",
		 0);
	assert_string_equal(objects(),
			    "{\"version\":\"\",\"written\":1796000100,"
			    "\"a\":1,\"b\":5}\n");
}

static void test_objects_end_however_much_there_is(void **state)
{
	static char many[40000];
	char row[4000] = "";
	const char *text;
	size_t len = 0;
	unsigned i;

	(void)state;
	for (i = 0; len < sizeof(many) - 200; i++)
		len += (size_t)snprintf(many + len, sizeof(many) - len,
					"udplogger_%.*s%c%c 1\n", 60,
					"abcdefghijklmnopqrstuvwxyz_abcdefghijk"
					"lmnopqrstuvwxyz_abcdefghijkl",
					'a' + i / 26 % 26, 'a' + i % 26);
	for (i = 0; i < TOLD_FIELDS; i++) {
		size_t at = strlen(row);

		memset(row + at, i == 0 ? '\001' : '7', 300);
		row[at + 300] = i + 1 < TOLD_FIELDS ? '\t' : '\n';
		row[at + 301] = '\0';
	}
	read_run(row, many, 0);
	text = objects();
	assert_int_equal(count_of(text, "\n"), 2);
	assert_int_equal(count_of(text, "}\n"), 2);
	assert_int_equal(count_of(text, "\\\\x01"), 64);
}

/* ---- a page ---- */

static const char *page(void)
{
	size_t len;

	printed_begin();
	page_write(&paper, &told, NOW);
	return printed_end(&len);
}

static void test_text_of_a_page_is_no_markup(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "<>&\"'", "&lt;&gt;&amp;&quot;&#39;" },
		{ "\033", "\\x1b" },
		{ "\302\266", "\302\266" },
		{ "\342\200\256", "\\xe2\\x80\\xae" },
		{ "&lt;", "&amp;lt;" },
	};
	char out[PAGE_TEXT_MAX], most[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		page_text(out, rows[i][0]);
		assert_string_equal(out, rows[i][1]);
	}
	for (i = 0; i < sizeof(most); i++) {
		memset(most, '"', i);
		most[i] = '\0';
		page_text(out, most);
		assert_int_equal(strlen(out), 6 * (i < 64 ? i : 64));
	}
}

/* Elements alone that stand on the page of a calm sender. */
static void test_nothing_acts_on_a_page(void **state)
{
	static char calm[20000];
	const char *text;

	(void)state;
	read_run("a\tb\t1\t1\t1\t1\t1\t1\tc\t1\n"
		 "a\tb\t1\t1\t1\t1\t1\t1\tc\t1\n",
		 counts, 0);
	snprintf(calm, sizeof(calm), "%s", page());
	read_run(HOSTILE HOSTILE,
		 "\nudplogger_build_info{version=\"<script>'\"} 1\n", 0);
	text = page();
	assert_false(acts(text, strlen(text)));
	assert_int_equal(count_of(text, "<"), count_of(calm, "<"));
	assert_int_equal(count_of(text, ">"), count_of(calm, ">"));
	assert_int_equal(count_of(text, "\""), count_of(calm, "\""));
	assert_int_equal(count_of(text, "'"), count_of(calm, "'"));
	assert_int_equal(count_of(text, "<script"), 0);
	assert_int_equal(
		count_of(text, "<h1>udplogger &lt;script&gt;&#39;</h1>"), 1);
	assert_int_equal(count_of(text, "&lt;b onclick=&#39;x&#39;&gt;&amp;"
					"&quot;\\x1b[2J\\x0d"),
			 2);
}

static void test_a_page_loads_nothing_and_says_what_fails(void **state)
{
	(void)state;
	read_run("", "udplogger_write_failing 1\n", 31);
	assert_int_equal(count_of(page(), "class=\"bad\""), 2);
	assert_non_null(strstr(page(), "This is 31 s old"));
	assert_non_null(strstr(page(), "default-src 'none'"));
	assert_int_equal(count_of(page(), "src="), 0);
	assert_int_equal(count_of(page(), "href"), 0);
	assert_int_equal(count_of(page(), "url("), 0);
	read_run("", counts, 30);
	assert_int_equal(count_of(page(), "class=\"bad\""), 0);
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, make_run, remove_run)
	const struct CMUnitTest tests[] = {
		RUN(test_each_column_can_be_sorted_by),
		RUN(test_equals_are_in_the_order_of_names_and_ports),
		RUN(test_a_table_says_all),
		RUN(test_what_is_old_or_fails_is_told),
		RUN(test_nothing_acts_in_a_table),
		RUN(test_long_fields_are_cut),
		RUN(test_an_object_has_what_is_known),
		RUN(test_what_is_no_number_is_left_out),
		RUN(test_an_object_has_each_name_once),
		RUN(test_objects_end_however_much_there_is),
		cmocka_unit_test(test_text_of_a_page_is_no_markup),
		RUN(test_nothing_acts_on_a_page),
		RUN(test_a_page_loads_nothing_and_says_what_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
