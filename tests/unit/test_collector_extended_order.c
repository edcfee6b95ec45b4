/* Tests of collector: the order of extended records, loss, and boots. */
#include "collecting.h"

#include <stdio.h>

static struct settings settings_of(unsigned long reorder_ms)
{
	struct settings settings = rig_settings();

	settings.extended = true;
	settings.clients = 10;
	settings.reorder_ms = reorder_ms;
	return settings;
}

static int set_up(void **state)
{
	struct settings settings = settings_of(10);

	*state = new_rig(&settings, 64);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down_rig)

/* A whole record of host 1, whose clock shows 1 s and as many ms as its number. */
static void say_record(struct rig *rig, unsigned sequnum, const char *rest,
		       uint64_t now_ms)
{
	char text[200];
	struct datagram d;

	snprintf(text, sizeof(text), "6,%u,%u000,-;%u%s", sequnum,
		 1000 + sequnum, sequnum, rest);
	d = a_datagram(1, text, strlen(text), (time_t)(now_ms / 1000));
	rig_put(rig, &d, now_ms);
}

/* Received at @now_ms, but in the socket since @arrival_ms. */
static void say_at(struct rig *rig, const char *text, uint64_t arrival_ms,
		   uint64_t now_ms)
{
	struct datagram d =
		a_datagram(1, text, strlen(text), (time_t)(arrival_ms / 1000));

	d.arrival.tv_nsec = (long)(arrival_ms % 1000) * 1000000;
	rig_put(rig, &d, now_ms);
}

static void say_number(struct rig *rig, unsigned sequnum, uint64_t now_ms)
{
	say_record(rig, sequnum, "\n", now_ms);
}

static void say_msgid(struct rig *rig, unsigned sequnum, unsigned msgid,
		      uint64_t now_ms)
{
	char rest[40];

	snprintf(rest, sizeof(rest), "\n msgid=%u\n", msgid);
	say_record(rig, sequnum, rest, now_ms);
}

/* What a line says, without stamp and braces, after what came before. */
static void assert_told(struct rig *rig, const char *want)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	static char told[100000];
	size_t begin = sizeof("2026-01-01 00:00:00 192.0.2.1:6665 ") - 1;
	size_t len = 0;
	const char *line = (const char *)log->at;
	const char *end = line + log->len;

	while (line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));
		const char *text = line + begin;
		const char *brace;

		assert_true(text <= lf);
		if (*text == '[')
			text = strstr(text, "] ") + 2;
		brace = memchr(text, '{', (size_t)(lf - text));
		len += (size_t)snprintf(told + len, sizeof(told) - len,
					"%s%.*s", len > 0 ? "|" : "",
					(int)((brace ? brace - 1 : lf) - text),
					text);
		line = lf + 1;
	}
	told[len] = '\0';
	assert_string_equal(told, want);
}

static void test_swapped_records_are_put_in_order(void **state)
{
	say_number(*state, 0, 1000);
	say_number(*state, 2, 1000);
	say_number(*state, 3, 1001);
	assert_told(*state, "0");
	assert_int_equal(collector_deadline(&((struct rig *)*state)->collector),
			 1010);
	say_number(*state, 1, 1002);
	assert_told(*state, "0|1|2|3");
}

static void test_none_waits_longer_than_told(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_number(rig, 2, 1000);
	say_number(rig, 5, 1003);
	say_number(rig, 3, 1004);
	rig_expire(rig, 1009);
	assert_told(rig, "0");
	rig_expire(rig, 1010);
	assert_told(rig, "0|2|3");
	say_number(rig, 4, 1011);
	assert_told(rig, "0|2|3|4|5");
	/* It is late, and not lost. */
	say_number(rig, 1, 1012);
	assert_told(rig, "0|2|3|4|5|1");
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	assert_int_equal(rig->collector.extended.pass.counts.gaps, 0);
}

/* One that waits may wait for another that has waited longer. */
static void test_the_time_of_a_later_one_writes_earlier_ones(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_number(rig, 9, 1000);
	say_number(rig, 4, 1005);
	rig_expire(rig, 1010);
	assert_told(rig, "0|4|9");
	assert_true(collector_deadline(&rig->collector) == DEADLINE_NEVER);
	assert_int_equal(rig->collector.extended.pass.counts.gaps, 7);
}

static void test_the_first_of_a_sender_waits_as_well(void **state)
{
	say_number(*state, 7, 1000);
	say_number(*state, 6, 1001);
	assert_told(*state, "");
	rig_expire(*state, 1011);
	assert_told(*state, "6|7");
}

static void test_no_more_than_a_share_waits(void **state)
{
	char want[1000] = "0";
	unsigned i;

	say_number(*state, 0, 1000);
	for (i = 0; i < FRAGMENTS_PER_SOURCE; i++)
		say_number(*state, 2 + i, 1000);
	assert_told(*state, "0");
	say_number(*state, 2 + i, 1000);
	for (i = 2; i <= 2 + FRAGMENTS_PER_SOURCE; i++)
		sprintf(want + strlen(want), "|%u", i);
	assert_told(*state, want);
}

/* One more that belongs before all that wait goes before them. */
static void test_the_lowest_goes_first_where_too_many_wait(void **state)
{
	struct rig *rig = *state;
	char want[1000] = "0|udplogger: 4 messages lost (msgid 2..5)|5|"
			  "udplogger: 4 messages lost (msgid 7..10)";
	unsigned i;

	say_msgid(rig, 0, 1, 1000);
	for (i = 10; i < 10 + FRAGMENTS_PER_SOURCE; i++)
		say_msgid(rig, i, 1 + i, 1000);
	say_msgid(rig, 5, 6, 1000);
	rig_expire(rig, 1010);
	for (i = 10; i < 10 + FRAGMENTS_PER_SOURCE; i++)
		sprintf(want + strlen(want), "|%u", i);
	assert_told(rig, want);
}

static void test_nothing_waits_if_told_so(void **state)
{
	struct settings settings = settings_of(0);
	struct rig *rig = new_rig(&settings, 64);

	(void)state;
	say_number(rig, 7, 1000);
	say_number(rig, 9, 1000);
	say_number(rig, 8, 1000);
	say_number(rig, 8, 1000);
	assert_told(rig, "7|9|8");
	assert_int_equal(rig->collector.extended.doubles, 1);
	drop_rig(rig);
}

static void test_doubles_are_dropped(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_number(rig, 0, 1000);
	say_number(rig, 2, 1000);
	say_number(rig, 2, 1000);
	say_number(rig, 1, 1000);
	say_number(rig, 2, 1000);
	say_number(rig, 1, 1000);
	say(rig, 1,
	    "** replaying previous printk message **\n6,1,1001000,-;1\n", 1);
	say(rig, 1, "6,3,1003000,-,ncfrag=2/4;34", 1);
	say(rig, 1, "6,3,1003000,-,ncfrag=0/4;12", 1);
	say(rig, 1, "6,3,1003000,-,ncfrag=0/4;12", 1);
	say(rig, 1, "6,3,1003000,-;1234", 1);
	assert_told(rig, "0|1|2|1234");
	assert_int_equal(rig->collector.extended.doubles, 7);
}

static void test_a_record_in_fragments_has_its_place(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say(rig, 1, "6,1,1001000,-,ncfrag=0/4;12", 1);
	say_number(rig, 2, 1000);
	say(rig, 1, "6,3,1003000,-,ncfrag=0/4;56", 1);
	say(rig, 1, "6,3,1003000,-,ncfrag=2/4;78", 1);
	assert_told(rig, "0");
	say(rig, 1, "6,1,1001000,-,ncfrag=2/4;34", 1);
	assert_told(rig, "0|1234|2|5678");
}

static void test_loss_is_told_in_its_place(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 5, 16, 1000);
	rig_expire(rig, 1010);
	say_msgid(rig, 9, 20, 1011);
	say_msgid(rig, 10, 21, 1011);
	rig_expire(rig, 1021);
	assert_log(rig,
		   LINE("1", "00:00:01", "[    1.005000] 5 {msgid=16}") LINE(
			   "1", "00:00:01",
			   "udplogger: 3 messages lost (msgid 17..19)")
			   LINE("1", "00:00:01", "[    1.009000] 9 {msgid=20}")
				   LINE("1", "00:00:01",
					"[    1.010000] 10 {msgid=21}"));
	assert_int_equal(rig->collector.extended.pass.counts.lost, 3);
	say_msgid(rig, 7, 18, 1022);
	assert_told(rig, "5|udplogger: 3 messages lost (msgid 17..19)|9|10|"
			 "udplogger: 1 messages late, not lost "
			 "(msgid 18..18)|7");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 2);
}

static void test_what_came_in_part_is_not_lost(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 1, 1000);
	say(rig, 1, "6,1,1001000,-,ncfrag=0/20;1\n msgid=", 1);
	say_msgid(rig, 3, 4, 1000);
	say_msgid(rig, 4, 5, 1000);
	rig_expire(rig, 1010);
	/* It has its own msgid here, which changes nothing. */
	say(rig, 1, "6,6,1006000,-,ncfrag=8/19;\n msgid=7\n", 2);
	say_msgid(rig, 7, 8, 2000);
	rig_expire(rig, 12000);
	assert_told(rig, "0|udplogger: 1 messages lost (msgid 2..3)|3|4|"
			 "udplogger: 1 messages lost (msgid 6..7)|7|"
			 "1|<8 bytes missing>");
}

/* Its own gap was told before it came. */
static void test_a_late_fragment_hides_no_other_loss(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 9, 1000);
	say_msgid(rig, 2, 11, 1000);
	rig_expire(rig, 1010);
	say(rig, 1, "6,1,1001000,-,ncfrag=0/12;1\n ", 1);
	say_msgid(rig, 4, 13, 1011);
	rig_expire(rig, 1021);
	say(rig, 1, "6,1,1001000,-,ncfrag=3/12;msgid=10\n", 1);
	assert_told(rig, "0|udplogger: 1 messages lost (msgid 10..10)|2|"
			 "udplogger: 1 messages lost (msgid 12..12)|4|"
			 "udplogger: 1 messages late, not lost "
			 "(msgid 10..10)|1");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 1);
}

/*
 * Two records with one msgid, or the earlier one with a higher one: somebody on
 * the sender forges msgids.  That the record came is true all the same.
 */
static void test_a_late_record_may_have_any_msgid(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 5, 16, 1000);
	rig_expire(rig, 1010);
	say_msgid(rig, 9, 20, 1010);
	rig_expire(rig, 1020);
	say_msgid(rig, 7, 20, 1020);
	say_msgid(rig, 6, 4000, 1020);
	say_msgid(rig, 7, 18, 1020);
	say_msgid(rig, 8, 19, 1020);
#define UNKNOWN "udplogger: 1 messages late, not lost (msgid unknown)"
	assert_told(rig,
		    "5|udplogger: 3 messages lost (msgid 17..19)|9|" UNKNOWN
		    "|7|" UNKNOWN "|6|udplogger: 1 messages late, "
		    "not lost (msgid 19..19)|8");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
}

/*
 * A SysRq-T over a lossy network: messages that never become whole are written
 * when their time is up, far behind the others.  That leads nobody back.
 */
static void test_messages_that_expire_hide_no_loss(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig = new_rig(&settings, 64);
	char text[100];
	unsigned i;

	(void)state;
	say_msgid(rig, 0, 1, 1000);
	for (i = 1; i <= 120; i++) {
		if (i < 10 || i > 25) {
			say_msgid(rig, i, 1 + i, 1000);
			continue;
		}
		snprintf(text, sizeof(text), "6,%u,%u000,-,ncfrag=0/30;part", i,
			 1000 + i);
		say(rig, 1, text, 1);
	}
	rig_expire(rig, 1010);
	rig_expire(rig, 11000);
	say_msgid(rig, 125, 126, 11001);
	rig_expire(rig, 11011);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 4);
	assert_int_equal(rig->collector.extended.pass.counts.gaps, 4);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "4 messages lost (msgid 122..125)"));
	drop_rig(rig);
}

/* Ten is lost, and eleven comes once more, after many others. */
static void test_a_late_copy_takes_no_loss_back(void **state)
{
	struct rig *rig = *state;
	unsigned i;

	for (i = 0; i < 76; i++)
		if (i != 10)
			say_msgid(rig, i, i + 1, 1000);
	rig_expire(rig, 1010);
	say_msgid(rig, 76, 77, 1010);
	say_msgid(rig, 11, 12, 1011);
	say_msgid(rig, 11, 12, 1012);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 1);
	assert_null(strstr((const char *)rig_log(rig, TODAY)->at, "late"));
	say_msgid(rig, 10, 11, 1012);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "late, not lost (msgid 11..11)"));
}

/* Nor does it matter that the number itself never came. */
static void test_a_late_part_takes_its_loss_back(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 1, 1000);
	say_msgid(rig, 2, 3, 1000);
	rig_expire(rig, 1010);
	say(rig, 1, "6,1,1001000,-,ncfrag=0/20;1\n msgid=", 1);
	rig_expire(rig, 11010);
	assert_told(rig, "0|udplogger: 1 messages lost (msgid 2..2)|2|"
			 "udplogger: 1 messages late, not lost (msgid unknown)"
			 "|1");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
}

/* The kernel counts only while it adds the numbers. */
static void test_records_without_msgid_between_say_nothing(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 5, 1000);
	say_number(rig, 1, 1000);
	say_msgid(rig, 2, 6, 1000);
	say_number(rig, 3, 1000);
	say_msgid(rig, 4, 9, 1000);
	assert_told(rig, "0|1|2|3|udplogger: 2 messages lost (msgid 7..8)|4");
}

/* Later than the fragments of one that never was whole. */
static void test_one_without_its_end_is_not_lost(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 1, 1000);
	say(rig, 1, "6,1,1001000,-,ncfrag=0/20;1\n msgid=", 1);
	rig_expire(rig, 11000);
	say_msgid(rig, 2, 3, 11000);
	assert_told(rig, "0|1|2");
}

static void test_a_boot_is_told_after_what_came_before(void **state)
{
	struct rig *rig = *state;
	unsigned i;

	for (i = 0; i < 3; i++)
		say_number(rig, 5000 + i, 1000);
	say(rig, 1, "6,5004,6004000,-,ncfrag=0/4;12", 1);
	/* One that is far back, and one of the new boot. */
	say(rig, 1, "6,0,5900000,-,ncfrag=0/4;34", 1);
	say(rig, 1, "6,3,1003000,-,ncfrag=0/4;56", 1);
	say_number(rig, 5005, 1000);
	say_number(rig, 1, 1001);
#define BEFORE                                                         \
	"5000|5001|5002|5005|34<2 bytes missing>|12<2 bytes missing>|" \
	"udplogger: sender booted"
	assert_told(rig, BEFORE);
	say_number(rig, 0, 1002);
	say_number(rig, 2, 1003);
	say(rig, 1, "6,3,1003000,-,ncfrag=2/4;78", 1);
	assert_told(rig, BEFORE "|0|1|2|5678");
}

/*
 * While there was no room, records of two boots lay in the socket.  The one that
 * waits for others has done so for long when the next boot's first one came.
 */
static void test_records_of_two_boots_do_not_mix(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_at(rig, "6,4005,5005000,-;old\n", 2000, 9000);
	say_at(rig, "6,4009,3000,-;new\n", 5000, 9000);
	assert_told(rig, "0|old|udplogger: sender booted");
	rig_expire(rig, 9010);
	assert_told(rig, "0|old|udplogger: sender booted|new");
}

/* It has an early time, but came long before. */
static void test_a_part_of_the_old_boot_is_none_of_the_new(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_at(rig, "6,1,1100000,-,ncfrag=0/4;12", 1100, 1100);
	say_at(rig, "6,2,9000000,-;9\n", 9000, 9000);
	say_at(rig, "6,3,200,-,ncfrag=0/4;34", 9990, 9990);
	say_at(rig, "6,0,100,-;new\n", 10000, 10000);
	assert_told(rig, "0|9|12<2 bytes missing>|udplogger: sender booted|"
			 "new");
	say_at(rig, "6,3,200,-,ncfrag=2/4;56", 10001, 10001);
	rig_expire(rig, 10011);
	assert_told(rig, "0|9|12<2 bytes missing>|udplogger: sender booted|"
			 "new|3456");
}

static void test_the_first_record_after_a_boot_may_be_a_fragment(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 5000, 1000);
	rig_expire(rig, 1010);
	say(rig, 1, "6,0,0,-,ncfrag=0/4;12", 2);
	assert_told(rig, "5000");
	say(rig, 1, "6,0,0,-,ncfrag=2/4;34", 2);
	assert_told(rig, "5000|udplogger: sender booted|1234");
}

/* A time that no machine reaches, in fragments. */
static void test_a_forged_time_is_no_boot(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say_at(rig, "6,1,100000000,-;1\n", 1100, 1100);
	say_at(rig, "6,2,1125899906842624,-,ncfrag=0/4;12", 1100, 1100);
	say_at(rig, "6,2,1125899906842624,-,ncfrag=2/4;34", 1100, 1100);
	assert_told(rig, "0|1|1234");
}

static void test_what_waits_of_a_source_goes_before_it_does(void **state)
{
	struct rig *rig = *state;
	uint8_t host;

	say_number(rig, 3, 1000);
	say_number(rig, 1, 1000);
	for (host = 2; host < 12; host++)
		say(rig, host, "[    0.000000] x\n", 1);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "] 1\n2026-01-01 00:00:01 192.0.2.1:6665 "
			       "[    1.003000] 3\n"));
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

/* Its time is up, but not that of one that belongs before it. */
static void test_what_expires_overtakes_nothing_that_waits(void **state)
{
	struct rig *rig = *state;

	say_number(rig, 0, 1000);
	say(rig, 1, "6,5,1005000,-,ncfrag=0/4;12", 1);
	say_number(rig, 4, 10995);
	rig_expire(rig, 11000);
	assert_told(rig, "0|4|12<2 bytes missing>");
}

static void test_at_the_end_what_waits_is_in_order(void **state)
{
	say_number(*state, 0, 1000);
	say(*state, 1, "6,1,1001000,-,ncfrag=0/4;12", 1);
	say_number(*state, 5, 1000);
	say_number(*state, 3, 1000);
	rig_flush(*state);
	assert_told(*state, "0|3|5|12<2 bytes missing>");
}

static void test_a_record_is_one_object(void **state)
{
	struct settings settings = settings_of(10);
	struct rig *rig;

	(void)state;
	settings.json = true;
	rig = new_rig(&settings, 64);
	say(rig, 1,
	    "6.12,6,0,1758426,-,caller=C1;a\\x0d\\x0ab\\xc3\\xa9\n k=v\n", 1);
	say(rig, 1, "6,2,2,-;two\n", 2);
	say(rig, 1, "6.12,6,1,3,-,ncfrag=2/4;34", 3);
	rig_flush(rig);
#define BOOT ",\"boot\":\"2025-12-31T23:59:59.241574+00:00\""
#define OBJECT(second, rest)                                                   \
	"{\"time\":\"2026-01-01T00:00:0" second ".000000+00:00\",\"address\":" \
	"\"192.0.2.1\",\"port\":6665," rest "}\n"
	assert_log(rig,
		   OBJECT("1",
			  "\"message\":\"a\\nb\xc3\xa9\",\"level\":6,"
			  "\"facility\":0" BOOT
			  ",\"sequnum\":0,\"usec\":1758426,\"caller\":\"C1\","
			  "\"release\":\"6.12\",\"dictionary\":{\"k\":\"v\"}")
			   OBJECT("2", "\"message\":\"two\",\"level\":6,"
				       "\"facility\":0" BOOT
				       ",\"sequnum\":2,\"usec\":2")
				   OBJECT("3",
					  "\"message\":\"<2 bytes missing>34\","
					  "\"level\":6,\"facility\":0" BOOT
					  ",\"sequnum\":1,\"usec\":3,"
					  "\"release\":\"6.12\","
					  "\"missing\":2"));
	drop_rig(rig);
}

/* Records that a sender made by lot, on a network that does what it likes. */
#define RECORDS	  150
#define PARTS	  4
#define DISPLACED 20 /* datagrams, at most */

struct sent {
	unsigned sequnum, msgid;
	unsigned parts;
	char whole[60];
	unsigned lost; /* parts that never come */
};

struct wire {
	unsigned record, part;
	uint64_t at; /* place on the wire */
};

struct story {
	struct sent sent[RECORDS];
	struct wire wire[RECORDS * PARTS * 2];
	size_t count;
	uint64_t lots;
};

static unsigned draw(struct story *s, unsigned below)
{
	return (unsigned)rig_random(&s->lots, below);
}

static void put_on_wire(struct story *s, unsigned record, unsigned part)
{
	s->wire[s->count++] =
		(struct wire){ record, part,
			       s->count * 100 + draw(s, DISPLACED * 100) };
}

/* The first and the last record always come whole. */
static void send(struct story *s, unsigned i)
{
	struct sent *sent = &s->sent[i];
	bool may_lose = i > 0 && i < RECORDS - 1;
	unsigned part;

	sent->sequnum = i == 0 ? draw(s, 3)
			       : s->sent[i - 1].sequnum + 1 +
					 (draw(s, 8) == 0 ? draw(s, 9) : 0);
	sent->msgid = i + 10;
	sent->parts = draw(s, 3) == 0 ? 2 + draw(s, PARTS - 1) : 1;
	snprintf(sent->whole, sizeof(sent->whole), "record %u\n msgid=%u\n",
		 sent->sequnum, sent->msgid);
	for (part = 0; part < sent->parts; part++) {
		if (may_lose && draw(s, 10) == 0) {
			sent->lost++;
			continue;
		}
		put_on_wire(s, i, part);
		if (draw(s, 8) == 0)
			put_on_wire(s, i, part);
	}
}

static int by_place(const void *a, const void *b)
{
	uint64_t x = ((const struct wire *)a)->at;
	uint64_t y = ((const struct wire *)b)->at;

	return x < y ? -1 : x > y;
}

static void deliver(struct rig *rig, const struct sent *sent, unsigned part)
{
	unsigned total = (unsigned)strlen(sent->whole);
	unsigned from = total * part / sent->parts;
	unsigned to = total * (part + 1) / sent->parts;
	char text[200], fragment[40] = "";
	struct datagram d;

	if (sent->parts > 1)
		sprintf(fragment, ",ncfrag=%u/%u", from, total);
	snprintf(text, sizeof(text), "6,%u,%u000,-%s;%.*s", sent->sequnum,
		 1000 + sent->sequnum, fragment, (int)(to - from),
		 sent->whole + from);
	d = a_datagram(1, text, strlen(text), 1);
	rig_put(rig, &d, 1000);
}

/* What must be told but for the records that came in part. */
static void tell(const struct story *s, char *want)
{
	unsigned missing = 0, whole = 0, last = 0, i;

	*want = '\0';
	for (i = 0; i < RECORDS; i++) {
		const struct sent *sent = &s->sent[i];

		if (sent->lost == sent->parts)
			missing++;
		if (sent->lost > 0)
			continue;
		if (missing > 0)
			want += sprintf(want,
					"|udplogger: %u messages lost "
					"(msgid %u..%u)",
					missing, last + 1, sent->msgid - 1);
		want += sprintf(want, "%srecord %u", whole++ > 0 ? "|" : "",
				sent->sequnum);
		missing = 0;
		last = sent->msgid;
	}
}

static void play(struct story *s, struct rig *rig)
{
	static char want[50000];
	unsigned partly = 0, i;
	size_t n;

	for (i = 0; i < RECORDS; i++) {
		send(s, i);
		partly += s->sent[i].lost > 0 &&
			  s->sent[i].lost < s->sent[i].parts;
	}
	qsort(s->wire, s->count, sizeof(s->wire[0]), by_place);
	for (n = 0; n < s->count; n++)
		deliver(rig, &s->sent[s->wire[n].record], s->wire[n].part);
	rig_expire(rig, 1010);
	tell(s, want);
	assert_told(rig, want);
	assert_int_equal(collector_unfinished(&rig->collector), partly);
	rig_expire(rig, 11000);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

static void test_any_order_is_what_the_model_says(void **state)
{
	struct settings settings = settings_of(10);
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 1000; seed++) {
		struct story s = { .lots = seed };
		struct rig *rig = new_rig(&settings, seed % 2 ? 64 : 2);

		if (seed % 2 == 0)
			rig->most_taken = 200;
		play(&s, rig);
		drop_rig(rig);
	}
}

#define REPLAY "** replaying previous printk message **\n"

/* The kernel sends a record again, and counts it as another message. */
static void test_a_record_that_is_sent_again_is_no_loss(void **state)
{
	struct rig *rig = *state;

	say_at(rig, "6,119,5011900,-;119\n cpu=0\n msgid=39\n", 1000, 1000);
	say_at(rig, REPLAY "6,119,5011900,-;119\n cpu=0\n msgid=40\n", 1000,
	       1000);
	say_at(rig, "6,120,5012000,-;120\n cpu=0\n msgid=41\n", 1001, 1001);
	rig_expire(rig, 1020);
	assert_told(rig, "119|120");
	assert_int_equal(rig->collector.extended.doubles, 1);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
	/* Also if it is longer by the digits of its number, and sent twice. */
	say_at(rig, "6,121,5012100,-;121\n msgid=42\n", 2000, 2000);
	say_at(rig, REPLAY "6,121,5012100,-;121\n msgid=100\n", 2000, 2000);
	say_at(rig, REPLAY "6,121,5012100,-;121\n msgid=100\n", 2000, 2000);
	say_at(rig, "6,122,5012200,-;122\n msgid=101\n", 2000, 2000);
	assert_told(rig, "119|120|121|udplogger: 57 messages lost (msgid "
			 "43..100)|122");
	assert_int_equal(rig->collector.extended.doubles, 3);
}

/* Without the marker, too, the msgid of a double counts as heard. */
static void test_a_double_with_another_msgid_is_no_loss(void **state)
{
	struct rig *rig = *state;

	say_at(rig, "6,119,5011900,-;119\n cpu=0\n msgid=39\n", 1000, 1000);
	rig_expire(rig, 1010);
	say_at(rig, "6,119,5011900,-;119\n cpu=0\n msgid=40\n", 1010, 1010);
	say_at(rig, "6,120,5012000,-;120\n cpu=0\n msgid=41\n", 1011, 1011);
	assert_told(rig, "119|120");
	assert_int_equal(rig->collector.extended.doubles, 1);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
	/* Another that is not a double's is lost. */
	say_at(rig, "6,120,5012000,-;120\n cpu=0\n msgid=42\n", 1011, 1011);
	say_at(rig, "6,121,5012100,-;121\n cpu=0\n msgid=44\n", 1011, 1011);
	assert_told(rig, "119|120|udplogger: 1 messages lost (msgid 42..43)|"
			 "121");
}

/* Many of them, one after the other. */
static void test_any_number_of_records_may_be_sent_again(void **state)
{
	struct rig *rig = *state;
	char text[200];
	unsigned i;

	say_msgid(rig, 0, 1, 1000);
	for (i = 0; i < 300; i++) {
		snprintf(text, sizeof(text),
			 REPLAY "6,0,1000000,-;0\n msgid=%u\n", 2 + i);
		say_at(rig, text, 1000, 1000);
	}
	say_msgid(rig, 1, 302, 1000);
	assert_told(rig, "0|1");
	/* Another that is not among them is lost. */
	snprintf(text, sizeof(text), REPLAY "6,1,1001000,-;1\n msgid=304\n");
	say_at(rig, text, 1000, 1000);
	say_msgid(rig, 2, 305, 1000);
	assert_told(rig, "0|1|udplogger: 1 messages lost (msgid 303..304)|2");
}

static void test_the_first_of_two_copies_may_be_lost_or_late(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 1, 1000);
	say_at(rig, REPLAY "6,1,1001000,-;1\n msgid=3\n", 1000, 1000);
	assert_told(rig, "0|1");
	say_msgid(rig, 2, 4, 1000);
	assert_told(rig, "0|1|udplogger: 1 messages lost (msgid 2..3)|2");
	say_msgid(rig, 1, 2, 1001);
	say_msgid(rig, 1, 2, 1001);
	assert_told(rig, "0|1|udplogger: 1 messages lost (msgid 2..3)|2|"
			 "udplogger: 1 messages late, not lost (msgid 2..2)");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
	assert_int_equal(rig->collector.extended.doubles, 2);
	/* The second may be late as well. */
	say_msgid(rig, 3, 5, 1002);
	say_msgid(rig, 4, 7, 1002);
	say_at(rig, REPLAY "6,3,1003000,-;3\n msgid=6\n", 1003, 1003);
	assert_told(rig, "0|1|udplogger: 1 messages lost (msgid 2..3)|2|"
			 "udplogger: 1 messages late, not lost (msgid 2..2)|3|"
			 "udplogger: 1 messages lost (msgid 6..6)|4|"
			 "udplogger: 1 messages late, not lost (msgid 6..6)");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
}

/* Each fragment has the marker; the msgid is in the last. */
static void test_fragments_that_are_sent_again_are_no_loss(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 98, 1000);
	say_at(rig, "6,1,1001000,-,ncfrag=0/12;1\n", 1000, 1000);
	say_at(rig, "6,1,1001000,-,ncfrag=2/12; msgid=99\n", 1000, 1000);
	say_at(rig, REPLAY "6,1,1001000,-,ncfrag=0/13;1\n", 1000, 1000);
	say_at(rig, REPLAY "6,1,1001000,-,ncfrag=2/13; msgid=100\n", 1000,
	       1000);
	say_msgid(rig, 2, 101, 1000);
	assert_told(rig, "0|1|2");
	assert_int_equal(collector_unfinished(&rig->collector), 0);
	/* What stays incomplete of a copy is not written. */
	say_at(rig, REPLAY "6,2,1002000,-,ncfrag=0/13;2\n", 1000, 1000);
	assert_int_equal(collector_unfinished(&rig->collector), 1);
	rig_expire(rig, 20000);
	assert_told(rig, "0|1|2");
	assert_int_equal(rig->collector.extended.doubles, 2);
}

/* A copy does not go on what is incomplete of the other. */
static void test_fragments_of_two_copies_stay_apart(void **state)
{
	struct rig *rig = *state;

	say_msgid(rig, 0, 1, 1000);
	say_at(rig, "6,1,1001000,-,ncfrag=0/11;1\n", 1000, 1000);
	say_at(rig, REPLAY "6,1,1001000,-,ncfrag=2/11; msgid=3\n", 1000, 1000);
	assert_int_equal(collector_unfinished(&rig->collector), 2);
	say_at(rig, REPLAY "6,1,1001000,-,ncfrag=0/11;1\n", 1000, 1000);
	assert_told(rig, "0|1");
	say_at(rig, "6,1,1001000,-,ncfrag=2/11; msgid=2\n", 1000, 1000);
	say_msgid(rig, 2, 4, 1000);
	assert_told(rig, "0|1|2");
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

/* However old it is. */
static void test_a_record_that_is_sent_again_is_no_boot(void **state)
{
	struct rig *rig = *state;
	unsigned i;

	for (i = 0; i < 200; i++)
		say_msgid(rig, 50 * i, i, 1000 + 20 * i);
	rig_expire(rig, 9000);
	say_at(rig, REPLAY "6,50,1050000,-;50\n msgid=200\n", 9000, 9000);
	assert_null(strstr((const char *)rig_log(rig, TODAY)->at, "booted"));
	say_msgid(rig, 50 * i, 201, 9000);
	assert_null(strstr((const char *)rig_log(rig, TODAY)->at, "lost"));
}

/* A record of host 1, printed by a task named @name. */
static void say_task(struct rig *rig, unsigned sequnum, const char *name,
		     const char *more)
{
	char rest[200];

	snprintf(rest, sizeof(rest), "\n taskname=%s\n%s", name, more);
	say_record(rig, sequnum, rest, 1000);
}

/* Whoever names a task names it like this. */
static void test_a_name_forges_no_loss(void **state)
{
	struct rig *rig = *state;

	/* Without msgid. */
	say_task(rig, 0, "sh", "");
	say_task(rig, 1, "a\n msgid=5", "");
	say_task(rig, 2, "b\n msgid=900000", "");
	say_task(rig, 3, "c\n msgid=6", "");
	assert_told(rig, "0|1|2|3");
	/* The kernel's own is the last. */
	say_task(rig, 4, "a\n msgid=900000", " msgid=50\n");
	say_task(rig, 5, "kworker/0:1", " msgid=51\n");
	say_task(rig, 6, "a\n msgid=900000", " release=7.2\n msgid=53\n");
	assert_told(rig, "0|1|2|3|4|5|udplogger: 1 messages lost (msgid "
			 "52..52)|6");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 1);
}

/* What it says is no loss for others, either. */
static void test_a_doubtful_number_was_heard_of(void **state)
{
	struct rig *rig = *state;
	unsigned i;

	say_msgid(rig, 0, 1, 1000);
	for (i = 1; i < 200; i++) {
		char more[40];

		snprintf(more, sizeof(more), " msgid=%u\n", 1 + i);
		if (i != 2)
			say_task(rig, i, "sh", more);
		rig_expire(rig, 1000 + 20 * i);
	}
	say_msgid(rig, 200, 201, 9000);
	rig_expire(rig, 9100);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       "udplogger: 1 messages lost (msgid 2..200)\n"));
	assert_int_equal(rig->collector.extended.pass.counts.lost, 1);
	/* And it may come late. */
	say_task(rig, 2, "sh", " msgid=3\n");
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_swapped_records_are_put_in_order),
		CASE(test_none_waits_longer_than_told),
		CASE(test_the_time_of_a_later_one_writes_earlier_ones),
		CASE(test_the_first_of_a_sender_waits_as_well),
		CASE(test_no_more_than_a_share_waits),
		CASE(test_the_lowest_goes_first_where_too_many_wait),
		CASE(test_a_late_fragment_hides_no_other_loss),
		CASE(test_a_late_record_may_have_any_msgid),
		CASE(test_doubles_are_dropped),
		CASE(test_a_record_in_fragments_has_its_place),
		CASE(test_loss_is_told_in_its_place),
		CASE(test_what_came_in_part_is_not_lost),
		CASE(test_records_without_msgid_between_say_nothing),
		CASE(test_messages_that_expire_hide_no_loss),
		CASE(test_a_late_copy_takes_no_loss_back),
		CASE(test_a_late_part_takes_its_loss_back),
		CASE(test_records_of_two_boots_do_not_mix),
		CASE(test_a_part_of_the_old_boot_is_none_of_the_new),
		CASE(test_one_without_its_end_is_not_lost),
		CASE(test_a_boot_is_told_after_what_came_before),
		CASE(test_the_first_record_after_a_boot_may_be_a_fragment),
		CASE(test_a_forged_time_is_no_boot),
		CASE(test_what_waits_of_a_source_goes_before_it_does),
		CASE(test_what_expires_overtakes_nothing_that_waits),
		CASE(test_at_the_end_what_waits_is_in_order),
		cmocka_unit_test(test_nothing_waits_if_told_so),
		cmocka_unit_test(test_a_record_is_one_object),
		cmocka_unit_test(test_any_order_is_what_the_model_says),
		CASE(test_a_record_that_is_sent_again_is_no_loss),
		CASE(test_a_double_with_another_msgid_is_no_loss),
		CASE(test_any_number_of_records_may_be_sent_again),
		CASE(test_the_first_of_two_copies_may_be_lost_or_late),
		CASE(test_fragments_that_are_sent_again_are_no_loss),
		CASE(test_fragments_of_two_copies_stay_apart),
		CASE(test_a_record_that_is_sent_again_is_no_boot),
		CASE(test_a_name_forges_no_loss),
		CASE(test_a_doubtful_number_was_heard_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
