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
};

/* Splits @whole, the body of a message whose header is @msg's. */
void extbody_split(struct extbody *body, const struct extmsg *msg,
		   struct extmsg_part whole);

/*
 * Decodes the next line of @text into @out, which has room for all of it, and
 * returns its length.  CRs at its end say nothing and are left out, as in text.
 * *@at is 0 at first, and more than @text.len after the last line.  Each text
 * has at least one line.
 */
size_t extbody_line(struct extmsg_part text, size_t *at, unsigned char *out);

/*
 * Writes " {KEY=VALUE KEY=VALUE}" to @out, which has room for EXTBODY_BRACES
 * more bytes than @pairs has, or nothing if there are none.  Returns the
 * length.
 */
#define EXTBODY_BRACES 4
size_t extbody_pairs(struct extmsg_part pairs, unsigned char *out);

/* KEY=VALUE, decoded. */
struct extbody_pair {
	struct extmsg_part key; /* safe to look at; escape.h */
	struct extmsg_part value; /* @at is NULL if there was no '=' */
};

/*
 * Decodes the pairs to @out, which has room for EXTBODY_LIST_MAX(), and lists
 * up to @most of them.  Returns how many.  *@rest is the pairs beyond, as they
 * came.
 */
#define EXTBODY_LIST_MAX(len) (ESCAPE_GROWTH * (len))
size_t extbody_list(struct extmsg_part pairs, unsigned char *out,
		    struct extbody_pair *list, size_t most,
		    struct extmsg_part *rest);

/*
 * The number of the message among all that were sent to this target, if the
 * sender adds it: it is the last pair then (append_msgid() in
 * drivers/net/netconsole.c); others may be forged by what a task is named.
 */
bool extbody_msgid(const struct extbody *body, uint32_t *msgid);

/*
 * Writes the time and the caller of @msg as the kernel's text console does
 * (print_time() and print_caller() in kernel/printk/printk.c), with a space at
 * the end.  Returns the length, below EXTBODY_STAMP_MAX.
 */
size_t extbody_stamp(const struct extmsg *msg, char out[EXTBODY_STAMP_MAX]);

/*
 * Writes the next line of a record, *@at as in extbody_line(), as it is shown:
 * "<PRIO>" if @level, stamp, text, and the pairs after the last one.  @out has
 * room for EXTBODY_SHOWN_MAX(length of the body).  Returns the length.
 */
#define EXTBODY_LEVEL_MAX 8 /* "<2047>" */
#define EXTBODY_SHOWN_MAX(len) \
	(EXTBODY_LEVEL_MAX + EXTBODY_STAMP_MAX + (len) + EXTBODY_BRACES)
size_t extbody_show(const struct extmsg *msg, const struct extbody *body,
		    bool level, size_t *at, unsigned char *out);

#endif
