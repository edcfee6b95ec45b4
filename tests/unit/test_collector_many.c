/* Tests of collector: what holds for one sender, holds for each of very many. */
#include "collecting.h"

#include <stdio.h>

#define MANY  200000
#define PORTS 50000 /* of an address */

/* What the log must say of a sender: of an even one, and of an odd one. */
#define LINES_MOST 6
#define ONE	   "[    1.000000] one {msgid=1}"
#define TWO	   "[    2.000000] two {msgid=2}"
#define THREE	   "[    3.000000] three {msgid=3}"
#define FOUR	   "[    4.000000] four {msgid=4}"

static const char *const wanted[2][LINES_MOST] = {
	{ ONE, TWO, THREE, FOUR, NULL },
	{ ONE, TWO, "udplogger: 1 messages lost (msgid 3..3)", FOUR,
	  "udplogger: 1 messages late, not lost (msgid 3..3)", THREE },
};

static const char *const texts[] = { "one", "two", "three", "four" };

static uint64_t now_ms;

static int set_up(void **state)
{
	struct settings settings = rig_settings();

	settings.extended = true;
	settings.clients = MANY;
	settings.held_bytes = (size_t)MANY * LINEBUF_BLOCK_BYTES;
	settings.reorder_ms = 10;
	now_ms = 1000;
	*state = new_rig(&settings, 64);
	return 0;
}

static void put(struct rig *rig, uint32_t sender, const char *text)
{
	struct datagram d = {
		.bytes = (const unsigned char *)text,
		.len = strlen(text),
		.from = rig_source((uint8_t)(1 + sender / PORTS),
				   (uint16_t)(1 + sender % PORTS)),
		.arrival = { .tv_sec = MIDNIGHT + (time_t)(now_ms / 1000),
			     .tv_nsec = (long)(now_ms % 1000) * 1000000 },
	};

	rig_put(rig, &d, now_ms);
}

/* The message of that number, from 1. */
static void say_record(struct rig *rig, uint32_t sender, unsigned number)
{
	char text[80];

	snprintf(text, sizeof(text), "6,%u,%u000000,-;%s\n msgid=%u\n", number,
		 number, texts[number - 1], number);
	put(rig, sender, text);
}

/* The time passes while all say something, so that few records wait at once. */
static void say_all(struct rig *rig,
		    void (*say_one)(struct rig *rig, uint32_t sender))
{
	uint32_t sender;

	for (sender = 0; sender < MANY; sender++) {
		now_ms += sender % 200 == 0;
		say_one(rig, sender);
	}
	now_ms += 100;
	rig_expire(rig, now_ms);
}

static void say_first(struct rig *rig, uint32_t sender)
{
	say_record(rig, sender, 1);
}

static void say_second(struct rig *rig, uint32_t sender)
{
	say_record(rig, sender, 2);
}

/* Even ones' messages are swapped on their way; odd ones' third is late. */
static void say_fourth(struct rig *rig, uint32_t sender)
{
	say_record(rig, sender, 4);
	if (sender % 2 == 0)
		say_record(rig, sender, 3);
}

/* Doubles, and the third of the odd ones. */
static void say_late(struct rig *rig, uint32_t sender)
{
	say_record(rig, sender, 2);
	say_record(rig, sender, 3);
	say_record(rig, sender, 4);
}

/* The sender of a line, which is cut off. */
static uint32_t sender_of(const char **line)
{
	static const char before[] = "2026-01-01 00:00:00 192.0.2.";
	unsigned long host, port;
	char *end;

	host = strtoul(*line + strlen(before), &end, 10);
	port = strtoul(end + 1, &end, 10);
	*line = end + 1;
	return (uint32_t)((host - 1) * PORTS + port - 1);
}

static void assert_each_is_told_of(struct rig *rig,
				   const char *const want[2][LINES_MOST])
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	uint8_t *told = calloc(MANY, 1); /* lines of each */
	const char *line = (const char *)log->at;
	uint32_t i;

	assert_non_null(told);
	while (line < (const char *)log->at + log->len) {
		uint32_t sender = sender_of(&line);
		const char *text;

		assert_true(sender < MANY && told[sender] < LINES_MOST);
		text = want[sender % 2][told[sender]++];
		assert_non_null(text);
		if (memcmp(line, text, strlen(text)) != 0)
			fail_msg("%u: %.80s, not %s", sender, line, text);
		assert_true(line[strlen(text)] == '\n');
		line += strlen(text) + 1;
	}
	for (i = 0; i < MANY; i++)
		assert_true(told[i] == LINES_MOST || !want[i % 2][told[i]]);
	free(told);
}

static void test_order_doubles_and_loss_of_200000_are_known(void **state)
{
	struct rig *rig = *state;

	say_all(rig, say_first);
	say_all(rig, say_second);
	say_all(rig, say_fourth);
	say_all(rig, say_late);
	assert_each_is_told_of(rig, wanted);
	assert_int_equal(rig->collector.counts.evictions, 0);
	assert_int_equal(rig->collector.extended.pass.counts.lost, 0);
	assert_int_equal(rig->collector.extended.pass.counts.late, MANY / 2);
	/* Nothing is known of single messages that is worth a block. */
	assert_int_equal(rig->collector.extended.pass.marks.used, 0);
}

static void begin_line(struct rig *rig, uint32_t sender)
{
	put(rig, sender, sender % 2 == 0 ? "be" : "un");
}

static void end_line(struct rig *rig, uint32_t sender)
{
	put(rig, sender, sender % 2 == 0 ? "gun\n" : "done\n");
}

static void test_lines_of_200000_are_put_together(void **state)
{
	static const char *const want[2][LINES_MOST] = { { "begun" },
							 { "undone" } };
	struct rig *rig = *state;

	say_all(rig, begin_line);
	say_all(rig, end_line);
	assert_each_is_told_of(rig, want);
	assert_int_equal(collector_unfinished(&rig->collector), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_order_doubles_and_loss_of_200000_are_known, set_up,
			tear_down_rig),
		cmocka_unit_test_setup_teardown(
			test_lines_of_200000_are_put_together, set_up,
			tear_down_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
