/* Writing to terminals, pipes, sockets and files without ever waiting. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "fakesys.h"

#define TERMINAL_FD 40 /* of the fake, and a real terminal too */

static struct console console;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int make_fd(mode_t mode)
{
	return fake_fd(fake_create("out", mode, ""), O_WRONLY);
}

static ssize_t say(const char *text)
{
	return console_write(&console, &fakesys, text, strlen(text));
}

/* isatty() asks the real kernel. */
static bool make_terminal(void)
{
	int real = posix_openpt(O_RDWR | O_NOCTTY);
	struct fake_node *node;

	if (real < 0)
		return false;
	dup2(real, TERMINAL_FD);
	close(real);
	node = fake_create("tty", S_IFCHR | 0600, "");
	fake.fds[TERMINAL_FD].node = node;
	fake.fds[TERMINAL_FD].flags = O_RDWR;
	node->opens++;
	return true;
}

static int flags_of_open;

static int open_and_note(const char *path, int flags, mode_t mode)
{
	flags_of_open = flags;
	return fakesys.open(path, flags, mode);
}

static void test_a_pipe_is_opened_anew(void **state)
{
	struct sys sys = fakesys;
	int fd = make_fd(S_IFIFO | 0600);

	(void)state;
	sys.open = open_and_note;
	console_open(&console, &sys, fd);
	assert_int_not_equal(console.fd, fd);
	assert_int_equal(flags_of_open & (O_NONBLOCK | O_CLOEXEC | O_NOCTTY),
			 O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	assert_false(console.is_terminal || console.blocks);
	assert_int_equal(say("hello"), 5);
	assert_string_equal(fake_text("out"), "hello");
}

static void test_a_terminal_is_opened_anew(void **state)
{
	(void)state;
	if (!make_terminal())
		skip_because("no terminal can be made here");
	console_open(&console, &fakesys, TERMINAL_FD);
	close(TERMINAL_FD);
	assert_true(console.is_terminal);
	assert_int_not_equal(console.fd, TERMINAL_FD);
	assert_int_equal(say("hello"), 5);
}

/* /dev/null and the like are character devices that no one looks at. */
static void test_another_device_is_no_terminal(void **state)
{
	int fd = make_fd(S_IFCHR | 0666);

	(void)state;
	console_open(&console, &fakesys, fd);
	assert_false(console.is_terminal);
	assert_int_equal(console.fd, fd);
}

static void test_a_file_is_written_to_as_it_is(void **state)
{
	int fd = make_fd(S_IFREG | 0600);

	(void)state;
	console_open(&console, &fakesys, fd);
	assert_int_equal(console.fd, fd);
	assert_int_equal(say("hello"), 5);
	assert_string_equal(fake_text("out"), "hello");
}

static void test_a_socket_is_sent_to(void **state)
{
	(void)state;
	console_open(&console, &fakesys, make_fd(S_IFSOCK | 0600));
	assert_int_equal(say("hello"), 5);
	assert_int_equal(fake.counts[FAKE_SEND], 1);
	assert_int_equal(fake.counts[FAKE_WRITE], 0);
	fake_node("out")->takes = 2;
	assert_int_equal(say("hello"), 2);
	assert_int_equal(say("hello"), -1);
	assert_int_equal(errno, EAGAIN);
}

static void test_a_closed_descriptor_is_no_harm(void **state)
{
	(void)state;
	console_open(&console, &fakesys, 30);
	assert_int_equal(say("hello"), -1);
	assert_int_equal(errno, EBADF);
}

static void test_what_is_full_takes_what_it_can(void **state)
{
	(void)state;
	console_open(&console, &fakesys, make_fd(S_IFIFO | 0600));
	fake_node("out")->takes = 3;
	assert_int_equal(say("hello"), 3);
	assert_int_equal(say("lo"), -1);
	assert_int_equal(errno, EAGAIN);
}

/* No /proc, or another user's pipe: then it is asked before each piece. */
static void open_that_blocks(void)
{
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EACCES, 0);
	console_open(&console, &fakesys, make_fd(S_IFIFO | 0600));
	assert_true(console.blocks);
}

static void test_what_would_block_is_asked_first(void **state)
{
	static char text[1000];
	uint64_t began_ms;

	(void)state;
	open_that_blocks();
	began_ms = fake.now_ms;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(say(text), 999);
	assert_true(fake.counts[FAKE_PSELECT] >= fake.counts[FAKE_WRITE]);
	assert_int_equal(strlen(fake_text("out")), 999);
	assert_int_equal(fake.now_ms, began_ms);
	fake_node("out")->takes = 0;
	assert_int_equal(say(text), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fake.now_ms, began_ms);
}

static void test_what_would_block_and_is_gone_says_so(void **state)
{
	(void)state;
	open_that_blocks();
	fake_fail(FAKE_BIT(FAKE_WRITE), 1, 1, EPIPE, 0);
	assert_int_equal(say("hello"), -1);
	assert_int_equal(errno, EPIPE);
}

/* Descriptors 0, 1 and 2. */

static int missing; /* a bit for each that is closed */
static int opened;

static int fstat_standard(int fd, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	if (!(missing & 1 << fd))
		return 0;
	errno = EBADF;
	return -1;
}

static int open_lowest(const char *path, int flags, mode_t mode)
{
	int fd = 0;

	(void)mode;
	assert_string_equal(path, "/dev/null");
	assert_int_equal(flags & O_ACCMODE, O_RDWR);
	while (!(missing & 1 << fd))
		fd++;
	missing &= ~(1 << fd);
	opened++;
	return fd;
}

static void test_standard_descriptors_are_never_left_closed(void **state)
{
	struct sys sys = fakesys;
	int closed;

	(void)state;
	sys.fstat = fstat_standard;
	sys.open = open_lowest;
	for (closed = 0; closed < 8; closed++) {
		missing = closed;
		opened = 0;
		console_fill_standard(&sys);
		assert_int_equal(missing, 0);
		assert_int_equal(opened, __builtin_popcount((unsigned)closed));
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_pipe_is_opened_anew),
		CASE(test_a_terminal_is_opened_anew),
		CASE(test_another_device_is_no_terminal),
		CASE(test_a_file_is_written_to_as_it_is),
		CASE(test_a_socket_is_sent_to),
		CASE(test_a_closed_descriptor_is_no_harm),
		CASE(test_what_is_full_takes_what_it_can),
		CASE(test_what_would_block_is_asked_first),
		CASE(test_what_would_block_and_is_gone_says_so),
		CASE(test_standard_descriptors_are_never_left_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
