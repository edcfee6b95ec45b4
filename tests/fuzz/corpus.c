/*
 * corpus - makes seeds for the fuzzers out of recordings of real kernels.
 *
 *	corpus DIRECTORY RECORDING...
 *
 * DIRECTORY/escape gets payloads as they are, DIRECTORY/collector gets runs
 * of datagrams as operations of fuzz_collector, DIRECTORY/options,
 * DIRECTORY/conffile, DIRECTORY/names,
 * DIRECTORY/srcaddr, DIRECTORY/announce, DIRECTORY/told and DIRECTORY/archive a
 * few seeds that are written here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "dgrams.h"

#define SEEDS_EACH     24 /* of one recording */
#define DATAGRAMS_EACH 40 /* in one seed of the collector */
#define SEED_BYTES     3500
#define PUT_CODE       15 /* fuzz_collector, step() */
#define EXPIRE_CODE    0
#define PARTIAL_CODE   2

static unsigned seeds;

static FILE *create(const char *dir, const char *kind)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, kind);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/seed-%05u", dir, kind, seeds++);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void put_u16(FILE *file, size_t value)
{
	putc((int)(value >> 8 & 0xff), file);
	putc((int)(value & 0xff), file);
}

/* flags, clients, wbuf, blocks of memory, blocks of the queues */
static void put_settings(FILE *file, unsigned turn)
{
	putc((int)(turn % 32), file);
	putc((int)(turn / 3 % 12), file);
	put_u16(file, turn % 3 ? 4000 : 200);
	putc((int)(turn % 16), file);
	putc((int)(turn % 4), file);
}

/* In one half of the seeds many sources send, more than the table holds. */
static unsigned choose_source(const struct dgram *d, unsigned turn)
{
	unsigned number = d->port % 16U;

	return seeds / 2 % 2 ? number : (number + turn * turn % 7) % 16;
}

static void put_datagram(FILE *file, const struct dgram *d, unsigned turn)
{
	size_t len = d->len;

	/* Every now and then the line's end stays away. */
	if (turn % 6 == 3 && len > 0)
		len--;
	putc(PUT_CODE, file);
	putc((int)choose_source(d, turn), file);
	put_u16(file, len);
	fwrite(d->bytes, 1, len, file);
	if (turn % 7 == 6) {
		putc(EXPIRE_CODE, file);
		put_u16(file, turn * 97);
	} else if (turn % 5 == 4) {
		putc(PARTIAL_CODE, file);
		put_u16(file, turn * 13);
	}
}

static void write_one(struct dgrams *recording, const char *dir)
{
	FILE *collector = create(dir, "collector");
	FILE *escape = create(dir, "escape");
	FILE *extended = create(dir, "extended");
	struct dgram d;
	unsigned i;

	putc((int)(seeds % 16), extended);
	putc((int)(seeds / 16 % 128), extended);
	put_settings(collector, seeds / 2);
	for (i = 0; i < DATAGRAMS_EACH; i++) {
		if (ftell(collector) > SEED_BYTES ||
		    dgrams_next(recording, &d) != 1)
			break;
		put_datagram(collector, &d, i);
		fwrite(d.bytes, 1, d.len, escape);
		putc(d.addr[strlen(d.addr) - 1], extended);
		putc((int)i, extended);
		put_u16(extended, d.len);
		fwrite(d.bytes, 1, d.len, extended);
	}
	fclose(extended);
	fclose(collector);
	fclose(escape);
}

/* Seeds from all over the recording, not just its beginning. */
static int write_recording(const char *path, const char *dir)
{
	struct dgrams recording;
	struct dgram d;
	uint64_t count = 0;
	uint64_t skip;
	int n;

	if (dgrams_open(&recording, path))
		goto broken;
	while ((n = dgrams_next(&recording, &d)) == 1)
		count++;
	if (n < 0)
		goto broken;
	dgrams_rewind(&recording);
	for (n = 0; n < SEEDS_EACH; n++) {
		write_one(&recording, dir);
		for (skip = count / SEEDS_EACH; skip > DATAGRAMS_EACH; skip--)
			dgrams_next(&recording, &d);
	}
	dgrams_close(&recording);
	return 0;
broken:
	fprintf(stderr, "corpus: %s: %s\n", path, recording.error);
	dgrams_close(&recording);
	return 1;
}

static void write_options(const char *dir)
{
	static const char all[] =
		"ip=::\0port=6666\0dir=/var/log\0timeout=10\0clients=1024\0"
		"wbuf=64K\0rbuf=128M\0uid=nobody\0gid=65534\0perm=0644\0"
		"raw=no\0tee=auto\0--check\0--help\0--version\0--rbuf=1G\0"
		"ip=fe80::1%eth0\0ip=192.0.2.1\0port=0\0tee=yes\0raw=yes";
	FILE *file = create(dir, "options");

	fwrite(all, 1, sizeof(all), file);
	fclose(file);
}

static void write_files(const char *dir)
{
	static const char *const all[] = {
		"# comment\nport = 6666,6667 # more\n\ndir=/var/log\r\n",
		"\357\273\277file={host}/%Y-%m-%d.log\nlink=now\nraw=yes",
		"timeout=5s\nwbuf=64k\nkeep=7d\nfree=1G\nkeepmin=7\nmax=none\n",
		"hosts=none\nlimit=100\nperm=0640\nnotices=yes\nprot=1\n",
		"ip=239.1.2.3%eth0\nuid=#5\ngid=users\nformat=json\n",
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		FILE *file = create(dir, "conffile");

		fputs(all[i], file);
		fclose(file);
	}
}

static void write_names(const char *dir)
{
	static const char hosts[] =
		"10.0.0.1 box # one\n10.0.0.2:5000 other more\n"
		"[fe80::1%eth0]:5000 six\n::1 seven\n10.0.0.3 others\n";
	const char *const all[] = {
		"%Y-%m-%d.log\n2026-11-22.1.log.gz",
		"{host}/%Y/%m/%d-%H.{port}\nAbox/2026/11/22-12.6665",
		"{address}_{host}.%Y%m%d.log\n1234567890abcdefghijklmnopqr",
		"%%{host}%Y%m%d\nxyz",
		hosts,
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		FILE *file = create(dir, "names");

		fputs(all[i], file);
		fclose(file);
	}
}

static void write_addresses(const char *dir)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = 9 };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_scope_id = 2 };
	FILE *file = create(dir, "srcaddr");

	fwrite(&sin, sizeof(sin), 1, file);
	fclose(file);
	file = create(dir, "srcaddr");
	sin6.sin6_addr.s6_addr[0] = 0xfe;
	sin6.sin6_addr.s6_addr[1] = 0x80;
	fwrite(&sin6, sizeof(sin6), 1, file);
	fclose(file);
}

static void write_announcements(const char *dir)
{
	static const char *const all[] = {
		"<1>[    1.234567][    T1] BUG: KASAN: x in f+0x1/0x2",
		"box login: [    9.000001] Kernel panic - not syncing: x",
		("sh invoked oom-killer: gfp_mask=0xd0, order=0, "
		 "oom_score_adj=-1000\r"),
		"[    0.000000] Linux version 6.1.0 (gcc) #1",
		"sysrq: SysRq : Show State",
		"init            S ffff88003f 0     1      0 0x00000000",
		"================================",
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		FILE *file = create(dir, "announce");

		fputs(all[i], file);
		fclose(file);
	}
}

/* Files of run=: when, how long the first is, and both. */
static void write_told(const char *dir)
{
	static const char senders[] =
		"name\taddress\tport\theard\tlines\trate\tlost\tboots\t"
		"incident\tincident_time\n"
		"web1\t192.0.2.1\t6665\t1796000090.123\t12\t0.5\t3\t2\tpanic"
		"\t1796000001.000\n"
		"<b>\t2001:db8::1\t-\t-\t0\t0.0\t0\t0\t-\t-\n"
		"-\t-\t-\t-\t99\t0.0\t7\t1\t-\t-\n";
	static const char counts[] =
		"# HELP udplogger_lines_total Lines.\n"
		"udplogger_build_info{version=\"1.2\"} 1\n"
		"udplogger_lines_total 12\nudplogger_write_failing 1\n"
		"udplogger_start_timestamp_seconds 1796000000.500\n";
	FILE *file = create(dir, "told");

	putc(1, file);
	put_u16(file, sizeof(senders) - 1);
	fputs(senders, file);
	fputs(counts, file);
	fclose(file);
}

/* Lines of a log, and of its file of incidents; see fuzz_archive.c. */
static void write_archives(const char *dir)
{
	static const unsigned char lines[] = {
		1, 0,	0,  129, 0,  0,	  3,   2,   1,	 129, 2,   0,
		3, 130, 27, 0,	 3,  0,	  2,   129, 1,	 0,   0,   3,
		3, 131, 4,  0,	 3,  129, 5,   2,   3,	 129, 1,   0,
		0, 22,	3,  129, 54, 'o', 'o', 'p', 's', ':', ' ',
	};
	static const char raw[] =
		"2026-11-28 10:00:00 10.0.0.1:6665 Linux version 6.1\n"
		"{\"time\":\"2026-11-28T10:00:01.000001+00:00\","
		"\"address\":\"10.0.0.1\",\"port\":6665,"
		"\"message\":\"BUG: bad\\n\",\"level\":1,\"facility\":0}\n";
	static const char raw_incidents[] =
		"2026-11-28 10:00:00 10.0.0.1:6665 boot: 6.1, before that "
		"panic\n"
		"{\"time\":\"2026-11-28T10:00:01.000001+00:00\","
		"\"address\":\"10.0.0.1\",\"port\":6665,"
		"\"class\":\"oops\",\"title\":\"BUG: bad\"}\n"
		"2026-11-28 10:00:02 udplogger: 7 incidents not told\n";
	FILE *file = create(dir, "archive");

	fwrite(lines, 1, sizeof(lines), file);
	fclose(file);
	file = create(dir, "archive");
	putc(0, file);
	put_u16(file, sizeof(raw) - 1);
	fputs(raw, file);
	fputs(raw_incidents, file);
	fclose(file);
}

int main(int argc, char *argv[])
{
	int status = 0;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: corpus DIRECTORY RECORDING...\n");
		return 64;
	}
	mkdir(argv[1], 0777);
	write_options(argv[1]);
	write_files(argv[1]);
	write_names(argv[1]);
	write_addresses(argv[1]);
	write_announcements(argv[1]);
	write_told(argv[1]);
	write_archives(argv[1]);
	for (i = 2; i < argc; i++)
		status |= write_recording(argv[i], argv[1]);
	return status;
}
