/* life - what the log tells of the receiver itself; see life.h. */
#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collector.h"
#include "settings.h"
#include "sys.h"

#define TEXT_MAX 256

static bool tell_log(struct life *life, const char *notice, const char *text)
{
	struct timespec now = { 0, 0 };

	life->sys->clock_gettime(CLOCK_REALTIME, &now);
	return collector_tell(life->collector, &now, notice, text);
}

/* Nothing else that may have the name. */
static bool is_mark(const struct life *life)
{
	char left[2];

	return life->mark[0] != '\0' &&
	       life->sys->readlinkat(AT_FDCWD, life->mark, left, sizeof(left)) >
		       0;
}

/* Makes the mark.  True: the last run has left it. */
static bool make_mark(struct life *life)
{
	char pid[24];
	bool was_there;

	if (life->mark[0] == '\0')
		return false;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	life->marked = life->sys->symlinkat(pid, AT_FDCWD, life->mark) == 0;
	was_there = !life->marked && errno == EEXIST && is_mark(life);
	life->marked = life->marked || was_there;
	return was_there;
}

static void remove_mark(struct life *life)
{
	if (life->marked)
		life->marked =
			life->sys->unlinkat(AT_FDCWD, life->mark, 0) != 0;
}

/* Without @local it has no name, and there is none. */
static void name_mark(struct life *life, const struct srcaddr *local)
{
	char text[SRCADDR_TEXT_MAX];
	size_t i;

	life->mark[0] = '\0';
	if (!local)
		return;
	srcaddr_text(text, local, NULL, NULL);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == ':' || text[i] == '%' || text[i] == '/')
			text[i] = '-';
	snprintf(life->mark, sizeof(life->mark), "%s/.udplogger-%s", life->dir,
		 text);
}

void life_begin(struct life *life, const struct srcaddr *local,
		const char *version)
{
	char text[TEXT_MAX];

	name_mark(life, local);
	if (!life->collector->settings->notices) {
		/* Whoever turns it on later is told nothing of earlier runs. */
		life->marked = is_mark(life);
		remove_mark(life);
		return;
	}
	if (make_mark(life))
		tell_log(life, "not-ended", "the last run did not end cleanly");
	snprintf(text, sizeof(text), "started (%s)", version);
	tell_log(life, "started", text);
}

void life_change(struct life *life)
{
	if (life->collector->settings->notices && !life->marked)
		make_mark(life);
	else if (!life->collector->settings->notices)
		remove_mark(life);
}

bool life_stop(struct life *life)
{
	if (!life->stopped)
		life->stopped = !life->collector->settings->notices ||
				tell_log(life, "stopped", "stopped");
	return life->stopped;
}

void life_end(struct life *life)
{
	remove_mark(life);
}
