/* Tests of source: the table of senders, against an array. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linebuf.h"
#include "model.h"
#include "rig.h"
#include "source.h"

#define MOST 262144

/* A table in memory of just its size. */
static void new_table(struct source_table *table, uint32_t capacity)
{
	uint64_t keys[SRCADDR_HASH_KEYS];

	rig_hash_keys(keys, 42);
	source_table_init(table, capacity, keys,
			  rig_memory(source_table_bytes(capacity)));
}

static void free_table(struct source_table *table)
{
	free(table->entries);
}

static struct srcaddr address(uint32_t n)
{
	struct srcaddr addr = { .port = (uint16_t)(6665 + n / 16777216) };

	memcpy(addr.ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a", 13);
	addr.ip[13] = (uint8_t)(n >> 16);
	addr.ip[14] = (uint8_t)(n >> 8);
	addr.ip[15] = (uint8_t)n;
	return addr;
}

/* ---- the table as it should be, looked at one by one ---- */

struct wanted {
	struct srcaddr addrs[200];
	bool heard[200]; /* since its turn came last */
	size_t count;
	size_t turn;
	size_t last; /* heard of all, of which nobody asks again */
};

static size_t place_of(const struct wanted *wanted, const struct srcaddr *addr)
{
	size_t i = 0;

	while (i < wanted->count &&
	       memcmp(&wanted->addrs[i], addr, sizeof(*addr)) != 0)
		i++;
	return i;
}

/* Where the next new sender belongs. */
static size_t place_for_new(struct wanted *wanted, size_t capacity)
{
	if (wanted->count < capacity)
		return wanted->count;
	while (wanted->heard[wanted->turn]) {
		wanted->heard[wanted->turn] = false;
		wanted->turn = (wanted->turn + 1) % capacity;
	}
	return wanted->turn;
}

static void assert_entry(const struct source_table *table,
			 const struct source *source,
			 const struct srcaddr *addr)
{
	char text[SRCADDR_TEXT_MAX];
	size_t len;

	assert_non_null(source);
	assert_true(source_number(table, source) < table->capacity);
	assert_true(srcaddr_equal(&source->addr, addr));
	model_source_text(text, addr);
	len = strlen(text);
	assert_int_equal(source->prefix_len, len + 1);
	assert_memory_equal(source_prefix(table, source), text, len);
	assert_int_equal(source_prefix(table, source)[len], ' ');
}

static void hear_new(struct source_table *table, struct wanted *wanted,
		     const struct srcaddr *addr)
{
	size_t place = place_for_new(wanted, table->capacity);
	struct source *source;

	if (wanted->count == table->capacity) {
		assert_true(srcaddr_equal(&source_makes_way(table)->addr,
					  &wanted->addrs[place]));
		wanted->turn = (place + 1) % table->capacity;
	} else {
		wanted->count++;
	}
	source = source_add(table, addr);
	assert_int_equal(source_number(table, source), place);
	assert_entry(table, source, addr);
	assert_int_equal(source->line, LINEBUF_EMPTY);
	assert_false(source->cut);
	source->line = 77;
	source->cut = true;
	wanted->addrs[place] = *addr;
	wanted->last = place;
}

/* One datagram of @addr comes, in the table and as it should be. */
static void hear(struct source_table *table, struct wanted *wanted,
		 const struct srcaddr *addr)
{
	struct source *source = source_find(table, addr);
	size_t place = place_of(wanted, addr);

	if (place < wanted->count) {
		assert_entry(table, source, addr);
		assert_int_equal(source->line, 77);
		wanted->heard[place] |= place != wanted->last;
		wanted->last = place;
	} else {
		assert_null(source);
		hear_new(table, wanted, addr);
	}
	assert_int_equal(source_table_full(table),
			 wanted->count == table->capacity);
}

static void test_any_sequence_leaves_what_it_should(void **state)
{
	static const uint32_t capacities[] = { 1,  2,  3,  10, 15,  16, 17,
					       33, 63, 64, 65, 128, 200 };
	uint64_t random = 6;
	size_t i, round;

	(void)state;
	for (i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
		struct wanted wanted = { .count = 0 };
		struct source_table table;

		new_table(&table, capacities[i]);
		for (round = 0; round < 5000; round++) {
			struct srcaddr addr = address((uint32_t)rig_random(
				&random, 2 * capacities[i]));

			hear(&table, &wanted, &addr);
		}
		free_table(&table);
	}
}

static uint32_t bucket(const struct source_table *table,
		       const struct srcaddr *addr)
{
	return srcaddr_hash(addr, table->hash_keys) & table->bucket_mask;
}

/* All in one bucket, where entries are taken out at every place of a chain. */
static void test_sources_that_collide_are_told_apart(void **state)
{
	struct srcaddr same[40];
	struct wanted wanted = { .count = 0 };
	struct source_table table;
	uint64_t random = 8;
	size_t count = 0, round;
	uint32_t n;

	(void)state;
	new_table(&table, 20);
	for (n = 0; count < 40; n++) {
		same[count] = address(n);
		if (bucket(&table, &same[count]) == 5)
			count++;
	}
	for (round = 0; round < 20000; round++)
		hear(&table, &wanted, &same[rig_random(&random, 40)]);
	free_table(&table);
}

static void test_a_new_table_is_empty(void **state)
{
	struct source_table table;
	struct srcaddr nobody = { .port = 0 };

	(void)state;
	new_table(&table, 1);
	assert_null(source_find(&table, &nobody));
	assert_false(source_table_full(&table));
	assert_non_null(source_add(&table, &nobody));
	assert_true(source_table_full(&table));
	assert_non_null(source_find(&table, &nobody));
	free_table(&table);
}

static void assert_prefix(const struct source_table *table,
			  const struct source *source, const char *want)
{
	assert_int_equal(source->prefix_len, strlen(want));
	assert_memory_equal(source_prefix(table, source), want, strlen(want));
}

/* Has the interface of @addr called @name while it is added. */
static struct source *add_named(struct source_table *table,
				const struct srcaddr *addr, const char *name)
{
	struct srcaddr_scopes scopes = { .count = 0 };
	struct source *source;

	srcaddr_scope_add(&scopes, addr->scope, name);
	table->scopes = &scopes;
	source = source_add(table, addr);
	table->scopes = NULL;
	return source;
}

static void test_a_prefix_has_the_name_of_the_interface(void **state)
{
	struct srcaddr addr = { .ip = { 0xfe, 0x80, [15] = 1 },
				.scope = 9,
				.port = 6665 };
	struct source_table table;

	(void)state;
	new_table(&table, 2);
	assert_prefix(&table, add_named(&table, &addr, "eth0"),
		      "[fe80::1%eth0]:6665 ");
	addr.scope = 10;
	assert_prefix(&table, source_add(&table, &addr), "[fe80::1%10]:6665 ");
	free_table(&table);
}

/* Short ones are in the entry and long ones are not; either may follow. */
#define LONGEST_NAME \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* Makes @hosts of @text in @memory, which is zeroed. */
static void read_hosts(struct hosts *hosts, void *memory, const char *text)
{
	struct hosts_reader reader = { .offset = 0 };

	hosts_init(hosts, memory);
	assert_true(hosts_read(hosts, &reader, text, strlen(text)));
}

/* Asserts what a record of @source says: NAME, ADDRESS and port. */
static void assert_signed(const struct source_table *table,
			  const struct source *source, const char *name,
			  const char *address)
{
	struct record record = { .text = NULL };

	source_sign(table, source, &record);
	assert_int_equal(record.host_len, strlen(name));
	assert_memory_equal(record.prefix, name, strlen(name));
	assert_int_equal(record.prefix[record.prefix_len - 1], ' ');
	assert_int_equal(record.address_len, strlen(address));
	assert_memory_equal(record.address, address, strlen(address));
	assert_int_equal(record.port, source->addr.port);
}

static void test_a_name_stands_in_place_of_the_address(void **state)
{
	static const char text[] = "10.0.0.1 web-1\n::1 " LONGEST_NAME "\n";
	struct srcaddr six = { .ip = { [15] = 1 }, .port = 7 };
	struct srcaddr one = address(1), two = address(2);
	struct source_table table;
	struct hosts hosts;
	void *memory = rig_memory(hosts_bytes());

	(void)state;
	read_hosts(&hosts, memory, text);
	new_table(&table, 3);
	source_rename(&table, &hosts);
	assert_prefix(&table, source_add(&table, &one), "web-1 ");
	assert_prefix(&table, source_add(&table, &two), "10.0.0.2:6665 ");
	assert_prefix(&table, source_add(&table, &six), LONGEST_NAME " ");
	assert_signed(&table, source_find(&table, &one), "web-1", "10.0.0.1");
	assert_signed(&table, source_find(&table, &two), "", "10.0.0.2");
	assert_signed(&table, source_find(&table, &six), LONGEST_NAME, "::1");
	free_table(&table);
	free(memory);
}

/* More often than the counter of names can tell apart. */
static void test_new_names_hold_from_the_next_datagram_on(void **state)
{
	static const char text[] = "10.0.0.1 web-1\n";
	struct srcaddr one = address(1);
	struct source_table table;
	struct hosts hosts;
	void *memory = rig_memory(hosts_bytes());
	unsigned i;

	(void)state;
	read_hosts(&hosts, memory, text);
	new_table(&table, 2);
	assert_prefix(&table, source_add(&table, &one), "10.0.0.1:6665 ");
	for (i = 0; i < 300; i++)
		source_rename(&table, &hosts);
	assert_prefix(&table, source_find(&table, &one), "web-1 ");
	for (i = 0; i < 256; i++)
		source_rename(&table, NULL);
	assert_prefix(&table, source_find(&table, &one), "10.0.0.1:6665 ");
	free_table(&table);
	free(memory);
}

static void test_prefixes_of_every_length_follow_each_other(void **state)
{
	static const char name[] = "abcdefghijklmno";
	static const uint16_t ports[] = { 1, 22, 333, 4444, 55555 };
	struct srcaddr addr = { .ip = { 0xfe, 0x80, [15] = 1 } };
	struct source_table table;
	uint32_t n;

	(void)state;
	new_table(&table, 2);
	for (n = 0; n < 15 * 5 * 2; n++) {
		const char *scope = name + n % 15;
		char want[128];

		addr.scope = n + 1;
		addr.port = ports[n / 15 % 5];
		memset(addr.ip + 2, n % 2 ? 0xff : 0, 12);
		snprintf(want, sizeof(want), "[fe80:%s%s%%%s]:%u ",
			 n % 2 ? "ffff:ffff:ffff:ffff:ffff:ffff:" : ":", "1",
			 scope, addr.port);
		assert_prefix(&table, add_named(&table, &addr, scope), want);
	}
	free_table(&table);
}

static void test_the_longest_prefixes_fit_side_by_side(void **state)
{
	struct srcaddr addr = { .port = 65535 };
	struct source_table table;
	struct source *sources[3];
	uint32_t i;

	(void)state;
	memset(addr.ip, 0xff, sizeof(addr.ip));
	new_table(&table, 3);
	for (i = 0; i < 3; i++) {
		addr.scope = i + 1;
		sources[i] = add_named(&table, &addr, "abcdefghijklmno");
	}
	for (i = 0; i < 3; i++)
		assert_prefix(&table, sources[i],
			      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%"
			      "abcdefghijklmno]:65535 ");
	free_table(&table);
}

static void test_getting_ready_changes_nothing(void **state)
{
	size_t bytes = source_table_bytes(16);
	unsigned char *before = rig_memory(bytes);
	uint32_t numbers[SOURCE_PREFETCH_MAX];
	struct srcaddr addrs[300];
	struct source_table table;
	uint32_t i;

	(void)state;
	new_table(&table, 16);
	for (i = 0; i < 300; i++) {
		addrs[i] = address(i % 40);
		if (i < 20)
			source_add(&table, &addrs[i]);
	}
	memcpy(before, table.entries, bytes);
	for (i = 0; i <= 300; i++)
		assert_true(source_prefetch(&table, addrs, i, numbers) <=
			    SOURCE_PREFETCH_MAX);
	assert_memory_equal(table.entries, before, bytes);
	free(before);
	free_table(&table);
}

static uint32_t longest_chain(const struct source_table *table)
{
	uint32_t i, longest = 0;

	for (i = 0; i <= table->bucket_mask; i++) {
		uint32_t n = 0, at;

		for (at = table->buckets[i]; at != SOURCE_NONE;
		     at = table->entries[at].chain)
			n++;
		if (n > longest)
			longest = n;
	}
	return longest;
}

/* Sources with prefixes of all lengths come and go, and one by one again. */
static void test_long_prefixes_are_given_back(void **state)
{
	struct source_table table;
	uint64_t random = 3;
	uint32_t i, k;

	(void)state;
	new_table(&table, 100);
	for (i = 0; i < 20000; i++) {
		struct srcaddr addr = address(i);

		/* An IPv6 address of up to 39 bytes, perhaps of a link. */
		for (k = 0; i % 3 > 0 && k < 16; k++)
			addr.ip[k] = (uint8_t)rig_random(&random, 256);
		if (i % 3 == 2) {
			memcpy(addr.ip, "\xfe\x80", 2);
			addr.scope = 1000000000 + i;
		}
		assert_entry(&table, source_add(&table, &addr), &addr);
		assert_true(table.medium.used <= 67);
		assert_true(table.large.used <= 34);
	}
	assert_true(table.medium.used >= 33);
	assert_true(table.large.used >= 33);
	free_table(&table);
}

/* Addresses that only count up, as in a spoofed flood, fall far apart. */
static void test_a_full_table_of_262144_has_short_chains(void **state)
{
	struct source_table table;
	uint32_t i;

	(void)state;
	new_table(&table, MOST);
	for (i = 0; i < MOST; i++) {
		struct srcaddr addr = address(i);

		assert_false(source_table_full(&table));
		assert_null(source_find(&table, &addr));
		source_add(&table, &addr);
	}
	assert_true(source_table_full(&table));
	assert_true(table.bucket_mask + 1 >= MOST);
	assert_between(longest_chain(&table), 1, 12);
	free_table(&table);
}

static void test_a_flood_through_a_full_table_leaves_the_newest(void **state)
{
	struct source_table table;
	uint32_t i;

	(void)state;
	new_table(&table, MOST);
	for (i = 0; i < 3 * MOST; i++) {
		struct srcaddr addr = address(i), gone = address(i - MOST);

		if (i >= MOST)
			assert_true(srcaddr_equal(
				&source_makes_way(&table)->addr, &gone));
		source_add(&table, &addr);
		if (i >= MOST)
			assert_null(source_find(&table, &gone));
	}
	for (i = 2 * MOST; i < 3 * MOST; i++) {
		struct srcaddr addr = address(i);

		assert_entry(&table, source_find(&table, &addr), &addr);
	}
	assert_between(longest_chain(&table), 1, 12);
	free_table(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_sequence_leaves_what_it_should),
		cmocka_unit_test(test_sources_that_collide_are_told_apart),
		cmocka_unit_test(test_a_new_table_is_empty),
		cmocka_unit_test(test_a_prefix_has_the_name_of_the_interface),
		cmocka_unit_test(
			test_prefixes_of_every_length_follow_each_other),
		cmocka_unit_test(test_a_name_stands_in_place_of_the_address),
		cmocka_unit_test(test_new_names_hold_from_the_next_datagram_on),
		cmocka_unit_test(test_getting_ready_changes_nothing),
		cmocka_unit_test(test_the_longest_prefixes_fit_side_by_side),
		cmocka_unit_test(test_long_prefixes_are_given_back),
		cmocka_unit_test(test_a_full_table_of_262144_has_short_chains),
		cmocka_unit_test(
			test_a_flood_through_a_full_table_leaves_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
