/* Tests of linehead: what stands before a kernel's text. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "linehead.h"

#define NO_PRIO (-1)
#define NO_TIME UINT64_MAX

struct row {
	const char *line;
	const char *text; /* what stands behind the head */
	const char *caller;
	int prio;
	uint64_t usec;
};

static void assert_row(const struct row *row)
{
	size_t len = strlen(row->line);
	unsigned char *copy = malloc(len + 1); /* of just that size */
	struct linehead head;

	assert_non_null(copy);
	memcpy(copy + 1, row->line, len);
	linehead_read(&head, copy + 1, len);
	if (strcmp(row->line + head.len, row->text) != 0)
		fail_msg("%s: the text is %s", row->line, row->line + head.len);
	assert_int_equal(head.has_prio, row->prio != NO_PRIO);
	assert_int_equal(head.prio, head.has_prio ? row->prio : 0);
	assert_int_equal(head.has_time, row->usec != NO_TIME);
	assert_int_equal(head.usec, head.has_time ? row->usec : 0);
	assert_int_equal(head.caller.len, strlen(row->caller));
	if (head.caller.len > 0)
		assert_memory_equal(head.caller.at, row->caller,
				    head.caller.len);
	free(copy);
}

#define ASSERT_ROWS(rows)                                                \
	do {                                                             \
		size_t row;                                              \
		for (row = 0; row < sizeof(rows) / sizeof(*rows); row++) \
			assert_row(&(rows)[row]);                        \
	} while (0)

static void test_heads_of_kernels_are_read(void **state)
{
	static const struct row rows[] = {
		{ "[   12.345678] up", "up", "", NO_PRIO, 12345678 },
		{ "[ 12.345678] up", "up", "", NO_PRIO, 12345678 },
		{ "[123456.000001] up", "up", "", NO_PRIO, 123456000001 },
		{ "[    0.000000] ", "", "", NO_PRIO, 0 },
		{ "[    0.000000]", "", "", NO_PRIO, 0 },
		{ "[    0.000000]  {", " {", "", NO_PRIO, 0 },
		{ "[    6.786773][    C1] up", "up", "C1", NO_PRIO, 6786773 },
		{ "[    6.786773][T4194304] up", "up", "T4194304", NO_PRIO,
		  6786773 },
		{ "[ C1] up", "up", "C1", NO_PRIO, NO_TIME },
		{ "<6>up", "up", "", 6, NO_TIME },
		{ "<0>[    1.000000][    T1] up", "up", "T1", 0, 1000000 },
		{ "<2047>", "", "", 2047, NO_TIME },
		{ "<13>Nov 29 14:00:00 host", "Nov 29 14:00:00 host", "", 13,
		  NO_TIME },
		{ "[18446744073708.999999] up", "up", "", NO_PRIO,
		  18446744073708999999U },
	};

	(void)state;
	ASSERT_ROWS(rows);
}

static void test_what_only_looks_like_one_is_text(void **state)
{
	static const char *const lines[] = {
		"",
		"up",
		" [    1.000000] up",
		"[",
		"[    ",
		"[    1",
		"[    1.",
		"[    1.00000] up",
		"[    1.0000000] up",
		"[    1.000000 ] up",
		"[    1.000000",
		"[    1.000000]up",
		"[    1.000000][  OK  ] up",
		"[    .000000] up",
		"[    1,000000] up",
		"[   -1.000000] up",
		"[18446744073709.000000] up",
		"[99999999999999999999999.000000] up",
		"[  OK  ] up",
		"[T] up",
		"[T1 ] up",
		"[C4294967296] up",
		"[X1] up",
		"<",
		"<6",
		"<>up",
		"< 6>up",
		"<2048>up",
		"<6 >up",
		"<-1>up",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct row row = { lines[i], lines[i], "", NO_PRIO, NO_TIME };

		assert_row(&row);
	}
}

static void test_what_stands_first_counts_alone(void **state)
{
	static const struct row rows[] = {
		{ "<6>[    1.00000] up", "[    1.00000] up", "", 6, NO_TIME },
		{ "<6> [    1.000000] up", " [    1.000000] up", "", 6,
		  NO_TIME },
		{ "[    1.000000] [    T1] up", "[    T1] up", "", NO_PRIO,
		  1000000 },
		{ "[    1.000000] <6>up", "<6>up", "", NO_PRIO, 1000000 },
	};

	(void)state;
	ASSERT_ROWS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads_of_kernels_are_read),
		cmocka_unit_test(test_what_only_looks_like_one_is_text),
		cmocka_unit_test(test_what_stands_first_counts_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
