/* Tests of walk: what it finds below DIR, and where it goes. */
#include "retainworld.h"

static struct walk *const w = &retain.walk;

/* Sets the walk up alone, without what it is for. */
static void walk_for(const char *file)
{
	keep(1);
	begin(file);
	assert_true(walk_begin(w, fake.now_ms));
}

/* Goes to the next file; NULL at the end. */
static const char *next_found(void)
{
	enum walk_result result;

	do
		result = walk_step(w, fake.now_ms);
	while (result == WALK_PASSED || result == WALK_READ);
	return result == WALK_FOUND ? w->name : NULL;
}

static void test_each_file_is_found_once_with_its_period(void **state)
{
	char name[32];
	unsigned day;

	(void)state;
	for (day = 1; day <= 30; day++) {
		snprintf(name, sizeof(name), "2026-11-%02u.log", day);
		make(name, day * KIB);
	}
	walk_for("%Y-%m-%d.log");
	for (day = 1; day <= 30; day++) {
		snprintf(name, sizeof(name), "2026-11-%02u.log", day);
		assert_string_equal(next_found(), name);
		assert_int_equal(w->found.period,
				 STAMP_PERIOD(20261100 + day, 0));
		assert_int_equal(w->st.st_size, day * KIB);
	}
	assert_null(next_found());
	assert_null(next_found());
	assert_int_equal(w->strangers, 0);
}

static void test_it_goes_into_directories_of_the_pattern_alone(void **state)
{
	(void)state;
	make("2026/a/11.22", 1);
	make("2026/b/11.22", 1);
	make("2025/b/11.22", 1);
	make("late/b/11.22", 1);
	make("2026/.b/11.22", 1);
	make("2026/11.22", 1);
	make("2026/a/b/11.22", 1);
	walk_for("%Y/{host}/%m.%d");
	assert_string_equal(next_found(), "2026/a/11.22");
	assert_string_equal(next_found(), "2026/b/11.22");
	assert_string_equal(next_found(), "2025/b/11.22");
	assert_null(next_found());
	assert_int_equal(w->strangers, 1);
	assert_int_equal(fake_open_fds(), 1);
}

static void test_it_goes_through_no_link(void **state)
{
	(void)state;
	fake.no_types = true;
	make("2026/a/11.22", 1);
	make("2026/b/11.22", 1);
	fake_node("/log/2026/a")->mode = S_IFLNK | 0777;
	walk_for("%Y/{host}/%m.%d");
	assert_string_equal(next_found(), "2026/b/11.22");
	assert_null(next_found());
	assert_string_equal(fake_text("stderr"), "");
}

static void test_senders_have_different_holders(void **state)
{
	uint64_t first;

	(void)state;
	make("a/2026-11-21", 1);
	make("a/2026-11-22", 1);
	make("b/2026-11-22", 1);
	walk_for("{host}/%Y-%m-%d");
	assert_non_null(next_found());
	first = w->found.holder;
	assert_non_null(next_found());
	assert_true(w->found.holder == first);
	assert_non_null(next_found());
	assert_true(w->found.holder != first);
}

static void test_it_may_end_anywhere(void **state)
{
	(void)state;
	make("2026/a/11.22", 1);
	make("2026/a/11.23", 1);
	walk_for("%Y/{host}/%m.%d");
	assert_non_null(next_found());
	assert_int_equal(fake_open_fds(), 4);
	walk_end(w);
	assert_int_equal(fake_open_fds(), 1);
	assert_int_equal(walk_step(w, fake.now_ms), WALK_ENDED);
}

static void test_what_vanishes_meanwhile_is_no_fault(void **state)
{
	(void)state;
	make("2026/a/11.22", 1);
	make("2026/b/11.22", 1);
	make("2026/b/11.23", 1);
	walk_for("%Y/{host}/%m.%d");
	assert_string_equal(next_found(), "2026/a/11.22");
	fake_unlink("/log/2026/b/11.22");
	assert_string_equal(next_found(), "2026/b/11.23");
	fake_unlink("/log/2026/b/11.23");
	fake_unlink("/log/2026/b");
	assert_null(next_found());
	assert_string_equal(fake_text("stderr"), "");
}

static void
test_files_of_incidents_are_found_in_the_directory_itself(void **state)
{
	unsigned types;

	(void)state;
	for (types = 0; types < 2; types++) {
		fake.no_types = types == 0;
		make("2026/a/11.22", 1);
		make("2026-11-21.incidents", 1);
		make("2026-11-21.2.incidents.gz", 1);
		make("2026-11-21.incidents.old", 1);
		make("2026/2026-11-21.incidents", 1);
		make("2026/a/2026-11-21.incidents", 1);
		walk_for("%Y/{host}/%m.%d");
		assert_string_equal(next_found(), "2026/a/11.22");
		assert_string_equal(next_found(), "2026-11-21.incidents");
		assert_int_equal(w->found.period,
				 INCIDENTSFILE_PERIOD(20261121));
		assert_string_equal(next_found(), "2026-11-21.2.incidents.gz");
		assert_int_equal(w->found.period,
				 INCIDENTSFILE_PERIOD(20261121));
		assert_null(next_found());
		assert_int_equal(w->strangers, types == 0 ? 0 : 3);
		tear_down(NULL);
		set_up(NULL);
	}
}

/* Those of a host that is called so. */
static void
test_a_directory_with_such_a_name_is_one_of_the_pattern(void **state)
{
	(void)state;
	make("2026-11-21.incidents/2026-11-20.log", 1);
	walk_for("{host}/%Y-%m-%d.log");
	assert_string_equal(next_found(),
			    "2026-11-21.incidents/2026-11-20.log");
	assert_null(next_found());
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_file_is_found_once_with_its_period),
		TEST(test_it_goes_into_directories_of_the_pattern_alone),
		TEST(test_it_goes_through_no_link),
		TEST(test_senders_have_different_holders),
		TEST(test_it_may_end_anywhere),
		TEST(test_what_vanishes_meanwhile_is_no_fault),
		TEST(test_files_of_incidents_are_found_in_the_directory_itself),
		TEST(test_a_directory_with_such_a_name_is_one_of_the_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
