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
#include <time.h>

struct sys;

struct zone {
	const struct sys *sys;
	struct stat file; /* as it was when libc read it */
};

/* Has libc read the zone, of TZ or of the machine. */
void zone_init(struct zone *zone, const struct sys *sys);

/*
 * Whether libc knows the zone.  If not, its times are UTC, and @name is what it
 * was told: TZ=NAME, or a link that leads nowhere.
 */
#define ZONE_NAME_MAX 256
bool zone_is_known(const struct zone *zone, char name[ZONE_NAME_MAX]);

/* Writes "CET (UTC+01:00)", of the zone as it is at @second. */
#define ZONE_TEXT_MAX 64
void zone_text(char text[ZONE_TEXT_MAX], time_t second);

/*
 * Has libc read the machine's zone again if its file changed; true if it did.
 */
bool zone_read_again(struct zone *zone);

#endif
