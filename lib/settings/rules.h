/*
 * rules - each thing that may be set: its name, default, range and purpose.
 *
 * L0.  Command line, --help, manual and start line follow this one table.
 * Names, ranges and defaults are those of Tetsuo Handa's udplogger 1.1, so
 * that its command lines work unchanged; where it clamped a value in
 * silence, a rule refuses it.
 */
#ifndef UDPLOGGER_RULES_H
#define UDPLOGGER_RULES_H

#include <stddef.h>

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
	rule_setter *set;
	rule_shower *show;
	size_t field; /* offset in struct settings */
	unsigned long min;
	unsigned long max;
	const char *words[RULES_WORDS]; /* the field is the place of one here */
};

/* The rule at @i, from 0; NULL behind the last. */
const struct rule *rules_nth(size_t i);

/* The rule for what is called @name, @len bytes; NULL: there is none. */
const struct rule *rules_find(const char *name, size_t len);

/* Sets everything to its default. */
void rules_defaults(struct settings *settings);

#endif
