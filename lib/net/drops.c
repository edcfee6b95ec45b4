/* drops - datagrams that the kernel dropped; see drops.h. */
#include "drops.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>

#include "collector.h"
#include "sys.h"

/* Linux's, include/uapi/asm-generic/socket.h and linux/sock_diag.h. */
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#define MEMINFO_DROPS 8
#define MEMINFO_VARS  9

#define LATE_MS 1000 /* how late a drop may be logged that nothing followed */
#define BURST	64 /* datagrams in a round */
#define SAME_MS 100 /* in which further drops have the same cause */

void drops_init(struct drops *d, const struct sys *sys, int fd)
{
	*d = (struct drops){ .sys = sys, .fd = fd, .place = "" };
	udpstat_read(sys, &d->logged_at);
	d->latest = d->logged_at;
}

/* Its drops may be of before; any cause since the machine started counts. */
void drops_adopt(struct drops *d)
{
	d->adopted = true;
	d->logged_at = (struct udpstat){ .full = 0 };
}

/* The kernel's count now.  Before Linux 4.12 there is no SO_MEMINFO. */
static bool ask(const struct drops *d, uint32_t *count)
{
	uint32_t info[MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (d->sys->getsockopt(d->fd, SOL_SOCKET, SO_MEMINFO, info, &len) ||
	    len < sizeof(info))
		return false;
	*count = info[MEMINFO_DROPS];
	return true;
}

/*
 * The previous owner logged all drops up to its last read, which left the
 * socket empty.  What was queued next found room, so it carries the count that
 * is logged; drops while nobody had the socket came after it.  With none
 * queued, there were none.
 */
void drops_settle(struct drops *d, const uint32_t *count)
{
	if (!d->adopted || (!count && !ask(d, &d->logged)))
		return;
	if (count)
		d->logged = *count;
	d->adopted = false;
}

/*
 * A datagram that was queued before the last SO_MEMINFO carries a count below
 * @logged: no news.
 */
uint32_t drops_since(const struct drops *d, uint32_t count)
{
	uint32_t since = count - d->logged;

	return since <= INT32_MAX ? since : 0;
}

uint32_t drops_unlogged(const struct drops *d)
{
	uint32_t count;

	if (d->adopted || !ask(d, &count))
		return 0;
	return drops_since(d, count);
}

bool drops_may_be_news(const struct drops *d)
{
	uint32_t count;

	return d->adopted || !ask(d, &count) || count != d->logged;
}

/* Looks for the cause of drops; in a flood, not for each of them. */
static void find_cause(struct drops *d)
{
	uint64_t now_ms = sys_monotonic_ms(d->sys);
	struct udpstat now;

	if (d->cause && now_ms - d->latest_ms < SAME_MS)
		return;
	d->cause = NULL;
	if (!udpstat_read(d->sys, &now))
		return;
	d->cause = udpstat_cause(&d->logged_at, &now);
	d->latest = now;
	d->latest_ms = now_ms;
}

bool drops_log(struct drops *d, struct collector *collector, uint32_t dropped,
	       const struct timespec *time)
{
	struct timespec now = { 0, 0 };
	char text[256];

	if (!time)
		d->sys->clock_gettime(CLOCK_REALTIME, &now);
	find_cause(d);
	snprintf(text, sizeof(text), "%" PRIu32 " datagrams lost%s%s%s",
		 dropped, d->place, d->cause ? ", " : "",
		 d->cause ? d->cause : "");
	if (!collector_note(collector, time ? time : &now, dropped, d->port,
			    text))
		return false;
	d->logged_at = d->latest;
	d->logged += dropped;
	d->total += dropped;
	return true;
}

void drops_note_round(struct drops *d, unsigned received, uint64_t now_ms)
{
	if (received >= BURST)
		d->due_ms = now_ms;
	else if (received > 0 && d->due_ms == 0)
		d->due_ms = now_ms + LATE_MS;
}

uint64_t drops_deadline(const struct drops *d)
{
	return d->due_ms > 0 ? d->due_ms : DEADLINE_NEVER;
}

void drops_looked(struct drops *d)
{
	d->due_ms = 0;
}
