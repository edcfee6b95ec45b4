/* zone - the machine's time zone, read again after it changed; see zone.h. */
#include "zone.h"

#include <stdlib.h>
#include <time.h>

#include "sys.h"

#define ZONE_FILE "/etc/localtime" /* of glibc and musl; a link, usually */

/* Whether the file is another one than @before; then *@before tells of it. */
static bool has_changed(const struct sys *sys, struct stat *before)
{
	struct stat now = { .st_ino = 0 };
	bool changed;

	/* Where there is none, libc takes UTC. */
	sys->stat(ZONE_FILE, &now);
	changed = now.st_dev != before->st_dev ||
		  now.st_ino != before->st_ino ||
		  now.st_mtime != before->st_mtime ||
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
