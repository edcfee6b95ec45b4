/* Which pairs of a record have the same key. */
#include "unit.h"

#include <string.h>

#include "extbody.h"
#include "pairs.h"
#include "rig.h"

#define SECRET 6364136223846793005u /* any will do */

static struct extbody_pair list[RECORD_PAIRS];
static struct pairs_same same;

static void set_key(size_t i, const char *key)
{
	list[i].key =
		(struct extmsg_part){ (const unsigned char *)key, strlen(key) };
	list[i].value = (struct extmsg_part){ NULL, 0 };
}

static void find(const char *const *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		set_key(i, keys[i]);
	memset(&same, 0xa5, sizeof(same));
	pairs_find_same(list, count, SECRET, &same);
}

static bool has_same_key(size_t i, size_t j)
{
	return list[i].key.len == list[j].key.len &&
	       memcmp(list[i].key.at, list[j].key.at, list[i].key.len) == 0;
}

/* Works out the answer by looking at each pair of pairs. */
static void assert_true_of(size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		bool again = false;

		for (j = 0; j < i; j++)
			again = again || has_same_key(i, j);
		assert_int_equal(same.again[i], again);
		for (j = i + 1; j < count && !has_same_key(i, j); j++)
			;
		assert_int_equal(same.next[i],
				 j < count ? j : (size_t)PAIRS_NONE);
	}
}

static void test_one_pair_has_no_other(void **state)
{
	static const char *const keys[] = { "cpu" };

	(void)state;
	find(keys, 1);
	assert_int_equal(same.next[0], PAIRS_NONE);
	assert_false(same.again[0]);
}

static void test_no_pairs_are_no_harm(void **state)
{
	(void)state;
	find(NULL, 0);
}

static void test_pairs_of_one_key_lead_from_each_to_the_next(void **state)
{
	static const char *const keys[] = { "a", "b", "a", "c", "b", "a" };
	static const uint16_t next[] = { 2,	     4,		 5,
					 PAIRS_NONE, PAIRS_NONE, PAIRS_NONE };
	static const bool again[] = { false, false, true, false, true, true };
	size_t i;

	(void)state;
	find(keys, 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(same.next[i], next[i]);
		assert_int_equal(same.again[i], again[i]);
	}
}

static void test_a_key_that_begins_another_is_not_the_same(void **state)
{
	static const char *const keys[] = { "rack", "racks", "rac", "",
					    "rack", "Rack",  "" };

	(void)state;
	find(keys, 7);
	assert_int_equal(same.next[0], 4);
	assert_int_equal(same.next[3], 6);
	assert_false(same.again[1] || same.again[2] || same.again[5]);
	assert_true_of(7);
}

static void test_any_number_of_pairs_in_any_order(void **state)
{
	static char keys[RECORD_PAIRS][8];
	uint64_t random = 1;
	size_t count, i, kinds;

	(void)state;
	for (count = 1; count <= RECORD_PAIRS; count += count < 70 ? 1 : 17)
		for (kinds = 1; kinds <= count; kinds = kinds * 3 + 1) {
			for (i = 0; i < count; i++) {
				snprintf(keys[i], sizeof(keys[i]), "%u",
					 (unsigned)rig_random(&random, kinds));
				set_key(i, keys[i]);
			}
			pairs_find_same(list, count, SECRET, &same);
			assert_true_of(count);
		}
}

static void test_as_many_pairs_as_a_record_may_have(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < RECORD_PAIRS; i++)
		set_key(i, "k");
	pairs_find_same(list, RECORD_PAIRS, SECRET, &same);
	assert_true_of(RECORD_PAIRS);
	for (i = 0; i < RECORD_PAIRS; i++)
		set_key(i, i % 2 ? "k" : "kk");
	pairs_find_same(list, RECORD_PAIRS, SECRET, &same);
	assert_true_of(RECORD_PAIRS);
}

/* 0 and 1 have most keys meet in the table: slow, and still right. */
static void test_any_secret_and_keys_of_any_length(void **state)
{
	static const uint64_t secrets[] = { 0, 1, 4294967291, UINT64_MAX };
	static const unsigned char bytes[48];
	size_t i, s;

	(void)state;
	for (s = 0; s < sizeof(secrets) / sizeof(secrets[0]); s++) {
		for (i = 0; i < 2 * sizeof(bytes); i++)
			list[i].key = (struct extmsg_part){ bytes,
							    i % sizeof(bytes) };
		pairs_find_same(list, i, secrets[s], &same);
		assert_true_of(i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_pair_has_no_other),
		cmocka_unit_test(test_any_secret_and_keys_of_any_length),
		cmocka_unit_test(test_no_pairs_are_no_harm),
		cmocka_unit_test(
			test_pairs_of_one_key_lead_from_each_to_the_next),
		cmocka_unit_test(
			test_a_key_that_begins_another_is_not_the_same),
		cmocka_unit_test(test_any_number_of_pairs_in_any_order),
		cmocka_unit_test(test_as_many_pairs_as_a_record_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
