/*
 * value - how the value of an option is read and shown, by its rule.
 *
 * L0.  Room rules has the rules.
 */
#ifndef UDPLOGGER_VALUE_H
#define UDPLOGGER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

#define RULES_IP_MAX	64 /* bytes of an address as text, NUL included */
#define RULES_VALUE_MAX 4200 /* of any value: a path, and a little more */
#define RULES_WORDS	3 /* to choose from, at most */

struct rule;

/* Puts @text into @settings, which keep a text itself; false: not allowed. */
typedef bool rule_setter(const struct rule *rule, struct settings *settings,
			 const char *text);

/* Writes the present value as it would be set. */
typedef void rule_shower(const struct rule *rule,
			 const struct settings *settings,
			 char value[RULES_VALUE_MAX]);

struct rule {
	const char *name;
	const char *value; /* what --help calls the value */
	const char *fallback; /* the default, as text */
	const char *allowed; /* for error texts, --help and the manual */
	const char *help; /* what it is for; LF between lines */
	const char *(*wrong)(const char *text); /* why not; or NULL */
	const char *(*part)(const char *text); /* of which @wrong tells */
	rule_setter *set;
	rule_shower *show;
	size_t field; /* offset in struct settings */
	size_t size; /* bytes there */
	uint64_t min;
	uint64_t max;
	const char *words[RULES_WORDS]; /* the field is the place of one here */
	bool live; /* HUP changes it; others need a restart */
};

/* A pattern of file names, and why it isn't one. */
rule_setter value_set_file;
rule_shower value_show_file;
const char *value_wrong_file(const char *text);

/* Ports, and why they aren't. */
rule_setter value_set_ports;
rule_shower value_show_ports;
const char *value_wrong_ports(const char *text);

/* The name of a link, or "none". */
rule_setter value_set_link;

/* Texts: an address; any; any or "none"; a user or a group. */
rule_setter value_set_ip, value_set_text, value_set_option, value_set_id;
rule_shower value_show_text;

/* Of type unsigned long; sizes and times may have their unit behind them. */
rule_setter value_set_number, value_set_size, value_set_seconds, value_set_ms;
rule_setter value_set_perm;
rule_shower value_show_number, value_show_seconds, value_show_perm;

/*
 * Of type uint64_t: days; days and today, or "none"; a number, or "none"; a
 * size, or "none".  value_show_limit() shows the last two.
 */
rule_setter value_set_days, value_set_keep, value_set_count, value_set_limit;
rule_shower value_show_days, value_show_keep, value_show_limit;

/* Of type uint8_t: the place of a word in the rule. */
rule_setter value_set_word;
rule_shower value_show_word;

#endif
