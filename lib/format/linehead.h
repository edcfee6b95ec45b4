/*
 * linehead - what stands before the text of a kernel's line.
 *
 * L0.  The kernel's text console begins a line with what is turned on of this
 * (info_print_prefix(), print_time() and print_caller() in
 * kernel/printk/printk.c), and with a space if time or caller are among it:
 *
 *	<PRIO>		console_msg_format=syslog; syslog senders have it, too
 *	[SECONDS.USEC]	printk.time, since boot; 6 digits behind the point
 *	[CALLER]	CONFIG_PRINTK_CALLER; "T" or "C" and a number
 *
 * Any number of spaces may stand before SECONDS and CALLER.
 */
#ifndef UDPLOGGER_LINEHEAD_H
#define UDPLOGGER_LINEHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"

struct linehead {
	bool has_prio;
	bool has_time;
	unsigned prio; /* facility * 8 + level, at most EXTMSG_PRIO_MAX */
	uint64_t usec; /* the sender's clock, since its boot */
	struct extmsg_part caller; /* a view; "T123" or "C0"; may be empty */
	size_t len; /* where the text begins */
};

/* Reads the head of the line of @len bytes at @line; all may be missing. */
void linehead_read(struct linehead *head, const unsigned char *line,
		   size_t len);

#endif
