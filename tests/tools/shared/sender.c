/*
 * Sends datagrams from many sources.  See sender.h.
 */
#include "sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NS       200000L
#define OVERHEAD_BYTES 1280U /* the kernel's own, for one queued datagram */

static int fail(struct sender *s, const char *what, const char *why)
{
	snprintf(s->error, sizeof(s->error), "%s: %s", what, why);
	return -1;
}

/* Sleeps a little; false when that has gone on since @begin for too long. */
static bool pause_shortly(const struct timespec *begin)
{
	struct timespec t = { 0, PAUSE_NS };
	struct timespec now;

	nanosleep(&t, NULL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - begin->tv_sec <= SENDER_PATIENCE_S;
}

/*
 * Adds up what waits in the sockets of one /proc/net/udp* that receive on
 * @port and are not connected.  Returns how many of them there are.
 *
 *	sl  local_address rem_address   st tx_queue:rx_queue ...
 *	 0: 0100007F:1A0A 00000000:0000 07 00000000:00000000 ...
 */
static int add_queue(const char *path, unsigned port, uint64_t *bytes)
{
	FILE *file = fopen(path, "r");
	char line[512];
	int found = 0;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		unsigned local, remote;
		unsigned long waiting;

		if (sscanf(line, "%*s %*[^:]:%x %*[^:]:%x %*s %*[^:]:%lx",
			   &local, &remote, &waiting) != 3)
			continue;
		if (local != port || remote != 0)
			continue;
		*bytes += waiting;
		found++;
	}
	fclose(file);
	return found;
}

static void look_at_queue(struct sender *s)
{
	unsigned port = ntohs(s->to.in.sin_port); /* in6 has it there too */
	int found;

	s->queued_bytes = 0;
	found = add_queue("/proc/net/udp", port, &s->queued_bytes);
	found += add_queue("/proc/net/udp6", port, &s->queued_bytes);
	s->blind = found == 0;
}

/* Waits until the receiver's queue holds at most @bytes. */
static int wait_for_queue(struct sender *s, uint64_t bytes)
{
	struct timespec begin;

	if (s->window_bytes == 0 || s->blind || s->queued_bytes <= bytes)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	look_at_queue(s);
	while (s->queued_bytes > bytes) {
		if (!pause_shortly(&begin))
			return fail(s, "the receiver", "takes no datagrams");
		look_at_queue(s);
	}
	return 0;
}

int sender_drain(struct sender *s)
{
	return wait_for_queue(s, 0);
}

/*
 * 10.99.0.2 becomes 127.99.0.2, which exists wherever loopback does.  127.0.0.0
 * and 127.255.255.255 are broadcast addresses and cannot send.
 */
static uint32_t loopback_of(const struct dgram *dg)
{
	const unsigned char *p = (const unsigned char *)dg->addr;
	uint32_t host = 2166136261U;
	struct in_addr in;

	if (inet_pton(AF_INET, dg->addr, &in) == 1)
		host = ntohl(in.s_addr);
	else /* FNV-1a of the text: any function of the address will do */
		for (; *p; p++)
			host = (host ^ *p) * 16777619U;
	host &= 0xffffff;
	if (host == 0 || host == 0xffffff)
		host ^= 2;
	return htonl(127U << 24 | host);
}

/* The address to send from; its port is the recorded one. */
static void address_of(const struct sender *s, const struct dgram *dg,
		       union sender_address *from)
{
	bool loopback = s->map == SENDER_LOOPBACK;

	memset(from, 0, sizeof(*from));
	from->any.sa_family = s->to.any.sa_family;
	from->in.sin_port = htons(dg->port);
	if (from->any.sa_family == AF_INET6) {
		from->in6.sin6_addr = in6addr_loopback;
		if (!loopback)
			inet_pton(AF_INET6, dg->addr, &from->in6.sin6_addr);
		return;
	}
	from->in.sin_addr.s_addr = loopback_of(dg);
	if (!loopback)
		inet_pton(AF_INET, dg->addr, &from->in.sin_addr);
}

/*
 * On loopback, a port that is taken or not ours to take may be any other; but
 * one that another sender has is shared with it.
 */
static int bind_source(struct sender *s, int fd, const struct dgram *dg)
{
	union sender_address from;
	const int on = 1;

	if (s->map == SENDER_ANY)
		return 0;
	if (s->map == SENDER_ASIS && dg->family != s->to.any.sa_family)
		return fail(s, dg->addr, "not of the receiver's family");
	address_of(s, dg, &from);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &from.any, s->to_len) == 0)
		return 0;
	from.in.sin_port = 0;
	if (s->map == SENDER_LOOPBACK && bind(fd, &from.any, s->to_len) == 0)
		return 0;
	return fail(s, dg->addr, strerror(errno));
}

/* `10.99.0.2:6665 -> 127.99.0.2:6665` */
static int tell_source(struct sender *s, const struct sender_source *from)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	union sender_address local;
	socklen_t len = sizeof(local);

	if (getsockname(from->fd, &local.any, &len))
		return fail(s, "getsockname", strerror(errno));
	if (getnameinfo(&local.any, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return fail(s, "getnameinfo", "unable to print an address");
	printf(strchr(from->addr, ':') ? "[%s]:%u" : "%s:%u", from->addr,
	       (unsigned)from->port);
	printf(strchr(host, ':') ? " -> [%s]:%s\n" : " -> %s:%s\n", host, port);
	return fflush(stdout) ? fail(s, "stdout", strerror(errno)) : 0;
}

static struct sender_source *add_source(struct sender *s,
					const struct dgram *dg)
{
	struct sender_source *from = &s->sources[s->count];

	if (s->count == SENDER_MAX_SOURCES) {
		fail(s, "recording", "more than 1024 sources");
		return NULL;
	}
	memcpy(from->addr, dg->addr, sizeof(from->addr));
	from->port = dg->port;
	from->fd = socket(s->to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (from->fd < 0) {
		fail(s, "socket", strerror(errno));
		return NULL;
	}
	s->count++;
	if (bind_source(s, from->fd, dg))
		return NULL;
	if (connect(from->fd, &s->to.any, s->to_len)) {
		fail(s, "connect", strerror(errno));
		return NULL;
	}
	return tell_source(s, from) ? NULL : from;
}

static struct sender_source *find_source(struct sender *s,
					 const struct dgram *dg)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->sources[i].port == dg->port &&
		    strcmp(s->sources[i].addr, dg->addr) == 0)
			return &s->sources[i];
	return add_source(s, dg);
}

/*
 * ENOBUFS, ENOMEM and EAGAIN: our own side's queue is full, and empties by
 * itself.  ECONNREFUSED tells of an earlier datagram that nobody was there to
 * receive.
 */
int sender_send(struct sender *s, const struct dgram *dg)
{
	struct sender_source *from = find_source(s, dg);
	struct timespec begin;

	if (!from || wait_for_queue(s, s->window_bytes))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (send(from->fd, dg->bytes, dg->len, MSG_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != ENOBUFS && errno != EAGAIN && errno != ENOMEM)
			return fail(s, "send", strerror(errno));
		if (!pause_shortly(&begin))
			return fail(s, "send", "our side's queue stays full");
	}
	s->sent++;
	s->sent_bytes += dg->len;
	s->queued_bytes += dg->len + OVERHEAD_BYTES;
	return 0;
}

static bool is_loopback(const union sender_address *a)
{
	if (a->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
	return ntohl(a->in.sin_addr.s_addr) >> 24 == 127;
}

int sender_open(struct sender *s, const char *host, const char *port,
		enum sender_map map, uint64_t window_bytes)
{
	struct addrinfo hints = { 0 }, *info;
	int error;

	memset(s, 0, sizeof(*s));
	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	hints.ai_socktype = SOCK_DGRAM;
	error = getaddrinfo(host, port, &hints, &info);
	if (error)
		return fail(s, host, gai_strerror(error));
	memcpy(&s->to, info->ai_addr, info->ai_addrlen);
	s->to_len = info->ai_addrlen;
	freeaddrinfo(info);
	if (s->to.in.sin_port == 0)
		return fail(s, port, "not a port");
	s->map = map;
	if (map == SENDER_DEFAULT)
		s->map = is_loopback(&s->to) ? SENDER_LOOPBACK : SENDER_ANY;
	s->window_bytes = window_bytes;
	look_at_queue(s);
	return 0;
}

void sender_close(struct sender *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		close(s->sources[i].fd);
	s->count = 0;
}
