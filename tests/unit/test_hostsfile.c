/* Tests of hostsfile and readfile: the file of hosts=, on a fake disk. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "fakesys.h"
#include "hostsfile.h"
#include "readfile.h"

#define PATH "/etc/names"

static struct hostsfile file;
static struct diag diag;
static void *memory;
static char error[ERROR_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	memory = calloc(1, hostsfile_bytes(PATH));
	hostsfile_init(&file, &fakesys, &diag, PATH, memory);
	return memory ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	fake_reset();
	return 0;
}

/* The file is another one. */
static void write_file(const char *text)
{
	if (fake_node(PATH))
		fake_unlink(PATH);
	fake_create(PATH, S_IFREG | 0644, text);
}

static void assert_name(const char *ip, const char *name)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct srcaddr addr;
	const char *found;
	size_t len = 0;

	assert_int_equal(inet_pton(AF_INET, ip, &in.sin_addr), 1);
	srcaddr_from(&addr, (const void *)&in, sizeof(in));
	found = hosts_name(hostsfile_table(&file), &addr, &len);
	assert_int_equal(len, strlen(name));
	if (len > 0)
		assert_memory_equal(found, name, len);
}

static void test_without_a_file_there_are_no_names(void **state)
{
	(void)state;
	hostsfile_init(&file, &fakesys, &diag, NULL, NULL);
	assert_int_equal(hostsfile_bytes(NULL), 0);
	assert_int_equal(hostsfile_begin(&file, error), 0);
	assert_true(hostsfile_read_again(&file));
	assert_null(hostsfile_table(&file));
}

static void test_what_can_not_be_read_is_no_file(void **state)
{
	(void)state;
	assert_int_equal(hostsfile_begin(&file, error), -1);
	assert_string_equal(error, "hosts=" PATH ": unable to read it: "
				   "No such file or directory");
	fake_create(PATH, S_IFIFO | 0644, "");
	assert_int_equal(hostsfile_begin(&file, error), -1);
	assert_non_null(strstr(error, "is not a regular file"));
	assert_int_equal(fake_open_fds(), 1);
	write_file("192.0.2.1 a\n");
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, 1, EIO, 0);
	assert_int_equal(hostsfile_begin(&file, error), -1);
	assert_non_null(strstr(error, strerror(EIO)));
	assert_int_equal(fake_open_fds(), 1);
}

static void test_a_bad_line_at_start_is_left_out(void **state)
{
	(void)state;
	write_file("192.0.2.1 a\nbad\n192.0.2.2 b\n");
	assert_int_equal(hostsfile_begin(&file, error), 1);
	assert_non_null(strstr(fake_text("stderr"), PATH ":2: it begins"));
	assert_name("192.0.2.1", "a");
	assert_name("192.0.2.2", "b");
}

static void test_of_many_bad_lines_some_are_told(void **state)
{
	char text[128] = "";
	unsigned i;

	(void)state;
	for (i = 0; i < 25; i++)
		strcat(text, "bad\n");
	write_file(text);
	assert_int_equal(hostsfile_begin(&file, error), 25);
	assert_non_null(strstr(fake_text("stderr"), PATH ":10: "));
	assert_null(strstr(fake_text("stderr"), PATH ":11: "));
	assert_non_null(strstr(fake_text("stderr"), "15 more lines are bad"));
}

static void test_the_file_is_read_again(void **state)
{
	(void)state;
	write_file("192.0.2.1 a\n192.0.2.2 b\n");
	assert_int_equal(hostsfile_begin(&file, error), 0);
	write_file("192.0.2.1 c\n");
	assert_true(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "c");
	assert_name("192.0.2.2", "");
	write_file("192.0.2.2 d\n");
	assert_true(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "");
	assert_name("192.0.2.2", "d");
}

/* As a change of hosts= is: names are others only when it is in force. */
static void test_another_file_is_tried_first(void **state)
{
	char why[READFILE_WHY_MAX];

	(void)state;
	write_file("192.0.2.1 a\n");
	assert_int_equal(hostsfile_begin(&file, error), 0);
	fake_create("/other", S_IFREG | 0644, "192.0.2.1 b\n");
	assert_int_equal(hostsfile_try(&file, "/other", "stays", why), 0);
	assert_name("192.0.2.1", "a");
	hostsfile_change(&file, "/other");
	/* It is not read twice, so it can't be another meanwhile. */
	fake_unlink("/other");
	assert_true(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "b");
	assert_false(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "b");
}

static void test_another_file_that_will_not_do_is_forgotten(void **state)
{
	char why[READFILE_WHY_MAX];

	(void)state;
	write_file("192.0.2.1 a\n");
	assert_int_equal(hostsfile_begin(&file, error), 0);
	assert_int_equal(hostsfile_try(&file, "/nix", "stays", why), -1);
	assert_string_equal(why, strerror(ENOENT));
	fake_create("/bad", S_IFREG | 0644, "192.0.2.1 b\nbad\n");
	assert_int_equal(hostsfile_try(&file, "/bad", "stays", why), 1);
	assert_non_null(strstr(fake_text("stderr"), "hosts=: /bad:2: "));
	assert_non_null(strstr(fake_text("stderr"), "; stays\n"));
	assert_name("192.0.2.1", "a");
	write_file("192.0.2.1 c\n");
	assert_true(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "c");
}

static void test_a_bad_line_keeps_the_former_names(void **state)
{
	(void)state;
	write_file("192.0.2.1 a\n");
	assert_int_equal(hostsfile_begin(&file, error), 0);
	write_file("192.0.2.1 b\n192.0.2.2 /\n");
	assert_false(hostsfile_read_again(&file));
	assert_non_null(strstr(fake_text("stderr"), PATH ":2: "));
	assert_name("192.0.2.1", "a");
	fake_unlink(PATH);
	assert_false(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "a");
	write_file("192.0.2.1 c\n");
	assert_true(hostsfile_read_again(&file));
	assert_name("192.0.2.1", "c");
}

static void test_a_file_that_is_too_long_is_refused(void **state)
{
	char why[READFILE_WHY_MAX];
	char bytes[4];

	(void)state;
	write_file("1234");
	assert_int_equal(readfile(&fakesys, PATH, bytes, 4, why), 4);
	assert_memory_equal(bytes, "1234", 4);
	write_file("12345");
	assert_int_equal(readfile(&fakesys, PATH, bytes, 4, why), -1);
	assert_string_equal(why, "has more than 4 bytes");
	fake_fail(FAKE_BIT(FAKE_PREAD), 1, 3, EINTR, 0);
	write_file("");
	assert_int_equal(readfile(&fakesys, PATH, bytes, 4, why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_without_a_file_there_are_no_names, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_what_can_not_be_read_is_no_file, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_bad_line_at_start_is_left_out, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_of_many_bad_lines_some_are_told, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(test_the_file_is_read_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_another_file_is_tried_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_another_file_that_will_not_do_is_forgotten, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_bad_line_keeps_the_former_names, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_file_that_is_too_long_is_refused, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
