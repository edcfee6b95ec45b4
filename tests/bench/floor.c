/*
 * floor.c - the least that a single-threaded select() receiver can do: take
 * batches of datagrams, copy a fixed prefix before each, write when the socket
 * is empty or 64 KiB are full.  Nothing is parsed, joined or checked.
 *
 * What a real receiver costs is told as a multiple of this.  Command line as
 * the daemon's: ip= port= dir= rbuf=, others are ignored.
 *
 * names=yes: it asks for the sender of each datagram, too, as every receiver
 * must that tells its senders apart.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH	 128
#define SLOT	 2048 /* longer datagrams are cut: netconsole sends none */
#define PREFIX	 (sizeof(FLOOR_PREFIX) - 1)
#define OUT_FULL 65536
#define OUT_SIZE (OUT_FULL + BATCH * (SLOT + PREFIX))

static char slots[BATCH][SLOT];
static struct iovec iov[BATCH];
static struct mmsghdr msgs[BATCH];
static struct sockaddr_storage names[BATCH];
static bool asks_names;
static char out[OUT_SIZE];

static size_t take_batch(size_t len, int n)
{
	for (int i = 0; i < n; i++) {
		memcpy(out + len, FLOOR_PREFIX, PREFIX);
		len += PREFIX;
		memcpy(out + len, slots[i], msgs[i].msg_len);
		len += msgs[i].msg_len;
	}
	return len;
}

/* The kernel overwrites the length of a name. */
static void ask_names(int n)
{
	for (int i = 0; asks_names && i < n; i++)
		msgs[i].msg_hdr.msg_namelen = sizeof(names[i]);
}

static void drain(int sock, int file)
{
	size_t len = 0;
	int n;

	do {
		n = recvmmsg(sock, msgs, BATCH, MSG_DONTWAIT, NULL);
		if (n > 0)
			len = take_batch(len, n);
		ask_names(n);
		if (len >= OUT_FULL || n < BATCH) {
			floor_write(file, out, len);
			len = 0;
		}
	} while (n == BATCH);
}

int main(int argc, char **argv)
{
	int file = floor_file(argv);
	int sock = floor_socket(argv);

	(void)argc;
	asks_names = !strcmp(opt_text(argv, "names", "no"), "yes");
	for (int i = 0; i < BATCH; i++) {
		iov[i].iov_base = slots[i];
		iov[i].iov_len = SLOT;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		if (asks_names)
			msgs[i].msg_hdr.msg_name = &names[i];
	}
	ask_names(BATCH);
	catch_stop();
	while (select_or_stop(sock))
		drain(sock, file);
	drain(sock, file);
	return 0;
}
