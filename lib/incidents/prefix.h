/*
 * prefix - what a console puts before a kernel's message.
 *
 * L0.  That is `<N>` (console_msg_format=syslog, and text of /dev/kmsg), the
 * time `[   12.345678]`, and with CONFIG_PRINTK_CALLER `[ T123]` or `[ C1]`,
 * with or without a space before it (kernel/printk/printk.c, print_syslog(),
 * print_time() and print_caller()).  On a serial console half a line of
 * somebody else may stand before the time: a prompt, `** 7 printk messages
 * dropped ** `, what a process was just writing.
 */
#ifndef UDPLOGGER_PREFIX_H
#define UDPLOGGER_PREFIX_H

#include "words.h"

enum prefix {
	PREFIX_NONE, /* nobody knows who speaks */
	PREFIX_KERNEL, /* the kernel: a level or a time */
	PREFIX_USER /* a process that wrote to /dev/kmsg: facility above 0 */
};

/* Reads over all of it at the beginning of a line, and one space behind it. */
enum prefix prefix_skip(struct words *line);

/*
 * The same for one behind half a line, the last of them if there are several;
 * PREFIX_NONE, and nothing is read, if there is no time in the line.
 */
enum prefix prefix_skip_half(struct words *line);

#endif
