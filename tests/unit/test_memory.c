/* How much memory follows from the options. */
#include "unit.h"

#include <stdarg.h>
#include <string.h>

#include "memory.h"
#include "netrx.h"
#include "options.h"
#include "collector.h"

#define MIB ((size_t)1 << 20)

/* What the rooms need with these options. */
static size_t bytes_with(const char *first, ...)
{
	char *argv[20] = { (char *)(uintptr_t) "udplogger" };
	char error[ERROR_MAX];
	struct options options;
	va_list args;
	int argc = 1;

	va_start(args, first);
	for (; first; first = va_arg(args, const char *))
		argv[argc++] = (char *)(uintptr_t)first;
	va_end(args);
	assert_int_equal(options_parse(&options, argc, argv, error), 0);
	return collector_bytes(&options.settings) + netrx_bytes() +
	       options.settings.queue_bytes;
}

#define BYTES_WITH(...) bytes_with(__VA_ARGS__, (const char *)NULL)

/* An address space of 40 MiB has libc and the stack besides. */
static void test_the_least_options_need_little(void **state)
{
	(void)state;
	assert_true(BYTES_WITH("clients=10", "held=64K", "queue=1M",
			       "wbuf=1024") < 10 * MIB);
	assert_true(BYTES_WITH("clients=10", "held=64K", "queue=1M",
			       "wbuf=1024", "format=json") < 10 * MIB);
}

/* A control group of 16 MiB has a process of 2 MiB besides. */
static void test_ten_machines_need_little(void **state)
{
	(void)state;
	assert_true(BYTES_WITH("clients=16", "held=1M", "queue=4M") < 13 * MIB);
}

/* Each option counts. */
static void test_memory_follows_from_each_option(void **state)
{
	const size_t bytes = BYTES_WITH("queue=8M");

	(void)state;
	assert_int_equal(BYTES_WITH("queue=16M"), bytes + 8 * MIB);
	assert_true(BYTES_WITH("queue=8M", "held=8M") < bytes - 60 * MIB);
	assert_true(BYTES_WITH("queue=8M", "clients=10") < bytes - 2 * MIB);
	assert_true(BYTES_WITH("queue=8M", "wbuf=1M") > bytes + 3 * MIB);
	assert_true(BYTES_WITH("queue=8M", "extended=no") < bytes - 15 * MIB);
}

static void test_memory_is_taken_for_what_is_used(void **state)
{
	struct settings settings = {
		.clients = 10,
		.held_bytes = 65536,
		.queue_bytes = MIB,
		.wbuf_bytes = 1024,
	};
	char why[MEMORY_WHY_MAX];
	struct memory memory;

	(void)state;
	assert_true(memory_take(&memory, &settings, false, why));
	assert_non_null(memory.collected);
	assert_non_null(memory.received);
	assert_non_null(memory.queued);
	assert_null(memory.named);
	assert_null(memory.shown);
	memset(memory.queued, 1, settings.queue_bytes);
	memset(memory.received, 1, netrx_bytes());
	memset(memory.collected, 1, collector_bytes(&settings));
	assert_true(memory_take(&memory, &settings, true, why));
	assert_non_null(memory.shown);
}

/* More than any machine has addresses for. */
static void test_what_would_help_is_named(void **state)
{
	struct settings settings = {
		.clients = 10,
		.held_bytes = 65536,
		.queue_bytes = SIZE_MAX / 4,
		.wbuf_bytes = 1024,
	};
	char why[MEMORY_WHY_MAX];
	struct memory memory;

	(void)state;
	if (sizeof(size_t) < 8)
		skip();
	assert_false(memory_take(&memory, &settings, false, why));
	assert_non_null(strstr(why, " MiB of memory (less with smaller "
				    "queue=): "));
	settings.held_bytes = 8 * MIB;
	settings.clients = 65536;
	assert_false(memory_take(&memory, &settings, false, why));
	assert_non_null(strstr(why, " (less with smaller queue=, held=, "
				    "clients=): "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_least_options_need_little),
		cmocka_unit_test(test_ten_machines_need_little),
		cmocka_unit_test(test_memory_follows_from_each_option),
		cmocka_unit_test(test_memory_is_taken_for_what_is_used),
		cmocka_unit_test(test_what_would_help_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
