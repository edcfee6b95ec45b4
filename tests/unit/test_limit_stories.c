/*
 * Tests of limit: nothing is lost without a word, in stories by lot.  The same
 * datagrams come to a collector without limit= and to one with it.  What the
 * second has for each sender must be what the first has, in the same order, but
 * for as many lines as it tells of.  A third, whose queues are always full, must
 * have what the second has.
 */
#include "collecting.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

#define ACTS	 300
#define TALKERS	 12 /* hosts 1 and on */
#define NET	 "192.0.2."
#define FROM	 ":6665 "
#define LEFT_OUT "lines left out (limit=)"

static struct rig *all, *some, *full;
static uint64_t lots, now_ms;

static unsigned draw(void)
{
	return (unsigned)rig_random(&lots, 256);
}

static bool deliver(unsigned host, const char *bytes, size_t len)
{
	struct datagram d =
		a_datagram((uint8_t)host, bytes, len, (time_t)(now_ms / 1000));

	d.arrival.tv_nsec = (long)(now_ms % 1000) * 1000000;
	rig_put(all, &d, now_ms);
	rig_put(some, &d, now_ms);
	rig_put(full, &d, now_ms);
	return true;
}

static uint64_t clock_ms(void)
{
	return now_ms;
}

static void pass_time(void)
{
	switch (draw() % 24) {
	case 0:
		now_ms += draw() * 60;
		break;
	case 1:
	case 2:
		now_ms += draw() * 4;
		break;
	}
	rig_expire(all, now_ms);
	rig_expire(some, now_ms);
	rig_expire(full, now_ms);
	assert_true(collector_deadline(&some->collector) > now_ms);
	assert_true(limit_deadline(&all->collector.limit) == DEADLINE_NEVER);
}

/* Text of one of many hosts: lines, pieces of lines, line ends. */
static void send_text(void)
{
	static const char *const words[] = { "word",   " and more",
					     "\n",     "\r\n",
					     "line\n", "[    1.5] x\n" };
	unsigned host = 1 + draw() % TALKERS;
	unsigned lines = draw() % 8 == 0 ? draw() : draw() % 8;
	char text[4096];
	size_t len = 0;

	while (lines-- > 0)
		len += (size_t)sprintf(
			text + len, "%s",
			words[draw() % (sizeof(words) / sizeof(words[0]))]);
	if (draw() % 32 == 0) {
		memset(text, '\n', 200);
		len = 200;
	}
	if (len > 0)
		deliver(host, text, len);
}

/* A line of a log, in its parts. */
struct line {
	unsigned host;
	const char *text; /* all that stands behind the address */
	size_t len;
	uint64_t lines; /* that it stands for; 0: it isn't charged */
	uint64_t left_out; /* lines that it tells of */
};

static bool is_free_notice(const char *text)
{
	return strncmp(text, "sender booted", 13) == 0 ||
	       strncmp(text + strspn(text, "0123456789"), " messages ", 10) ==
		       0;
}

static void read_notice(struct line *line, const char *text)
{
	const char *words;
	uint64_t number = strtoull(text, (char **)(uintptr_t)&words, 10);

	if (strncmp(words, " " LEFT_OUT "\n", sizeof(LEFT_OUT) + 1) == 0) {
		line->left_out = number;
		line->lines = 0;
	} else if (strncmp(words, " empty lines\n", 13) == 0) {
		line->lines = number;
	} else if (is_free_notice(text)) {
		line->lines = 0;
	}
}

/* Reads the line at *@at; false where the log ends. */
static bool read_line(const char **at, struct line *line)
{
	const char *lf = **at ? strchr(*at, '\n') : NULL;
	char *port;

	if (!lf)
		return false;
	assert_memory_equal(*at + 20, NET, strlen(NET));
	line->host = (unsigned)strtoul(*at + 20 + strlen(NET), &port, 10);
	assert_memory_equal(port, FROM, strlen(FROM));
	line->text = port + strlen(FROM);
	line->len = (size_t)(lf - line->text);
	line->lines = 1;
	line->left_out = 0;
	if (strncmp(line->text, "udplogger: ", 11) == 0)
		read_notice(line, line->text + 11);
	*at = lf + 1;
	return true;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The next line of @host in the log at *@at. */
static bool next_of(unsigned host, const char **at, struct line *line)
{
	while (read_line(at, line))
		if (line->host == host)
			return true;
	return false;
}

/* Adds up the lines left out before @want, or to the end where it is NULL. */
static uint64_t skip_to(unsigned host, const char **at, const struct line *want)
{
	uint64_t left_out = 0;
	struct line line;

	while (next_of(host, at, &line)) {
		if (want && is_same(&line, want))
			return left_out;
		if (line.lines == 0)
			fail_msg("host %u: left out is %.*s", host,
				 (int)line.len, line.text);
		left_out += line.lines;
	}
	if (want)
		fail_msg("host %u: too much is %.*s", host, (int)want->len,
			 want->text);
	return left_out;
}

static const char *text_of(struct rig *rig)
{
	const struct model_bytes *log = rig_log(rig, TODAY);

	return log->at ? (const char *)log->at : "";
}

static uint64_t reckon(unsigned host)
{
	const char *whole = text_of(all), *part = text_of(some);
	uint64_t left_out = 0, told = 0;
	struct line line;

	while (next_of(host, &part, &line)) {
		told += line.left_out;
		if (line.left_out == 0)
			left_out += skip_to(host, &whole, &line);
	}
	left_out += skip_to(host, &whole, NULL);
	if (told != left_out)
		fail_msg("host %u: %u lines are left out, and %u told", host,
			 (unsigned)left_out, (unsigned)told);
	return told;
}

static void begin(uint64_t seed)
{
	static const uint64_t limits[] = { 1, 2, 5, 30 };
	struct settings settings = rig_settings();

	settings.extended = true;
	settings.timeout_ms = 5000;
	settings.reorder_ms = seed % 7 == 0 ? 0 : 10;
	settings.clients = seed % 3 == 0 ? 10 : 64;
	settings.wbuf_bytes = seed % 4 == 0 ? 16 : 4096;
	all = new_rig(&settings, 64);
	settings.limit_lines = limits[seed % 4];
	some = new_rig(&settings, 64);
	full = new_rig(&settings, 2);
	full->most_taken = 200;
}

static uint64_t play(uint64_t seed)
{
	const struct wire_setup wire = {
		.draw = draw,
		.deliver = deliver,
		.now_ms = clock_ms,
		.boots = seed % 3 == 0,
		.replays = seed % 4 == 0,
		.reorder_ms = 10,
	};
	uint64_t told = 0;
	unsigned acts, host;

	lots = seed;
	now_ms = 1000;
	begin(seed);
	wire_open(&wire);
	for (acts = ACTS; acts > 0; acts--) {
		if (draw() % 2)
			wire_act();
		else
			send_text();
		pass_time();
	}
	rig_flush(all);
	rig_flush(some);
	rig_flush(full);
	for (host = 1; host <= TALKERS; host++)
		told += reckon(host);
	for (host = WIRE_HOST; host < WIRE_HOST + WIRE_SENDERS; host++)
		told += reckon(host);
	assert_int_equal(told, some->collector.limit.total);
	assert_int_equal(all->collector.limit.total, 0);
	assert_string_equal(text_of(full), text_of(some));
	drop_rig(all);
	drop_rig(some);
	drop_rig(full);
	return told;
}

static void test_each_line_is_in_the_log_or_told_of(void **state)
{
	const char *given = getenv("UDPLOGGER_ROUNDS");
	uint64_t rounds = given ? (uint64_t)atoi(given) : 100;
	uint64_t seed, told = 0;

	(void)state;
	for (seed = 1; seed <= rounds; seed++)
		told += play(seed);
	assert_true(told > rounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_line_is_in_the_log_or_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
