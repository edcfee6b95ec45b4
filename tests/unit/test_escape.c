/* Tests of escape: untrusted bytes made safe, against tables and a model. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "model.h"
#include "rig.h"

/* Memory of just the size that is needed, so that ASan sees a byte more. */
static size_t escape_exactly(char **out, const unsigned char *in, size_t len)
{
	unsigned char *copy = malloc(len + 1);
	size_t n;

	*out = malloc(ESCAPE_GROWTH * len + 1);
	assert_non_null(copy);
	assert_non_null(*out);
	memcpy(copy + 1, in, len);
	n = escape_text(*out, copy + 1, len);
	free(copy);
	return n;
}

/* TAB, printable ASCII, and lead and tail bytes of UTF-8; never a control. */
static void assert_safe(const char *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)out[i];

		if (c < 0x80)
			assert_true(c == '\t' || (c >= 0x20 && c < 0x7f));
		else if (c == 0xc2)
			assert_true((unsigned char)out[i + 1] >= 0xa0);
	}
}

/* @in comes out as the model says, and that is safe, and stays as it is. */
static void assert_like_model(const unsigned char *in, size_t len)
{
	static struct model_bytes want;
	char again[4096];
	char *out;
	size_t n = escape_exactly(&out, in, len);

	want.len = 0;
	model_escape(&want, in, len);
	assert_int_equal(n, want.len);
	if (n > 0)
		assert_memory_equal(out, want.at, n);
	assert_safe(out, n);
	assert_int_equal(escape_text(again, (unsigned char *)out, n), n);
	assert_memory_equal(again, out, n);
	free(out);
}

static void assert_escapes(const void *in, size_t len, const char *want)
{
	char *out;
	size_t n = escape_exactly(&out, in, len);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(out, want, n);
	free(out);
}

static void test_every_byte_alone_stays_or_is_escaped(void **state)
{
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		char want[8];

		if (c == '\t' || (c >= ' ' && c <= '~'))
			snprintf(want, sizeof(want), "%c", c);
		else
			snprintf(want, sizeof(want), "\\x%02x", (unsigned)c);
		assert_escapes(&byte, 1, want);
	}
}

static void assert_at_every_place(unsigned char c, size_t len)
{
	unsigned char in[128];
	size_t at;

	for (at = 0; at < len; at++) {
		memset(in, 'a', sizeof(in));
		in[at] = c;
		assert_like_model(in, len);
	}
}

/* Several words are looked at together, so some go far. */
static void test_every_byte_at_every_place_among_plain_ones(void **state)
{
	static const unsigned char edgy[] = { 0x1f, '\t', 0x7f, 0x80 };
	size_t i, len;
	int c;

	(void)state;
	for (c = 0; c < 256; c++)
		for (len = 7; len <= 17; len++)
			assert_at_every_place((unsigned char)c, len);
	for (i = 0; i < sizeof(edgy); i++)
		for (len = 1; len <= 75; len++)
			assert_at_every_place(edgy[i], len);
}

static void test_plain_text_of_any_length_stays(void **state)
{
	unsigned char in[300];
	size_t len, i;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(' ' + i % 95);
	for (len = 0; len < sizeof(in); len++) {
		char *out;

		assert_int_equal(escape_exactly(&out, in, len), len);
		assert_memory_equal(out, in, len);
		free(out);
	}
}

/* What is at the edges of RFC 3629; @stays: the character is kept. */
static const struct edge {
	const char *bytes;
	bool stays;
} edges[] = {
	{ "\xc2\xa0", true }, /* U+00A0, the first behind C1 */
	{ "\xdf\xbf", true }, /* U+07FF */
	{ "\xe0\xa0\x80", true }, /* U+0800 */
	{ "\xed\x9f\xbf", true }, /* U+D7FF */
	{ "\xee\x80\x80", true }, /* U+E000 */
	{ "\xef\xbb\xbf", false }, /* U+FEFF, byte order mark */
	{ "\xc2\xad", false }, /* U+00AD, soft hyphen */
	{ "\xc2\xae", true }, /* U+00AE */
	{ "\xe2\x80\x8a", true }, /* U+200A, a space */
	{ "\xe2\x80\x8b", false }, /* U+200B, zero width space */
	{ "\xe2\x80\x8f", false }, /* U+200F, right-to-left mark */
	{ "\xe2\x80\xa7", true }, /* U+2027 */
	{ "\xe2\x80\xa8", false }, /* U+2028, line separator */
	{ "\xe2\x80\xae", false }, /* U+202E, right-to-left override */
	{ "\xe2\x81\xa6", false }, /* U+2066, left-to-right isolate */
	{ "\xef\xb8\x8f", false }, /* U+FE0F, variation selector */
	{ "\xf3\xa0\x81\x81", false }, /* U+E0041, a tag */
	{ "\xf3\xa1\x80\x80", true }, /* U+E1000 */
	{ "\xef\xbf\xbf", true }, /* U+FFFF */
	{ "\xf0\x90\x80\x80", true }, /* U+10000 */
	{ "\xf4\x8f\xbf\xbf", true }, /* U+10FFFF */
	{ "\xe2\x82\xac", true }, /* euro sign */
	{ "\xf0\x9f\x92\xa5", true }, /* collision symbol */
	{ "\xc2\x80", false }, /* U+0080 */
	{ "\xc2\x9b", false }, /* U+009B, CSI */
	{ "\xc2\x9f", false }, /* U+009F */
	{ "\xc0\x80", false }, /* overlong NUL */
	{ "\xc0\x8a", false }, /* overlong LF */
	{ "\xc0\xaf", false }, /* overlong / */
	{ "\xc1\xbf", false }, /* overlong U+007F */
	{ "\xe0\x80\x80", false }, /* overlong NUL */
	{ "\xe0\x80\xaf", false }, /* overlong / */
	{ "\xe0\x82\x9b", false }, /* overlong CSI */
	{ "\xe0\x9f\xbf", false }, /* overlong U+07FF */
	{ "\xf0\x80\x80\x80", false }, /* overlong NUL */
	{ "\xf0\x80\x80\xaf", false }, /* overlong / */
	{ "\xf0\x8f\xbf\xbf", false }, /* overlong U+FFFF */
	{ "\xed\xa0\x80", false }, /* U+D800 */
	{ "\xed\xaf\xbf", false }, /* U+DBFF */
	{ "\xed\xb0\x80", false }, /* U+DC00 */
	{ "\xed\xbf\xbf", false }, /* U+DFFF */
	{ "\xed\xa0\xbd\xed\xb2\xa5", false }, /* a pair of surrogates */
	{ "\xf4\x90\x80\x80", false }, /* U+110000 */
	{ "\xf5\x80\x80\x80", false },
	{ "\xf7\xbf\xbf\xbf", false },
	{ "\xf8\x88\x80\x80\x80", false }, /* forms of five and six bytes */
	{ "\xfc\x84\x80\x80\x80\x80", false },
	{ "\xfe\xfe\xff\xff", false },
	{ "\x80", false },
	{ "\xbf\xbf\xbf", false },
	{ "\xc3\xc3", false },
	{ "\xe2\x82\xe2\x82", false },
	{ "\xf0\x9f\x92\xf0\x9f\x92", false },
};
#define EDGES (sizeof(edges) / sizeof(edges[0]))

static void spell(char *out, const char *bytes, size_t len, bool stays)
{
	size_t i;

	*out = '\0';
	if (stays)
		strcpy(out, bytes);
	for (i = 0; !stays && i < len; i++)
		sprintf(out + 4 * i, "\\x%02x", (unsigned char)bytes[i]);
}

static void test_every_edge_of_utf8_stays_or_is_escaped(void **state)
{
	char want[64];
	size_t i;

	(void)state;
	for (i = 0; i < EDGES; i++) {
		size_t len = strlen(edges[i].bytes);

		spell(want, edges[i].bytes, len, edges[i].stays);
		assert_escapes(edges[i].bytes, len, want);
	}
}

static void test_a_character_cut_at_any_place_is_escaped(void **state)
{
	char want[64];
	size_t i, len;

	(void)state;
	for (i = 0; i < EDGES; i++)
		for (len = 1; len < strlen(edges[i].bytes); len++) {
			spell(want, edges[i].bytes, len, false);
			assert_escapes(edges[i].bytes, len, want);
		}
}

/* Before it and behind it plain text, so that words of eight are crossed. */
static void test_every_edge_at_every_place_whole_and_cut(void **state)
{
	unsigned char in[64];
	size_t i, before, cut, behind;

	(void)state;
	for (i = 0; i < EDGES; i++)
		for (before = 0; before <= 17; before++)
			for (cut = 1; cut <= strlen(edges[i].bytes); cut++)
				for (behind = 0; behind <= 9; behind++) {
					memset(in, 'x', sizeof(in));
					memcpy(in + before, edges[i].bytes,
					       cut);
					assert_like_model(in, before + cut +
								      behind);
				}
}

static void test_every_two_edges_side_by_side(void **state)
{
	unsigned char in[16];
	size_t i, j;

	(void)state;
	for (i = 0; i < EDGES; i++)
		for (j = 0; j < EDGES; j++) {
			size_t a = strlen(edges[i].bytes);
			size_t b = strlen(edges[j].bytes);

			memcpy(in, edges[i].bytes, a);
			memcpy(in + a, edges[j].bytes, b);
			assert_like_model(in, a + b);
		}
}

static size_t encode(unsigned char out[4], uint32_t c)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	size_t i;

	for (i = len; i-- > 1; c >>= 6)
		out[i] = (unsigned char)(0x80 | (c & 0x3f));
	out[0] = (unsigned char)(len == 1 ? c : (0xf00u >> len & 0xff) | c);
	return len;
}

static void test_all_characters_stay_but_controls_and_the_unseen(void **state)
{
	unsigned char in[4];
	char out[ESCAPE_GROWTH * 4];
	uint32_t c;

	(void)state;
	for (c = 0; c < 0x200000; c++) {
		size_t len = encode(in, c);
		bool stays = (c == '\t' || (c >= 0x20 && c <= 0x7e) ||
			      (c >= 0xa0 && c <= 0xd7ff) ||
			      (c >= 0xe000 && c <= 0x10ffff)) &&
			     !model_is_unseen(c);

		if (escape_text(out, in, len) != (stays ? len : 4 * len) ||
		    (stays && memcmp(out, in, len) != 0))
			fail_msg("U+%04X", (unsigned)c);
	}
}

static void assert_both_like_model(const unsigned char *in, size_t len)
{
	assert_like_model(in, len);
	assert_int_equal(escape_cut_character(in, len),
			 model_cut_character(in, len));
}

static void test_every_two_bytes_and_some_third(void **state)
{
	static const unsigned char third[] = { 'a',  0x7f, 0x80, 0x8f, 0x90,
					       0x9f, 0xa0, 0xbf, 0xc0 };
	unsigned char in[3];
	unsigned two;
	size_t i;

	(void)state;
	for (two = 0x7f00; two < 0x10000; two++) {
		in[0] = (unsigned char)(two >> 8);
		in[1] = (unsigned char)(two & 0xff);
		assert_both_like_model(in, 2);
		for (i = 0; i < sizeof(third) && in[0] >= 0xe0 && in[1] >= 0x7f;
		     i++) {
			in[2] = third[i];
			assert_both_like_model(in, 3);
		}
	}
}

static void test_random_bytes_come_out_as_the_model_has_them(void **state)
{
	static const unsigned char usual[] =
		"a\xc2\x80\xa0\xe0\xed\xf0\x9f\xbf\xf4\x8f\x90";
	unsigned char in[64];
	uint64_t random = 1;
	size_t round, i, len;

	(void)state;
	for (round = 0; round < 20000; round++) {
		len = rig_random(&random, sizeof(in) + 1);
		for (i = 0; i < len; i++)
			in[i] = round % 2 ? (unsigned char)rig_random(&random,
								      256)
					  : usual[rig_random(&random,
							     sizeof(usual))];
		assert_like_model(in, len);
		assert_int_equal(escape_cut_character(in, len),
				 model_cut_character(in, len));
	}
}

static void test_a_cut_character_is_told_by_the_bytes_it_has(void **state)
{
	unsigned char in[32];
	size_t i, before, cut;

	(void)state;
	for (i = 0; i < EDGES; i++)
		for (before = 0; before <= 9; before++)
			for (cut = 1; cut <= strlen(edges[i].bytes); cut++) {
				size_t len = before + cut, want;

				memset(in, 'x', sizeof(in));
				memcpy(in + before, edges[i].bytes, cut);
				want = model_cut_character(in, len);
				if (edges[i].stays)
					want = cut < strlen(edges[i].bytes)
						       ? cut
						       : 0;
				assert_int_equal(escape_cut_character(in, len),
						 want);
			}
	assert_int_equal(escape_cut_character(in, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_alone_stays_or_is_escaped),
		cmocka_unit_test(
			test_every_byte_at_every_place_among_plain_ones),
		cmocka_unit_test(test_plain_text_of_any_length_stays),
		cmocka_unit_test(test_every_edge_of_utf8_stays_or_is_escaped),
		cmocka_unit_test(test_a_character_cut_at_any_place_is_escaped),
		cmocka_unit_test(test_every_edge_at_every_place_whole_and_cut),
		cmocka_unit_test(test_every_two_edges_side_by_side),
		cmocka_unit_test(
			test_all_characters_stay_but_controls_and_the_unseen),
		cmocka_unit_test(test_every_two_bytes_and_some_third),
		cmocka_unit_test(
			test_random_bytes_come_out_as_the_model_has_them),
		cmocka_unit_test(
			test_a_cut_character_is_told_by_the_bytes_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
