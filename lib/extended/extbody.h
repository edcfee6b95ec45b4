/*
 * extbody - the body of an extended message: lines of text, and KEY=VALUE.
 *
 * L0.  The body is all that follows the header, put together from fragments
 * (extmsg.h):
 *
 *	text LF *( SP KEY "=" VALUE LF )
 *
 * Text and the values of SUBSYSTEM= and DEVICE= are escaped, \xNN, a newline as
 * well (Documentation/ABI/testing/dev-kmsg); user data and sysdata are not
 * (drivers/net/netconsole.c), so a value may have any byte.  Kernels were seen
 * that left out the LF of a text that they had cut at 2048 bytes, header
 * included, or wrote a NUL in its place.
 */
#ifndef UDPLOGGER_EXTBODY_H
#define UDPLOGGER_EXTBODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "escape.h"
#include "extmsg.h"

#define EXTBODY_STAMP_MAX 72 /* "[18446744073709.551615][ CALLER] " */

/* Views of the whole body. */
struct extbody {
	struct extmsg_part text; /* still escaped */
	struct extmsg_part pairs; /* all that follows it */
	bool hides_ansi; /* what is decoded has no escape sequences; ansi.h */
};

/*
 * Splits @whole, the body of a message whose header is @msg's.  Escape
 * sequences are not hidden, unless the caller sets that.
 */
void extbody_split(struct extbody *body, const struct extmsg *msg,
		   struct extmsg_part whole);

/*
 * Decodes the next line of the text, or with @rest all that is left; as in
 * exttext.h.
 */
size_t extbody_line(const struct extbody *body, bool rest, size_t *at,
		    unsigned char *out);

/*
 * Writes " {KEY=VALUE KEY=VALUE}" to @out, which has room for EXTBODY_BRACES
 * more bytes than @pairs has, or nothing if there are none.  Returns the
 * length.
 */
#define EXTBODY_BRACES 4
size_t extbody_pairs(const struct extbody *body, unsigned char *out);

/* KEY=VALUE, decoded. */
struct extbody_pair {
	struct extmsg_part key; /* safe to look at; escape.h */
	struct extmsg_part value; /* @at is NULL if there was no '=' */
	bool is_word; /* the key is of letters, digits, '_', '-' and '.' */
};

/*
 * Decodes the pairs to @out, which has room for EXTBODY_LIST_MAX(), and lists
 * up to @most of them.  Returns how many.  *@rest is the pairs beyond, not
 * decoded.
 */
#define EXTBODY_LIST_MAX(len) ((ESCAPE_GROWTH + 1) * (len))
size_t extbody_list(const struct extbody *body, unsigned char *out,
		    struct extbody_pair *list, size_t most,
		    struct extmsg_part *rest);

/*
 * The number of the message among all that were sent to this target, if the
 * sender adds it: it is the last pair then (append_msgid() in
 * drivers/net/netconsole.c); others may be forged by what a task is named.
 */
bool extbody_msgid(const struct extbody *body, uint32_t *msgid);

/*
 * Whether that may come from what a task is named, as its user likes.  The
 * kernel's own lines are, in this order: cpu, taskname, release, msgid
 * (sysdata_append() in drivers/net/netconsole.c).  So it may if the name of 15
 * bytes at most, which taskname= has, can reach as far as the last pair.
 */
bool extbody_doubts_msgid(const struct extbody *body);

/*
 * Writes the time and the caller of @msg as the kernel's text console does
 * (print_time() and print_caller() in kernel/printk/printk.c), with a space at
 * the end.  Returns the length, below EXTBODY_STAMP_MAX.
 */
size_t extbody_stamp(const struct extmsg *msg, char out[EXTBODY_STAMP_MAX]);

/*
 * Writes the next line of a record, from *@at on, as it is shown: "<PRIO>" if
 * @level, stamp, text, and the pairs after the last one.  @rest: all that is
 * left is one line.  @out has room for EXTBODY_SHOWN_MAX(length of the body).
 * Returns the length.
 */
#define EXTBODY_LEVEL_MAX 8 /* "<2047>" */
#define EXTBODY_SHOWN_MAX(len) \
	(EXTBODY_LEVEL_MAX + EXTBODY_STAMP_MAX + (len) + EXTBODY_BRACES)
size_t extbody_show(const struct extmsg *msg, const struct extbody *body,
		    bool level, bool rest, size_t *at, unsigned char *out);

#endif
