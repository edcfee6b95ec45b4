/* console - stdout or stderr, written to without waiting; see console.h. */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sys.h"

/* A second descriptor for the same terminal or pipe that doesn't block. */
static int open_again(const struct sys *sys, int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return sys->open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}

void console_open(struct console *console, const struct sys *sys, int fd)
{
	struct stat st;
	int again;

	*console = (struct console){ .fd = fd };
	if (sys->fstat(fd, &st))
		return;
	console->is_socket = S_ISSOCK(st.st_mode);
	console->is_terminal = S_ISCHR(st.st_mode) && isatty(fd);
	if (!console->is_terminal && !S_ISFIFO(st.st_mode))
		return;
	again = open_again(sys, fd);
	if (again >= 0 && again < FD_SETSIZE) {
		console->fd = again;
		return;
	}
	/* Descriptors beyond FD_SETSIZE can't be watched by select(). */
	if (again >= 0)
		sys->close(again);
	console->blocks = true;
}

static bool is_writable(int fd, const struct sys *sys)
{
	static const struct timespec at_once;
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET((uint16_t)fd, &writable);
	return sys->pselect(fd + 1, NULL, &writable, &at_once, NULL) == 1;
}

/*
 * Without a descriptor of our own, ask before each piece.  A terminal or pipe
 * that says yes takes the bytes that the line discipline keeps free for this
 * (WAKEUP_CHARS in drivers/tty/n_tty.c), or PIPE_BUF, without blocking.
 */
static ssize_t write_pieces(int fd, const struct sys *sys, const char *bytes,
			    size_t len)
{
	size_t done = 0;
	ssize_t n = 0;

	errno = EAGAIN;
	while (done < len && is_writable(fd, sys)) {
		size_t piece = len - done < 128 ? len - done : 128;

		n = sys->write(fd, bytes + done, piece);
		if (n <= 0)
			break;
		done += (size_t)n;
		errno = EAGAIN;
	}
	return done > 0 ? (ssize_t)done : -1;
}

ssize_t console_write(const struct console *console, const struct sys *sys,
		      const void *bytes, size_t len)
{
	if (console->is_socket)
		return sys->send(console->fd, bytes, len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (console->blocks)
		return write_pieces(console->fd, sys, bytes, len);
	return sys->write(console->fd, bytes, len);
}

void console_fill_standard(const struct sys *sys)
{
	struct stat st;
	int fd;

	/*
	 * open() gives the lowest free number, so go up from 0.  Where there
	 * is no /dev/null, a descriptor that can't be written to will do:
	 * the socket or the log file must not become stderr.
	 */
	for (fd = 0; fd <= 2; fd++)
		if (sys->fstat(fd, &st) && errno == EBADF &&
		    sys->open("/dev/null", O_RDWR, 0) < 0)
			sys->open("/", O_PATH | O_CLOEXEC, 0);
}
