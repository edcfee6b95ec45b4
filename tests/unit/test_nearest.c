/* What was meant by a name that is none. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "nearest.h"
#include "rules.h"

static void assert_meant(const char *name, enum nearest_flags flags,
			 const char *want)
{
	char meant[NEAREST_MAX];

	memset(meant, 0xa5, sizeof(meant));
	if (!nearest_option(meant, name, strlen(name), flags)) {
		if (want)
			fail_msg("%s: nothing near", name);
	} else if (!want || strcmp(meant, want) != 0) {
		fail_msg("%s: %s", name, meant);
	}
}

static void test_slips_of_the_pen_are_understood(void **state)
{
	static const char *const rows[][2] = {
		{ "prot", "port=" },	    { "por", "port=" },
		{ "porrt", "port=" },	    { "pott", "port=" },
		{ "ports", "port=" },	    { "Port", "port=" },
		{ "PORT", "port=" },	    { "host", "hosts=" },
		{ "timout", "timeout=" },   { "tiemout", "timeout=" },
		{ "timeouts", "timeout=" }, { "keepmn", "keepmin=" },
		{ "client", "clients=" },   { "formt", "format=" },
		{ "exended", "extended=" }, { "extendde", "extended=" },
		{ "idr", "dir=" },	    { "pi", "ip=" },
		{ "-port", "port=" },	    { "ext", "extended=" },
		{ "time", "timeout=" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_meant(rows[i][0], NEAREST_FLAGS_FIRST, rows[i][1]);
	}
}

static void test_what_is_far_from_all_means_nothing(void **state)
{
	static const char *const rows[] = {
		"",	"x",	    "p",	  "-",
		"--",	"nosuch",   "verbose",	  "port:1",
		"tr",	"facility", "/var/log/x", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"6666",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_meant(rows[i], NEAREST_FLAGS_FIRST, NULL);
}

static void test_flags_are_meant_only_where_they_may_stand(void **state)
{
	(void)state;
	assert_meant("hel", NEAREST_FLAGS_FIRST, "--help");
	assert_meant("hel", NEAREST_NO_FLAGS, "held=");
	assert_meant("check", NEAREST_FLAGS_FIRST, "--check");
	assert_meant("check", NEAREST_NO_FLAGS, NULL);
	assert_meant("hel", NEAREST_FLAGS_LAST, "held=");
	assert_meant("help", NEAREST_FLAGS_LAST, "--help");
	assert_meant("-help", NEAREST_FLAGS_FIRST, "--help");
	assert_meant("verson", NEAREST_FLAGS_FIRST, "--version");
}

static void test_only_the_bytes_of_the_name_count(void **state)
{
	char meant[NEAREST_MAX];

	(void)state;
	assert_true(nearest_option(meant, "protxxxx", 4, NEAREST_NO_FLAGS));
	assert_string_equal(meant, "port=");
}

/* Each name of the table, with any one byte less, means an option. */
static void test_a_letter_too_few_is_forgiven_in_every_name(void **state)
{
	char meant[NEAREST_MAX], name[64];
	const struct rule *rule;
	size_t i, gone;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++) {
		size_t len = strlen(rule->name);

		for (gone = 0; gone < len && len > 2; gone++) {
			memcpy(name, rule->name, gone);
			strcpy(name + gone, rule->name + gone + 1);
			if (!nearest_option(meant, name, len - 1,
					    NEAREST_FLAGS_FIRST))
				fail_msg("%s means nothing", name);
		}
	}
}

static void test_names_of_any_length_fit(void **state)
{
	char meant[NEAREST_MAX], name[40];
	size_t len;

	(void)state;
	memset(name, 'e', sizeof(name));
	for (len = 0; len <= sizeof(name); len++)
		nearest_option(meant, name, len, NEAREST_FLAGS_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips_of_the_pen_are_understood),
		cmocka_unit_test(test_what_is_far_from_all_means_nothing),
		cmocka_unit_test(
			test_flags_are_meant_only_where_they_may_stand),
		cmocka_unit_test(test_only_the_bytes_of_the_name_count),
		cmocka_unit_test(
			test_a_letter_too_few_is_forgiven_in_every_name),
		cmocka_unit_test(test_names_of_any_length_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
