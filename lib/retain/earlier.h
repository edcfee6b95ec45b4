/*
 * earlier - the files that an earlier run has made.
 *
 * L2.
 */
#ifndef UDPLOGGER_EARLIER_H
#define UDPLOGGER_EARLIER_H

#include <stdint.h>

struct diag;
struct filetable;
struct sys;

/*
 * Counts the files of @period below @dir for files=, where senders have their
 * own: filetable_count().  To be called at the start, as it waits for the disk.
 */
void earlier_count(struct filetable *files, const struct sys *sys,
		   struct diag *diag, const char *dir, uint32_t period);

#endif
