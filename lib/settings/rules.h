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
#include "value.h"

/* The rule at @i, from 0; NULL behind the last. */
const struct rule *rules_nth(size_t i);

/* The rule for what is called @name, @len bytes; NULL: there is none. */
const struct rule *rules_find(const char *name, size_t len);

/* Sets everything to its default. */
void rules_defaults(struct settings *settings);

#endif
