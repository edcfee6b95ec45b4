/* zone - the machine's time zone, read again after it changed; see zone.h. */
#include "zone.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "sys.h"

#define ZONE_FILE "/etc/localtime" /* of glibc and musl; a link, usually */

/*
 * Whether the file is another one than @before, which becomes the present one.
 * No file: libc takes UTC.  A file that can't be looked at counts as unchanged.
 */
static bool has_changed(const struct sys *sys, struct stat *before)
{
	struct stat now = { .st_ino = 0 };
	bool changed;

	if (sys->stat(ZONE_FILE, &now) && errno != ENOENT)
		return false;
	changed = now.st_dev != before->st_dev ||
		  now.st_ino != before->st_ino ||
		  now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
		  now.st_mtim.tv_nsec != before->st_mtim.tv_nsec ||
		  now.st_size != before->st_size;
	*before = now;
	return changed;
}

void zone_init(struct zone *zone, const struct sys *sys)
{
	*zone = (struct zone){ .sys = sys };
	has_changed(sys, &zone->file);
	tzset();
}

bool zone_read_again(struct zone *zone)
{
	if (getenv("TZ") || !has_changed(zone->sys, &zone->file))
		return false;
	tzset();
	return true;
}
