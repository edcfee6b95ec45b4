/* Tests of extmsg: every form of the header, and every way to spoil one. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dgrams.h"
#include "extmsg.h"
#include "rig.h"

#define REPLAYED "** replaying previous printk message **\n"

/* Read from memory of just that size, so that ASan sees a byte more. */
static bool read_exactly(struct extmsg *msg, const void *bytes, size_t len)
{
	static unsigned char *copy;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return extmsg_read(msg, copy, len);
}

static bool part_is(struct extmsg_part part, const char *text)
{
	return part.len == strlen(text) &&
	       (part.len == 0 || memcmp(part.at, text, part.len) == 0);
}

static const struct header {
	const char *datagram;
	const char *release;
	bool replayed;
	unsigned prio;
	uint64_t sequnum;
	uint64_t usec;
	char flag;
	const char *caller;
	size_t header_len;
	bool fragment;
	uint32_t offset;
	uint32_t total;
	const char *chunk;
} headers[] = {
	/* From the kernel's documentation. */
	{ "6,444,501151268,-;netconsole: network logging started\n", "", false,
	  6, 444, 501151268, '-', "", 18, false, 0, 0,
	  "netconsole: network logging started\n" },
	{ "6.4.0,6,444,501151268,-;netconsole: network logging started\n",
	  "6.4.0", false, 6, 444, 501151268, '-', "", 18, false, 0, 0,
	  "netconsole: network logging started\n" },
	{ "6,416,1758426,-,ncfrag=0/31;the first chunk,", "", false, 6, 416,
	  1758426, '-', "", 16, true, 0, 31, "the first chunk," },
	{ "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", "", false, 6, 416,
	  1758426, '-', "", 16, true, 16, 31, " the 2nd chunk." },
	/* What real kernels put there. */
	{ "6.12.117+deb12-amd64,14,7,0,c;x\n", "6.12.117+deb12-amd64", false,
	  14, 7, 0, 'c', "", 9, false, 0, 0, "x\n" },
	{ "4,1,2,+;old kernels\n", "", false, 4, 1, 2, '+', "", 8, false, 0, 0,
	  "old kernels\n" },
	{ "6,1,2,-,caller=T123;x\n", "", false, 6, 1, 2, '-', "T123", 20, false,
	  0, 0, "x\n" },
	{ "6,1,2,-,caller=abcdefghijklmnopqrstuvwxyz012345Z;x\n", "", false, 6,
	  1, 2, '-', "abcdefghijklmnopqrstuvwxyz012345", 49, false, 0, 0,
	  "x\n" },
	{ "6,1,2,-,a=b,caller=C0,what,x=,ncfrag=0/9;x", "", false, 6, 1, 2, '-',
	  "C0", 30, true, 0, 9, "x" },
	{ REPLAYED "6,1,2,-;x\n", "", true, 6, 1, 2, '-', "", 8, false, 0, 0,
	  "x\n" },
	{ "6.12," REPLAYED "6,1,2,-;x\n", "6.12", true, 6, 1, 2, '-', "", 8,
	  false, 0, 0, "x\n" },
	{ REPLAYED "6.12,6,1,2,-;x\n", "6.12", true, 6, 1, 2, '-', "", 8, false,
	  0, 0, "x\n" },
	/* The largest of all. */
	{ "2047,18446744073709551615,18446744073709551615,-,"
	  "ncfrag=73727/73728;x",
	  "", false, 2047, UINT64_MAX, UINT64_MAX, '-', "", 49, true, 73727,
	  73728, "x" },
	{ "0,0,0,-;", "", false, 0, 0, 0, '-', "", 8, false, 0, 0, "" },
	{ "6,1,2,-;;,=\n", "", false, 6, 1, 2, '-', "", 8, false, 0, 0,
	  ";,=\n" },
	{ "6.6-rc1_x~y,6,1,2,-;x", "6.6-rc1_x~y", false, 6, 1, 2, '-', "", 8,
	  false, 0, 0, "x" },
};

static void test_every_form_of_the_header_is_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		const struct header *h = &headers[i];
		struct extmsg msg;

		if (!read_exactly(&msg, h->datagram, strlen(h->datagram)))
			fail_msg("not read: %s", h->datagram);
		assert_true(part_is(msg.release, h->release));
		assert_int_equal(msg.replayed, h->replayed);
		assert_int_equal(msg.prio, h->prio);
		assert_true(msg.sequnum == h->sequnum);
		assert_true(msg.usec == h->usec);
		assert_int_equal(msg.flag, h->flag);
		assert_true(part_is(msg.caller, h->caller));
		assert_int_equal(msg.header_len, h->header_len);
		assert_int_equal(msg.fragment, h->fragment);
		assert_int_equal(msg.offset, h->offset);
		assert_int_equal(msg.total, h->total);
		assert_true(part_is(msg.chunk, h->chunk));
	}
}

static void test_text_is_no_header(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"text\n",
		"[    7.781995] 6,123,456,-;capmod looks like a header\n",
		"6",
		"6,1",
		"6,1,2",
		"6,1,2,",
		"6,1,2,-",
		"6,1,2,-\n",
		"6,1,2,-:x\n",
		"6,1,2,x;x\n",
		"6,1,2,;x\n",
		",1,2,-;x\n",
		"6,,2,-;x\n",
		"6,1,,-;x\n",
		"2048,1,2,-;x\n",
		"06,1,2,-;x\n",
		"6,01,2,-;x\n",
		"6,1,00,-;x\n",
		"-6,1,2,-;x\n",
		"6,+1,2,-;x\n",
		" 6,1,2,-;x\n",
		"6, 1,2,-;x\n",
		"6,1,2,- ;x\n",
		"6,18446744073709551616,2,-;x\n",
		"6,1,18446744073709551616,-;x\n",
		"6,1,99999999999999999999999,-;x\n",
		"6,1,2,-,;x\n",
		"6,1,2,-,a b;x\n",
		"6,1,2,-,a=\x1b;x\n",
		"6,1,2,-,a=\xc3\xa4;x\n",
		"6,1,2,-,ncfrag=0/31,a=b;x\n",
		"6,1,2,-,ncfrag=;x\n",
		"6,1,2,-,ncfrag=0;x\n",
		"6,1,2,-,ncfrag=0/;x\n",
		"6,1,2,-,ncfrag=/31;x\n",
		"6,1,2,-,ncfrag=31/31;x\n",
		"6,1,2,-,ncfrag=32/31;x\n",
		"6,1,2,-,ncfrag=30/31;xy",
		"6,1,2,-,ncfrag=0/31;",
		"6,1,2,-,ncfrag=0/31",
		"6,1,2,-,ncfrag=00/31;x",
		"6,1,2,-,ncfrag=0/73729;x",
		"6,1,2,-,ncfrag=0/4294967327;x",
		"6 12,6,1,2,-;x\n",
		"a=b;c,6,1,2,-;x\n",
		"6.1,6.1,6,1,2,-;x\n",
		"** replaying previous printk message **",
		REPLAYED,
		REPLAYED "text\n",
		REPLAYED REPLAYED REPLAYED "6,1,2,-;x\n",
		("release-0123456789012345678901234567890123456789012345678901"
		 "23456,6,1,2,-;x\n"),
	};
	struct extmsg msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (read_exactly(&msg, texts[i], strlen(texts[i])))
			fail_msg("read: %s", texts[i]);
	assert_false(read_exactly(&msg, "6,1,2,-\0;x", 10));
}

/* Whatever is cut off before the ';', it is no header any more. */
static void test_every_cut_of_a_header_is_none(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		const char *datagram = headers[i].datagram;
		size_t end = strlen(datagram) - strlen(headers[i].chunk);
		struct extmsg msg;

		for (len = 0; len < end; len++)
			assert_false(read_exactly(&msg, datagram, len));
		assert_int_equal(read_exactly(&msg, datagram, end),
				 !headers[i].fragment);
	}
}

/* One byte of the header is another: it is none, or one that says it. */
static void test_a_spoilt_byte_is_seen_or_told(void **state)
{
	const char *datagram = "14,123,45678,-,caller=T1,ncfrag=100/2000;text";
	size_t end = strlen(datagram) - 4;
	size_t at;

	(void)state;
	for (at = 0; at < end; at++) {
		int c;

		for (c = 0; c < 256; c++) {
			char spoilt[64];
			struct extmsg msg;

			if (c == datagram[at])
				continue;
			strcpy(spoilt, datagram);
			spoilt[at] = (char)c;
			if (!read_exactly(&msg, spoilt, strlen(datagram)))
				continue;
			assert_true(msg.chunk.at[-1] == ';');
			assert_true(msg.prio <= EXTMSG_PRIO_MAX);
			if (msg.fragment)
				assert_true(msg.offset < msg.total &&
					    msg.total <= EXTMSG_TOTAL_MAX);
		}
	}
}

/* Real kernels: all datagrams, and in order. */
static void assert_recording(const char *name, bool release, uint64_t count)
{
	struct dgrams d;
	struct dgram dg;
	struct extmsg msg;
	uint64_t last = 0, n = 0;
	uint32_t next = 0;

	assert_int_equal(dgrams_open(&d, name), 0);
	for (; dgrams_next(&d, &dg) > 0; n++) {
		assert_true(read_exactly(&msg, dg.bytes, dg.len));
		assert_int_equal(msg.release.len > 0, release);
		assert_true(msg.sequnum >= last);
		assert_true(next == (msg.fragment ? msg.offset : 0));
		last = msg.sequnum;
		next = 0;
		if (msg.fragment &&
		    msg.offset + msg.chunk.len < (size_t)msg.total)
			next = msg.offset + (uint32_t)msg.chunk.len;
	}
	assert_true(n == count);
	dgrams_close(&d);
}

static void test_recordings_of_real_kernels_are_read(void **state)
{
	(void)state;
	assert_recording("tests/data/ext-61-odd.dgrams", false, 1527);
	assert_recording("tests/data/ext-612-oom-hung.dgrams", false, 563);
	assert_recording("tests/data/ext-61-loglevel.dgrams", false, 465);
	assert_recording("tests/data/ext-612-off-on.dgrams", false, 12);
	assert_recording("tests/data/extr-612-odd.dgrams", true, 1554);
}

/* No kernel sends a longer one; a forger could, for its reading. */
static void test_a_header_has_512_bytes_at_most(void **state)
{
	static const char begin[] = "6,1,2,-,a";
	char datagram[1400];
	size_t len;

	(void)state;
	for (len = sizeof(begin); len <= EXTMSG_HEADER_MAX + 1; len++) {
		struct extmsg msg;

		memset(datagram, 'a', sizeof(datagram));
		memcpy(datagram, begin, sizeof(begin) - 1);
		datagram[len - 1] = ';';
		assert_int_equal(read_exactly(&msg, datagram, sizeof(datagram)),
				 len <= EXTMSG_HEADER_MAX);
		if (len <= EXTMSG_HEADER_MAX)
			assert_int_equal(msg.chunk.len, sizeof(datagram) - len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_of_the_header_is_read),
		cmocka_unit_test(test_text_is_no_header),
		cmocka_unit_test(test_every_cut_of_a_header_is_none),
		cmocka_unit_test(test_a_spoilt_byte_is_seen_or_told),
		cmocka_unit_test(test_recordings_of_real_kernels_are_read),
		cmocka_unit_test(test_a_header_has_512_bytes_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
