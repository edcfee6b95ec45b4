/* Tests of extbody: lines, pairs, and the faults of real kernels. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extbody.h"
#include "rig.h"

/* All of what a body says, lines joined by "|", from memory of just that size. */
static const char *said(const char *header, const void *bytes, size_t len)
{
	static char all[200000];
	unsigned char *copy = malloc(len + 1);
	unsigned char *out = malloc(len + 4 + 1);
	struct extbody body;
	struct extmsg msg;
	size_t at = 0;
	size_t n = 0;

	assert_true(extmsg_read(&msg, (const unsigned char *)header,
				strlen(header)));
	memcpy(copy + 1, bytes, len);
	extbody_split(&body, &msg, (struct extmsg_part){ copy + 1, len });
	do {
		size_t line;

		if (at > 0)
			all[n++] = '|';
		line = extbody_line(&body, false, &at, out);
		memcpy(all + n, out, line);
		n += line;
	} while (at <= body.text.len);
	len = extbody_pairs(&body, out);
	assert_true(len <= body.pairs.len + 4);
	memcpy(all + n, out, len);
	all[n + len] = '\0';
	free(copy);
	free(out);
	return all;
}

#define SAYS(body, want) \
	assert_string_equal(said("6,1,2,-;", body, sizeof(body) - 1), want)

static void test_a_text_is_its_lines(void **state)
{
	(void)state;
	SAYS("text\n", "text");
	SAYS("text", "text");
	SAYS("\n", "");
	SAYS("", "");
	SAYS("a\\x0ab\n", "a|b");
	SAYS("a\\x0a\n", "a|");
	SAYS("\\x0aa\n", "|a");
	SAYS("\\x0a\\x0a", "||");
	SAYS("a\\x0d\\x0a\\x0db\\x0d\\x0d\n k=v\n", "a|\rb {k=v}");
}

static void test_escapes_are_decoded(void **state)
{
	(void)state;
	SAYS("tab\\x09 bell\\x07 slash\\x5c \\xc3\\xa9\n",
	     "tab\t bell\a slash\\ \xc3\xa9");
	/* The escape of a backslash, and what looks like one after it. */
	SAYS("\\x5cx0a\n", "\\x0a");
	SAYS("\\x5c\\x0ab\n", "\\|b");
	/* What is none stays. */
	SAYS("\\ \\x \\x0 \\x0g \\xAA \\y0a \\\\x41\n",
	     "\\ \\x \\x0 \\x0g \\xAA \\y0a \\A");
}

static void test_pairs_stand_at_the_end(void **state)
{
	(void)state;
	SAYS("text\n SUBSYSTEM=net\n DEVICE=n3\n",
	     "text {SUBSYSTEM=net DEVICE=n3}");
	SAYS("text\n a=b", "text {a=b}");
	SAYS("text\n a=b\n a=b\n", "text {a=b a=b}");
	SAYS("a\\x0ab\n k=v\n", "a|b {k=v}");
	SAYS("\n k=v\n", " {k=v}");
	SAYS("text\n k=\n", "text {k=}");
	SAYS("text\n k= v w \n", "text {k= v w }");
	SAYS("text\n\n \n", "text");
	SAYS("text\n  k=v\n", "text { k=v}");
}

static void test_only_the_kernels_values_are_decoded(void **state)
{
	(void)state;
	SAYS("t\n SUBSYSTEM=a\\x0ab\n DEVICE=\\x5c\n",
	     "t {SUBSYSTEM=a\nb DEVICE=\\}");
	SAYS("t\n rack=\\x41\n SUBSYSTE=\\x41\n",
	     "t {rack=\\x41 SUBSYSTE=\\x41}");
}

/* taskname= is what any user of the sender has set. */
static void test_a_value_may_have_any_byte(void **state)
{
	(void)state;
	SAYS("t\n taskname=\x1b[2J\n6,1,2,-;x\n cpu=1\n",
	     "t {taskname=\x1b[2J\n6,1,2,-;x cpu=1}");
	SAYS("t\nno pair\n", "t {no pair}");
	SAYS("t\n a=\n\nb\n", "t {a=\n\nb}");
}

static void test_a_nul_for_the_last_newline_is_none(void **state)
{
	(void)state;
	SAYS("text\0", "text");
	SAYS("text\n k=v\0", "text {k=v}");
	SAYS("\0", "");
}

/* Linux 6.12 cuts header and text at 2048 bytes, and leaves out the LF. */
static const char *cut_text(const char *header, size_t len, const char *after)
{
	static char body[3000];

	memset(body, 'x', len);
	memcpy(body + len - 3, "\\x0", 3);
	strcpy(body + len, after);
	return said(header, body, len + strlen(after));
}

static void assert_ends(const char *text, const char *end)
{
	assert_true(strlen(text) >= strlen(end));
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void test_pairs_that_are_glued_to_a_cut_text_are_found(void **state)
{
	const char *header = "6,416,1758426,-;";

	(void)state;
	assert_ends(cut_text(header, 2032, " rack=r12-u07\n asset=5\n"),
		    "x\\x0 {rack=r12-u07 asset=5}");
	assert_ends(cut_text("6.12,6,416,1758426,-,ncfrag=0/9;x", 2032,
			     " rack=r12\n"),
		    "x\\x0 {rack=r12}");
	assert_ends(cut_text(header, 2032, ""), "x\\x0");
	/* Elsewhere it is text. */
	assert_ends(cut_text(header, 2031, " rack=r12\n"), "x\\x0 rack=r12");
	assert_ends(cut_text(header, 2033, " rack=r12\n"), "x\\x0 rack=r12");
	assert_ends(cut_text(header, 2032, " rack\n"), "x\\x0 rack");
	assert_ends(cut_text(header, 2032, " =r\n"), "x\\x0 =r");
	assert_ends(cut_text(header, 2032, " rack"), "x\\x0 rack");
	assert_ends(cut_text(header, 2032, "\n rack=r\n"), "x\\x0 {rack=r}");
}

/* What configfs lets people name a userdatum, as far as names are sane. */
static void test_a_glued_pair_is_known_by_its_key(void **state)
{
	const char *chars = "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	char after[] = " k?=v\n";
	unsigned c;

	(void)state;
	for (c = 1; c < 256; c++) {
		const char *said;

		if (c == '\n' || c == '=' || c == '\r' || c == '\\')
			continue;
		after[2] = (char)c;
		said = cut_text("6,416,1758426,-;", 2032, after);
		assert_int_equal(said[strlen(said) - 1] == '}',
				 strchr(chars, (int)c) != NULL);
	}
}

static void test_the_msgid_is_the_last_pair(void **state)
{
	static const struct {
		const char *pairs;
		int64_t msgid; /* -1: there is none */
	} rows[] = {
		{ " msgid=5\n", 5 },
		{ " msgid=5", 5 },
		{ " msgid=0\n", 0 },
		{ " msgid=4294967295\n", 4294967295 },
		{ " cpu=1\n msgid=17\n", 17 },
		{ " a=\n msgid=4\n msgid=5\n", 5 },
		{ "", -1 },
		{ "\n", -1 },
		{ "5\n", -1 },
		{ "=5\n", -1 },
		{ "msgid=5\n", -1 },
		{ " msgid=\n", -1 },
		{ " msgid=4294967296\n", -1 },
		{ " msgid=99999999999\n", -1 },
		{ " msgid=5x\n", -1 },
		{ " msgid=-5\n", -1 },
		{ " msgid= 5\n", -1 },
		{ " msgid=5\n\n", -1 },
		{ " msgid=5\n cpu=1\n", -1 },
		/* What it is named must be right, from end to end. */
		{ " msgie=5\n", -1 },
		{ " nsgid=5\n", -1 },
		{ ".msgid=5\n", -1 },
		{ " msgid:5\n", -1 },
		{ " a=b\n.msgid=5\n", -1 },
		{ " a=b\n msgie=5\n", -1 },
		/* It must stand at the beginning of a line. */
		{ " taskname=a msgid=5\n", -1 },
		{ "  msgid=5\n", -1 },
		{ "x msgid=5\n", -1 },
		{ "\n msgid=5\n", 5 },
	};
	/* What stands before the pairs is none of them. */
	static const char before[] = { '\n', 'x', ' ' };
	unsigned char bytes[64];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (n = 0; n < sizeof(before); n++) {
			struct extbody body = {
				.pairs = { bytes + 1, strlen(rows[i].pairs) }
			};
			uint32_t msgid = 77;
			bool has = rows[i].msgid >= 0;

			bytes[0] = (unsigned char)before[n];
			memcpy(bytes + 1, rows[i].pairs, body.pairs.len);
			if (extbody_msgid(&body, &msgid) != has)
				fail_msg("'%s' has%s a msgid", rows[i].pairs,
					 has ? "" : " not");
			assert_int_equal(msgid, has ? rows[i].msgid : 77);
		}
}

/* Of a body that has these pairs, and a msgid at the end. */
static bool is_doubtful(const char *pairs)
{
	size_t len = strlen(pairs);
	unsigned char *copy = malloc(len + 1);
	struct extbody body = { .pairs = { copy, len } };
	uint32_t msgid;
	bool doubtful;

	memcpy(copy, pairs, len);
	assert_true(extbody_msgid(&body, &msgid));
	doubtful = extbody_doubts_msgid(&body);
	free(copy);
	return doubtful;
}

static void test_a_msgid_that_fits_into_a_name_is_doubtful(void **state)
{
	(void)state;
	assert_true(is_doubtful(" taskname=a\n msgid=5\n"));
	assert_true(is_doubtful(" taskname=a\n msgid=5"));
	assert_true(is_doubtful(" taskname=\n msgid=1234567\n"));
	assert_true(is_doubtful(" taskname=abcdef\n msgid=5\n"));
	assert_true(is_doubtful(" cpu=1\n taskname=\nx\n msgid=5\n"));
	/* 16 bytes are no name. */
	assert_false(is_doubtful(" taskname=abcdefg\n msgid=5\n"));
	assert_false(is_doubtful(" taskname=\n msgid=12345678\n"));
	/* The kernel's own lines follow the name. */
	assert_false(is_doubtful(" taskname=a\n msgid=5\n msgid=6\n"));
	assert_false(is_doubtful(" taskname=\n release=\n msgid=5\n"));
	/* Nobody names these. */
	assert_false(is_doubtful(" msgid=5\n"));
	assert_false(is_doubtful(" cpu=1\n msgid=5\n"));
	assert_false(is_doubtful(" xtaskname=a\n msgid=5\n"));
	assert_false(is_doubtful(" k=v taskname=a\n msgid=5\n"));
}

static void assert_stamp(const char *header, const char *want)
{
	char stamp[EXTBODY_STAMP_MAX];
	struct extmsg msg;
	size_t len;

	assert_true(extmsg_read(&msg, (const unsigned char *)header,
				strlen(header)));
	len = extbody_stamp(&msg, stamp);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(stamp, want, len);
}

static void test_the_stamp_is_that_of_the_text_console(void **state)
{
	(void)state;
	assert_stamp("6,416,1758426,-;", "[    1.758426] ");
	assert_stamp("6,416,0,-;", "[    0.000000] ");
	assert_stamp("6,416,123456000001,-;", "[123456.000001] ");
	assert_stamp("6,416,18446744073709551615,-;",
		     "[18446744073709.551615] ");
	assert_stamp("6,416,1758426,-,caller=T123;", "[    1.758426][  T123] ");
	assert_stamp("6,416,1758426,-,caller=C0;", "[    1.758426][    C0] ");
	assert_stamp("6,416,18446744073709551615,-,caller="
		     "1234567890123456789012345678901234567890;",
		     "[18446744073709.551615]"
		     "[12345678901234567890123456789012] ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_its_lines),
		cmocka_unit_test(test_escapes_are_decoded),
		cmocka_unit_test(test_pairs_stand_at_the_end),
		cmocka_unit_test(test_only_the_kernels_values_are_decoded),
		cmocka_unit_test(test_a_value_may_have_any_byte),
		cmocka_unit_test(test_a_nul_for_the_last_newline_is_none),
		cmocka_unit_test(
			test_pairs_that_are_glued_to_a_cut_text_are_found),
		cmocka_unit_test(test_a_glued_pair_is_known_by_its_key),
		cmocka_unit_test(test_the_msgid_is_the_last_pair),
		cmocka_unit_test(
			test_a_msgid_that_fits_into_a_name_is_doubtful),
		cmocka_unit_test(test_the_stamp_is_that_of_the_text_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
