/* Tests of earlier: files that are there already count for files=. */
#include "unit.h"

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
static struct diag diag;

static void begin(const char *pattern)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 3, 7 };

	fake_reset();
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	fake_create("/log", S_IFDIR | 0755, "");
	settings = (struct settings){
		.clients = 10,
		.files = 2,
		.queue_bytes = (size_t)1 << 20,
	};
	assert_null(filename_compile(&settings.file, pattern));
	filetable_init(&files, &settings, keys,
		       rig_memory(filetable_bytes(&settings)),
		       rig_memory(settings.queue_bytes));
}

static int tear_down(void **state)
{
	(void)state;
	rig_files_free(&files);
	fake_reset();
	return 0;
}

static void make(const char *directory, const char *path)
{
	if (!fake_node(directory))
		fake_create(directory, S_IFDIR | 0755, "");
	fake_create(path, S_IFREG | 0600, "");
}

static void test_files_of_today_count(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	make("/log/a", "/log/a/2026-11-22");
	make("/log/b", "/log/b/2026-11-22");
	make("/log/b", "/log/b/2026-11-21");
	make("/log/b", "/log/b/else");
	earlier_count(&files, &fakesys, &diag, "/log", TODAY);
	assert_int_equal(files.periods[0].count + files.periods[1].count, 2);
	assert_int_equal(fake_open_fds(), 1);
}

static void test_a_directory_that_is_not_there_has_none(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d");
	fake_unlink("/log");
	earlier_count(&files, &fakesys, &diag, "/log", TODAY);
	assert_int_equal(files.periods[0].count + files.periods[1].count, 0);
}

static void test_where_all_share_a_file_nothing_is_looked_at(void **state)
{
	uint64_t calls;

	(void)state;
	begin("%Y-%m-%d");
	calls = fake.counts[FAKE_OPEN];
	earlier_count(&files, &fakesys, &diag, "/log", TODAY);
	assert_int_equal(fake.counts[FAKE_OPEN], calls);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, NULL, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_files_of_today_count),
		CASE(test_a_directory_that_is_not_there_has_none),
		CASE(test_where_all_share_a_file_nothing_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
