/* A small file is read whole, or not at all and with a reason. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fakesys.h"
#include "readfile.h"

#define PATH "/etc/hosts"

static struct sys sys;
static char bytes[64];
static char why[READFILE_WHY_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	sys = fakesys;
	memset(bytes, '#', sizeof(bytes));
	memset(why, 0, sizeof(why));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(fake_open_fds(), 0);
	fake_reset();
	return 0;
}

static void assert_read(const char *text, size_t max)
{
	size_t len = strlen(text);

	memset(bytes, '#', sizeof(bytes));
	assert_int_equal(readfile(&sys, PATH, bytes, max, why), len);
	assert_memory_equal(bytes, text, len);
	assert_int_equal(bytes[len], '#');
}

static void assert_refused(const char *reason, size_t max)
{
	assert_int_equal(readfile(&sys, PATH, bytes, max, why), -1);
	assert_string_equal(why, reason);
}

static void test_a_file_is_read_whole(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "192.0.2.1 one\n");
	assert_read("192.0.2.1 one\n", sizeof(bytes));
	fake_unlink(PATH);
	fake_create(PATH, S_IFREG | 0644, "");
	assert_read("", sizeof(bytes));
}

static void test_a_file_may_be_as_long_as_is_allowed(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "12345678");
	assert_read("12345678", 9);
	assert_read("12345678", 8);
	assert_refused("has more than 7 bytes", 7);
	assert_int_equal(bytes[8], '#');
}

static ssize_t read_a_byte(int fd, void *to, size_t len, off_t offset)
{
	return fakesys.pread(fd, to, len < 1 ? len : 1, offset);
}

static void test_a_read_may_be_short(void **state)
{
	(void)state;
	sys.pread = read_a_byte;
	fake_create(PATH, S_IFREG | 0644, "12345678");
	assert_read("12345678", 8);
	assert_read("12345678", sizeof(bytes));
	assert_refused("has more than 7 bytes", 7);
}

static void test_an_interrupted_read_is_tried_but_not_for_ever(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "12345678");
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, SYS_EINTR_MAX, EINTR, 0);
	assert_read("12345678", 8);
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, UINT32_MAX, EINTR, 0);
	assert_refused(strerror(EINTR), 8);
}

static void test_each_call_may_fail(void **state)
{
	static const enum fake_call calls[] = { FAKE_OPEN, FAKE_FSTAT,
						FAKE_PREAD };
	size_t i;

	(void)state;
	fake_create(PATH, S_IFREG | 0644, "12345678");
	for (i = 0; i < 3; i++) {
		fake_fail(FAKE_BIT(calls[i]), 1, 1, EIO, 0);
		assert_refused(strerror(EIO), 8);
		assert_read("12345678", 8);
	}
	/* Also when only the look for more fails. */
	fake_fail(FAKE_BIT(FAKE_PREAD), 2, 1, EIO, 0);
	assert_refused(strerror(EIO), 8);
	fake_unlink(PATH);
	assert_refused(strerror(ENOENT), 8);
}

static void test_only_a_regular_file_is_read(void **state)
{
	static const mode_t modes[] = { S_IFDIR, S_IFIFO, S_IFCHR, S_IFSOCK };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		fake_create(PATH, modes[i] | 0644, "text");
		assert_refused("is not a regular file", 8);
		fake_unlink(PATH);
	}
	assert_int_equal(fake.counts[FAKE_PREAD], 0);
}

static int open_without_waiting(const char *path, int flags, mode_t mode)
{
	const int needed = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	assert_int_equal(flags & needed, needed);
	assert_int_equal(flags & O_ACCMODE, O_RDONLY);
	return fakesys.open(path, flags, mode);
}

static void test_a_file_is_opened_without_waiting(void **state)
{
	(void)state;
	sys.open = open_without_waiting;
	fake_create(PATH, S_IFREG | 0644, "text");
	assert_read("text", 8);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_file_is_read_whole),
		CASE(test_a_file_may_be_as_long_as_is_allowed),
		CASE(test_a_read_may_be_short),
		CASE(test_an_interrupted_read_is_tried_but_not_for_ever),
		CASE(test_each_call_may_fail),
		CASE(test_only_a_regular_file_is_read),
		CASE(test_a_file_is_opened_without_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
