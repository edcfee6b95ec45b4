/*
 * Tests of collector: what the log says of loss, in stories by lot.  Seconds pass
 * or not, and queues are full or not; wire.h has the reckoning.
 */
#include "collecting.h"

#include <stdlib.h>

#include "wire.h"

#define ACTS 400

static struct rig *rig;
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
	rig_put(rig, &d, now_ms);
	return true;
}

static uint64_t clock_ms(void)
{
	return now_ms;
}

static void pass_time(void)
{
	switch (draw() % 20) {
	case 0:
		now_ms += draw() * 20;
		break;
	case 1:
	case 2:
		now_ms += draw() % 30;
		break;
	}
	rig_expire(rig, now_ms);
}

#define NET  "192.0.2."
#define FROM ":6665 "

static void read_log(void)
{
	const struct model_bytes *log = rig_log(rig, TODAY);
	const char *line = (const char *)log->at;
	const char *end = line + log->len;

	while (line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));
		unsigned host;
		char *port;

		assert_memory_equal(line + 20, NET, strlen(NET));
		host = (unsigned)strtoul(line + 20 + strlen(NET), &port, 10);
		assert_memory_equal(port, FROM, strlen(FROM));
		port += strlen(FROM);
		if (!wire_read(host, port, (size_t)(lf - port)))
			fail_msg("what is this: %.*s", (int)(lf - line), line);
		line = lf + 1;
	}
}

static void play(uint64_t seed)
{
	struct wire_setup wire = {
		.draw = draw,
		.deliver = deliver,
		.now_ms = clock_ms,
		.boots = seed % 3 == 0,
		.names = seed % 6 == 5,
		.replays = seed % 4 == 0,
	};
	struct settings settings = rig_settings();
	char why[WIRE_WHY_MAX];
	unsigned acts;

	settings.extended = true;
	settings.timeout_ms = seed % 5 == 0 ? 1000 : 5000;
	settings.reorder_ms = seed % 7 == 0 ? 0 : seed % 7 == 1 ? 1000 : 10;
	wire.reorder_ms = settings.reorder_ms;
	lots = seed;
	now_ms = 1000;
	rig = new_rig(&settings, seed % 2 ? 64 : 2);
	rig->most_taken = seed % 2 ? 0 : 200;
	wire_open(&wire);
	for (acts = draw() % 4 * ACTS / 4 + 20; acts > 0; acts--) {
		wire_act();
		pass_time();
	}
	wire_heal();
	rig_flush(rig);
	read_log();
	if (!wire_close(rig->collector.extended.pass.counts.lost, why))
		fail_msg("story %u: %s", (unsigned)seed, why);
	drop_rig(rig);
}

static void test_told_less_taken_back_is_what_did_not_come(void **state)
{
	const char *given = getenv("UDPLOGGER_ROUNDS");
	uint64_t rounds = given ? (uint64_t)atoi(given) : 1000;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= rounds; seed++)
		play(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_told_less_taken_back_is_what_did_not_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
