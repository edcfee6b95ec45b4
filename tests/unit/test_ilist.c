/* Tests of ilist: a list of small numbers, against an array. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ilist.h"
#include "rig.h"

#define MEMBERS 9

/* The list as it should be, in an array. */
struct wanted {
	uint32_t members[MEMBERS];
	size_t count;
};

static size_t place_of(const struct wanted *order, uint32_t member)
{
	size_t i = 0;

	while (i < order->count && order->members[i] != member)
		i++;
	return i;
}

static void wanted_remove(struct wanted *order, size_t place)
{
	order->count--;
	memmove(&order->members[place], &order->members[place + 1],
		(order->count - place) * sizeof(order->members[0]));
}

/* Walks forth and back; both must find the members of @order. */
static void assert_order(const struct ilist *list, const struct wanted *order)
{
	uint32_t member = list->first;
	size_t i;

	assert_int_equal(ilist_count(list), order->count);
	for (i = 0; i < order->count; i++) {
		assert_int_equal(member, order->members[i]);
		member = list->links[member].next;
	}
	assert_int_equal(member, ILIST_NONE);
	member = list->last;
	for (i = order->count; i-- > 0;) {
		assert_int_equal(member, order->members[i]);
		member = list->links[member].previous;
	}
	assert_int_equal(member, ILIST_NONE);
}

static void test_a_new_list_is_empty_whatever_the_memory_held(void **state)
{
	struct ilist_link links[MEMBERS];
	struct wanted order = { .count = 0 };
	struct ilist list;

	(void)state;
	memset(links, 0xa5, sizeof(links));
	assert_int_equal(ilist_bytes(MEMBERS), sizeof(links));
	assert_int_equal(ilist_bytes(0), 0);
	ilist_init(&list, links);
	assert_order(&list, &order);
}

static void test_a_list_of_65536_needs_eight_bytes_a_member(void **state)
{
	(void)state;
	assert_int_equal(ilist_bytes(65536), 8 * 65536);
	assert_int_equal(ilist_bytes(1), 8);
}

static void test_members_are_removed_from_any_place_of_any_list(void **state)
{
	struct ilist_link links[MEMBERS];
	uint32_t count, member, i;

	(void)state;
	for (count = 1; count <= MEMBERS; count++)
		for (member = 0; member < count; member++) {
			struct wanted order = { .count = 0 };
			struct ilist list;

			ilist_init(&list, links);
			for (i = 0; i < count; i++) {
				ilist_append(&list, i);
				order.members[order.count++] = i;
			}
			ilist_remove(&list, member);
			wanted_remove(&order, member);
			assert_order(&list, &order);
			ilist_append(&list, member);
			order.members[order.count++] = member;
			assert_order(&list, &order);
		}
}

static void test_any_sequence_leaves_the_order_of_an_array(void **state)
{
	struct ilist_link *links = malloc(ilist_bytes(MEMBERS));
	struct wanted order = { .count = 0 };
	uint64_t random = 3;
	struct ilist list;
	size_t i;

	(void)state;
	assert_non_null(links);
	ilist_init(&list, links);
	for (i = 0; i < 50000; i++) {
		uint32_t member = (uint32_t)rig_random(&random, MEMBERS);
		size_t place = place_of(&order, member);

		if (place < order.count) {
			ilist_remove(&list, member);
			wanted_remove(&order, place);
		} else {
			ilist_append(&list, member);
			order.members[order.count++] = member;
		}
		assert_order(&list, &order);
	}
	free(links);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_new_list_is_empty_whatever_the_memory_held),
		cmocka_unit_test(
			test_a_list_of_65536_needs_eight_bytes_a_member),
		cmocka_unit_test(
			test_members_are_removed_from_any_place_of_any_list),
		cmocka_unit_test(
			test_any_sequence_leaves_the_order_of_an_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
