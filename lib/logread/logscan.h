/*
 * logscan - the lines of one file, compressed or not.
 *
 * L2.  Read in large pieces into memory of its own, since a file that is mapped
 * may be cut meanwhile.  .gz, .xz, .zst and .bz2 are read through their
 * programs, which are started without a shell.  A last line without LF is
 * still being written, and not there yet.
 */
#ifndef UDPLOGGER_LOGSCAN_H
#define UDPLOGGER_LOGSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LOGSCAN_LINE_MAX (64 * 1024 * 1024) /* the rest is passed over */
#define LOGSCAN_WHY_MAX	 128

/* Zeroed: closed. */
struct logscan {
	int fd;
	pid_t child; /* the program that reads the file; 0: none */
	const char *program;
	char *bytes;
	size_t size;
	size_t begin; /* of what is not read yet */
	size_t end;
	bool is_open;
	bool at_end;
	bool passes_over; /* up to the next LF */
	int error; /* errno of a read that failed; 0: none did */
};

/* Whether a name ends as that of a compressed file; the length of that end. */
size_t logscan_suffix(const char *name);

/* Opens @path.  False: it can't be, for the reason in @why. */
bool logscan_open(struct logscan *s, const char *path,
		  char why[LOGSCAN_WHY_MAX]);

/*
 * The next line, without its LF; it stays until the next call.  False: there is
 * none, or no more can be read, as logscan_close() says.
 */
bool logscan_next(struct logscan *s, const char **line, size_t *len);

/* Closes it.  False: not all could be read, for the reason in @why. */
bool logscan_close(struct logscan *s, char why[LOGSCAN_WHY_MAX]);

#endif
