/*
 * load.c - sends the benchmark's lines, or a recording, to a receiver on this
 * machine.
 *
 *   load port=P sources=N first=K count=LINES
 *	rate=DATAGRAMS_PER_SECOND   0: as fast as it goes
 *	frags=1..3		    datagrams per line
 *	header=no|text|extended	    before each line; see bench_header()
 *	open=yes		    only each line's first half, without its LF
 *	recording=FILE		    no lines, but each of its datagrams from
 *				    each source; FILE as in dgrams.h
 *	forged=KIND bytes=MOST	    no lines, but datagrams as in forged.h
 *	send=auto|raw|own|cut	    see packets.h; cut: all lines are even
 *	seconds=LIMIT
 *	probe=yes rbuf=BYTES	    only say what is possible here
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "common.h"
#include "forged.h"
#include "packets.h"

#include "dgrams.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT_MAX 100000000u

struct load {
	struct packets packets;
	size_t even;
	const char *header;
	uint64_t gap_ns; /* between datagrams, 0: none */
	uint64_t start_ns;
	uint64_t limit_ns;
	uint64_t sent;
};

/*
 * Spins until the datagram's time has come: a sleep would be late by more than
 * the gaps are long.  Before that the batch is sent; so there is a batch only
 * when the sender is behind, or if it is cut out of one piece, which is sent
 * when its first datagram is due.  The time limit is looked at now and then.
 */
static void wait_turn(struct load *l)
{
	uint64_t due = l->start_ns + l->sent * l->gap_ns;
	uint64_t now;

	if (!l->gap_ns && l->sent % 1024)
		return;
	if (l->packets.how == PACKETS_CUT && l->packets.filled > 0)
		return;
	if (now_ns() < due)
		packets_flush(&l->packets);
	do
		now = now_ns();
	while (l->gap_ns && now < due);
	if (now - l->start_ns > l->limit_ns) {
		errno = 0;
		die("load: time limit reached");
	}
}

static void send_one(struct load *l, uint32_t source, const char *bytes,
		     size_t len)
{
	wait_turn(l);
	packets_put(&l->packets, source, bytes, len);
	l->sent++;
}

static void send_part(struct load *l, uint64_t k, unsigned f, unsigned frags)
{
	char text[BENCH_HEADER_MAX + BENCH_LINE_MAX];
	uint32_t seq;
	uint32_t source = bench_pick(k, l->packets.sources, &seq);
	size_t len = bench_header(l->header, seq, text);

	len += bench_line(source, seq, l->even, text + len);
	send_one(l, source, text + bench_cut(len, f, frags),
		 bench_cut(len, f + 1, frags) - bench_cut(len, f, frags));
}

/* All first fragments of a block, then all second ones: sources interleave. */
static void send_lines(struct load *l, uint64_t first, uint64_t count,
		       unsigned frags, unsigned sent_frags)
{
	uint32_t block = bench_block(l->packets.sources);

	for (uint64_t k = first, end; k < first + count; k = end) {
		/* Aligned, so that a block never reaches into the next pass. */
		end = k - k % block + block;
		if (end > first + count)
			end = first + count;
		for (unsigned f = 0; f < sent_frags; f++)
			for (uint64_t i = k; i < end; i++)
				send_part(l, i, f, frags);
	}
}

/* Machines that all say the same, each datagram at the same time. */
static void send_recording(struct load *l, const char *path)
{
	struct dgrams d;
	struct dgram dg;
	int got;

	errno = 0;
	if (dgrams_open(&d, path))
		die(d.error);
	while ((got = dgrams_next(&d, &dg)) > 0) {
		if (dg.len > PACKETS_LEN)
			die("a datagram is too long");
		for (uint32_t i = 0; i < l->packets.sources; i++)
			send_one(l, i, (const char *)dg.bytes, dg.len);
	}
	if (got < 0)
		die(d.error);
	dgrams_close(&d);
}

static void send_forged(struct load *l, const char *name, size_t most,
			uint64_t first, uint64_t count)
{
	struct forged f = { .sources = l->packets.sources, .most = most };
	int kind = forged_kind(name);

	errno = 0;
	if (kind < 0 || most > sizeof(f.bytes))
		die("load: nothing of that kind is forged");
	for (uint64_t k = first; k < first + count; k++) {
		forged_make(&f, kind, k);
		send_one(l, f.source, f.bytes, f.len);
	}
}

static void report(const struct load *l)
{
	uint64_t ns = now_ns() - l->start_ns;

	printf("sources %u datagrams %llu rate %llu socket %s\n",
	       l->packets.sources, (unsigned long long)l->sent,
	       (unsigned long long)(l->sent * 1000000000 / (ns ? ns : 1)),
	       packets_name(&l->packets));
}

/* For the one who plans a load: what a receiver of ours would be granted, and
 * the first and the last processor that we may use. */
static void probe(const struct load *l, int rbuf)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int first = -1, last = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET((size_t)i, &set)) {
			first = first < 0 ? i : first;
			last = i;
		}
	printf("sources %u socket %s granted %d first %d last %d\n",
	       l->packets.sources, packets_name(&l->packets),
	       set_rbuf(fd, rbuf), first < 0 ? 0 : first, last);
}

int main(int argc, char **argv)
{
	static struct load l;
	const char *how = opt_text(argv, "send", "auto");
	const char *recording = opt_text(argv, "recording", "");
	const char *forged = opt_text(argv, "forged", "");
	bool open_lines = !strcmp(opt_text(argv, "open", "no"), "yes");
	uint64_t sources = opt_number(argv, "sources", 1);
	uint64_t rate = opt_number(argv, "rate", 0);
	uint64_t count = opt_number(argv, "count", 0);
	uint64_t first = opt_number(argv, "first", 0);
	uint64_t frags = open_lines ? 2 : opt_number(argv, "frags", 1);

	(void)argc;
	l.header = opt_text(argv, "header", "no");
	l.gap_ns = rate ? 1000000000 / rate : 0;
	l.limit_ns = opt_number(argv, "seconds", 60) * 1000000000;
	if (!strcmp(how, "cut"))
		l.even = BENCH_LINE_EVEN;
	if (sources < 1 || sources > BENCH_SOURCES_MAX || count > COUNT_MAX ||
	    frags < 1 || frags > 3 || (l.even && (frags > 1 || *recording)))
		die("load: out of range");
	packets_open(&l.packets, how, (uint32_t)sources,
		     (uint16_t)opt_number(argv, "port", 6666), l.even);
	if (!strcmp(opt_text(argv, "probe", "no"), "yes")) {
		probe(&l, (int)opt_number(argv, "rbuf", 8388608));
		return 0;
	}
	l.start_ns = now_ns();
	if (*forged)
		send_forged(&l, forged, (size_t)opt_number(argv, "bytes", 1000),
			    first, count);
	else if (*recording)
		send_recording(&l, recording);
	else
		send_lines(&l, first, count, (unsigned)frags,
			   open_lines ? 1 : (unsigned)frags);
	packets_flush(&l.packets);
	report(&l);
	return 0;
}
