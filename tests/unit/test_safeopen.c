/* Which files may be opened, and how; and the end of what is in them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fakesys.h"
#include "safeopen.h"

#define PATH "/log/file"

static struct safeopen_rules rules;
static char why[SAFEOPEN_WHY_MAX];
static struct stat st;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	rules = (struct safeopen_rules){ .sys = &fakesys, .mode = 0640 };
	memset(why, 0, sizeof(why));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int open_it(void)
{
	return safeopen_open(&rules, PATH, &st, why);
}

static void test_a_name_that_is_free_will_do(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(safeopen_look(&fakesys, PATH, why), 0);
	assert_null(fake_node(PATH));
	fd = open_it();
	assert_true(fd >= 0);
	assert_int_equal(fake_node(PATH)->mode, S_IFREG | 0640);
	assert_int_equal(st.st_ino, fake_node(PATH)->inode);
	assert_string_equal(why, "");
}

static void test_a_look_tells_why(void **state)
{
	static const struct {
		mode_t mode;
		int error;
		const char *why;
	} rows[] = {
		{ S_IFLNK | 0777, ELOOP, "is a symbolic link" },
		{ S_IFDIR | 0700, EISDIR, "is a directory" },
		{ S_IFIFO | 0600, ENXIO, "is not a regular file" },
		{ S_IFSOCK | 0600, ENXIO, "is not a regular file" },
		{ S_IFREG | 0100, ENOEXEC, "is executable" },
		{ S_IFREG | 0010, ENOEXEC, "is executable" },
		{ S_IFREG | 0001, ENOEXEC, "is executable" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stat look = { .st_mode = rows[i].mode };

		assert_true(safeopen_is_refused(&look));
		fake_create(PATH, rows[i].mode, "");
		errno = 0;
		assert_int_equal(safeopen_look(&fakesys, PATH, why), -1);
		assert_int_equal(errno, rows[i].error);
		assert_string_equal(why, rows[i].why);
		errno = 0;
		assert_int_equal(open_it(), -1);
		assert_int_equal(errno, rows[i].error);
		assert_string_equal(why, rows[i].why);
		assert_int_equal(fake.counts[FAKE_OPEN], 0);
		fake_unlink(PATH);
	}
}

static void test_a_plain_file_is_not_refused(void **state)
{
	struct stat look = { .st_mode = S_IFREG | 0666 };

	(void)state;
	assert_false(safeopen_is_refused(&look));
	fake_create(PATH, S_IFREG | 0600, "a line\n");
	assert_int_equal(safeopen_look(&fakesys, PATH, why), 0);
}

static void test_a_look_that_fails_tells_why(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_LSTAT), 1, 2, EACCES, 0);
	assert_int_equal(safeopen_look(&fakesys, PATH, why), -1);
	assert_int_equal(errno, EACCES);
	assert_string_equal(why, strerror(EACCES));
	assert_int_equal(open_it(), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(fake.counts[FAKE_OPEN], 0);
}

static void test_a_file_that_changed_once_it_was_open_is_closed(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_FSTAT), 1, 1, EIO, 0);
	/* The errno of what failed, not of what came after. */
	fake_fail(FAKE_BIT(FAKE_CLOSE), 1, 1, EDQUOT, 0);
	assert_int_equal(open_it(), -1);
	assert_int_equal(errno, EIO);
	assert_string_equal(why, strerror(EIO));
	assert_int_equal(fake_open_fds(), 0);
}

static void test_a_file_gets_the_mode_unless_it_is_not_ours(void **state)
{
	struct {
		uid_t owner;
		mode_t mode, want;
	} rows[] = {
		{ 0, 0666, 0640 },  { 0, 0640, 0640 }, { 0, 0000, 0640 },
		{ 0, 04640, 0640 }, { 1, 0666, 0666 }, { 1, 0600, 0600 },
	};
	size_t i;

	(void)state;
	/* Files of fakesys belong to root. */
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rules.owner = rows[i].owner;
		fake_create(PATH, S_IFREG | rows[i].mode, "");
		assert_true(open_it() >= 0);
		assert_int_equal(fake_node(PATH)->mode & 07777, rows[i].want);
		fake_unlink(PATH);
	}
}

static int fstat_with_two_names(int fd, struct stat *of)
{
	int result = fakesys.fstat(fd, of);

	of->st_nlink = 2;
	return result;
}

/* A hard link may lead to a file that others need as it is. */
static void test_a_file_with_a_second_name_keeps_its_mode(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.fstat = fstat_with_two_names;
	rules.sys = &sys;
	fake_create(PATH, S_IFREG | 0666, "");
	assert_true(open_it() >= 0);
	assert_int_equal(fake_node(PATH)->mode & 07777, 0666);
}

static void test_a_mode_that_is_right_is_not_set(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0640, "");
	assert_true(open_it() >= 0);
	assert_int_equal(fake.counts[FAKE_FCHMOD], 0);
}

static void test_only_a_permission_makes_it_write_alone(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0200, "");
	rules.mode = 0200;
	assert_true(open_it() >= 0);
	assert_int_equal(fake.counts[FAKE_OPEN], 2);
	fake_unlink(PATH);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, ENOSPC, 0);
	assert_int_equal(open_it(), -1);
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(why, strerror(ENOSPC));
	assert_int_equal(fake.counts[FAKE_OPEN], 3);
}

static void test_an_interrupted_open_is_tried_but_not_for_ever(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, SYS_EINTR_MAX, EINTR, 0);
	assert_true(open_it() >= 0);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, UINT32_MAX, EINTR, 0);
	assert_int_equal(open_it(), -1);
	assert_int_equal(errno, EINTR);
}

static void test_the_reserve_helps_once(void **state)
{
	static const int errors[] = { EMFILE, ENFILE };
	size_t i;

	(void)state;
	fake_create("/dev/null", S_IFCHR | 0666, "");
	for (i = 0; i < 2; i++) {
		unsigned before = fake_open_fds();

		safeopen_hold_reserve(&rules);
		assert_true(rules.has_reserve);
		assert_int_equal(fake_open_fds(), before + 1);
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, errors[i], 0);
		assert_true(open_it() >= 0);
		assert_false(rules.has_reserve);
		assert_int_equal(fake_open_fds(), before + 1);
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, errors[i], 0);
		assert_int_equal(open_it(), -1);
		assert_int_equal(errno, errors[i]);
		assert_true(open_it() >= 0);
	}
}

static void test_the_reserve_is_for_nothing_else(void **state)
{
	(void)state;
	fake_create("/dev/null", S_IFCHR | 0666, "");
	safeopen_hold_reserve(&rules);
	safeopen_hold_reserve(&rules);
	assert_int_equal(fake_open_fds(), 1);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EIO, 0);
	assert_int_equal(open_it(), -1);
	assert_true(rules.has_reserve);
	assert_int_equal(fake_open_fds(), 1);
}

static void test_without_a_reserve_it_works_as_well(void **state)
{
	(void)state;
	safeopen_hold_reserve(&rules);
	assert_false(rules.has_reserve);
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EMFILE, 0);
	assert_int_equal(open_it(), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(fake.counts[FAKE_CLOSE], 0);
	assert_true(open_it() >= 0);
}

/* The end of what is in a file. */

static void assert_ended(const char *text, bool torn, int access,
			 const char *want)
{
	struct fake_node *node = fake_create(PATH, S_IFREG | 0600, text);
	int fd = fake_fd(node, access);
	off_t size = (off_t)strlen(text);

	assert_int_equal(safeopen_end_line(&fakesys, fd, torn, &size), 0);
	assert_string_equal(fake_text(PATH), want);
	assert_int_equal(size, strlen(want));
	fakesys.close(fd);
	fake_unlink(PATH);
}

static void test_an_unfinished_line_is_ended(void **state)
{
	(void)state;
	assert_ended("", false, O_RDWR, "");
	assert_ended("", true, O_RDWR, "");
	assert_ended("x", false, O_RDWR, "x\n");
	assert_ended("\n", true, O_RDWR, "\n");
	assert_ended("a line\n", true, O_RDWR, "a line\n");
	assert_ended("a line\nhalf", false, O_RDWR, "a line\nhalf\n");
}

static void test_without_a_look_what_is_known_decides(void **state)
{
	(void)state;
	assert_ended("a line\n", false, O_WRONLY, "a line\n");
	assert_ended("a li", false, O_WRONLY, "a li");
	assert_ended("a li", true, O_WRONLY, "a li\n");
	assert_ended("", true, O_WRONLY, "");
}

static void test_an_end_that_fails_is_told(void **state)
{
	struct fake_node *node = fake_create(PATH, S_IFREG | 0600, "half");
	int fd = fake_fd(node, O_RDWR);
	off_t size = 4;

	(void)state;
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, 1, EIO, 0);
	assert_int_equal(safeopen_end_line(&fakesys, fd, true, &size), -1);
	assert_int_equal(errno, EIO);
	fake_fail(FAKE_BIT(FAKE_WRITE), 1, 1, EDQUOT, 0);
	assert_int_equal(safeopen_end_line(&fakesys, fd, false, &size), -1);
	assert_int_equal(errno, EDQUOT);
	assert_int_equal(size, 4);
	assert_int_equal(safeopen_end_line(&fakesys, fd, false, &size), 0);
	assert_int_equal(size, 5);
}

static ssize_t take_nothing(int fd, const void *bytes, size_t len)
{
	(void)fd;
	(void)bytes;
	(void)len;
	return 0;
}

static void test_a_write_of_nothing_is_a_full_disk(void **state)
{
	int fd = fake_fd(fake_create(PATH, S_IFREG | 0600, "half"), O_RDWR);
	struct sys sys = fakesys;
	off_t size = 4;

	(void)state;
	sys.write = take_nothing;
	assert_int_equal(safeopen_end_line(&sys, fd, false, &size), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(size, 4);
}

static void test_what_people_must_put_right_does_not_pass(void **state)
{
	static const int lasting[] = { ENOENT,	     ENOTDIR, EACCES, EPERM,
				       ENAMETOOLONG, EINVAL,  ELOOP,  EISDIR,
				       ENXIO,	     ENOEXEC };
	static const int passing[] = { ENOSPC, EDQUOT, EIO,    EROFS,
				       EMFILE, ENFILE, ENOMEM, ESTALE,
				       EINTR,  EFBIG,  EAGAIN };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++)
		assert_false(safeopen_may_pass(lasting[i]));
	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		assert_true(safeopen_may_pass(passing[i]));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_name_that_is_free_will_do),
		CASE(test_a_look_tells_why),
		CASE(test_a_plain_file_is_not_refused),
		CASE(test_a_look_that_fails_tells_why),
		CASE(test_a_file_that_changed_once_it_was_open_is_closed),
		CASE(test_a_file_gets_the_mode_unless_it_is_not_ours),
		CASE(test_a_file_with_a_second_name_keeps_its_mode),
		CASE(test_a_mode_that_is_right_is_not_set),
		CASE(test_only_a_permission_makes_it_write_alone),
		CASE(test_an_interrupted_open_is_tried_but_not_for_ever),
		CASE(test_the_reserve_helps_once),
		CASE(test_the_reserve_is_for_nothing_else),
		CASE(test_without_a_reserve_it_works_as_well),
		CASE(test_an_unfinished_line_is_ended),
		CASE(test_without_a_look_what_is_known_decides),
		CASE(test_an_end_that_fails_is_told),
		CASE(test_a_write_of_nothing_is_a_full_disk),
		CASE(test_what_people_must_put_right_does_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
