/* The text of the file of conf=, line by line. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conffile.h"

/* A copy of just that length and one byte more, which ASan guards. */
static void begin(struct conffile *file, const char *text, size_t len)
{
	*file = (struct conffile){ .text = malloc(len + 1), .len = len };
	assert_non_null(file->text);
	memcpy(file->text, text, len);
}

/* "LINE:KEY=VALUE|" for each line, "LINE:!" where it is wrong. */
static const char *read_all(const char *text, size_t len)
{
	static char all[65536];
	struct conffile file;
	size_t n = 0;

	all[0] = '\0';
	begin(&file, text, len);
	while (conffile_next(&file)) {
		assert_true(!file.wrong != !file.key);
		if (file.wrong)
			n += (size_t)snprintf(all + n, sizeof(all) - n,
					      "%zu:!|", file.line);
		else
			n += (size_t)snprintf(all + n, sizeof(all) - n,
					      "%zu:%s%s%s|", file.line,
					      file.key, file.value ? "=" : "",
					      file.value ? file.value : "");
		assert_true(n < sizeof(all));
	}
	assert_false(conffile_next(&file));
	free(file.text);
	return all;
}

static void test_settings_are_found_as_people_write_them(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "\n\n \n\t\n", "" },
		{ "port=1", "1:port=1|" },
		{ "port=1\n", "1:port=1|" },
		{ "port=1\ndir=/a\n", "1:port=1|2:dir=/a|" },
		{ "\n\nport=1\n\ndir=/a", "3:port=1|5:dir=/a|" },
		{ "  port\t=  1  \n", "1:port=1|" },
		{ "port =1", "1:port=1|" },
		{ "port= 1", "1:port=1|" },
		{ "dir=/a b/c", "1:dir=/a b/c|" },
		{ "dir=a=b", "1:dir=a=b|" },
		{ "dir==", "1:dir==|" },
		{ "a b=c", "1:a b=c|" },
		{ "port", "1:port|" },
		{ "port=", "1:port=|" },
		{ "port = \n", "1:port=|" },
		{ "=1", "1:=1|" },
		{ "=", "1:=|" },
		/* files of other systems */
		{ "port=1\r\ndir=/a\r\n\r\n", "1:port=1|2:dir=/a|" },
		{ "\xef\xbb\xbfport=1\n", "1:port=1|" },
		{ "\xef\xbb\xbf", "" },
		{ "\xef\xbb", "1:\xef\xbb|" },
		{ "a=1\n\xef\xbb\xbfport=1", "1:a=1|2:\xef\xbb\xbfport=1|" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(read_all(rows[i][0], strlen(rows[i][0])),
				    rows[i][1]);
}

static void test_comments_begin_a_line_or_follow_a_blank(void **state)
{
	static const char *const rows[][2] = {
		{ "# port=1\n", "" },
		{ "#port=1\nport=2", "2:port=2|" },
		{ "   # port=1", "" },
		{ "#", "" },
		{ "port=1 # the first\n", "1:port=1|" },
		{ "port=1\t#the first # and\n", "1:port=1|" },
		{ "dir=/a#b", "1:dir=/a#b|" },
		{ "dir=#b", "1:dir=#b|" },
		{ "dir= #b", "1:dir=|" },
		{ "dir=/a#b #c", "1:dir=/a#b|" },
		{ "port #=1", "1:port|" },
		{ "port=1 #\rdir=2", "1:port=1|" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(read_all(rows[i][0], strlen(rows[i][0])),
				    rows[i][1]);
}

static void test_a_nul_is_wrong_wherever_it_stands(void **state)
{
	static const char text[] = "port=1\ndir=a\nperm=0600 # x";
	char copy[sizeof(text)], want[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++) {
		size_t line = i > 12 ? 3 : i > 6 ? 2 : 1;

		if (text[i] == '\n')
			continue;
		memcpy(copy, text, sizeof(text));
		copy[i] = '\0';
		snprintf(want, sizeof(want), "%zu:!", line);
		assert_non_null(strstr(read_all(copy, sizeof(text) - 1), want));
	}
}

static void test_a_line_has_an_upper_bound(void **state)
{
	char *text = malloc(3 * CONFFILE_LINE_MAX);
	size_t len;

	(void)state;
	assert_non_null(text);
	for (len = CONFFILE_LINE_MAX - 1; len <= CONFFILE_LINE_MAX + 1; len++) {
		const char *all;

		memcpy(text, "dir=", 4);
		memset(text + 4, 'd', len - 4);
		memcpy(text + len, "\nport=1", 7);
		all = read_all(text, len + 7);
		if (len > CONFFILE_LINE_MAX)
			assert_string_equal(all, "1:!|2:port=1|");
		else
			assert_memory_equal(all, "1:dir=ddd", 9);
	}
	free(text);
}

/* What --check writes is read back as it was. */
static void test_what_a_file_can_hold_comes_out_of_it(void **state)
{
	static const char *const values[] = {
		"1",   "/var/log",     "a b",	 "a#b", "#",	"a #b", " a",
		"a ",  "a\n",	       "a\nb=c", "",	"a\r",	"a\tb", "a\t#b",
		"\ta", "a=b",	       "=",	 "##",	"a # ", "a\rb", "\xff",
		"a\v", "\xe2\x82\xac",
	};
	char text[64], want[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(text, sizeof(text), "k=%s # default\n", values[i]);
		snprintf(want, sizeof(want), "1:k=%s|", values[i]);
		assert_int_equal(strcmp(read_all(text, strlen(text)), want) ==
						 0 &&
					 values[i][0] != '\0',
				 conffile_can_hold(values[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_are_found_as_people_write_them),
		cmocka_unit_test(test_comments_begin_a_line_or_follow_a_blank),
		cmocka_unit_test(test_a_nul_is_wrong_wherever_it_stands),
		cmocka_unit_test(test_a_line_has_an_upper_bound),
		cmocka_unit_test(test_what_a_file_can_hold_comes_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
