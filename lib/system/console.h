/*
 * console - stdout or stderr, written to without ever waiting.
 *
 * L2.  A terminal that was stopped by Ctrl-S and a pipe that nobody reads
 * block write().  O_NONBLOCK on the descriptor that we were given would change
 * it for the shell and everybody else who shares it, so a terminal or a pipe
 * is opened anew through /proc/self/fd, and a socket written to with
 * MSG_DONTWAIT.
 */
#ifndef UDPLOGGER_CONSOLE_H
#define UDPLOGGER_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sys;

struct console {
	int fd;
	bool is_socket;
	bool is_terminal;
	bool blocks; /* opened anew in vain; may block, so write little */
};

/* Takes descriptor @fd, 1 or 2, which is open. */
void console_open(struct console *console, const struct sys *sys, int fd);

/*
 * Writes what can be written at once.  Returns the number of bytes, which may
 * be fewer than @len, or -1 with errno: EAGAIN, or the terminal's own fault.
 */
ssize_t console_write(const struct console *console, const struct sys *sys,
		      const void *bytes, size_t len);

/* Makes sure that descriptors 0, 1 and 2 are open, on /dev/null if need be. */
void console_fill_standard(const struct sys *sys);

#endif
