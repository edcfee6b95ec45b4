/*
 * loss - which messages of a sender did not come, by their msgids.
 *
 * L0.  The msgid counts the messages sent to this target
 * (Documentation/networking/netconsole.rst, "Message ID auto population"), so a
 * gap in it is a loss.  What the log says is true: a message is logged as lost
 * only if no part of it came before, and as late only if it was logged as lost
 * before.
 *
 * Messages are known by their sequnums, as a message that came in part may lack
 * its msgid; and by their msgids, as a record that its kernel sends again is
 * another message of the same sequnum.
 */
#ifndef UDPLOGGER_LOSS_H
#define UDPLOGGER_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

#define LOSS_KNOWN 320 /* sequnums back for which losses can be taken back */
#define LOSS_IDS   256 /* msgids back for which they can; divides 2^32 */

/* One sender; zeroed at first. */
struct loss {
	uint64_t sequnum; /* highest one that had a msgid */
	uint32_t msgid; /* of @sequnum */
	uint32_t marks : 31; /* its struct loss_marks, plus 1; 0: none is set */
	uint32_t begun : 1; /* @msgid is valid */
};

/*
 * What is known of single messages.  Most senders have none: who does, has a
 * block of a pool until none is set any more.
 */
struct loss_marks {
	uint64_t parts; /* bit I: sequnum+1+I passed in part, without msgid */
	/* Logged as lost, at sequnum % LOSS_KNOWN. */
	uint64_t missed[LOSS_KNOWN / 64];
	/* Logged as lost, at msgid % LOSS_IDS. */
	uint64_t missed_ids[LOSS_IDS / 64];
	uint64_t heard; /* bit I: message heard_id-I came in another way */
	uint32_t heard_id; /* highest msgid in @heard; void if @heard is 0 */
	uint32_t heard_before; /* messages heard of, below those of @heard */
};

/*
 * The notice before a record; nothing is to be logged if no message is lost and
 * it isn't late.
 */
struct loss_notice {
	uint32_t lost; /* messages lost, of those from @first to @last */
	uint32_t first; /* msgid */
	uint32_t last; /* msgid */
	bool late; /* the record itself was logged as lost */
	bool doubtful; /* it was logged as lost with another msgid */
};

/*
 * In all of these @marks is a pool of struct loss_marks, zeroed at first, with
 * a block for each sender.
 */

/*
 * The notice due before the record @sequnum, which has that @msgid.  Messages
 * between loss.sequnum and @sequnum of which a part is held count as lost here.
 */
struct loss_notice loss_look(const struct pool *marks, const struct loss *l,
			     uint64_t sequnum, uint32_t msgid);

/*
 * The same for a record that has come again, and is dropped or written once
 * more: it tells nothing of others.
 */
struct loss_notice loss_look_again(const struct pool *marks,
				   const struct loss *l, uint32_t msgid);

/* Whether message @sequnum was logged as lost, and not as late since. */
bool loss_was_logged(const struct pool *marks, const struct loss *l,
		     uint64_t sequnum);

/*
 * Notes that @notice is in the log: loss_look() of that record then says
 * nothing.
 */
void loss_log(struct pool *marks, struct loss *l, uint64_t sequnum,
	      uint32_t msgid, const struct loss_notice *notice);

/* Notes that the notice of loss_look_again() is in the log. */
void loss_log_again(struct pool *marks, struct loss *l, uint64_t sequnum,
		    uint32_t msgid, const struct loss_notice *notice);

/* Message @msgid came: what comes later doesn't count it as lost. */
void loss_hear(struct pool *marks, struct loss *l, uint32_t msgid);

/* Message @sequnum isn't lost after all: a part of it came, at least. */
void loss_excuse(struct pool *marks, struct loss *l, uint64_t sequnum);

/*
 * A record that came in part, without its msgid, goes to the log: the next
 * msgid counts it.  A whole record without msgid counts for nothing, as the
 * kernel counts only while it adds the msgid.
 */
void loss_pass_part(struct pool *marks, struct loss *l, uint64_t sequnum);

/* Forgets all of it. */
void loss_forget(struct pool *marks, struct loss *l);

#endif
