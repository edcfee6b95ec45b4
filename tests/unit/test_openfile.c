/* The file of a day: what may be opened, its name, its end. */
#include "unit.h"

#include "fileworld.h"

static unsigned opens(void)
{
	return fake.counts[FAKE_OPEN];
}

/* What may be opened. */

static void test_a_new_file_has_the_mode_that_was_set(void **state)
{
	(void)state;
	assert_int_equal(open_file(DAY), 0);
	assert_int_equal(fake_node(PATH)->mode, S_IFREG | 0640);
}

static void test_a_file_that_was_there_gets_the_mode(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0666, "a line\n");
	put("another\n");
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(fake_node(PATH)->mode, S_IFREG | 0640);
	assert_string_equal(fake_text(PATH), "a line\nanother\n");
}

static void test_a_mode_that_cannot_be_set_is_no_harm(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0666, "");
	fake_fail(FAKE_BIT(FAKE_FCHMOD), 1, 1, EPERM, 0);
	assert_int_equal(open_file(DAY), 0);
}

/* perm=0200: the owner may not read. */
static void test_a_file_may_be_unreadable(void **state)
{
	(void)state;
	settings.rules.mode = 0200;
	fake_create(PATH, S_IFREG | 0200, "a line\n");
	put("another\n");
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "a line\nanother\n");
}

static void test_what_is_no_plain_file_is_refused(void **state)
{
	static const struct {
		mode_t mode;
		const char *why;
	} cases[] = {
		{ S_IFLNK | 0777, "is a symbolic link" },
		{ S_IFDIR | 0755, "is a directory" },
		{ S_IFIFO | 0600, "is not a regular file" },
		{ S_IFCHR | 0600, "is not a regular file" },
		{ S_IFBLK | 0600, "is not a regular file" },
		{ S_IFSOCK | 0600, "is not a regular file" },
		{ S_IFREG | 0100, "is executable" },
		{ S_IFREG | 0610, "is executable" },
		{ S_IFREG | 0601, "is executable" },
		{ S_IFREG | 04755, "is executable" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_create(PATH, cases[i].mode, "");
		errno = 0;
		assert_int_equal(open_file(DAY), -1);
		assert_int_not_equal(errno, 0);
		assert_string_equal(why, cases[i].why);
		/* A FIFO or a device isn't even opened. */
		assert_int_equal(opens(), 0);
		assert_int_equal(fake_node(PATH)->mode, cases[i].mode);
		fake_unlink(PATH);
	}
}

/* Put there between the look and the open(). */
static mode_t planted;

static int lstat_then_plant(const char *path, struct stat *st)
{
	int result = fakesys.lstat(path, st);

	fake_create(path, planted, "");
	return result;
}

static void test_what_is_planted_in_between_is_refused(void **state)
{
	static const mode_t modes[] = { S_IFLNK | 0777, S_IFDIR | 0700,
					S_IFIFO | 0600, S_IFCHR | 0600,
					S_IFREG | 0711 };
	struct sys sys = fakesys;
	size_t i;

	(void)state;
	sys.lstat = lstat_then_plant;
	settings.rules.sys = &sys;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		planted = modes[i];
		assert_int_equal(open_file(DAY), -1);
		assert_int_not_equal(errno, 0);
		assert_true(strlen(why) > 0);
		assert_int_equal(fake_open_fds(), 1);
		fake_unlink(PATH);
	}
	settings.rules.sys = &fakesys;
}

static int flags_of_open;

static int open_and_note(const char *path, int flags, mode_t mode)
{
	if (strcmp(path, PATH) == 0)
		flags_of_open = flags;
	return fakesys.open(path, flags, mode);
}

static void test_a_file_is_opened_without_trust(void **state)
{
	const int needed = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			   O_NOCTTY | O_CLOEXEC;
	struct sys sys = fakesys;

	(void)state;
	sys.open = open_and_note;
	settings.rules.sys = &sys;
	assert_int_equal(open_file(DAY), 0);
	assert_int_equal(flags_of_open & needed, needed);
	assert_int_equal(flags_of_open & O_TRUNC, 0);
	settings.rules.sys = &fakesys;
}

/* The end of what was there. */

static void test_a_line_without_its_end_gets_one(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0600, "a line\nhalf of ano");
	put("a line\n");
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "a line\nhalf of ano\na line\n");
}

static void test_a_line_gets_its_end_when_the_disk_lets_it(void **state)
{
	static const int calls[] = { FAKE_WRITE, FAKE_FSTAT, FAKE_PREAD };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		set_up(NULL);
		fake_create(PATH, S_IFREG | 0600, "half of ano");
		fake_fail(FAKE_BIT(calls[i]), 1, 1, EIO, 0);
		put("a line\n");
		drain(DAY);
		fake.now_ms += BACKOFF_MAX_MS;
		assert_int_equal(drain(DAY), 0);
		assert_string_equal(fake_text(PATH), "half of ano\na line\n");
		tear_down(NULL);
	}
	set_up(NULL);
}

/* Names. */

/* Whether the file is opened anew at the next line, after @change. */
static bool is_noticed(void (*change)(void))
{
	unsigned before;

	put("one\n");
	assert_int_equal(drain(DAY), 0);
	before = opens();
	change();
	fake.now_ms++;
	put("two\n");
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(fake_open_fds(), 2);
	return opens() > before && strcmp(fake_text(PATH), "two\n") == 0;
}

static void test_a_change_of_name_is_noticed_at_the_next_line(void **state)
{
	void (*const changes[])(void) = { rename_it, replace_it, delete_it };
	unsigned before;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		set_up(NULL);
		assert_true(is_noticed(changes[i]));
		/* Once is enough. */
		before = opens();
		put("three\n");
		assert_int_equal(drain(DAY), 0);
		assert_int_equal(opens(), before);
		tear_down(NULL);
	}
	set_up(NULL);
	assert_false(is_noticed(leave_it));
}

/* One behind each write, and one before it where the last is a while ago. */
static void test_looks_are_few(void **state)
{
	unsigned before, i;

	(void)state;
	put_and_drain("one\n");
	before = fake.counts[FAKE_LSTAT] + fake.counts[FAKE_FSTAT];
	fake.now_ms++;
	put_and_drain("two\n");
	assert_int_equal(fake.counts[FAKE_LSTAT] + fake.counts[FAKE_FSTAT],
			 before + 2);
	put_and_drain("three\n");
	assert_int_equal(fake.counts[FAKE_LSTAT] + fake.counts[FAKE_FSTAT],
			 before + 3);
	/* However many lines are written together. */
	for (i = 0; i < 100; i++)
		put("more\n");
	assert_int_equal(drain(DAY), 0);
	assert_int_equal(fake.counts[FAKE_LSTAT] + fake.counts[FAKE_FSTAT],
			 before + 4);
}

static void test_a_file_made_executable_is_given_up(void **state)
{
	(void)state;
	put("one\n");
	assert_int_equal(drain(DAY), 0);
	fake_node(PATH)->mode = S_IFREG | 0700;
	fake.now_ms += BACKOFF_MAX_MS;
	put("two\n");
	assert_int_equal(drain(DAY), -1);
	assert_non_null(strstr(fake_text("stderr"), "is executable"));
	assert_string_equal(fake_text(PATH), "one\n");
	fake_node(PATH)->mode = S_IFREG | 0600;
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\ntwo\n");
}

/* At the limit of our own: the reserve is spent, and held again later. */
static void test_the_reserve_opens_the_file(void **state)
{
	static const int errors[] = { EMFILE, ENFILE };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		fake_create("/dev/null", S_IFCHR | 0666, "");
		safeopen_hold_reserve(&settings.rules);
		assert_true(settings.rules.has_reserve);
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, errors[i], 0);
		put("one\n");
		assert_int_equal(drain(DAY), 0);
		assert_string_equal(fake_text(PATH), "one\n");
		assert_string_equal(fake_text("stderr"), "");
		assert_true(settings.rules.has_reserve);
		fakesys.close(settings.rules.reserve_fd);
		tear_down(NULL);
	}
	set_up(NULL);
}

static void test_an_interrupted_open_is_tried_at_once(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 3, EINTR, 0);
	put("one\n");
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\n");
	assert_string_equal(fake_text("stderr"), "");
}

/* NFS: close() tells what write() didn't. */
static void test_a_close_that_fails_is_told(void **state)
{
	(void)state;
	assert_int_equal(open_file(DAY), 0);
	fake_fail(FAKE_BIT(FAKE_CLOSE), 1, 1, EDQUOT, 0);
	openfile_close(&a_log.file);
	assert_stderr("udplogger: warning: unable to close " PATH
		      ": %s; what was written to it last may be missing\n",
		      EDQUOT);
}

/* What failed to be written and is opened anew fails to be closed, too. */
static void test_a_close_that_fails_on_and_on_is_told_once(void **state)
{
	unsigned i;

	(void)state;
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_WRITEV) | FAKE_BIT(FAKE_CLOSE), 1, UINT32_MAX,
		  EIO, 0);
	for (i = 0; i < 10; i++) {
		assert_int_equal(drain(DAY), -1);
		fake.now_ms = retry_time();
	}
	assert_stderr("udplogger: warning: unable to write " PATH ": %s\n"
		      "udplogger: warning: unable to close " PATH
		      ": %s; what was written to it last may be missing\n",
		      EIO);
	fake_no_faults();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "one\n");
}

/* The descriptor may be what ails. */
static void test_a_file_whose_end_cannot_be_read_is_opened_anew(void **state)
{
	unsigned opens;

	(void)state;
	fake_create(PATH, S_IFREG | 0640, "cut off");
	put("one\n");
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, 2, EIO, 0);
	assert_int_equal(drain(DAY), -1);
	opens = fake.counts[FAKE_OPEN];
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), -1);
	assert_true(fake.counts[FAKE_OPEN] > opens);
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "cut off\none\n");
}

/* Then there's no look, but we know of our own line. */
static void test_a_torn_line_ends_in_an_unreadable_file(void **state)
{
	(void)state;
	settings.rules.mode = 0200;
	fake.capacity = 6;
	put("a long line\n");
	assert_int_equal(drain(DAY), -1);
	assert_string_equal(fake_text(PATH), "a long");
	fake.capacity = SIZE_MAX;
	openfile_reopen(&a_log.file);
	a_log.file.size--;
	fake.now_ms = retry_time();
	assert_int_equal(drain(DAY), 0);
	assert_string_equal(fake_text(PATH), "a long\na long line\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_new_file_has_the_mode_that_was_set),
		CASE(test_a_file_that_was_there_gets_the_mode),
		CASE(test_a_mode_that_cannot_be_set_is_no_harm),
		CASE(test_a_file_may_be_unreadable),
		CASE(test_what_is_no_plain_file_is_refused),
		CASE(test_what_is_planted_in_between_is_refused),
		CASE(test_a_file_is_opened_without_trust),
		CASE(test_a_line_without_its_end_gets_one),
		CASE(test_a_line_gets_its_end_when_the_disk_lets_it),
		CASE(test_a_change_of_name_is_noticed_at_the_next_line),
		CASE(test_looks_are_few),
		CASE(test_a_file_made_executable_is_given_up),
		CASE(test_the_reserve_opens_the_file),
		CASE(test_an_interrupted_open_is_tried_at_once),
		CASE(test_a_close_that_fails_is_told),
		CASE(test_a_close_that_fails_on_and_on_is_told_once),
		CASE(test_a_file_whose_end_cannot_be_read_is_opened_anew),
		CASE(test_a_torn_line_ends_in_an_unreadable_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
