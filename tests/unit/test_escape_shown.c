/* Tests of escape: texts as an error shows them. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "model.h"

static const char dots[] = "...";

/* @text, in memory of just its size, as escape_shown() has it. */
static size_t show(char shown[ESCAPE_SHOWN_MAX], const char *text)
{
	char *exactly = malloc(ESCAPE_SHOWN_MAX);
	char *copy = strdup(text);

	assert_non_null(exactly);
	assert_non_null(copy);
	memset(exactly, 0xa5, ESCAPE_SHOWN_MAX);
	escape_shown(exactly, copy);
	memcpy(shown, exactly, ESCAPE_SHOWN_MAX);
	free(copy);
	free(exactly);
	return strnlen(shown, ESCAPE_SHOWN_MAX);
}

static void assert_shown(const char *text, const char *want)
{
	char shown[ESCAPE_SHOWN_MAX];

	assert_int_equal(show(shown, text), strlen(want));
	assert_string_equal(shown, want);
}

static void test_short_texts_are_shown_whole_and_safe(void **state)
{
	(void)state;
	assert_shown("", "");
	assert_shown("port=1", "port=1");
	assert_shown("a\tb\n\033\x7f\xff", "a\tb\\x0a\\x1b\\x7f\\xff");
	assert_shown("\xc3\xa4\xc2\x9b", "\xc3\xa4\\xc2\\x9b");
	assert_shown("...", "...");
}

/* @fill, so many times: all of it, or less of it and dots. */
static void assert_whole_or_cut(char fill, size_t len, size_t *longest_whole)
{
	char shown[ESCAPE_SHOWN_MAX];
	struct model_bytes whole = { 0 };
	char *text = malloc(len + 1);
	size_t n, i;

	assert_non_null(text);
	memset(text, fill, len);
	text[len] = '\0';
	model_append(&whole, text, 1);
	whole.len = 0;
	for (i = 0; i < len; i++)
		model_escape(&whole, (unsigned char *)&fill, 1);
	n = show(shown, text);
	assert_true(n < ESCAPE_SHOWN_MAX);
	if (n == whole.len && memcmp(shown, whole.at, n) == 0) {
		*longest_whole = len;
	} else {
		assert_true(n > 3 && n - 3 < whole.len);
		assert_string_equal(shown + n - 3, dots);
		n -= 3;
	}
	if (n > 0)
		assert_memory_equal(shown, whole.at, n);
	free(whole.at);
	free(text);
}

static void test_a_text_is_shown_whole_or_less_of_it_and_dots(void **state)
{
	static const char fills[] = { 'x', '\n', '\xff', '\t' };
	size_t longest_whole = 0, len, i;

	(void)state;
	for (i = 0; i < sizeof(fills); i++)
		for (len = 0; len <= 3 * ESCAPE_SHOWN_MAX; len++)
			assert_whole_or_cut(fills[i], len, &longest_whole);
	assert_true(longest_whole >= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_texts_are_shown_whole_and_safe),
		cmocka_unit_test(
			test_a_text_is_shown_whole_or_less_of_it_and_dots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
