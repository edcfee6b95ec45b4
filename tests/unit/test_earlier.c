/* Tests of earlier: files that are there already count for files=. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "earlier.h"
#include "fakesys.h"
#include "filetable.h"
#include "rig.h"
#include "settings.h"

#define TODAY STAMP_PERIOD(20261122, 0)

static struct settings settings;
static struct filetable files;
static struct earlier earlier;
static struct diag diag;
static void *memory;

static void begin(const char *pattern)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 3, 7 };

	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	fake_create("/log", S_IFDIR | 0755, "");
	settings = (struct settings){
		.conf = "my.conf",
		.clients = 10,
		.files = 10,
		.queue_bytes = (size_t)1 << 20,
	};
	assert_null(filename_compile(&settings.file, pattern));
	filetable_init(&files, &settings, keys,
		       rig_memory(filetable_bytes(&settings)),
		       rig_memory(settings.queue_bytes));
	memory = calloc(1, earlier_bytes(&settings));
	assert_non_null(memory);
	earlier_init(&earlier, &fakesys, &diag, &files, "/log", memory);
}

static int tear_down(void **state)
{
	(void)state;
	rig_files_free(&files);
	free(memory);
	fake_reset();
	return 0;
}

static void make(const char *directory, const char *path)
{
	if (!fake_node(directory))
		fake_create(directory, S_IFDIR | 0755, "");
	fake_create(path, S_IFREG | 0600, "");
}

static uint32_t counted(void)
{
	return files.unnamed.periods[0].count + files.unnamed.periods[1].count;
}

static void test_files_of_today_count(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	make("/log/a", "/log/a/2026-11-22");
	make("/log/b", "/log/b/2026-11-22");
	make("/log/b", "/log/b/2026-11-21");
	make("/log/b", "/log/b/else");
	earlier_count(&earlier, TODAY);
	assert_int_equal(counted(), 2);
	assert_int_equal(fake_open_fds(), 1);
	assert_int_equal(earlier_deadline(&earlier), DEADLINE_NEVER);
}

static void test_a_directory_that_is_not_there_has_none(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	fake_unlink("/log");
	earlier_count(&earlier, TODAY);
	assert_int_equal(counted(), 0);
}

static void test_where_all_share_a_file_nothing_is_looked_at(void **state)
{
	uint64_t calls;

	(void)state;
	begin("%Y-%m-%d");
	calls = fake.counts[FAKE_OPEN];
	earlier_count(&earlier, TODAY);
	earlier_change(&earlier);
	assert_int_equal(fake.counts[FAKE_OPEN], calls);
	assert_int_equal(earlier_deadline(&earlier), DEADLINE_NEVER);
}

/* HUP brings the pattern. */
static void change(const char *pattern)
{
	assert_null(filename_compile(&settings.file, pattern));
	filetable_change(&files);
	earlier_change(&earlier);
}

/* Returns in how many steps all was counted. */
static unsigned step_to_the_end(void)
{
	unsigned steps = 0;

	while (earlier_deadline(&earlier) != DEADLINE_NEVER) {
		fake.now_ms = earlier_deadline(&earlier) > fake.now_ms
				      ? earlier_deadline(&earlier)
				      : fake.now_ms;
		earlier_step(&earlier, TODAY, fake.now_ms);
		assert_true(++steps < 100);
	}
	return steps;
}

static void test_files_of_another_pattern_count_step_by_step(void **state)
{
	(void)state;
	begin("%Y-%m-%d");
	make("/log/a", "/log/a/2026-11-22");
	make("/log/b", "/log/b/2026-11-22");
	earlier_count(&earlier, TODAY);
	change("{host}/%Y-%m-%d");
	assert_int_equal(counted(), 0);
	assert_true(step_to_the_end() > 2);
	assert_int_equal(counted(), 2);
	assert_int_equal(fake_open_fds(), 1);
	/* Each once, whatever is there and back. */
	change("%Y-%m-%d");
	assert_int_equal(step_to_the_end(), 0);
	change("{host}/%Y-%m-%d");
	step_to_the_end();
	assert_int_equal(counted(), 2);
}

static void test_a_change_ends_what_was_begun(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	make("/log/a", "/log/a/2026-11-22");
	make("/log/a", "/log/a/20261122");
	change("{host}/%Y%m%d");
	earlier_step(&earlier, TODAY, fake.now_ms);
	assert_int_equal(fake_open_fds(), 2);
	change("{host}/%Y-%m-%d");
	assert_int_equal(fake_open_fds(), 1);
	step_to_the_end();
	assert_int_equal(counted(), 1);
	assert_int_equal(fake_open_fds(), 1);
}

static void test_any_call_may_fail_meanwhile(void **state)
{
	unsigned call;

	(void)state;
	for (call = 1; call < 20; call++) {
		begin("%Y-%m-%d");
		make("/log/a", "/log/a/2026-11-22");
		change("{host}/%Y-%m-%d");
		fake_fail(FAKE_BIT(FAKE_OPEN) | FAKE_BIT(FAKE_OPENAT) |
				  FAKE_BIT(FAKE_GETDENTS64) |
				  FAKE_BIT(FAKE_FSTATAT),
			  call, 1, EIO, 0);
		step_to_the_end();
		assert_int_equal(counted(), 1);
		assert_int_equal(fake_open_fds(), 1);
		tear_down(NULL);
		memory = NULL;
	}
	begin("%Y-%m-%d");
}

/* What was not seen would let senders have more files than they may. */
static void test_what_could_not_be_read_is_counted_later(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	make("/log/a", "/log/a/2026-11-22");
	make("/log/b", "/log/b/2026-11-22");
	fake_fail(FAKE_BIT(FAKE_OPENAT), 1, 3, EACCES, 0);
	earlier_count(&earlier, TODAY);
	assert_int_equal(counted(), 0);
	step_to_the_end();
	assert_int_equal(counted(), 2);
	assert_true(fake.now_ms > 120000);
	assert_int_equal(said_times("unable to open /log/"), 1);
	assert_int_equal(said_times("able to count the files in /log again"),
			 1);
	/* It is over: what fails another time is said another time. */
	fake.now_ms += DIAG_QUIET_MS;
	fake_fail(FAKE_BIT(FAKE_OPENAT), 1, 1, EACCES, 0);
	earlier_change(&earlier);
	step_to_the_end();
	assert_int_equal(said_times("unable to open /log/"), 2);
	assert_int_equal(said_times("able to count the files in /log again"),
			 2);
}

static void test_it_is_not_tried_again_where_all_share_a_file(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	fake_fail(FAKE_BIT(FAKE_OPEN), 1, 1, EMFILE, 0);
	earlier_count(&earlier, TODAY);
	assert_true(earlier_deadline(&earlier) != DEADLINE_NEVER);
	change("%Y-%m-%d");
	assert_int_equal(earlier_deadline(&earlier), DEADLINE_NEVER);
}

static void test_memory_is_for_the_deepest_that_may_come(void **state)
{
	(void)state;
	begin("%Y-%m-%d");
	assert_true(earlier_bytes(&settings) >= walk_bytes(&filename_moderate));
	settings.conf = NULL;
	assert_int_equal(earlier_bytes(&settings), 0);
	assert_null(filename_compile(&settings.file, "a/{host}/%Y%m%d"));
	assert_int_equal(earlier_bytes(&settings), walk_bytes(&settings.file));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, NULL, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_files_of_today_count),
		CASE(test_a_directory_that_is_not_there_has_none),
		CASE(test_where_all_share_a_file_nothing_is_looked_at),
		CASE(test_files_of_another_pattern_count_step_by_step),
		CASE(test_a_change_ends_what_was_begun),
		CASE(test_any_call_may_fail_meanwhile),
		CASE(test_what_could_not_be_read_is_counted_later),
		CASE(test_it_is_not_tried_again_where_all_share_a_file),
		CASE(test_memory_is_for_the_deepest_that_may_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
