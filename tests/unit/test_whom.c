/* Tests of whom: who is meant by host=. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filename.h"
#include "whom.h"

static const char named[] = "10.0.0.1 web1\n10.0.0.2:6665 db1\n"
			    "10.0.0.2 db2\n2001:db8::7 six\n";
static struct hosts hosts;
static void *memory;

static int read_hosts(void **state)
{
	struct hosts_reader reader = { .offset = 0 };

	(void)state;
	memory = calloc(1, hosts_bytes());
	hosts_init(&hosts, memory);
	assert_true(hosts_read(&hosts, &reader, named, sizeof(named) - 1));
	return 0;
}

static int forget_hosts(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

/* Whether a line of @source is of @host; what a look at its head says, too. */
static bool is_meant(const char *host, const char *source)
{
	struct whom_seen seen;
	struct whom whom;
	bool meant;

	whom_init(&whom, host, &hosts);
	whom_see(&seen, source, strlen(source));
	meant = whom_is(&whom, &seen);
	if (meant && !whom_may_be(&whom, source, strlen(source)))
		fail_msg("%s: the head of %s is not known", host, source);
	return meant;
}

static void test_sources_of_all_forms_are_told_apart(void **state)
{
	static const struct {
		const char *host, *source;
		bool meant;
	} rows[] = {
		{ "10.0.0.9", "10.0.0.9:6665", true },
		{ "10.0.0.9", "10.0.0.9:1", true },
		{ "10.0.0.9", "10.0.0.9", true },
		{ "10.0.0.9", "10.0.0.90:6665", false },
		{ "10.0.0.9", "110.0.0.9:6665", false },
		{ "10.0.0.9:6665", "10.0.0.9:6665", true },
		{ "10.0.0.9:6665", "10.0.0.9:66", false },
		{ "10.0.0.9:66", "10.0.0.9:6665", false },
		{ "10.0.0.9:6665", "10.0.0.9", true },
		{ "fe80::1", "[fe80::1%eth0]:6665", true },
		{ "fe80::1%eth0", "[fe80::1%eth0]:6665", true },
		{ "fe80::1%eth1", "[fe80::1%eth0]:6665", false },
		{ "[fe80::1%eth0]:6665", "[fe80::1%eth0]:6665", true },
		{ "[fe80::1]:6665", "[fe80::1%eth0]:6665", true },
		{ "[fe80::1]:6666", "[fe80::1%eth0]:6665", false },
		{ "[fe80::1]", "[fe80::1%eth0]:6665", true },
		{ "fe80::1", "fe80::1%eth0", true },
		{ "fe80::1", "[fe80::11]:6665", false },
		{ "2001:DB8:0::9", "[2001:db8::9]:1", true },
		{ "other", "other", true },
		{ "other", "other2", false },
		{ "other2", "other", false },
		{ "other", "udplogger:", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_meant(rows[i].host, rows[i].source) != rows[i].meant)
			fail_msg("%s and %s", rows[i].host, rows[i].source);
}

static void test_names_and_addresses_stand_for_each_other(void **state)
{
	(void)state;
	assert_true(is_meant("web1", "web1"));
	assert_true(is_meant("web1", "10.0.0.1:6665"));
	assert_true(is_meant("10.0.0.1", "web1"));
	assert_true(is_meant("10.0.0.1:7", "web1"));
	assert_true(is_meant("six", "[2001:db8::7]:6665"));
	assert_true(is_meant("2001:db8::7", "six"));
	assert_false(is_meant("web1", "db1"));
	assert_false(is_meant("10.0.0.1", "db1"));
}

static void test_a_port_may_have_a_name_of_its_own(void **state)
{
	(void)state;
	assert_true(is_meant("db1", "10.0.0.2:6665"));
	assert_false(is_meant("db1", "10.0.0.2:6666"));
	assert_true(is_meant("db2", "10.0.0.2:6666"));
	assert_false(is_meant("db2", "10.0.0.2:6665"));
	assert_true(is_meant("10.0.0.2", "db1"));
	assert_true(is_meant("10.0.0.2", "db2"));
	assert_false(is_meant("10.0.0.2:6666", "db1"));
}

static const char *key_of(const char *source)
{
	static char key[80];
	struct whom_seen seen;
	size_t len;
	const char *text;

	whom_see(&seen, source, strlen(source));
	text = whom_key(&seen, &hosts, &len);
	snprintf(key, sizeof(key), "%.*s", (int)len, text);
	return key;
}

static void test_a_host_is_a_name_or_an_address(void **state)
{
	(void)state;
	assert_string_equal(key_of("web1"), "web1");
	assert_string_equal(key_of("10.0.0.1:6665"), "web1");
	assert_string_equal(key_of("10.0.0.2:6665"), "db1");
	assert_string_equal(key_of("10.0.0.9:6665"), "10.0.0.9");
	assert_string_equal(key_of("[fe80::1%eth0]:6665"), "fe80::1%eth0");
}

static void test_lines_without_a_sender_are_udploggers_own(void **state)
{
	const struct whom_seen nobody = { .port = WHOM_NO_PORT };
	struct whom whom;

	(void)state;
	whom_init(&whom, "udplogger", &hosts);
	assert_true(whom_is(&whom, &nobody));
	whom_init(&whom, "web1", &hosts);
	assert_false(whom_is(&whom, &nobody));
	whom_init(&whom, "10.0.0.1", &hosts);
	assert_false(whom_is(&whom, &nobody));
}

/* Anybody may have changed the file: a bracket may stand open. */
static void test_an_address_ends_where_its_source_does(void **state)
{
	(void)state;
	assert_string_equal(key_of("[fe80::a"), "fe80::a");
	assert_string_equal(key_of("["), "");
	assert_string_equal(key_of("[:5"), "");
	assert_string_equal(key_of("[]"), "");
	assert_string_equal(key_of("[]:5"), "");
}

static bool may_have(const char *host, const char *pattern, const char *file)
{
	struct filename name;
	struct whom whom;

	assert_null(filename_compile(&name, pattern));
	whom_init(&whom, host, &hosts);
	return whom_may_have_file(&whom, &name, file);
}

static void test_files_of_others_are_known_by_their_names(void **state)
{
	static const char by_host[] = "{host}/%Y-%m-%d.log";
	static const char by_address[] = "{address}/%Y-%m-%d.log";

	(void)state;
	assert_true(may_have("web1", by_host, "web1/2026-11-28.log"));
	assert_true(may_have("web1", by_host, "10.0.0.1/2026-11-28.log"));
	assert_false(may_have("web1", by_host, "db1/2026-11-28.log"));
	assert_true(may_have("web1", by_host, "others/2026-11-28.log"));
	assert_true(may_have("web1", by_address, "10.9.9.9/2026-11-28.log"));
	assert_false(
		may_have("10.0.0.1", by_address, "10.9.9.9/2026-11-28.log"));
	assert_true(
		may_have("fe80::1", by_host, "fe80--1-eth0/2026-11-28.log"));
	assert_true(may_have("web1", "%Y-%m-%d.log", "2026-11-28.log"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources_of_all_forms_are_told_apart),
		cmocka_unit_test(test_names_and_addresses_stand_for_each_other),
		cmocka_unit_test(test_a_port_may_have_a_name_of_its_own),
		cmocka_unit_test(test_a_host_is_a_name_or_an_address),
		cmocka_unit_test(
			test_lines_without_a_sender_are_udploggers_own),
		cmocka_unit_test(test_an_address_ends_where_its_source_does),
		cmocka_unit_test(test_files_of_others_are_known_by_their_names),
	};

	return cmocka_run_group_tests(tests, read_hosts, forget_hosts);
}
