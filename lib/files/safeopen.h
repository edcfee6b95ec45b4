/*
 * safeopen - a file that lines are appended to: looked at, opened, and its
 * end put right.
 *
 * L2.  Such a file is regular, not executable, and no symbolic link; what else
 * stands at its name is refused before it is touched.
 */
#ifndef UDPLOGGER_SAFEOPEN_H
#define UDPLOGGER_SAFEOPEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct sys;

/* What all such files have in common. */
struct safeopen_rules {
	const struct sys *sys;
	mode_t mode;
	uid_t owner; /* whose files get that mode; ours */
	bool has_reserve; /* safeopen_hold_reserve() */
	int reserve_fd;
};

#define SAFEOPEN_WHY_MAX 128

/*
 * Holds a descriptor in reserve, so that a file can be opened when this process
 * has as many as it may.  No harm if there is none to hold.
 */
void safeopen_hold_reserve(struct safeopen_rules *rules);

/*
 * Whether what stands at @path may be written to, as far as a look at it
 * tells; nothing at all may.  Returns 0, or -1 with errno and the reason in
 * @why.
 */
int safeopen_look(const struct sys *sys, const char *path,
		  char why[SAFEOPEN_WHY_MAX]);

/*
 * Opens @path, following no link at its last component, and creates it if need
 * be; EMFILE and ENFILE cost the reserve first.  Returns a descriptor, with
 * what it stands for in @st, or -1 with errno and the reason in @why.
 */
int safeopen_open(struct safeopen_rules *rules, const char *path,
		  struct stat *st, char why[SAFEOPEN_WHY_MAX]);

/* Whether a file that looks like @st would be refused. */
bool safeopen_is_refused(const struct stat *st);

/*
 * Ends a line that stands unfinished at the end of @fd, of *@size bytes, so
 * that the next one begins a new line; *@size is then one more.  Where perm=
 * forbids a look, @torn tells whether one may stand there.  Returns 0, or -1
 * with errno.
 */
int safeopen_end_line(const struct sys *sys, int fd, bool torn, off_t *size);

/*
 * Whether what fails with @error may work later without anybody's doing:
 * ENOSPC, EMFILE.  A directory that is not there, a permission that is
 * missing, and what is refused by the rules above are for people to put right.
 */
bool safeopen_may_pass(int error);

#endif
