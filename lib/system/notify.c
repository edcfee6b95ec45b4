/* notify - the service manager is told; see notify.h. */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "decimal.h"
#include "errortext.h"
#include "escape.h"
#include "sys.h"

#define AGAIN_MS 1000

/* Writes the address of @name into @sa; 0: there is no such address. */
static socklen_t address_of(const char *name, struct sockaddr_un *sa)
{
	size_t len = strlen(name);

	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((name[0] != '/' && name[0] != '@') || len < 2 ||
	    len >= sizeof(sa->sun_path))
		return 0;
	memcpy(sa->sun_path, name, len);
	if (name[0] == '@')
		sa->sun_path[0] = '\0';
	/* An abstract name ends with the address, a path with its NUL. */
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
			   (name[0] == '/'));
}

static int connect_to(struct notify *notify, const char *name)
{
	struct sockaddr_un sa;
	socklen_t len = address_of(name, &sa);
	int saved;

	if (len == 0) {
		errno = EINVAL;
		return -1;
	}
	notify->fd = notify->sys->socket(
		AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->fd < 0)
		return -1;
	notify->wanted = notify->sys->connect(notify->fd,
					      (struct sockaddr *)&sa, len) == 0;
	if (notify->wanted)
		return 0;
	saved = errno;
	notify->sys->close(notify->fd);
	errno = saved;
	return -1;
}

/* Half of what the manager waits, as sd_watchdog_enabled(3) recommends. */
static uint64_t read_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t number;

	if (pid && (!decimal_parse(pid, INT_MAX, &number) ||
		    number != (uint64_t)getpid()))
		return 0;
	if (!usec || !decimal_parse(usec, UINT64_MAX, &number) || number == 0)
		return 0;
	return number / 2000 > 0 ? number / 2000 : 1;
}

int notify_open(struct notify *notify, const struct sys *sys,
		char error[ERROR_MAX])
{
	const char *name = getenv("NOTIFY_SOCKET");
	char shown[ESCAPE_SHOWN_MAX];
	int result = 0;

	*notify = (struct notify){ .sys = sys };
	if (name && connect_to(notify, name)) {
		escape_shown(shown, name);
		snprintf(error, ERROR_MAX,
			 "NOTIFY_SOCKET=%s: unable to tell the service manager "
			 "anything: %s",
			 shown, errortext(errno));
		result = -1;
	}
	if (notify->wanted)
		notify->watchdog_ms = read_watchdog();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return result;
}

static bool send_text(struct notify *notify, const char *text)
{
	size_t len = strlen(text);

	return !notify->wanted ||
	       notify->sys->send(notify->fd, text, len,
				 MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* @text is a state: the manager waits for it. */
static void tell_state(struct notify *notify, const char *text, uint64_t now_ms)
{
	notify->untold[0] = '\0';
	if (send_text(notify, text))
		return;
	snprintf(notify->untold, sizeof(notify->untold), "%s", text);
	notify->again_ms = now_ms + AGAIN_MS;
}

void notify_ready(struct notify *notify, uint64_t now_ms)
{
	tell_state(notify, "READY=1", now_ms);
}

/* systemd.service(5), Type=notify-reload, wants the time of the clock, too. */
void notify_reloading(struct notify *notify)
{
	struct timespec now = { 0, 0 };
	char text[NOTIFY_TEXT_MAX];

	if (!notify->wanted)
		return;
	notify->sys->clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	send_text(notify, text);
}

void notify_stopping(struct notify *notify, uint64_t now_ms)
{
	tell_state(notify, "STOPPING=1\nSTATUS=writing what waits", now_ms);
}

void notify_status(struct notify *notify, const char *text)
{
	char message[NOTIFY_TEXT_MAX];

	snprintf(message, sizeof(message), "STATUS=%s", text);
	send_text(notify, message);
}

void notify_tick(struct notify *notify, uint64_t now_ms)
{
	if (notify->untold[0] != '\0' && now_ms >= notify->again_ms) {
		if (send_text(notify, notify->untold))
			notify->untold[0] = '\0';
		notify->again_ms = now_ms + AGAIN_MS;
	}
	if (notify->watchdog_ms > 0 && now_ms >= notify->ping_ms) {
		send_text(notify, "WATCHDOG=1");
		notify->ping_ms = now_ms + notify->watchdog_ms;
	}
}

uint64_t notify_deadline(const struct notify *notify)
{
	uint64_t due =
		notify->watchdog_ms > 0 ? notify->ping_ms : DEADLINE_NEVER;

	return notify->untold[0] == '\0'
		       ? due
		       : deadline_earlier(due, notify->again_ms);
}
