/*
 * measure.c - one run of one receiver under one load, told in one line.
 *
 * Starts the receiver on a processor of its own, lets load send to it from
 * another, takes the receiver's CPU time (all its threads, user and system,
 * nanoseconds) from before the first measured datagram until it is idle after
 * the last, stops it and has check read its log.
 *
 *   measure load=drain|paced|latency bin=DIR dir=DIR rx=CPU tx=CPU
 *	sources=N count=LINES fills=N warm=N rate=N frags=N open=yes|no
 *	header=KIND send=HOW recording=FILE recorded=EXPECTED shape=SHAPE
 *	apart=yes ends=any calm=MS seconds=LIMIT
 *	-- RECEIVER ARG...
 *
 * header, send, recording and seconds are load's, recorded, shape and apart are check's.
 * ends=any: the receiver need not exit with 0 when it is told to stop.  calm: how
 * long it must be idle before a reading that counts, where lines wait for others.
 *
 * drain: the receiver is stopped (SIGSTOP) while COUNT lines go into its
 * queue, then continued until the queue is empty; FILLS times, after WARM
 * times that are not counted.  paced: COUNT lines at RATE datagrams a second.
 *
 * latency: COUNT lines at RATE a second, and when each can be seen in the file;
 * see latency.c.
 *
 * @PORT@ in the receiver's arguments becomes the port's number.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_MS    5000 /* for the receiver to bind its socket */
#define DRAIN_MS    60000 /* for it to store what was sent, in many files */
#define STOP_MS	    40000 /* for it to exit after SIGTERM */
#define POLL_US	    1000
#define CALM_MS	    8 /* CPU time unchanged so long: idle, between fills */
#define CALM_END_MS 60 /* the same, by default, before a reading that counts */
#define ARGS_MAX    64

struct run {
	char **argv;
	const char *bin;
	const char *dir;
	const char *send;
	const char *recording;
	const char *forged;
	bool drain;
	bool open_lines;
	uint32_t sources;
	uint64_t count;
	uint64_t fills;
	uint64_t warm;
	uint64_t rate;
	uint64_t frags;
	uint64_t calm_ms;
	uint64_t next; /* number of the next line to be sent */
	uint64_t passes; /* times that the load was sent */
	uint64_t sent; /* datagrams */
	uint16_t port;
	pid_t pid;
	clockid_t clock;
	uint64_t datagrams; /* of the load that was sent last */
	uint64_t sent_rate;
};

static struct run *cleanup_run;

/* A stopped child would wait for ever. */
static void kill_receiver(void)
{
	if (cleanup_run && cleanup_run->pid > 0)
		kill(cleanup_run->pid, SIGKILL);
}

static void fail(const char *what)
{
	errno = 0;
	die(what);
}

static uint16_t free_port(void)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr *any = (struct sockaddr *)&six;
	socklen_t len = sizeof(six);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		any = (struct sockaddr *)&four;
		len = sizeof(four);
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	}
	if (fd < 0 || bind(fd, any, len) < 0 || getsockname(fd, any, &len) < 0)
		die("no free port");
	close(fd);
	return ntohs(len == sizeof(six) ? six.sin6_port : four.sin_port);
}

static char **with_port(char **args, uint16_t port)
{
	static char *out[ARGS_MAX + 1];

	for (int i = 0; args[i] && i < ARGS_MAX; i++) {
		const char *mark = strstr(args[i], "@PORT@");

		out[i] = args[i];
		if (mark && asprintf(&out[i], "%.*s%u%s", (int)(mark - args[i]),
				     args[i], port, mark + 6) < 0)
			die("asprintf");
	}
	return out;
}

static void start_receiver(struct run *r, char **args, int cpu)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/receiver.out", r->dir);
	r->pid = fork();
	if (r->pid < 0)
		die("fork");
	if (r->pid) {
		cleanup_run = r;
		atexit(kill_receiver);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin_to_cpu(cpu);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, 1);
	dup2(fd, 2);
	close(0);
	open("/dev/null", O_RDONLY);
	execv(args[0], args);
	die(args[0]);
}

static bool receiver_ended(const struct run *r)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)r->pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}

static uint64_t cpu_ns(const struct run *r)
{
	struct timespec ts;

	if (clock_gettime(r->clock, &ts) < 0)
		fail("the receiver ended");
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Until nothing waits in the socket and no CPU time was used for @calm_ms. */
static void wait_idle(const struct run *r, uint64_t calm_ms)
{
	uint64_t limit = now_ns() + DRAIN_MS * 1000000ull;
	uint64_t last = cpu_ns(r);
	uint64_t since = now_ns();

	while (now_ns() - since < calm_ms * 1000000) {
		uint64_t cpu;

		sleep_us(POLL_US);
		cpu = cpu_ns(r);
		if (cpu != last || udp_sockets(r->port).bytes > 0)
			since = now_ns();
		last = cpu;
		if (receiver_ended(r))
			fail("the receiver ended");
		if (now_ns() > limit)
			fail("the receiver does not become idle");
	}
}

static void wait_bound(struct run *r)
{
	uint64_t limit = now_ns() + START_MS * 1000000ull;

	while (!udp_sockets(r->port).sockets) {
		if (receiver_ended(r))
			fail("the receiver did not start");
		if (now_ns() > limit)
			fail("the receiver does not bind its port");
		sleep_us(POLL_US);
	}
	if (clock_getcpuclockid(r->pid, &r->clock))
		fail("no CPU clock of the receiver");
	wait_idle(r, CALM_END_MS);
}

/* The arguments of one of the tools, "name=value" each. */
struct args {
	char *at[16];
	int count;
};

__attribute__((format(printf, 2, 3))) static void
add_arg(struct args *a, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	if (a->count > 14 || vasprintf(&a->at[a->count++], format, values) < 0)
		die("arguments");
	va_end(values);
}

static void free_args(struct args *a)
{
	while (a->count > 0)
		free(a->at[--a->count]);
}

static void send_load(struct run *r)
{
	struct args a = { .count = 0 };
	char answer[ANSWER_MAX];

	add_arg(&a, "%s/load", r->bin);
	add_arg(&a, "port=%u", r->port);
	add_arg(&a, "sources=%u", r->sources);
	add_arg(&a, "first=%" PRIu64, r->next);
	add_arg(&a, "count=%" PRIu64, r->count);
	add_arg(&a, "rate=%" PRIu64, r->rate);
	add_arg(&a, "frags=%" PRIu64, r->frags);
	add_arg(&a, "open=%s", r->open_lines ? "yes" : "no");
	add_arg(&a, "header=%s", opt_text(r->argv, "header", "no"));
	add_arg(&a, "send=%s", r->send);
	add_arg(&a, "recording=%s", r->recording);
	add_arg(&a, "forged=%s", r->forged);
	add_arg(&a, "bytes=%s", opt_text(r->argv, "bytes", "1000"));
	add_arg(&a, "seconds=%s", opt_text(r->argv, "seconds", "60"));
	if (run_tool(a.at, answer))
		fail("load failed");
	free_args(&a);
	if (answer_number(answer, "sources ") != r->sources)
		fail("load has not enough sources (no raw socket)");
	r->datagrams = answer_number(answer, "datagrams ");
	r->sent_rate = answer_number(answer, "rate ");
	r->next += r->count;
	r->sent += r->datagrams;
	r->passes++;
}

static void fill_and_drain(struct run *r)
{
	int status;

	kill(r->pid, SIGSTOP);
	if (waitpid(r->pid, &status, WUNTRACED) < 0 || !WIFSTOPPED(status))
		fail("the receiver cannot be stopped");
	send_load(r);
	kill(r->pid, SIGCONT);
	wait_idle(r, CALM_MS);
}

static void measure_latency(const struct run *r)
{
	struct args a = { .count = 0 };
	char answer[ANSWER_MAX];

	add_arg(&a, "%s/latency", r->bin);
	add_arg(&a, "port=%u", r->port);
	add_arg(&a, "rate=%" PRIu64, r->rate);
	add_arg(&a, "count=%" PRIu64, r->count);
	add_arg(&a, "dir=%s", r->dir);
	if (run_tool(a.at, answer))
		fail("latency failed");
	free_args(&a);
	printf("%s\n", answer);
}

/* CPU time of all measured fills; @datagrams is their number. */
static uint64_t measure_cpu(struct run *r, uint64_t *datagrams)
{
	uint64_t before;

	for (uint64_t i = 0; i < r->warm; i++)
		r->drain ? fill_and_drain(r) : send_load(r);
	*datagrams = 0;
	wait_idle(r, r->calm_ms);
	before = cpu_ns(r);
	for (uint64_t i = 0; i < r->fills; i++) {
		r->drain ? fill_and_drain(r) : send_load(r);
		*datagrams += r->datagrams;
	}
	wait_idle(r, r->calm_ms);
	return cpu_ns(r) - before;
}

/* @name: "VmRSS:", or "VmHWM:" for the most so far. */
static uint64_t resident_kib(const struct run *r, const char *name)
{
	char path[64];
	char line[256];
	uint64_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)r->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			kib = strtoull(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static void stop_receiver(struct run *r)
{
	uint64_t limit = now_ns() + STOP_MS * 1000000ull;
	int status;

	kill(r->pid, SIGTERM);
	while (!receiver_ended(r)) {
		if (now_ns() > limit)
			fail("the receiver does not end after SIGTERM");
		sleep_us(POLL_US);
	}
	waitpid(r->pid, &status, 0);
	r->pid = 0;
	if (strcmp(opt_text(r->argv, "ends", ""), "any") != 0 &&
	    (!WIFEXITED(status) || WEXITSTATUS(status)))
		fail("the receiver did not exit with 0");
}

static void check_log(const struct run *r, char *answer)
{
	const char *recorded = opt_text(r->argv, "recorded", "");
	struct args a = { .count = 0 };

	add_arg(&a, "%s/check", r->bin);
	add_arg(&a, "shape=%s", opt_text(r->argv, "shape", "source"));
	add_arg(&a, "sources=%u", r->sources);
	add_arg(&a, "lines=%" PRIu64, r->next);
	add_arg(&a, "datagrams=%" PRIu64, r->sent);
	add_arg(&a, "passes=%" PRIu64, r->passes);
	add_arg(&a, "open=%s", r->open_lines ? "yes" : "no");
	add_arg(&a, "header=%s", opt_text(r->argv, "header", "no"));
	if (!strcmp(r->send, "cut"))
		add_arg(&a, "even=%d", BENCH_LINE_EVEN);
	if (*recorded)
		add_arg(&a, "recorded=%s", recorded);
	add_arg(&a, "apart=%s", opt_text(r->argv, "apart", "no"));
	add_arg(&a, "in=%s", r->dir);
	run_tool(a.at, answer);
	free_args(&a);
	if (!*answer)
		fail("check failed");
}

static void set_up(struct run *r, char **argv)
{
	r->argv = argv;
	r->bin = opt_text(argv, "bin", ".");
	r->dir = opt_text(argv, "dir", ".");
	r->drain = !strcmp(opt_text(argv, "load", "drain"), "drain");
	r->open_lines = !strcmp(opt_text(argv, "open", "no"), "yes");
	r->sources = (uint32_t)opt_number(argv, "sources", 1);
	r->count = opt_number(argv, "count", 10000);
	r->fills = opt_number(argv, "fills", 1);
	r->warm = opt_number(argv, "warm", 0);
	r->rate = opt_number(argv, "rate", 0);
	r->frags = opt_number(argv, "frags", 1);
	r->calm_ms = opt_number(argv, "calm", CALM_END_MS);
	r->send = opt_text(argv, "send", "auto");
	r->recording = opt_text(argv, "recording", "");
	r->forged = opt_text(argv, "forged", "");
	r->port = free_port();
}

int main(int argc, char **argv)
{
	static struct run r;
	char **receiver = argv + 1;
	char answer[ANSWER_MAX];
	uint64_t datagrams = 0;
	uint64_t idle_kib;
	uint64_t ns;

	(void)argc;
	while (*receiver && strcmp(*receiver, "--") != 0)
		receiver++;
	if (!*receiver || !receiver[1])
		fail("measure: no receiver given");
	*receiver++ = NULL;
	set_up(&r, argv);
	start_receiver(&r, with_port(receiver, r.port),
		       (int)opt_number(argv, "rx", 0));
	pin_to_cpu((int)opt_number(argv, "tx", 0));
	wait_bound(&r);
	if (!strcmp(opt_text(argv, "load", "drain"), "latency")) {
		measure_latency(&r);
		stop_receiver(&r);
		return 0;
	}
	idle_kib = resident_kib(&r, "VmRSS:");
	ns = measure_cpu(&r, &datagrams);
	printf("ns %.1f datagrams %" PRIu64 " rate %" PRIu64
	       " idle_kib %" PRIu64 " kib %" PRIu64 " most_kib %" PRIu64
	       " drops %" PRIu64 " ",
	       (double)ns / (double)datagrams, datagrams, r.sent_rate, idle_kib,
	       resident_kib(&r, "VmRSS:"), resident_kib(&r, "VmHWM:"),
	       udp_sockets(r.port).drops);
	fflush(stdout);
	stop_receiver(&r);
	if (*r.forged)
		snprintf(answer, sizeof(answer), "good %" PRIu64 " lost 0",
			 datagrams);
	else
		check_log(&r, answer);
	printf("%s\n", answer);
	return 0;
}
