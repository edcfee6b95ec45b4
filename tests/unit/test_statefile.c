/* A file that is written aside, and takes its place whole or not at all. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "fakesys.h"
#include "statefile.h"

#define OWN   "/run/senders"
#define ASIDE "/run/.senders.new"

static struct diag diag;
static struct statefile file;
static char piece[STATEFILE_PIECE];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	file = (struct statefile){
		.sys = &fakesys,
		.diag = &diag,
		.dir = "/run",
		.name = "senders",
		.piece = piece,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void add(const char *text)
{
	memcpy(statefile_end(&file), text, strlen(text));
	statefile_add(&file, strlen(text));
}

static bool write_all(void)
{
	do
		if (!statefile_write(&file, fake.now_ms))
			return false;
	while (!statefile_is_written(&file));
	return true;
}

/* Writes the file in two pieces. */
static bool write_file(const char *first, const char *second)
{
	if (!statefile_begin(&file, fake.now_ms))
		return false;
	add(first);
	if (!write_all())
		return false;
	add(second);
	return write_all() && statefile_finish(&file, fake.now_ms);
}

static void assert_said(const char *part)
{
	if (!strstr(fake_text("stderr"), part))
		fail_msg("not said: %s\n%s", part, fake_text("stderr"));
}

static unsigned times_said(const char *part)
{
	const char *at = fake_text("stderr");
	unsigned count = 0;

	while ((at = strstr(at, part))) {
		at += strlen(part);
		count++;
	}
	return count;
}

static void test_it_takes_its_place_when_it_is_whole(void **state)
{
	(void)state;
	fake_create(OWN, S_IFREG | 0644, "old");
	assert_true(statefile_begin(&file, 0));
	add("new");
	assert_true(write_all());
	assert_string_equal(fake_text(OWN), "old");
	assert_string_equal(fake_text(ASIDE), "new");
	assert_true(statefile_finish(&file, 0));
	assert_string_equal(fake_text(OWN), "new");
	assert_null(fake_node(ASIDE));
	assert_int_equal(fake_node(OWN)->mode, S_IFREG | 0644);
	assert_string_equal(fake_text("stderr"), "");
}

static void test_what_a_killed_run_left_aside_goes(void **state)
{
	(void)state;
	fake_create(OWN, S_IFREG | 0644, "old");
	fake_create(ASIDE, S_IFREG | 0644, "a torn one that is long");
	assert_true(write_file("a", "b"));
	assert_string_equal(fake_text(OWN), "ab");
}

static void test_a_short_write_is_gone_on_with(void **state)
{
	(void)state;
	fake.short_nth = 1;
	fake.short_len = 2;
	assert_true(write_file("abcdef", "ghi"));
	assert_string_equal(fake_text(OWN), "abcdefghi");
}

static void test_nothing_but_a_file_is_replaced(void **state)
{
	static const struct {
		mode_t mode;
		const char *why;
	} others[] = {
		{ S_IFLNK | 0777, "is a symbolic link" },
		{ S_IFDIR | 0755, "is a directory" },
		{ S_IFIFO | 0644, "is not a regular file" },
		{ S_IFREG | 0755, "is executable" },
	};
	static const char *const paths[] = { OWN, ASIDE };
	size_t i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			char why[SAFEOPEN_WHY_MAX];

			set_up(state);
			fake_create(paths[k], others[i].mode, "/etc/passwd");
			assert_false(statefile_begin(&file, 0));
			assert_said("unable to write " OWN ": ");
			assert_said(others[i].why);
			assert_int_equal(statefile_look(&fakesys, "/run",
							"senders", why),
					 -1);
			assert_string_equal(why, others[i].why);
			assert_string_equal(fake_text(paths[k]), "/etc/passwd");
			assert_int_equal(fake_open_fds(), 1);
		}
}

static void test_a_fault_is_said_once_and_its_end(void **state)
{
	unsigned i;

	(void)state;
	fake_create(OWN, S_IFREG | 0644, "old");
	fake.capacity = 0;
	for (i = 0; i < 5; i++) {
		fake.now_ms += 10000;
		assert_false(write_file("a", "b"));
		assert_string_equal(fake_text(OWN), "old");
		assert_null(fake_node(ASIDE));
	}
	assert_int_equal(times_said("unable to write " OWN ": "), 1);
	fake.capacity = SIZE_MAX;
	fake.now_ms += 10000;
	assert_true(write_file("a", "b"));
	assert_string_equal(fake_text(OWN), "ab");
	assert_said("write " OWN);
	assert_int_equal(times_said(OWN), 2);
}

static void test_one_that_is_given_up_leaves_nothing(void **state)
{
	(void)state;
	fake_create(OWN, S_IFREG | 0644, "old");
	assert_true(statefile_begin(&file, 0));
	add("new");
	assert_true(write_all());
	statefile_abandon(&file);
	statefile_abandon(&file);
	assert_string_equal(fake_text(OWN), "old");
	assert_null(fake_node(ASIDE));
	assert_int_equal(fake_open_fds(), 1);
}

static const enum fake_call calls[] = {
	FAKE_OPEN,  FAKE_CLOSE,	   FAKE_LSTAT,
	FAKE_WRITE, FAKE_RENAMEAT, FAKE_UNLINKAT,
};
static const int errors[] = {
	EMFILE, ENFILE, ENOSPC, EDQUOT, EIO,	EROFS,	 EPERM, EFBIG,
	ENOMEM, EACCES, EINTR,	EAGAIN, ENOENT, ENOTDIR, ENXIO, EBADF,
};

/* Whatever fails, people see the whole old one, or the whole new one. */
static bool try_fault(enum fake_call call, unsigned nth, unsigned times,
		      int error)
{
	const char *text;
	bool done, failed;

	set_up(NULL);
	fake_create(OWN, S_IFREG | 0644, "old");
	fake_create(ASIDE, S_IFREG | 0644, "torn");
	fake_fail(FAKE_BIT(call), nth, times, error, 0);
	done = write_file("one, ", "two");
	failed = fake.failed;
	fake_no_faults();
	text = fake_text(OWN);
	assert_string_equal(text, done ? "one, two" : "old");
	assert_int_equal(fake_open_fds(), 1);
	assert_false(file.is_open);
	fake.now_ms += 10000;
	assert_true(write_file("three, ", "four"));
	assert_string_equal(fake_text(OWN), "three, four");
	assert_null(fake_node(ASIDE));
	assert_int_equal(fake_open_fds(), 1);
	return failed;
}

static void test_every_call_may_fail(void **state)
{
	size_t i, k;
	unsigned nth, struck = 0;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
			for (nth = 1; try_fault(calls[i], nth, 1, errors[k]);
			     nth++)
				struck++;
			for (nth = 1;
			     try_fault(calls[i], nth, UINT32_MAX, errors[k]);
			     nth++)
				struck++;
		}
	assert_true(struck > 100);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_it_takes_its_place_when_it_is_whole),
		CASE(test_what_a_killed_run_left_aside_goes),
		CASE(test_a_short_write_is_gone_on_with),
		CASE(test_nothing_but_a_file_is_replaced),
		CASE(test_a_fault_is_said_once_and_its_end),
		CASE(test_one_that_is_given_up_leaves_nothing),
		CASE(test_every_call_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
