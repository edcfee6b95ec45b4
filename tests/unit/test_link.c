/* Tests of link: link= leads to the day's file, and holds up no line. */
#include "fileworld.h"

#include <stdlib.h>

#define LINK  "/log/current"
#define SPARE "/log/.current.new"

static int set_up_link(void **state)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	set_up(state);
	settings.link = (struct link){ .sys = &fakesys,
				       .diag = &diag,
				       .name = "current",
				       .pattern = files.pattern };
	return 0;
}

static void assert_leads_to(const char *target)
{
	struct fake_node *node = fake_node(LINK);

	assert_non_null(node);
	assert_true(S_ISLNK(node->mode));
	assert_string_equal(node->bytes, target);
	assert_null(fake_node(SPARE));
}

static unsigned link_calls(void)
{
	return fake.counts[FAKE_READLINKAT] + fake.counts[FAKE_SYMLINKAT] +
	       fake.counts[FAKE_RENAMEAT];
}

static void write_on(int32_t day, const char *line)
{
	fake.now_ms += 2000;
	put(line);
	assert_int_equal(drain(day), 0);
}

static void go_to_next_day(void)
{
	fake_set_wall(FAKE_NOON + 86400);
}

static void test_it_leads_to_the_first_file(void **state)
{
	(void)state;
	write_on(DAY, "one\n");
	assert_leads_to("2026-11-22.log");
	assert_int_equal(fake.counts[FAKE_RENAMEAT], 0);
}

static void test_it_is_replaced_with_the_next_day(void **state)
{
	(void)state;
	write_on(DAY, "one\n");
	go_to_next_day();
	write_on(NEXT_DAY, "two\n");
	assert_leads_to("2026-11-23.log");
	assert_int_equal(fake.counts[FAKE_RENAMEAT], 1);
	assert_string_equal(fake_text(NEXT), "two\n");
}

static void test_writes_cost_no_call_for_it(void **state)
{
	unsigned calls, i;

	(void)state;
	write_on(DAY, "one\n");
	calls = link_calls();
	for (i = 0; i < 10; i++) {
		write_on(DAY, "more\n");
		openfile_confirm(&a_log.file, queue, fake.now_ms);
		/* As for its descriptor. */
		openfile_close(&a_log.file);
	}
	write_on(DAY, "more\n");
	assert_int_equal(link_calls(), calls);
}

static void test_one_that_leads_there_is_left_alone(void **state)
{
	ino_t inode;

	(void)state;
	inode = fake_create(LINK, S_IFLNK | 0777, "2026-11-22.log")->inode;
	write_on(DAY, "one\n");
	assert_leads_to("2026-11-22.log");
	assert_int_equal(fake_node(LINK)->inode, inode);
	assert_int_equal(link_calls(), 1);
}

static void test_one_that_leads_elsewhere_is_replaced(void **state)
{
	static char long_one[4000];
	const char *targets[] = { "",
				  "/etc/passwd",
				  "..",
				  "2026-11-22.logs",
				  "2026-11-22.lo",
				  long_one };
	size_t i;

	(void)state;
	memset(long_one, 'x', sizeof(long_one) - 1);
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		fake_unlink(LINK);
		fake_create(LINK, S_IFLNK | 0777, targets[i]);
		settings.reopens++;
		write_on(DAY, "one\n");
		assert_leads_to("2026-11-22.log");
	}
	assert_string_equal(fake_text("stderr"), "");
}

static void test_it_replaces_nothing_but_a_link(void **state)
{
	static const mode_t modes[] = { S_IFREG | 0600, S_IFDIR | 0755,
					S_IFIFO | 0600, S_IFSOCK | 0700 };
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		tear_down(state);
		set_up_link(state);
		fake_create(LINK, modes[i], "precious");
		write_on(DAY, "one\n");
		write_on(DAY, "two\n");
		write_on(NEXT_DAY, "three\n");
		assert_int_equal(fake_node(LINK)->mode, modes[i]);
		assert_string_equal(fake_text(LINK), "precious");
		assert_string_equal(fake_text(PATH), "one\ntwo\n");
		assert_string_equal(fake_text(NEXT), "three\n");
		assert_string_equal(
			fake_text("stderr"),
			"udplogger: warning: unable to link /log/current: "
			"something else than a symbolic link is there\n");
		fake_unlink(LINK);
		write_on(NEXT_DAY, "four\n");
		assert_leads_to("2026-11-23.log");
		assert_non_null(strstr(fake_text("stderr"),
				       "able to link /log/current again"));
	}
}

/* Without a line, as writer_reopen() does. */
static void test_hup_tries_again_at_once(void **state)
{
	(void)state;
	fake_create(LINK, S_IFREG | 0600, "");
	put_and_drain("one\n");
	fake_unlink(LINK);
	settings.reopens++;
	assert_int_equal(open_file(DAY), 0);
	retrywrite_link(&a_log, fake.now_ms);
	assert_leads_to("2026-11-22.log");
}

static void test_one_that_was_removed_comes_again_at_hup(void **state)
{
	(void)state;
	write_on(DAY, "one\n");
	fake_unlink(LINK);
	write_on(DAY, "two\n");
	assert_null(fake_node(LINK));
	settings.reopens++;
	write_on(DAY, "three\n");
	assert_leads_to("2026-11-22.log");
}

static void test_a_late_line_does_not_turn_it_back(void **state)
{
	(void)state;
	go_to_next_day();
	go_to_next_day();
	write_on(NEXT_DAY, "two\n");
	write_on(DAY, "late\n");
	assert_leads_to("2026-11-23.log");
	assert_string_equal(fake_text(PATH), "late\n");
	/* Without a later one it is better than none. */
	fake_unlink(LINK);
	settings.reopens++;
	write_on(DAY, "later\n");
	assert_leads_to("2026-11-22.log");
}

static void test_a_file_of_a_wrong_clock_is_left_behind(void **state)
{
	(void)state;
	fake_create(LINK, S_IFLNK | 0777, "2038-01-19.log");
	write_on(DAY, "one\n");
	assert_leads_to("2026-11-22.log");
}

/* Its clock was ahead when it began to come, and was set back meanwhile. */
static void test_a_late_line_of_a_wrong_clock_does_not_turn_it(void **state)
{
	(void)state;
	write_on(DAY, "now\n");
	write_on(NEXT_DAY, "late\n");
	assert_leads_to("2026-11-22.log");
	assert_string_equal(fake_text(NEXT), "late\n");
}

/* One that is made for a wrong clock's file goes to today's with its next line. */
static void test_one_of_a_wrong_clock_follows_the_present(void **state)
{
	struct link *link = &settings.link;
	const uint32_t today = STAMP_PERIOD(DAY, 0);
	const uint32_t ahead = STAMP_PERIOD(NEXT_DAY, 0);
	uint8_t turns = 0;

	(void)state;
	assert_true(link_turned(link, today, &turns));
	assert_int_equal(link_point(link, LINK_NEW, NEXT, 4, ahead, 1),
			 LINK_DONE);
	assert_leads_to("2026-11-23.log");
	assert_true(link_turned(link, today, &turns));
	assert_int_equal(link_point(link, LINK_NEW, PATH, 4, today, 1),
			 LINK_DONE);
	assert_leads_to("2026-11-22.log");
	assert_false(link_turned(link, today, &turns));
}

static void test_what_a_killed_run_left_does_not_hinder(void **state)
{
	(void)state;
	fake_create(LINK, S_IFLNK | 0777, "2026-11-21.log");
	fake_create(SPARE, S_IFLNK | 0777, "2026-11-20.log");
	write_on(DAY, "one\n");
	assert_leads_to("2026-11-22.log");
	assert_string_equal(fake_text("stderr"), "");
}

static void test_a_file_with_its_spare_name_stays(void **state)
{
	(void)state;
	fake_create(LINK, S_IFLNK | 0777, "2026-11-21.log");
	fake_create(SPARE, S_IFREG | 0600, "precious");
	write_on(DAY, "one\n");
	assert_string_equal(fake_text(SPARE), "precious");
	assert_stderr("udplogger: warning: unable to link /log/current: %s\n",
		      EEXIST);
	fake_unlink(SPARE);
	write_on(DAY, "two\n");
	assert_leads_to("2026-11-22.log");
}

static const enum fake_call calls[] = { FAKE_READLINKAT, FAKE_SYMLINKAT,
					FAKE_RENAMEAT, FAKE_UNLINKAT };

/* A call fails at first, or for ever; no line waits for that. */
static void fail_with(void **state, enum fake_call call, int error,
		      unsigned times)
{
	tear_down(state);
	set_up_link(state);
	write_on(DAY, "one\n");
	fake_create(SPARE, S_IFLNK | 0777, "");
	fake_fail(FAKE_BIT(call), 1, times, error, 0);
	go_to_next_day();
	write_on(NEXT_DAY, "two\n");
	write_on(NEXT_DAY, "three\n");
	assert_string_equal(fake_text(NEXT), "two\nthree\n");
	if (strstr(strchr(fake_text("stderr"), '\n') + 1, "warning"))
		fail_msg("%s", fake_text("stderr"));
	fake_no_faults();
	write_on(NEXT_DAY, "four\n");
	assert_leads_to("2026-11-23.log");
	assert_non_null(strstr(fake_text("stderr"), "able to link"));
}

static void test_any_call_may_fail(void **state)
{
	static const int errors[] = { ENOSPC, EDQUOT, EIO,   EROFS,  EPERM,
				      EACCES, ENOMEM, EINTR, ESTALE, ENOTDIR,
				      ELOOP,  EBUSY,  EXDEV, EINVAL, EMLINK };
	size_t i, k;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
			fail_with(state, calls[i], errors[k], 1);
			fail_with(state, calls[i], errors[k], UINT32_MAX);
		}
}

/* ---- directories of senders ---- */

static struct filename by_host;

static enum link_state point(const char *file, enum link_state link_state)
{
	return link_point(&settings.link, link_state, file, strlen("/log"),
			  STAMP_PERIOD(DAY, 0), fake.now_ms);
}

static void assert_text(const char *path, const char *text)
{
	assert_string_equal(fake_text(path), text);
}

static void test_each_sender_has_its_own(void **state)
{
	(void)state;
	assert_null(filename_compile(&by_host, "{host}/%Y/%m-%d.log"));
	settings.link.pattern = &by_host;
	assert_int_equal(point("/log/a/2026/11-22.log", LINK_NEW), LINK_DONE);
	assert_int_equal(point("/log/b/2026/11-22.log", LINK_NEW), LINK_DONE);
	assert_text("/log/a/current", "2026/11-22.log");
	assert_text("/log/b/current", "2026/11-22.log");
}

static void test_what_fails_for_one_does_not_end_with_another(void **state)
{
	const char *said;

	(void)state;
	assert_null(filename_compile(&by_host, "{host}/%Y/%m-%d.log"));
	settings.link.pattern = &by_host;
	fake_create("/log/a/current", S_IFDIR | 0755, "");
	assert_int_equal(point("/log/a/2026/11-22.log", LINK_NEW), LINK_FAILED);
	said = "udplogger: warning: unable to link /log/a/current: something "
	       "else than a symbolic link is there\n";
	assert_string_equal(fake_text("stderr"), said);
	assert_int_equal(point("/log/b/2026/11-22.log", LINK_NEW), LINK_DONE);
	/* Not before it is time. */
	fake_unlink("/log/a/current");
	assert_int_equal(point("/log/a/2026/11-22.log", LINK_FAILED),
			 LINK_FAILED);
	assert_string_equal(fake_text("stderr"), said);
	fake.now_ms += 1000;
	assert_int_equal(point("/log/a/2026/11-22.log", LINK_FAILED),
			 LINK_DONE);
	assert_text("/log/a/current", "2026/11-22.log");
}

static void test_a_former_one_goes(void **state)
{
	(void)state;
	write_on(DAY, "one\n");
	link_remove(&settings.link, "/log", "current", files.pattern);
	assert_null(fake_node(LINK));
	assert_string_equal(fake_text("stderr"), "");
	/* Nothing is there. */
	link_remove(&settings.link, "/log", "current", files.pattern);
	assert_string_equal(fake_text("stderr"), "");
}

/* What leads elsewhere, or is no link, is somebody else's. */
static void test_what_is_no_former_one_stays(void **state)
{
	(void)state;
	fake_create(LINK, S_IFLNK | 0777, "elsewhere.log");
	link_remove(&settings.link, "/log", "current", files.pattern);
	assert_leads_to("elsewhere.log");
	fake_unlink(LINK);
	fake_create(LINK, S_IFREG | 0600, "mine");
	link_remove(&settings.link, "/log", "current", files.pattern);
	assert_string_equal(fake_text(LINK), "mine");
}

static void test_a_former_one_that_cannot_go_is_told(void **state)
{
	(void)state;
	write_on(DAY, "one\n");
	fake_fail(FAKE_BIT(FAKE_UNLINKAT), 1, 1, EROFS, 0);
	link_remove(&settings.link, "/log", "current", files.pattern);
	assert_string_equal(fake_text("stderr"),
			    "udplogger: warning: unable to remove the former "
			    "link /log/current: Read-only file system\n");
}

static void test_without_a_name_nothing_is_called(void **state)
{
	(void)state;
	settings.link.name = NULL;
	write_on(DAY, "one\n");
	go_to_next_day();
	write_on(NEXT_DAY, "two\n");
	assert_int_equal(link_calls(), 0);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up_link, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_it_leads_to_the_first_file),
		TEST(test_it_is_replaced_with_the_next_day),
		TEST(test_writes_cost_no_call_for_it),
		TEST(test_one_that_leads_there_is_left_alone),
		TEST(test_one_that_leads_elsewhere_is_replaced),
		TEST(test_it_replaces_nothing_but_a_link),
		TEST(test_hup_tries_again_at_once),
		TEST(test_one_that_was_removed_comes_again_at_hup),
		TEST(test_a_late_line_does_not_turn_it_back),
		TEST(test_a_file_of_a_wrong_clock_is_left_behind),
		TEST(test_a_late_line_of_a_wrong_clock_does_not_turn_it),
		TEST(test_one_of_a_wrong_clock_follows_the_present),
		TEST(test_what_a_killed_run_left_does_not_hinder),
		TEST(test_a_file_with_its_spare_name_stays),
		TEST(test_any_call_may_fail),
		TEST(test_each_sender_has_its_own),
		TEST(test_what_fails_for_one_does_not_end_with_another),
		TEST(test_a_former_one_goes),
		TEST(test_what_is_no_former_one_stays),
		TEST(test_a_former_one_that_cannot_go_is_told),
		TEST(test_without_a_name_nothing_is_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
