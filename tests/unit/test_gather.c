/* Tests of gather: when dirty files are written to. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "filetable.h"
#include "gather.h"
#include "rig.h"
#include "settings.h"

#define TODAY	      STAMP_PERIOD(20261122, 0)
#define NOW	      5000
#define DEFAULT_QUEUE 67108864

static struct settings settings;
static struct filetable t;

static void begin(const char *pattern, size_t queue_bytes)
{
	static const uint64_t keys[FILETABLE_HASH_KEYS] = { 11, 13 };

	settings = (struct settings){
		.clients = 65536,
		.files = 65536,
		.queue_bytes = queue_bytes,
	};
	assert_null(filename_compile(&settings.file, pattern));
	filetable_init(&t, &settings, keys,
		       rig_memory(filetable_bytes(&settings)),
		       rig_memory(settings.queue_bytes));
}

static void end(void)
{
	free(t.files);
	free(t.blocks.memory);
}

static const char line[] = "2026-11-22 10:20:30 10.0.0.1:6665 one of many\n";

/* A line of each of @count sources from @first on; false: there is no room. */
static bool put(uint32_t first, uint32_t count)
{
	uint32_t source;

	for (source = first; source < first + count; source++) {
		char host[16];
		const struct filetable_line of = {
			.source = source,
			.period = TODAY,
			.host = host,
			.host_len = (size_t)snprintf(host, sizeof(host), "h%u",
						     source),
			.address = "10.0.0.1",
			.address_len = 8,
		};
		uint32_t file = filetable_choose(&t, &of);

		if (file == FILETABLE_NONE ||
		    !outq_put(filetable_queue(&t, file), line,
			      sizeof(line) - 1))
			return false;
	}
	return true;
}

static void test_without_a_dirty_file_there_is_no_deadline(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 1 << 20);
	assert_int_equal(gather_deadline(&t), DEADLINE_NEVER);
	gather_note(&t, NOW);
	assert_int_equal(gather_deadline(&t), DEADLINE_NEVER);
	end();
}

static void test_few_files_are_written_to_at_once(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 1 << 20);
	assert_true(put(0, 1));
	gather_note(&t, NOW);
	assert_int_equal(gather_deadline(&t), 0);
	assert_true(put(1, GATHER_FEW - 1));
	gather_note(&t, NOW);
	assert_int_equal(gather_deadline(&t), 0);
	end();
}

static void test_the_more_files_the_longer_they_wait(void **state)
{
	uint64_t before = 0;
	uint32_t count;

	(void)state;
	begin("{host}/%Y-%m-%d", DEFAULT_QUEUE);
	assert_true(put(0, 1));
	gather_note(&t, NOW);
	for (count = 1; count <= 30000; count++) {
		uint64_t due = gather_deadline(&t);

		assert_true(due >= before);
		if (count > GATHER_FEW)
			assert_between(due, NOW + GATHER_LEAST_MS,
				       NOW + GATHER_MOST_MS);
		before = due;
		assert_true(put(count, 1));
		gather_note(&t, NOW + count);
	}
	assert_int_equal(before, NOW + GATHER_MOST_MS);
	end();
}

/* It is due first; the next one became dirty later. */
static void test_the_first_that_became_dirty_decides(void **state)
{
	uint64_t due;

	(void)state;
	begin("{host}/%Y-%m-%d", 1 << 20);
	assert_true(put(0, 1));
	gather_note(&t, NOW);
	assert_true(put(1, 100));
	gather_note(&t, NOW + 7);
	due = gather_deadline(&t);
	filetable_clean(&t, t.dirty.first);
	assert_int_equal(gather_deadline(&t), due + 7);
	end();
}

static void test_what_has_not_been_noted_is_asked_for_at_once(void **state)
{
	(void)state;
	begin("{host}/%Y-%m-%d", 1 << 20);
	assert_true(put(0, 100));
	assert_int_equal(gather_deadline(&t), 0);
	gather_note(&t, NOW);
	assert_true(gather_deadline(&t) > NOW);
	end();
}

static void test_nobody_waits_when_half_of_the_memory_is_full(void **state)
{
	uint32_t source = 0;
	uint64_t due = 0;

	(void)state;
	begin("{host}/%Y-%m-%d", 1 << 20);
	while (!gather_is_much(&t)) {
		due = gather_deadline(&t);
		assert_true(put(source++, 1));
		gather_note(&t, NOW);
	}
	assert_true(due > NOW);
	assert_int_equal(gather_deadline(&t), 0);
	assert_true(source < 600);
	end();
}

static void test_a_file_of_all_senders_never_waits(void **state)
{
	(void)state;
	begin("%Y-%m-%d.log", 1 << 20);
	assert_true(put(0, 2000));
	gather_note(&t, NOW);
	assert_int_equal(gather_deadline(&t), 0);
	end();
}

static void test_a_line_for_each_of_60000_files_fits_into_the_queue(void **s)
{
	(void)s;
	begin("{host}/%Y-%m-%d", DEFAULT_QUEUE);
	assert_true(put(0, 60000));
	assert_int_equal(t.dirty_count, 60000);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_without_a_dirty_file_there_is_no_deadline),
		cmocka_unit_test(test_few_files_are_written_to_at_once),
		cmocka_unit_test(test_the_more_files_the_longer_they_wait),
		cmocka_unit_test(test_the_first_that_became_dirty_decides),
		cmocka_unit_test(
			test_what_has_not_been_noted_is_asked_for_at_once),
		cmocka_unit_test(
			test_nobody_waits_when_half_of_the_memory_is_full),
		cmocka_unit_test(test_a_file_of_all_senders_never_waits),
		cmocka_unit_test(
			test_a_line_for_each_of_60000_files_fits_into_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
