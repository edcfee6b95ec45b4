/* netrx - datagrams from the socket, in batches; see netrx.h. */
#include "netrx.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "arrival.h"
#include "drops.h"
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

struct netrx_slot {
	struct sockaddr_storage from;
	struct iovec iov;
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
};

size_t netrx_bytes(void)
{
	return NETRX_BATCH * (sizeof(struct netrx_slot) +
			      sizeof(struct mmsghdr) + SLOT_BYTES);
}

/*
 * The kernel overwrites the lengths.  Without room for control messages it
 * makes none.
 */
static void reset_lengths(struct netrx *rx, bool control)
{
	unsigned i;

	for (i = 0; i < NETRX_BATCH; i++) {
		rx->messages[i].msg_hdr.msg_namelen = sizeof(rx->slots->from);
		rx->messages[i].msg_hdr.msg_controllen =
			control ? sizeof(rx->slots->control) : 0;
	}
}

void netrx_init(struct netrx *rx, const struct sys *sys, int fd,
		struct drops *drops, void *memory)
{
	char *bytes;
	unsigned i;

	*rx = (struct netrx){ .sys = sys, .fd = fd, .drops = drops };
	rx->slots = memory;
	rx->messages = (struct mmsghdr *)(void *)(rx->slots + NETRX_BATCH);
	bytes = (char *)(rx->messages + NETRX_BATCH);
	for (i = 0; i < NETRX_BATCH; i++) {
		struct netrx_slot *slot = &rx->slots[i];
		struct msghdr *header = &rx->messages[i].msg_hdr;

		slot->iov.iov_base = bytes + (size_t)i * SLOT_BYTES;
		slot->iov.iov_len = SLOT_BYTES;
		header->msg_name = &slot->from;
		header->msg_iov = &slot->iov;
		header->msg_iovlen = 1;
		header->msg_control = slot->control;
	}
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
void netrx_learn_scope(struct netrx *rx, uint32_t index)
{
	struct ifreq request;

	if (index == 0 || srcaddr_scope_name(&rx->scopes, index))
		return;
	memset(&request, 0, sizeof(request));
	request.ifr_ifindex = (int)index;
	if (rx->sys->ioctl(rx->fd, SIOCGIFNAME, &request))
		request.ifr_name[0] = '\0';
	request.ifr_name[IFNAMSIZ - 1] = '\0';
	srcaddr_scope_add(&rx->scopes, index, request.ifr_name);
}

void netrx_forget_scopes(struct netrx *rx)
{
	rx->scopes.count = 0;
}

/* Datagrams come in bursts, mostly from one sender. */
static void read_sources(struct netrx *rx)
{
	unsigned i;

	for (i = 0; i < rx->count; i++) {
		const struct msghdr *header = &rx->messages[i].msg_hdr;

		if (i > 0 && same_name(header, &rx->messages[i - 1].msg_hdr)) {
			rx->from[i] = rx->from[i - 1];
			continue;
		}
		srcaddr_from(&rx->from[i], header->msg_name,
			     header->msg_namelen);
		if (rx->by_address)
			rx->from[i].port = 0;
		netrx_learn_scope(rx, rx->from[i].scope);
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
static void read_control(const struct msghdr *header, struct timespec *arrival,
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

/*
 * After stamps were on once, the kernel stamps every later datagram; so waiting
 * datagrams have stamps when they are switched on again.
 */
static void set_stamps(struct netrx *rx, bool on)
{
	if (rx->unstamped == on && arrival_ask(rx->sys, rx->fd, on))
		rx->unstamped = !on;
}

void netrx_skip(struct netrx *rx, bool skips)
{
	rx->skips = skips;
	if (!skips)
		set_stamps(rx, true);
}

/* Whether all waiting datagrams came in the current second. */
static bool second_is_known(const struct netrx *rx)
{
	return rx->now.tv_sec == rx->since && rx->now.tv_nsec >= SURE_FROM_NS &&
	       rx->now.tv_nsec < SURE_TO_NS;
}

/*
 * Before a batch: asks for the stamps and counts that can't be worked out.
 * @last: datagrams in the batch before.
 */
static void prepare_batch(struct netrx *rx, unsigned last)
{
	bool stamps;

	rx->now = (struct timespec){ 0, -1 };
	if (rx->skips)
		rx->sys->clock_gettime(CLOCK_REALTIME, &rx->now);
	stamps = !rx->skips || last < NETRX_BATCH || !second_is_known(rx);
	set_stamps(rx, stamps);
	reset_lengths(rx, !rx->unstamped || drops_may_be_news(rx->drops));
}

/* Datagrams behind a full batch came no earlier than its last. */
static void note_since(struct netrx *rx)
{
	struct timespec last = { 0, 0 };
	uint32_t drops;

	if (rx->count < NETRX_BATCH || rx->unstamped)
		return;
	read_control(&rx->messages[NETRX_BATCH - 1].msg_hdr, &last, &drops);
	rx->since = last.tv_sec;
}

uint32_t netrx_dropped_before_next(struct netrx *rx)
{
	uint32_t count = rx->drops->logged;
	struct timespec arrival;
	int n;

	if (rx->next < rx->count)
		return 0;
	reset_lengths(rx, true);
	rx->next = rx->count = 0;
	n = rx->sys->recvmmsg(rx->fd, rx->messages, 1, true);
	if (n <= 0 || rx->drops->adopted)
		return drops_unlogged(rx->drops);
	read_control(&rx->messages[0].msg_hdr, &arrival, &count);
	return drops_since(rx->drops, count);
}

/* The first batch of an adopted socket settles its count of drops. */
static void settle_drops(struct netrx *rx)
{
	uint32_t count = rx->drops->logged;
	struct timespec arrival;

	if (rx->count > 0)
		read_control(&rx->messages[0].msg_hdr, &arrival, &count);
	drops_settle(rx->drops, rx->count > 0 ? &count : NULL);
}

int netrx_receive(struct netrx *rx)
{
	int n;

	if (rx->next < rx->count)
		return (int)(rx->count - rx->next);
	prepare_batch(rx, rx->count);
	rx->next = 0;
	rx->count = 0;
	n = rx->sys->recvmmsg(rx->fd, rx->messages, NETRX_BATCH, false);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	rx->count = n > 0 ? (unsigned)n : 0;
	note_since(rx);
	if (rx->drops->adopted)
		settle_drops(rx);
	read_sources(rx);
	return (int)rx->count;
}

bool netrx_current(struct netrx *rx, struct datagram *datagram,
		   uint32_t *dropped)
{
	const struct netrx_slot *slot = &rx->slots[rx->next];
	struct mmsghdr *message = &rx->messages[rx->next];
	uint32_t count = rx->drops->logged;

	if (rx->next == rx->count)
		return false;
	datagram->bytes = slot->iov.iov_base;
	datagram->len = message->msg_len;
	datagram->from = rx->from[rx->next];
	datagram->arrival = rx->now;
	read_control(&message->msg_hdr, &datagram->arrival, &count);
	/* Without a stamp, the present is the best that is known. */
	if (datagram->arrival.tv_nsec < 0)
		rx->sys->clock_gettime(CLOCK_REALTIME, &datagram->arrival);
	*dropped = drops_since(rx->drops, count);
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
bool netrx_shut(struct netrx *rx)
{
	struct sockaddr_storage own;
	struct sockaddr *addr = (struct sockaddr *)&own;
	socklen_t len = sizeof(own);

	if (rx->sys->getsockname(rx->fd, addr, &len) == 0 &&
	    rx->sys->connect(rx->fd, addr, len) == 0)
		return true;
	/* With loopback down, no datagram comes by it either. */
	return rx->sys->setsockopt(rx->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo",
				   sizeof("lo")) == 0;
}
