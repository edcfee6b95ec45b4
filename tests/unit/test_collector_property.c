/*
 * Tests of collector: random senders, against the model.
 *
 * A run is made from its number alone, which a failure names.
 * UDPLOGGER_ROUNDS sets how many runs there are, UDPLOGGER_FIRST the first.
 */
#include "collecting.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "model.h"

#define ROUNDS	    100
#define SENDERS	    9
#define DATAGRAM    1500 /* bytes of a random datagram, at most */
#define HOUR	    3600
#define WORDS_COUNT (sizeof(words) / sizeof(words[0]))

struct run {
	uint64_t number;
	uint64_t random;
	struct settings settings;
	struct rig rig;
	struct model model;
	size_t longest; /* bytes of a datagram */
	uint64_t now_ms;
	time_t second;
	uint64_t datagrams;
	uint64_t bytes_in[SENDERS][256]; /* how often each sender said each */
	uint64_t bytes_out[SENDERS][256];
};

static size_t lot(struct run *run, size_t below)
{
	return (size_t)rig_random(&run->random, below);
}

/* One of @n numbers, for what should be tiny often and large at times. */
static size_t one_of(struct run *run, const size_t *numbers, size_t n)
{
	return numbers[lot(run, n)];
}
#define ONE_OF(run, ...)                               \
	one_of((run), (const size_t[]){ __VA_ARGS__ }, \
	       sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t))

static void begin(struct run *run, uint64_t number)
{
	struct settings *s = &run->settings;
	uint32_t spool_blocks;

	*run = (struct run){ .number = number, .random = number };
	s->clients = 1 + (uint32_t)lot(run, SENDERS + 3);
	s->wbuf_bytes = ONE_OF(run, 8, 9, 10, 11, 12, 20, 100, 300, 1000);
	s->held_bytes = LINEBUF_BLOCK_BYTES * ONE_OF(run, 1, 2, 3, 5, 9, 100);
	s->timeout_ms = ONE_OF(run, 1, 1000, 10000);
	s->raw = lot(run, 3) == 0;
	s->line = (uint8_t)lot(run, 3);
	s->by_address = lot(run, 4) == 0;
	run->longest = ONE_OF(run, 1, 2, 3, 10, 50, DATAGRAM);
	run->second = MIDNIGHT - 10;
	spool_blocks = (uint32_t)ONE_OF(run, 1, 2, 3, 8);
	rig_init(&run->rig, s, spool_blocks, NULL);
	run->rig.random = number;
	run->rig.most_taken = ONE_OF(run, 0, 1, 10, 1000, 20000);
	model_init(&run->model, s);
	run->model.credit = (int64_t)ONE_OF(run, 0, 9, 65536);
	run->rig.collector.assembler.credit = (uint32_t)run->model.credit;
}

static void end(struct run *run)
{
	rig_free(&run->rig);
	model_free(&run->model);
}

/* ---- what random senders say; no backslash, as escapes begin with one ---- */

static const char *const words[] = {
	"\n",
	"\n",
	"\n",
	"\r\n",
	"\r\r\n",
	"\r",
	"\t",
	"\033",
	"\xc3",
	"\xa4",
	"\xc3\xa4",
	"\xe2",
	"\x82",
	"\xac",
	"\xe2\x82\xac",
	"\xf0",
	"\x9f",
	"\xf0\x9f\x92\xa5",
	"\xc2\x9b",
	"\x80",
	"\xff",
	"plain text of some length",
	"a",
	"[   12.345678] ",
	"\n\n",
	"\n\r",
	"a\nb\nc\nd\n",
	"\n\n\n\n\n\n\n\n\n\r\n\n\n\n\n\n\n\n\n",
};

static size_t make_bytes(struct run *run, unsigned char *out)
{
	size_t want = lot(run, run->longest + 1), len = 0;

	while (len < want) {
		const char *word = words[lot(run, WORDS_COUNT)];
		unsigned char byte = (unsigned char)lot(run, 256);
		size_t n = strlen(word);

		if (lot(run, 8) == 0 && byte != '\\') {
			out[len++] = byte;
			continue;
		}
		if (n > want - len)
			n = want - len;
		memcpy(out + len, word, n);
		len += n;
	}
	return len;
}

/* LF ends lines and is not in them; CRs and NULs at their ends may be dropped. */
static bool is_counted(const struct run *run, unsigned char byte)
{
	if (byte == '\0')
		return run->settings.line != SETTINGS_LINE_DATAGRAM;
	return byte != '\n' && byte != '\r';
}

static uint16_t port_of(const struct run *run)
{
	return run->settings.by_address ? 0 : PORT;
}

static void say_something(struct run *run)
{
	unsigned char bytes[DATAGRAM];
	uint8_t sender = (uint8_t)lot(run, SENDERS);
	struct datagram d = { .bytes = bytes,
			      .from = rig_source(sender, port_of(run)),
			      .arrival = { .tv_sec = run->second } };
	size_t i;

	d.len = make_bytes(run, bytes);
	for (i = 0; i < d.len; i++)
		if (is_counted(run, bytes[i]))
			run->bytes_in[sender][bytes[i]]++;
	rig_put(&run->rig, &d, run->now_ms);
	model_put(&run->model, &d, run->now_ms);
	run->datagrams++;
}

static void let_time_pass(struct run *run)
{
	size_t ms = lot(run, 2 * run->settings.timeout_ms);

	run->now_ms += ms;
	run->second += (time_t)(ms / 1000);
	if (lot(run, 4) == 0) /* somebody sets the clock */
		run->second += (time_t)lot(run, 49 * HOUR) - 24 * HOUR;
	if (lot(run, 2) == 0)
		return;
	rig_expire(&run->rig, run->now_ms);
	model_expire(&run->model, run->now_ms);
}

static void step(struct run *run)
{
	size_t what = lot(run, 100);

	if (what < 85) {
		say_something(run);
	} else if (what < 98) {
		let_time_pass(run);
	} else if (what < 99) {
		rig_take_some(&run->rig);
	} else {
		rig_flush(&run->rig);
		model_flush(&run->model);
	}
	if (collector_deadline(&run->rig.collector) !=
	    model_deadline(&run->model))
		fail_msg("run %llu: other deadline",
			 (unsigned long long)run->number);
}

/* ---- what must be true at the end ---- */

static void compare(struct run *run)
{
	struct collector *c = &run->rig.collector;
	char why[RIG_WHY_MAX];

	rig_flush(&run->rig);
	model_flush(&run->model);
	if (!rig_is_like(&run->rig, &run->model, why))
		fail_msg("run %llu: %s", (unsigned long long)run->number, why);
	assert_int_equal(c->output.lines, run->model.lines);
	assert_int_equal(c->counts.datagrams, run->datagrams);
	assert_int_equal(c->assembler.held.used, 0);
	assert_int_equal(run->rig.files.blocks.used, 0);
}

static unsigned digit(unsigned char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Counts the bytes of a text, which ends before @end; undoes escapes. */
static void count_text(struct run *run, uint64_t counts[256],
		       const unsigned char *at, const unsigned char *end)
{
	while (at < end) {
		unsigned char byte = *at;

		if (byte == '\\') {
			assert_true(end - at >= 4 && at[1] == 'x');
			byte = (unsigned char)(digit(at[2]) << 4 |
					       digit(at[3]));
			at += 3;
		}
		at++;
		if (is_counted(run, byte))
			counts[byte]++;
	}
}

/* "2026-01-01 00:00:00 192.0.2.HOST:6665 TEXT", HOST being one digit. */
static void count_log(struct run *run, const struct model_bytes *log)
{
	static const char notice[] = "udplogger: ";
	const size_t host = strlen("2026-01-01 00:00:00 192.0.2.");
	const char *after_host = run->settings.by_address ? " " : ":6665 ";
	const size_t before = host + 1 + strlen(after_host);
	const unsigned char *at = log->at;
	const unsigned char *end = log->at + log->len;

	while (at < end) {
		const unsigned char *lf = memchr(at, '\n', (size_t)(end - at));

		assert_non_null(lf);
		assert_true((size_t)(lf - at) >= before);
		assert_memory_equal(at + 19, " 192.0.2.", 9);
		assert_memory_equal(at + host + 1, after_host,
				    strlen(after_host));
		if ((size_t)(lf - at) < before + strlen(notice) ||
		    memcmp(at + before, notice, strlen(notice)) != 0)
			count_text(run, run->bytes_out[digit(at[host])],
				   at + before, lf);
		at = lf + 1;
	}
}

/* Without the model: each byte that came from a sender is in its lines. */
static void assert_conservation(struct run *run)
{
	size_t i;

	for (i = 0; i < run->rig.day_count; i++)
		if (run->rig.days[i].log.len > 0)
			count_log(run, &run->rig.days[i].log);
	if (memcmp(run->bytes_in, run->bytes_out, sizeof(run->bytes_in)) != 0)
		fail_msg("run %llu: bytes were lost or made",
			 (unsigned long long)run->number);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void test_random_senders_leave_the_log_that_the_model_has(void **state)
{
	const uint64_t first = number_from("UDPLOGGER_FIRST", 1);
	const uint64_t rounds = number_from("UDPLOGGER_ROUNDS", ROUNDS);
	uint64_t refusals = 0, number;
	static struct run run;
	int i;

	(void)state;
	for (number = first; number - first < rounds; number++) {
		begin(&run, number);
		for (i = 0; i < 300; i++)
			step(&run);
		compare(&run);
		assert_conservation(&run);
		refusals += run.rig.refusals;
		end(&run);
	}
	/* Else the queues of this test are too large to test anything. */
	assert_true(rounds < ROUNDS || refusals > rounds);
}

static int set_zone(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_random_senders_leave_the_log_that_the_model_has),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
