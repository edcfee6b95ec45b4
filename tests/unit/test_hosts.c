/* Tests of hosts: names of senders. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"

static struct hosts hosts;
static void *memory;

static int set_up(void **state)
{
	(void)state;
	memory = calloc(1, hosts_bytes());
	hosts_init(&hosts, memory);
	return memory ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

/* Reads @text, of which no line is bad. */
static void read_all(const char *text)
{
	struct hosts_reader reader = { .offset = 0 };

	if (!hosts_read(&hosts, &reader, text, strlen(text)))
		fail_msg("line %zu: %s", reader.line, reader.wrong);
}

static struct srcaddr sender(const char *ip, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons(port) };
	struct srcaddr addr;

	if (inet_pton(AF_INET, ip, &four.sin_addr) == 1) {
		srcaddr_from(&addr, (const void *)&four, sizeof(four));
		return addr;
	}
	assert_int_equal(inet_pton(AF_INET6, ip, &six.sin6_addr), 1);
	srcaddr_from(&addr, (const void *)&six, sizeof(six));
	return addr;
}

/* The name of the sender at @ip and @port, "" where it has none. */
static const char *name_of(const char *ip, uint16_t port)
{
	static char name[HOSTS_NAME_MAX + 1];
	struct srcaddr addr = sender(ip, port);
	size_t len = 0;
	const char *found = hosts_name(&hosts, &addr, &len);

	assert_true(len <= HOSTS_NAME_MAX);
	if (found)
		memcpy(name, found, len);
	name[len] = '\0';
	return name;
}

static void test_lines_are_read_as_in_hosts_5(void **state)
{
	(void)state;
	read_all("# 192.0.2.9 comment\n"
		 "\n"
		 "192.0.2.1\tweb-1.example.com web-1 # more\n"
		 "   192.0.2.2   db_2\r\n"
		 "2001:db8::1 six#seven\n"
		 "::ffff:192.0.2.4 mapped\n"
		 "192.0.2.3 last");
	assert_string_equal(name_of("192.0.2.1", 6665), "web-1.example.com");
	assert_string_equal(name_of("192.0.2.2", 1), "db_2");
	assert_string_equal(name_of("2001:db8::1", 1), "six");
	assert_string_equal(name_of("2001:db8:0::0:1", 9), "six");
	assert_string_equal(name_of("192.0.2.4", 1), "mapped");
	assert_string_equal(name_of("192.0.2.3", 1), "last");
	assert_string_equal(name_of("192.0.2.9", 1), "");
	assert_string_equal(name_of("2001:db8::2", 1), "");
}

static void test_a_port_tells_senders_behind_one_address_apart(void **state)
{
	(void)state;
	read_all("192.0.2.1 converter\n"
		 "192.0.2.1:10001 sw-1\n"
		 "192.0.2.1:10002 sw-2\n"
		 "[2001:db8::1]:7 six\n");
	assert_string_equal(name_of("192.0.2.1", 10001), "sw-1");
	assert_string_equal(name_of("192.0.2.1", 10002), "sw-2");
	assert_string_equal(name_of("192.0.2.1", 10003), "converter");
	assert_string_equal(name_of("2001:db8::1", 7), "six");
	assert_string_equal(name_of("2001:db8::1", 8), "");
}

static void test_the_first_of_several_lines_counts(void **state)
{
	(void)state;
	read_all("192.0.2.1 one\n192.0.2.1 two\n"
		 "192.0.2.1:5 five\n192.0.2.1:5 six\n");
	assert_string_equal(name_of("192.0.2.1", 1), "one");
	assert_string_equal(name_of("192.0.2.1", 5), "five");
}

static void test_many_have_one_name(void **state)
{
	(void)state;
	read_all("192.0.2.1 one\n192.0.2.2 one\n");
	assert_string_equal(name_of("192.0.2.1", 1), "one");
	assert_string_equal(name_of("192.0.2.2", 1), "one");
}

static void test_a_bad_line_is_told_and_the_others_hold(void **state)
{
	static const struct {
		const char *line, *word;
	} rows[] = {
		{ "web-1 192.0.2.1", "ADDRESS" },
		{ "192.0.2 a", "ADDRESS" },
		{ "192.0.2.1:x a", "ADDRESS" },
		{ "192.0.2.1: a", "ADDRESS" },
		{ "192.0.2.1:65536 a", "ADDRESS" },
		{ "192.0.2.1:6x a", "ADDRESS" },
		{ ":6 a", "ADDRESS" },
		{ "[2001:db8::1] a", "ADDRESS" },
		{ "[2001:db8::1]6 a", "ADDRESS" },
		{ "[2001:db8::1:6 a", "ADDRESS" },
		{ "2001:db8::1]:6 a", "ADDRESS" },
		{ "[192.0.2.1]:6 a", "ADDRESS" },
		{ "[]:6 a", "ADDRESS" },
		{ "fe80::1%eth0 a", "ADDRESS" },
		{ "192.0.2.1", "missing" },
		{ "192.0.2.1 # a", "missing" },
		{ "192.0.2.1 .a", "dot" },
		{ "192.0.2.1 a/b", "A-Z" },
		{ "192.0.2.1 a:b", "A-Z" },
		{ "192.0.2.1 \xc3\xa4", "A-Z" },
		{ "192.0.2.1 others", "taken" },
		{ "192.0.2.1 udplogger", "taken" },
		{ "192.0.2.1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaa",
		  "64" },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hosts_reader reader = { .offset = 0 };
		int len = snprintf(text, sizeof(text),
				   "192.0.2.8 before\n%s\n192.0.2.9 behind\n",
				   rows[i].line);

		memset(memory, 0, hosts_bytes());
		hosts_init(&hosts, memory);
		if (hosts_read(&hosts, &reader, text, (size_t)len))
			fail_msg("%s: fine", rows[i].line);
		assert_int_equal(reader.line, 2);
		if (!strstr(reader.wrong, rows[i].word))
			fail_msg("%s: %s", rows[i].line, reader.wrong);
		assert_true(hosts_read(&hosts, &reader, text, (size_t)len));
		assert_int_equal(hosts.count, 2);
		assert_string_equal(name_of("192.0.2.8", 1), "before");
		assert_string_equal(name_of("192.0.2.9", 1), "behind");
	}
}

static void test_a_zero_byte_ends_nothing(void **state)
{
	static const char text[] = "192.0.2.1\0 a\n192.0.2.2 a\0b\n";
	struct hosts_reader reader = { .offset = 0 };

	(void)state;
	assert_false(hosts_read(&hosts, &reader, text, sizeof(text) - 1));
	assert_false(hosts_read(&hosts, &reader, text, sizeof(text) - 1));
	assert_true(hosts_read(&hosts, &reader, text, sizeof(text) - 1));
	assert_int_equal(hosts.count, 0);
}

static void test_a_table_that_is_full_says_so(void **state)
{
	const size_t width = strlen("10.000.000.000 n\n");
	char *text = malloc((HOSTS_MAX + 1) * (width + 1));
	struct hosts_reader reader = { .offset = 0 };
	size_t len = 0;
	unsigned i;

	(void)state;
	assert_non_null(text);
	for (i = 0; i <= HOSTS_MAX; i++)
		len += (size_t)sprintf(text + len, "10.%u.%u.%u n\n", i >> 16,
				       i >> 8 & 255, i & 255);
	assert_false(hosts_read(&hosts, &reader, text, len));
	assert_int_equal(reader.line, HOSTS_MAX + 1);
	assert_true(hosts_read(&hosts, &reader, text, len));
	assert_string_equal(name_of("10.1.255.255", 5), "n");
	free(text);
}

/* The last line may end without LF, at the end of memory. */
static void test_nothing_behind_the_text_is_read(void **state)
{
	static const char last[] = "10.0.0.1 box\nbox";
	struct hosts_reader reader = { .offset = 0 };
	char *text = malloc(strlen(last));

	(void)state;
	assert_non_null(text);
	memcpy(text, last, strlen(last));
	assert_false(hosts_read(&hosts, &reader, text, strlen(last)));
	assert_int_equal(reader.line, 2);
	assert_true(hosts_read(&hosts, &reader, text, strlen(last)));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_lines_are_read_as_in_hosts_5, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_port_tells_senders_behind_one_address_apart,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_the_first_of_several_lines_counts, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_nothing_behind_the_text_is_read, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(test_many_have_one_name, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_bad_line_is_told_and_the_others_hold, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(test_a_zero_byte_ends_nothing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_table_that_is_full_says_so, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
