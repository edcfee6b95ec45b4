/*
 * linkname - the name of link=, and the directory that the link stands in; and
 * whether that name, or one of a file of incidents, can be a log file's.
 *
 * L0.  Where senders have directories of their own, each of these has a link to
 * its own file; else there is one in DIR.
 */
#ifndef UDPLOGGER_LINKNAME_H
#define UDPLOGGER_LINKNAME_H

#include <stdbool.h>
#include <stddef.h>

#include "filename.h"

/* The longest name; one that is made of it may have 255 bytes. */
#define LINKNAME_MAX 250

/* What the link is called before it has its name; no pattern can make that. */
#define LINKNAME_SPARE ".%s.new"

/* Returns NULL, or what is wrong with @name; "none" is fine. */
const char *linkname_wrong(const char *name);

/* Returns NULL, or why a link of that @name can't lead to such files. */
const char *linkname_wrong_with(const char *name, const struct filename *file);

/*
 * Returns NULL, or why files of incidents, YYYY-MM-DD.incidents in DIR, can't
 * stand beside such files.
 */
const char *linkname_wrong_with_incidents(const struct filename *file);

/*
 * The bytes that all names below DIR fit into, their NUL included; @link:
 * perhaps NULL.
 */
size_t linkname_longest(const char *link, const struct filename *file,
			bool incidents);

/* How many directories of a file's name are above the link. */
unsigned linkname_depth(const char *pattern);

/* What of @name is behind @depth directories. */
const char *linkname_below(const char *name, unsigned depth);

#endif
