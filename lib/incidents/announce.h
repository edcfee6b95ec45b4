/*
 * announce - the lines by which a kernel announces an incident.
 *
 * L0.  Pure, stateless, no allocation.  A line is taken whole and without its
 * LF; a CR at its end is no part of it.  Any bytes may come.
 *
 * What is looked for are the texts of the kernel's own printk() calls, at the
 * beginning of a message: Linux 3.x to 7.x.
 */
#ifndef UDPLOGGER_ANNOUNCE_H
#define UDPLOGGER_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#include "class.h"
#include "glance.h"

struct announcement {
	enum incident_class class; /* never CLASS_NONE */
	/* The message, within the text: without what stands before it. */
	const char *title;
	size_t length;
	bool moment; /* no other lines belong to it */
	/* Of a boot, within the title, or NULL. */
	const char *release;
	size_t release_length;
};

/* announce_look() without the glance that rules out nearly all lines. */
bool announce_look_closely(const char *text, size_t len,
			   struct announcement *found);

/*
 * Looks at a line of a console: a message may stand behind `<N>`, `[time]` and
 * `[ T12]`, and these behind half a line of somebody else.  False, and *found
 * is as it was, if the line announces nothing.
 */
static inline bool announce_look(const char *text, size_t len,
				 struct announcement *found)
{
	return !glance_rules_out(text, len) &&
	       announce_look_closely(text, len, found);
}

/* The same for a message that has nothing before it: an extended record's. */
bool announce_look_message(const char *text, size_t len,
			   struct announcement *found);

/*
 * Whether the line, of a console or a record, is the last one of an incident of
 * that class.  It may announce one as well: a killed process is the end of the
 * oom that is open, and all of an oom if none is.
 */
bool announce_ends(enum incident_class class, const char *text, size_t len);

/* Whether the line begins a task in a dump of all tasks. */
bool announce_is_task(const char *text, size_t len);

#endif
