/*
 * zone - the machine's time zone, read again after it changed.
 *
 * L2.  tzset() takes memory each time that it is called without TZ.  So libc
 * is asked only when the file that it reads is another one than before.
 */
#ifndef UDPLOGGER_ZONE_H
#define UDPLOGGER_ZONE_H

#include <stdbool.h>
#include <sys/stat.h>

struct sys;

struct zone {
	const struct sys *sys;
	struct stat file; /* as it was when libc read it */
};

/* Has libc read the zone, of TZ or of the machine. */
void zone_init(struct zone *zone, const struct sys *sys);

/*
 * Has libc read the machine's zone again if its file changed; true if it did.
 */
bool zone_read_again(struct zone *zone);

#endif
