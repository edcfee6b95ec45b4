/* What a service manager is told: a real socket, in a directory of its own. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "deadline.h"
#include "notify.h"
#include "sys.h"

static struct notify notify;
static char dir[] = "/tmp/test_notify.XXXXXX";
static char path[64];
static char error[ERROR_MAX];
static char heard[NOTIFY_TEXT_MAX];
static int manager = -1;

static void listen_at(const char *name)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	size_t len = strlen(name);

	memcpy(sa.sun_path, name, len);
	if (name[0] == '@')
		sa.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(manager >= 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&sa,
			      (socklen_t)(sizeof(sa.sun_family) + len)),
			 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
}

static void forget(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static int set_up(void **state)
{
	(void)state;
	forget();
	strcpy(dir, "/tmp/test_notify.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (notify.wanted)
		close(notify.fd);
	if (manager >= 0)
		close(manager);
	manager = -1;
	forget();
	unlink(path);
	return rmdir(dir);
}

/* The next message, or "" */
static const char *next(void)
{
	ssize_t len = recv(manager, heard, sizeof(heard) - 1, MSG_DONTWAIT);

	heard[len > 0 ? len : 0] = '\0';
	return heard;
}

static void test_the_manager_is_told(void **state)
{
	(void)state;
	listen_at(path);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_string_equal(next(), "");
	notify_ready(&notify, 5);
	assert_string_equal(next(), "READY=1");
	notify_status(&notify, "12 senders, 340 lines/s, 0 lost");
	assert_string_equal(next(), "STATUS=12 senders, 340 lines/s, 0 lost");
	notify_stopping(&notify, 6);
	assert_string_equal(next(), "STOPPING=1\nSTATUS=writing what waits");
	assert_int_equal(notify_deadline(&notify), DEADLINE_NEVER);
}

static void test_a_reload_has_the_time_of_the_monotonic_clock(void **state)
{
	unsigned long long usec;
	uint64_t before = sys_monotonic_ms(&sys_linux);

	(void)state;
	listen_at(path);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	notify_reloading(&notify);
	assert_int_equal(
		sscanf(next(), "RELOADING=1\nMONOTONIC_USEC=%llu", &usec), 1);
	assert_true(usec / 1000 >= before);
	assert_true(usec / 1000 <= sys_monotonic_ms(&sys_linux));
}

static void test_an_abstract_name_will_do(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@test_notify/%ld", (long)getpid());
	listen_at(name);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	notify_ready(&notify, 5);
	assert_string_equal(next(), "READY=1");
}

static void test_nobody_wants_to_know(void **state)
{
	(void)state;
	setenv("WATCHDOG_USEC", "2000000", 1);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	assert_false(notify.wanted);
	notify_ready(&notify, 5);
	notify_reloading(&notify);
	notify_status(&notify, "idle");
	notify_tick(&notify, 6);
	notify_stopping(&notify, 7);
	assert_int_equal(notify_deadline(&notify), DEADLINE_NEVER);
}

static void test_what_is_no_socket_is_told(void **state)
{
	static const char *const names[] = { "relative", "/", "@", "",
					     "vsock:2:1234" };
	char longest[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		assert_int_equal(notify_open(&notify, &sys_linux, error), -1);
		assert_non_null(strstr(error, "NOTIFY_SOCKET="));
		assert_non_null(strstr(error, strerror(EINVAL)));
	}
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longest, 1);
	assert_int_equal(notify_open(&notify, &sys_linux, error), -1);
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(notify_open(&notify, &sys_linux, error), -1);
	assert_non_null(strstr(error, strerror(ENOENT)));
	assert_false(notify.wanted);
	notify_ready(&notify, 1);
}

static void test_a_state_is_told_again_until_it_is_taken(void **state)
{
	(void)state;
	listen_at(path);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	while (send(notify.fd, "STATUS=full", 11, MSG_DONTWAIT) == 11)
		;
	notify_ready(&notify, 5000);
	assert_int_equal(notify_deadline(&notify), 6000);
	notify_tick(&notify, 6000);
	assert_int_equal(notify_deadline(&notify), 7000);
	while (next()[0] != '\0')
		assert_string_equal(heard, "STATUS=full");
	notify_tick(&notify, 6999);
	assert_string_equal(next(), "");
	notify_tick(&notify, 7000);
	assert_string_equal(next(), "READY=1");
	assert_int_equal(notify_deadline(&notify), DEADLINE_NEVER);
}

static void test_a_watchdog_is_fed_twice_as_often(void **state)
{
	char pid[24];

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	listen_at(path);
	setenv("WATCHDOG_USEC", "3000000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	notify_tick(&notify, 100);
	assert_string_equal(next(), "WATCHDOG=1");
	assert_int_equal(notify_deadline(&notify), 1600);
	notify_tick(&notify, 1599);
	assert_string_equal(next(), "");
	notify_tick(&notify, 1600);
	assert_string_equal(next(), "WATCHDOG=1");
}

static void test_a_watchdog_of_somebody_else_is_not_fed(void **state)
{
	(void)state;
	listen_at(path);
	setenv("WATCHDOG_USEC", "3000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_open(&notify, &sys_linux, error), 0);
	assert_null(getenv("WATCHDOG_USEC"));
	assert_int_equal(notify_deadline(&notify), DEADLINE_NEVER);
	notify_tick(&notify, 100);
	assert_string_equal(next(), "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_the_manager_is_told),
		CASE(test_a_reload_has_the_time_of_the_monotonic_clock),
		CASE(test_an_abstract_name_will_do),
		CASE(test_nobody_wants_to_know),
		CASE(test_what_is_no_socket_is_told),
		CASE(test_a_state_is_told_again_until_it_is_taken),
		CASE(test_a_watchdog_is_fed_twice_as_often),
		CASE(test_a_watchdog_of_somebody_else_is_not_fed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
