/* At which addresses senders reach this host. */
#include "unit.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "fakeif.h"
#include "fakesys.h"
#include "reach.h"

#define UP IFF_UP

static struct reach_place places[REACH_PLACES];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	fakeif_reset();
	return 0;
}

/* The places of a socket bound to @local, "IP MAC" each, "-": no MAC. */
static const char *found(const char *local)
{
	struct srcaddr addr = fakeif_key(local, 6666);
	static char all[1000];
	size_t count, i, len = 0;

	memset(places, 0xa5, sizeof(places));
	count = reach_find(fakeif_sys(), &addr, places);
	assert_true(count <= REACH_PLACES);
	all[0] = '\0';
	for (i = 0; i < count; i++) {
		char ip[SRCADDR_HOST_MAX];

		assert_int_equal(places[i].addr.port, 0);
		srcaddr_host_text(ip, &places[i].addr, NULL);
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s %s",
					i > 0 ? ", " : "", ip,
					places[i].mac[0] ? places[i].mac : "-");
	}
	assert_int_equal(fake_open_fds(), 0);
	assert_int_equal(fakeif_lists(), 0);
	return all;
}

static void test_one_address_is_itself(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_add("eth1", UP, "198.51.100.7");
	fakeif_route("192.0.2.7");
	assert_string_equal(found("198.51.100.7"), "198.51.100.7 -");
	assert_string_equal(found("2001:db8::5"), "2001:db8::5 -");
}

static void test_nobody_else_reaches_the_loopback(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "192.0.2.7");
	assert_string_equal(found("127.0.0.1"), "");
	assert_string_equal(found("127.8.9.10"), "");
	assert_string_equal(found("::1"), "");
	assert_string_equal(found("::2"), "::2 -");
	assert_string_equal(found("128.0.0.1"), "128.0.0.1 -");
}

/* Its MAC address follows from it, and from no interface. */
static void test_a_group_has_its_own_mac_address(void **state)
{
	(void)state;
	fakeif_hardware("eth0", 0xa, 6);
	fakeif_add("eth0", UP, "239.129.2.3");
	assert_string_equal(found("239.129.2.3"),
			    "239.129.2.3 01:00:5e:01:02:03");
	assert_string_equal(found("224.0.0.251"),
			    "224.0.0.251 01:00:5e:00:00:fb");
	assert_string_equal(found("ff05::1:3"), "ff05::1:3 33:33:00:01:00:03");
}

static void test_the_default_route_decides(void **state)
{
	(void)state;
	fakeif_add("virbr0", UP, "192.168.122.1");
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_add("eth0", UP, "2001:db8::7");
	fakeif_route("192.0.2.7");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
	assert_string_equal(found("::"), "192.0.2.7 -");
	fakeif_route("2001:db8::7");
	assert_string_equal(found("::"), "192.0.2.7 -, 2001:db8::7 -");
	/* A socket for IPv4 hears no IPv6. */
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
}

static void test_there_may_be_a_route_for_ipv6_alone(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_add("eth0", UP, "2001:db8::7");
	fakeif_route("2001:db8::7");
	assert_string_equal(found("::"), "2001:db8::7 -");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
}

/* As with a route to "blackhole", or "default dev lo". */
static void test_a_route_that_leads_nowhere_is_none(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_route("127.0.0.1");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
	fakeif_route("0.0.0.0");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
	fakeif_route("::");
	assert_string_equal(found("::"), "192.0.2.7 -");
	fakeif_route("::1");
	assert_string_equal(found("::"), "192.0.2.7 -");
}

static void test_without_a_route_all_addresses_count(void **state)
{
	(void)state;
	fakeif_add("lo", UP, "127.0.0.1");
	fakeif_add("lo", UP, "::1");
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_add("eth0", UP, "fe80::7");
	fakeif_add("eth0", UP, "2001:db8::7");
	fakeif_add("eth1", UP, "169.254.1.2");
	fakeif_add("eth1", UP, "198.51.100.7");
	assert_string_equal(found("::"),
			    "192.0.2.7 -, 2001:db8::7 -, 198.51.100.7 -");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -, 198.51.100.7 -");
}

static void test_an_interface_that_is_down_is_left_out(void **state)
{
	(void)state;
	fakeif_add("eth0", 0, "192.0.2.7");
	fakeif_add("eth1", (unsigned)~UP, "192.0.2.8");
	fakeif_add("eth2", (unsigned)~0, "192.0.2.9");
	assert_string_equal(found("0.0.0.0"), "192.0.2.9 -");
}

static void test_an_entry_may_have_no_address(void **state)
{
	(void)state;
	fakeif_add("tun0", UP, NULL);
	fakeif_hardware("eth0", 1, 6);
	fakeif_add("eth0", UP, "192.0.2.7");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 02:00:00:00:00:01");
}

static void test_an_address_of_a_link_is_the_last_resort(void **state)
{
	(void)state;
	fakeif_add("lo", UP, "127.0.0.1");
	fakeif_add("eth0", UP, "fe80::7");
	assert_string_equal(found("::"), "");
	fakeif_add("eth0", UP, "169.254.1.2");
	assert_string_equal(found("::"), "169.254.1.2 -");
	assert_string_equal(found("0.0.0.0"), "169.254.1.2 -");
	fakeif_add("eth0", UP, "2001:db8::7");
	assert_string_equal(found("::"), "2001:db8::7 -");
}

/* avahi-autoipd(8) makes a default route to its 169.254.x.y, too. */
static void test_a_default_route_may_have_an_address_of_a_link(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "169.254.1.2");
	fakeif_route("169.254.1.2");
	assert_string_equal(found("::"), "169.254.1.2 -");
	fakeif_add("eth0", UP, "2001:db8::7");
	assert_string_equal(found("::"), "2001:db8::7 -");
	fakeif_route("fe80::7");
	assert_string_equal(found("::"), "2001:db8::7 -");
	fakeif_route("2001:db8::7");
	assert_string_equal(found("::"), "2001:db8::7 -");
	fakeif_add("eth1", UP, "192.0.2.7");
	assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
}

static void test_what_is_of_a_link_is_known_by_its_first_bits(void **state)
{
	static const struct {
		const char *ip;
		bool of_link;
	} rows[] = {
		{ "169.253.255.255", false }, { "169.254.0.0", true },
		{ "169.254.255.255", true },  { "169.255.0.0", false },
		{ "168.254.0.1", false },     { "fe7f::1", false },
		{ "fe80::1", true },	      { "febf:ffff::1", true },
		{ "fec0::1", false },	      { "fd80::1", false },
	};
	char want[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fakeif_reset();
		fakeif_add("eth0", UP, "169.254.9.9");
		fakeif_add("eth1", UP, rows[i].ip);
		snprintf(want, sizeof(want), "%s -", rows[i].ip);
		if (rows[i].of_link)
			assert_memory_equal(found("::"), "169.254.9.9 -", 13);
		else
			assert_string_equal(found("::"), want);
	}
}

/* No interface should have one; a sender could not reach it alone. */
static void test_a_group_is_no_address_of_this_host(void **state)
{
	(void)state;
	fakeif_add("eth0", UP, "224.0.0.1");
	fakeif_add("eth0", UP, "ff02::1");
	fakeif_add("eth0", UP, "192.0.2.7");
	assert_string_equal(found("::"), "192.0.2.7 -");
}

static void test_there_are_no_more_places_than_there_is_room(void **state)
{
	char ip[16];
	unsigned i;

	(void)state;
	for (i = 1; i <= REACH_PLACES + 2; i++) {
		snprintf(ip, sizeof(ip), "192.0.2.%u", i);
		fakeif_add("eth0", UP, ip);
	}
	found("::");
	assert_int_equal(places[0].addr.ip[15], 1);
	assert_int_equal(places[REACH_PLACES - 1].addr.ip[15], REACH_PLACES);
}

static void test_the_hardware_address_is_that_of_its_interface(void **state)
{
	(void)state;
	fakeif_hardware("eth0", 0xa, 6);
	fakeif_hardware("eth1", 0xb, 6);
	fakeif_add("eth0", UP, "192.0.2.7");
	fakeif_add("eth1", UP, "192.0.2.8");
	fakeif_add("eth1", UP, "2001:db8::8");
	assert_string_equal(found("192.0.2.7"), "192.0.2.7 02:00:00:00:00:0a");
	fakeif_route("192.0.2.8");
	fakeif_route("2001:db8::8");
	assert_string_equal(found("::"), "192.0.2.8 02:00:00:00:00:0b, "
					 "2001:db8::8 02:00:00:00:00:0b");
	assert_string_equal(found("192.0.2.9"), "192.0.2.9 -");
}

/* InfiniBand has 20 bytes, a tunnel none. */
static void test_only_ethernet_has_such_an_address(void **state)
{
	static const size_t lengths[] = { 0, 5, 7, 8, 20 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		fakeif_reset();
		fakeif_hardware("ib0", 1, lengths[i]);
		fakeif_add("ib0", UP, "192.0.2.7");
		assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
	}
}

static void test_every_call_may_fail_and_leaves_nothing_open(void **state)
{
	static const enum fake_call calls[] = { FAKE_SOCKET, FAKE_CONNECT,
						FAKE_GETSOCKNAME };
	size_t i;

	(void)state;
	fakeif_add("eth1", UP, "198.51.100.7");
	fakeif_route("192.0.2.7");
	for (i = 0; i < 3; i++) {
		fake_fail(FAKE_BIT(calls[i]), 1, 1, EMFILE, 0);
		assert_string_equal(found("0.0.0.0"), "198.51.100.7 -");
		assert_string_equal(found("0.0.0.0"), "192.0.2.7 -");
	}
	fakeif_fail();
	assert_string_equal(found("::"), "192.0.2.7 -");
	fake_fail(FAKE_BIT(FAKE_SOCKET), 1, 2, EAFNOSUPPORT, 0);
	assert_string_equal(found("::"), "");
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_address_is_itself),
		CASE(test_nobody_else_reaches_the_loopback),
		CASE(test_a_group_has_its_own_mac_address),
		CASE(test_the_default_route_decides),
		CASE(test_there_may_be_a_route_for_ipv6_alone),
		CASE(test_a_route_that_leads_nowhere_is_none),
		CASE(test_without_a_route_all_addresses_count),
		CASE(test_an_interface_that_is_down_is_left_out),
		CASE(test_an_entry_may_have_no_address),
		CASE(test_an_address_of_a_link_is_the_last_resort),
		CASE(test_a_default_route_may_have_an_address_of_a_link),
		CASE(test_what_is_of_a_link_is_known_by_its_first_bits),
		CASE(test_a_group_is_no_address_of_this_host),
		CASE(test_there_are_no_more_places_than_there_is_room),
		CASE(test_the_hardware_address_is_that_of_its_interface),
		CASE(test_only_ethernet_has_such_an_address),
		CASE(test_every_call_may_fail_and_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
