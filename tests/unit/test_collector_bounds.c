/* Tests of collector: long lines, a full table, spent memory, full queues. */
#include "collecting.h"

#include <stdbool.h>
#include <stdio.h>

#define WBUF 8

static struct rig *rig_with_wbuf(size_t wbuf_bytes, bool raw)
{
	struct settings settings = rig_settings();

	settings.wbuf_bytes = wbuf_bytes;
	settings.raw = raw;
	settings.held_bytes = (wbuf_bytes / 200 + 8) * LINEBUF_BLOCK_BYTES;
	return new_rig(&settings, 8 + (uint32_t)(wbuf_bytes / 2000));
}

/*
 * Lines of up to WBUF bytes and longer ones; | in @log ends a line.  Each is
 * said in one datagram, and byte by byte, which must be the same.
 */
static const struct {
	const char *said, *log;
	bool raw;
} long_lines[] = {
	{ "1234567\n", "1234567|", false },
	{ "12345678\n", "12345678|", false },
	{ "123456789\n", "12345678|9|", false },
	{ "1234567812345678\n", "12345678|12345678|", false },
	{ "12345678123456781\n", "12345678|12345678|1|", false },
	{ "12345678\n\n", "12345678||", false },
	/* Of a line that goes on, CRs before LF are no line of their own. */
	{ "12345678\r\n", "12345678|", false },
	{ "12345678\r\r\n\r\n", "12345678||", false },
	{ "1234567\r\n", "1234567|", false },
	{ "123456\r\r\n", "123456|", false },
	{ "12345678\r\r\r\r\r\r\r\r\n", "12345678|", false },
	{ "1234567812345678\r\n", "12345678|12345678|", false },
	{ "12345678\r9\r\n", "12345678|\\x0d9|", false },
	{ "12345678\r\n", "12345678|\r|", true },
	{ "1234567\r\n", "1234567\r|", true },
	{ "12345678\r\n\n", "12345678|\r||", true },
	/* A character at the cut, of two, three and four bytes. */
	{ "123456\xc3\xa4\n", "123456\xc3\xa4|", false },
	{ "1234567\xc3\xa4\n", "1234567|\xc3\xa4|", false },
	{ "12345678\xc3\xa4\n", "12345678|\xc3\xa4|", false },
	{ "12345\xe2\x82\xacz\n", "12345\xe2\x82\xac|z|", false },
	{ "123456\xe2\x82\xac\n", "123456|\xe2\x82\xac|", false },
	{ "1234567\xe2\x82\xac\n", "1234567|\xe2\x82\xac|", false },
	{ "1234\xf0\x9f\x92\xa5z\n", "1234\xf0\x9f\x92\xa5|z|", false },
	{ "12345\xf0\x9f\x92\xa5\n", "12345|\xf0\x9f\x92\xa5|", false },
	{ "123456\xf0\x9f\x92\xa5\n", "123456|\xf0\x9f\x92\xa5|", false },
	{ "1234567\xf0\x9f\x92\xa5\n", "1234567|\xf0\x9f\x92\xa5|", false },
	{ "1234567\xc3\xa4\n", "1234567\xc3|\xa4|", true },
	{ "123456\xf0\x9f\x92\xa5\n", "123456\xf0\x9f|\x92\xa5|", true },
	/* No character begins there, so nothing is moved. */
	{ "1234567\x80z\n", "1234567\\x80|z|", false },
	{ "1234567\xffz\n", "1234567\\xff|z|", false },
	{ "123456\xe0\x80z\n", "123456\\xe0\\x80|z|", false },
	{ "123456\xed\xa0z\n", "123456\\xed\\xa0|z|", false },
	/* Pieces of nothing but multi-byte characters. */
	{ "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\n",
	  "\xe2\x82\xac\xe2\x82\xac|\xe2\x82\xac\xe2\x82\xac|", false },
};

/* Rows end up in the log with stamp and source before each line. */
static void spell_log(char *out, const char *log)
{
	while (*log != '\0') {
		int n = (int)strcspn(log, "|");

		out += sprintf(out, LINE("1", "00:00:00", "%.*s"), n, log);
		log += n + 1;
	}
}

static void test_a_line_that_is_too_long_goes_on_as_the_next(void **state)
{
	char want[1024];
	size_t i, at, n, by;

	(void)state;
	for (i = 0; i < sizeof(long_lines) / sizeof(long_lines[0]); i++)
		for (by = 1; by < 24; by++) {
			struct rig *rig =
				rig_with_wbuf(WBUF, long_lines[i].raw);
			size_t len = strlen(long_lines[i].said);

			for (at = 0; at < len; at += n) {
				n = by < len - at ? by : len - at;
				say_bytes(rig, 1, long_lines[i].said + at, n,
					  0);
			}
			spell_log(want, long_lines[i].log);
			assert_log(rig, want);
			drop_rig(rig);
		}
}

static void test_a_piece_has_the_stamp_of_its_own_first_byte(void **state)
{
	struct rig *rig = rig_with_wbuf(WBUF, false);

	(void)state;
	say(rig, 1, "1234", 1);
	say(rig, 1, "5678", 2);
	assert_log(rig, "");
	assert_int_equal(collector_deadline(&rig->collector), 11000);
	say(rig, 1, "90", 3);
	assert_int_equal(collector_deadline(&rig->collector), 13000);
	say(rig, 1, "\n", 4);
	assert_log(rig, LINE("1", "00:00:01", "12345678")
				LINE("1", "00:00:03", "90"));
	drop_rig(rig);
}

static void test_crs_that_a_timeout_cuts_off_are_no_line(void **state)
{
	struct rig *rig = rig_with_wbuf(WBUF, false);

	(void)state;
	say(rig, 1, "12345678\r", 1);
	rig_expire(rig, 11000);
	say(rig, 1, "\r\nnext\n", 12);
	assert_log(rig, LINE("1", "00:00:01", "12345678")
				LINE("1", "00:00:12", "next"));
	drop_rig(rig);
}

/* What @host said, without stamps, sources and LFs. */
static void texts_of(struct rig *rig, struct model_bytes *texts)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	const size_t before = strlen(LINE("1", "00:00:00", "")) - 1;
	size_t at = 0;

	while (at < log->len) {
		const unsigned char *line = log->at + at + before;
		const unsigned char *end =
			memchr(line, '\n', log->len - at - before);

		assert_non_null(end);
		model_append(texts, line, (size_t)(end - line));
		at = (size_t)(end - log->at) + 1;
	}
}

static void assert_all_is_stored(size_t wbuf_bytes, size_t datagram_bytes,
				 size_t bytes)
{
	struct rig *rig = rig_with_wbuf(wbuf_bytes, false);
	struct model_bytes texts = { 0 };
	char *said = rig_line(bytes + 1, 5);
	size_t at, n;

	for (at = 0; at < bytes; at += n) {
		n = bytes - at < datagram_bytes ? bytes - at : datagram_bytes;
		say_bytes(rig, 1, said + at, n, 0);
	}
	rig_flush(rig);
	texts_of(rig, &texts);
	assert_int_equal(texts.len, bytes);
	assert_memory_equal(texts.at, said, bytes);
	assert_int_equal(rig->collector.output.lines,
			 (bytes + wbuf_bytes - 1) / wbuf_bytes);
	free(texts.at);
	free(said);
	drop_rig(rig);
}

static void test_a_datagram_of_65507_bytes_is_stored(void **state)
{
	(void)state;
	assert_all_is_stored(65536, 65507, 65507);
	assert_all_is_stored(65507, 65507, 65507);
	assert_all_is_stored(65506, 65507, 65507);
	assert_all_is_stored(1024, 65507, 65507);
	assert_all_is_stored(8, 65507, 65507);
}

static void test_a_million_bytes_without_lf_are_stored(void **state)
{
	(void)state;
	assert_all_is_stored(65536, 65507, 1000000);
	assert_all_is_stored(65536, 1000, 1000000);
	assert_all_is_stored(1024, 1, 1000000);
	assert_all_is_stored(1048576, 999, 1000000);
}

/* ---- a full table ---- */

static struct rig *rig_with_clients(uint32_t clients)
{
	struct settings settings = rig_settings();

	settings.clients = clients;
	return new_rig(&settings, 64);
}

static void test_the_source_silent_longest_makes_room_its_line_first(void **s)
{
	struct rig *rig = rig_with_clients(3);

	(void)s;
	say(rig, 1, "one", 1);
	say(rig, 2, "two", 2);
	say(rig, 3, "three", 3);
	say(rig, 1, " more", 4); /* now 2 is the silent one */
	say(rig, 4, "four\n", 5);
	assert_log(rig,
		   LINE("2", "00:00:02", "two") LINE("4", "00:00:05", "four"));
	say(rig, 2, "two again\n", 6); /* 3 makes room */
	say(rig, 1, "\n", 7);
	rig_flush(rig);
	assert_log(rig,
		   LINE("2", "00:00:02", "two") LINE("4", "00:00:05", "four")
			   LINE("3", "00:00:03", "three")
				   LINE("2", "00:00:06", "two again")
					   LINE("1", "00:00:01", "one more"));
	drop_rig(rig);
}

static void test_a_source_without_a_line_makes_room_without_one(void **state)
{
	struct rig *rig = rig_with_clients(1);

	(void)state;
	say(rig, 1, "one\n", 1);
	say(rig, 2, "", 2); /* leaves nothing, so it needs no room */
	say(rig, 1, "on", 3);
	say(rig, 2, "", 4);
	say(rig, 1, "e\n", 5);
	say(rig, 2, "two\n", 6);
	assert_log(rig,
		   LINE("1", "00:00:01", "one") LINE("1", "00:00:03", "one")
			   LINE("2", "00:00:06", "two"));
	assert_int_equal(rig->collector.output.lines, 3);
	drop_rig(rig);
}

static void test_a_flood_of_sources_silences_nobody(void **state)
{
	struct rig *rig = rig_with_clients(10);
	unsigned i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		struct datagram d = a_datagram(9, "spoofed", 7, (time_t)i);

		d.from = rig_source(9, (uint16_t)(i + 1));
		rig_put(rig, &d, i);
		if (i % 8 == 0)
			say(rig, 1, "honest ", i);
	}
	say(rig, 1, "to the end\n", 1000);
	rig_flush(rig);
	assert_int_equal(rig->collector.output.lines, 1001);
	assert_int_equal(rig->collector.counts.datagrams, 1126);
	drop_rig(rig);
}

/* ---- spent memory for unfinished lines ---- */

static struct rig *rig_with_blocks(size_t blocks)
{
	struct settings settings = rig_settings();

	settings.held_bytes = blocks * LINEBUF_BLOCK_BYTES;
	return new_rig(&settings, 64);
}

static void test_where_memory_is_spent_the_oldest_line_is_written(void **state)
{
	struct rig *rig = rig_with_blocks(2);

	(void)state;
	say(rig, 1, "one", 1);
	say(rig, 2, "two", 2);
	say(rig, 1, "more", 3);
	say(rig, 3, "three", 4);
	assert_log(rig, LINE("1", "00:00:01", "onemore"));
	say(rig, 1, "rest\n", 5);
	say(rig, 2, "\n", 6);
	say(rig, 3, "\n", 7);
	assert_log(rig, LINE("1", "00:00:01", "onemore")
				LINE("1", "00:00:05", "rest")
					LINE("2", "00:00:02", "two")
						LINE("3", "00:00:04", "three"));
	assert_int_equal(rig->collector.assembler.held.used, 0);
	drop_rig(rig);
}

static void test_a_line_that_came_whole_needs_no_memory(void **state)
{
	struct rig *rig = rig_with_blocks(1);
	char line[1001];

	(void)state;
	memset(line, 'x', 999);
	strcpy(line + 999, "\n");
	say(rig, 1, "one", 1);
	say(rig, 2, line, 2);
	assert_int_equal(rig->collector.output.lines, 1);
	say(rig, 1, line, 3);
	assert_int_equal(rig->collector.output.lines, 2);
	drop_rig(rig);
}

static void test_a_line_longer_than_the_memory_loses_no_byte(void **state)
{
	struct model_bytes texts = { 0 };
	struct rig *rig = rig_with_blocks(1);
	char *line = rig_line(1000, 3);

	(void)state;
	say_bytes(rig, 1, line, 999, 0);
	rig_flush(rig);
	texts_of(rig, &texts);
	assert_int_equal(texts.len, 999);
	assert_memory_equal(texts.at, line, 999);
	free(texts.at);
	free(line);
	drop_rig(rig);
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_line_that_is_too_long_goes_on_as_the_next),
		CASE(test_a_piece_has_the_stamp_of_its_own_first_byte),
		CASE(test_crs_that_a_timeout_cuts_off_are_no_line),
		CASE(test_a_datagram_of_65507_bytes_is_stored),
		CASE(test_a_million_bytes_without_lf_are_stored),
		CASE(test_the_source_silent_longest_makes_room_its_line_first),
		CASE(test_a_source_without_a_line_makes_room_without_one),
		CASE(test_a_flood_of_sources_silences_nobody),
		CASE(test_where_memory_is_spent_the_oldest_line_is_written),
		CASE(test_a_line_that_came_whole_needs_no_memory),
		CASE(test_a_line_longer_than_the_memory_loses_no_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
