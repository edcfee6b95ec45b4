/*
 * link - the symbolic link of link=, which leads to the day's file.
 *
 * L2.  It is relative, and stands where linkname.h says.  When a file is first
 * opened in its period, or written to after the clock was set, the link is
 * replaced, atomically, unless it leads there already.  It takes the place of
 * nothing but a symbolic link, and another day's late line does not turn it
 * there.  No line waits for it: a failure is said once, and it is tried again
 * with the next file, at HUP, and while lines come.
 *
 * Monotonic milliseconds; but whether a line is late, the wall clock says.
 */
#ifndef UDPLOGGER_LINK_H
#define UDPLOGGER_LINK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "diag.h"
#include "filename.h"

struct sys;

#define LINK_PATH_MAX (PATH_MAX + FILENAME_BYTES)

/* What became of the link to a file. */
enum link_state {
	LINK_NEW, /* the file was just opened in its period */
	LINK_FAILED,
	LINK_DONE,
};

/* All links; zeroed: there are none. */
struct link {
	const struct sys *sys;
	struct diag *diag;
	const char *name; /* NULL: none */
	const struct filename *pattern;
	uint32_t period; /* of the latest file of the present, or led to */
	uint8_t turns; /* counts how often that was another */
	uint64_t retry_ms; /* when those that failed may be tried again */
	struct backoff backoff;
	struct diag_fault fault;
	char failed[LINK_PATH_MAX]; /* the path of the latest that failed */
};

/*
 * A file of @period is about to be written to.  Whether the present was another
 * meanwhile, since *@turns, which is the file's: then the link to it is new.
 * For a clock that is set back, or forward again, between files that are known.
 */
bool link_turned(struct link *link, uint32_t period, uint8_t *turns);

/*
 * Has the link to @file, DIR/NAME, lead there.  NAME begins @dir_len + 1 bytes
 * behind the begin, and is of @period.  Returns the new state of @state.
 */
enum link_state link_point(struct link *link, enum link_state state,
			   const char *file, size_t dir_len, uint32_t period,
			   uint64_t now_ms);

/*
 * link= or file= was changed: what failed is not asked for any more, and files
 * that are opened now have their links at once.
 */
void link_forget(struct link *link);

/*
 * link= or file= was changed, and the link @name in @dir is not to lead to the
 * day's file any more: it goes, if it is one that leads to a file of @pattern.
 * Those in directories of senders stay, since there may be many.
 */
void link_remove(struct link *link, const char *dir, const char *name,
		 const struct filename *pattern);

#endif
