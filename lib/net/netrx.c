/* netrx - datagrams from the sockets, in batches; see netrx.h. */
#include "netrx.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "arrival.h"
#include "srcaddr.h"
#include "sys.h"

/*
 * More than any UDP datagram (65,527 bytes over IPv6), and not a power of
 * two, lest the beginnings of all datagrams share a few cache lines' sets.
 */
#define SLOT_BYTES    (65536 + 5 * 64)
#define CONTROL_BYTES (ARRIVAL_CONTROL_BYTES + CMSG_SPACE(sizeof(uint32_t)))

/*
 * Near its ends the second isn't sure: it may end before the batch is received;
 * and stamps were seen 3 ms older than the place in the queue, as they are of
 * when an interface had the datagram.
 */
#define SURE_FROM_NS 20000000
#define SURE_TO_NS   980000000

/* By kind, so that those of a batch, used one after the other, lie close. */
struct netrx_slots {
	struct mmsghdr messages[NETRX_BATCH];
	struct iovec iov[NETRX_BATCH];
	struct sockaddr_in6 from[NETRX_BATCH];
	_Alignas(struct cmsghdr) char control[NETRX_BATCH][CONTROL_BYTES];
	char bytes[NETRX_BATCH][SLOT_BYTES];
};

size_t netrx_bytes(void)
{
	return sizeof(struct netrx_slots);
}

/*
 * The kernel overwrites the lengths.  Without room for control messages it
 * makes none.
 */
static void reset_lengths(struct netrx *rx, bool control)
{
	unsigned i;

	for (i = 0; i < NETRX_BATCH; i++) {
		rx->messages[i].msg_hdr.msg_namelen =
			sizeof(rx->slots->from[i]);
		rx->messages[i].msg_hdr.msg_controllen =
			control ? CONTROL_BYTES : 0;
	}
}

void netrx_init(struct netrx *rx, const struct sys *sys, void *memory)
{
	struct netrx_slots *slots = memory;
	unsigned i;

	*rx = (struct netrx){
		.sys = sys,
		.slots = slots,
		.messages = slots->messages,
	};
	for (i = 0; i < NETRX_BATCH; i++) {
		struct msghdr *header = &slots->messages[i].msg_hdr;

		slots->iov[i].iov_base = slots->bytes[i];
		slots->iov[i].iov_len = SLOT_BYTES;
		header->msg_name = &slots->from[i];
		header->msg_iov = &slots->iov[i];
		header->msg_iovlen = 1;
		header->msg_control = slots->control[i];
	}
}

void netrx_socket_init(struct netrx_socket *socket, const struct sys *sys,
		       int fd, uint16_t port)
{
	*socket = (struct netrx_socket){
		.sys = sys,
		.fd = fd,
		.port = port,
	};
	drops_init(&socket->drops, sys, fd);
}

/*
 * Whether two datagrams, next to each other, have the same sender.  Behind a
 * shorter address stands what is left of earlier ones; where that differs, they
 * are read one by one.
 */
static bool same_name(const struct msghdr *a, const struct msghdr *b)
{
	return a->msg_namelen == b->msg_namelen &&
	       a->msg_namelen <= sizeof(struct sockaddr_in6) &&
	       !memcmp(a->msg_name, b->msg_name, sizeof(struct sockaddr_in6));
}

/*
 * SIOCGIFNAME, netdevice(7), as in if_indextoname(), but on the socket that is
 * there.  A failure is kept, so that all lines of a sender have one name.
 */
void netrx_learn_scope(struct netrx *rx, int fd, uint32_t index)
{
	struct ifreq request;

	if (index == 0 || srcaddr_scope_name(&rx->scopes, index))
		return;
	memset(&request, 0, sizeof(request));
	request.ifr_ifindex = (int)index;
	if (rx->sys->ioctl(fd, SIOCGIFNAME, &request))
		request.ifr_name[0] = '\0';
	request.ifr_name[IFNAMSIZ - 1] = '\0';
	srcaddr_scope_add(&rx->scopes, index, request.ifr_name);
}

void netrx_forget_scopes(struct netrx *rx)
{
	rx->scopes.count = 0;
}

static void read_source(struct netrx *rx, const struct msghdr *header,
			struct srcaddr *from)
{
	srcaddr_from(from, header->msg_name, header->msg_namelen);
	if (rx->by_address)
		from->port = 0;
	from->local = rx->socket->port;
	netrx_learn_scope(rx, rx->socket->fd, from->scope);
}

/* Datagrams come in bursts, mostly from one sender. */
static void read_sources(struct netrx *rx)
{
	const struct mmsghdr *message = rx->messages;
	unsigned i;

	for (i = 0; i < rx->count; i++, message++) {
		const struct msghdr *header = &message->msg_hdr;

		if (i == 0 || !same_name(header, &message[-1].msg_hdr))
			read_source(rx, header, &rx->from[rx->sources++]);
		rx->who[i] = (uint8_t)(rx->sources - 1);
	}
}

/* The time of arrival, and SO_RXQ_OVFL, socket(7). */
static void read_one(const struct cmsghdr *cmsg, const char *value,
		     struct timespec *arrival, uint32_t *drops)
{
	size_t len = cmsg->cmsg_len - CMSG_LEN(0);

	if (cmsg->cmsg_level != SOL_SOCKET)
		return;
	if (!arrival_read(cmsg->cmsg_type, value, len, arrival) &&
	    cmsg->cmsg_type == SO_RXQ_OVFL && len == sizeof(*drops))
		memcpy(drops, value, len);
}

/* By hand, as CMSG_NXTHDR() of some libcs warns of its own conversions. */
static void read_controls(const struct msghdr *header, struct timespec *arrival,
			  uint32_t *drops)
{
	const char *control = header->msg_control;
	size_t left = header->msg_controllen;
	struct cmsghdr cmsg;

	while (left >= CMSG_LEN(0)) {
		memcpy(&cmsg, control, sizeof(cmsg));
		if (cmsg.cmsg_len < CMSG_LEN(0) || cmsg.cmsg_len > left)
			break;
		read_one(&cmsg, control + CMSG_LEN(0), arrival, drops);
		if (CMSG_SPACE(cmsg.cmsg_len - CMSG_LEN(0)) > left)
			break;
		left -= CMSG_SPACE(cmsg.cmsg_len - CMSG_LEN(0));
		control += CMSG_SPACE(cmsg.cmsg_len - CMSG_LEN(0));
	}
}

/* Whether there is nothing but the time, of 64 bits, as is usual. */
static inline bool read_time_alone(const struct msghdr *header,
				   struct timespec *arrival)
{
	const size_t len = 2 * sizeof(int64_t);
	const char *control = header->msg_control;
	struct cmsghdr cmsg;

	if (header->msg_controllen != CMSG_SPACE(len))
		return false;
	memcpy(&cmsg, control, sizeof(cmsg));
	return cmsg.cmsg_len == CMSG_LEN(len) &&
	       cmsg.cmsg_level == SOL_SOCKET &&
	       arrival_read(cmsg.cmsg_type, control + CMSG_LEN(0), len,
			    arrival);
}

static inline void read_control(const struct msghdr *header,
				struct timespec *arrival, uint32_t *drops)
{
	if (!read_time_alone(header, arrival))
		read_controls(header, arrival, drops);
}

/*
 * After stamps were on once, the kernel stamps every later datagram; so waiting
 * datagrams have stamps when they are switched on again.
 */
static void set_stamps(struct netrx_socket *socket, bool on)
{
	if (socket->unstamped == on && arrival_ask(socket->sys, socket->fd, on))
		socket->unstamped = !on;
}

void netrx_skip(struct netrx_socket *socket, unsigned batches)
{
	socket->skips = batches < NETRX_SKIP_MOST ? batches : NETRX_SKIP_MOST;
	socket->known = 0;
	if (batches == 0)
		set_stamps(socket, true);
}

/* Whether all datagrams that wait in @socket came in the current second. */
static bool second_is_known(const struct netrx_socket *socket,
			    const struct timespec *now)
{
	return now->tv_sec == socket->since && now->tv_nsec >= SURE_FROM_NS &&
	       now->tv_nsec < SURE_TO_NS;
}

/*
 * Whether the next batch, which has no stamps, may show drops not yet logged.
 * Drops after a look at the count are behind what a full socket holds.
 */
static bool may_show_drops(struct netrx_socket *socket)
{
	if (socket->known > 0) {
		socket->known--;
		return false;
	}
	if (drops_may_be_news(&socket->drops))
		return true;
	socket->known = socket->skips > 1 ? socket->skips - 1 : 0;
	return false;
}

/* Before a batch: asks for the stamps and counts that can't be worked out. */
static void prepare_batch(struct netrx *rx, struct netrx_socket *socket)
{
	bool stamps;

	rx->now = (struct timespec){ 0, -1 };
	if (socket->skips > 0)
		rx->sys->clock_gettime(CLOCK_REALTIME, &rx->now);
	stamps = socket->skips == 0 || !socket->many ||
		 !second_is_known(socket, &rx->now);
	set_stamps(socket, stamps);
	if (!socket->unstamped)
		socket->known = 0;
	reset_lengths(rx, !socket->unstamped || may_show_drops(socket));
	socket->many = false;
	rx->socket = socket;
	rx->next = rx->count = rx->sources = 0;
}

/*
 * Datagrams behind a full batch came no earlier than its last; those behind
 * another one, which emptied the socket, after @rx->now.  Where the socket held
 * more than a batch, it will when it is asked again.
 */
static void note_since(const struct netrx *rx)
{
	struct netrx_socket *socket = rx->socket;
	bool full = rx->count == NETRX_BATCH;
	struct timespec since = { 0, 0 };
	uint32_t drops;

	socket->many = full || socket->backlog;
	socket->backlog = full;
	if (full && socket->unstamped)
		return;
	if (full)
		read_control(&rx->messages[NETRX_BATCH - 1].msg_hdr, &since,
			     &drops);
	socket->since = full ? since.tv_sec : rx->now.tv_sec;
}

uint32_t netrx_dropped_before_next(struct netrx *rx,
				   struct netrx_socket *socket)
{
	uint32_t count = socket->drops.logged;
	struct timespec arrival;
	int n;

	if (rx->next < rx->count)
		return 0;
	reset_lengths(rx, true);
	rx->next = rx->count = 0;
	socket->backlog = socket->many = false;
	n = rx->sys->recvmmsg(socket->fd, rx->messages, 1, true);
	if (n <= 0 || socket->drops.adopted)
		return drops_unlogged(&socket->drops);
	read_control(&rx->messages[0].msg_hdr, &arrival, &count);
	return drops_since(&socket->drops, count);
}

/* The first batch of an adopted socket settles its count of drops. */
static void settle_drops(struct netrx *rx)
{
	struct drops *drops = &rx->socket->drops;
	uint32_t count = drops->logged;
	struct timespec arrival;

	if (rx->count > 0)
		read_control(&rx->messages[0].msg_hdr, &arrival, &count);
	drops_settle(drops, rx->count > 0 ? &count : NULL);
}

int netrx_receive(struct netrx *rx, struct netrx_socket *socket)
{
	int n;

	if (rx->next < rx->count)
		return (int)(rx->count - rx->next);
	prepare_batch(rx, socket);
	n = rx->sys->recvmmsg(socket->fd, rx->messages, NETRX_BATCH, false);
	if (n < 0 && errno != EAGAIN)
		return errno == EINTR ? 0 : -1;
	rx->count = n > 0 ? (unsigned)n : 0;
	note_since(rx);
	if (socket->drops.adopted)
		settle_drops(rx);
	read_sources(rx);
	return (int)rx->count;
}

bool netrx_current(struct netrx *rx, struct datagram *datagram,
		   uint32_t *dropped)
{
	struct mmsghdr *message = &rx->messages[rx->next];
	const struct drops *drops;
	uint32_t count;

	if (rx->next == rx->count)
		return false;
	drops = &rx->socket->drops;
	count = drops->logged;
	datagram->bytes = message->msg_hdr.msg_iov->iov_base;
	datagram->len = message->msg_len;
	datagram->from = rx->from[rx->who[rx->next]];
	datagram->arrival = rx->now;
	read_control(&message->msg_hdr, &datagram->arrival, &count);
	/* Without a stamp, the present is the best that is known. */
	if (datagram->arrival.tv_nsec < 0)
		rx->sys->clock_gettime(CLOCK_REALTIME, &datagram->arrival);
	*dropped = drops_since(drops, count);
	return true;
}

void netrx_taken(struct netrx *rx)
{
	rx->next++;
	rx->offset = 0;
}

/*
 * A connected UDP socket takes datagrams from its peer alone: here itself, and
 * it never sends.
 */
bool netrx_shut(const struct netrx_socket *socket)
{
	const struct sys *sys = socket->sys;
	struct sockaddr_storage own;
	struct sockaddr *addr = (struct sockaddr *)&own;
	socklen_t len = sizeof(own);

	if (sys->getsockname(socket->fd, addr, &len) == 0 &&
	    sys->connect(socket->fd, addr, len) == 0)
		return true;
	/* With loopback down, no datagram comes by it either. */
	return sys->setsockopt(socket->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo",
			       sizeof("lo")) == 0;
}
