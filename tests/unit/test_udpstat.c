/* Tests of udpstat: the kernel's counts of dropped datagrams, and their names. */
#include "unit.h"

#include <fcntl.h>
#include <string.h>

#include "fakesys.h"
#include "udpstat.h"

/* The files that the next udpstat_read() finds; NULL: there is none. */
static const char *snmp, *snmp6;
static const char *opened;

static int open_text(const char *path, int flags, mode_t mode)
{
	(void)flags;
	(void)mode;
	opened = strcmp(path, "/proc/self/net/snmp") == 0    ? snmp
		 : strcmp(path, "/proc/self/net/snmp6") == 0 ? snmp6
							     : NULL;
	return opened ? 7 : -1;
}

/* A few bytes at a time, as a file of /proc may come. */
static ssize_t pread_text(int fd, void *bytes, size_t len, off_t offset)
{
	size_t left = strlen(opened) - (size_t)offset;
	size_t n = left < 50 ? left : 50;

	(void)fd;
	n = n < len ? n : len;
	memcpy(bytes, opened + offset, n);
	return (ssize_t)n;
}

static int close_text(int fd)
{
	(void)fd;
	return 0;
}

static ssize_t pread_fails(int fd, void *bytes, size_t len, off_t offset)
{
	(void)fd;
	(void)bytes;
	(void)len;
	(void)offset;
	return -1;
}

static const struct sys texts = {
	.open = open_text,
	.pread = pread_text,
	.close = close_text,
};

#define IPV4                                                           \
	"Ip: Forwarding RcvbufErrors\nIp: 1 99\n"                      \
	"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors " \
	"SndbufErrors InCsumErrors IgnoredMulti MemErrors\n"           \
	"Udp: 104375663 32 143567 4377256 143567 0 8 0 3\n"            \
	"UdpLite: InDatagrams RcvbufErrors\nUdpLite: 5 6\n"
#define IPV6                                     \
	"Ip6InReceives                   \t5\n"  \
	"Udp6RcvbufErrors                \t10\n" \
	"Udp6InCsumErrors                \t20\n" \
	"Udp6MemErrors                   \t30\n"

static void assert_read(uint64_t full, uint64_t memory, uint64_t checksum)
{
	struct udpstat sums;

	assert_true(udpstat_read(&texts, &sums));
	assert_int_equal(sums.full, full);
	assert_int_equal(sums.memory, memory);
	assert_int_equal(sums.checksum, checksum);
}

static void test_the_sums_of_ipv4_and_ipv6_are_read(void **state)
{
	(void)state;
	snmp = IPV4;
	snmp6 = IPV6;
	assert_read(143577, 33, 28);
	snmp6 = NULL;
	assert_read(143567, 3, 8);
}

/* Linux 3.2 has neither checksums nor memory. */
static void test_a_count_that_is_not_there_is_zero(void **state)
{
	(void)state;
	snmp = "Udp: InDatagrams RcvbufErrors\nUdp: 1 7\n";
	snmp6 = "Ip6InReceives 1\nUdp6RcvbufErrors  1\n";
	assert_read(8, 0, 0);
	snmp = snmp6 = "";
	assert_read(0, 0, 0);
}

/* The file at every length: nothing is read beyond its end. */
static void test_a_file_that_is_cut_does_no_harm(void **state)
{
	static char text[sizeof(IPV4)];
	struct udpstat sums;
	size_t len;

	(void)state;
	snmp = text;
	snmp6 = text;
	for (len = 0; len < sizeof(IPV4); len++) {
		memcpy(text, IPV4, len);
		text[len] = '\0';
		assert_true(udpstat_read(&texts, &sums));
		assert_true(sums.full <= 143567);
	}
}

static void test_without_proc_nothing_is_known(void **state)
{
	struct sys failing = texts;
	struct udpstat sums;

	(void)state;
	snmp = NULL;
	assert_false(udpstat_read(&texts, &sums));
	snmp = IPV4;
	failing.pread = pread_fails;
	assert_false(udpstat_read(&failing, &sums));
}

static void test_causes_are_what_has_grown(void **state)
{
	const struct udpstat none = { 5, 5, 5 };
	static const struct {
		struct udpstat after;
		const char *want;
	} rows[] = {
		{ { 6, 5, 5 }, "receive buffer full" },
		{ { 5, 6, 5 }, "memory for UDP full (net.ipv4.udp_mem)" },
		{ { 5, 5, 6 }, "wrong checksum" },
		{ { 6, 6, 5 }, "receive buffer or memory for UDP full" },
		{ { 6, 5, 6 }, "receive buffer full or wrong checksum" },
		{ { 5, 6, 6 }, "memory for UDP full or wrong checksum" },
		{ { 6, 6, 6 },
		  "receive buffer or memory for UDP full or wrong checksum" },
	};
	size_t i;

	(void)state;
	assert_null(udpstat_cause(&none, &none));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(udpstat_cause(&none, &rows[i].after),
				    rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_sums_of_ipv4_and_ipv6_are_read),
		cmocka_unit_test(test_a_count_that_is_not_there_is_zero),
		cmocka_unit_test(test_a_file_that_is_cut_does_no_harm),
		cmocka_unit_test(test_without_proc_nothing_is_known),
		cmocka_unit_test(test_causes_are_what_has_grown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
