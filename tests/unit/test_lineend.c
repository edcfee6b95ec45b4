/* Tests of lineend: where lines of text end. */
#include "unit.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lineend.h"

#define NEWLINE	 SETTINGS_LINE_NEWLINE
#define CR	 SETTINGS_LINE_CR
#define DATAGRAM SETTINGS_LINE_DATAGRAM

static void test_the_first_and_the_last_end_are_found(void **state)
{
	static const struct {
		const char *text;
		enum settings_line line;
		size_t first, last;
	} rows[] = {
		{ "", NEWLINE, 0, 0 },	       { "ab", NEWLINE, 2, 2 },
		{ "\n", NEWLINE, 0, 0 },       { "ab\n", NEWLINE, 2, 2 },
		{ "a\nb\nc", NEWLINE, 1, 3 },  { "a\rb", NEWLINE, 3, 3 },
		{ "a\rb\nc", NEWLINE, 3, 3 },  { "a\rb\nc", CR, 1, 3 },
		{ "a\nb\rc", CR, 1, 3 },       { "\r", CR, 0, 0 },
		{ "a\nb\rc", DATAGRAM, 1, 1 }, { "ab", DATAGRAM, 2, 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const unsigned char *text = (const void *)rows[i].text;
		size_t len = strlen(rows[i].text);

		assert_int_equal(lineend_first(rows[i].line, text, len),
				 rows[i].first);
		assert_int_equal(lineend_last(rows[i].line, text, len),
				 rows[i].last);
	}
}

/* The end is found wherever it stands, and whatever stands behind it. */
static void test_an_end_is_found_at_each_place(void **state)
{
	unsigned char text[600];
	size_t at;

	(void)state;
	for (at = 0; at < sizeof(text); at++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(lineend_first(CR, text, at), at);
		text[at] = at % 2 ? '\r' : '\n';
		if (at + 1 < sizeof(text))
			text[at + 1] = at % 4 < 2 ? '\r' : '\n';
		assert_int_equal(lineend_first(CR, text, sizeof(text)), at);
		assert_int_equal(lineend_first(CR, text, at), at);
	}
}

/*
 * A datagram of CRs and no LF would else be searched once for each line: here
 * all of it but the first page can't be read.
 */
static void test_the_search_ends_soon_behind_an_end(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *text = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(text != MAP_FAILED);
	assert_int_equal(mprotect(text + page, page, PROT_NONE), 0);
	text[100] = '\r';
	assert_int_equal(lineend_first(CR, text, 2 * page), 100);
	text[100] = '\n';
	assert_int_equal(lineend_first(CR, text, 2 * page), 100);
	munmap(text, 2 * page);
}

static void test_the_rest_of_a_line_end_is_passed_over(void **state)
{
	static const struct {
		const char *text;
		bool before;
		size_t rest;
		bool after;
	} rows[] = {
		{ "", false, 0, false },      { "", true, 0, true },
		{ "a", true, 0, false },      { "\r", false, 1, false },
		{ "\r", true, 1, true },      { "\n", false, 0, false },
		{ "\n", true, 1, false },     { "\n\n", true, 1, false },
		{ "\r\n", true, 2, false },   { "\r\n", false, 1, false },
		{ "\n\ra", true, 2, false },  { "\r\ra", false, 2, false },
		{ "\r\r\n", true, 3, false }, { "\n\r\n", true, 2, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool after_cr = rows[i].before;

		assert_int_equal(lineend_rest((const void *)rows[i].text,
					      strlen(rows[i].text), &after_cr),
				 rows[i].rest);
		assert_int_equal(after_cr, rows[i].after);
	}
}

static void test_empty_lines_are_counted(void **state)
{
	static const struct {
		const char *text;
		bool crs;
		size_t lines, bytes;
	} rows[] = {
		{ "", true, 0, 0 },
		{ "a\n\n", true, 0, 0 },
		{ "\n", true, 1, 1 },
		{ "\n\n\nx", true, 3, 3 },
		{ "\r\n\r\r\n\r", true, 2, 5 },
		{ "\r\n", false, 0, 0 },
		{ "\n\r\n", false, 1, 1 },
		{ "\r", true, 0, 0 },
	};
	size_t i, bytes;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(lineend_count_empty((const void *)rows[i].text,
						     strlen(rows[i].text),
						     rows[i].crs, &bytes),
				 rows[i].lines);
		assert_int_equal(bytes, rows[i].bytes);
	}
}

#define LONGEST 5

struct answers {
	size_t first, last, rest, empty, empty_bytes;
	bool after_cr;
};

/* What is said of @len bytes at @text, before which a CR came if @after_cr. */
static struct answers ask(const unsigned char *text, size_t len, bool after_cr,
			  enum settings_line line)
{
	struct answers a = { .after_cr = after_cr };

	a.first = lineend_first(line, text, len);
	a.last = lineend_last(line, text, len);
	a.rest = lineend_rest(text, len, &a.after_cr);
	a.empty = lineend_count_empty(text, len, line == CR, &a.empty_bytes);
	return a;
}

/* The text of @number, in base 3, and @behind after its @len bytes. */
static struct answers ask_before(unsigned number, size_t len, char behind,
				 bool after_cr, enum settings_line line)
{
	unsigned char text[LONGEST + 32];
	size_t i;

	memset(text, behind, sizeof(text));
	for (i = 0; i < len; i++, number /= 3)
		text[i] = (unsigned char)"\r\na"[number % 3];
	return ask(text, len, after_cr, line);
}

static void assert_same(struct answers a, struct answers b)
{
	assert_int_equal(a.first, b.first);
	assert_int_equal(a.last, b.last);
	assert_int_equal(a.rest, b.rest);
	assert_int_equal(a.after_cr, b.after_cr);
	assert_int_equal(a.empty, b.empty);
	assert_int_equal(a.empty_bytes, b.empty_bytes);
}

/* Whatever stands there: it may be an older datagram's. */
static void test_what_stands_behind_a_text_says_nothing(void **state)
{
	unsigned number, line, after_cr;
	size_t len;

	(void)state;
	for (number = 0; number < 3 * 3 * 3 * 3 * 3; number++)
		for (len = 0; len <= LONGEST; len++)
			for (line = NEWLINE; line <= CR; line++)
				for (after_cr = 0; after_cr < 2; after_cr++) {
					struct answers want =
						ask_before(number, len, 'a',
							   after_cr, line);

					assert_same(ask_before(number, len,
							       '\r', after_cr,
							       line),
						    want);
					assert_same(ask_before(number, len,
							       '\n', after_cr,
							       line),
						    want);
				}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_and_the_last_end_are_found),
		cmocka_unit_test(test_an_end_is_found_at_each_place),
		cmocka_unit_test(test_the_search_ends_soon_behind_an_end),
		cmocka_unit_test(test_the_rest_of_a_line_end_is_passed_over),
		cmocka_unit_test(test_empty_lines_are_counted),
		cmocka_unit_test(test_what_stands_behind_a_text_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
