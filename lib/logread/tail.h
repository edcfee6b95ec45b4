/*
 * tail - what was added to a file since it was read last.
 *
 * L2.  A file is known by its device and inode, whatever its name.  One that is
 * shorter than it was is read from its beginning.
 */
#ifndef UDPLOGGER_TAIL_H
#define UDPLOGGER_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tail_place {
	dev_t device;
	ino_t inode;
	uint32_t period; /* an inode may be used again on another day */
	off_t offset; /* behind the last whole line */
	bool passes_over; /* up to its LF, as the line is too long */
};

/* Zeroed: no file is known. */
struct tail {
	struct tail_place *places;
	size_t count;
	size_t room;
	char *bytes;
	size_t size;
};

/* Is handed each whole line, without its LF; none of more than 1 MiB. */
typedef void tail_taker(void *context, const char *line, size_t len);

/* Reads on in @path, of @period.  False: it can't be, for errno. */
bool tail_read(struct tail *t, const char *path, uint32_t period,
	       tail_taker *take, void *context);

/* Forgets files of before @period. */
void tail_forget(struct tail *t, uint32_t period);

void tail_free(struct tail *t);

#endif
