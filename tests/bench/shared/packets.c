/* packets - how the benchmark's sender gets its datagrams out. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "packets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Linux's, include/uapi/linux/udp.h; 4.18 and later know it. */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static int bind_source(uint32_t index)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	uint32_t addr;
	uint16_t port;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	bench_source(index, &addr, &port);
	from.sin_addr.s_addr = htonl(addr);
	from.sin_port = htons(port);
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		die("cannot bind a source");
	return fd;
}

/* How many sockets this process may have, a few others apart. */
static uint32_t raise_limit(uint32_t wanted)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) < 0)
		return 1;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	getrlimit(RLIMIT_NOFILE, &lim);
	if (lim.rlim_cur < (rlim_t)wanted + 16)
		wanted = (uint32_t)lim.rlim_cur - 16;
	return wanted;
}

static void open_own(struct packets *p)
{
	p->how = PACKETS_OWN;
	p->sources = raise_limit(p->sources);
	p->own = calloc(p->sources, sizeof(*p->own));
	if (!p->own)
		die("sources");
	for (uint32_t i = 0; i < p->sources; i++)
		p->own[i] = bind_source(i);
}

static bool open_raw(struct packets *p)
{
	p->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (p->raw < 0)
		return false;
	p->how = PACKETS_RAW;
	p->to.sin_port = 0;
	for (int i = 0; i < PACKETS_BATCH; i++) {
		p->iov[i].iov_base = &p->packets[i];
		p->msgs[i].msg_hdr.msg_iov = &p->iov[i];
		p->msgs[i].msg_hdr.msg_iovlen = 1;
		p->msgs[i].msg_hdr.msg_name = &p->to;
		p->msgs[i].msg_hdr.msg_namelen = sizeof(p->to);
	}
	return true;
}

static void open_cut(struct packets *p, size_t even)
{
	int segment = (int)even;

	if (p->sources != 1)
		die("only one source can be cut");
	open_own(p);
	p->how = PACKETS_CUT;
	if (setsockopt(p->own[0], IPPROTO_UDP, UDP_SEGMENT, &segment,
		       sizeof(segment)) < 0)
		die("UDP_SEGMENT");
}

void packets_open(struct packets *p, const char *how, uint32_t sources,
		  uint16_t port, size_t even)
{
	p->sources = sources;
	p->port = port;
	p->to.sin_family = AF_INET;
	p->to.sin_port = htons(port);
	p->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!strcmp(how, "cut"))
		open_cut(p, even);
	else if (!strcmp(how, "own"))
		open_own(p);
	else if (!open_raw(p)) {
		if (!strcmp(how, "raw"))
			die("raw socket");
		open_own(p);
	}
}

static void flush_raw(struct packets *p)
{
	size_t done = 0;

	while (done < p->filled) {
		int n = sendmmsg(p->raw, p->msgs + done,
				 (unsigned)(p->filled - done), 0);

		if (n < 0 && errno != EINTR)
			die("sendmmsg");
		if (n > 0)
			done += (size_t)n;
	}
	p->filled = 0;
}

static void send_own(struct packets *p, uint32_t source, const char *bytes,
		     size_t len)
{
	while (sendto(p->own[source], bytes, len, 0, (struct sockaddr *)&p->to,
		      sizeof(p->to)) < 0)
		if (errno != EINTR)
			die("sendto");
}

void packets_flush(struct packets *p)
{
	if (p->filled > 0 && p->how == PACKETS_RAW)
		flush_raw(p);
	else if (p->filled > 0)
		send_own(p, 0, p->piece, p->filled);
	p->filled = 0;
}

const char *packets_name(const struct packets *p)
{
	static const char *const names[] = { "own", "raw", "cut" };

	return names[p->how];
}

/* A zero UDP checksum means none was made, a zero id is the kernel's to fill. */
static void put_raw(struct packets *p, uint32_t source, const char *text,
		    size_t len)
{
	struct packet *packet = &p->packets[p->filled];
	uint32_t addr;
	uint16_t port;

	bench_source(source, &addr, &port);
	packet->ip = (struct iphdr){
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP
	};
	packet->ip.saddr = htonl(addr);
	packet->ip.daddr = p->to.sin_addr.s_addr;
	packet->udp.uh_sport = htons(port);
	packet->udp.uh_dport = htons(p->port);
	packet->udp.uh_ulen = htons((uint16_t)(sizeof(packet->udp) + len));
	packet->udp.uh_sum = 0;
	memcpy(packet->payload, text, len);
	p->iov[p->filled].iov_len =
		sizeof(packet->ip) + sizeof(packet->udp) + len;
	if (++p->filled == PACKETS_BATCH)
		packets_flush(p);
}

static void put_cut(struct packets *p, const char *text, size_t len)
{
	memcpy(p->piece + p->filled, text, len);
	p->filled += len;
	if (p->filled >= PACKETS_PIECE * len)
		packets_flush(p);
}

void packets_put(struct packets *p, uint32_t source, const char *text,
		 size_t len)
{
	if (p->how == PACKETS_RAW)
		put_raw(p, source, text, len);
	else if (p->how == PACKETS_CUT)
		put_cut(p, text, len);
	else
		send_own(p, source, text, len);
}
