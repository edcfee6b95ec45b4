/* Tests of told: the files of run=, as anybody may have changed them. */
#include "unit.h"

#include <errno.h>

#include "runfiles.h"

#define NOW 1796000100

static struct told told;
static char error[ERROR_MAX];

static int make_run(void **state)
{
	(void)state;
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

static void put_text(const char *name, const char *text)
{
	runfiles_put(name, text, strlen(text));
}

/* Reads what was put, as it was written so many seconds ago. */
static void read_aged(time_t age)
{
	runfiles_date(NOW - age);
	told_forget(&told);
	if (told_read(&told, runfiles, NOW, error))
		fail_msg("%s", error);
}

static void read_senders(const char *text)
{
	put_text("senders", text);
	read_aged(0);
}

static void assert_field(size_t row, enum told_field field, const char *want)
{
	assert_true(row < told.count);
	assert_string_equal(told.senders[row].fields[field], want);
}

static void test_each_field_is_that_of_its_column(void **state)
{
	static const char *const want[TOLD_FIELDS] = {
		"web1", "192.0.2.1", "6665", "1796000000.123", "12",
		"0.5",	"3",	     "2",    "panic",	       "1796000000.000",
	};
	unsigned i;

	(void)state;
	read_senders(RUNFILES_HEAD
		     "web1\t192.0.2.1\t6665\t1796000000.123\t12\t0.5\t3\t2\t"
		     "panic\t1796000000.000\n"
		     "-\t192.0.2.2\t-\t-\t0\t0.0\t0\t0\t-\t-\n");
	assert_int_equal(told.count, 2);
	for (i = 0; i < TOLD_FIELDS; i++) {
		assert_field(0, i, want[i]);
		assert_true(told_has(&told.senders[0], i));
	}
	assert_false(told_has(&told.senders[1], TOLD_NAME));
	assert_true(told_has(&told.senders[1], TOLD_ADDRESS));
	assert_false(told_has(&told.senders[1], TOLD_INCIDENT_TIME));
}

/* The names of the columns are those that the daemon writes. */
static void test_columns_are_those_of_the_head(void **state)
{
	char head[200] = "";
	unsigned i;

	(void)state;
	for (i = 0; i < TOLD_FIELDS; i++) {
		strcat(head, i > 0 ? "\t" : "");
		strcat(head, told_field_name(i));
	}
	strcat(head, "\n");
	assert_string_equal(head, RUNFILES_HEAD);
}

static void test_what_made_room_is_no_sender(void **state)
{
	(void)state;
	read_senders(RUNFILES_HEAD "-\t-\t-\t-\t99\t0.0\t7\t1\t-\t-\n"
				   "a\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-\n");
	assert_int_equal(told.count, 1);
	assert_field(0, TOLD_NAME, "a");
	assert_string_equal(told.gone.fields[TOLD_LINES], "99");
}

static void test_rows_without_their_fields_are_passed_over(void **state)
{
	static const char *const rows[] = {
		"",
		"\t\t\t\t\t\t\t\t\n", /* nine */
		"\t\t\t\t\t\t\t\t\t\t\n", /* eleven */
		"a\tb\n",
		"\n",
		"a\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-", /* no end */
	};
	char text[1000];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%sgood%s%s", RUNFILES_HEAD,
			 "\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-\n", rows[i]);
		read_senders(text);
		assert_int_equal(told.count, 1);
		assert_field(0, TOLD_NAME, "good");
	}
}

static void test_ten_empty_fields_are_a_row(void **state)
{
	(void)state;
	read_senders(RUNFILES_HEAD "\t\t\t\t\t\t\t\t\t\n");
	assert_int_equal(told.count, 1);
	assert_field(0, TOLD_INCIDENT_TIME, "");
}

static void test_what_stands_behind_a_nul_is_not_there(void **state)
{
	static const char text[] =
		RUNFILES_HEAD "a\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-\n\0"
			      "b\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-\n";

	(void)state;
	runfiles_put("senders", text, sizeof(text) - 1);
	read_aged(0);
	assert_int_equal(told.count, 1);
}

static void test_it_is_old_behind_thirty_seconds(void **state)
{
	(void)state;
	put_text("senders", RUNFILES_HEAD);
	read_aged(TOLD_OLD_SECONDS);
	assert_false(told.is_old);
	assert_int_equal(told.written, NOW - TOLD_OLD_SECONDS);
	read_aged(TOLD_OLD_SECONDS + 1);
	assert_true(told.is_old);
	/* A clock that was set back. */
	read_aged(-3600);
	assert_false(told.is_old);
}

static void assert_unread(const char *run, const char *why)
{
	assert_int_equal(told_read(&told, run, NOW, error), -1);
	if (!strstr(error, why))
		fail_msg("no \"%s\" in: %s", why, error);
	assert_null(strchr(error, '\n'));
	told_forget(&told);
}

static void test_without_files_nobody_knows(void **state)
{
	(void)state;
	assert_unread(NULL, "run=: not set, so nobody knows");
	assert_unread(runfiles, strerror(ENOENT));
	assert_unread("/nonexistent\033[2J", "run=/nonexistent\\x1b[2J: ");
	assert_int_equal(mkfifo(runfiles_path("senders"), 0600), 0);
	assert_unread(runfiles, strerror(EINVAL));
	unlink(runfiles_path("senders"));
	assert_int_equal(mkdir(runfiles_path("senders"), 0700), 0);
	assert_unread(runfiles, strerror(EINVAL));
	rmdir(runfiles_path("senders"));
	put_text("senders", RUNFILES_HEAD);
	assert_int_equal(truncate(runfiles_path("senders"), 513L << 20), 0);
	assert_unread(runfiles, strerror(EFBIG));
}

/* That nobody is in it is no proof that nobody was heard. */
static void test_a_file_without_its_head_tells_nothing(void **state)
{
	static const char head[] = RUNFILES_HEAD;
	char text[sizeof(head)];
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(head) - 1; len++) {
		memcpy(text, head, len);
		text[len] = '\0';
		put_text("senders", text);
		assert_unread(runfiles, "lacks the head");
	}
	put_text("senders", "a\t192.0.2.1\t1\t-\t1\t0.0\t0\t0\t-\t-\n");
	assert_unread(runfiles, "lacks the head");
	read_senders(head);
	assert_int_equal(told.count, 0);
}

static void test_counts_may_be_missing(void **state)
{
	char version[TOLD_VERSION_MAX];
	struct told_count count;
	size_t at = 0;

	(void)state;
	read_senders(RUNFILES_HEAD);
	assert_false(told_next_count(&told, &at, &count));
	assert_int_equal(told_count_of(&told, "lines_total"), 0);
	told_version(&told, version);
	assert_string_equal(version, "");
}

static void test_counts_without_a_label_are_handed_out(void **state)
{
	static const char *const want[][2] = { { "lines_total", "12" },
					       { "last_write", "7.250" } };
	char version[TOLD_VERSION_MAX];
	struct told_count count;
	size_t i, at = 0;

	(void)state;
	put_text("udplogger.prom",
		 "# HELP udplogger_lines_total 5\n"
		 "udplogger_build_info{version=\"1.2\"} 1\n"
		 "udplogger_lines_total 12\n"
		 "udplogger_incidents_total{class=\"oom\"} 3\n"
		 "udplogger_last_write 7.250\n"
		 "udplogger_none\n"
		 "udplogger_none \n"
		 "udplogger_none 1 \n"
		 "udplogger_none NaN\n"
		 "other_lines_total 9\n"
		 "udplogger_cut 4");
	read_senders(RUNFILES_HEAD);
	for (i = 0; i < 2; i++) {
		assert_true(told_next_count(&told, &at, &count));
		assert_int_equal(count.name_len, strlen(want[i][0]));
		assert_memory_equal(count.name, want[i][0], count.name_len);
		assert_int_equal(count.value_len, strlen(want[i][1]));
		assert_memory_equal(count.value, want[i][1], count.value_len);
	}
	assert_false(told_next_count(&told, &at, &count));
	assert_int_equal(told_count_of(&told, "lines_total"), 12000);
	assert_int_equal(told_count_of(&told, "last_write"), 7250);
	assert_int_equal(told_count_of(&told, "lines"), 0);
	told_version(&told, version);
	assert_string_equal(version, "1.2");
}

static void test_a_version_of_any_length_is_cut(void **state)
{
	char text[300] = "\nudplogger_build_info{version=\"";
	size_t head = strlen(text);
	char version[TOLD_VERSION_MAX];
	size_t len;

	(void)state;
	for (len = 0; len < 200; len++) {
		memset(text + head, 'v', len);
		strcpy(text + head + len, "\"} 1\n");
		put_text("udplogger.prom", text);
		read_senders(RUNFILES_HEAD);
		told_version(&told, version);
		assert_int_equal(strlen(version),
				 len < TOLD_VERSION_MAX ? len
							: TOLD_VERSION_MAX - 1);
	}
}

static void test_thousandths(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} rows[] = {
		{ "", 0 },
		{ "-", 0 },
		{ "x", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ " 1", 0 },
		{ ".5", 0 },
		{ "0", 0 },
		{ "1", 1000 },
		{ "1.", 1000 },
		{ "1.5", 1500 },
		{ "1.05", 1050 },
		{ "1.0059", 1005 },
		{ "1.5x", 1500 },
		{ "18446744073709550.999", 18446744073709550999u },
		{ "18446744073709551.999", 0 },
		{ "99999999999999999999", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (told_thousandths(rows[i].text) != rows[i].want)
			fail_msg("%s", rows[i].text);
}

static void test_numbers_are_those_of_json(void **state)
{
	static const char *const good[] = { "0",   "7",	    "10",
					    "0.0", "10.25", "0.007" };
	static const char *const bad[] = { "",	 "-",	  "00",	  "01",	 "1.",
					   ".1", "1.2.3", "1..2", "1e3", "-1",
					   "+1", " 1",	  "1 ",	  "0x1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!told_is_number(good[i], strlen(good[i])))
			fail_msg("%s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (told_is_number(bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	assert_true(told_is_number("12x", 2));
	assert_false(told_is_number("1.2", 2));
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, make_run, remove_run)
	const struct CMUnitTest tests[] = {
		RUN(test_each_field_is_that_of_its_column),
		cmocka_unit_test(test_columns_are_those_of_the_head),
		RUN(test_what_made_room_is_no_sender),
		RUN(test_rows_without_their_fields_are_passed_over),
		RUN(test_ten_empty_fields_are_a_row),
		RUN(test_what_stands_behind_a_nul_is_not_there),
		RUN(test_it_is_old_behind_thirty_seconds),
		RUN(test_without_files_nobody_knows),
		RUN(test_a_file_without_its_head_tells_nothing),
		RUN(test_counts_may_be_missing),
		RUN(test_counts_without_a_label_are_handed_out),
		RUN(test_a_version_of_any_length_is_cut),
		cmocka_unit_test(test_thousandths),
		cmocka_unit_test(test_numbers_are_those_of_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
