/*
 * loss - which messages of a sender did not come, by their msgids.
 *
 * L0.  The msgid counts what was sent to this target
 * (Documentation/networking/netconsole.rst, "Message ID auto population"), so a
 * gap in it is a loss.  What the log is told is true: a message is logged as
 * lost only if no part of it came before, and as late only if it was logged as
 * lost before.
 *
 * Messages are known by their sequnums, as one that came in part may have left
 * its msgid behind.
 */
#ifndef UDPLOGGER_LOSS_H
#define UDPLOGGER_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOSS_KNOWN 320 /* sequnums back for which losses can be taken back */

/* Zeroed at first. */
struct loss {
	uint64_t sequnum; /* highest one that had a msgid */
	uint64_t parts; /* bit I: sequnum+1+I passed in part, without msgid */
	uint64_t missed[LOSS_KNOWN /
			64]; /* logged as lost, at sequnum % KNOWN */
	uint32_t msgid; /* of @sequnum */
	bool begun; /* there was one */
};

/* What the log says before a record: nothing if none is lost, and not late. */
struct loss_notice {
	uint32_t lost; /* so many, of those */
	uint32_t first; /* from this msgid */
	uint32_t last; /* to this */
	bool late; /* this record was logged as lost, */
	bool doubtful; /* though not with that msgid */
};

/*
 * The notice due before the record @sequnum, which has that @msgid.  Messages
 * between loss.sequnum and @sequnum of which a part is held count as lost here.
 */
struct loss_notice loss_look(const struct loss *l, uint64_t sequnum,
			     uint32_t msgid);

/* Whether message @sequnum was logged as lost, and not as late since. */
bool loss_was_logged(const struct loss *l, uint64_t sequnum);

/* The log says it now; a second loss_look() of that record says nothing. */
void loss_log(struct loss *l, uint64_t sequnum, uint32_t msgid,
	      const struct loss_notice *notice);

/* Message @sequnum is not one of those logged: it came, in part at least. */
void loss_excuse(struct loss *l, uint64_t sequnum);

/*
 * A record that came in part, and without its msgid, goes to the log: it is one
 * of those that the next msgid tells of.  A whole record without says nothing,
 * as the kernel counts only while it adds the msgid.
 */
void loss_pass_part(struct loss *l, uint64_t sequnum);

#endif
