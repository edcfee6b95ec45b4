/* Sockets that a service manager passes on: real ones, on loopback. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "service.h"
#include "sys.h"

#define PASSED 3 /* where sd_listen_fds(3) says that it is */

static int kept = -1; /* what was open as PASSED before the test */
static char error[ERROR_MAX];
static unsigned count; /* of sockets that were passed */

/* The variables are for this process, unless a test says otherwise. */
static void announce(const char *fds)
{
	char pid[24];

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_int_equal(setenv("LISTEN_PID", pid, 1), 0);
	assert_int_equal(setenv("LISTEN_FDS", fds, 1), 0);
	assert_int_equal(setenv("LISTEN_FDNAMES", "udplogger.socket", 1), 0);
}

static void forget(void)
{
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

static int set_up(void **state)
{
	(void)state;
	kept = fcntl(PASSED, F_DUPFD_CLOEXEC, 64);
	close(PASSED);
	memset(error, 0, sizeof(error));
	forget();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	forget();
	close(PASSED);
	if (kept >= 0) {
		dup2(kept, PASSED);
		close(kept);
		kept = -1;
	}
	return 0;
}

/* A manager passes its sockets open for the program, and blocking. */
static void pass(int fd)
{
	assert_true(fd >= 0);
	if (fd != PASSED) {
		assert_int_equal(dup2(fd, PASSED), PASSED);
		close(fd);
	}
	assert_int_equal(fcntl(PASSED, F_SETFD, 0), 0);
}

static int bound(int family, int type)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(family, type, 0);

	if (fd < 0)
		return -1;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((family == AF_INET &&
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0) ||
	    (family == AF_INET6 &&
	     bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)) == 0))
		return fd;
	close(fd);
	return -1;
}

static int take(void)
{
	int fd = service_sockets(&sys_linux, &count, error);

	/* They are meant for nobody else, whatever comes of them. */
	assert_null(getenv("LISTEN_PID"));
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_FDNAMES"));
	return fd;
}

/* One printable line, with the reason. */
static void assert_refused(const char *reason)
{
	const char *c;

	assert_int_equal(take(), SERVICE_REFUSED);
	if (!strstr(error, reason) || strncmp(error, "LISTEN_FDS=", 11) != 0)
		fail_msg("no %s in: %s", reason, error);
	for (c = error; *c; c++)
		assert_true(*c >= ' ' && *c != 0x7f);
}

static void assert_untouched(void)
{
	assert_int_equal(fcntl(PASSED, F_GETFD), 0);
	assert_int_equal(fcntl(PASSED, F_GETFL) & O_NONBLOCK, 0);
}

static void test_without_the_variables_there_is_no_socket(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	assert_untouched();
}

static void test_one_variable_alone_is_nothing(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	announce("1");
	unsetenv("LISTEN_PID");
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	announce("1");
	unsetenv("LISTEN_FDS");
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	assert_untouched();
}

static void test_a_socket_for_another_process_is_not_ours(void **state)
{
	char other[24];

	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	snprintf(other, sizeof(other), "%ld", (long)getppid());
	announce("1");
	setenv("LISTEN_PID", other, 1);
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	assert_untouched();
}

static void test_none_passed_is_none(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	announce("0");
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	assert_untouched();
}

/* What says that it is for us must say what it is. */
static void test_garbage_is_refused_or_not_for_us(void **state)
{
	static const char *const garbage[] = {
		"",
		" 1",
		"1 ",
		"+1",
		"-1",
		"0x1",
		"1\n",
		"one",
		"1.0",
		"4294967297",
		"18446744073709551617",
		"99999999999999999999999999999999999999999999999999999999999",
	};
	char pid[24];
	size_t i;

	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		announce(garbage[i]);
		assert_refused("not a number");
		announce("1");
		setenv("LISTEN_PID", garbage[i], 1);
		assert_int_equal(take(), SERVICE_NO_SOCKET);
	}
	announce("1");
	snprintf(pid, sizeof(pid), "%ld ", (long)getpid());
	setenv("LISTEN_PID", pid, 1);
	assert_int_equal(take(), SERVICE_NO_SOCKET);
	assert_untouched();
}

static void test_too_many_sockets_are_refused(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	announce("17");
	assert_refused("LISTEN_FDS=17");
	announce("2147483647");
	assert_refused("allowed are 1 to 16 UDP sockets");
	assert_untouched();
}

/* All or none. */
static void test_each_of_several_sockets_has_to_be_one(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	close(PASSED + 1);
	announce("2");
	assert_refused(strerror(EBADF));
	assert_untouched();
	assert_int_equal(dup2(open("/dev/null", O_RDONLY), PASSED + 1),
			 PASSED + 1);
	announce("2");
	assert_refused(strerror(ENOTSOCK));
	assert_untouched();
	close(PASSED + 1);
}

static void test_several_sockets_are_taken(void **state)
{
	int other = bound(AF_INET, SOCK_DGRAM);

	(void)state;
	assert_int_equal(dup2(other, PASSED + 1), PASSED + 1);
	if (other != PASSED + 1)
		close(other);
	pass(bound(AF_INET, SOCK_DGRAM));
	announce("2");
	assert_int_equal(take(), PASSED);
	assert_int_equal(count, 2);
	assert_int_equal(fcntl(PASSED + 1, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(PASSED + 1, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	close(PASSED + 1);
}

static void test_a_descriptor_that_is_not_open_is_refused(void **state)
{
	(void)state;
	announce("1");
	assert_refused(strerror(EBADF));
}

static void test_a_file_is_refused(void **state)
{
	(void)state;
	pass(open("/dev/null", O_RDONLY));
	announce("1");
	assert_refused(strerror(ENOTSOCK));
	assert_untouched();
}

static void test_a_tcp_socket_is_refused(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_STREAM));
	announce("1");
	assert_refused("not a UDP socket");
	assert_untouched();
}

static void test_a_unix_socket_is_refused(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	assert_true(fd >= 0);
	/* A name of the kernel's choice, unix(7): no file is left behind. */
	assert_int_equal(
		bind(fd, (struct sockaddr *)&sun, sizeof(sun.sun_family)), 0);
	pass(fd);
	announce("1");
	assert_refused("not a UDP socket");
	assert_untouched();
}

static void test_a_socket_that_is_not_bound_is_refused(void **state)
{
	(void)state;
	pass(socket(AF_INET, SOCK_DGRAM, 0));
	announce("1");
	assert_refused("not bound");
	assert_untouched();
}

/* Taken once, and close-on-exec and non-blocking from then on. */
static void assert_taken(void)
{
	announce("1");
	assert_int_equal(take(), PASSED);
	assert_int_equal(fcntl(PASSED, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(PASSED, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(take(), SERVICE_NO_SOCKET);
}

static void test_a_bound_udp_socket_is_taken_once(void **state)
{
	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	assert_taken();
}

static void test_a_bound_ipv6_socket_is_taken(void **state)
{
	int fd = bound(AF_INET6, SOCK_DGRAM);

	(void)state;
	if (fd < 0)
		skip_because("no IPv6 here");
	pass(fd);
	assert_taken();
}

/* That is what the whole is for: nothing is lost while nobody reads. */
static void test_what_came_before_is_still_in_it(void **state)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	char bytes[16];
	int sender;

	(void)state;
	pass(bound(AF_INET, SOCK_DGRAM));
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(sender >= 0);
	assert_int_equal(getsockname(PASSED, (struct sockaddr *)&sin, &len), 0);
	assert_int_equal(
		sendto(sender, "early\n", 6, 0, (struct sockaddr *)&sin, len),
		6);
	close(sender);
	assert_taken();
	assert_int_equal(recv(PASSED, bytes, sizeof(bytes), 0), 6);
	assert_memory_equal(bytes, "early\n", 6);
	assert_int_equal(recv(PASSED, bytes, sizeof(bytes), 0), -1);
	assert_int_equal(errno, EAGAIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_without_the_variables_there_is_no_socket),
		TEST(test_one_variable_alone_is_nothing),
		TEST(test_a_socket_for_another_process_is_not_ours),
		TEST(test_none_passed_is_none),
		TEST(test_garbage_is_refused_or_not_for_us),
		TEST(test_too_many_sockets_are_refused),
		TEST(test_each_of_several_sockets_has_to_be_one),
		TEST(test_several_sockets_are_taken),
		TEST(test_a_descriptor_that_is_not_open_is_refused),
		TEST(test_a_file_is_refused),
		TEST(test_a_tcp_socket_is_refused),
		TEST(test_a_unix_socket_is_refused),
		TEST(test_a_socket_that_is_not_bound_is_refused),
		TEST(test_a_bound_udp_socket_is_taken_once),
		TEST(test_a_bound_ipv6_socket_is_taken),
		TEST(test_what_came_before_is_still_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
