/* Tests of collector: what real kernels sent, against the model. */
#include "model.h"
#include "recorded.h"

static const char *const names[] = {
	"legacy-61-audit",	 "legacy-61-notime", "legacy-61-odd",
	"legacy-61-oom-hung",	 "legacy-61-panic",  "legacy-61-reboots",
	"legacy-61-sysrq-burst", "two-mixed",	     "serial-udp-61",
	"legacy-72-boot-sysrq",
};

/* Settings from generous to mean. */
static const struct mood {
	size_t wbuf_bytes, held_blocks, most_taken;
	uint32_t clients, spool_blocks;
	bool raw;
} moods[] = {
	{ 65536, 1000, 0, 16, 64, false },
	{ 65536, 1000, 0, 16, 64, true },
	{ 1024, 2, 4000, 10, 1, false },
	{ 61, 1, 100, 1, 1, false },
};
#define MOODS (sizeof(moods) / sizeof(moods[0]))

static struct settings settings_of(const struct mood *mood)
{
	struct settings settings = rig_settings();

	settings.clients = mood->clients;
	settings.wbuf_bytes = mood->wbuf_bytes;
	settings.held_bytes = LINEBUF_BLOCK_BYTES * mood->held_blocks;
	settings.raw = mood->raw;
	return settings;
}

static void replay(struct rig *rig, struct model *model,
		   struct dgrams *recording)
{
	struct dgram dgram;

	while (dgrams_next(recording, &dgram) == 1) {
		const time_t second = (time_t)(dgram.at_us / 1000000);
		const uint64_t now_ms = dgram.at_us / 1000;
		struct datagram d = {
			.bytes = dgram.bytes,
			.len = dgram.len,
			.from = source_of(&dgram),
			.arrival = { .tv_sec = MIDNIGHT - 20 + second },
		};

		rig_expire(rig, now_ms);
		model_expire(model, now_ms);
		assert_true(collector_deadline(&rig->collector) ==
			    model_deadline(model));
		rig_put(rig, &d, now_ms);
		model_put(model, &d, now_ms);
	}
	rig_flush(rig);
	model_flush(model);
	assert_string_equal(recording->error, "");
	assert_int_equal(rig->collector.counts.datagrams, recording->count);
	assert_true(recording->count > 100);
}

static void compare_in(const struct mood *mood, const char *name,
		       struct dgrams *recording)
{
	struct settings settings = settings_of(mood);
	struct rig *rig = new_rig(&settings, mood->spool_blocks);
	struct model model;
	char why[RIG_WHY_MAX];

	rig->most_taken = mood->most_taken;
	model_init(&model, &settings);
	dgrams_rewind(recording);
	replay(rig, &model, recording);
	if (!rig_is_like(rig, &model, why))
		fail_msg("%s, wbuf %lu: %s", name, settings.wbuf_bytes, why);
	assert_int_equal(rig->collector.output.lines, model.lines);
	model_free(&model);
	drop_rig(rig);
}

static void test_recordings_leave_the_log_that_the_model_has(void **state)
{
	struct dgrams recording;
	size_t i, mood, read = 0;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!open_recording(&recording, names[i]))
			continue;
		read++;
		for (mood = 0; mood < MOODS; mood++)
			compare_in(&moods[mood], names[i], &recording);
		dgrams_close(&recording);
	}
	if (read == 0 && !is_top_directory()) {
		skip_because("not run from the top directory");
	}
	/* gzip, which two of them need, may not be there. */
	assert_between(read, i - 2, i);
}

/* What the log must have of extended netconsole; of none is anything lost. */
static const struct {
	const char *name;
	uint64_t lines; /* notices included */
	uint64_t gaps; /* a target that was off, a ring that was overrun */
	uint64_t boots;
} extended[] = {
	{ "ext-72-caller", 350, 0, 0 },	      { "ext-72-oops", 435, 0, 0 },
	{ "ext-72-warn", 459, 0, 0 },	      { "ext-72-panic", 390, 0, 0 },
	{ "ext-72-panic0", 438, 0, 0 },	      { "ext-72-targets", 87, 79, 0 },
	{ "ext-72-dropped", 2429, 1952, 0 },  { "ext-72-reboot", 917, 0, 1 },
	{ "ext-72-sysdata-all", 2759, 0, 0 },
};

static uint64_t count(const struct model_bytes *log, const char *text)
{
	size_t len = strlen(text), i;
	uint64_t n = 0;

	for (i = 0; i + len <= log->len; i++)
		n += memcmp(log->at + i, text, len) == 0;
	return n;
}

static void assert_recording(size_t i, struct dgrams *recording,
			     size_t most_taken)
{
	struct settings settings = rig_settings();
	struct rig *rig;
	const struct model_bytes *log;

	settings.extended = true;
	settings.reorder_ms = 10;
	rig = new_rig(&settings, most_taken > 0 ? 2 : 64);
	rig->most_taken = most_taken;
	dgrams_rewind(recording);
	play(rig, recording);
	log = rig_log(rig, TODAY);
	if (count(log, "\n") != extended[i].lines)
		fail_msg("%s: %llu lines", extended[i].name,
			 (unsigned long long)count(log, "\n"));
	assert_int_equal(count(log, " udplogger: "), extended[i].boots);
	assert_int_equal(count(log, "udplogger: sender booted\n"),
			 extended[i].boots);
	assert_int_equal(rig->collector.extended.pass.counts.gaps,
			 extended[i].gaps);
	assert_int_equal(rig->collector.extended.doubles, 0);
	assert_int_equal(count(log, " bytes missing>"), 0);
	drop_rig(rig);
}

static void
test_recordings_of_records_have_what_their_kernels_sent(void **state)
{
	size_t i, n = sizeof(extended) / sizeof(extended[0]);
	struct dgrams recording;

	(void)state;
	if (!is_top_directory())
		skip_because("not run from the top directory");
	for (i = 0; i < n; i++) {
		/* gzip may not be there. */
		if (!open_recording(&recording, extended[i].name))
			continue;
		assert_recording(i, &recording, 0);
		assert_recording(i, &recording, 500);
		dgrams_close(&recording);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_recordings_leave_the_log_that_the_model_has),
		cmocka_unit_test(
			test_recordings_of_records_have_what_their_kernels_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
