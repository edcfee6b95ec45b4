/* Tests of filetable: which file a line goes to. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filetable.h"
#include "incidentsfile.h"
#include "rig.h"
#include "settings.h"

#define TODAY	 STAMP_PERIOD(20261122, 0)
#define TOMORROW STAMP_PERIOD(20261123, 0)

static struct settings settings;
static struct filetable t;

/* A table with @pattern for @clients senders, and @files in a day. */
static void begin(const char *pattern, unsigned long clients,
		  unsigned long files)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 11, 13 };

	settings = (struct settings){
		.clients = clients,
		.files = files,
		.queue_bytes = (size_t)1 << 20,
	};
	assert_null(filename_compile(&settings.file, pattern));
	filetable_init(&t, &settings, keys,
		       rig_memory(filetable_bytes(&settings)),
		       rig_memory(settings.queue_bytes));
}

static int tear_down(void **state)
{
	(void)state;
	free(t.files);
	free(t.blocks.memory);
	return 0;
}

/* The file of source @source, 10.0.x.y, in @period; its name, or "". */
static const char *file_of(uint32_t source, uint32_t period)
{
	char address[32];
	struct filetable_line line = {
		.source = source,
		.period = period,
		.host = address,
		.address = address,
		.port = 6665,
	};
	uint32_t file;

	line.host_len = line.address_len =
		(size_t)snprintf(address, sizeof(address), "10.0.%u.%u",
				 source / 256, source % 256);
	file = filetable_choose(&t, &line);
	return file == FILETABLE_NONE ? "" : filetable_name(&t, file);
}

static uint32_t named(uint32_t source, const char *name, uint8_t names)
{
	const struct filetable_line line = {
		.source = source,
		.period = TODAY,
		.named = true,
		.names = names,
		.host = name,
		.host_len = strlen(name),
		.address = "10.0.0.1",
		.address_len = strlen("10.0.0.1"),
	};

	return filetable_choose(&t, &line);
}

static void test_all_share_a_file_a_day(void **state)
{
	(void)state;
	begin("%Y-%m-%d.log", 10, 1);
	assert_string_equal(file_of(1, TODAY), "2026-11-22.log");
	assert_string_equal(file_of(2, TODAY), "2026-11-22.log");
	assert_string_equal(file_of(FILETABLE_NONE, TODAY), "2026-11-22.log");
	assert_int_equal(t.count, 1);
	assert_string_equal(file_of(2, TOMORROW), "2026-11-23.log");
	assert_string_equal(file_of(1, TODAY), "2026-11-22.log");
	assert_int_equal(t.count, 2);
	assert_false(t.shares);
}

static void test_each_sender_has_its_own_file(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d.{port}", 10, 100);
	assert_string_equal(file_of(1, TODAY), "10.0.0.1/2026-11-22.6665");
	assert_string_equal(file_of(2, TODAY), "10.0.0.2/2026-11-22.6665");
	assert_string_equal(file_of(1, TODAY), "10.0.0.1/2026-11-22.6665");
	assert_string_equal(file_of(1, TOMORROW), "10.0.0.1/2026-11-23.6665");
	assert_string_equal(file_of(FILETABLE_NONE, TODAY),
			    "udplogger/2026-11-22.0");
	assert_int_equal(t.count, 4);
}

static void test_a_source_that_is_another_has_another_file(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 10, 100);
	file_of(1, TODAY);
	t.senders[2] = t.senders[1];
	filetable_forget(&t, 2);
	assert_string_equal(file_of(2, TODAY), "10.0.0.2/2026-11-22");
}

static void test_a_sender_with_a_new_name_has_another_file(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 10, 100);
	assert_string_equal(filetable_name(&t, named(1, "one", 0)),
			    "one/2026-11-22");
	assert_string_equal(filetable_name(&t, named(1, "two", 1)),
			    "two/2026-11-22");
	assert_int_equal(named(3, "one", 1), 0);
}

static void test_beyond_files_senders_without_a_name_share(void **state)
{
	uint32_t i;

	(void)state;
	begin("{host}/%Y-%m-%d", 100, 3);
	for (i = 1; i <= 3; i++)
		file_of(i, TODAY);
	assert_false(t.shares);
	assert_string_equal(file_of(4, TODAY), "others/2026-11-22");
	assert_true(t.shares);
	assert_string_equal(file_of(5, TODAY), "others/2026-11-22");
	assert_string_equal(file_of(2, TODAY), "10.0.0.2/2026-11-22");
	assert_string_equal(filetable_name(&t, named(6, "six", 0)),
			    "six/2026-11-22");
	assert_string_equal(file_of(FILETABLE_NONE, TODAY),
			    "udplogger/2026-11-22");
	/* Each period has its own count, and the former one keeps its own. */
	assert_string_equal(file_of(4, TOMORROW), "10.0.0.4/2026-11-23");
	assert_string_equal(file_of(7, TODAY), "others/2026-11-22");
	assert_string_equal(file_of(5, TOMORROW), "10.0.0.5/2026-11-23");
	assert_string_equal(file_of(6, TOMORROW), "10.0.0.6/2026-11-23");
	assert_string_equal(file_of(7, TOMORROW), "others/2026-11-23");
}

static void test_files_of_an_earlier_run_count(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 100, 2);
	filetable_count(&t, TODAY, "10.0.0.1/2026-11-22");
	filetable_count(&t, TODAY, "10.0.0.2/2026-11-22");
	assert_string_equal(file_of(3, TODAY), "others/2026-11-22");
	assert_string_equal(file_of(1, TODAY), "10.0.0.1/2026-11-22");
}

static void test_what_is_chosen_is_dirty_until_it_is_cleaned(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 100, 100);
	file_of(1, TODAY);
	file_of(2, TODAY);
	file_of(1, TODAY);
	assert_int_equal(t.dirty_count, 2);
	assert_int_equal(t.dirty.first, 0);
	filetable_clean(&t, 0);
	assert_int_equal(t.dirty.first, 1);
	filetable_clean(&t, 0);
	assert_int_equal(t.dirty_count, 1);
	file_of(1, TODAY);
	assert_int_equal(t.dirty.last, 0);
}

/* Days without regard to the calendar. */
#define DAYS(n) STAMP_PERIOD(20000001 + (n), 0)

static void test_an_entry_nobody_needs_is_given_to_another(void **state)
{
	uint32_t i, capacity;

	(void)state;
	begin("{host}/%Y-%m-%d", 10, 65536);
	capacity = filetable_capacity(&settings);
	for (i = 0; i < capacity; i++)
		assert_string_not_equal(file_of(i % 10, DAYS(i)), "");
	assert_string_equal(file_of(1, DAYS(9999)), "");
	filetable_release(&t, 7);
	filetable_release(&t, 5);
	filetable_release(&t, 9);
	/* One that is needed again is not given away. */
	file_of(7, DAYS(7));
	assert_string_equal(file_of(1, DAYS(7000)), "10.0.0.1/2000-70-01");
	assert_int_equal(t.latest, 5);
	assert_string_equal(file_of(2, DAYS(7000)), "10.0.0.2/2000-70-01");
	assert_int_equal(t.latest, 9);
	assert_string_equal(file_of(3, DAYS(7000)), "");
	/* Whoever had it finds that it has another now. */
	filetable_release(&t, 1);
	file_of(5, DAYS(5));
	assert_int_equal(t.latest, 1);
}

static void test_bytes_are_counted_over_all_files(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 10, 100);
	assert_false(filetable_is_any_used(&t));
	file_of(1, TODAY);
	file_of(2, TODAY);
	assert_true(outq_put(filetable_queue(&t, 0), "one\n", 4));
	assert_true(outq_put(filetable_queue(&t, 1), "two\nx\n", 6));
	assert_int_equal(filetable_waiting(&t), 10);
	assert_int_equal(filetable_lines(&t), 3);
	outq_pass(filetable_queue(&t, 0), 4);
	assert_int_equal(filetable_waiting(&t), 6);
	assert_true(filetable_is_used(&t, 0));
	outq_confirm(filetable_queue(&t, 0));
	assert_false(filetable_is_used(&t, 0));
	assert_true(filetable_is_any_used(&t));
}

/* Against a list, with few entries: each file is the one of its name. */
static void test_any_sequence_finds_the_file_of_the_name(void **state)
{
	uint64_t lots = 5;
	unsigned i;

	(void)state;
	begin("{host}/%Y-%m-%d", 200, 65536);
	for (i = 0; i < 20000; i++) {
		uint32_t source = (uint32_t)rig_random(&lots, 200);
		uint32_t day = (uint32_t)rig_random(&lots, 30) + 1;
		char want[64];

		snprintf(want, sizeof(want), "10.0.0.%u/2026-11-%02u", source,
			 day);
		assert_string_equal(
			file_of(source, STAMP_PERIOD(20261100 + day, 0)), want);
		filetable_release(&t, t.latest);
	}
	assert_int_equal(t.count, t.capacity);
}

/* The table's settings change; conf= was given at the start. */
static void change(const char *pattern)
{
	assert_null(filename_compile(&settings.file, pattern));
	filetable_change(&t);
}

static void begin_live(const char *pattern)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 11, 13 };

	settings = (struct settings){
		.conf = "conf",
		.clients = 10,
		.files = 3,
		.queue_bytes = (size_t)1 << 20,
	};
	assert_null(filename_compile(&settings.file, pattern));
	filetable_init(&t, &settings, keys,
		       rig_memory(filetable_bytes(&settings)),
		       rig_memory(settings.queue_bytes));
}

static void test_with_another_pattern_lines_go_to_other_files(void **state)
{
	(void)state;
	begin_live("%Y%m%d");
	assert_string_equal(file_of(1, TODAY), "20261122");
	change("x%Y%m%d");
	assert_null(filetable_latest(&t, TODAY));
	assert_string_equal(file_of(1, TODAY), "x20261122");
	change("{host}/%Y%m%d");
	assert_string_equal(file_of(1, TODAY), "10.0.0.1/20261122");
	assert_string_equal(file_of(2, TODAY), "10.0.0.2/20261122");
	change("{port}/%Y%m%d");
	assert_string_equal(file_of(1, TODAY), "6665/20261122");
	change("%Y%m%d");
	assert_string_equal(file_of(2, TODAY), "20261122");
	assert_int_equal(t.count, 5);
}

static void test_lines_that_wait_keep_their_file_and_its_name(void **state)
{
	struct outq *queue;
	uint32_t file;

	(void)state;
	begin_live("%Y%m%d");
	file_of(1, TODAY);
	file = t.latest;
	queue = filetable_queue(&t, file);
	assert_true(outq_put(queue, "a line\n", 7));
	change("{host}/%Y/%m/%d-long-enough-to-be-another");
	file_of(1, TODAY);
	assert_true(t.latest != file);
	assert_true(outq_put(filetable_queue(&t, t.latest), "another\n", 8));
	assert_string_equal(filetable_name(&t, file), "20261122");
	assert_int_equal(outq_waiting(queue), 7);
	assert_int_equal(filetable_waiting(&t), 15);
}

static void test_blocks_become_small_only_when_none_is_used(void **state)
{
	struct outq *queue;

	(void)state;
	begin_live("%Y%m%d");
	assert_int_equal(t.blocks.block_bytes, OUTQ_BLOCK_BYTES);
	file_of(1, TODAY);
	queue = filetable_queue(&t, t.latest);
	assert_true(outq_put(queue, "a line\n", 7));
	change("{host}/%Y%m%d");
	assert_int_equal(t.blocks.block_bytes, OUTQ_BLOCK_BYTES);
	outq_take(queue, 7);
	outq_confirm(queue);
	assert_int_equal(t.blocks.used, 0);
	change("{host}/%Y%m%d");
	assert_int_equal(t.blocks.block_bytes, OUTQ_SMALL_BYTES);
	assert_true(outq_put(queue, "a line\n", 7));
	assert_int_equal(filetable_waiting(&t), 7);
}

/* It is deep, and its names are short; later they may be longer. */
static void test_a_deep_pattern_leaves_room_for_long_names(void **state)
{
	static const char longer[] =
		"{host}/{host}/{host}/{host}/{host}/{host}/%Y-%m-%d";
	struct filename pattern;
	struct settings now = { .clients = 10, .conf = "conf" };
	size_t bytes;

	(void)state;
	assert_null(filename_compile(&pattern, longer));
	assert_true(filename_is_moderate(&pattern));
	assert_null(filename_compile(&now.file, "a/b/c/d/e/f/g/h/i/%Y%m%d"));
	assert_false(filename_is_moderate(&now.file));
	bytes = filetable_bytes(&now);
	now.file = filename_moderate;
	assert_true(bytes >= filetable_bytes(&now));
	begin("%Y-%m-%d.log", 10, 0); /* for tear_down() */
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, NULL, tear_down)

static void test_incidents_of_a_day_have_their_own_file(void **state)
{
	static const char *const patterns[] = { "%Y%m%d", "%Y-%m-%d.log",
						"{host}/%Y/%m/%d.%H" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		uint32_t file;
		char name[FILENAME_BYTES];

		begin(patterns[i], 10, 1);
		strcpy(name, file_of(1, TODAY));
		file = filetable_incidents(&t, 20261122);
		assert_string_equal(filetable_name(&t, file),
				    "2026-11-22.incidents");
		assert_true(incidentsfile_has(t.files[file].period));
		assert_true(t.files[file].dirty);
		assert_int_equal(filetable_incidents(&t, 20261122), file);
		assert_int_not_equal(filetable_incidents(&t, 20261123), file);
		/* Lines go where they went. */
		assert_string_equal(file_of(1, TODAY), name);
		assert_null(
			filetable_latest(&t, INCIDENTSFILE_PERIOD(20261122)));
		/* files= does not count it. */
		assert_false(t.shares);
		tear_down(NULL);
	}
	begin("%Y-%m-%d", 10, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_all_share_a_file_a_day),
		CASE(test_a_deep_pattern_leaves_room_for_long_names),
		CASE(test_each_sender_has_its_own_file),
		CASE(test_a_source_that_is_another_has_another_file),
		CASE(test_a_sender_with_a_new_name_has_another_file),
		CASE(test_beyond_files_senders_without_a_name_share),
		CASE(test_files_of_an_earlier_run_count),
		CASE(test_what_is_chosen_is_dirty_until_it_is_cleaned),
		CASE(test_an_entry_nobody_needs_is_given_to_another),
		CASE(test_bytes_are_counted_over_all_files),
		CASE(test_any_sequence_finds_the_file_of_the_name),
		CASE(test_with_another_pattern_lines_go_to_other_files),
		CASE(test_lines_that_wait_keep_their_file_and_its_name),
		CASE(test_blocks_become_small_only_when_none_is_used),
		CASE(test_incidents_of_a_day_have_their_own_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
