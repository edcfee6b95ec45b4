/* link - the symbolic link of link=; see link.h. */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "errortext.h"
#include "linkname.h"
#include "stamp.h"
#include "sys.h"

/* A link to a file, and where it stands. */
struct place {
	const char *name; /* of the file, below DIR */
	const char *target; /* the same, seen from the link */
	uint32_t period; /* of the file */
	char path[LINK_PATH_MAX];
	char spare[LINK_PATH_MAX]; /* its path until it has its own */
};

static void locate(const struct link *link, struct place *place,
		   const char *file, size_t dir_len)
{
	int len;

	place->name = file + dir_len + 1;
	place->target = linkname_below(place->name,
				       linkname_depth(link->pattern->pattern));
	len = (int)(place->target - file);
	snprintf(place->path, LINK_PATH_MAX, "%.*s%s", len, file, link->name);
	snprintf(place->spare, LINK_PATH_MAX, "%.*s" LINKNAME_SPARE, len, file,
		 link->name);
}

static int make(const struct link *link, const struct place *place,
		const char *path)
{
	return link->sys->symlinkat(place->target, AT_FDCWD, path);
}

/* A run that was killed may have left one; nothing else is removed. */
static int make_spare(const struct link *link, const struct place *place)
{
	const struct sys *sys = link->sys;
	char target;

	if (make(link, place, place->spare) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	if (sys->readlinkat(AT_FDCWD, place->spare, &target, 1) < 0) {
		errno = EEXIST;
		return -1;
	}
	if (sys->unlinkat(AT_FDCWD, place->spare, 0))
		return -1;
	return make(link, place, place->spare);
}

static int replace(const struct link *link, const struct place *place)
{
	int error;

	if (make_spare(link, place))
		return -1;
	if (link->sys->renameat(AT_FDCWD, place->spare, AT_FDCWD,
				place->path) == 0)
		return 0;
	error = errno;
	link->sys->unlinkat(AT_FDCWD, place->spare, 0);
	errno = error;
	return -1;
}

static uint32_t present_period(const struct link *link)
{
	struct stamp stamp = { .by_hour = link->pattern->by_hour };
	struct timespec now = { 0, 0 };

	link->sys->clock_gettime(CLOCK_REALTIME, &now);
	stamp_set(&stamp, &now);
	return stamp.period;
}

bool link_turned(struct link *link, uint32_t period, uint8_t *turns)
{
	bool turned;

	if (link->name && period != link->period &&
	    period == present_period(link)) {
		link->period = period;
		link->turns++;
	}
	turned = *turns != link->turns;
	*turns = link->turns;
	return turned;
}

/*
 * Whether the link leads to a later file than this, for late lines.  A file of
 * the present counts as the latest: others are of a time when the clock was
 * wrong.
 */
static bool leads_ahead(const struct link *link, const struct place *place,
			const char *target)
{
	uint32_t present = present_period(link);
	char name[LINK_PATH_MAX];
	struct filename_found found;

	snprintf(name, sizeof(name), "%.*s%s",
		 (int)(place->target - place->name), place->name, target);
	return filename_match(link->pattern, name, &found) &&
	       place->period != present &&
	       (found.period == present || found.period > place->period);
}

/* Returns 0, or -1 with errno. */
static int point(struct link *link, const struct place *place)
{
	char target[FILENAME_BYTES];
	ssize_t len = link->sys->readlinkat(AT_FDCWD, place->path, target,
					    sizeof(target) - 1);

	if (len < 0 && errno != ENOENT)
		return -1;
	if (len >= 0) {
		target[len] = '\0';
		if (strcmp(target, place->target) == 0 ||
		    leads_ahead(link, place, target))
			return 0;
	}
	link->period = place->period;
	return len < 0 ? make(link, place, place->path) : replace(link, place);
}

/* EINVAL: it is no symbolic link. */
static enum link_state fail_to_link(struct link *link,
				    const struct place *place, uint64_t now_ms)
{
	int error = errno;
	char deed[LINK_PATH_MAX + 16];

	snprintf(deed, sizeof(deed), "link %s", place->path);
	snprintf(link->failed, sizeof(link->failed), "%s", place->path);
	link->retry_ms = backoff_next(&link->backoff, now_ms);
	diag_failed(link->diag, &link->fault, now_ms, deed, error,
		    error == EINVAL
			    ? "something else than a symbolic link is there"
			    : errortext(error));
	return LINK_FAILED;
}

/* Others may still fail that were tried before the latest that failed. */
static void end_fault(struct link *link, uint64_t now_ms)
{
	char deed[LINK_PATH_MAX + 16];

	link->retry_ms = 0;
	backoff_reset(&link->backoff);
	snprintf(deed, sizeof(deed), "link %s", link->failed);
	diag_works(link->diag, &link->fault, now_ms, deed);
}

void link_forget(struct link *link)
{
	link->retry_ms = 0;
	link->backoff = (struct backoff){ 0 };
	link->fault = (struct diag_fault){ 0 };
	link->failed[0] = '\0';
}

void link_remove(struct link *link, const char *dir, const char *name,
		 const struct filename *pattern)
{
	char target[FILENAME_BYTES];
	char path[LINK_PATH_MAX];
	struct filename_found found;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	len = link->sys->readlinkat(AT_FDCWD, path, target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	if (filename_match(pattern, target, &found) &&
	    link->sys->unlinkat(AT_FDCWD, path, 0) && errno != ENOENT)
		diag_warn(link->diag, "unable to remove the former link %s: %s",
			  path, errortext(errno));
}

enum link_state link_point(struct link *link, enum link_state state,
			   const char *file, size_t dir_len, uint32_t period,
			   uint64_t now_ms)
{
	struct filename_found found;
	struct place place;

	if (!link->name || state == LINK_DONE)
		return LINK_DONE;
	/* Before a HUP the pattern may have been another. */
	if (!filename_match(link->pattern, file + dir_len + 1, &found))
		return LINK_DONE;
	if (state == LINK_FAILED && now_ms < link->retry_ms)
		return LINK_FAILED;
	locate(link, &place, file, dir_len);
	place.period = period;
	if (point(link, &place))
		return fail_to_link(link, &place, now_ms);
	if (strcmp(place.path, link->failed) == 0 ||
	    now_ms >= diag_due(&link->fault))
		end_fault(link, now_ms);
	return LINK_DONE;
}
