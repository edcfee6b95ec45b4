/*
 * load.c - sends the benchmark's lines to a receiver on this machine.
 *
 * With CAP_NET_RAW the packets are made by hand, so that 60,000 sources cost
 * no sockets; else each source is a socket of its own, as many as the process
 * may have open.  The destination is always 127.0.0.1, the sources are always
 * in 127.77.0.0/16, so nothing leaves the machine.
 *
 *   load port=P sources=N first=K count=LINES
 *	rate=DATAGRAMS_PER_SECOND   0: as fast as it goes
 *	frags=1..3		    datagrams per line
 *	open=yes		    only each line's first half, without its LF
 *	raw=auto|yes|no  seconds=LIMIT
 *	probe=yes rbuf=BYTES	    only say what is possible here
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_MAX 100000000u
#define BATCH	  32

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char payload[BENCH_LINE_MAX];
};

struct load {
	int raw; /* socket, -1: the sources' own */
	int *own;
	uint32_t sources;
	uint16_t port;
	uint64_t gap_ns; /* between datagrams, 0: none */
	uint64_t start_ns;
	uint64_t limit_ns;
	uint64_t sent;
	uint64_t late_ns; /* the worst */
	struct sockaddr_in to;
	/* The batch in work, raw only. */
	int filled;
	struct packet packets[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr msgs[BATCH];
};

static int bind_source(uint32_t index)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	uint32_t addr;
	uint16_t port;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	bench_source(index, &addr, &port);
	from.sin_addr.s_addr = htonl(addr);
	from.sin_port = htons(port);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
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

static void open_own(struct load *l)
{
	l->sources = raise_limit(l->sources);
	l->own = calloc(l->sources, sizeof(*l->own));
	if (!l->own)
		die("sources");
	for (uint32_t i = 0; i < l->sources; i++) {
		l->own[i] = bind_source(i);
		if (l->own[i] < 0)
			die("socket");
	}
}

static void open_raw(struct load *l)
{
	l->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	for (int i = 0; i < BATCH; i++) {
		l->iov[i].iov_base = &l->packets[i];
		l->msgs[i].msg_hdr.msg_iov = &l->iov[i];
		l->msgs[i].msg_hdr.msg_iovlen = 1;
		l->msgs[i].msg_hdr.msg_name = &l->to;
		l->msgs[i].msg_hdr.msg_namelen = sizeof(l->to);
	}
}

static void flush(struct load *l)
{
	int done = 0;

	while (done < l->filled) {
		int n = sendmmsg(l->raw, l->msgs + done,
				 (unsigned)(l->filled - done), 0);

		if (n < 0 && errno != EINTR)
			die("sendmmsg");
		if (n > 0)
			done += n;
	}
	l->filled = 0;
}

/* A zero UDP checksum means none was made, a zero id is the kernel's to fill. */
static void put_raw(struct load *l, uint32_t source, const char *text,
		    size_t len)
{
	struct packet *p = &l->packets[l->filled];
	uint32_t addr;
	uint16_t port;

	bench_source(source, &addr, &port);
	p->ip = (struct iphdr){
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP
	};
	p->ip.saddr = htonl(addr);
	p->ip.daddr = l->to.sin_addr.s_addr;
	p->udp.uh_sport = htons(port);
	p->udp.uh_dport = htons(l->port);
	p->udp.uh_ulen = htons((uint16_t)(sizeof(p->udp) + len));
	p->udp.uh_sum = 0;
	memcpy(p->payload, text, len);
	l->iov[l->filled].iov_len = sizeof(p->ip) + sizeof(p->udp) + len;
	if (++l->filled == BATCH)
		flush(l);
}

static void put_own(struct load *l, uint32_t source, const char *text,
		    size_t len)
{
	while (sendto(l->own[source], text, len, 0, (struct sockaddr *)&l->to,
		      sizeof(l->to)) < 0)
		if (errno != EINTR)
			die("sendto");
}

/*
 * Spins until the datagram's time has come: a sleep would be late by more than
 * the gaps are long.  Before that the batch is sent; so there is a batch only
 * when the sender is behind.  The time limit is looked at now and then.
 */
static void wait_turn(struct load *l)
{
	uint64_t due = l->start_ns + l->sent * l->gap_ns;
	uint64_t now;

	if (!l->gap_ns && l->sent % 1024)
		return;
	if (l->filled && now_ns() < due)
		flush(l);
	do
		now = now_ns();
	while (l->gap_ns && now < due);
	if (l->gap_ns && now - due > l->late_ns)
		l->late_ns = now - due;
	if (now - l->start_ns > l->limit_ns) {
		errno = 0;
		die("load: time limit reached");
	}
}

static void send_part(struct load *l, uint64_t k, unsigned f, unsigned frags)
{
	char text[BENCH_LINE_MAX];
	uint32_t seq;
	uint32_t source = bench_pick(k, l->sources, &seq);
	size_t len = bench_line(source, seq, text);
	size_t from = bench_cut(len, f, frags);
	size_t part = bench_cut(len, f + 1, frags) - from;

	wait_turn(l);
	if (l->raw >= 0)
		put_raw(l, source, text + from, part);
	else
		put_own(l, source, text + from, part);
	l->sent++;
}

/* All first fragments of a block, then all second ones: sources interleave. */
static void send_lines(struct load *l, uint64_t first, uint64_t count,
		       unsigned frags, unsigned sent_frags)
{
	uint32_t block = bench_block(l->sources);

	for (uint64_t k = first, end; k < first + count; k = end) {
		/* Aligned, so that a block never reaches into the next pass. */
		end = k - k % block + block;
		if (end > first + count)
			end = first + count;
		for (unsigned f = 0; f < sent_frags; f++)
			for (uint64_t i = k; i < end; i++)
				send_part(l, i, f, frags);
	}
	if (l->filled)
		flush(l);
}

static void open_sources(struct load *l, const char *raw)
{
	l->raw = -1;
	if (strcmp(raw, "no") != 0)
		open_raw(l);
	if (l->raw < 0 && !strcmp(raw, "yes"))
		die("raw socket");
	if (l->raw < 0)
		open_own(l);
}

static void report(const struct load *l, uint64_t lines)
{
	uint64_t ns = now_ns() - l->start_ns;

	printf("sources %u lines %llu datagrams %llu rate %llu late_us %llu "
	       "socket %s\n",
	       l->sources, (unsigned long long)lines,
	       (unsigned long long)l->sent,
	       (unsigned long long)(l->sent * 1000000000 / (ns ? ns : 1)),
	       (unsigned long long)(l->late_ns / 1000),
	       l->raw >= 0 ? "raw" : "own");
}

/* What a receiver of ours would be granted, for the one who plans a load. */
static void probe(struct load *l, int rbuf)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	printf("sources %u socket %s granted %d\n", l->sources,
	       l->raw >= 0 ? "raw" : "own", set_rbuf(fd, rbuf));
}

int main(int argc, char **argv)
{
	static struct load l;
	bool open_lines = !strcmp(opt_text(argv, "open", "no"), "yes");
	uint64_t rate = opt_number(argv, "rate", 0);
	uint64_t count = opt_number(argv, "count", 0);
	uint64_t frags = opt_number(argv, "frags", 1);

	(void)argc;
	l.sources = (uint32_t)opt_number(argv, "sources", 1);
	l.port = (uint16_t)opt_number(argv, "port", 6666);
	l.gap_ns = rate ? 1000000000 / rate : 0;
	l.limit_ns = opt_number(argv, "seconds", 60) * 1000000000;
	l.to.sin_family = AF_INET;
	l.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (l.sources < 1 || l.sources > BENCH_SOURCES_MAX ||
	    count > COUNT_MAX || frags < 1 || frags > 3)
		die("load: out of range");
	if (open_lines)
		frags = 2;
	open_sources(&l, opt_text(argv, "raw", "auto"));
	if (!strcmp(opt_text(argv, "probe", "no"), "yes")) {
		probe(&l, (int)opt_number(argv, "rbuf", 8388608));
		return 0;
	}
	l.to.sin_port = l.raw >= 0 ? 0 : htons(l.port);
	l.start_ns = now_ns();
	send_lines(&l, opt_number(argv, "first", 0), count, (unsigned)frags,
		   open_lines ? 1 : (unsigned)frags);
	report(&l, count);
	return 0;
}
