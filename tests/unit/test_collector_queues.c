/* Tests of collector: queues that are full, the tee, names of interfaces. */
#include "collecting.h"

#include <stdbool.h>
#include <stdio.h>

#define ROOM (OUTQ_BLOCK_BYTES - 8)

/* Lines of many lengths, one unfinished at the end. */
static const struct model_bytes *many_lines(void)
{
	static struct model_bytes said;
	unsigned i;

	if (said.len > 0)
		return &said;
	for (i = 0; i < 700; i++) {
		char *line = rig_line(1 + i * 7 % 300, i);

		model_append(&said, line, 1 + i * 7 % 300);
		free(line);
	}
	model_append(&said, "unfinished", 10);
	return &said;
}

static struct rig *rig_with_queues(uint32_t spool_blocks)
{
	struct settings settings = rig_settings();

	settings.wbuf_bytes = 200;
	return new_rig(&settings, spool_blocks);
}

/* Says @said in datagrams of the most that UDP takes; flushes. */
static void tell(struct rig *rig, const struct model_bytes *said, size_t taken)
{
	size_t at, n;

	for (at = 0; at < said->len; at += n) {
		struct datagram d;
		size_t offset = 0, before;

		n = said->len - at < 65507 ? said->len - at : 65507;
		d = a_datagram(1, said->at + at, n, 0);
		for (;;) {
			before = offset;
			if (collector_put(&rig->collector, &d, &offset, 0))
				break;
			assert_between(offset, before, n);
			rig->refusals++;
			assert_true(rig_take(rig, taken));
		}
	}
	while (!collector_flush(&rig->collector))
		assert_true(rig_take(rig, taken));
}

static void test_a_datagram_refused_at_any_place_goes_on_there(void **state)
{
	const struct model_bytes *said = many_lines(), *want, *log;
	struct rig *easy = rig_with_queues(64);
	uint32_t blocks;
	size_t taken;

	(void)state;
	tell(easy, said, SIZE_MAX);
	want = rig_log(easy, TODAY);
	assert_int_equal(easy->refusals, 0);
	for (blocks = 1; blocks <= 3; blocks++)
		for (taken = 1; taken <= ROOM + 1; taken += 1 + taken / 8) {
			struct rig *rig = rig_with_queues(blocks);

			tell(rig, said, taken);
			log = rig_log(rig, TODAY);
			assert_int_equal(log->len, want->len);
			assert_memory_equal(log->at, want->at, want->len);
			assert_true(rig->refusals > 0);
			assert_int_equal(rig->collector.counts.datagrams,
					 (said->len + 65506) / 65507);
			assert_int_equal(rig->collector.counts.bytes,
					 said->len);
			assert_int_equal(rig->collector.output.lines,
					 easy->collector.output.lines);
			drop_rig(rig);
		}
	drop_rig(easy);
}

/* Puts lines until no more fits; returns how many. */
static unsigned fill(struct rig *rig, uint8_t host, const char *line)
{
	struct datagram d = a_datagram(host, line, strlen(line), 0);
	unsigned count = 0;
	size_t offset = 0;

	while (collector_put(&rig->collector, &d, &offset, 0)) {
		offset = 0;
		count++;
	}
	assert_int_equal(offset, 0);
	return count;
}

static void test_a_refusal_changes_nothing(void **state)
{
	const struct timespec time = { MIDNIGHT, 0 };
	struct rig *rig = rig_with_queues(1);
	struct collector_counts before;
	struct datagram d = a_datagram(2, "x\n", 2, 0);
	size_t waiting, offset = 0;
	int i;

	(void)state;
	say(rig, 1, "unfinished", 0);
	fill(rig, 2, "some line\n");
	while (collector_note(&rig->collector, &time, 0, 0, ""))
		continue;
	before = rig->collector.counts;
	waiting = filetable_waiting(&rig->files);
	for (i = 0; i < 5; i++) {
		assert_false(collector_put(&rig->collector, &d, &offset, 99));
		assert_int_equal(offset, 0);
		assert_false(collector_expire(&rig->collector, 10000));
		assert_false(collector_flush(&rig->collector));
		assert_false(collector_note(&rig->collector, &time, 0, 0, "n"));
	}
	assert_memory_equal(&rig->collector.counts, &before, sizeof(before));
	assert_int_equal(filetable_waiting(&rig->files), waiting);
	assert_int_equal(collector_deadline(&rig->collector), 10000);
	drop_rig(rig);
}

static void test_an_unfinished_line_waits_until_there_is_room(void **state)
{
	struct rig *rig = rig_with_queues(1);
	const struct model_bytes *log;
	const char *want = LINE("1", "00:00:00", "unfinished");
	size_t len = strlen(want);

	(void)state;
	say(rig, 1, "unfinished", 0);
	fill(rig, 2, "some line\n");
	rig_expire(rig, 10000);
	log = rig_log(rig, TODAY);
	assert_true(log->len > len);
	assert_memory_equal(log->at + log->len - len, want, len);
	assert_int_equal(collector_deadline(&rig->collector), DEADLINE_NEVER);
	drop_rig(rig);
}

static void test_a_new_source_waits_until_there_is_room_for_the_old(void **s)
{
	struct settings settings = rig_settings();
	struct datagram d = a_datagram(3, "three\n", 6, 0);
	struct rig *rig;
	size_t offset = 0;

	(void)s;
	settings.clients = 2;
	rig = new_rig(&settings, 1);
	say(rig, 1, "one", 0);
	fill(rig, 2, "two\n");
	assert_false(collector_put(&rig->collector, &d, &offset, 0));
	say(rig, 1, " is still there\n", 0);
	assert_true(collector_put(&rig->collector, &d, &offset, 0));
	rig_flush(rig);
	assert_non_null(strstr((const char *)rig_log(rig, TODAY)->at,
			       LINE("1", "00:00:00", "one is still there")
				       LINE("3", "00:00:00", "three")));
	drop_rig(rig);
}

static void test_one_day_too_many_waits_until_one_is_written(void **state)
{
	struct rig *rig = *state;
	unsigned day;
	struct datagram d = a_datagram(1, "day\n", 4, RIG_DAYS * 86400);
	size_t offset = 0;

	for (day = 0; day < RIG_DAYS; day++)
		say(rig, 1, "day\n", day * 86400);
	assert_false(collector_put(&rig->collector, &d, &offset, 0));
	assert_int_equal(offset, 0);
	say(rig, 1, "today is another\n", 0);
	assert_true(rig_take(rig, SIZE_MAX));
	assert_true(collector_put(&rig->collector, &d, &offset, 0));
	assert_log_of(rig, 20260117,
		      "2026-01-17 00:00:00 192.0.2.1:6665 day\n");
	assert_log_of(rig, 20260116,
		      "2026-01-16 00:00:00 192.0.2.1:6665 day\n");
}

/* ---- the tee ---- */

struct tee {
	struct pool pool;
	struct outq queue;
	struct rig rig;
};

static void tee_init(struct tee *tee, uint32_t tee_blocks, bool raw)
{
	struct settings settings = rig_settings();

	settings.raw = raw;
	tee->pool = rig_pool(tee_blocks);
	outq_init(&tee->queue, &tee->pool);
	setenv("TZ", "UTC0", 1);
	tzset();
	rig_init(&tee->rig, &settings, 2, &tee->queue);
}

static void tee_free(struct tee *tee)
{
	rig_free(&tee->rig);
	free(tee->pool.memory);
}

static void test_lines_are_shown_too_and_always_escaped(void **state)
{
	const char *want = LINE("1", "00:00:00", "a\\x1b[2J\\x0d");
	struct tee tee;

	(void)state;
	tee_init(&tee, 1, true);
	say(&tee.rig, 1, "a\033[2J\r\n", 0);
	assert_int_equal(outq_waiting(&tee.queue), strlen(want));
	assert_true(rig_waits(&tee.queue, want, strlen(want)));
	assert_log(&tee.rig, LINE("1", "00:00:00", "a\033[2J\r"));
	tee_free(&tee);
}

static void test_who_does_not_watch_holds_up_nothing(void **state)
{
	struct tee tee;
	unsigned i;

	(void)state;
	tee_init(&tee, 1, false);
	for (i = 0; i < 1000; i++)
		say(&tee.rig, 1, "a line that is shown\n", 0);
	assert_int_equal(tee.rig.collector.output.lines, 1000);
	assert_true(tee.rig.collector.output.not_shown > 0);
	assert_int_equal(
		(1000 - tee.rig.collector.output.not_shown) *
			strlen(LINE("1", "00:00:00", "a line that is shown")),
		outq_waiting(&tee.queue));
	assert_int_equal(
		rig_log(&tee.rig, TODAY)->len,
		1000 * strlen(LINE("1", "00:00:00", "a line that is shown")));
	tee_free(&tee);
}

/* What the log refuses is not shown, so nothing is shown twice. */
static void test_a_line_that_is_tried_again_is_shown_once(void **state)
{
	struct tee tee;

	(void)state;
	tee_init(&tee, 64, false);
	tell(&tee.rig, many_lines(), 1000);
	assert_true(tee.rig.refusals > 0);
	assert_int_equal(tee.rig.collector.output.not_shown, 0);
	assert_int_equal(outq_waiting(&tee.queue),
			 rig_log(&tee.rig, TODAY)->len);
	tee_free(&tee);
}

/* ---- names of interfaces ---- */

static void say_link_local(struct rig *rig, uint32_t scope, const char *text)
{
	struct datagram d = a_datagram(1, text, strlen(text), 0);

	memset(&d.from, 0, sizeof(d.from));
	d.from.ip[0] = 0xfe;
	d.from.ip[1] = 0x80;
	d.from.ip[15] = 1;
	d.from.scope = scope;
	d.from.port = PORT;
	rig_put(rig, &d, 0);
}

/* Also of one that was known by its number before. */
static void test_a_new_source_has_the_name_of_its_interface(void **state)
{
	struct srcaddr_scopes scopes = { .count = 0 };
	struct rig *rig = *state;

	rig->collector.sources.scopes = &scopes;
	say_link_local(rig, 3, "three\n");
	srcaddr_scope_add(&scopes, 2, "eth0");
	srcaddr_scope_add(&scopes, 3, "eth1");
	say_link_local(rig, 2, "one\n");
	say_link_local(rig, 2, "two\n");
	say_link_local(rig, 3, "four\n");
	assert_log(rig, "2026-01-01 00:00:00 [fe80::1%3]:6665 three\n"
			"2026-01-01 00:00:00 [fe80::1%eth0]:6665 one\n"
			"2026-01-01 00:00:00 [fe80::1%eth0]:6665 two\n"
			"2026-01-01 00:00:00 [fe80::1%3]:6665 four\n");
}

static int free_lines(void **state)
{
	(void)state;
	free(many_lines()->at);
	return 0;
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_datagram_refused_at_any_place_goes_on_there),
		CASE(test_a_refusal_changes_nothing),
		CASE(test_an_unfinished_line_waits_until_there_is_room),
		CASE(test_a_new_source_waits_until_there_is_room_for_the_old),
		RIG_CASE(test_one_day_too_many_waits_until_one_is_written),
		CASE(test_lines_are_shown_too_and_always_escaped),
		CASE(test_who_does_not_watch_holds_up_nothing),
		CASE(test_a_line_that_is_tried_again_is_shown_once),
		RIG_CASE(test_a_new_source_has_the_name_of_its_interface),
	};

	return cmocka_run_group_tests(tests, NULL, free_lines);
}
