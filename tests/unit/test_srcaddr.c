/* Tests of srcaddr: keys, texts and hashes of who sent a datagram. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "rig.h"
#include "srcaddr.h"

static struct sockaddr_in ipv4(const char *ip, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	assert_int_equal(inet_pton(AF_INET, ip, &sin.sin_addr), 1);
	sin.sin_port = htons(port);
	return sin;
}

static struct sockaddr_in6 ipv6(const char *ip, uint32_t scope, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };

	assert_int_equal(inet_pton(AF_INET6, ip, &sin6.sin6_addr), 1);
	sin6.sin6_port = htons(port);
	sin6.sin6_scope_id = scope;
	return sin6;
}

/* The key of @sa, whose struct held rubbish before. */
static struct srcaddr key_of(const void *sa, size_t len)
{
	struct srcaddr addr;

	memset(&addr, 0xa5, sizeof(addr));
	srcaddr_from(&addr, sa, len);
	return addr;
}

static struct srcaddr key_of_ipv6(const char *ip, uint32_t scope, uint16_t port)
{
	struct sockaddr_in6 sin6 = ipv6(ip, scope, port);

	return key_of(&sin6, sizeof(sin6));
}

static void assert_text(const struct srcaddr *addr, const char *scope,
			const char *text)
{
	struct srcaddr_scopes scopes = { .count = 0 };
	char got[SRCADDR_TEXT_MAX];

	if (scope)
		srcaddr_scope_add(&scopes, addr->scope, scope);
	memset(got, 0xa5, sizeof(got));
	assert_int_equal(srcaddr_text(got, addr, &scopes, NULL), strlen(text));
	assert_string_equal(got, text);
}

static void test_ipv4_is_written_as_address_and_port(void **state)
{
	static const struct {
		const char *ip;
		uint16_t port;
		const char *text;
	} rows[] = {
		{ "0.0.0.0", 0, "0.0.0.0:0" },
		{ "192.0.2.1", 6665, "192.0.2.1:6665" },
		{ "255.255.255.255", 65535, "255.255.255.255:65535" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sockaddr_in sin = ipv4(rows[i].ip, rows[i].port);
		struct srcaddr addr = key_of(&sin, sizeof(sin));

		assert_text(&addr, NULL, rows[i].text);
		assert_text(&addr, "eth0", rows[i].text);
	}
}

static void test_ipv6_is_written_in_brackets(void **state)
{
	static const char *const rows[][2] = {
		{ "::", "[::]:7" },
		{ "::1", "[::1]:7" },
		{ "2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:7" },
		{ "2001:db8:1:2:3:4:5:6", "[2001:db8:1:2:3:4:5:6]:7" },
		{ "ff02::1", "[ff02::1]:7" },
		/* Near to IPv4-mapped, but not. */
		{ "::fffe:c000:201", "[::fffe:c000:201]:7" },
		{ "0:0:0:0:1:ffff:c000:201", "[::1:ffff:c000:201]:7" },
		{ "64:ff9b::c000:201", "[64:ff9b::c000:201]:7" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct srcaddr addr = key_of_ipv6(rows[i][0], 0, 7);

		assert_text(&addr, NULL, rows[i][1]);
		assert_text(&addr, "eth0", rows[i][1]);
	}
}

static void test_a_link_local_source_has_its_scope(void **state)
{
	struct srcaddr addr = key_of_ipv6("fe80::1", 3, 6665);

	(void)state;
	assert_text(&addr, "eth0", "[fe80::1%eth0]:6665");
	assert_text(&addr, NULL, "[fe80::1%3]:6665");
	addr = key_of_ipv6("fe80::1", UINT32_MAX, 1);
	assert_text(&addr, NULL, "[fe80::1%4294967295]:1");
}

static void test_the_longest_text_has_room_and_a_longer_scope_is_cut(void **s)
{
	static const char longest[] =
		"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%123456789012345]"
		":65535";
	char name[40] = "123456789012345678901234567890123456789";
	struct srcaddr addr = key_of_ipv6(
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, 65535);
	size_t len;

	(void)s;
	assert_true(sizeof(longest) <= SRCADDR_TEXT_MAX);
	for (len = sizeof(name) - 1; len >= SRCADDR_SCOPE_MAX - 1; len--) {
		name[len] = '\0';
		assert_text(&addr, name, longest);
	}
	name[1] = '\0';
	assert_text(&addr, name,
		    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%1]:65535");
}

static void test_ipv4_through_either_socket_is_one_source(void **state)
{
	uint64_t keys[SRCADDR_HASH_KEYS];
	struct sockaddr_in sin = ipv4("192.0.2.77", 6665);
	struct srcaddr plain = key_of(&sin, sizeof(sin));
	struct srcaddr mapped = key_of_ipv6("::ffff:192.0.2.77", 0, 6665);

	(void)state;
	rig_hash_keys(keys, 1);
	assert_true(srcaddr_equal(&plain, &mapped));
	assert_int_equal(srcaddr_hash(&plain, keys),
			 srcaddr_hash(&mapped, keys));
	assert_text(&mapped, NULL, "192.0.2.77:6665");
}

static void test_what_is_no_part_of_an_address_makes_no_other_source(void **s)
{
	struct sockaddr_in sin = ipv4("192.0.2.1", 1);
	struct sockaddr_in6 sin6 = ipv6("2001:db8::1", 0, 1);
	struct srcaddr a = key_of(&sin, sizeof(sin));
	struct srcaddr b = key_of(&sin6, sizeof(sin6));
	struct srcaddr again;
	struct sockaddr_storage larger;

	(void)s;
	memset((char *)&sin + 8, 0xff, 8);
	again = key_of(&sin, sizeof(sin));
	assert_true(srcaddr_equal(&a, &again));
	sin6.sin6_flowinfo = 0xffffffff;
	again = key_of(&sin6, sizeof(sin6));
	assert_true(srcaddr_equal(&b, &again));
	memset(&larger, 0xff, sizeof(larger));
	memcpy(&larger, &sin6, sizeof(sin6));
	again = key_of(&larger, sizeof(larger));
	assert_true(srcaddr_equal(&b, &again));
}

static void test_any_bit_of_address_scope_or_port_makes_another_source(void **s)
{
	struct srcaddr a = key_of_ipv6("2001:db8::1", 0, 6665);
	struct sockaddr_in6 sin6;
	struct srcaddr b;
	int bit;

	(void)s;
	for (bit = 0; bit < 128; bit++) {
		sin6 = ipv6("2001:db8::1", 0, 6665);
		sin6.sin6_addr.s6_addr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		b = key_of(&sin6, sizeof(sin6));
		assert_false(srcaddr_equal(&a, &b));
	}
	for (bit = 0; bit < 32; bit++) {
		b = key_of_ipv6("2001:db8::1", UINT32_C(1) << bit, 6665);
		assert_false(srcaddr_equal(&a, &b));
	}
	for (bit = 0; bit < 16; bit++) {
		b = key_of_ipv6("2001:db8::1", 0, (uint16_t)(6665 ^ 1 << bit));
		assert_false(srcaddr_equal(&a, &b));
	}
}

/* The first @len bytes of @sa in memory of just that size, at an odd place. */
static void assert_cut(const void *sa, size_t len)
{
	char *memory = malloc(len + 1);
	struct srcaddr addr;

	assert_non_null(memory);
	if (len > 0)
		memcpy(memory + 1, sa, len);
	memset(&addr, 0xa5, sizeof(addr));
	srcaddr_from(&addr, (struct sockaddr *)(void *)(memory + 1), len);
	assert_text(&addr, "eth0", "[::]:0");
	free(memory);
}

static void test_an_address_cut_anywhere_is_unknown(void **state)
{
	struct sockaddr_in sin = ipv4("192.0.2.1", 6665);
	struct sockaddr_in6 sin6 = ipv6("2001:db8::1", 0, 6665);
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(sin); len++)
		assert_cut(&sin, len);
	for (len = 0; len < sizeof(sin6); len++)
		assert_cut(&sin6, len);
}

static void test_another_family_is_unknown(void **state)
{
	struct sockaddr_storage storage;
	unsigned family;

	(void)state;
	for (family = 0; family < 300; family++) {
		struct srcaddr addr;

		if (family == AF_INET || family == AF_INET6)
			continue;
		memset(&storage, 0xff, sizeof(storage));
		storage.ss_family = (sa_family_t)family;
		addr = key_of(&storage, sizeof(storage));
		assert_text(&addr, NULL, "[::]:0");
	}
}

/* ---- the hash ---- */

/* The sum of the paper, multiplying as by hand: by adding what was shifted. */
static uint32_t reference(const uint32_t words[6], const uint64_t keys[7])
{
	uint64_t sum = keys[6];
	int i, bit;

	for (i = 0; i < 6; i++)
		for (bit = 0; bit < 32; bit++)
			if (words[i] >> bit & 1)
				sum += keys[i] << bit;
	return (uint32_t)(sum >> 32);
}

static void test_the_hash_is_multilinear_in_all_words_of_the_key(void **state)
{
	uint64_t random = 5;
	int i, j;

	(void)state;
	for (i = 0; i < 10000; i++) {
		uint64_t keys[SRCADDR_HASH_KEYS];
		struct srcaddr addr;
		uint32_t words[6];

		for (j = 0; j < 6; j++)
			words[j] = (uint32_t)rig_random(&random, UINT32_MAX);
		memcpy(&addr, words, sizeof(addr));
		rig_hash_keys(keys, random);
		assert_int_equal(srcaddr_hash(&addr, keys),
				 reference(words, keys));
	}
}

/* Of @rounds random keys, how many put @a and @b into one of 64 buckets. */
static int collisions(const struct srcaddr *a, const struct srcaddr *b,
		      int rounds)
{
	int count = 0, i;

	for (i = 0; i < rounds; i++) {
		uint64_t keys[SRCADDR_HASH_KEYS];

		rig_hash_keys(keys, (uint64_t)i * 1000);
		if ((srcaddr_hash(a, keys) & 63) ==
		    (srcaddr_hash(b, keys) & 63))
			count++;
	}
	return count;
}

static void test_sources_one_bit_apart_collide_as_rarely_as_any(void **state)
{
	struct srcaddr a = key_of_ipv6("2001:db8::1", 7, 6665);
	int bit;

	(void)state;
	for (bit = 0; bit < 8 * 22; bit++) {
		struct srcaddr b = a;

		((unsigned char *)&b)[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_between(collisions(&a, &b, 6400), 50, 160);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_is_written_as_address_and_port),
		cmocka_unit_test(test_ipv6_is_written_in_brackets),
		cmocka_unit_test(test_a_link_local_source_has_its_scope),
		cmocka_unit_test(
			test_the_longest_text_has_room_and_a_longer_scope_is_cut),
		cmocka_unit_test(test_ipv4_through_either_socket_is_one_source),
		cmocka_unit_test(
			test_what_is_no_part_of_an_address_makes_no_other_source),
		cmocka_unit_test(
			test_any_bit_of_address_scope_or_port_makes_another_source),
		cmocka_unit_test(test_an_address_cut_anywhere_is_unknown),
		cmocka_unit_test(test_another_family_is_unknown),
		cmocka_unit_test(
			test_the_hash_is_multilinear_in_all_words_of_the_key),
		cmocka_unit_test(
			test_sources_one_bit_apart_collide_as_rarely_as_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
