/* former - a file that was renamed under our hands; see former.h. */
#include "former.h"

#include "deadline.h"
#include "logname.h"
#include "outq.h"

#define ASIDE 8 /* the part of all queues that one may set aside */

bool former_watch(struct former *former, int fd, const struct stat *st,
		  struct outq *queue, uint64_t now_ms)
{
	const struct pool *pool = queue->pool;

	if (outq_aside(queue) > pool->blocks * pool->block_bytes / ASIDE)
		outq_drop_aside(queue);
	if (!outq_set_aside(queue))
		return false;
	*former = (struct former){
		.fd = fd,
		.device = st->st_dev,
		.inode = st->st_ino,
		.links = st->st_nlink,
		.since_ms = now_ms,
		.looked_ms = now_ms,
	};
	return true;
}

/* Files that are going to be removed are usually removed soon. */
static uint64_t next_look(const struct former *former)
{
	uint64_t watched = former->looked_ms - former->since_ms;
	uint64_t pause = watched / 8;

	if (pause < FORMER_LOOK_MS)
		pause = FORMER_LOOK_MS;
	return deadline_earlier(former->looked_ms + pause,
				former->since_ms + FORMER_WATCH_MS);
}

/* Whether the file has its names. */
static enum logname_sight names_of(const struct former *former,
				   const struct sys *sys)
{
	struct stat st;

	return logname_look_open(sys, former->fd, former->links, &st);
}

void former_check(struct former *former, const struct sys *sys,
		  struct outq *queue, uint64_t now_ms)
{
	enum logname_sight names;
	bool over;

	if (former->fd < 0 || now_ms < next_look(former))
		return;
	names = names_of(former, sys);
	former->looked_ms = now_ms;
	over = now_ms - former->since_ms >= FORMER_WATCH_MS;
	if (names == LOGNAME_LOST || (over && names == LOGNAME_UNKNOWN))
		outq_recall(queue);
	else if (over)
		outq_drop_aside(queue);
}

bool former_is(const struct former *former, const struct stat *st)
{
	return former->fd >= 0 && former->device == st->st_dev &&
	       former->inode == st->st_ino;
}

void former_recall(const struct former *former, const struct sys *sys,
		   struct outq *queue)
{
	if (former->fd >= 0 && former->knowingly &&
	    names_of(former, sys) == LOGNAME_FOUND)
		outq_drop_aside(queue);
	outq_recall(queue);
}

void former_found(const struct former *former, struct outq *queue,
		  const struct stat *st)
{
	if (former_is(former, st))
		outq_drop_aside(queue);
}

uint64_t former_deadline(const struct former *former)
{
	return former->fd < 0 ? DEADLINE_NEVER : next_look(former);
}
