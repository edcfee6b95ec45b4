/* The way of a datagram that is a record, step by step. */
#include "extworld.h"

#include "extended.h"
#include "linebuf.h"

static struct extended x;
static void *memory;

static void begin_extended(void)
{
	memset(memory, 0, extended_bytes(&settings));
	extended_init(&x, &settings, &sources, &limit, memory);
}

static int set_up(void **state)
{
	uint32_t i;

	(void)state;
	begin_world();
	for (i = 0; i < SENDERS; i++)
		sources.entries[i].line = LINEBUF_EMPTY;
	begin_log(ALL_ROOM);
	memory = rig_memory(extended_bytes(&settings));
	begin_extended();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	end_world();
	return 0;
}

/* A datagram that arrived @ms after noon. */
static struct datagram a_datagram(const char *text, uint64_t ms)
{
	return (struct datagram){
		.bytes = (const unsigned char *)text,
		.len = strlen(text),
		.arrival = { .tv_sec = NOON + (time_t)(ms / 1000),
			     .tv_nsec = (long)(ms % 1000) * 1000000 },
	};
}

static bool claim(uint32_t number, const char *text, struct extmsg *msg)
{
	const struct datagram d = a_datagram(text, 0);

	return extended_claim(&x, &sources.entries[number], number, &d, msg);
}

/* Arrives, and is taken in, @ms after noon; @again: calls that were in vain. */
static unsigned put_from(uint32_t number, const char *text, uint64_t ms)
{
	const struct datagram d = a_datagram(text, ms);
	unsigned again = 0;
	size_t offset = 0;
	struct extmsg msg;

	assert_true(claim(number, text, &msg));
	for (; !extended_put(&x, number, &d, &msg, &offset, ms); again++) {
		assert_true(offset <= d.len);
		logged();
	}
	return again;
}

static void put(const char *text, uint64_t ms)
{
	put_from(0, text, ms);
}

/* A whole record, whose text is its number. */
static void put_number(unsigned sequnum, uint64_t ms)
{
	char text[64];

	snprintf(text, sizeof(text), "6,%u,%u,-;%u\n", sequnum, sequnum * 1000,
		 sequnum);
	put(text, ms);
}

/* The texts that were logged since the last call. */
static const char *told(void)
{
	static char all[8192];
	const char *line = logged();
	char *to = all;

	while (*line != '\0') {
		const char *end = strchr(line, '\n');
		const char *text = strstr(line, "6665 ") + 5;

		if (*text == '[')
			text = strstr(text, "] ") + 2;
		to += sprintf(to, "%s%.*s", to > all ? "|" : "",
			      (int)(end - text), text);
		line = end + 1;
	}
	*to = '\0';
	log_len = 0;
	return all;
}

/* What is a record. */

static void test_a_record_marks_its_sender(void **state)
{
	struct extmsg msg;

	(void)state;
	assert_true(claim(1, "6,416,1758426,-;up\n", &msg));
	assert_true(msg.sequnum == 416);
	assert_true(sources.entries[1].extended);
	assert_false(sources.entries[0].extended);
}

static void test_text_is_no_record(void **state)
{
	struct extmsg msg;

	(void)state;
	assert_false(claim(0, "[    1.758426] up\n", &msg));
	assert_false(claim(0, "6,416,1758426,-", &msg));
	assert_false(sources.entries[0].extended);
}

/* What waits. */

static void test_the_next_one_is_written_at_once(void **state)
{
	(void)state;
	put_number(0, 100);
	assert_string_equal(told(), "0");
	put_number(1, 100);
	assert_string_equal(told(), "1");
	assert_int_equal(extended_held(&x), 0);
	assert_true(extended_deadline(&x) == DEADLINE_NEVER);
}

static void test_one_that_is_ahead_waits_for_earlier_ones(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(3, 100);
	put_number(2, 104);
	assert_string_equal(told(), "0");
	assert_int_equal(extended_held(&x), 2);
	assert_int_equal(extended_deadline(&x), 110);
	put_number(1, 105);
	assert_string_equal(told(), "1|2|3");
	assert_int_equal(extended_held(&x), 0);
}

static void test_none_waits_longer_than_was_set(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(3, 100);
	assert_true(extended_release(&x, 109));
	assert_string_equal(told(), "0");
	assert_true(extended_release(&x, 110));
	assert_string_equal(told(), "3");
	assert_int_equal(extended_held(&x), 0);
}

static void test_the_time_is_up_for_all_that_follow_too(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(3, 100);
	put_number(4, 105);
	put_number(7, 105);
	assert_true(extended_release(&x, 110));
	assert_string_equal(told(), "0|3|4");
	assert_int_equal(extended_deadline(&x), 115);
	assert_true(extended_expire(&x, 115));
	assert_string_equal(told(), "7");
}

/* It lay in the socket: the arrival counts, not when it was read. */
static void test_a_datagram_that_came_later_ends_a_wait(void **state)
{
	const struct datagram d = a_datagram("6,9,9000,-;9\n", 112);
	size_t offset = 0;
	struct extmsg msg;

	(void)state;
	put_number(0, 100);
	put_number(3, 100);
	assert_true(claim(0, "6,9,9000,-;9\n", &msg));
	assert_true(extended_put(&x, 0, &d, &msg, &offset, 101));
	assert_string_equal(told(), "0|3");
	assert_int_equal(extended_held(&x), 1);
}

static void test_nothing_waits_if_so_set(void **state)
{
	(void)state;
	settings.reorder_ms = 0;
	put_number(5, 100);
	put_number(9, 100);
	put_number(7, 100);
	assert_string_equal(told(), "5|9|7");
	assert_int_equal(extended_held(&x), 0);
}

static void test_of_many_that_wait_the_lowest_goes(void **state)
{
	unsigned i;

	(void)state;
	put_number(0, 100);
	told();
	for (i = 0; i < FRAGMENTS_PER_SOURCE; i++)
		put_number(10 + i, 100);
	assert_string_equal(told(), "");
	assert_int_equal(extended_held(&x), FRAGMENTS_PER_SOURCE);
	put_number(90, 100);
	assert_memory_equal(told(), "10|11|12", 8);
	/* One that comes before all that wait need not wait itself. */
	for (i = 0; extended_held(&x) < FRAGMENTS_PER_SOURCE; i++)
		put_number(100 + 2 * i, 100);
	told();
	put_number(80, 100);
	assert_string_equal(told(), "80");
	assert_int_equal(extended_held(&x), FRAGMENTS_PER_SOURCE);
}

static void test_doubles_are_dropped_and_counted(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(0, 100);
	put_number(3, 100);
	put_number(3, 100);
	put("6,0,0,-,ncfrag=0/9;tail", 100);
	assert_int_equal(extended_held(&x), 2);
	assert_int_equal(x.doubles, 2);
	assert_true(extended_flush(&x));
	assert_string_equal(told(), "0|3|tail<5 bytes missing>");
}

/* What comes in fragments. */

static void test_fragments_become_one_record(void **state)
{
	(void)state;
	put("6,0,1000,-,ncfrag=4/9;body\n", 100);
	assert_int_equal(extended_held(&x), 1);
	assert_string_equal(told(), "");
	put("6,0,1000,-,ncfrag=0/9;some", 105);
	assert_string_equal(told(), "somebody");
	assert_int_equal(extended_held(&x), 0);
}

static void test_what_stays_incomplete_is_written_in_time(void **state)
{
	(void)state;
	put_number(0, 100);
	put("6,1,1000,-,ncfrag=0/9;some", 200);
	assert_int_equal(extended_deadline(&x), 200 + settings.timeout_ms);
	assert_true(extended_release(&x, 200 + settings.timeout_ms));
	assert_true(extended_expire(&x, 199 + settings.timeout_ms));
	assert_string_equal(told(), "0");
	assert_true(extended_expire(&x, 200 + settings.timeout_ms));
	assert_string_equal(told(), "some<5 bytes missing>");
	assert_true(extended_deadline(&x) == DEADLINE_NEVER);
}

static void test_the_next_deadline_is_the_earlier_one(void **state)
{
	(void)state;
	put_number(0, 100);
	put("6,1,1000,-,ncfrag=0/9;some", 100);
	put_number(5, 200);
	assert_int_equal(extended_deadline(&x), 210);
	assert_true(extended_expire(&x, 210));
	assert_string_equal(told(), "0|5");
	assert_int_equal(extended_deadline(&x), 100 + settings.timeout_ms);
}

static void test_at_the_end_all_is_written_in_order(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(7, 100);
	put_number(5, 101);
	put("6,3,3000,-,ncfrag=0/9;some", 102);
	put_from(2, "6,9,9000,-;other\n", 103);
	assert_true(extended_flush(&x));
	assert_string_equal(told(), "0|5|7|other|some<5 bytes missing>");
	assert_int_equal(extended_held(&x), 0);
	assert_true(extended_flush(&x));
	assert_string_equal(told(), "");
}

static void test_a_sender_that_makes_way_leaves_what_it_sent(void **state)
{
	(void)state;
	put_number(0, 100);
	put_number(7, 100);
	put("6,3,3000,-,ncfrag=0/9;some", 100);
	put_from(1, "6,9,9000,-;other\n", 100);
	assert_true(extended_give_way(&x, 0));
	assert_string_equal(told(), "0|some<5 bytes missing>|7");
	assert_int_equal(extended_held(&x), 1);
	/* Nothing is known of it: this is no double. */
	put_number(0, 200);
	assert_string_equal(told(), "other|0");
	assert_int_equal(x.doubles, 0);
}

/* A boot. */

static void test_a_boot_is_logged_behind_what_came_before(void **state)
{
	(void)state;
	put("6,500,60000000,-;500\n", 100);
	assert_true(extended_release(&x, 110));
	put("6,503,60000000,-;503\n", 120);
	put("6,502,60000000,-,ncfrag=0/9;some", 120);
	put("6,0,0,-;Linux\n", 5000);
	assert_string_equal(told(), "500|503|some<5 bytes missing>|"
				    "udplogger: sender booted|Linux");
	assert_int_equal(extended_held(&x), 0);
}

/* With little room. */

static void play(void)
{
	put_number(0, 100);
	put("6,1,1000,-;a\\x0ab\\x0ac\n k=v\n", 100);
	put_number(5, 101);
	put_number(4, 101);
	put("6,3,3000,-,ncfrag=0/9;some", 102);
	put_number(2, 103);
	put("6,3,3000,-,ncfrag=4/9;body\n", 104);
	put_number(9, 105);
	while (!extended_release(&x, 115))
		logged();
	put_number(12, 120);
	while (!extended_expire(&x, 130))
		logged();
	put("6,20,20000,-,ncfrag=0/9;some", 140);
	while (!extended_flush(&x))
		logged();
	put("6,30,30000,-,ncfrag=4/9;body\n", 150);
	put_from(1, "6,0,0,-;other\n", 150);
	while (!extended_give_way(&x, 0))
		logged();
}

static void test_no_room_loses_and_doubles_nothing(void **state)
{
	const char *want = "0|a|b|c {k=v}|2|somebody|4|5|9|12|"
			   "some<5 bytes missing>|other|"
			   "<4 bytes missing>body";
	size_t room;

	(void)state;
	play();
	assert_string_equal(told(), want);
	for (room = 0; room < 800; room += 7) {
		uint32_t i;

		for (i = 0; i < SENDERS; i++)
			sources.entries[i].extended = false;
		begin_extended();
		begin_log(room);
		play();
		assert_string_equal(told(), want);
		/* What is put again is no double of itself. */
		assert_int_equal(x.doubles, 0);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_record_marks_its_sender),
		CASE(test_text_is_no_record),
		CASE(test_the_next_one_is_written_at_once),
		CASE(test_one_that_is_ahead_waits_for_earlier_ones),
		CASE(test_none_waits_longer_than_was_set),
		CASE(test_the_time_is_up_for_all_that_follow_too),
		CASE(test_a_datagram_that_came_later_ends_a_wait),
		CASE(test_nothing_waits_if_so_set),
		CASE(test_of_many_that_wait_the_lowest_goes),
		CASE(test_doubles_are_dropped_and_counted),
		CASE(test_fragments_become_one_record),
		CASE(test_what_stays_incomplete_is_written_in_time),
		CASE(test_the_next_deadline_is_the_earlier_one),
		CASE(test_at_the_end_all_is_written_in_order),
		CASE(test_a_sender_that_makes_way_leaves_what_it_sent),
		CASE(test_a_boot_is_logged_behind_what_came_before),
		CASE(test_no_room_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
