/* What is said at start: where, into which file, with which settings. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "banner.h"
#include "diag.h"
#include "fakeif.h"
#include "fakesys.h"
#include "privilege.h"
#include "reach.h"
#include "rules.h"
#include "sockets.h"
#include "zone.h"

static struct settings settings;
static struct sockets sockets;
static struct listener *const listener = &sockets.each[0];
static struct privilege privilege;
static struct srcaddr_scopes scopes;
static struct zone zone;
static struct banner banner;
static struct diag diag;

static void listen_on(const char *ip, uint16_t port)
{
	listener->local = fakeif_key(ip, port);
}

static int set_up(void **state)
{
	(void)state;
	sockets.count = 1;
	fake_reset();
	fakeif_reset();
	setenv("TZ", "CET-1", 1);
	rules_defaults(&settings);
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	zone_init(&zone, &fakesys);
	listen_on("127.0.0.1", 6666);
	listener->granted_bytes = (long)settings.rbuf_bytes;
	privilege = (struct privilege){ .uid = 1000, .gid = 100 };
	banner = (struct banner){
		.sys = fakeif_sys(),
		.settings = &settings,
		.scopes = &scopes,
		.sockets = &sockets,
		.privilege = &privilege,
		.zone = &zone,
		.dir = "/var/log/net",
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	unsetenv("TZ");
	tzset();
	return 0;
}

static const char *said(void)
{
	fake_node("stderr")->len = 0;
	assert_true(banner_say(&banner, &diag, "listening on"));
	return fake_text("stderr");
}

static void assert_says(const char *text)
{
	if (!strstr(said(), text))
		fail_msg("\"%s\" is not in\n%s", text, fake_text("stderr"));
}

static void assert_says_not(const char *text)
{
	if (strstr(said(), text))
		fail_msg("\"%s\" is in\n%s", text, fake_text("stderr"));
}

static void test_a_short_line_each(void **state)
{
	(void)state;
	assert_string_equal(said(),
			    "udplogger: listening on 127.0.0.1:6666\n"
			    "udplogger: writing /var/log/net/YYYY-MM-DD.log\n"
			    "udplogger: receive buffer rbuf=134217728 (granted "
			    "134217728)\n"
			    "udplogger: times are CET (UTC+01:00)\n");
}

static void test_what_is_not_the_default_is_said(void **state)
{
	(void)state;
	settings.ports.at[0] = 0;
	listen_on("0.0.0.0", 40001);
	settings.timeout_ms = 7000;
	assert_says("udplogger: not the default: port=40001 timeout=7\n");
}

/* What follows from another setting is one as well. */
static void test_stamps_of_json_are_said(void **state)
{
	(void)state;
	assert_says_not("not the default");
	settings.json = true;
	assert_says("udplogger: not the default: format=json stamp=iso\n");
}

static void test_the_verb_says_whether_it_is_only_a_check(void **state)
{
	(void)state;
	assert_true(banner_say(&banner, &diag, "would listen on"));
	assert_memory_equal(fake_text("stderr"),
			    "udplogger: would listen on 127.0.0.1:6666\n", 42);
}

/* ip=:: where there is no IPv6, and port=0. */
static void test_address_and_port_are_those_of_the_socket(void **state)
{
	(void)state;
	settings.ports.at[0] = 0;
	listen_on("0.0.0.0", 40001);
	assert_says(" on 0.0.0.0:40001\n");
	listen_on("2001:db8::7", 514);
	assert_says(" on [2001:db8::7]:514\n");
	assert_says(" port=514\n");
}

static void test_a_directory_of_any_length_is_said(void **state)
{
	static char dir[4096];

	(void)state;
	memset(dir, 'd', sizeof(dir) - 1);
	banner.dir = dir;
	assert_says("ddd/YYYY-MM-DD.log\n");
}

static void test_root_is_warned(void **state)
{
	(void)state;
	assert_says_not("root");
	privilege.uid = 0;
	assert_says("udplogger: warning: runs as root, which it need not; "
		    "uid=USER\n");
}

static void test_a_small_buffer_is_warned_of(void **state)
{
	(void)state;
	settings.rbuf_bytes = 1000;
	listener->granted_bytes = 500;
	assert_says_not("warning");
	listener->granted_bytes = 499;
	assert_says("\nudplogger: warning: the kernel grants a receive buffer "
		    "of 499 bytes of the 1000 asked for; bursts may be lost: "
		    "sysctl -w net.core.rmem_max=1000, or start as root\n");
	listener->granted_bytes = 0;
	assert_says("(granted 0)\n");
	assert_says(" of 0 bytes of the 1000 asked for");
	settings.rbuf_bytes = 1;
	assert_says(" of 0 bytes of the 1 asked for");
}

static void test_an_unknown_zone_is_warned_of_and_is_utc(void **state)
{
	(void)state;
	setenv("TZ", "Mars/Olympus", 1);
	assert_says("udplogger: times are UTC (UTC+00:00)\n");
	assert_says("udplogger: warning: TZ=Mars/Olympus: not a time zone that "
		    "is known here; times are UTC\n");
}

static void test_a_sender_is_told_each_address(void **state)
{
	(void)state;
	listen_on("::", 6666);
	fakeif_hardware("eth0", 0xa, 6);
	fakeif_add("eth0", IFF_UP, "192.0.2.7");
	fakeif_add("eth1", IFF_UP, "2001:db8::7");
	assert_string_equal(
		strstr(said(), "udplogger: on a sender"),
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@192.0.2.7/02:00:00:00:00:0a\n"
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@2001:db8::7/MAC\n"
		"udplogger: there, eth0 is the sender's interface (ip route "
		"get 2001:db8::7); behind a router, the MAC address is the "
		"gateway's (ip neigh)\n");
}

static void passes_on(const char *ip, uint16_t port)
{
	sockets.each[sockets.count++] = (struct listener){
		.local = fakeif_key(ip, port),
		.granted_bytes = (long)settings.rbuf_bytes,
	};
}

static void test_a_sender_is_told_each_port(void **state)
{
	(void)state;
	listen_on("0.0.0.0", 6666);
	passes_on("0.0.0.0", 6667);
	fakeif_hardware("eth0", 0xa, 6);
	fakeif_add("eth0", IFF_UP, "192.0.2.7");
	assert_string_equal(
		strstr(said(), "udplogger: on a sender"),
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@192.0.2.7/02:00:00:00:00:0a\n"
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6667@192.0.2.7/02:00:00:00:00:0a\n"
		"udplogger: there, eth0 is the sender's interface (ip route "
		"get 192.0.2.7); behind a router, the MAC address is the "
		"gateway's (ip neigh)\n");
}

/* A socket for IPv6 may take IPv4 too, or leave it to another. */
static void test_no_command_is_said_twice(void **state)
{
	(void)state;
	listen_on("0.0.0.0", 6666);
	passes_on("::", 6666);
	fakeif_add("eth0", IFF_UP, "192.0.2.7");
	fakeif_add("eth0", IFF_UP, "2001:db8::7");
	assert_string_equal(
		strstr(said(), "udplogger: on a sender"),
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@192.0.2.7/MAC\n"
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@2001:db8::7/MAC\n"
		"udplogger: there, eth0 is the sender's interface (ip route "
		"get 2001:db8::7); behind a router, the MAC address is the "
		"gateway's (ip neigh)\n");
}

static void test_of_a_group_the_command_has_the_mac_address(void **state)
{
	(void)state;
	listen_on("239.129.2.3", 6666);
	assert_string_equal(
		strstr(said(), "udplogger: on a sender"),
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@239.129.2.3/01:00:5e:01:02:03\n"
		"udplogger: there, eth0 is the sender's interface (ip route "
		"get 239.129.2.3)\n");
	listen_on("ff05::1:3", 514);
	assert_says("netconsole=@/eth0,514@ff05::1:3/33:33:00:01:00:03\n");
}

static void test_as_many_commands_as_there_can_be_are_said(void **state)
{
	char ip[32];
	unsigned i;

	(void)state;
	for (i = 0; i < 2 * REACH_PLACES; i++) {
		snprintf(ip, sizeof(ip), "192.0.2.%u", i + 1);
		fakeif_add("eth0", IFF_UP, ip);
	}
	listen_on("0.0.0.0", 1);
	while (sockets.count < SOCKETS_MAX)
		passes_on("0.0.0.0", (uint16_t)(sockets.count + 1));
	assert_says("netconsole=@/eth0,1@192.0.2.1/MAC\n");
	assert_says("netconsole=@/eth0,16@192.0.2.8/MAC\n");
}

static void test_where_nobody_can_send_to_no_command_is_said(void **state)
{
	(void)state;
	assert_says_not("on a sender");
	assert_says_not("there, ");
	listen_on("::1", 6666);
	assert_says_not("on a sender");
	listen_on("0.0.0.0", 6666);
	assert_says_not("on a sender");
}

static void test_a_start_line_that_nobody_reads_is_no_secret(void **state)
{
	(void)state;
	fake_node("stderr")->takes = 10;
	assert_false(banner_say(&banner, &diag, "listening on"));
	fake_node("stderr")->takes = SIZE_MAX;
	assert_true(banner_say(&banner, &diag, "listening on"));
	/* What comes after it does not count. */
	settings.rbuf_bytes = 1UL << 30;
	fake_fail(FAKE_BIT(FAKE_WRITE), 2, 9, EPIPE, 0);
	assert_true(banner_say(&banner, &diag, "listening on"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_short_line_each),
		CASE(test_what_is_not_the_default_is_said),
		CASE(test_stamps_of_json_are_said),
		CASE(test_the_verb_says_whether_it_is_only_a_check),
		CASE(test_address_and_port_are_those_of_the_socket),
		CASE(test_a_directory_of_any_length_is_said),
		CASE(test_root_is_warned),
		CASE(test_a_small_buffer_is_warned_of),
		CASE(test_an_unknown_zone_is_warned_of_and_is_utc),
		CASE(test_a_sender_is_told_each_address),
		CASE(test_a_sender_is_told_each_port),
		CASE(test_no_command_is_said_twice),
		CASE(test_of_a_group_the_command_has_the_mac_address),
		CASE(test_as_many_commands_as_there_can_be_are_said),
		CASE(test_where_nobody_can_send_to_no_command_is_said),
		CASE(test_a_start_line_that_nobody_reads_is_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
