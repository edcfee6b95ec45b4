/*
 * readfile - a small file whole into memory.
 *
 * L2.
 */
#ifndef UDPLOGGER_READFILE_H
#define UDPLOGGER_READFILE_H

#include <stddef.h>
#include <sys/types.h>

struct sys;

#define READFILE_WHY_MAX 128

/*
 * Reads the regular file at @path, of at most @max bytes, into @bytes.  Returns
 * how many there are, or -1 and the reason in @why.
 */
ssize_t readfile(const struct sys *sys, const char *path, char *bytes,
		 size_t max, char why[READFILE_WHY_MAX]);

#endif
