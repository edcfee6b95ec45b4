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
#include "listener.h"
#include "privilege.h"
#include "rules.h"
#include "zone.h"

static struct settings settings;
static struct listener listener;
static struct privilege privilege;
static struct srcaddr_scopes scopes;
static struct zone zone;
static struct banner banner;
static struct diag diag;

static void listen_on(const char *ip, uint16_t port)
{
	listener.local = fakeif_key(ip, port);
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	fakeif_reset();
	setenv("TZ", "CET-1", 1);
	rules_defaults(&settings);
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	zone_init(&zone, &fakesys);
	listen_on("127.0.0.1", 6666);
	listener.granted_bytes = (long)settings.rbuf_bytes;
	privilege = (struct privilege){ .uid = 1000, .gid = 100 };
	banner = (struct banner){
		.sys = fakeif_sys(),
		.settings = &settings,
		.scopes = &scopes,
		.listener = &listener,
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

static void test_the_start_line_says_all_that_is_in_force(void **state)
{
	(void)state;
	assert_string_equal(
		said(),
		"udplogger: listening on 127.0.0.1:6666, writing "
		"/var/log/net/YYYY-MM-DD.log: ip=127.0.0.1 port=6666 "
		"dir=/var/log/net file=%Y-%m-%d.log files=10000 hosts=none "
		"timeout=10 line=newline "
		"source=port "
		"clients=1024 wbuf=65536 held=67108864 rbuf=134217728 "
		"(granted 134217728) queue=67108864 keep=none max=none "
		"free=none keepmin=2 uid=1000 gid=100 perm=0600 "
		"raw=no ansi=show format=text stamp=traditional extended=yes "
		"reorder=10 level=no tee=no zone=CET (UTC+01:00)\n");
}

static void test_each_setting_is_named(void **state)
{
	const struct rule *rule;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++) {
		snprintf(name, sizeof(name), " %s=", rule->name);
		assert_says(name);
	}
}

static void test_the_verb_says_whether_it_is_only_a_check(void **state)
{
	(void)state;
	assert_true(banner_say(&banner, &diag, "would listen on"));
	assert_memory_equal(fake_text("stderr"),
			    "udplogger: would listen on 127.0.0.1:6666, ", 43);
}

/* ip=:: where there is no IPv6, and port=0. */
static void test_address_and_port_are_those_of_the_socket(void **state)
{
	(void)state;
	settings.port = 0;
	listen_on("0.0.0.0", 40001);
	assert_says(" on 0.0.0.0:40001, ");
	assert_says(" ip=0.0.0.0 port=40001 ");
	listen_on("2001:db8::7", 514);
	assert_says(" on [2001:db8::7]:514, ");
	assert_says(" ip=2001:db8::7 port=514 ");
	/* As it was asked for: it names the interface. */
	settings.ip = "fe80::1%eth0";
	assert_says(" ip=fe80::1%eth0 ");
}

static void test_what_follows_from_other_settings_is_said_as_it_is(void **s)
{
	(void)s;
	settings.json = true;
	assert_says(" stamp=iso extended=yes ");
	settings.json = false;
	settings.raw = true;
	assert_says(" stamp=traditional extended=no ");
	settings.tee = SETTINGS_TEE_AUTO;
	assert_says(" tee=no ");
	banner.tee = true;
	assert_says(" tee=yes ");
	privilege.uid = 4294967294u;
	privilege.gid = 0;
	assert_says(" uid=4294967294 gid=0 ");
}

static void test_a_directory_of_any_length_is_said(void **state)
{
	static char dir[4096];

	(void)state;
	memset(dir, 'd', sizeof(dir) - 1);
	banner.dir = dir;
	assert_says(" zone=CET (UTC+01:00)\n");
}

static void test_a_small_buffer_is_warned_of(void **state)
{
	(void)state;
	settings.rbuf_bytes = 1000;
	listener.granted_bytes = 500;
	assert_says_not("warning");
	listener.granted_bytes = 499;
	assert_says("\nudplogger: warning: the kernel grants a receive buffer "
		    "of 499 bytes of the 1000 asked for; bursts may be lost: "
		    "sysctl -w net.core.rmem_max=1000, or start as root\n");
	listener.granted_bytes = 0;
	assert_says("(granted 0)");
	assert_says(" of 0 bytes of the 1000 asked for");
	settings.rbuf_bytes = 1;
	assert_says(" of 0 bytes of the 1 asked for");
}

static void test_an_unknown_zone_is_warned_of_and_is_utc(void **state)
{
	(void)state;
	setenv("TZ", "Mars/Olympus", 1);
	assert_says(" zone=UTC (UTC+00:00)\n");
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
		strchr(said(), '\n') + 1,
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@192.0.2.7/02:00:00:00:00:0a\n"
		"udplogger: on a sender: modprobe netconsole "
		"netconsole=@/eth0,6666@2001:db8::7/MAC\n"
		"udplogger: there, eth0 is the sender's interface (ip route "
		"get 2001:db8::7); behind a router, the MAC address is the "
		"gateway's (ip neigh)\n");
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
		CASE(test_the_start_line_says_all_that_is_in_force),
		CASE(test_each_setting_is_named),
		CASE(test_the_verb_says_whether_it_is_only_a_check),
		CASE(test_address_and_port_are_those_of_the_socket),
		CASE(test_what_follows_from_other_settings_is_said_as_it_is),
		CASE(test_a_directory_of_any_length_is_said),
		CASE(test_a_small_buffer_is_warned_of),
		CASE(test_an_unknown_zone_is_warned_of_and_is_utc),
		CASE(test_a_sender_is_told_each_address),
		CASE(test_where_nobody_can_send_to_no_command_is_said),
		CASE(test_a_start_line_that_nobody_reads_is_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
