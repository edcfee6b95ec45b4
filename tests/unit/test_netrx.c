/* Batches, control messages and the count of drops. */
#include "unit.h"

#include "netrxworld.h"

#include <net/if.h>

static void assert_used_up(void)
{
	struct datagram d;
	uint32_t dropped;

	assert_false(netrx_current(&rx, &d, &dropped));
}

static void test_every_number_of_datagrams_comes_in_order(void **state)
{
	unsigned count, taken;
	int n;

	(void)state;
	for (count = 0; count <= 3 * NETRX_BATCH + 1; count++) {
		say_numbers(0, count);
		taken = 0;
		while ((n = netrx_receive(&rx, &sock)) > 0) {
			assert_true(n <= NETRX_BATCH);
			for (; n > 0; n--)
				take_number(taken++, NULL);
			assert_used_up();
		}
		assert_int_equal(n, 0);
		assert_int_equal(taken, count);
	}
}

/* What isn't taken stays, and the kernel isn't asked for more. */
static void test_a_batch_stays_until_it_is_taken(void **state)
{
	(void)state;
	say_numbers(0, 10);
	assert_int_equal(netrx_receive(&rx, &sock), 10);
	take_number(0, NULL);
	say_numbers(10, 5);
	assert_int_equal(netrx_receive(&rx, &sock), 9);
	assert_int_equal(fake.counts[FAKE_RECVMMSG], 1);
	rx.offset = 1;
	take_number(1, NULL);
	assert_int_equal(rx.offset, 0);
}

static void test_nothing_there_is_no_error(void **state)
{
	(void)state;
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, EINTR, 0);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, EAGAIN, 0);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	assert_used_up();
}

static void test_an_error_is_told_and_passes(void **state)
{
	static const int errors[] = { ENOMEM, ENOBUFS, EIO, ENETDOWN,
				      ECONNREFUSED };
	size_t i;

	(void)state;
	say_numbers(0, 1);
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_fail(FAKE_BIT(FAKE_RECVMMSG), 1, 1, errors[i], 0);
		assert_int_equal(netrx_receive(&rx, &sock), -1);
		assert_int_equal(errno, errors[i]);
		assert_used_up();
	}
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	take_number(0, NULL);
}

static void test_a_datagram_has_its_source_and_time(void **state)
{
	struct datagram d;
	uint32_t dropped;
	char text[SRCADDR_TEXT_MAX];

	(void)state;
	fake_set_wall(FAKE_NOON + 7);
	fake_say(9, "x");
	fake_set_wall(FAKE_NOON + 100);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_true(netrx_current(&rx, &d, &dropped));
	assert_int_equal(d.arrival.tv_sec, FAKE_NOON + 7);
	srcaddr_text(text, &d.from, NULL, NULL);
	assert_string_equal(text, "192.0.2.9:6665");
	assert_int_equal(dropped, 0);
}

/* 64-bit and 32-bit machines, Linux before and since 5.1, and libc's help. */
static void test_the_time_is_read_in_each_form(void **state)
{
	static const enum fake_stamps forms[] = { FAKE_STAMPS, FAKE_STAMPS_32,
						  FAKE_STAMPS_NEW,
						  FAKE_STAMPS_BOTH };
	struct datagram d;
	uint32_t dropped;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		fake.stamp_form = forms[i];
		fake_set_wall(FAKE_NOON + 7);
		fake_say(9, "x");
		fake_set_wall(FAKE_NOON + 100);
		assert_int_equal(netrx_receive(&rx, &sock), 1);
		assert_true(netrx_current(&rx, &d, &dropped));
		assert_int_equal(d.arrival.tv_sec, FAKE_NOON + 7);
		assert_int_equal(dropped, 0);
		netrx_taken(&rx);
	}
}

/* Takes the next datagram, which is from @source. */
static void take_from(const char *source)
{
	char text[SRCADDR_TEXT_MAX];
	struct datagram d;
	uint32_t dropped;

	assert_true(netrx_receive(&rx, &sock) > 0);
	assert_true(netrx_current(&rx, &d, &dropped));
	srcaddr_text(text, &d.from, &rx.scopes, NULL);
	assert_string_equal(text, source);
	netrx_taken(&rx);
}

/* A burst of one sender is told apart from what stands next to it. */
static void test_each_datagram_of_a_batch_has_its_own_source(void **state)
{
	(void)state;
	fake_say(1, "a");
	fake_say(1, "b");
	fake_say(2, "c");
	fake_say_by(1, 2, "d");
	fake_say_by(1, 2, "e");
	fake_say_by(2, 2, "f");
	fake_say_by(2, 3, "g");
	fake_say(2, "h");
	take_from("192.0.2.1:6665");
	take_from("192.0.2.1:6665");
	take_from("192.0.2.2:6665");
	take_from("[fe80::2%1]:6665");
	take_from("[fe80::2%1]:6665");
	take_from("[fe80::2%2]:6665");
	take_from("[fe80::3%2]:6665");
	take_from("192.0.2.2:6665");
}

static void test_ports_of_senders_may_count_for_nothing(void **state)
{
	(void)state;
	rx.by_address = true;
	fake_say(1, "a");
	fake_say_by(1, 2, "b");
	take_from("192.0.2.1:0");
	take_from("[fe80::2%1]:0");
}

static void test_an_interface_is_asked_for_its_name_once(void **state)
{
	(void)state;
	strcpy(fake.interfaces[2], "eth0");
	strcpy(fake.interfaces[3], "eth 1");
	fake_say_by(2, 1, "a");
	fake_say_by(2, 2, "b");
	fake_say_by(3, 2, "c");
	fake_say_by(4, 2, "d");
	fake_say_by(4, 3, "e");
	take_from("[fe80::1%eth0]:6665");
	take_from("[fe80::2%eth0]:6665");
	take_from("[fe80::2%3]:6665");
	take_from("[fe80::2%4]:6665");
	take_from("[fe80::3%4]:6665");
	assert_int_equal(fake.counts[FAKE_IOCTL], 3);
	strcpy(fake.interfaces[2], "lan");
	strcpy(fake.interfaces[4], "eth2");
	fake_say_by(2, 1, "f");
	take_from("[fe80::1%eth0]:6665");
	netrx_forget_scopes(&rx);
	fake_say_by(2, 1, "g");
	fake_say_by(4, 1, "h");
	take_from("[fe80::1%lan]:6665");
	take_from("[fe80::1%eth2]:6665");
}

/* Names that fill the field leave no room for a NUL. */
static void test_a_name_without_an_end_is_cut(void **state)
{
	(void)state;
	memset(fake.interfaces[2], 'x', IFNAMSIZ);
	fake_say_by(2, 1, "a");
	take_from("[fe80::1%xxxxxxxxxxxxxxx]:6665");
}

/*
 * Where no more names can be kept, each sender's is asked for anew; that shows
 * how often one is read.
 */
static void test_a_burst_of_one_sender_is_read_once(void **state)
{
	uint32_t index;
	unsigned i;

	(void)state;
	for (index = 8; index < 8 + SRCADDR_SCOPES_MAX; index++)
		netrx_learn_scope(&rx, sock.fd, index);
	fake.counts[FAKE_IOCTL] = 0;
	for (i = 0; i < 5; i++)
		fake_say_by(1, 2, "a");
	fake_say_by(1, 3, "b");
	fake_say(1, "c");
	for (i = 0; i < 5; i++)
		fake_say_by(1, 3, "d");
	for (i = 0; i < 5; i++)
		take_from("[fe80::2%1]:6665");
	take_from("[fe80::3%1]:6665");
	take_from("192.0.2.1:6665");
	for (i = 0; i < 5; i++)
		take_from("[fe80::3%1]:6665");
	assert_int_equal(fake.counts[FAKE_IOCTL], 3);
}

/* Of two, the second has no name. */
static int receive_nameless(int fd, struct mmsghdr *messages, unsigned count,
			    bool peek)
{
	int n = fakesys.recvmmsg(fd, messages, count, peek);

	if (n == 2)
		messages[1].msg_hdr.msg_namelen = 0;
	return n;
}

/* What stood there before is another datagram's. */
static void test_a_datagram_without_a_name_is_nobodys(void **state)
{
	struct sys sys = fakesys;

	(void)state;
	sys.recvmmsg = receive_nameless;
	rx.sys = &sys;
	fake_say_by(1, 2, "a");
	fake_say_by(1, 2, "b");
	take_from("[fe80::2%1]:6665");
	take_from("[::]:0");
	rx.sys = &fakesys;
}

/* A sender's lines have one name, whatever fails in between. */
static void test_an_interface_whose_name_is_refused_has_a_number(void **state)
{
	(void)state;
	strcpy(fake.interfaces[2], "eth0");
	fake_fail(FAKE_BIT(FAKE_IOCTL), 1, 1, EPERM, 0);
	fake_say_by(2, 1, "a");
	take_from("[fe80::1%2]:6665");
	fake_say_by(2, 2, "b");
	take_from("[fe80::2%2]:6665");
}

static void test_without_a_stamp_now_will_do(void **state)
{
	struct datagram d;
	uint32_t dropped;

	(void)state;
	fake.no_stamps = true;
	fake_say(9, "x");
	fake_set_wall(FAKE_NOON + 100);
	netrx_receive(&rx, &sock);
	assert_true(netrx_current(&rx, &d, &dropped));
	assert_int_equal(d.arrival.tv_sec, FAKE_NOON + 100);
}

static void test_every_length_comes_whole(void **state)
{
	static const size_t lengths[] = { 0,	 1,	1000,  1472,
					  65506, 65507, 65527, 65535 };
	static char bytes[65536];
	struct datagram d;
	uint32_t dropped;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		fake_datagram(1, bytes, lengths[i]);
		assert_int_equal(netrx_receive(&rx, &sock), 1);
		assert_true(netrx_current(&rx, &d, &dropped));
		assert_int_equal(d.len, lengths[i]);
		assert_memory_equal(d.bytes, bytes, d.len);
		netrx_taken(&rx);
	}
}

/* Drops. */

static void receive_number(unsigned number, uint32_t count, uint32_t news)
{
	fake.drops = count;
	say_numbers(number, 1);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_int_equal(take_number(number, NULL), news);
}

static void test_drops_are_told_once(void **state)
{
	(void)state;
	receive_number(0, 0, 0);
	receive_number(1, 3, 3);
	receive_number(2, 3, 0);
	receive_number(3, 5, 2);
}

static void test_the_count_of_drops_may_wrap(void **state)
{
	(void)state;
	drops->logged = UINT32_MAX - 1;
	receive_number(0, UINT32_MAX - 1, 0);
	receive_number(1, 5, 7);
}

static void test_drops_that_are_not_told_come_again(void **state)
{
	struct datagram d;
	uint32_t dropped;

	(void)state;
	fake.drops = 4;
	say_numbers(0, 1);
	netrx_receive(&rx, &sock);
	assert_true(netrx_current(&rx, &d, &dropped));
	assert_int_equal(dropped, 4);
	assert_true(netrx_current(&rx, &d, &dropped));
	assert_int_equal(dropped, 4);
}

static void test_drops_that_no_datagram_told_are_asked_for(void **state)
{
	(void)state;
	fake.drops = 6;
	assert_int_equal(drops_unlogged(drops), 6);
	note_logged(6);
	assert_int_equal(drops_unlogged(drops), 0);
	fake.no_meminfo = true;
	fake.drops = 9;
	assert_int_equal(drops_unlogged(drops), 0);
}

/* A datagram that was queued before we asked knows of fewer drops. */
static void test_old_news_of_drops_is_no_news(void **state)
{
	(void)state;
	fake.drops = 2;
	say_numbers(0, 1);
	note_logged(6);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_int_equal(take_number(0, NULL), 0);
	receive_number(1, 7, 1);
}

/* Whether their place in the log has come or not. */
static void test_all_drops_can_be_asked_for_at_any_time(void **state)
{
	(void)state;
	say_numbers(0, 1);
	netrx_receive(&rx, &sock);
	fake.drops = 3;
	assert_int_equal(drops_unlogged(drops), 3);
	take_number(0, NULL);
	assert_int_equal(drops_unlogged(drops), 3);
	note_logged(3);
	assert_int_equal(drops_unlogged(drops), 0);
}

/* The next one is looked at, and stays. */
static void test_drops_before_the_next_datagram_can_be_asked_for(void **state)
{
	(void)state;
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 0);
	fake.drops = 3;
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 3);
	say_numbers(0, 1);
	fake.drops = 9;
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 3);
	note_logged(3);
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 0);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 0);
	assert_int_equal(take_number(0, NULL), 0);
	assert_int_equal(netrx_dropped_before_next(&rx, &sock), 6);
}

/* Adopted. */

/* Four were told by whoever had it before; five came while nobody had it. */
static void test_drops_while_nobody_had_the_socket_are_told(void **state)
{
	(void)state;
	fake.drops = 4;
	say_numbers(0, 2);
	fake.drops = 9;
	drops_adopt(drops);
	assert_int_equal(drops_unlogged(drops), 0);
	assert_int_equal(netrx_receive(&rx, &sock), 2);
	assert_int_equal(take_number(0, NULL), 0);
	assert_int_equal(take_number(1, NULL), 0);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	assert_int_equal(drops_unlogged(drops), 5);
}

static void test_drops_that_were_told_before_are_not_told_again(void **state)
{
	(void)state;
	fake.drops = 4;
	drops_adopt(drops);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	assert_int_equal(drops_unlogged(drops), 0);
	receive_number(0, 4, 0);
	receive_number(1, 6, 2);
}

/* A socket that was made for us, and was full before we first had it. */
static void test_drops_before_the_first_start_are_told(void **state)
{
	(void)state;
	say_numbers(0, 1);
	fake.drops = 4;
	drops_adopt(drops);
	assert_int_equal(netrx_receive(&rx, &sock), 1);
	assert_int_equal(take_number(0, NULL), 0);
	assert_int_equal(drops_unlogged(drops), 4);
}

/* Without SO_MEMINFO the first datagram tells, whenever it comes. */
static void test_an_adopted_socket_may_not_tell_its_drops(void **state)
{
	(void)state;
	fake.no_meminfo = true;
	fake.drops = 4;
	drops_adopt(drops);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
	receive_number(0, 4, 0);
	receive_number(1, 6, 2);
}

/* Shut. */

static void test_a_shut_socket_keeps_what_it_has_and_takes_no_more(void **state)
{
	(void)state;
	say_numbers(0, 2);
	assert_true(netrx_shut(&sock));
	say_numbers(2, 2);
	assert_int_equal(netrx_receive(&rx, &sock), 2);
	take_number(0, NULL);
	take_number(1, NULL);
	assert_int_equal(netrx_receive(&rx, &sock), 0);
}

static void test_a_socket_that_cannot_be_shut_is_told(void **state)
{
	(void)state;
	fake_fail(FAKE_BIT(FAKE_CONNECT) | FAKE_BIT(FAKE_SETSOCKOPT), 1, 2,
		  EPERM, 0);
	assert_false(netrx_shut(&sock));
	fake_fail(FAKE_BIT(FAKE_GETSOCKNAME) | FAKE_BIT(FAKE_SETSOCKOPT), 1, 2,
		  ENOBUFS, 0);
	assert_false(netrx_shut(&sock));
	assert_false(fake.shut);
	fake_fail(FAKE_BIT(FAKE_CONNECT), 1, 1, ENETUNREACH, 0);
	assert_true(netrx_shut(&sock));
	assert_true(fake.shut);
}

/* Control messages that are not as they should be. */

static socklen_t bad_len;
static socklen_t bad_control;

static int receive_badly(int fd, struct mmsghdr *messages, unsigned count,
			 bool peek)
{
	struct cmsghdr cmsg = { .cmsg_level = SOL_SOCKET,
				.cmsg_type = SO_RXQ_OVFL };
	char *control = messages[0].msg_hdr.msg_control;
	uint32_t count_of_drops = 77;

	(void)fd;
	(void)count;
	(void)peek;
	cmsg.cmsg_len = bad_len;
	memcpy(control, &cmsg, sizeof(cmsg));
	memcpy(control + CMSG_LEN(0), &count_of_drops, sizeof(count_of_drops));
	messages[0].msg_hdr.msg_controllen = bad_control;
	messages[0].msg_hdr.msg_namelen = 0;
	messages[0].msg_len = 0;
	return 1;
}

static void test_broken_control_messages_are_passed_over(void **state)
{
	static struct sys sys;
	struct datagram d;
	uint32_t dropped;

	(void)state;
	sys = fakesys;
	sys.recvmmsg = receive_badly;
	rx.sys = &sys;
	for (bad_len = 0; bad_len <= 64; bad_len++)
		for (bad_control = 0; bad_control <= 48; bad_control++) {
			bool good = bad_len == CMSG_LEN(sizeof(uint32_t)) &&
				    bad_control >= bad_len;

			assert_int_equal(netrx_receive(&rx, &sock), 1);
			assert_true(netrx_current(&rx, &d, &dropped));
			assert_int_equal(dropped, good ? 77 : 0);
			assert_int_equal(d.from.port, 0);
			netrx_taken(&rx);
		}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_number_of_datagrams_comes_in_order),
		CASE(test_a_batch_stays_until_it_is_taken),
		CASE(test_nothing_there_is_no_error),
		CASE(test_an_error_is_told_and_passes),
		CASE(test_a_datagram_has_its_source_and_time),
		CASE(test_the_time_is_read_in_each_form),
		CASE(test_each_datagram_of_a_batch_has_its_own_source),
		CASE(test_ports_of_senders_may_count_for_nothing),
		CASE(test_an_interface_is_asked_for_its_name_once),
		CASE(test_an_interface_whose_name_is_refused_has_a_number),
		CASE(test_a_name_without_an_end_is_cut),
		CASE(test_a_burst_of_one_sender_is_read_once),
		CASE(test_a_datagram_without_a_name_is_nobodys),
		CASE(test_without_a_stamp_now_will_do),
		CASE(test_every_length_comes_whole),
		CASE(test_drops_are_told_once),
		CASE(test_the_count_of_drops_may_wrap),
		CASE(test_drops_that_are_not_told_come_again),
		CASE(test_drops_that_no_datagram_told_are_asked_for),
		CASE(test_old_news_of_drops_is_no_news),
		CASE(test_all_drops_can_be_asked_for_at_any_time),
		CASE(test_drops_before_the_next_datagram_can_be_asked_for),
		CASE(test_drops_while_nobody_had_the_socket_are_told),
		CASE(test_drops_that_were_told_before_are_not_told_again),
		CASE(test_drops_before_the_first_start_are_told),
		CASE(test_an_adopted_socket_may_not_tell_its_drops),
		CASE(test_a_shut_socket_keeps_what_it_has_and_takes_no_more),
		CASE(test_a_socket_that_cannot_be_shut_is_told),
		CASE(test_broken_control_messages_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
