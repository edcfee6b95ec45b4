/* Tests of watch: full queues lose nothing, and have nothing written twice. */
#include "watching.h"

/* What senders say; each line has its own way. */
static const char *const words[] = {
	"hello",
	("[   12.345678] " BUG),
	WARN,
	TRACE,
	PANIC,
	LINUX,
	ARM,
	STATE,
	"reboot: Restarting system",
	"Out of memory: Killed process 77 (a.out) total-vm:1kB",
	"INFO: task x:12 blocked for more than 120 seconds.",
	"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const records[] = {
	"4,%u,%u000,-;" WARN "\n msgid=%u",
	"4,%u,%u000,-;" BUG "\\x0asecond line\\x0athird line\n msgid=%u",
	"4,%u,%u000,-;" TRACE "\n msgid=%u",
	"12,%u,%u000,-;of a user\n msgid=%u",
};
#define RECORDS (sizeof(records) / sizeof(records[0]))

static struct settings settings_of(bool json, bool limited)
{
	struct settings settings = rig_settings();

	settings.incidents = true;
	settings.extended = true;
	settings.reorder_ms = 10;
	settings.json = json;
	settings.clients = 10;
	settings.limit_lines = limited;
	return settings;
}

/* Others have announced as many as are told at once. */
static void flood(struct rig *rig, uint64_t ms)
{
	rig->collector.incidents.telling.at_once =
		(struct telling_all){ .since_ms = ms, .count = TELLING_ALL };
}

/* A story by lot; the same for the same seed, however full the queues are. */
static void tell_story(struct rig *rig, uint64_t seed, bool flooded)
{
	uint64_t ms = 0;
	unsigned i;

	for (i = 1; i < 400; i++) {
		uint8_t host = (uint8_t)rig_random(&seed, 14);
		size_t lot = rig_random(&seed, WORDS + RECORDS);
		unsigned gap = (unsigned)rig_random(&seed, 8) == 0;
		char text[256];

		ms += rig_random(&seed, 10) ? rig_random(&seed, 300)
					    : rig_random(&seed, 30000);
		if (flooded)
			flood(rig, ms);
		if (lot < WORDS) {
			hear(rig, host, words[lot], ms);
			continue;
		}
		/* A clock that sometimes begins anew is a boot. */
		snprintf(text, sizeof(text), records[lot - WORDS],
			 gap ? i % 7 : i, gap ? i % 7 : i, i + gap);
		hear(rig, (uint8_t)(host % 2 + 20), text, ms);
	}
	rig_flush(rig);
}

/* A queue of one block, of which a few bytes are taken at a time. */
static struct rig *tell_to(const struct settings *settings, uint64_t seed,
			   bool flooded, uint32_t blocks, size_t most_taken)
{
	struct rig *rig = new_rig(settings, blocks);

	rig->most_taken = most_taken;
	tell_story(rig, seed, flooded);
	return rig;
}

static void assert_alike(struct rig *a, struct rig *b, int32_t day)
{
	const struct model_bytes *one = rig_log(a, day);
	const struct model_bytes *other = rig_log(b, day);

	if (one->len != other->len ||
	    (one->len > 0 && memcmp(one->at, other->at, one->len) != 0))
		fail_msg("%d: with full queues\n%.*sand without\n%.*s",
			 (int)day, (int)one->len, (const char *)one->at,
			 (int)other->len, (const char *)other->at);
}

static void test_full_queues_change_nothing(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 60; i++) {
		struct settings settings = settings_of(i % 2, i % 3 == 0);
		bool flooded = i % 4 > 1;
		struct rig *narrow = tell_to(&settings, i, flooded, 2, 300);
		struct rig *wide = tell_to(&settings, i, flooded, 64, 0);

		assert_true(narrow->refusals > 0);
		assert_alike(narrow, wide, -TODAY);
		assert_alike(narrow, wide, TODAY);
		drop_rig(narrow);
		drop_rig(wide);
	}
}

/* More than are open at once; half of them are told late, or counted. */
static struct rig *begin_many(uint32_t blocks, size_t most_taken)
{
	struct settings settings = settings_of(false, false);
	struct rig *rig;
	unsigned i, k;

	settings.clients = 2 * PLACES_MOST;
	rig = new_rig(&settings, blocks);
	rig->most_taken = most_taken;
	for (i = 0; i < 2 * PLACES_MOST; i++) {
		const char *text = i % 2 ? BUG "\n" : WARN "\n";
		struct datagram d = a_datagram(1, text, strlen(text), 1);

		d.from.port = (uint16_t)(1000 + i);
		for (k = 0; k < i % (2 * INCIDENT_PROOF) + 1; k++)
			rig_put(rig, &d, 1000 + i / 4);
	}
	rig_flush(rig);
	return rig;
}

static void test_places_change_hands_with_full_queues(void **state)
{
	struct rig *narrow = begin_many(2, 300);
	struct rig *wide = begin_many(64, 0);

	(void)state;
	assert_true(narrow->refusals > 0);
	assert_alike(narrow, wide, -TODAY);
	assert_alike(narrow, wide, TODAY);
	assert_true(count_incidents(wide, " ended (open): ") > PLACES_MOST);
	drop_rig(narrow);
	drop_rig(wide);
}

/* Of each that begins and has a length it is told how it ended. */
static void assert_ends(bool flooded)
{
	static const char *const classes[] = { "panic", "oops", "warning",
					       "hung",	"oom",	"sysrq" };
	unsigned i, all = 0;

	for (i = 0; i < 20; i++) {
		struct settings settings = settings_of(false, false);
		struct rig *rig = tell_to(&settings, 1000 + i, flooded, 2, 200);
		size_t c;

		for (c = 0; c < sizeof(classes) / sizeof(classes[0]); c++) {
			char begun[32], ended[32];

			sprintf(begun, ":6665 %s: ", classes[c]);
			sprintf(ended, ":6665 %s ended (", classes[c]);
			assert_int_equal(count_incidents(rig, begun),
					 count_incidents(rig, ended));
			assert_true(flooded || count_incidents(rig, begun) > 0);
			all += count_incidents(rig, begun);
		}
		assert_int_equal(watch_untold(&rig->collector.incidents), 0);
		drop_rig(rig);
	}
	assert_true(all > 0);
}

static void test_what_begins_ends(void **state)
{
	(void)state;
	assert_ends(false);
}

static void test_what_is_told_late_ends(void **state)
{
	(void)state;
	assert_ends(true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_queues_change_nothing),
		cmocka_unit_test(test_places_change_hands_with_full_queues),
		cmocka_unit_test(test_what_begins_ends),
		cmocka_unit_test(test_what_is_told_late_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
