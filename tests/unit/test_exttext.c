/* The text of an extended record: escapes decoded, line by line. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "exttext.h"
#include "rig.h"

/* @text in memory of just its length, behind a byte that is none of it. */
static struct extmsg_part part_of(const char *text, size_t len)
{
	unsigned char *copy = rig_memory(len + 1);

	copy[0] = '\\';
	memcpy(copy + 1, text, len);
	return (struct extmsg_part){ copy + 1, len };
}

static void drop_part(struct extmsg_part part)
{
	free((unsigned char *)(uintptr_t)part.at - 1);
}

static const char *decoded(const char *text)
{
	struct extmsg_part part = part_of(text, strlen(text));
	static char out[256];

	memset(out, 0, sizeof(out));
	exttext_decode(part.at, part.len, (unsigned char *)out);
	drop_part(part);
	return out;
}

/* All lines of @text, "|" between them. */
static const char *lines_of(const char *text)
{
	struct extmsg_part part = part_of(text, strlen(text));
	unsigned char *line = rig_memory(part.len);
	static char all[256];
	char *to = all;
	size_t at = 0;
	size_t len;

	do {
		if (at > 0)
			*to++ = '|';
		len = exttext_line(part, &at, line);
		assert_true(len <= part.len);
		memcpy(to, line, len);
		to += len;
	} while (at <= part.len);
	*to = '\0';
	free(line);
	drop_part(part);
	return all;
}

static void test_an_escape_is_a_byte(void **state)
{
	unsigned char out[1];
	unsigned byte;
	char text[8];

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		struct extmsg_part part;

		snprintf(text, sizeof(text), "\\x%02x", byte);
		part = part_of(text, 4);
		assert_int_equal(exttext_decode(part.at, 4, out), 1);
		assert_int_equal(out[0], byte);
		drop_part(part);
	}
}

static void test_what_is_no_escape_stays(void **state)
{
	static const char *const rows[] = {
		"",	 "text",   "\\",     "\\x",	"\\x0",	 "\\x0g",
		"\\xg0", "\\xAA",  "\\x0A",  "\\y0a",	"\\X0a", "\\x/0",
		"\\x:0", "\\x`0",  "\\x0`",  "\\x0:",	"\\x0/", "x0a",
		"\\ x0", "\\\\\\", "\\x\\x", "a\\x 0a",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(decoded(rows[i]), rows[i]);
		assert_string_equal(lines_of(rows[i]), rows[i]);
	}
}

static void test_what_was_decoded_is_not_decoded_again(void **state)
{
	(void)state;
	assert_string_equal(decoded("\\x5cx41"), "\\x41");
	assert_string_equal(decoded("\\\\x41b"), "\\Ab");
	assert_string_equal(decoded("a\\x0ab\\x09"), "a\nb\t");
}

static void test_a_text_is_its_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ "one", "one" },
		{ "one\\x0atwo\\x0athree", "one|two|three" },
		{ "\\x0a", "|" },
		{ "one\\x0a", "one|" },
		{ "\\x0aone", "|one" },
		{ "\\x0a\\x0a\\x0a", "|||" },
		{ "a\\x0d\\x0ab\\x0d\\x0d", "a|b" },
		{ "\\x0da\\x0d", "\ra" },
		{ "\\x0d\\x0a\\x0d", "|" },
		{ "a\\x5c\\x0ax0a", "a\\|x0a" },
		{ "a\\x0", "a\\x0" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(lines_of(rows[i].text), rows[i].want);
}

static void test_all_that_is_left_can_be_one_line(void **state)
{
	struct extmsg_part text = part_of("one\\x0atwo\\x0athree\\x0d", 23);
	unsigned char out[32];
	size_t at = 0;

	(void)state;
	assert_int_equal(exttext_line(text, &at, out), 3);
	assert_int_equal(exttext_rest(text, &at, out), 9);
	assert_memory_equal(out, "two\nthree", 9);
	assert_int_equal(at, text.len + 1);
	at = 0;
	assert_int_equal(exttext_rest(text, &at, out), 13);
	assert_memory_equal(out, "one\ntwo\nthree", 13);
	drop_part(text);
}

/* Texts of few kinds of pieces, by lot. */
static size_t draw_text(char *text, uint64_t *random)
{
	static const char *const pieces[] = { "\\x0a", "\\x0a", "\\x0d", "a",
					      "\\",    "x0a",	"\\x41" };
	size_t pieces_left = rig_random(random, 12);
	char *to = text;

	for (*to = '\0'; pieces_left > 0; pieces_left--)
		to += sprintf(to, "%s", pieces[rig_random(random, 7)]);
	return (size_t)(to - text);
}

static void test_to_skip_a_line_leads_where_reading_it_does(void **state)
{
	uint64_t random = 1;
	char text[64];
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct extmsg_part part =
			part_of(text, draw_text(text, &random));
		size_t at = 0, skipped = 0;
		unsigned char out[64];

		do {
			exttext_line(part, &at, out);
			exttext_skip(part, &skipped);
			assert_int_equal(skipped, at);
		} while (at <= part.len);
		drop_part(part);
	}
}

/* Counts by reading one line after the other. */
static size_t count_empty(struct extmsg_part text, bool last, size_t at,
			  size_t *end)
{
	unsigned char out[64];
	size_t lines = 0;

	for (*end = at; *end <= text.len; lines++) {
		size_t next = *end;

		if (exttext_line(text, &next, out) > 0 ||
		    (next > text.len && !last))
			break;
		*end = next;
	}
	return lines;
}

static void test_empty_lines_are_counted_as_they_would_be_read(void **state)
{
	uint64_t random = 2;
	char text[64];
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct extmsg_part part =
			part_of(text, draw_text(text, &random));
		bool last = rig_random(&random, 2);
		size_t at = 0, end, want;

		do {
			assert_int_equal(
				exttext_empty_lines(part, last, at, &end),
				count_empty(part, last, at, &want));
			assert_int_equal(end, want);
			exttext_skip(part, &at);
		} while (at <= part.len);
		drop_part(part);
	}
}

static void test_the_last_line_may_be_left_out(void **state)
{
	struct extmsg_part text = part_of("\\x0a\\x0d\\x0a", 12);
	size_t end;

	(void)state;
	assert_int_equal(exttext_empty_lines(text, true, 0, &end), 3);
	assert_int_equal(end, text.len + 1);
	assert_int_equal(exttext_empty_lines(text, false, 0, &end), 2);
	assert_true(end <= text.len);
	drop_part(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_escape_is_a_byte),
		cmocka_unit_test(test_what_is_no_escape_stays),
		cmocka_unit_test(test_what_was_decoded_is_not_decoded_again),
		cmocka_unit_test(test_a_text_is_its_lines),
		cmocka_unit_test(test_all_that_is_left_can_be_one_line),
		cmocka_unit_test(
			test_to_skip_a_line_leads_where_reading_it_does),
		cmocka_unit_test(
			test_empty_lines_are_counted_as_they_would_be_read),
		cmocka_unit_test(test_the_last_line_may_be_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
