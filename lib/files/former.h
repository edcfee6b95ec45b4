/*
 * former - a file that was renamed under our hands, watched until it is known
 * whether its last lines were lost with it.
 *
 * L2.  Between a rename and the moment we notice it, lines go to the renamed
 * file.  Whoever compressed it may have come to its end before they did, and
 * remove it.  So these lines are set aside in their queue.  They wait again if
 * the file loses a name within FORMER_WATCH_MS, as it can't be known whether
 * they were read; and they are dropped if it keeps its names.
 * A look that fails says neither: the next one may, or else they wait again.
 *
 * All times are monotonic milliseconds.
 */
#ifndef UDPLOGGER_FORMER_H
#define UDPLOGGER_FORMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct outq;
struct sys;

/*
 * Long enough for programs that read no more than the file had at first, as
 * tar(1) does, and take their time.
 */
#define FORMER_WATCH_MS 600000

/* Looks are at least so far apart, and farther the longer it takes. */
#define FORMER_LOOK_MS 100

struct former {
	int fd; /* not owned; -1: no file is watched */
	dev_t device;
	ino_t inode;
	nlink_t links; /* names that it had */
	bool knowingly; /* lines went there although it had lost its name */
	uint64_t since_ms;
	uint64_t looked_ms;
};

/*
 * Sets the unconfirmed lines of @queue aside, and watches @fd, whose fstat() is
 * @st.  False for want of memory; then nothing new is set aside.  Where it is
 * watched already, these lines come to others; which are dropped when they are
 * an eighth of all that queues hold, so that they don't push out new ones.
 */
bool former_watch(struct former *former, int fd, const struct stat *st,
		  struct outq *queue, uint64_t now_ms);

/*
 * Looks, if it is time.  When the watch is over, nothing is set aside any more:
 * the lines wait again, or are dropped.
 */
void former_check(struct former *former, const struct sys *sys,
		  struct outq *queue, uint64_t now_ms);

/*
 * Has the lines set aside wait again, but for those that went there knowingly,
 * and can be seen there.
 */
void former_recall(const struct former *former, const struct sys *sys,
		   struct outq *queue);

/*
 * The name stands for @st.  If that is the file that is watched, it has got its
 * name back, and its lines can be seen: they are dropped.
 */
void former_found(const struct former *former, struct outq *queue,
		  const struct stat *st);

/* Whether @st is the file that is watched. */
bool former_is(const struct former *former, const struct stat *st);

/* When to call former_check(); DEADLINE_NEVER: no need. */
uint64_t former_deadline(const struct former *former);

#endif
