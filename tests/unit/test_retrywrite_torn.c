/* Short writes: no line is torn, whatever happens to the file meanwhile. */
#include "unit.h"

#include "fileworld.h"

static void test_a_write_may_be_short_by_any_length(void **state)
{
	static const char lines[] = "first\nsecond line\nthird\n";
	size_t len;

	(void)state;
	for (len = 1; len <= strlen(lines); len++) {
		set_up(NULL);
		put(lines);
		fake.short_nth = 1;
		fake.short_len = len;
		assert_int_equal(drain(DAY), 0);
		assert_string_equal(fake_text(PATH), lines);
		tear_down(NULL);
	}
	set_up(NULL);
}

/* The disk is full after @len bytes, and @change happens until it isn't. */
static void tear_at(size_t len, void (*change)(void))
{
	set_up(NULL);
	fake.capacity = len;
	put("first\n");
	put("second line\n");
	put("third\n");
	assert_int_equal(drain(DAY), -1);
	assert_true(retry_time() > fake.now_ms);
	change();
	fake.capacity = SIZE_MAX;
	fake.now_ms += BACKOFF_MAX_MS;
	assert_int_equal(drain(DAY), 0);
}

static void test_a_torn_line_goes_on_in_the_same_file(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < 24; len++) {
		tear_at(len, leave_it);
		assert_string_equal(fake_text(PATH),
				    "first\nsecond line\nthird\n");
		tear_down(NULL);
	}
	set_up(NULL);
}

static void check_torn_elsewhere(size_t len)
{
	const char *expected = len < 6	  ? "first\nsecond line\nthird\n"
			       : len < 18 ? "second line\nthird\n"
					  : "third\n";

	if (strcmp(fake_text(PATH), expected))
		fail_msg("torn at %zu: %s", len, fake_text(PATH));
}

static void test_a_torn_line_is_whole_in_another_file(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < 24; len++) {
		tear_at(len, rename_it);
		check_torn_elsewhere(len);
		tear_down(NULL);
		tear_at(len, replace_it);
		check_torn_elsewhere(len);
		tear_down(NULL);
	}
	set_up(NULL);
}

/* The file system gives the new file the number of the old one. */
static void test_a_torn_line_is_whole_after_deletion(void **state)
{
	size_t len;

	(void)state;
	for (len = 1; len < 24; len++) {
		tear_at(len, delete_it);
		check_torn_elsewhere(len);
		tear_down(NULL);
	}
	set_up(NULL);
}

/* HUP, and no descriptor to look with: the line's beginning is still there. */
static void test_a_torn_line_waits_for_a_descriptor(void **state)
{
	size_t len;

	(void)state;
	for (len = 1; len < 24; len++) {
		set_up(NULL);
		fake.capacity = len;
		put("first\n");
		put("second line\n");
		put("third\n");
		assert_int_equal(drain(DAY), -1);
		openfile_reopen(&a_log.file);
		fake.capacity = SIZE_MAX;
		fake_fail(FAKE_BIT(FAKE_OPEN), 1, 5, EMFILE, 0);
		while (drain(DAY))
			fake.now_ms = retry_time();
		assert_string_equal(fake_text(PATH),
				    "first\nsecond line\nthird\n");
		tear_down(NULL);
	}
	set_up(NULL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_write_may_be_short_by_any_length),
		CASE(test_a_torn_line_goes_on_in_the_same_file),
		CASE(test_a_torn_line_is_whole_in_another_file),
		CASE(test_a_torn_line_is_whole_after_deletion),
		CASE(test_a_torn_line_waits_for_a_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
