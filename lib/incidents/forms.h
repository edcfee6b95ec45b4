/*
 * forms - the texts by which kernels announce an incident.
 *
 * L0.  A table of what printk() is called with in Linux 3.x to 7.x, of all
 * architectures, by the first letter.  The first form that fits a message
 * decides, also when it says that the message announces nothing.
 */
#ifndef UDPLOGGER_FORMS_H
#define UDPLOGGER_FORMS_H

#include <stdbool.h>

#include "class.h"
#include "words.h"

struct form {
	const char *begins;
	const char *has; /* stands behind it, or NULL */
	unsigned char class; /* CLASS_NONE: it only looks like an incident */
	bool moment; /* nothing else belongs to it */
	bool headed; /* a process may say so: level or time must precede it */
};

/* The table itself, from 0; NULL behind the last. */
const struct form *forms_number(size_t i);

/* The form of a message, or NULL.  @headed: level or time stood before it. */
const struct form *forms_find(const struct words *message, bool headed);

#endif
