/* Tests of joined: lines of records whose ends are still to come. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "joined.h"
#include "rig.h"

#define SOURCES 10
#define TIMEOUT 10000

static struct joined j;
static void *memory;
static unsigned char read_to[JOINED_MAX];

static int set_up(void **state)
{
	(void)state;
	memory = rig_memory(joined_bytes(SOURCES));
	joined_init(&j, SOURCES, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static struct extmsg_part part(const char *text)
{
	return (struct extmsg_part){ (const unsigned char *)text,
				     strlen(text) };
}

/* A piece of this flag, number, text and pairs; only the latest is valid. */
static struct joined_piece *a_piece(char flag, uint64_t sequnum,
				    const char *text, const char *pairs)
{
	static struct extmsg header;
	static struct joined_piece piece;

	header = (struct extmsg){ .flag = (unsigned char)flag,
				  .sequnum = sequnum };
	piece = (struct joined_piece){ .header = &header,
				       .text = part(text),
				       .pairs = part(pairs) };
	return &piece;
}

static void assert_line(uint32_t source, const char *text, const char *pairs)
{
	const struct joined_line *line = joined_at(&j, source);
	struct joined_piece whole;

	assert_non_null(line);
	joined_read(&j, line, read_to, &whole);
	assert_int_equal(whole.text.len, strlen(text));
	assert_memory_equal(whole.text.at, text, strlen(text));
	assert_int_equal(whole.pairs.len, strlen(pairs));
	assert_memory_equal(whole.pairs.at, pairs, strlen(pairs));
}

static void test_a_line_is_all_of_its_pieces(void **state)
{
	struct joined_piece *piece = a_piece('c', 7, "a ", " k=v\n");
	struct joined_piece whole;

	(void)state;
	assert_null(joined_at(&j, 3));
	piece->missing = 2;
	piece->boot_us = 9;
	assert_true(joined_put(&j, 3, piece, 1000));
	piece = a_piece('+', 8, "b", " k=v\n");
	assert_true(joined_goes_on(&j, 3, piece));
	piece->missing = 3;
	assert_true(joined_put(&j, 3, piece, 1001));
	assert_true(joined_put(&j, 3, a_piece('+', 9, "", " l=w\n"), 1002));
	assert_line(3, "a b", " k=v\n l=w\n");
	joined_read(&j, joined_at(&j, 3), read_to, &whole);
	assert_int_equal(whole.missing, 5);
	assert_int_equal(whole.boot_us, 9);
	assert_int_equal(whole.header->sequnum, 7);
	assert_int_equal(joined_held(&j), 1);
	joined_drop(&j, 3);
	assert_null(joined_at(&j, 3));
	assert_int_equal(joined_held(&j), 0);
	assert_int_equal(j.bytes.used, 0);
}

static void test_pairs_of_pieces_stay_apart(void **state)
{
	(void)state;
	joined_put(&j, 0, a_piece('c', 7, "a", " k=v"), 1000);
	joined_put(&j, 0, a_piece('+', 8, "b", "<4 bytes missing>w\n"), 1000);
	joined_put(&j, 0, a_piece('+', 9, "c", "x\n"), 1000);
	assert_line(0, "abc", " k=v\n <4 bytes missing>w\n x\n");
}

static void test_the_next_number_alone_goes_on(void **state)
{
	(void)state;
	assert_false(joined_goes_on(&j, 0, a_piece('+', 8, "b", "")));
	assert_true(joined_put(&j, 0, a_piece('c', 7, "a", ""), 1000));
	assert_true(joined_goes_on(&j, 0, a_piece('+', 8, "b", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('+', 7, "b", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('+', 9, "b", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('c', 8, "b", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('-', 8, "b", "")));
	assert_false(joined_goes_on(&j, 1, a_piece('+', 8, "b", "")));
	/* Nor does a line that is partly in the queue. */
	joined_note_done(&j, 0, 1);
	assert_false(joined_goes_on(&j, 0, a_piece('+', 8, "b", "")));
}

static void test_pieces_have_a_flag_and_a_bound(void **state)
{
	static char text[JOINED_MAX + 1];

	(void)state;
	assert_true(joined_is_piece(a_piece('c', 7, "", "")->header, 0));
	assert_true(joined_is_piece(a_piece('+', 7, "", "")->header, 0));
	assert_false(joined_is_piece(a_piece('-', 7, "", "")->header, 0));
	assert_true(joined_is_piece(a_piece('c', 7, "", "")->header,
				    JOINED_MAX - 1));
	assert_false(
		joined_is_piece(a_piece('c', 7, "", "")->header, JOINED_MAX));
	memset(text, 'x', JOINED_MAX - 4);
	assert_true(joined_put(&j, 0, a_piece('c', 7, text, "a"), 1000));
	assert_true(joined_goes_on(&j, 0, a_piece('+', 8, "", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('+', 8, "b", "")));
	assert_false(joined_goes_on(&j, 0, a_piece('+', 8, "", "c")));
}

static void test_each_waits_as_long_as_its_sender_may_need(void **state)
{
	(void)state;
	assert_true(joined_deadline(&j, TIMEOUT) == DEADLINE_NEVER);
	joined_put(&j, 0, a_piece('c', 7, "a", ""), 1000);
	joined_put(&j, 1, a_piece('c', 7, "a", ""), 1100);
	joined_put(&j, 2, a_piece('+', 7, "a", ""), 1200);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 1000 + JOINED_BRIEF_MS);
	/* It shows that it sends pieces. */
	joined_put(&j, 0, a_piece('+', 8, "b", ""), 1300);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 1100 + JOINED_BRIEF_MS);
	assert_int_equal(joined_due(&j, TIMEOUT, 2099), JOINED_NONE);
	assert_int_equal(joined_due(&j, TIMEOUT, 2100), 1);
	joined_drop(&j, 1);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 1200 + TIMEOUT);
	assert_int_equal(joined_due(&j, TIMEOUT, 1199 + TIMEOUT), JOINED_NONE);
	assert_int_equal(joined_due(&j, TIMEOUT, 1200 + TIMEOUT), 2);
	joined_drop(&j, 2);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 1300 + TIMEOUT);
	/* Later pieces do not prolong that. */
	joined_put(&j, 0, a_piece('+', 9, "b", ""), 5000);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 1300 + TIMEOUT);
	joined_drop(&j, 0);
	assert_true(joined_deadline(&j, TIMEOUT) == DEADLINE_NEVER);
	/* It is remembered, until another sender takes its place. */
	joined_put(&j, 0, a_piece('c', 7, "a", ""), 6000);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 6000 + TIMEOUT);
	joined_drop(&j, 0);
	joined_forget(&j, 0);
	joined_put(&j, 0, a_piece('c', 7, "a", ""), 7000);
	assert_int_equal(joined_deadline(&j, TIMEOUT), 7000 + JOINED_BRIEF_MS);
}

static void test_a_full_memory_refuses_and_changes_nothing(void **state)
{
	static char text[JOINED_MAX];
	uint32_t source = 0, used;

	(void)state;
	assert_int_equal(joined_victim(&j), JOINED_NONE);
	memset(text, 'x', JOINED_MAX / 2);
	while (joined_put(&j, source, a_piece('c', 7, text, " k=v\n"), 1000))
		source++;
	assert_true(source > 0 && source < SOURCES);
	used = j.bytes.used;
	assert_false(joined_put(&j, 0, a_piece('+', 8, text, ""), 1000));
	assert_int_equal(j.bytes.used, used);
	assert_null(joined_at(&j, source));
	assert_int_equal(joined_held(&j), source);
	/* Whoever sends pieces comes last. */
	joined_put(&j, 0, a_piece('+', 8, "", ""), 1000);
	assert_int_equal(joined_victim(&j), 1);
	while (joined_held(&j) > 0)
		joined_drop(&j, joined_victim(&j));
	assert_int_equal(j.bytes.used, 0);
}

/* The longest line fits, also of one source alone. */
static void test_memory_for_few_sources_holds_the_longest_line(void **state)
{
	static char text[JOINED_MAX];
	void *small = rig_memory(joined_bytes(1));
	unsigned i;

	(void)state;
	joined_init(&j, 1, small);
	memset(text, 'x', JOINED_MAX / 2 - 1);
	assert_true(joined_put(&j, 0, a_piece('c', 0, text, text), 1000));
	joined_drop(&j, 0);
	for (i = 0; i == 0 || joined_goes_on(&j, 0, a_piece('+', i, "x", ""));
	     i++)
		assert_true(joined_put(
			&j, 0, a_piece(i == 0 ? 'c' : '+', i, "x", ""), 1000));
	assert_int_equal(i, JOINED_MAX - 3);
	free(small);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_line_is_all_of_its_pieces),
		CASE(test_pairs_of_pieces_stay_apart),
		CASE(test_the_next_number_alone_goes_on),
		CASE(test_pieces_have_a_flag_and_a_bound),
		CASE(test_each_waits_as_long_as_its_sender_may_need),
		CASE(test_a_full_memory_refuses_and_changes_nothing),
		CASE(test_memory_for_few_sources_holds_the_longest_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
