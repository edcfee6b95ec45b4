/* readfile - a small file whole into memory; see readfile.h. */
#include "readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "errortext.h"
#include "sys.h"

static ssize_t give_reason(char *why, const char *reason)
{
	snprintf(why, READFILE_WHY_MAX, "%s", reason);
	return -1;
}

static ssize_t read_at(const struct sys *sys, int fd, char *bytes, size_t len,
		       off_t offset)
{
	unsigned tries = 0;
	ssize_t got;

	do
		got = sys->pread(fd, bytes, len, offset);
	while (got < 0 && errno == EINTR && tries++ < SYS_EINTR_MAX);
	return got;
}

/* One byte more than allowed is asked for, to see whether it is there. */
static ssize_t read_all(const struct sys *sys, int fd, char *bytes, size_t max,
			char *why)
{
	size_t len = 0;
	ssize_t got = 1;
	char more;

	while (got > 0 && len < max) {
		got = read_at(sys, fd, bytes + len, max - len, (off_t)len);
		len += got > 0 ? (size_t)got : 0;
	}
	if (got > 0)
		got = read_at(sys, fd, &more, 1, (off_t)len);
	if (got < 0)
		return give_reason(why, errortext(errno));
	if (got == 0)
		return (ssize_t)len;
	snprintf(why, READFILE_WHY_MAX, "has more than %zu bytes", max);
	return -1;
}

ssize_t readfile(const struct sys *sys, const char *path, char *bytes,
		 size_t max, char why[READFILE_WHY_MAX])
{
	/* O_NONBLOCK: the writer of a FIFO isn't waited for. */
	int fd = sys->open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			   0);
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return give_reason(why, errortext(errno));
	if (sys->fstat(fd, &st))
		len = give_reason(why, errortext(errno));
	else if (!S_ISREG(st.st_mode))
		len = give_reason(why, "is not a regular file");
	else
		len = read_all(sys, fd, bytes, max, why);
	sys->close(fd);
	return len;
}
