/* zone - the machine's time zone, read again after it changed; see zone.h. */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sys.h"

#define ZONE_FILE "/etc/localtime" /* of glibc and musl; a link, usually */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS	"0123456789"

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

/* The name of a zone: three letters or more, or any in angle brackets. */
static const char *skip_name(const char *tz)
{
	size_t len;

	if (*tz == '<') {
		len = strspn(tz + 1, LETTERS DIGITS "+-");
		return len >= 3 && tz[len + 1] == '>' ? tz + len + 2 : NULL;
	}
	len = strspn(tz, LETTERS);
	return len >= 3 ? tz + len : NULL;
}

/* An offset, "[+-]HH[:MM[:SS]]"; libc judges its numbers. */
static const char *skip_offset(const char *tz)
{
	tz += *tz == '+' || *tz == '-';
	return strspn(tz, DIGITS) > 0 ? tz + strspn(tz, DIGITS ":") : NULL;
}

/*
 * Whether @tz is a zone by itself, POSIX.1-2008, Base Definitions, section 8.3:
 * "CET-1CEST,M3.5.0,M10.5.0/3".
 */
static bool is_posix_zone(const char *tz)
{
	tz = skip_name(tz);
	tz = tz ? skip_offset(tz) : NULL;
	if (!tz || *tz == '\0')
		return tz != NULL;
	tz = skip_name(tz);
	if (tz && *tz != ',' && *tz != '\0')
		tz = skip_offset(tz);
	return tz &&
	       (*tz == '\0' ||
		(*tz == ',' && tz[strspn(tz, DIGITS "MJ,./:+-")] == '\0'));
}

/* Whether the file at @path has the form of tzfile(5). */
static bool is_zone_file(const struct sys *sys, const char *path)
{
	int fd = sys->open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	char magic[4] = "";
	bool is;

	if (fd < 0)
		return false;
	is = sys->pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	     memcmp(magic, "TZif", sizeof(magic)) == 0;
	sys->close(fd);
	return is;
}

/* Where glibc and musl look. */
static bool has_zone_file(const struct sys *sys, const char *tz)
{
	static const char *const dirs[] = { "/usr/share/zoneinfo",
					    "/share/zoneinfo",
					    "/etc/zoneinfo" };
	const char *dir = getenv("TZDIR");
	char path[PATH_MAX];
	size_t i;

	if (*tz == '/')
		return is_zone_file(sys, tz);
	snprintf(path, sizeof(path), "%s/%s", dir ? dir : dirs[0], tz);
	for (i = 0; !is_zone_file(sys, path); i++) {
		if (i == sizeof(dirs) / sizeof(dirs[0]))
			return false;
		snprintf(path, sizeof(path), "%s/%s", dirs[i], tz);
	}
	return true;
}

/* Without a file libc takes UTC, and nobody wanted another zone. */
static bool is_machine_zone_known(const struct sys *sys)
{
	struct stat st;

	return sys->lstat(ZONE_FILE, &st) != 0 || is_zone_file(sys, ZONE_FILE);
}

bool zone_is_known(const struct zone *zone, char name[ZONE_NAME_MAX])
{
	const char *tz = getenv("TZ");

	if (!tz) {
		snprintf(name, ZONE_NAME_MAX, "%s", ZONE_FILE);
		return is_machine_zone_known(zone->sys);
	}
	snprintf(name, ZONE_NAME_MAX, "TZ=%s", tz);
	tz += *tz == ':';
	return *tz == '\0' || strcmp(tz, "UTC") == 0 ||
	       strcmp(tz, "GMT") == 0 || is_posix_zone(tz) ||
	       has_zone_file(zone->sys, tz);
}

void zone_text(char text[ZONE_TEXT_MAX], time_t second)
{
	struct tm tm = { .tm_zone = "UTC" };
	long minutes;

	localtime_r(&second, &tm);
	minutes = tm.tm_gmtoff / 60;
	snprintf(text, ZONE_TEXT_MAX, "%.32s (UTC%c%02ld:%02ld)",
		 tm.tm_zone ? tm.tm_zone : "", minutes < 0 ? '-' : '+',
		 labs(minutes) / 60, labs(minutes) % 60);
}

bool zone_read_again(struct zone *zone)
{
	if (getenv("TZ") || !has_changed(zone->sys, &zone->file))
		return false;
	tzset();
	return true;
}
