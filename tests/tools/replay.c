/*
 * replay - send a recording of datagrams again, from its own sources and at
 * its own pace or another.
 *
 * It never sends more than the recording holds.
 */
#include "dgrams.h"
#include "sender.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define EXIT_USAGE     64
#define WINDOW_DEFAULT 100000 /* bytes: below the smallest usual buffer */

struct settings {
	double speed; /* 0: as fast as possible */
	uint64_t window_bytes;
	enum sender_map map;
	uint64_t first; /* 1 is the recording's first datagram */
	uint64_t last;
};

static int complain(const char *what, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "replay: %s: %s\n", what, why);
	return 1;
}

static struct timespec after(struct timespec t, double seconds)
{
	time_t whole = (time_t)seconds;

	t.tv_sec += whole;
	t.tv_nsec += (long)((seconds - (double)whole) * 1e9);
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

/* Absolute time, so that what sending takes does not add up. */
static void keep_pace(const struct timespec *start, uint64_t us, double speed)
{
	struct timespec when;

	if (speed <= 0)
		return;
	when = after(*start, (double)us / 1e6 / speed);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) ==
	       EINTR)
		;
}

static int send_all(const struct settings *set, struct dgrams *d,
		    struct sender *s)
{
	struct timespec start;
	uint64_t first_us = 0;
	struct dgram dg;
	int got;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((got = dgrams_next(d, &dg)) > 0) {
		if (d->count < set->first)
			continue;
		if (d->count > set->last)
			break;
		if (s->sent == 0)
			first_us = dg.at_us;
		keep_pace(&start, dg.at_us - first_us, set->speed);
		if (sender_send(s, &dg))
			return -1;
	}
	return got < 0 ? -1 : sender_drain(s);
}

static void sum_up(const struct sender *s)
{
	printf("sent %llu datagrams, %llu bytes, from %zu sources\n",
	       (unsigned long long)s->sent, (unsigned long long)s->sent_bytes,
	       s->count);
}

/* A socket for each source, and the soft limit is often just 1024. */
static void allow_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int replay(const struct settings *set, char **argv)
{
	static struct sender s;
	struct dgrams d;
	int ret = 0;

	allow_sockets();
	if (dgrams_open(&d, argv[0]))
		ret = complain(argv[0], d.error);
	else if (sender_open(&s, argv[1], argv[2], set->map, set->window_bytes))
		ret = complain("receiver", s.error);
	else if (send_all(set, &d, &s))
		ret = complain(d.error[0] ? argv[0] : "receiver",
			       d.error[0] ? d.error : s.error);
	if (s.sent > 0)
		sum_up(&s);
	if (fflush(stdout) || ferror(stdout))
		ret = complain("standard output", strerror(errno));
	sender_close(&s);
	dgrams_close(&d);
	return ret;
}

static const char usage[] =
	"Usage: replay [OPTION]... FILE.dgrams ADDRESS PORT\n"
	"Send the datagrams of a recording to ADDRESS (in numbers) and PORT.\n"
	"\n"
	"  --speed=N     N times as fast as it was recorded (1); 0.1 is "
	"slower\n"
	"  --fast        as fast as the receiver takes it\n"
	"  --window=N    at most N bytes may wait in the receiver's socket, "
	"if\n"
	"                it is on this machine (100000); 0: do not look. A "
	"short\n"
	"                datagram counts for about 800\n"
	"  --map=HOW     which addresses it sends from:\n"
	"                loopback  127.99.0.2 for 10.99.0.2, the same port if\n"
	"                          it is free; ::1 when ADDRESS is IPv6\n"
	"                asis      the recorded ones, which must be local:\n"
	"                          `ip address add 10.99.0.2/32 dev lo'\n"
	"                any       whatever the system picks\n"
	"                (loopback when ADDRESS is one, else any)\n"
	"  --first=N --last=N  only these datagrams; the first is 1\n"
	"  --help        this text\n"
	"\n"
	"FILE is a recording (tests/data/README); - is standard input, so "
	"that\n"
	"  gzip -dc x.dgrams.gz | replay - 127.0.0.1 6666\n"
	"sends a compressed one.  For each source a line `FROM -> TO' says as\n"
	"what it sends; the last line counts.\n"
	"\n"
	"Exit status: 0 all sent, 1 not all, 64 usage.\n";

static const struct option options[] = {
	{ "speed", required_argument, NULL, 's' },
	{ "fast", no_argument, NULL, 'F' },
	{ "window", required_argument, NULL, 'w' },
	{ "map", required_argument, NULL, 'm' },
	{ "first", required_argument, NULL, 'f' },
	{ "last", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void refuse(const char *why)
{
	fprintf(stderr, "replay: %s: %s\n", optarg, why);
	exit(EXIT_USAGE);
}

static double number(double least, double most)
{
	char *end;
	double n = strtod(optarg, &end);

	if (*end || end == optarg || !(n >= least && n <= most))
		refuse("not a number in range");
	return n;
}

static enum sender_map map(void)
{
	if (strcmp(optarg, "loopback") == 0)
		return SENDER_LOOPBACK;
	if (strcmp(optarg, "asis") == 0)
		return SENDER_ASIS;
	if (strcmp(optarg, "any") != 0)
		refuse("not loopback, asis or any");
	return SENDER_ANY;
}

static void set_option(struct settings *set, int option)
{
	if (option == 's')
		set->speed = number(1e-3, 1e6);
	else if (option == 'F')
		set->speed = 0;
	else if (option == 'w')
		set->window_bytes = (uint64_t)number(0, 1e12);
	else if (option == 'm')
		set->map = map();
	else if (option == 'f')
		set->first = (uint64_t)number(1, 1e15);
	else if (option == 'l')
		set->last = (uint64_t)number(1, 1e15);
	else if (option == 'h')
		exit(fputs(usage, stdout) < 0);
	else
		exit(EXIT_USAGE);
}

int main(int argc, char **argv)
{
	struct settings set = { 1, WINDOW_DEFAULT, SENDER_DEFAULT, 1, 0 };
	int option;

	set.last = UINT64_MAX;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(&set, option);
	if (argc - optind != 3)
		return fputs(usage, stderr), EXIT_USAGE;
	return replay(&set, argv + optind);
}
