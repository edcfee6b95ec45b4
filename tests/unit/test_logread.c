/* Tests of logscan, logfiles, manylines and tail, on files of a directory. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "logfiles.h"
#include "logscan.h"
#include "manylines.h"
#include "sys.h"
#include "tail.h"

#define DAY(n) STAMP_PERIOD(20261100 + (n), 0)

static char dir[] = "/tmp/test_logread.XXXXXX";
static struct diag diag;

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* Each test has a directory of its own. */
static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_logread.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void put(const char *name, const char *text, size_t len)
{
	FILE *file = fopen(path_of(name), "a");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static void test_lines_of_any_length_are_read_whole(void **state)
{
	static const size_t lengths[] = { 0,	  1,	  262142, 262143,
					  262144, 262145, 600000, 3 };
	char why[LOGSCAN_WHY_MAX];
	char *text = malloc(600001);
	struct logscan scan;
	const char *line;
	size_t i, len;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < 8; i++) {
		memset(text, 'a' + (int)i, lengths[i]);
		text[lengths[i]] = '\n';
		put("log", text, lengths[i] + 1);
	}
	put_text("log", "not whole");
	assert_true(logscan_open(&scan, path_of("log"), why));
	for (i = 0; i < 8; i++) {
		assert_true(logscan_next(&scan, &line, &len));
		assert_int_equal(len, lengths[i]);
		assert_true(len == 0 || (line[0] == 'a' + (int)i &&
					 line[len - 1] == *line));
	}
	assert_false(logscan_next(&scan, &line, &len));
	assert_true(logscan_close(&scan, why));
	free(text);
}

static void test_what_is_no_file_is_refused(void **state)
{
	char why[LOGSCAN_WHY_MAX];
	struct logscan scan;

	(void)state;
	assert_false(logscan_open(&scan, path_of("log"), why));
	assert_string_equal(why, strerror(2));
	assert_int_equal(mkfifo(path_of("log"), 0600), 0);
	assert_false(logscan_open(&scan, path_of("log"), why));
	assert_string_equal(why, "not a regular file");
}

/* The names that are found, with a blank between. */
static const char *found(const char *pattern, uint32_t from, uint32_t until)
{
	static char names[1024];
	struct filename name;
	struct logfiles_wanted wanted = {
		.dir = dir,
		.pattern = &name,
		.from = from,
		.until = until,
	};
	struct logfiles files;
	size_t i;

	assert_null(filename_compile(&name, pattern));
	logfiles_find(&files, &wanted, &diag);
	names[0] = '\0';
	for (i = 0; i < files.count; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names),
			 "%s%s", i > 0 ? " " : "",
			 files.files[i].path + strlen(dir) + 1);
	assert_false(files.incomplete);
	logfiles_free(&files);
	return names;
}

static void test_names_of_the_span_are_found_in_order(void **state)
{
	static const char *const names[] = {
		"2026-11-28.log",      "2026-11-28.log.2.gz",
		"2026-11-28.log.1",    "2026-11-28.1.log",
		"2026-11-27.log.xz",   "2026-11-29.log",
		"2026-11-29.log.gz",   "2026-11-28.log.0",
		"2026-11-28.log.x",    "2026-11-28.incidents",
		"2026-11-31.log",      "x2026-11-28.log",
		"2026-11-28.log.1.1",  "2026-11-28.log.lz4",
		".2026-11-28.log.swp",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_text(names[i], "");
	assert_string_equal(found("%Y-%m-%d.log", 0, UINT32_MAX),
			    "2026-11-27.log.xz 2026-11-28.log.2.gz "
			    "2026-11-28.log.1 2026-11-28.log 2026-11-28.1.log "
			    "2026-11-29.log");
	assert_string_equal(found("%Y-%m-%d.log", DAY(29), DAY(30)),
			    "2026-11-29.log");
	assert_string_equal(found("%Y-%m-%d.incidents", 0, UINT32_MAX),
			    "2026-11-28.incidents");
}

static void test_directories_are_searched_as_the_pattern_says(void **state)
{
	(void)state;
	mkdir(path_of("web1"), 0700);
	mkdir(path_of("web1/2026"), 0700);
	mkdir(path_of("web1/2026/deeper"), 0700);
	put_text("web1/2026/11-28.log", "");
	put_text("web1/2026/deeper/11-28.log", "");
	put_text("web1/11-28.log", "");
	put_text("2026", "");
	assert_string_equal(found("{host}/%Y/%m-%d.log", 0, UINT32_MAX),
			    "web1/2026/11-28.log");
}

static void test_lines_of_several_files_come_by_their_time(void **state)
{
	static const char *const want[] = { "a", "b", "c", "d", "e" };
	struct logfiles_wanted wanted = { .dir = dir, .until = UINT32_MAX };
	struct timespan_stamp stamp;
	const struct logline *line;
	struct manylines lines;
	struct logfiles files;
	struct filename name;
	struct whom whom;
	size_t i;

	(void)state;
	put_text("1-2026-11-28.log", "2026-11-28 10:00:00 w a\n"
				     "2026-11-28 10:00:02 w c\n"
				     "2026-11-28 10:00:02 x no\n");
	put_text("2-2026-11-28.log", "2026-11-28 10:00:01 w b\n"
				     "broken\n"
				     "2026-11-28 10:00:03 w d\n");
	put_text("3-2026-11-28.log", "2026-11-28 10:00:00 x no\n");
	put_text("1-2026-11-29.log", "2026-11-28 09:00:00 w e\n");
	assert_null(filename_compile(&name, "{port}-%Y-%m-%d.log"));
	wanted.pattern = &name;
	whom_init(&whom, "w", NULL);
	logfiles_find(&files, &wanted, &diag);
	manylines_begin(&lines, &files, &whom, &diag);
	for (i = 0; i < 5; i++) {
		line = manylines_next(&lines, &stamp);
		assert_non_null(line);
		assert_int_equal(line->text_len, 1);
		assert_int_equal(*line->text, *want[i]);
	}
	assert_null(manylines_next(&lines, &stamp));
	assert_null(manylines_next(&lines, &stamp));
	assert_false(lines.incomplete);
	manylines_end(&lines);
	logfiles_free(&files);
}

static char taken[256];

static void take_text(void *context, const char *line, size_t len)
{
	(void)context;
	snprintf(taken + strlen(taken), sizeof(taken) - strlen(taken), "%.*s|",
		 (int)len, line);
}

static void assert_added(struct tail *tail, const char *name, const char *want)
{
	taken[0] = '\0';
	assert_true(tail_read(tail, path_of(name), DAY(28), take_text, NULL));
	assert_string_equal(taken, want);
}

static void test_what_was_added_is_read_once(void **state)
{
	struct tail tail = { .count = 0 };

	(void)state;
	put_text("log", "one\ntw");
	assert_added(&tail, "log", "one|");
	assert_added(&tail, "log", "");
	put_text("log", "o\nthree\n");
	assert_added(&tail, "log", "two|three|");
	assert_int_equal(truncate(path_of("log"), 0), 0);
	assert_added(&tail, "log", "");
	put_text("log", "new\n");
	assert_added(&tail, "log", "new|");
	put_text("log.1", "another\n");
	assert_added(&tail, "log.1", "another|");
	assert_int_equal(tail.count, 2);
	tail_forget(&tail, DAY(29));
	assert_int_equal(tail.count, 0);
	assert_false(tail_read(&tail, path_of("none"), 0, take_text, NULL));
	tail_free(&tail);
}

/* However it comes, and what follows it is a line again. */
static void test_a_line_that_is_too_long_is_none(void **state)
{
	struct tail tail = { .count = 0 };
	const size_t len = (3 << 20) / 2;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	put_text("log", "one\n");
	put("log", text, len);
	assert_added(&tail, "log", "one|");
	put_text("log", "the rest\ntwo\n");
	assert_added(&tail, "log", "two|");
	put("log", text, len);
	put_text("log", "the rest\nthree\n");
	assert_added(&tail, "log", "three|");
	tail_free(&tail);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_lines_of_any_length_are_read_whole, make_dir,
			remove_dir),
		cmocka_unit_test_setup_teardown(test_what_is_no_file_is_refused,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_names_of_the_span_are_found_in_order, make_dir,
			remove_dir),
		cmocka_unit_test_setup_teardown(
			test_directories_are_searched_as_the_pattern_says,
			make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_lines_of_several_files_come_by_their_time,
			make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_what_was_added_is_read_once, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(
			test_a_line_that_is_too_long_is_none, make_dir,
			remove_dir),
	};

	diag_open(&diag, &sys_linux);
	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
