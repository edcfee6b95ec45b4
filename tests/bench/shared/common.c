/*
 * common.c - the traffic as a function of line numbers, and small helpers.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void die(const char *what)
{
	if (errno)
		fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	else
		fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

const char *opt_text(char **argv, const char *name, const char *fallback)
{
	size_t len = strlen(name);

	while (*++argv) {
		const char *arg = *argv;

		if (!strncmp(arg, "--", 2))
			arg += 2;
		if (!strncmp(arg, name, len) && arg[len] == '=')
			fallback = arg + len + 1;
	}
	return fallback;
}

uint64_t opt_number(char **argv, const char *name, uint64_t fallback)
{
	const char *text = opt_text(argv, name, NULL);
	char *end;
	uint64_t n;

	if (!text)
		return fallback;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || end == text || *text == '-') {
		errno = EINVAL;
		die(name);
	}
	return n;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void sleep_us(uint64_t us)
{
	struct timespec ts = { .tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000 * 1000) };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

/*
 * Many addresses with few ports each, as real senders have: 250 * 120
 * addresses first, then the same ones with the next port.
 */
void bench_source(uint32_t index, uint32_t *addr, uint16_t *port)
{
	uint32_t host = index % 30000;

	*addr = 127u << 24 | 77u << 16 | (host / 250) << 8 | (1 + host % 250);
	*port = (uint16_t)(6665 + 20000 - index / 30000);
}

uint32_t bench_pick(uint64_t k, uint32_t sources, uint32_t *seq)
{
	static const uint32_t strides[] = { 7919,  6151,  12289,
					    24593, 49157, 3079 };
	uint64_t pass = k / sources;
	uint64_t i = k % sources;
	uint32_t stride = strides[pass % 6];

	if (sources % stride == 0)
		stride = 1;
	*seq = (uint32_t)pass;
	return (uint32_t)((i * stride + pass * 17) % sources);
}

static char *put_number(char *to, char tag, uint32_t n)
{
	*to = tag;
	for (int i = 8; i > 0; i--, n /= 10)
		to[i] = (char)('0' + n % 10);
	to[9] = ' ';
	return to + 10;
}

size_t bench_line(uint32_t source, uint32_t seq, size_t even, char *text)
{
	uint32_t mix = (source * 2654435761u) ^ (seq * 2246822519u);
	size_t range = BENCH_LINE_MAX - BENCH_LINE_MIN + 1;
	size_t len = even ? even : BENCH_LINE_MIN + (mix >> 8) % range;
	char *end = text + len - 1;
	char *p = put_number(put_number(text, 'S', source), 'N', seq);
	char c = (char)('!' + mix % 94);

	while (p < end) {
		*p++ = c;
		c = (char)(c == '~' ? '!' : c + 1);
	}
	*p = '\n';
	return len;
}

size_t bench_header(const char *kind, uint32_t seq, char *text)
{
	uint32_t ms = 1000 + seq;

	if (!strcmp(kind, "extended"))
		return (size_t)sprintf(text, "6,%u,%u000,-;", seq, ms);
	if (!strcmp(kind, "text"))
		return (size_t)sprintf(text, "[%5u.%03u000] ", ms / 1000,
				       ms % 1000);
	return 0;
}

size_t bench_cut(size_t len, unsigned f, unsigned frags)
{
	return len * f / frags;
}

uint32_t bench_block(uint32_t sources)
{
	uint32_t block = BENCH_BLOCK_MAX;

	while (sources % block)
		block--;
	return block;
}

int set_rbuf(int fd, int bytes)
{
	int got = 0;
	socklen_t len = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) <
	    0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len) < 0)
		die("SO_RCVBUF");
	return got;
}

int run_tool(char **args, char *answer)
{
	size_t len = 0;
	ssize_t n;
	int status;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], 1);
		execv(args[0], args);
		die(args[0]);
	}
	close(ends[1]);
	while ((n = read(ends[0], answer + len, ANSWER_MAX - 1 - len)) > 0)
		len += (size_t)n;
	answer[len] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	close(ends[0]);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

uint64_t answer_number(const char *answer, const char *name)
{
	const char *p = strstr(answer, name);

	return p ? strtoull(p + strlen(name), NULL, 10) : 0;
}

static void read_table(const char *table, uint16_t port, struct waiting *w)
{
	FILE *f = fopen(table, "re");
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		unsigned local;
		unsigned long long rx;
		unsigned long drops;

		/* sl local remote st tx:rx tr:when retr uid timeout inode ref
		 * pointer drops */
		if (sscanf(line,
			   "%*s %*[^:]:%x %*s %*s %*x:%llx %*s %*s %*s %*s %*s "
			   "%*s %*s %lu",
			   &local, &rx, &drops) != 3 ||
		    local != port)
			continue;
		w->sockets++;
		w->bytes += rx;
		w->drops += drops;
	}
	if (f)
		fclose(f);
}

struct waiting udp_sockets(uint16_t port)
{
	struct waiting w = { 0, 0, 0 };

	read_table("/proc/net/udp6", port, &w);
	read_table("/proc/net/udp", port, &w);
	return w;
}

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

void catch_stop(void)
{
	struct sigaction sa = { .sa_handler = stop };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

bool select_or_stop(int fd)
{
	sigset_t none;
	fd_set fds;

	sigemptyset(&none);
	FD_ZERO(&fds);
	FD_SET((uint16_t)fd, &fds);
	if (pselect(fd + 1, &fds, NULL, NULL, NULL, &none) < 0 &&
	    errno != EINTR)
		die("pselect");
	return !stopped;
}

/* A socket for both families where there is IPv6, as the daemon has it. */
static int bound_socket(const char *ip, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons(port) };
	bool is_six = inet_pton(AF_INET6, ip, &six.sin6_addr) == 1;
	int off = 0;
	int fd = -1;

	inet_pton(AF_INET, ip, &four.sin_addr);
	if (is_six)
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
		if (!bind(fd, (struct sockaddr *)&six, sizeof(six)))
			return fd;
		close(fd);
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&four, sizeof(four)) < 0)
		die("bind");
	return fd;
}

int floor_socket(char **argv)
{
	int fd = bound_socket(opt_text(argv, "ip", "::"),
			      (uint16_t)opt_number(argv, "port", 6666));

	set_rbuf(fd, (int)opt_number(argv, "rbuf", 134217728));
	return fd;
}

int floor_file(char **argv)
{
	char day[16];
	char path[4096];
	time_t now = time(NULL);
	struct tm tm;
	int fd;

	localtime_r(&now, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	snprintf(path, sizeof(path), "%s/%s.log", opt_text(argv, "dir", "."),
		 day);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

void floor_write(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			die("write");
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
}
