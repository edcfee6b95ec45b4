/*
 * rules - each thing that may be set: its name, default, range and purpose.
 *
 * L0.  Command line, file of conf=, --help, manual and start line follow this
 * one table.  Names, ranges and defaults are those of Tetsuo Handa's udplogger
 * 1.1, so that its command lines work unchanged; where it clamped a value in
 * silence, a rule refuses it.
 */
#ifndef UDPLOGGER_RULES_H
#define UDPLOGGER_RULES_H

#include <stddef.h>

#include "settings.h"
#include "value.h"

#define RULES_MAX 64 /* there are fewer */

/* The rule at @i, from 0; NULL behind the last. */
const struct rule *rules_nth(size_t i);

/* The rule for what is called @name, @len bytes; NULL: there is none. */
const struct rule *rules_find(const char *name, size_t len);

/* The place of a rule, for rules_nth(). */
size_t rules_place(const struct rule *rule);

/* Copies what the rule is about; a text stays where it is. */
void rules_copy(const struct rule *rule, struct settings *to,
		const struct settings *from);

/* Sets everything to its default. */
void rules_defaults(struct settings *settings);

#endif
