/* logscan - the lines of one file; see logscan.h. */
#include "logscan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errortext.h"

/* More than this no longer fits into the processor's caches. */
#define PIECE (256 * 1024)

static const struct {
	const char *suffix;
	const char *program; /* writes out what it reads, with -dc */
} packers[] = {
	{ ".gz", "gzip" },
	{ ".xz", "xz" },
	{ ".zst", "zstd" },
	{ ".bz2", "bzip2" },
};
#define PACKERS (sizeof(packers) / sizeof(packers[0]))

/* The packer of a file of that name; PACKERS: none. */
static size_t packer_of(const char *name)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < PACKERS; i++) {
		size_t n = strlen(packers[i].suffix);

		if (len > n && strcmp(name + len - n, packers[i].suffix) == 0)
			break;
	}
	return i;
}

size_t logscan_suffix(const char *name)
{
	size_t i = packer_of(name);

	return i < PACKERS ? strlen(packers[i].suffix) : 0;
}

/* Signals are as they were when we were started, but a closed pipe ends it. */
static void run_program(const char *program, int from, int to)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int said = 127;

	if (dup2(from, STDIN_FILENO) >= 0 && dup2(to, STDOUT_FILENO) >= 0 &&
	    null >= 0 && dup2(null, STDERR_FILENO) >= 0) {
		signal(SIGPIPE, SIG_DFL);
		execlp(program, program, "-dc", (char *)NULL);
		said = errno == ENOENT ? 127 : 126;
	}
	_exit(said);
}

/* Puts a program between the file, which is open, and us. */
static bool start_program(struct logscan *s, char *why)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		snprintf(why, LOGSCAN_WHY_MAX, "%s", errortext(errno));
		return false;
	}
	s->child = fork();
	if (s->child == 0)
		run_program(s->program, s->fd, ends[1]);
	close(ends[1]);
	close(s->fd);
	s->fd = ends[0];
	if (s->child > 0)
		return true;
	s->child = 0;
	snprintf(why, LOGSCAN_WHY_MAX, "unable to start %s: %s", s->program,
		 errortext(errno));
	return false;
}

static bool open_regular(struct logscan *s, const char *path, char *why)
{
	struct stat st;

	/* A FIFO that stands there would hold us up. */
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st)) {
		snprintf(why, LOGSCAN_WHY_MAX, "%s", errortext(errno));
		return false;
	}
	if (S_ISREG(st.st_mode))
		return true;
	snprintf(why, LOGSCAN_WHY_MAX, "not a regular file");
	return false;
}

bool logscan_open(struct logscan *s, const char *path,
		  char why[LOGSCAN_WHY_MAX])
{
	size_t packer = packer_of(path);
	bool opened;

	*s = (struct logscan){ .size = PIECE, .is_open = true };
	opened = open_regular(s, path, why);
	if (opened && packer < PACKERS) {
		s->program = packers[packer].program;
		opened = start_program(s, why);
	}
	if (opened) {
		s->bytes = malloc(s->size);
		if (s->bytes)
			return true;
		snprintf(why, LOGSCAN_WHY_MAX, "no memory");
	}
	logscan_close(s, NULL);
	return false;
}

/* Makes room behind what is not read yet; false: the line is too long. */
static bool make_room(struct logscan *s)
{
	char *more;

	if (s->begin > 0) {
		memmove(s->bytes, s->bytes + s->begin, s->end - s->begin);
		s->end -= s->begin;
		s->begin = 0;
	}
	if (s->end < s->size)
		return true;
	if (s->size >= LOGSCAN_LINE_MAX)
		return false;
	more = realloc(s->bytes, s->size * 2);
	if (!more)
		return false;
	s->bytes = more;
	s->size *= 2;
	return true;
}

/* Reads more; false: there is no more now. */
static bool read_more(struct logscan *s)
{
	ssize_t n;

	if (!make_room(s)) {
		s->passes_over = true;
		s->end = 0;
	}
	do
		n = read(s->fd, s->bytes + s->end, s->size - s->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		s->error = errno;
	if (n <= 0) {
		s->at_end = true;
		return false;
	}
	s->end += (size_t)n;
	return true;
}

bool logscan_next(struct logscan *s, const char **line, size_t *len)
{
	size_t looked = 0;

	for (;;) {
		char *from = s->bytes + s->begin;
		char *lf =
			memchr(from + looked, '\n', s->end - s->begin - looked);

		if (lf) {
			s->begin += (size_t)(lf - from) + 1;
			if (!s->passes_over) {
				*line = from;
				*len = (size_t)(lf - from);
				return true;
			}
			s->passes_over = false;
			looked = 0;
			continue;
		}
		looked = s->end - s->begin;
		if (!read_more(s))
			return false;
		if (s->passes_over)
			looked = 0;
	}
}

/* What became of the program; it may end by our closing its pipe early. */
static bool await_program(const struct logscan *s, char *why)
{
	int status = 0;

	while (waitpid(s->child, &status, 0) < 0 && errno == EINTR)
		;
	if (!s->at_end || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return true;
	if (!why)
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		snprintf(why, LOGSCAN_WHY_MAX, "there is no program %s",
			 s->program);
	else
		snprintf(why, LOGSCAN_WHY_MAX, "%s failed on it", s->program);
	return false;
}

bool logscan_close(struct logscan *s, char why[LOGSCAN_WHY_MAX])
{
	bool whole = s->error == 0;

	if (!s->is_open)
		return true;
	if (!whole && why)
		snprintf(why, LOGSCAN_WHY_MAX, "%s", errortext(s->error));
	if (s->fd >= 0)
		close(s->fd);
	if (s->child > 0 && !await_program(s, whole ? why : NULL))
		whole = false;
	free(s->bytes);
	*s = (struct logscan){ .is_open = false };
	return whole;
}
