/* Tests of options: values that are words, addresses, users. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "options.h"
#include "rules.h"

/* Parses one argument, which @options then points into. */
static int parse(struct options *options, const char *name, const char *value,
		 char error[ERROR_MAX])
{
	static char argument[1024];
	static char program[] = "udplogger";
	char *argv[] = { program, argument, NULL };

	snprintf(argument, sizeof(argument), "%s=%s", name, value);
	memset(error, 0xa5, ERROR_MAX);
	return options_parse(options, 2, argv, error);
}

static void assert_value_refused(const char *name, const char *value,
				 const char *allowed)
{
	char error[ERROR_MAX], want[ERROR_MAX];
	struct options options;

	if (parse(&options, name, value, error) != -1)
		fail_msg("taken: %s=%s", name, value);
	snprintf(want, sizeof(want), "%s=%s: not allowed; allowed is %s", name,
		 value, allowed);
	assert_string_equal(error, want);
}

static void test_choices_are_whole_words(void **state)
{
	static const char *const wrong[] = {
		"YES",	"Yes", "y",   "ye",    "1",	 "0",
		"true", "no ", " no", "yesno", "yes,no", "automatic",
		"on",	"off", "n",   "=yes",  "aut",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_value_refused("raw", wrong[i], "yes or no");
		assert_value_refused("--raw", wrong[i], "yes or no");
		assert_value_refused("extended", wrong[i], "yes or no");
		assert_value_refused("level", wrong[i], "yes or no");
		assert_value_refused("format", wrong[i], "text or json");
		assert_value_refused("stamp", wrong[i], "traditional or iso");
		assert_value_refused("tee", wrong[i], "yes, no or auto");
		assert_value_refused("--tee", wrong[i], "yes, no or auto");
	}
	assert_value_refused("raw", "auto", "yes or no");
}

static void test_choices_are_taken(void **state)
{
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(parse(&options, "raw", "yes", error), 0);
	assert_true(options.settings.raw);
	assert_int_equal(parse(&options, "--raw", "no", error), 0);
	assert_false(options.settings.raw);
	assert_int_equal(parse(&options, "extended", "no", error), 0);
	assert_true(!options.settings.extended && !options.settings.level &&
		    !options.settings.raw);
	assert_int_equal(parse(&options, "level", "yes", error), 0);
	assert_true(options.settings.level && options.settings.extended);
	assert_int_equal(parse(&options, "format", "json", error), 0);
	assert_true(options.settings.json && !options.settings.iso);
	assert_int_equal(parse(&options, "format", "text", error), 0);
	assert_false(options.settings.json);
	assert_int_equal(parse(&options, "stamp", "iso", error), 0);
	assert_true(options.settings.iso && !options.settings.json);
	assert_int_equal(parse(&options, "stamp", "traditional", error), 0);
	assert_false(options.settings.iso);
	assert_int_equal(parse(&options, "tee", "yes", error), 0);
	assert_int_equal(options.settings.tee, SETTINGS_TEE_YES);
	assert_int_equal(parse(&options, "--tee", "no", error), 0);
	assert_int_equal(options.settings.tee, SETTINGS_TEE_NO);
	assert_int_equal(parse(&options, "tee", "auto", error), 0);
	assert_int_equal(options.settings.tee, SETTINGS_TEE_AUTO);
}

static void test_what_is_set_is_what_is_shown(void **state)
{
	static const char *const rows[][2] = {
		{ "ip", "192.0.2.1" },	 { "port", "7777" },
		{ "dir", "/var/log/x" }, { "timeout", "30" },
		{ "line", "newline" },	 { "line", "cr" },
		{ "line", "datagram" },	 { "source", "port" },
		{ "source", "address" }, { "clients", "10" },
		{ "held", "65536" },	 { "perm", "0640" },
		{ "ansi", "show" },	 { "ansi", "hide" },
		{ "format", "json" },	 { "stamp", "iso" },
		{ "tee", "no" },	 { "tee", "yes" },
		{ "tee", "auto" },
	};
	char error[ERROR_MAX], value[RULES_VALUE_MAX];
	struct options options;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i][0];
		const struct rule *rule = rules_find(name, strlen(name));

		assert_int_equal(parse(&options, name, rows[i][1], error), 0);
		rule->show(rule, &options.settings, value);
		assert_string_equal(value, rows[i][1]);
	}
}

static void test_raw_and_hidden_sequences_are_refused_together(void **state)
{
	char name[] = "udplogger", raw[] = "raw=yes", hide[] = "ansi=hide";
	char *argv[] = { name, raw, hide, NULL };
	char error[ERROR_MAX];
	struct options options;

	(void)state;
	assert_int_equal(options_parse(&options, 3, argv, error), -1);
	assert_non_null(strstr(error, "raw=yes: not allowed with ansi=hide"));
}

#define ADDRESSES "an IPv4 or IPv6 address"

static const char *text_of(const struct options *options, const char *name)
{
	return strcmp(name, "ip") == 0	  ? options->settings.ip
	       : strcmp(name, "dir") == 0 ? options->settings.dir
	       : strcmp(name, "uid") == 0 ? options->settings.uid
					  : options->settings.gid;
}

static void assert_text_taken(const char *name, const char *value)
{
	char error[ERROR_MAX], dashed[16];
	struct options options;

	if (parse(&options, name, value, error) != 0)
		fail_msg("%s=%s refused: %s", name, value, error);
	assert_string_equal(text_of(&options, name), value);
	snprintf(dashed, sizeof(dashed), "--%s", name);
	assert_int_equal(parse(&options, dashed, value, error), 0);
	assert_string_equal(text_of(&options, name), value);
}

static void test_addresses_in_numbers_are_taken(void **state)
{
	static const char *const right[] = {
		"::",
		"0.0.0.0",
		"127.0.0.1",
		"255.255.255.255",
		"::1",
		"2001:db8::1",
		"fe80::1%eth0",
		"fe80::1%2",
		"::ffff:192.0.2.1",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%12345678901234",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_text_taken("ip", right[i]);
}

static void test_what_is_no_address_is_refused(void **state)
{
	static const char *const wrong[] = {
		"localhost", "1.2.3",	   "256.1.1.1", "1.2.3.4.5",
		"1.2.3.4:5", "1.2.3.4%lo", "[::1]",	"[::1]:6666",
		":::",	     "::1%",	   "%eth0",	"1:2:3:4:5:6:7:8:9",
		"1::2::3",   " ::1",	   "::1 ",	"1.2.3.4 ",
		"::g",	     "::1/64",	   "*",		"any",
		"%",	     "12345::",
	};
	char text[200] = "fe80::1%";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_value_refused("ip", wrong[i], ADDRESSES);
	memset(text + 8, 'e', RULES_IP_MAX - 8 - 1);
	assert_text_taken("ip", text);
	text[RULES_IP_MAX - 1] = 'e';
	assert_value_refused("ip", text, ADDRESSES);
}

static void test_users_are_names_or_numbers_that_an_id_can_be(void **state)
{
	static const char *const right[] = { "0",      "1000", "4294967294",
					     "nobody", "a1",   "1a" };
	static const char *const wrong[] = { "4294967295", "4294967296",
					     "18446744073709551616",
					     "999999999999999999999999999999" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_text_taken("uid", right[i]);
		assert_text_taken("gid", right[i]);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_value_refused("uid", wrong[i],
				     "a user's number or name");
		assert_value_refused("gid", wrong[i],
				     "a group's number or name");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices_are_whole_words),
		cmocka_unit_test(test_choices_are_taken),
		cmocka_unit_test(test_what_is_set_is_what_is_shown),
		cmocka_unit_test(
			test_raw_and_hidden_sequences_are_refused_together),
		cmocka_unit_test(test_addresses_in_numbers_are_taken),
		cmocka_unit_test(test_what_is_no_address_is_refused),
		cmocka_unit_test(
			test_users_are_names_or_numbers_that_an_id_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
