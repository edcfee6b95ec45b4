/*
 * floor-real.c - the floor with the true work added: each source is looked up
 * by hash, fragments are joined in a buffer of their source, each line gets
 * the kernel's time and the source's address.  No limits, no timeout, no
 * escaping, no error handling: what remains between this and the daemon is
 * what being correct costs.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH	 128
#define SLOT	 2048
#define CONTROL	 64
#define SOURCES	 65536
#define HASH	 (2 * SOURCES)
#define PART	 240 /* first size of an unfinished line's buffer */
#define OUT_FULL 65536
#define OUT_SIZE (1 << 20)

struct source {
	struct in6_addr addr;
	in_port_t port;
	uint8_t text_len;
	char text[INET6_ADDRSTRLEN + 10];
	uint32_t part_len;
	uint32_t part_size;
	char *part;
};

static struct source sources[SOURCES];
static uint32_t heads[HASH]; /* index + 1 into sources, 0: free */
static uint32_t source_count;

static char slots[BATCH][SLOT];
static char control[BATCH][CONTROL];
static struct sockaddr_in6 names[BATCH];
static struct iovec iov[BATCH];
static struct mmsghdr msgs[BATCH];

static char out[OUT_SIZE];
static size_t out_len;
static char stamp[32];
static time_t stamp_second;

static uint32_t hash_source(const struct in6_addr *addr, in_port_t port)
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	word[0] ^= word[1] ^ port;
	/* An IPv4 address is in the top half, which a product keeps there. */
	word[0] ^= word[0] >> 32;
	word[0] *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(word[0] >> 40) % HASH;
}

static struct source *add_source(const struct in6_addr *addr, in_port_t port)
{
	struct source *s = &sources[source_count++];
	char ip[INET6_ADDRSTRLEN];
	const char *form = "[%s]:%u ";

	if (source_count > SOURCES)
		die("too many sources");
	s->addr = *addr;
	s->port = port;
	if (IN6_IS_ADDR_V4MAPPED(addr)) {
		inet_ntop(AF_INET, addr->s6_addr + 12, ip, sizeof(ip));
		form = "%s:%u ";
	} else {
		inet_ntop(AF_INET6, addr, ip, sizeof(ip));
	}
	s->text_len = (uint8_t)snprintf(s->text, sizeof(s->text), form, ip,
					ntohs(port));
	return s;
}

static struct source *find_source(const struct sockaddr_in6 *name, uint32_t h)
{
	for (; heads[h]; h = (h + 1) % HASH) {
		struct source *s = &sources[heads[h] - 1];

		if (s->port == name->sin6_port &&
		    !memcmp(&s->addr, &name->sin6_addr, sizeof(s->addr)))
			return s;
	}
	heads[h] = source_count + 1;
	return add_source(&name->sin6_addr, name->sin6_port);
}

/* An IPv4 socket's names, in the form of the other kind. */
static void fold_name(struct sockaddr_in6 *name)
{
	struct sockaddr_in four;

	if (name->sin6_family == AF_INET6)
		return;
	memcpy(&four, name, sizeof(four));
	memset(name, 0, sizeof(*name));
	name->sin6_port = four.sin_port;
	name->sin6_addr.s6_addr[10] = 0xff;
	name->sin6_addr.s6_addr[11] = 0xff;
	memcpy(name->sin6_addr.s6_addr + 12, &four.sin_addr, 4);
}

static void read_stamp(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct timespec ts;
	struct tm tm;

	if (!c)
		return;
	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	if (ts.tv_sec == stamp_second)
		return;
	stamp_second = ts.tv_sec;
	localtime_r(&ts.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S ", &tm);
}

static void put(const char *bytes, size_t len)
{
	memcpy(out + out_len, bytes, len);
	out_len += len;
}

static void put_line(struct source *s, const char *text, size_t len)
{
	put(stamp, 20);
	put(s->text, s->text_len);
	put(s->part, s->part_len);
	put(text, len);
	s->part_len = 0;
	free(s->part);
	s->part = NULL;
	s->part_size = 0;
}

static void keep_part(struct source *s, const char *text, size_t len)
{
	if (s->part_len + len > s->part_size) {
		s->part_size = (uint32_t)(s->part_len + len + PART);
		if (!s->part)
			s->part_size = (uint32_t)(len > PART ? len : PART);
		s->part = realloc(s->part, s->part_size);
		if (!s->part)
			die("realloc");
	}
	memcpy(s->part + s->part_len, text, len);
	s->part_len += (uint32_t)len;
}

static void take(struct source *s, const char *text, size_t len)
{
	const char *lf;

	while (len > 0 && (lf = memchr(text, '\n', len))) {
		size_t n = (size_t)(lf - text) + 1;

		put_line(s, text, n);
		text += n;
		len -= n;
	}
	if (len > 0)
		keep_part(s, text, len);
}

static void reset_slot(int i)
{
	msgs[i].msg_hdr.msg_namelen = sizeof(names[i]);
	msgs[i].msg_hdr.msg_controllen = CONTROL;
}

/*
 * With many sources each look-up misses the caches twice; asked for early, for
 * the whole batch, these misses overlap.
 */
static void prefetch(int n, uint32_t *hashes)
{
	for (int i = 0; i < n; i++) {
		fold_name(&names[i]);
		hashes[i] =
			hash_source(&names[i].sin6_addr, names[i].sin6_port);
		__builtin_prefetch(&heads[hashes[i]]);
	}
	for (int i = 0; i < n; i++) {
		const char *s = (char *)&sources[heads[hashes[i]]];

		/* The entry's number plus one: it lies before this. */
		__builtin_prefetch(s - sizeof(struct source));
		__builtin_prefetch(s - 1);
	}
}

static void drain(int sock, int file)
{
	uint32_t hashes[BATCH];
	int n;

	do {
		n = recvmmsg(sock, msgs, BATCH, MSG_DONTWAIT, NULL);
		prefetch(n, hashes);
		for (int i = 0; i < n; i++) {
			read_stamp(&msgs[i].msg_hdr);
			take(find_source(&names[i], hashes[i]), slots[i],
			     msgs[i].msg_len);
			reset_slot(i);
		}
		if (out_len >= OUT_FULL || n < BATCH) {
			floor_write(file, out, out_len);
			out_len = 0;
		}
	} while (n == BATCH);
}

static void put_unfinished(int file)
{
	for (uint32_t i = 0; i < source_count; i++) {
		if (sources[i].part_len > 0)
			put_line(&sources[i], "\n", 1);
		if (out_len >= OUT_FULL || i + 1 == source_count) {
			floor_write(file, out, out_len);
			out_len = 0;
		}
	}
}

int main(int argc, char **argv)
{
	int file = floor_file(argv);
	int sock = floor_socket(argv);
	int on = 1;

	(void)argc;
	setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	for (int i = 0; i < BATCH; i++) {
		iov[i].iov_base = slots[i];
		iov[i].iov_len = SLOT;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &names[i];
		msgs[i].msg_hdr.msg_control = control[i];
		reset_slot(i);
	}
	catch_stop();
	while (select_or_stop(sock))
		drain(sock, file);
	drain(sock, file);
	put_unfinished(file);
	return 0;
}
