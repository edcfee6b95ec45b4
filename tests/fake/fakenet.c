/* fakenet - the network and the clocks of fakesys; see fakenet.h. */
#include "fakenet.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fakesys.h"

#define EVENTS 64
/* include/uapi/asm-generic/socket.h */
#define STAMPS_OLD 35
#define STAMPS_NEW 64

#define MEMINFO	   55 /* SO_MEMINFO */
#define FOREVER_MS UINT64_MAX

struct event {
	uint64_t at_ms;
	void (*act)(void);
};

struct queued {
	struct queued *next;
	struct sockaddr_in6 from; /* or a struct sockaddr_in */
	socklen_t from_len;
	struct timespec stamp;
	uint32_t drops;
	size_t len;
	char bytes[];
};

struct queue {
	struct queued *first;
	struct queued **last; /* where the next one goes */
	unsigned count;
};

static struct event events[EVENTS];
static struct queue queues[FAKE_SOCKETS];

static void take_first(struct queue *q)
{
	struct queued *first = q->first;

	q->first = first->next;
	if (--q->count == 0)
		q->last = &q->first;
	free(first);
}

void fakenet_reset(void)
{
	unsigned i;

	for (i = 0; i < FAKE_SOCKETS; i++) {
		while (queues[i].count > 0)
			take_first(&queues[i]);
		queues[i].last = &queues[i].first;
	}
	memset(events, 0, sizeof(events));
}

unsigned fakenet_queued(void)
{
	unsigned count = 0;
	unsigned i;

	for (i = 0; i < FAKE_SOCKETS; i++)
		count += queues[i].count;
	return count;
}

/* What the kernel knows of the socket with @number, from 0. */
static uint32_t *drops_of(unsigned number)
{
	return number == 0 ? &fake.drops : &fake.others[number].drops;
}

static bool *shut_of(unsigned number)
{
	return number == 0 ? &fake.shut : &fake.others[number].shut;
}

static bool *stamps_off_of(unsigned number)
{
	return number == 0 ? &fake.stamps_off : &fake.others[number].stamps_off;
}

uint32_t fake_drops(void)
{
	uint32_t count = 0;
	unsigned i;

	for (i = 0; i < FAKE_SOCKETS; i++)
		count += *drops_of(i);
	return count;
}

static bool is_udp(int fd)
{
	return fd >= 0 && fd < FAKE_FDS && fake.fds[fd].udp > 0;
}

/* The number of the socket @fd, from 0. */
static unsigned number_of(int fd)
{
	unsigned number = is_udp(fd) ? fake.fds[fd].udp - 1 : 0;

	if (number >= FAKE_SOCKETS)
		fake_give_up("too many UDP sockets");
	return number;
}

int fake_udp(void)
{
	return fake_fd(NULL, 0);
}

static struct timespec wall(void)
{
	int64_t ms = (int64_t)fake.now_ms + fake.wall_ms;

	return (struct timespec){ .tv_sec = (time_t)(ms / 1000),
				  .tv_nsec = (long)(ms % 1000) * 1000000 };
}

static void arrive(unsigned host, const void *from, socklen_t from_len,
		   const void *bytes, size_t len)
{
	unsigned number = fake.senders_to > 0 ? host % fake.senders_to : 0;
	struct queue *queue = &queues[number];
	struct queued *q;

	if (*shut_of(number))
		return;
	fake.sent++;
	if (queue->count >= fake.rx_room) {
		++*drops_of(number);
		return;
	}
	q = calloc(1, sizeof(*q) + len);
	q->stamp = wall();
	q->drops = *drops_of(number);
	memcpy(&q->from, from, from_len);
	q->from_len = from_len;
	q->len = len;
	memcpy(q->bytes, bytes, len);
	*queue->last = q;
	queue->last = &q->next;
	queue->count++;
}

void fake_datagram(unsigned host, const void *bytes, size_t len)
{
	struct sockaddr_in from = { .sin_family = AF_INET };

	from.sin_port = htons(6665);
	from.sin_addr.s_addr = htonl(0xc0000200 | host);
	arrive(host, &from, sizeof(from), bytes, len);
}

void fake_say_by(unsigned interface, unsigned host, const char *text)
{
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };

	from.sin6_port = htons(6665);
	from.sin6_addr.s6_addr[0] = 0xfe;
	from.sin6_addr.s6_addr[1] = 0x80;
	from.sin6_addr.s6_addr[15] = (uint8_t)host;
	from.sin6_scope_id = interface;
	arrive(host, &from, sizeof(from), text, strlen(text));
}

void fake_say(unsigned host, const char *text)
{
	fake_datagram(host, text, strlen(text));
}

int fakenet_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)protocol;
	if (!fake_enter(FAKE_SOCKET))
		return -1;
	return fake_fd(NULL, type);
}

int fakenet_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (!fake_enter(FAKE_BIND))
		return -1;
	if (!is_udp(fd))
		return fake_refuse(EBADF);
	memcpy(&fake.bound, addr, len);
	memcpy(&fake.fds[fd].bound, addr, len);
	fake.bind_family = addr->sa_family;
	return 0;
}

/* To itself; from then on nothing comes from anybody else. */
int fakenet_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)addr;
	(void)len;
	if (!fake_enter(FAKE_CONNECT))
		return -1;
	if (!is_udp(fd))
		return fake_refuse(EBADF);
	*shut_of(number_of(fd)) = true;
	return 0;
}

int fakenet_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	const struct sockaddr_storage *bound = &fake.bound;

	if (!fake_enter(FAKE_GETSOCKNAME))
		return -1;
	if (is_udp(fd) && fake.fds[fd].bound.ss_family != AF_UNSPEC)
		bound = &fake.fds[fd].bound;
	*len = bound->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					   : sizeof(struct sockaddr_in6);
	memcpy(addr, bound, *len);
	return 0;
}

/*
 * As net/core/sock.c does it: SO_RCVBUF sets what is asked for, but no more than
 * rmem_max, also where that is less than there was.
 */
static int set_rcvbuf(int fd, int name, int bytes)
{
	if (name == SO_RCVBUFFORCE && fake.no_force)
		return fake_refuse(EPERM);
	if (name == SO_RCVBUF && bytes > fake.rcvbuf_most)
		bytes = fake.rcvbuf_most;
	fake.fds[fd].rcvbuf = bytes;
	return 0;
}

static int set_freebind(int level)
{
	if (fake.no_freebind > 1 ||
	    (fake.no_freebind > 0 && level == IPPROTO_IPV6))
		return fake_refuse(ENOPROTOOPT);
	fake.freebind = true;
	return 0;
}

/* The interface is the last number of both requests. */
static int join(const void *request, socklen_t len)
{
	if (fake.join_error != 0)
		return fake_refuse(fake.join_error);
	fake.joined++;
	memcpy(&fake.joined_by,
	       (const char *)request + len - sizeof(fake.joined_by),
	       sizeof(fake.joined_by));
	return 0;
}

int fakenet_setsockopt(int fd, int level, int name, const void *value,
		       socklen_t len)
{
	int number = 0;

	if (!fake_enter(FAKE_SETSOCKOPT))
		return -1;
	/* Loopback is down. */
	if (level == SOL_SOCKET && name == SO_BINDTODEVICE)
		*shut_of(number_of(fd)) = true;
	if ((level == IPPROTO_IP && name == IP_FREEBIND) ||
	    (level == IPPROTO_IPV6 && name == IPV6_FREEBIND))
		return set_freebind(level);
	if ((level == IPPROTO_IP && name == IP_ADD_MEMBERSHIP) ||
	    (level == IPPROTO_IPV6 && name == IPV6_JOIN_GROUP))
		return join(value, len);
	if (level != SOL_SOCKET || len != sizeof(number))
		return 0;
	memcpy(&number, value, sizeof(number));
	if (name == STAMPS_NEW && fake.linux50)
		return fake_refuse(ENOPROTOOPT);
	if (name == STAMPS_OLD || name == STAMPS_NEW)
		*stamps_off_of(number_of(fd)) = number == 0;
	if (name == SO_RCVBUF || name == SO_RCVBUFFORCE)
		return set_rcvbuf(fd, name, number);
	return 0;
}

int fakenet_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	uint32_t info[9] = { 0 };
	int doubled;

	(void)level;
	if (!fake_enter(FAKE_GETSOCKOPT))
		return -1;
	if (name == MEMINFO && fake.no_meminfo)
		return fake_refuse(ENOPROTOOPT);
	if (name == MEMINFO) {
		info[8] = *drops_of(number_of(fd));
		memcpy(value, info, sizeof(info));
		*len = sizeof(info);
	} else {
		doubled = fake.fds[fd].rcvbuf * 2;
		memcpy(value, &doubled, sizeof(doubled));
		*len = sizeof(doubled);
	}
	return 0;
}

/* SIOCGIFNAME alone. */
int fakenet_ioctl(int fd, unsigned long request, void *argument)
{
	struct ifreq *asked = argument;

	if (!fake_enter(FAKE_IOCTL))
		return -1;
	if (request != SIOCGIFNAME || !is_udp(fd))
		fake_give_up("an ioctl() that is not known");
	if (asked->ifr_ifindex < 0 || asked->ifr_ifindex >= 8 ||
	    fake.interfaces[asked->ifr_ifindex][0] == '\0')
		return fake_refuse(ENODEV);
	memcpy(asked->ifr_name, fake.interfaces[asked->ifr_ifindex], IFNAMSIZ);
	return 0;
}

static void put_control(struct msghdr *header, socklen_t *used, int type,
			const void *value, socklen_t len)
{
	struct cmsghdr cmsg = { .cmsg_level = SOL_SOCKET, .cmsg_type = type };
	char *at = (char *)header->msg_control + *used;

	/* Whoever leaves no room at all wants none. */
	if (header->msg_controllen == 0)
		return;
	if (*used + CMSG_SPACE(len) > header->msg_controllen)
		fake_give_up("no room for control messages");
	cmsg.cmsg_len = (socklen_t)CMSG_LEN(len);
	memset(at, 0, CMSG_SPACE(len));
	memcpy(at, &cmsg, sizeof(cmsg));
	memcpy(at + CMSG_LEN(0), value, len);
	*used += (socklen_t)CMSG_SPACE(len);
}

static void put_stamp(struct msghdr *header, socklen_t *used,
		      const struct timespec *stamp)
{
	const int32_t narrow[2] = { (int32_t)stamp->tv_sec,
				    (int32_t)stamp->tv_nsec };
	const int64_t wide[2] = { stamp->tv_sec, stamp->tv_nsec };
	const long native[2] = { (long)stamp->tv_sec, stamp->tv_nsec };
	enum fake_stamps form = fake.stamp_form;

	if (form == FAKE_STAMPS)
		put_control(header, used, STAMPS_OLD, native, sizeof(native));
	if (form == FAKE_STAMPS_32 || form == FAKE_STAMPS_BOTH)
		put_control(header, used, STAMPS_OLD, narrow, sizeof(narrow));
	if (form == FAKE_STAMPS_NEW || form == FAKE_STAMPS_BOTH)
		put_control(header, used, STAMPS_NEW, wide, sizeof(wide));
}

/* As the kernel does it: the count of drops only where there are some. */
static void deliver(struct mmsghdr *message, const struct queued *q,
		    bool stamped)
{
	struct msghdr *header = &message->msg_hdr;
	socklen_t used = 0;

	if (header->msg_namelen < sizeof(struct sockaddr_in6) ||
	    q->len > header->msg_iov[0].iov_len)
		fake_give_up("no room for a datagram");
	memcpy(header->msg_name, &q->from, q->from_len);
	header->msg_namelen = q->from_len;
	memcpy(header->msg_iov[0].iov_base, q->bytes, q->len);
	message->msg_len = (unsigned)q->len;
	if (stamped)
		put_stamp(header, &used, &q->stamp);
	if (q->drops > 0)
		put_control(header, &used, SO_RXQ_OVFL, &q->drops,
			    sizeof(q->drops));
	header->msg_controllen = used;
}

int fakenet_recvmmsg(int fd, struct mmsghdr *messages, unsigned count,
		     bool peek)
{
	unsigned number = number_of(fd);
	struct queue *queue = &queues[number];
	bool endless = fake.endless && number == 0 && !fake.shut;
	bool stamped = !fake.no_stamps && !*stamps_off_of(number);
	unsigned n;

	if (!fake_enter(FAKE_RECVMMSG))
		return -1;
	if (!is_udp(fd))
		fake_give_up("recvmmsg() of what is no socket");
	if (peek && queue->count > 0) {
		deliver(&messages[0], queue->first, stamped);
		return 1;
	}
	/* Where datagrams never end, time would stand still. */
	fake.now_ms += endless;
	for (n = 0; n < count && queue->count > 0; n++) {
		if (endless)
			queue->first->stamp = wall();
		deliver(&messages[n], queue->first, stamped);
		fake.received++;
		if (!endless || queue->count > 1)
			take_first(queue);
	}
	return n > 0 ? (int)n : fake_refuse(EAGAIN);
}

/* The clocks. */

void fake_at(uint64_t at_ms, void (*act)(void))
{
	unsigned i;

	for (i = 0; i < EVENTS; i++)
		if (!events[i].act) {
			events[i] = (struct event){ at_ms, act };
			return;
		}
	fake_give_up("too many events");
}

static struct event *next_event(void)
{
	struct event *next = NULL;
	unsigned i;

	for (i = 0; i < EVENTS; i++)
		if (events[i].act && (!next || events[i].at_ms < next->at_ms))
			next = &events[i];
	return next;
}

static bool is_readable(const fd_set *readable)
{
	int fd;

	for (fd = 0; readable && fd < FAKE_FDS; fd++)
		if (FD_ISSET((uint16_t)fd, readable) && is_udp(fd) &&
		    queues[number_of(fd)].count > 0)
			return true;
	return false;
}

static bool is_writable(const fd_set *writable)
{
	int fd;

	for (fd = 0; writable && fd < FAKE_FDS; fd++)
		if (FD_ISSET((uint16_t)fd, writable) && fake.fds[fd].node &&
		    fake.fds[fd].node->takes > 0)
			return true;
	return false;
}

static uint64_t end_of_sleep(const struct timespec *timeout)
{
	if (!timeout)
		return FOREVER_MS;
	return fake.now_ms + (uint64_t)timeout->tv_sec * 1000 +
	       (uint64_t)(timeout->tv_nsec + 999999) / 1000000;
}

static void happen(struct event *event)
{
	void (*act)(void) = event->act;

	event->act = NULL;
	act();
}

static int count_ready(const fd_set *readable, const fd_set *writable)
{
	return is_readable(readable) + is_writable(writable);
}

/* Sleeps until a descriptor is ready, a signal comes, or time is up. */
int fakenet_pselect(int fds, fd_set *readable, fd_set *writable,
		    const struct timespec *timeout, const sigset_t *mask)
{
	const uint64_t end = end_of_sleep(timeout);
	struct event *event;

	(void)fds;
	(void)mask;
	if (!fake_enter(FAKE_PSELECT))
		return -1;
	while ((event = next_event()) && event->at_ms <= fake.now_ms)
		happen(event);
	while (!fake.signalled && count_ready(readable, writable) == 0) {
		event = next_event();
		if (!event && end == FOREVER_MS)
			fake_give_up("pselect() would sleep for ever");
		if (!event || event->at_ms > end) {
			fake.now_ms = end;
			return 0;
		}
		fake.now_ms = event->at_ms;
		happen(event);
	}
	if (!fake.signalled)
		return count_ready(readable, writable);
	fake.signalled = false;
	return fake_refuse(EINTR);
}

int fakenet_clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!fake_enter(FAKE_CLOCK))
		return -1;
	*now = wall();
	if (clock == CLOCK_MONOTONIC)
		*now = (struct timespec){
			.tv_sec = (time_t)(fake.now_ms / 1000),
			.tv_nsec = (long)(fake.now_ms % 1000) * 1000000,
		};
	return 0;
}
