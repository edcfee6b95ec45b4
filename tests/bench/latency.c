/*
 * latency.c - how long it takes from a line's sending until it can be seen in
 * the file.
 *
 *   latency port=P dir=DIR rate=LINES_PER_SECOND count=LINES
 *
 * One processor sends and reads the file in turns, and never sleeps, so its own
 * share is about a microsecond.  The receiver's file is DIR's only *.log; lines
 * are told apart by their order, as one sender sends them.
 *
 * When this program itself was held up, which on a virtual machine it is again
 * and again, the lines on their way say nothing, and are left out.
 *
 * Prints "lines N p50_us X p99_us X max_us X held_up N".
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_MAX 1000000u
#define WAIT_NS	  5000000000ull /* for what is still to be seen */
#define HELD_NS	  100000 /* between two looks: held up */
#define HELD_LINE UINT64_MAX
#define LINE	  "latency of line %" PRIu64 "\n"

struct latency {
	int sock;
	int file;
	const char *dir;
	uint64_t count;
	uint64_t gap_ns;
	uint64_t sent;
	uint64_t seen;
	uint64_t held_up; /* lines */
	uint64_t *times; /* sent at; then how long it took, or HELD_LINE */
	off_t offset;
};

/* The file may be made with the first line only. */
static bool open_log(struct latency *l)
{
	char path[4096];
	glob_t found;

	if (l->file >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/*.log", l->dir);
	if (glob(path, 0, NULL, &found) == 0)
		l->file = open(found.gl_pathv[found.gl_pathc - 1],
			       O_RDONLY | O_CLOEXEC);
	globfree(&found);
	return l->file >= 0;
}

/* The next line that was sent; the receiver's own lines are left out. */
static bool is_next(const struct latency *l, const char *line, size_t len)
{
	static const char own[] = " udplogger: ";
	char wanted[64];
	size_t n = (size_t)snprintf(wanted, sizeof(wanted), LINE, l->seen);

	if (len >= n && !memcmp(line + len - n, wanted, n))
		return true;
	if (memmem(line, len, own, sizeof(own) - 1))
		return false;
	errno = 0;
	die("latency: a line is missing, or another one there");
}

static void look(struct latency *l)
{
	static char bytes[65536];
	const char *line = bytes;
	const char *end;
	ssize_t n;

	if (!open_log(l))
		return;
	n = pread(l->file, bytes, sizeof(bytes), l->offset);
	if (n <= 0)
		return;
	while (l->seen < l->sent &&
	       (end = memchr(line, '\n', (size_t)(bytes + n - line)))) {
		if (is_next(l, line, (size_t)(end + 1 - line))) {
			uint64_t *time = &l->times[l->seen++];

			if (*time != HELD_LINE)
				*time = now_ns() - *time;
		}
		line = end + 1;
	}
	l->offset += line - bytes;
}

static void leave_out(struct latency *l)
{
	for (uint64_t i = l->seen; i < l->sent; i++) {
		l->held_up += l->times[i] != HELD_LINE;
		l->times[i] = HELD_LINE;
	}
}

static void send_line(struct latency *l)
{
	char text[64];
	int len = snprintf(text, sizeof(text), LINE, l->sent);

	l->times[l->sent] = now_ns();
	if (send(l->sock, text, (size_t)len, 0) < 0)
		die("send");
	l->sent++;
}

static void run(struct latency *l)
{
	uint64_t start = now_ns();
	uint64_t end = start + l->count * l->gap_ns + WAIT_NS;
	uint64_t last = start;

	while (l->seen < l->count) {
		uint64_t due = start + l->sent * l->gap_ns;
		uint64_t now = now_ns();

		if (now - last > HELD_NS)
			leave_out(l);
		last = now;
		if (l->sent < l->count && now >= due)
			send_line(l);
		look(l);
		if (now > end) {
			errno = 0;
			die("latency: not every line is in the file");
		}
	}
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double us(const struct latency *l, uint64_t percent)
{
	uint64_t count = l->count - l->held_up;

	return count ? (double)l->times[(count - 1) * percent / 100] / 1000 : 0;
}

int main(int argc, char **argv)
{
	struct latency l = { .file = -1, .dir = opt_text(argv, "dir", ".") };
	uint64_t rate = opt_number(argv, "rate", 100);
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)opt_number(argv, "port", 6666)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	(void)argc;
	l.count = opt_number(argv, "count", 100);
	if (rate < 1 || l.count < 1 || l.count > COUNT_MAX)
		die("latency: out of range");
	l.gap_ns = 1000000000 / rate;
	l.times = calloc((size_t)l.count, sizeof(*l.times));
	l.sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!l.times || l.sock < 0 ||
	    connect(l.sock, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("latency");
	run(&l);
	qsort(l.times, (size_t)l.count, sizeof(*l.times), compare);
	printf("lines %llu p50_us %.0f p99_us %.0f max_us %.0f held_up %llu\n",
	       (unsigned long long)l.count, us(&l, 50), us(&l, 99), us(&l, 100),
	       (unsigned long long)l.held_up);
	return 0;
}
