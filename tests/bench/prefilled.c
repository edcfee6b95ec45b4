/*
 * prefilled.c - starts a receiver on a socket that is full already, and that is
 * told to end: so it always does the same, whatever time it takes.
 *
 *   prefilled bin=DIR sources=N count=LINES frags=N [header=KIND]
 *	[forged=KIND bytes=MOST] -- RECEIVER ARG...
 *
 * The socket is passed as a service manager does it, sd_listen_fds(3), and has
 * what load sends.  SIGTERM waits, blocked, for the receiver, which takes in
 * everything that was there before, and ends.  Exit status 77: the receive
 * buffer or the sources are fewer than that needs.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PASSED_FD 3 /* SD_LISTEN_FDS_START */
#define CHARGED	  2560 /* bytes, at most, for a datagram of the load */
#define SKIP	  77

static uint16_t open_full(uint64_t datagrams)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t len = sizeof(any);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	const int on = 1;
	int granted;

	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&any, &len) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
		die("socket");
	granted = set_rbuf(fd, 1 << 26);
	if ((uint64_t)granted < datagrams * CHARGED)
		exit(SKIP);
	if (fd != PASSED_FD && (dup2(fd, PASSED_FD) < 0 || close(fd) < 0))
		die("dup2");
	return ntohs(any.sin_port);
}

/*
 * Waits for the next second.  In the one that datagrams came in, a receiver may
 * know their stamps without asking for them (netrx_skip()), but only as long as
 * it lasts.
 */
static void outlast_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	sleep_us((uint64_t)(1000000 - now.tv_nsec / 1000));
}

static void fill(char **argv, uint16_t port, uint64_t count)
{
	char text[8][64];
	char path[4096];
	char answer[ANSWER_MAX];
	char *args[] = { path,	  text[0], text[1], text[2], text[3],
			 text[4], text[5], text[6], text[7], NULL };
	uint64_t sources = opt_number(argv, "sources", 1);

	if (count == 0)
		return;
	snprintf(path, sizeof(path), "%s/load", opt_text(argv, "bin", "."));
	snprintf(text[0], 64, "port=%u", port);
	snprintf(text[1], 64, "sources=%llu", (unsigned long long)sources);
	snprintf(text[2], 64, "count=%llu", (unsigned long long)count);
	snprintf(text[3], 64, "frags=%s", opt_text(argv, "frags", "1"));
	snprintf(text[4], 64, "rate=0");
	snprintf(text[5], 64, "header=%s", opt_text(argv, "header", "no"));
	snprintf(text[6], 64, "forged=%s", opt_text(argv, "forged", ""));
	snprintf(text[7], 64, "bytes=%s", opt_text(argv, "bytes", "1000"));
	if (run_tool(args, answer))
		die("load");
	if (answer_number(answer, "sources ") != sources)
		exit(SKIP);
	outlast_second();
}

static void tell_to_end(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	kill(getpid(), SIGTERM);
}

int main(int argc, char **argv)
{
	char **receiver = argv + 1;
	uint64_t count;
	char pid[32];

	(void)argc;
	while (*receiver && strcmp(*receiver, "--") != 0)
		receiver++;
	if (!*receiver || !receiver[1])
		die("prefilled: no receiver given");
	*receiver++ = NULL;
	count = opt_number(argv, "count", 0);
	fill(argv, open_full(count * opt_number(argv, "frags", 1)), count);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	tell_to_end();
	execvp(receiver[0], receiver);
	die(receiver[0]);
}
