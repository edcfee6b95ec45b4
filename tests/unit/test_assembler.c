/* Tests of assembler: what ends a line, and how many a datagram becomes. */
#include "collecting.h"

#include <stdio.h>

#define AT "2026-01-01 00:00:01 192.0.2.1:6665 "

/* What datagrams, of a second each, leave in the log: each line's text. */
struct row {
	uint8_t line; /* enum settings_line */
	const char *datagrams[4];
	const char *want; /* texts, each with its LF */
};

static struct rig *new_row(const struct row *row)
{
	struct settings settings = rig_settings();

	settings.line = row->line;
	return new_rig(&settings, 64);
}

/* The texts of a log, without stamps and sources. */
static void read_texts(struct rig *rig, char *texts, size_t size)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	const char *at = (const char *)log->at;
	const char *end = at + log->len;

	*texts = '\0';
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		assert_true(lf && (size_t)(lf - at) >= strlen(AT));
		at += strlen(AT);
		assert_true(strlen(texts) + (size_t)(lf + 2 - at) < size);
		strncat(texts, at, (size_t)(lf + 1 - at));
		at = lf + 1;
	}
}

static void assert_texts(struct rig *rig, const char *want)
{
	char texts[8192];

	read_texts(rig, texts, sizeof(texts));
	if (strcmp(texts, want) != 0)
		fail_msg("the lines are\n%sbut should be\n%s", texts, want);
}

static void test_lines_end_as_line_says(void **state)
{
	static const struct row rows[] = {
		{ SETTINGS_LINE_NEWLINE, { "a\n\rb\n\r", "c\n" }, "a\nb\nc\n" },
		{ SETTINGS_LINE_NEWLINE, { "a\n", "\r", "b\n" }, "a\nb\n" },
		{ SETTINGS_LINE_NEWLINE, { "a\rb\n" }, "a\\x0db\n" },
		{ SETTINGS_LINE_NEWLINE, { "a\n\n\r\n" }, "a\n\n\n" },
		{ SETTINGS_LINE_CR,
		  { " 1%\r 2%\r", " 3%\r\n" },
		  " 1%\n 2%\n 3%\n" },
		{ SETTINGS_LINE_CR,
		  { "a\r\nb\r\r\nc\n\rd\n" },
		  "a\nb\nc\nd\n" },
		{ SETTINGS_LINE_CR,
		  { "a\r", "\nb\r", "\r\nc\n" },
		  "a\nb\nc\n" },
		{ SETTINGS_LINE_CR, { "a\r\n\r\nb\n" }, "a\n\nb\n" },
		{ SETTINGS_LINE_CR, { "\ra\r\rb\n" }, "a\nb\n" },
		{ SETTINGS_LINE_DATAGRAM, { "a", "b", "c\n" }, "a\nb\nc\n" },
		{ SETTINGS_LINE_DATAGRAM,
		  { "a\nb", "c\r\n", "d\r" },
		  "a\nb\nc\nd\n" },
		{ SETTINGS_LINE_DATAGRAM, { "a", "\n", "\r\n" }, "a\n\n\n" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = new_row(&rows[i]);

		for (j = 0; j < 4 && rows[i].datagrams[j]; j++)
			say(rig, 1, rows[i].datagrams[j], 1);
		assert_texts(rig, rows[i].want);
		drop_rig(rig);
	}
}

static void test_a_line_that_cr_ends_has_its_own_time_at_once(void **state)
{
	const struct row row = { .line = SETTINGS_LINE_CR };
	struct rig *rig = new_row(&row);

	(void)state;
	say(rig, 1, " 1%\r", 1);
	say(rig, 1, "\n 2%\r", 5);
	assert_log(rig,
		   LINE("1", "00:00:01", " 1%") LINE("1", "00:00:05", " 2%"));
	drop_rig(rig);
}

static void test_lf_cr_gives_no_line_the_time_of_the_one_before(void **state)
{
	struct rig *rig = *state;

	say(rig, 1, "one\n\r", 1);
	rig_expire(rig, 30000);
	say(rig, 1, "two\n\r", 40);
	rig_expire(rig, 90000);
	assert_log(rig,
		   LINE("1", "00:00:01", "one") LINE("1", "00:00:40", "two"));
}

/* As Python's SysLogHandler sends them. */
static void test_nuls_at_the_end_of_a_datagram_are_left_out(void **state)
{
	const struct row row = { .line = SETTINGS_LINE_DATAGRAM };
	struct rig *rig = new_row(&row);

	(void)state;
	say_bytes(rig, 1, "<14>a\0", 6, 1);
	say_bytes(rig, 1, "b\0c\0\0", 5, 1);
	say_bytes(rig, 1, "\0", 1, 1);
	assert_texts(rig, "<14>a\nb\\x00c\n\n");
	drop_rig(rig);
}

static void test_a_datagram_longer_than_wbuf_is_pieces(void **state)
{
	const struct row row = { .line = SETTINGS_LINE_DATAGRAM };
	struct rig *rig = new_row(&row);
	char bytes[2500];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	say_bytes(rig, 1, bytes, 2500, 1);
	say(rig, 1, "next", 1);
	assert_int_equal(rig->collector.output.lines, 4);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	drop_rig(rig);
}

/* Up to 16 stay; a line says how many more are. */
static void test_many_empty_lines_in_a_datagram_are_one(void **state)
{
	size_t count;

	(void)state;
	for (count = 15; count <= 18; count++) {
		struct settings settings = rig_settings();
		struct rig *rig = new_rig(&settings, 64);
		char bytes[64] = "a\n";

		memset(bytes + 2, '\n', count);
		strcpy(bytes + 2 + count, "b\n");
		say(rig, 1, bytes, 1);
		assert_int_equal(rig->collector.output.lines,
				 count > 16 ? 3 : count + 2);
		if (count == 17)
			assert_texts(rig, "a\nudplogger: 17 empty lines\nb\n");
		drop_rig(rig);
	}
}

static void test_empty_lines_with_crs_are_counted_across_no_datagram(void **s)
{
	struct rig *rig = *s;
	char bytes[128] = "";
	int i;

	for (i = 0; i < 20; i++)
		strcat(bytes, "\r\n");
	say(rig, 1, bytes, 1);
	assert_texts(rig, "udplogger: 20 empty lines\n");
	say(rig, 1, "\n\n\n\n\n\n\n\n\n\n", 1);
	say(rig, 1, "\n\n\n\n\n\n\n\n\n\n", 1);
	assert_int_equal(rig->collector.output.lines, 21);
}

/* 100 lines in 200 bytes: 24 are free, the others cost credit. */
static void test_short_lines_beyond_the_credit_are_one(void **state)
{
	struct rig *rig = *state;
	char bytes[201] = "";
	uint64_t lines;
	int i;

	for (i = 0; i < 100; i++)
		strcat(bytes, "a\n");
	rig->collector.assembler.credit = 100;
	say(rig, 1, bytes, 0);
	assert_int_equal(rig->collector.output.lines, 100);
	assert_int_equal(rig->collector.assembler.credit, 24);
	say(rig, 1, bytes, 0);
	lines = 24 + 24 + 1;
	assert_int_equal(rig->collector.output.lines, 100 + lines);
	say(rig, 1, bytes, 0);
	assert_int_equal(rig->collector.output.lines, 100 + lines + 25);
	say(rig, 1, bytes, 1);
	assert_int_equal(rig->collector.output.lines, 100 + lines + 125);
}

static void test_the_rest_of_a_datagram_keeps_its_newlines_escaped(void **state)
{
	struct rig *rig = *state;
	char bytes[128] = "";
	char want[256] = "";
	int i;

	for (i = 0; i < 20; i++) {
		strcat(bytes, "a\n");
		strcat(want, i < 17 ? "a\n" : i < 19 ? "a\\x0a" : "a\n");
	}
	strcat(bytes, "open");
	rig->collector.assembler.credit = 0;
	say(rig, 1, bytes, 0);
	say(rig, 1, " line\n", 0);
	strcat(want, "open line\n");
	assert_texts(rig, want);
}

static void test_credit_comes_back_up_to_its_most(void **state)
{
	struct rig *rig = *state;
	struct assembler *a = &rig->collector.assembler;

	a->credit = 0;
	say(rig, 1, "a\n", 2);
	assert_int_equal(a->credit, 2000 * ASSEMBLER_CREDIT_MS);
	say(rig, 1, "a\n", 40000);
	assert_int_equal(a->credit, ASSEMBLER_CREDIT);
}

static void test_a_sender_may_be_an_address_alone(void **state)
{
	struct settings settings = rig_settings();
	struct datagram d = a_datagram(1, "one ", 4, 1);
	struct rig *rig;

	(void)state;
	settings.by_address = true;
	rig = new_rig(&settings, 64);
	d.from.port = 0;
	rig_put(rig, &d, 1000);
	d.bytes = (const unsigned char *)"line\n";
	d.len = 5;
	rig_put(rig, &d, 1000);
	assert_log(rig, "2026-01-01 00:00:01 192.0.2.1 one line\n");
	drop_rig(rig);
}

static void test_escape_sequences_are_hidden_also_across_pieces(void **state)
{
	struct settings settings = rig_settings();
	char bytes[1100], want[1200];
	struct rig *rig;

	(void)state;
	settings.hides_ansi = true;
	rig = new_rig(&settings, 64);
	say(rig, 1, "[\033[0;32m  OK  ", 1);
	say(rig, 1, "\033[0m] Up\033[0", 1);
	say(rig, 1, "m.\r\n", 1);
	memset(bytes, 'x', 1024);
	strcpy(bytes + 1020, "\033[1;31mred\n");
	say(rig, 1, bytes, 1);
	memset(want, 'x', sizeof(want));
	memcpy(want, "[  OK  ] Up.\n", 13);
	strcpy(want + 13 + 1020, "\nred\n");
	assert_texts(rig, want);
	drop_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_end_as_line_says),
		cmocka_unit_test(
			test_a_line_that_cr_ends_has_its_own_time_at_once),
		RIG_CASE(test_lf_cr_gives_no_line_the_time_of_the_one_before),
		cmocka_unit_test(
			test_nuls_at_the_end_of_a_datagram_are_left_out),
		cmocka_unit_test(test_a_datagram_longer_than_wbuf_is_pieces),
		cmocka_unit_test(test_many_empty_lines_in_a_datagram_are_one),
		RIG_CASE(
			test_empty_lines_with_crs_are_counted_across_no_datagram),
		RIG_CASE(test_short_lines_beyond_the_credit_are_one),
		RIG_CASE(
			test_the_rest_of_a_datagram_keeps_its_newlines_escaped),
		RIG_CASE(test_credit_comes_back_up_to_its_most),
		cmocka_unit_test(test_a_sender_may_be_an_address_alone),
		cmocka_unit_test(
			test_escape_sequences_are_hidden_also_across_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
