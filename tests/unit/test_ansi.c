/* Tests of ansi: escape sequences are left out whole, or not at all. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ansi.h"

#define ESC "\033"

/* What is left of @in, which stands in memory of its very length. */
static void assert_leaves(const char *in, size_t len, const char *want)
{
	unsigned char *bytes = malloc(len + 1);
	unsigned char out[256];
	size_t n;

	assert_non_null(bytes);
	memcpy(bytes + 1, in, len);
	n = ansi_hide(out, bytes + 1, len);
	if (n != strlen(want) || memcmp(out, want, n) != 0)
		fail_msg("'%s' leaves '%.*s' and not '%s'", in, (int)n,
			 (const char *)out, want);
	n = ansi_hide(bytes + 1, bytes + 1, len);
	assert_memory_equal(bytes + 1, want, n);
	assert_int_equal(n, strlen(want));
	free(bytes);
}

static const char *const sequences[] = {
	ESC "[m",
	ESC "[0;32m",
	ESC "[38;2;255;0;0m",
	ESC "[38:5:1m",
	ESC "[?25l",
	ESC "[2J",
	ESC "[10;1H",
	ESC "[>0;1c",
	ESC "[!p",
	ESC "[1 q",
	ESC "[~",
	ESC "[@",
	ESC "[0?/ @",
	"\x9b"
	"31m",
	"\xc2\x9b"
	"31m",
	ESC "(B",
	ESC "%G",
	ESC "#8",
	ESC " F",
	ESC "/ /0",
	ESC " /~",
	ESC "c",
	ESC "7",
	ESC "M",
	ESC "=",
	ESC "]0;title\a",
	ESC "]0;title" ESC "\\",
	ESC "]8;;http://x/\xc3\x9c" ESC "\\",
	ESC "]P0ff00ff",
	ESC "]R",
	ESC "P1$r0m" ESC "\\",
	ESC "_data" ESC "\\",
	ESC "^data" ESC "\\",
	ESC "Xdata" ESC "\\",
};
#define SEQUENCES (sizeof(sequences) / sizeof(sequences[0]))

static void test_whole_sequences_are_left_out_wherever_they_stand(void **state)
{
	char in[128];
	size_t i;

	(void)state;
	for (i = 0; i < SEQUENCES; i++) {
		const char *s = sequences[i];

		assert_leaves(s, strlen(s), "");
		snprintf(in, sizeof(in), "a%sb", s);
		assert_leaves(in, strlen(in), "ab");
		snprintf(in, sizeof(in), "%s%sx\xc3\xa4", s, s);
		assert_leaves(in, strlen(in), "x\xc3\xa4");
	}
}

/* Nothing of it is left out, unless it begins with a shorter sequence. */
static void test_a_sequence_that_is_cut_stays_and_may_go_on(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < SEQUENCES; i++) {
		const char *s = sequences[i];

		for (len = 1; len < strlen(s); len++) {
			char in[64] = "text";

			memcpy(in + 4, s, len);
			assert_leaves(in, 4 + len, in);
			assert_int_equal(ansi_cut((unsigned char *)in, 4 + len),
					 len == 1 && s[0] == '\xc2' ? 0 : len);
		}
		assert_int_equal(ansi_cut((const unsigned char *)s, strlen(s)),
				 0);
	}
}

static void test_what_is_no_sequence_stays(void **state)
{
	static const char *const rows[] = {
		"",
		"[0m",
		"[  OK  ] Started",
		ESC "[31\001",
		ESC "[\xc3\xa4",
		ESC "\xff",
		ESC "]0;a\001",
		ESC "]Pxyz",
		ESC "\n",
		ESC "\x7f",
		ESC " \x7f",
		ESC "/\037",
		ESC "[\x7f",
		ESC "[0/0m",
		"\xc3\x9b"
		"m",
		"\xe2\x9b\x84",
		"\xf0\x9f\x92\xa5",
		"\xc2",
		ESC ESC,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_leaves(rows[i], strlen(rows[i]), rows[i]);
}

static void test_a_long_sequence_is_not_waited_for(void **state)
{
	unsigned char in[200];
	size_t len;

	(void)state;
	memset(in, ';', sizeof(in));
	in[0] = 0x1b;
	in[1] = '[';
	for (len = 2; len <= sizeof(in); len++)
		assert_int_equal(ansi_cut(in, len),
				 len <= ANSI_CUT_MAX ? len : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_whole_sequences_are_left_out_wherever_they_stand),
		cmocka_unit_test(
			test_a_sequence_that_is_cut_stays_and_may_go_on),
		cmocka_unit_test(test_what_is_no_sequence_stays),
		cmocka_unit_test(test_a_long_sequence_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
