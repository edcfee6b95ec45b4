/* service - the sockets that a service manager passes on; see service.h. */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"
#include "errortext.h"
#include "escape.h"
#include "srcaddr.h"
#include "sys.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START, sd_listen_fds(3) */

/* LISTEN_FDS, if it is meant for this process, else "0". */
static void read_passed(char shown[ESCAPE_SHOWN_MAX])
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	uint64_t number;

	if (!pid || !fds || !decimal_parse(pid, INT_MAX, &number) ||
	    number != (uint64_t)getpid())
		fds = "0";
	escape_shown(shown, fds);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_PIDFDID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

static int option_of(const struct sys *sys, int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	if (sys->getsockopt(fd, SOL_SOCKET, name, &value, &len))
		return -1;
	return value;
}

/* Why the socket can't be used, or NULL. */
static const char *objection_to_socket(const struct sys *sys, int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct srcaddr local;
	int domain = option_of(sys, fd, SO_DOMAIN);

	if (domain < 0)
		return errortext(errno);
	if ((domain != AF_INET && domain != AF_INET6) ||
	    option_of(sys, fd, SO_TYPE) != SOCK_DGRAM ||
	    option_of(sys, fd, SO_PROTOCOL) != IPPROTO_UDP)
		return "it is not a UDP socket (ListenDatagram=)";
	if (sys->getsockname(fd, (struct sockaddr *)&sa, &len))
		return errortext(errno);
	srcaddr_from(&local, (struct sockaddr *)&sa, len);
	return local.port == 0 ? "it is not bound to a port" : NULL;
}

static int set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return -1;
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Why the passed descriptors can't be used, or NULL. */
static const char *objection_to_passed(const struct sys *sys, const char *fds,
				       unsigned *count)
{
	const char *why = NULL;
	uint64_t number;
	int fd;

	if (!decimal_parse(fds, INT_MAX, &number))
		return "it is not a number";
	if (number > SOCKETS_MAX)
		return "there are too many";
	*count = (unsigned)number;
	for (fd = FIRST_FD; !why && fd < FIRST_FD + (int)number; fd++)
		why = objection_to_socket(sys, fd);
	for (fd = FIRST_FD; !why && fd < FIRST_FD + (int)number; fd++)
		if (set_flags(fd))
			why = errortext(errno);
	return why;
}

int service_sockets(const struct sys *sys, unsigned *count,
		    char error[ERROR_MAX])
{
	char fds[ESCAPE_SHOWN_MAX];
	const char *why;

	read_passed(fds);
	if (strcmp(fds, "0") == 0)
		return SERVICE_NO_SOCKET;
	why = objection_to_passed(sys, fds, count);
	if (!why)
		return FIRST_FD;
	snprintf(error, ERROR_MAX,
		 "LISTEN_FDS=%s: unable to take what was passed: %s; allowed "
		 "are 1 to %d UDP sockets",
		 fds, why, SOCKETS_MAX);
	return SERVICE_REFUSED;
}
