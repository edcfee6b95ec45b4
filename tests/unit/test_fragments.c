/* Tests of fragments: fragments in any order, against a slow model. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fragments.h"
#include "rig.h"

#define SOURCES 20000
#define HELD	((size_t)64 << 20)

static struct fragments r;
static void *memory;
static const struct timespec arrival = { 1000, 5 };

static int set_up(void **state)
{
	(void)state;
	memory = calloc(1, fragments_bytes(SOURCES, HELD));
	fragments_init(&r, SOURCES, HELD, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static enum fragments_state put(uint32_t source, uint64_t sequnum,
				uint32_t offset, const void *bytes, size_t len,
				uint32_t total, uint32_t *number)
{
	struct extmsg fragment = {
		.prio = 6,
		.sequnum = sequnum,
		.usec = 77,
		.flag = '-',
		.fragment = true,
		.offset = offset,
		.total = total,
		.chunk = { bytes, len },
	};

	return fragments_put(&r, source, &fragment, &arrival, 42, number);
}

static enum fragments_state say(uint64_t sequnum, uint32_t offset,
				const char *text, uint32_t total)
{
	uint32_t number;

	return put(1, sequnum, offset, text, strlen(text), total, &number);
}

static const char *whole(uint32_t number)
{
	static unsigned char out[FRAGMENTS_WHOLE_MAX + 1];

	out[fragments_read(&r, number, out)] = '\0';
	return (char *)out;
}

static void test_a_message_is_whole_in_any_order(void **state)
{
	(void)state;
	assert_int_equal(say(1, 0, "the ", 12), FRAGMENTS_HELD);
	assert_int_equal(say(1, 4, "first ", 12), FRAGMENTS_HELD);
	assert_int_equal(say(1, 10, "1.", 12), FRAGMENTS_WHOLE);
	assert_string_equal(whole(fragments_oldest(&r)), "the first 1.");
	fragments_drop(&r, fragments_oldest(&r));
	assert_int_equal(say(2, 10, "1.", 12), FRAGMENTS_HELD);
	assert_int_equal(say(2, 0, "the ", 12), FRAGMENTS_HELD);
	assert_int_equal(say(2, 4, "first ", 12), FRAGMENTS_WHOLE);
	assert_string_equal(whole(fragments_oldest(&r)), "the first 1.");
}

static void test_doubles_and_overlaps_change_nothing(void **state)
{
	(void)state;
	assert_int_equal(say(1, 2, "cd", 8), FRAGMENTS_HELD);
	assert_int_equal(say(1, 2, "XX", 8), FRAGMENTS_HELD);
	assert_int_equal(say(1, 1, "bXXe", 8), FRAGMENTS_HELD);
	assert_int_equal(say(1, 6, "gh", 8), FRAGMENTS_HELD);
	assert_int_equal(say(1, 0, "aXXXXfXX", 8), FRAGMENTS_WHOLE);
	assert_string_equal(whole(fragments_oldest(&r)), "abcdefgh");
	assert_int_equal(say(1, 0, "aXXXXfXX", 8), FRAGMENTS_WHOLE);
}

static void test_an_empty_message_is_whole(void **state)
{
	struct extmsg all = { .chunk = { (const unsigned char *)"", 0 } };
	uint32_t number;

	(void)state;
	assert_int_equal(fragments_put(&r, 1, &all, &arrival, 1, &number),
			 FRAGMENTS_WHOLE);
	assert_string_equal(whole(number), "");
	fragments_drop(&r, number);
	assert_int_equal(fragments_held(&r), 0);
}

static void test_holes_are_told(void **state)
{
	(void)state;
	say(1, 2, "cd", 20);
	say(1, 6, "gh", 20);
	assert_string_equal(whole(fragments_oldest(&r)),
			    "<2 bytes missing>cd<2 bytes missing>gh"
			    "<12 bytes missing>");
}

static void test_what_differs_in_the_header_is_another_message(void **state)
{
	struct extmsg f = { .fragment = true,
			    .total = 9,
			    .chunk = { (const unsigned char *)"x", 1 } };
	uint32_t number[6];
	size_t i, j;

	(void)state;
	fragments_put(&r, 1, &f, &arrival, 1, &number[0]);
	fragments_put(&r, 2, &f, &arrival, 1, &number[1]);
	f.sequnum = 1;
	fragments_put(&r, 1, &f, &arrival, 1, &number[2]);
	f.usec = 1;
	fragments_put(&r, 1, &f, &arrival, 1, &number[3]);
	f.prio = 1;
	fragments_put(&r, 1, &f, &arrival, 1, &number[4]);
	f.total = 10;
	fragments_put(&r, 1, &f, &arrival, 1, &number[5]);
	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			assert_int_not_equal(number[i], number[j]);
	assert_int_equal(fragments_oldest(&r), number[0]);
	assert_int_equal(shelf_count(&r.shelves, 1), 5);
	assert_int_equal(shelf_from(&r.shelves, 2, 0)->number, number[1]);
	assert_null(shelf_from(&r.shelves, 3, 0));
}

static void test_the_header_is_that_of_the_first(void **state)
{
	static const unsigned char caller[] = "T12345678901234567890";
	struct extmsg f = { .fragment = true,
			    .total = 9,
			    .header_len = 16,
			    .flag = 'c',
			    .caller = { caller, 21 },
			    .release = { caller, 3 },
			    .chunk = { (const unsigned char *)"x", 1 } };
	const struct fragments_message *m;
	uint32_t number;

	(void)state;
	fragments_put(&r, 1, &f, &arrival, 42, &number);
	m = fragments_at(&r, number);
	assert_int_equal(m->header.flag, 'c');
	assert_int_equal(m->header.header_len, 16);
	assert_int_equal(m->header.caller.len, 21);
	assert_memory_equal(m->header.caller.at, caller, 21);
	assert_int_equal(m->header.release.len, 3);
	assert_memory_equal(m->header.release.at, caller, 3);
	assert_int_equal(m->arrival.tv_sec, 1000);
	assert_int_equal(m->since_ms, 42);
	assert_int_equal(m->source, 1);
}

static void test_a_source_holds_no_more_than_its_share(void **state)
{
	uint32_t first, number;
	uint64_t i;

	(void)state;
	put(1, 0, 0, "x", 1, 9, &first);
	for (i = 1; i < FRAGMENTS_PER_SOURCE; i++)
		assert_int_equal(put(1, i, 0, "x", 1, 9, &number),
				 FRAGMENTS_HELD);
	assert_int_equal(put(1, i, 0, "x", 1, 9, &number),
			 FRAGMENTS_FULL_SOURCE);
	assert_int_equal(number, FRAGMENTS_NONE);
	/* One that is held takes in more. */
	assert_int_equal(put(1, 5, 1, "x", 1, 9, &number), FRAGMENTS_HELD);
	assert_int_equal(put(2, i, 0, "x", 1, 9, &number), FRAGMENTS_HELD);
	fragments_drop(&r, first);
	assert_int_equal(put(1, i, 0, "x", 1, 9, &number), FRAGMENTS_HELD);
}

static void test_all_together_hold_no_more_than_there_is(void **state)
{
	uint32_t first, number;
	uint32_t i;

	(void)state;
	put(0, 0, 0, "x", 1, 9, &first);
	for (i = 1; i < FRAGMENTS_MESSAGES; i++)
		assert_int_equal(put(i, 0, 0, "x", 1, 9, &number),
				 FRAGMENTS_HELD);
	assert_int_equal(put(i, 0, 0, "x", 1, 9, &number), FRAGMENTS_FULL);
	assert_int_equal(fragments_oldest(&r), first);
	assert_int_equal(fragments_held(&r), FRAGMENTS_MESSAGES);
	fragments_drop(&r, first);
	assert_int_equal(put(i, 0, 0, "x", 1, 9, &number), FRAGMENTS_HELD);
}

static void test_blocks_are_made_room_for_by_the_oldest(void **state)
{
	static unsigned char bytes[60000];
	uint32_t number, oldest;
	uint32_t i = 0;

	(void)state;
	put(0, 0, 0, bytes, sizeof(bytes), 70000, &oldest);
	while (put(++i, 0, 0, bytes, sizeof(bytes), 70000, &number) ==
	       FRAGMENTS_HELD)
		;
	assert_int_equal(i, FRAGMENTS_BLOCKS / 59);
	assert_int_equal(fragments_oldest(&r), oldest);
	fragments_drop(&r, oldest);
	assert_int_equal(put(i, 0, 0, bytes, sizeof(bytes), 70000, &number),
			 FRAGMENTS_HELD);
	assert_int_equal(fragments_at(&r, number)->covered, 60000);
}

/* The least holds the largest message, and some more. */
static void test_memory_follows_from_what_unfinished_lines_have(void **state)
{
	static unsigned char bytes[EXTMSG_TOTAL_MAX];
	static const struct {
		size_t held_bytes;
		uint32_t most;
	} cases[] = {
		{ 0, 64 },	  { 65536, 64 },      { 1 << 20, 64 },
		{ 2 << 20, 128 }, { 64 << 20, 4096 }, { 1 << 30, 4096 },
	};
	uint32_t number;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(fragments_most(cases[i].held_bytes),
				 cases[i].most);
	assert_true(fragments_bytes(10, 65536) < 512 * 1024);
	memset(memory, 0, fragments_bytes(10, 65536));
	fragments_init(&r, 10, 65536, memory);
	assert_int_equal(put(1, 0, 0, bytes, 60000, EXTMSG_TOTAL_MAX, &number),
			 FRAGMENTS_HELD);
	assert_int_equal(put(1, 0, 60000, bytes, EXTMSG_TOTAL_MAX - 60000,
			     EXTMSG_TOTAL_MAX, &number),
			 FRAGMENTS_WHOLE);
	for (i = 1; i < 64; i++)
		assert_int_equal(put(2 + i % 2, i, 0, "x", 1, 9, &number),
				 i < 57 ? FRAGMENTS_HELD : FRAGMENTS_FULL);
}

/* A byte at a time, every second one: no more than so many holes. */
static void test_too_many_spans_are_refused(void **state)
{
	uint32_t number, other;
	uint32_t i;

	(void)state;
	put(2, 0, 0, "x", 1, 9, &other);
	for (i = 0; i < FRAGMENTS_SPANS; i++)
		assert_int_equal(put(1, 0, 2 * i, "x", 1, 9999, &number),
				 FRAGMENTS_HELD);
	assert_int_equal(put(1, 0, 2 * i, "x", 1, 9999, &other),
			 FRAGMENTS_FULL_SPANS);
	assert_int_equal(other, number);
	assert_int_equal(fragments_at(&r, number)->covered, FRAGMENTS_SPANS);
	/* What touches some of them makes them fewer. */
	assert_int_equal(put(1, 0, 1, "ABC", 3, 9999, &number), FRAGMENTS_HELD);
	assert_int_equal(strncmp(whole(number), "xAxCx<1 ", 8), 0);
	assert_int_equal(put(1, 0, 2 * i, "x", 1, 9999, &other),
			 FRAGMENTS_HELD);
	assert_int_equal(fragments_at(&r, number)->span_count,
			 FRAGMENTS_SPANS - 1);
}

/* Not a byte of one that finds no room for all of it. */
static void test_a_fragment_is_added_whole_or_not_at_all(void **state)
{
	static unsigned char bytes[EXTMSG_TOTAL_MAX];
	uint32_t number, i;

	(void)state;
	for (i = 0; i < FRAGMENTS_BLOCKS / 72; i++)
		put(100 + i, 0, 0, bytes, 72 * FRAGMENTS_BLOCK_BYTES - 1,
		    EXTMSG_TOTAL_MAX, &number);
	/* 56 blocks are left. */
	assert_int_equal(put(1, 0, 100, bytes, 60000, 70000, &number),
			 FRAGMENTS_FULL);
	assert_int_equal(fragments_at(&r, number)->covered, 0);
	assert_int_equal(put(1, 0, 100, bytes, 56 * 1024 - 100, 70000, &number),
			 FRAGMENTS_HELD);
	assert_int_equal(pool_available(&r.blocks), 0);
	assert_int_equal(put(1, 0, 0, bytes, 200, 70000, &number),
			 FRAGMENTS_HELD);
	assert_int_equal(put(1, 0, 56 * 1024, bytes, 1, 70000, &number),
			 FRAGMENTS_FULL);
	fragments_drop(&r, number);
	assert_int_equal(pool_available(&r.blocks), 56);
}

/* Its lines stand in the log already. */
static void test_what_was_written_in_part_stays_as_it_is(void **state)
{
	uint32_t first, number;

	(void)state;
	put(1, 7, 0, "abcd", 4, 8, &first);
	fragments_note_done(&r, first, 1);
	assert_int_equal(put(1, 7, 4, "efgh", 4, 8, &number), FRAGMENTS_HELD);
	assert_int_not_equal(number, first);
	assert_string_equal(whole(first), "abcd<4 bytes missing>");
	/* One that is whole can't change; it is found again. */
	assert_int_equal(put(1, 7, 0, "abcd", 4, 8, &number), FRAGMENTS_WHOLE);
	fragments_note_done(&r, number, 1);
	assert_int_equal(put(1, 7, 0, "abcd", 4, 8, &first), FRAGMENTS_WHOLE);
	assert_int_equal(number, first);
}

static void test_a_source_can_be_replaced(void **state)
{
	(void)state;
	say(7, 0, "abcd", 4);
	fragments_drop(&r, fragments_oldest(&r));
	assert_int_equal(say(7, 0, "abcd", 4), FRAGMENTS_WHOLE);
}

/* Fragments by lot, and an array of bytes that says what must come. */
static uint32_t lot;

static uint32_t draw(uint32_t below)
{
	lot = lot * 1664525U + 1013904223U;
	return (lot >> 8) % below;
}

/* One fragment; @there tells which bytes have been sent. */
struct story {
	unsigned char bytes[EXTMSG_TOTAL_MAX];
	unsigned char there[EXTMSG_TOTAL_MAX];
	uint32_t total;
	uint32_t covered;
	uint32_t number;
};

static enum fragments_state send_part(struct story *s, uint32_t offset,
				      uint32_t len)
{
	uint32_t i;

	for (i = offset; i < offset + len; i++) {
		s->covered += !s->there[i];
		s->there[i] = 1;
	}
	return put(3, 1, offset, s->bytes + offset, len, s->total, &s->number);
}

/* Some by lot, then all in order, as some were never sent. */
static void play(uint32_t seed)
{
	static struct story s;
	static unsigned char out[FRAGMENTS_WHOLE_MAX];
	enum fragments_state state = FRAGMENTS_HELD;
	uint32_t i, n;

	lot = seed;
	s.covered = 0;
	s.total = 1 + draw(draw(2) ? 200 : EXTMSG_TOTAL_MAX);
	for (i = 0; i < s.total; i++)
		s.bytes[i] = (unsigned char)('a' + draw(26));
	memset(s.there, 0, s.total);
	for (n = draw(60); n > 0 && state == FRAGMENTS_HELD; n--) {
		uint32_t offset = draw(s.total);
		uint32_t most =
			s.total - offset < 1000 ? s.total - offset : 1000;

		state = send_part(&s, offset, 1 + draw(most));
		assert_int_equal(state, s.covered == s.total ? FRAGMENTS_WHOLE
							     : FRAGMENTS_HELD);
	}
	for (i = 0; i < s.total && state == FRAGMENTS_HELD; i += 900) {
		state = send_part(&s, i, s.total - i < 900 ? s.total - i : 900);
		assert_int_equal(state, s.covered == s.total ? FRAGMENTS_WHOLE
							     : FRAGMENTS_HELD);
	}
	assert_int_equal(state, FRAGMENTS_WHOLE);
	assert_int_equal(fragments_read(&r, s.number, out), s.total);
	assert_memory_equal(out, s.bytes, s.total);
	fragments_drop(&r, s.number);
	assert_int_equal(r.blocks.used, 0);
	assert_int_equal(fragments_held(&r), 0);
}

static void test_it_does_what_the_model_does(void **state)
{
	uint32_t seed;

	(void)state;
	for (seed = 1; seed <= 1000; seed++)
		play(seed);
}

/* Blocks of a message may lie anywhere, and a span may begin within one. */
static void test_a_span_goes_on_in_another_block(void **state)
{
	static unsigned char bytes[2][3000];
	uint32_t from[2] = { 100, 700 }, numbers[2];
	unsigned char out[FRAGMENTS_WHOLE_MAX];
	uint32_t at, n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes[0]); i++) {
		bytes[0][i] = (unsigned char)(i % 251);
		bytes[1][i] = (unsigned char)(255 - i % 241);
	}
	/* By turns, so that the blocks of one are between the other's. */
	for (at = 0; at < 2000; at += 500)
		for (n = 0; n < 2; n++)
			assert_int_equal(put(1 + n, 7, from[n] + at,
					     bytes[n] + at, 500, 3000,
					     &numbers[n]),
					 FRAGMENTS_HELD);
	for (n = 0; n < 2; n++) {
		char hole[FRAGMENTS_HOLE_MAX];
		size_t len = (size_t)snprintf(hole, sizeof(hole),
					      "<%u bytes missing>",
					      (unsigned)from[n]);

		assert_true(fragments_read(&r, numbers[n], out) > 2000);
		assert_memory_equal(out, hole, len);
		assert_memory_equal(out + len, bytes[n], 2000);
		assert_int_equal(out[len + 2000], '<');
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_message_is_whole_in_any_order),
		CASE(test_doubles_and_overlaps_change_nothing),
		CASE(test_an_empty_message_is_whole),
		CASE(test_holes_are_told),
		CASE(test_what_differs_in_the_header_is_another_message),
		CASE(test_the_header_is_that_of_the_first),
		CASE(test_a_source_holds_no_more_than_its_share),
		CASE(test_all_together_hold_no_more_than_there_is),
		CASE(test_blocks_are_made_room_for_by_the_oldest),
		CASE(test_memory_follows_from_what_unfinished_lines_have),
		CASE(test_too_many_spans_are_refused),
		CASE(test_a_fragment_is_added_whole_or_not_at_all),
		CASE(test_what_was_written_in_part_stays_as_it_is),
		CASE(test_a_source_can_be_replaced),
		CASE(test_a_span_goes_on_in_another_block),
		CASE(test_it_does_what_the_model_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
