/* All the sockets: what they lack, groups joined later, where the next run is.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "deadline.h"
#include "diag.h"
#include "fakeif.h"
#include "fakesys.h"
#include "rules.h"
#include "settings.h"
#include "sockets.h"

static struct sockets sockets;
static struct settings settings;
static struct diag diag;
static char error[ERROR_MAX];
static unsigned at;

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	sockets = (struct sockets){ .count = 0 };
	rules_defaults(&settings);
	at = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void add(const char *ip, uint16_t port, int group_error)
{
	sockets.each[sockets.count++] = (struct listener){
		.fd = fake_udp(),
		.local = fakeif_key(ip, port),
		.group_error = group_error,
	};
}

static void open_ports(const char *ports)
{
	assert_null(settings_read_ports(&settings.ports, ports));
	assert_int_equal(sockets_open(&sockets, &fakesys, &settings, error), 0);
}

static const char *lack(void)
{
	memset(error, 0, sizeof(error));
	return sockets_lack(&sockets, &settings, &at, error) ? error : "";
}

static const char *said(void)
{
	return fake_node("stderr")->len > 0 ? fake_text("stderr") : "";
}

static void join(void)
{
	fake_node("stderr")->len = 0;
	sockets_join(&sockets, &fakesys, &diag, fake.now_ms);
}

static void test_what_lacks_nothing_says_nothing(void **state)
{
	(void)state;
	open_ports("6666,6667");
	assert_string_equal(lack(), "");
	assert_int_equal(at, 2);
	join();
	assert_string_equal(said(), "");
	assert_int_equal(sockets.join_ms, DEADLINE_NEVER);
}

/* It is the same group, or address, for each port. */
static void test_what_ports_share_is_said_once(void **state)
{
	(void)state;
	settings.ip = "239.1.2.3";
	fake.join_error = ENODEV;
	open_ports("6666,6667,6668");
	assert_string_equal(lack(), "ip=239.1.2.3: unable to join this "
				    "multicast group: No such device; "
				    "ip=GROUP%eth0 names an interface");
	assert_string_equal(lack(), "");
	set_up(NULL);
	settings.ip = "192.0.2.7";
	fake_fail(FAKE_BIT(FAKE_BIND), 1, 1, EADDRNOTAVAIL, 0);
	open_ports("6666,6667");
	assert_string_equal(lack(), "ip=192.0.2.7: no interface of this "
				    "machine has this address");
	assert_string_equal(lack(), "");
}

static void test_each_group_that_was_passed_is_looked_at(void **state)
{
	(void)state;
	sockets.adopted = true;
	add("0.0.0.0", 6666, 0);
	add("239.1.2.3", 6666, ENODEV);
	add("239.1.2.3", 6667, ENODEV);
	add("ff05::7", 6666, ENOBUFS);
	assert_string_equal(lack(), "LISTEN_FDS: unable to join multicast "
				    "group 239.1.2.3: No such device");
	assert_int_equal(at, 2);
	assert_string_equal(lack(), "LISTEN_FDS: unable to join multicast "
				    "group ff05::7: No buffer space available");
	assert_string_equal(lack(), "");
}

static void test_a_group_is_joined_as_soon_as_it_can_be(void **state)
{
	unsigned calls;

	(void)state;
	settings.ip = "239.1.2.3%77";
	fake.join_error = ENODEV;
	open_ports("6666,6667");
	calls = fake.counts[FAKE_SETSOCKOPT];
	join();
	assert_int_equal(fake.counts[FAKE_SETSOCKOPT] - calls, 2);
	assert_true(sockets.join_ms > fake.now_ms);
	/* Not before it is time. */
	join();
	assert_int_equal(fake.counts[FAKE_SETSOCKOPT] - calls, 2);
	assert_string_equal(said(), "");
	fake.now_ms = sockets.join_ms;
	fake.join_error = 0;
	join();
	assert_string_equal(said(),
			    "udplogger: joined multicast group 239.1.2.3\n");
	assert_int_equal(fake.joined, 2);
	assert_int_equal(fake.joined_by, 77);
	assert_int_equal(sockets.join_ms, DEADLINE_NEVER);
	fake.now_ms += 100000;
	join();
	assert_string_equal(said(), "");
	assert_int_equal(fake.joined, 2);
}

static void test_it_is_tried_once_a_second_at_most(void **state)
{
	unsigned i;

	(void)state;
	add("239.1.2.3", 6666, ENODEV);
	fake.join_error = ENODEV;
	for (i = 0; i < 20; i++) {
		join();
		assert_between(sockets.join_ms - fake.now_ms, 1, 1000);
		fake.now_ms = sockets.join_ms;
	}
	join();
	assert_int_equal(sockets.join_ms - fake.now_ms, 1000);
	assert_int_equal(sockets.each[0].group_error, ENODEV);
}

static void test_groups_come_one_by_one(void **state)
{
	(void)state;
	add("239.1.2.3", 6666, ENODEV);
	add("ff05::7", 6666, ENODEV);
	fake_fail(FAKE_BIT(FAKE_SETSOCKOPT), 1, 1, ENOMEM, 0);
	join();
	assert_string_equal(said(),
			    "udplogger: joined multicast group ff05::7\n");
	fake.now_ms = sockets.join_ms;
	join();
	assert_string_equal(said(),
			    "udplogger: joined multicast group 239.1.2.3\n");
}

static void test_the_next_run_is_at_the_least_port(void **state)
{
	(void)state;
	add("192.0.2.1", 6668, 0);
	add("192.0.2.1", 6667, 0);
	add("192.0.2.1", 40000, 0);
	assert_null(settings_read_ports(&settings.ports, "6668,6667,0"));
	assert_ptr_equal(sockets_lasting(&sockets, &settings),
			 &sockets.each[1].local);
	assert_null(settings_read_ports(&settings.ports, "6668,0,0"));
	assert_ptr_equal(sockets_lasting(&sockets, &settings),
			 &sockets.each[0].local);
	assert_null(settings_read_ports(&settings.ports, "0,0,0"));
	assert_null(sockets_lasting(&sockets, &settings));
	/* Those that were passed last, whatever port= says. */
	sockets.adopted = true;
	assert_ptr_equal(sockets_lasting(&sockets, &settings),
			 &sockets.each[1].local);
}

static void test_of_one_port_the_least_address_counts(void **state)
{
	(void)state;
	sockets.adopted = true;
	add("2001:db8::1", 6666, 0);
	add("192.0.2.1", 6666, 0);
	add("192.0.2.2", 6666, 0);
	assert_ptr_equal(sockets_lasting(&sockets, &settings),
			 &sockets.each[1].local);
}

static void test_the_smallest_buffer_counts(void **state)
{
	(void)state;
	add("192.0.2.1", 6666, 0);
	add("192.0.2.1", 6667, 0);
	sockets.each[0].granted_bytes = 5;
	sockets.each[1].granted_bytes = 3;
	assert_int_equal(sockets_granted(&sockets), 3);
}

/* None is kept of those that were opened before it. */
static void test_a_port_that_cannot_be_had_is_an_end(void **state)
{
	unsigned before = fake_open_fds();

	(void)state;
	assert_null(settings_read_ports(&settings.ports, "6666,6667,6668"));
	fake_fail(FAKE_BIT(FAKE_BIND), 3, 1, EADDRINUSE, 0);
	assert_int_equal(sockets_open(&sockets, &fakesys, &settings, error),
			 -1);
	assert_non_null(strstr(error, "port=6668: "));
	assert_int_equal(sockets.count, 0);
	assert_int_equal(fake_open_fds(), before);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_lacks_nothing_says_nothing),
		CASE(test_what_ports_share_is_said_once),
		CASE(test_each_group_that_was_passed_is_looked_at),
		CASE(test_a_group_is_joined_as_soon_as_it_can_be),
		CASE(test_it_is_tried_once_a_second_at_most),
		CASE(test_groups_come_one_by_one),
		CASE(test_the_next_run_is_at_the_least_port),
		CASE(test_of_one_port_the_least_address_counts),
		CASE(test_the_smallest_buffer_counts),
		CASE(test_a_port_that_cannot_be_had_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
