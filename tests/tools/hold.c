/*
 * hold - keeps UDP sockets open while the command that receives from them comes
 * and goes, as a service manager does.
 *
 *	hold COMMAND [ARGUMENT]...
 *
 * There are as many as HOLD_SOCKETS in the environment says, or one.  Each is
 * bound to a free port of 127.0.0.1, which is a line on standard output, and
 * passed on as sd_listen_fds(3) describes.  When COMMAND
 * ends it is started again, and its process number is the next line.  TERM is
 * passed on, and is the end of both.  HOLD_BYTES in the environment is the size
 * of its receive buffer.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD     3 /* SD_LISTEN_FDS_START */
#define HIGH_FD	     64
#define SOCKETS	     16
#define STARTS_MAX   1000
#define BUFFER_BYTES (128 << 20)

static volatile sig_atomic_t told;

static void on_term(int number)
{
	told = number;
}

static int fail(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

static int open_socket(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	const char *wanted = getenv("HOLD_BYTES");
	const int bytes = wanted ? atoi(wanted) : BUFFER_BYTES;
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    getsockname(fd, (struct sockaddr *)&sin, &len))
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	printf("%d\n", ntohs(sin.sin_port));
	fflush(stdout);
	return fd;
}

/* High up, so that those where they are passed are free. */
static int open_high(void)
{
	int fd = open_socket();
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);

	if (fd >= 0)
		close(fd);
	return high;
}

static void become(const int *fds, int count, char **command)
{
	char pid[24], number[24];
	int i;

	for (i = 0; i < count; i++)
		if (dup2(fds[i], FIRST_FD + i) < 0)
			exit(fail("dup2"));
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("LISTEN_PID", pid, 1);
	snprintf(number, sizeof(number), "%d", count);
	setenv("LISTEN_FDS", number, 1);
	execvp(command[0], command);
	exit(fail(command[0]));
}

/* Starts it once; returns how it ended. */
static int run_once(const int *fds, int count, char **command)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become(fds, count, command);
	printf("%ld\n", (long)pid);
	fflush(stdout);
	while (waitpid(pid, &status, 0) < 0)
		if (told)
			kill(pid, told);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_term };
	const char *wanted = getenv("HOLD_SOCKETS");
	int count = wanted ? atoi(wanted) : 1;
	int starts, status = EXIT_FAILURE, i;
	int fds[SOCKETS];

	if (argc < 2) {
		fprintf(stderr, "usage: hold COMMAND [ARGUMENT]...\n");
		return EXIT_FAILURE;
	}
	sigaction(SIGTERM, &sa, NULL);
	for (i = 0; i < count && i < SOCKETS; i++) {
		fds[i] = open_high();
		if (fds[i] < 0)
			return fail("socket");
	}
	for (starts = 0; starts < STARTS_MAX && !told; starts++)
		status = run_once(fds, i, argv + 1);
	return status;
}
