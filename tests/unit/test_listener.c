/* The socket at start: which one, how big, and what is said when it fails. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "fakesys.h"
#include "listener.h"
#include "settings.h"

static struct listener listener;
static struct settings settings;
static uint16_t port;
static char error[ERROR_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	listener = (struct listener){ .fd = -1 };
	settings = (struct settings){ .rbuf_bytes = 8 << 20 };
	port = 6666;
	memset(error, 0, sizeof(error));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int listen_there(void)
{
	return listener_open(&listener, &fakesys, &settings, port, error);
}

/* One printable line that names option and value, and nothing left open. */
static void assert_refused(const char *named)
{
	const char *c;

	assert_int_equal(listen_there(), -1);
	if (!strstr(error, named))
		fail_msg("no %s in: %s", named, error);
	for (c = error; *c; c++)
		assert_true(*c >= ' ' && *c != 0x7f);
	assert_int_equal(fake_open_fds(), 0);
}

static void assert_local(const char *text)
{
	char local[SRCADDR_TEXT_MAX];

	srcaddr_text(local, &listener.local, NULL, NULL);
	assert_string_equal(local, text);
}

static void test_it_listens_on_everything_with_one_socket(void **state)
{
	(void)state;
	assert_int_equal(listen_there(), 0);
	assert_int_equal(fake.bind_family, AF_INET6);
	assert_local("[::]:6666");
	assert_int_equal(fake_open_fds(), 1);
}

static void test_without_ipv6_it_listens_on_ipv4(void **state)
{
	static const struct {
		enum fake_call call;
		int error;
	} cases[] = {
		{ FAKE_SOCKET, EAFNOSUPPORT },
		{ FAKE_BIND, EADDRNOTAVAIL },
		{ FAKE_BIND, EAFNOSUPPORT },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_up(NULL);
		fake_fail(FAKE_BIT(cases[i].call), 1, 1, cases[i].error, 0);
		assert_int_equal(listen_there(), 0);
		assert_int_equal(fake.bind_family, AF_INET);
		assert_local("0.0.0.0:6666");
		assert_int_equal(fake_open_fds(), 1);
	}
}

/* Whoever asks for an IPv6 address doesn't want another. */
static void test_an_address_that_was_asked_for_has_no_substitute(void **state)
{
	(void)state;
	settings.ip = "::1";
	fake_fail(FAKE_BIT(FAKE_BIND), 1, 2, EADDRNOTAVAIL, 0);
	assert_refused("ip=::1 ");
	settings.ip = "::";
	fake_fail(FAKE_BIT(FAKE_SOCKET), 1, 1, EAFNOSUPPORT, 0);
	assert_refused("ip=:: ");
}

static void test_an_address_may_come_later(void **state)
{
	static const char *const later[] = { "192.0.2.7", "2001:db8::7" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set_up(NULL);
		settings.ip = later[i];
		assert_int_equal(listen_there(), 0);
		assert_false(listener.address_waits);
		fake_fail(FAKE_BIT(FAKE_BIND), 1, 1, EADDRNOTAVAIL, 0);
		assert_int_equal(listen_there(), 0);
		assert_true(listener.address_waits);
		assert_true(fake.freebind);
	}
}

/* As IPV6_FREEBIND before Linux 4.15, and both in some sandboxes. */
static void test_the_kernel_may_not_let_an_address_come_later(void **state)
{
	(void)state;
	settings.ip = "2001:db8::7";
	fake.no_freebind = 1;
	fake_fail(FAKE_BIT(FAKE_BIND), 1, 1, EADDRNOTAVAIL, 0);
	assert_int_equal(listen_there(), 0);
	assert_true(listener.address_waits);
	set_up(NULL);
	settings.ip = "2001:db8::7";
	fake.no_freebind = 2;
	fake_fail(FAKE_BIT(FAKE_BIND), 1, 1, EADDRNOTAVAIL, 0);
	assert_refused("ip=2001:db8::7 ");
}

static void test_one_address_may_be_asked_for(void **state)
{
	(void)state;
	settings.ip = "192.0.2.7";
	assert_int_equal(listen_there(), 0);
	assert_local("192.0.2.7:6666");
	assert_int_equal(fake.bind_family, AF_INET);
	settings.ip = "2001:db8::7";
	port = 0;
	assert_int_equal(listen_there(), 0);
	assert_local("[2001:db8::7]:0");
}

static const struct sockaddr_in6 *bound6(void)
{
	return (const struct sockaddr_in6 *)&fake.bound;
}

static void test_an_interface_may_be_named_or_numbered(void **state)
{
	(void)state;
	settings.ip = "fe80::1%77";
	assert_int_equal(listen_there(), 0);
	assert_int_equal(bound6()->sin6_scope_id, 77);
	settings.ip = "fe80::1%lo";
	if (if_nametoindex("lo") == 0)
		skip_because("there is no interface lo");
	assert_int_equal(listen_there(), 0);
	assert_int_equal(bound6()->sin6_scope_id, if_nametoindex("lo"));
}

static void test_an_interface_may_come_later(void **state)
{
	static const char *const later[] = {
		"fe80::1%nosuchif",
		"fe80::1%1x",
		"fe80::1%-1",
		"fe80::1%4294967297",
		"fe80::1%+1",
		"fe80::1%nosuchinterfac",
		"fe80::1%nosuchinterface",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		settings.ip = later[i];
		assert_int_equal(listen_there(), LISTENER_LATER);
		assert_non_null(strstr(error, later[i]));
	}
}

static void test_what_is_no_interface_is_refused(void **state)
{
	static const char *const wrong[] = {
		"fe80::1% 1",  "fe80::1%99999999999999999999", "fe80::1%a/b",
		"fe80::1%a:b", "fe80::1%1234567890123456",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		settings.ip = wrong[i];
		assert_refused(wrong[i]);
	}
}

/* Also one that an IPv6 socket would take for an IPv4 address. */
static void test_groups_are_joined_and_broadcast_is_refused(void **state)
{
	static const struct {
		const char *ip;
		unsigned joins;
		uint32_t by;
		bool refused;
	} rows[] = {
		{ .ip = "223.255.255.255" },
		{ .ip = "224.0.0.1", .joins = 1 },
		{ .ip = "239.255.255.255%77", .joins = 1, .by = 77 },
		{ .ip = "240.0.0.1" },
		{ .ip = "255.255.255.254" },
		{ .ip = "255.255.255.255", .refused = true },
		{ .ip = "::ffff:192.0.2.1" },
		{ .ip = "::ffff:224.0.0.1", .joins = 1 },
		{ .ip = "::ffff:239.1.2.3", .joins = 1 },
		{ .ip = "::ffff:255.255.255.255", .refused = true },
		{ .ip = "::fffe:224.0.0.1" },
		{ .ip = "fe00::1" },
		{ .ip = "ff05::1", .joins = 1 },
		{ .ip = "ff02::1%77", .joins = 1, .by = 77 },
		{ .ip = "ffff::1", .joins = 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(NULL);
		settings.ip = rows[i].ip;
		if (rows[i].refused) {
			assert_refused(rows[i].ip);
			continue;
		}
		assert_int_equal(listen_there(), 0);
		assert_int_equal(fake.joined, rows[i].joins);
		assert_int_equal(fake.joined_by, rows[i].by);
		assert_int_equal(listener.group_error, 0);
	}
}

/* It is no reason not to listen; somebody who joined for us may have. */
static void test_a_group_that_cannot_be_joined_is_told(void **state)
{
	(void)state;
	settings.ip = "239.1.2.3";
	fake.join_error = ENODEV;
	assert_int_equal(listen_there(), 0);
	assert_int_equal(listener.group_error, ENODEV);
	fake.join_error = EADDRINUSE;
	assert_int_equal(listen_there(), 0);
	assert_int_equal(listener.group_error, 0);
}

static void test_any_address_is_shown_in_one_printable_line(void **state)
{
	(void)state;
	settings.ip = "fe80::1%a\nb\033[2J";
	assert_refused("ip=fe80::1%a");
}

/* Whatever the kernel refuses that listening needs. */
static void test_every_refusal_is_told_and_leaves_nothing_open(void **state)
{
	static const enum fake_call calls[] = { FAKE_SOCKET, FAKE_BIND,
						FAKE_GETSOCKNAME,
						FAKE_SETSOCKOPT };
	static const int errors[] = { EADDRINUSE, EACCES, EMFILE, ENFILE,
				      ENOBUFS,	  ENOMEM, EPERM,  EINVAL };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
			set_up(NULL);
			fake_fail(FAKE_BIT(calls[i]), 1, 1, errors[k], 0);
			assert_refused("ip=:: port=6666: ");
			assert_non_null(strstr(error, strerror(errors[k])));
		}
}

/* After the first, which is IPV6_V6ONLY. */
static void test_stamps_and_counts_may_be_refused(void **state)
{
	unsigned nth;

	(void)state;
	for (nth = 2; nth <= 5; nth++) {
		set_up(NULL);
		fake_fail(FAKE_BIT(FAKE_SETSOCKOPT), nth, 1, ENOPROTOOPT, 0);
		assert_int_equal(listen_there(), 0);
	}
}

static int closed_fd;

static int give_high_fd(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return FD_SETSIZE;
}

static int note_close(int fd)
{
	closed_fd = fd;
	errno = 0;
	return 0;
}

static void test_a_descriptor_that_select_cannot_hold_is_refused(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.socket = give_high_fd;
	sys.close = note_close;
	closed_fd = -1;
	assert_int_equal(listener_open(&listener, &sys, &settings, port, error),
			 -1);
	assert_non_null(strstr(error, strerror(EMFILE)));
	assert_int_equal(closed_fd, FD_SETSIZE);
	assert_int_equal(fake.counts[FAKE_BIND], 0);
}

/* The buffer. */

static void test_the_buffer_is_what_the_kernel_granted(void **state)
{
	(void)state;
	assert_int_equal(listen_there(), 0);
	assert_int_equal(listener.granted_bytes, 8 << 20);
}

/* Without the privilege to force it, rmem_max is the limit. */
static void test_a_smaller_buffer_is_told_as_it_is(void **state)
{
	(void)state;
	fake.no_force = true;
	assert_int_equal(listen_there(), 0);
	assert_int_equal(listener.granted_bytes, 4 << 20);
	assert_int_equal(fake_open_fds(), 1);
}

/* What one that was passed has before, what is asked for, what it has then. */
static void test_a_buffer_never_gets_smaller(void **state)
{
	static const struct {
		bool no_force;
		int before, most;
		unsigned long asked;
		long after;
	} rows[] = {
		{ true, 64 << 20, 4 << 20, 128 << 20, 64 << 20 },
		{ true, 64 << 20, 212992, 128 << 20, 64 << 20 },
		{ true, 212992, 4 << 20, 128 << 20, 4 << 20 },
		{ true, 212992, 65536, 128 << 20, 212992 },
		{ true, 4 << 20, 4 << 20, 128 << 20, 4 << 20 },
		{ true, 212992, 4 << 20, 1 << 20, 1 << 20 },
		{ false, 64 << 20, 4 << 20, 128 << 20, 128 << 20 },
		{ false, 256 << 20, 4 << 20, 128 << 20, 256 << 20 },
		{ false, 64 << 20, 4 << 20, 64 << 20, 64 << 20 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd;

		set_up(NULL);
		fd = fake_udp();
		fake.fds[fd].rcvbuf = rows[i].before;
		fake.no_force = rows[i].no_force;
		fake.rcvbuf_most = rows[i].most;
		settings.rbuf_bytes = rows[i].asked;
		assert_int_equal(listener_adopt(&listener, &fakesys, fd,
						&settings, error),
				 0);
		assert_int_equal(listener.granted_bytes, rows[i].after);
		assert_int_equal(fake.fds[fd].rcvbuf, rows[i].after);
		assert_int_equal(fake_open_fds(), 1);
	}
}

/* A sandbox may refuse a second socket; then it stays as it is. */
static void test_a_buffer_that_can_not_be_tried_stays(void **state)
{
	int fd = fake_udp();

	(void)state;
	fake.no_force = true;
	fake_fail(FAKE_BIT(FAKE_SOCKET), 1, 1, EAFNOSUPPORT, 0);
	assert_int_equal(
		listener_adopt(&listener, &fakesys, fd, &settings, error), 0);
	assert_int_equal(listener.granted_bytes, 212992);
}

static void test_a_buffer_that_is_not_told_is_zero(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_GETSOCKOPT), 1, 2, ENOPROTOOPT, 0);
	assert_int_equal(listen_there(), 0);
	assert_int_equal(listener.granted_bytes, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_it_listens_on_everything_with_one_socket),
		CASE(test_without_ipv6_it_listens_on_ipv4),
		CASE(test_an_address_that_was_asked_for_has_no_substitute),
		CASE(test_one_address_may_be_asked_for),
		CASE(test_an_interface_may_be_named_or_numbered),
		CASE(test_an_interface_may_come_later),
		CASE(test_what_is_no_interface_is_refused),
		CASE(test_an_address_may_come_later),
		CASE(test_the_kernel_may_not_let_an_address_come_later),
		CASE(test_groups_are_joined_and_broadcast_is_refused),
		CASE(test_a_group_that_cannot_be_joined_is_told),
		CASE(test_any_address_is_shown_in_one_printable_line),
		CASE(test_every_refusal_is_told_and_leaves_nothing_open),
		CASE(test_stamps_and_counts_may_be_refused),
		CASE(test_a_descriptor_that_select_cannot_hold_is_refused),
		CASE(test_the_buffer_is_what_the_kernel_granted),
		CASE(test_a_smaller_buffer_is_told_as_it_is),
		CASE(test_a_buffer_never_gets_smaller),
		CASE(test_a_buffer_that_can_not_be_tried_stays),
		CASE(test_a_buffer_that_is_not_told_is_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
