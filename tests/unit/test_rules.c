/* The table of what may be set: complete in itself, and true. */
#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

static void test_the_table_has_an_end(void **state)
{
	size_t i = 0;

	(void)state;
	while (rules_nth(i))
		assert_true(++i < 100);
	assert_true(i > 0);
	assert_null(rules_nth(i + 1));
	assert_null(rules_nth(SIZE_MAX));
}

static void test_a_name_finds_its_own_rule(void **state)
{
	const struct rule *rule;
	size_t i;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++)
		assert_ptr_equal(rules_find(rule->name, strlen(rule->name)),
				 rule);
}

/* But a part that is a name itself, as that of keepmin=. */
static void test_a_part_of_a_name_finds_nothing(void **state)
{
	const struct rule *rule, *other;
	char longer[64];
	size_t i, len;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++) {
		for (len = 0; len < strlen(rule->name); len++) {
			other = rules_find(rule->name, len);
			assert_true(!other || strlen(other->name) == len);
		}
		snprintf(longer, sizeof(longer), "%sx", rule->name);
		assert_null(rules_find(longer, strlen(longer)));
	}
	assert_null(rules_find("DIR", 3));
}

/* Only @len bytes count: a value may follow. */
static void test_what_follows_a_name_does_not_count(void **state)
{
	(void)state;
	assert_ptr_equal(rules_find("dir=/log", 3), rules_find("dir", 3));
}

static void test_each_rule_says_what_it_is_for(void **state)
{
	const struct rule *rule;
	size_t i;

	(void)state;
	for (i = 0; (rule = rules_nth(i)); i++) {
		assert_true(strlen(rule->value) > 0);
		assert_true(strlen(rule->fallback) > 0);
		assert_true(strlen(rule->allowed) > 0);
		assert_true(strlen(rule->help) > 0);
		assert_non_null(rule->set);
		assert_non_null(rule->show);
	}
}

/* The default that --help names is the one that is in force. */
static void test_a_default_is_shown_as_it_would_be_set(void **state)
{
	static const char *const found_at_start[] = { "ip", "uid", "gid" };
	char value[RULES_VALUE_MAX];
	struct settings settings;
	const struct rule *rule;
	size_t i, n;

	(void)state;
	rules_defaults(&settings);
	for (i = 0; (rule = rules_nth(i)); i++) {
		rule->show(rule, &settings, value);
		assert_string_equal(value, rule->fallback);
		for (n = 0; n < 3; n++)
			if (strcmp(rule->name, found_at_start[n]) == 0)
				break;
		if (n == 3)
			assert_true(rule->set(rule, &settings, value));
	}
	assert_null(settings.ip);
	assert_null(settings.uid);
	assert_null(settings.gid);
}

static void test_defaults_replace_whatever_was_set(void **state)
{
	struct settings settings, fresh;
	const struct rule *rule;
	char value[RULES_VALUE_MAX], other[RULES_VALUE_MAX];
	size_t i;

	(void)state;
	memset(&settings, 0xa5, sizeof(settings));
	rules_defaults(&settings);
	memset(&fresh, 0, sizeof(fresh));
	rules_defaults(&fresh);
	for (i = 0; (rule = rules_nth(i)); i++) {
		rule->show(rule, &settings, value);
		rule->show(rule, &fresh, other);
		assert_string_equal(value, other);
	}
}

/* A value that is allowed and not the default. */
static void set_another(const struct rule *rule, struct settings *settings)
{
	char number[32];
	const char *value = "1";

	snprintf(number, sizeof(number), "%" PRIu64, rule->max);
	if (rule->words[0])
		value = rule->words[strcmp(rule->words[0], rule->fallback) ==
				    0];
	else if (strcmp(rule->name, "ip") == 0)
		value = "192.0.2.1";
	else if (strcmp(rule->name, "perm") == 0)
		value = "0640";
	else if (strcmp(rule->name, "file") == 0)
		value = "%Y%m%d";
	else if (rule->max > 0)
		value = number;
	assert_true(rule->set(rule, settings, value));
}

static void test_what_is_set_changes_no_other_value(void **state)
{
	char value[RULES_VALUE_MAX];
	const struct rule *a, *b;
	struct settings settings;
	size_t i, j;

	(void)state;
	for (i = 0; (a = rules_nth(i)); i++) {
		rules_defaults(&settings);
		set_another(a, &settings);
		for (j = 0; (b = rules_nth(j)); j++) {
			b->show(b, &settings, value);
			assert_int_equal(strcmp(value, b->fallback) != 0,
					 i == j);
		}
	}
}

static void test_what_is_copied_changes_no_other_value(void **state)
{
	char value[RULES_VALUE_MAX];
	struct settings from, to;
	const struct rule *a, *b;
	size_t i, j;

	(void)state;
	for (i = 0; (a = rules_nth(i)); i++) {
		rules_defaults(&from);
		rules_defaults(&to);
		set_another(a, &from);
		rules_copy(a, &to, &from);
		for (j = 0; (b = rules_nth(j)); j++) {
			b->show(b, &to, value);
			assert_int_equal(strcmp(value, b->fallback) != 0,
					 i == j);
		}
	}
}

static void test_what_is_refused_changes_nothing(void **state)
{
	static const char *const bad[] = { "", "-1", "\xff", "no such word" };
	struct settings before, after;
	const struct rule *rule;
	size_t i, n;

	(void)state;
	memset(&before, 0, sizeof(before));
	rules_defaults(&before);
	memcpy(&after, &before, sizeof(after));
	for (i = 0; (rule = rules_nth(i)); i++) {
		if (strcmp(rule->name, "dir") == 0)
			continue;
		for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
			if (!rule->set(rule, &after, bad[n]))
				assert_memory_equal(&after, &before,
						    sizeof(after));
			else /* names of users may be anything */
				memcpy(&after, &before, sizeof(after));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_has_an_end),
		cmocka_unit_test(test_a_name_finds_its_own_rule),
		cmocka_unit_test(test_a_part_of_a_name_finds_nothing),
		cmocka_unit_test(test_what_follows_a_name_does_not_count),
		cmocka_unit_test(test_each_rule_says_what_it_is_for),
		cmocka_unit_test(test_a_default_is_shown_as_it_would_be_set),
		cmocka_unit_test(test_defaults_replace_whatever_was_set),
		cmocka_unit_test(test_what_is_set_changes_no_other_value),
		cmocka_unit_test(test_what_is_copied_changes_no_other_value),
		cmocka_unit_test(test_what_is_refused_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
