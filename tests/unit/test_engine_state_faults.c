/*
 * The whole loop with run=, on a kernel that can fail: each line is in a file
 * of the log once, or still waits, whatever becomes of the files of run=; and
 * these are whole, or not there.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "sweep.h"
#include "wholetext.h"

#define STORY_END_MS 23000
#define LINES	     12
#define SENDERS	     "/run/senders"
#define PROM	     "/run/udplogger.prom"
#define LAST_SERIES  "# TYPE udplogger_host_lines_total counter\n"

void begin_story(void)
{
	set_up(NULL);
	world_write_state();
}

static unsigned said;

static void say_some(void)
{
	char text[32];
	unsigned i;

	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "line %u of %u\n", ++said, LINES);
		fake_say(1 + i, text);
	}
}

static void check_log(const char *which)
{
	const char *all = text_read_all(), *at;
	char wanted[64];
	unsigned line, found;

	for (line = 1; line <= LINES; line++) {
		snprintf(wanted, sizeof(wanted),
			 " 192.0.2.%u:6665 line %u of %u\n", 1 + (line - 1) % 3,
			 line, LINES);
		for (at = all, found = 0; (at = strstr(at, wanted)); at++)
			found++;
		if (found != 1)
			fail_msg("%s: line %u is there %u times:\n%s--\n%s",
				 which, line, found, all, fake_text("stderr"));
	}
	if (count_lines(all) != LINES)
		fail_msg("%s: more than was sent:\n%s", which, all);
}

/* A head, and rows with all their fields, to the end. */
static bool are_rows_whole(const char *text)
{
	unsigned tabs = 0;

	if (strncmp(text, "name\taddress\tport\t", 18) != 0)
		return false;
	for (; *text; text++) {
		tabs += *text == '\t';
		if (*text == '\n' && tabs != 9)
			return false;
		tabs = *text == '\n' ? 0 : tabs;
	}
	return tabs == 0 && text[-1] == '\n';
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static void check_state(const char *which)
{
	if (fake_node(SENDERS) && !are_rows_whole(fake_text(SENDERS)))
		fail_msg("%s: %s", which, fake_text(SENDERS));
	if (fake_node(PROM) && !ends_with(fake_text(PROM), LAST_SERIES))
		fail_msg("%s: %s", which, fake_text(PROM));
}

static void check_descriptors(const char *which)
{
	size_t i;

	for (i = 0; i < engine.files.count; i++)
		openfile_close(&engine.writer.agenda.logs[i].retry.file);
	if (fake_open_fds() != 2)
		fail_msg("%s: a descriptor is left open", which);
}

void run_story(const char *which)
{
	said = 0;
	fake_at(1100, say_some);
	fake_at(6500, say_some);
	fake_at(10500, reopen);
	fake_at(11000, say_some);
	fake_at(20500, say_some);
	fake_at(STORY_END_MS, tell_to_stop);
	if (engine_run(&engine) != (filetable_waiting(&engine.files) == 0))
		fail_msg("%s: lies; %s", which, fake_text("stderr"));
	check_log(which);
	check_state(which);
	check_descriptors(which);
	if (count_lines(fake_text("stderr")) > 16)
		fail_msg("%s: said too much: %s", which, fake_text("stderr"));
	assert_int_equal(engine.collector.counts.datagrams, fake.sent);
}

static void check_last_counts(void)
{
	assert_has(fake_text(PROM), "\nudplogger_lines_total 12\n");
	assert_has(fake_text(SENDERS), "\n-\t192.0.2.3\t6665\t");
	assert_has(fake_text(SENDERS), "\t4\t");
	assert_int_equal(count_lines(fake_text(SENDERS)), 4);
	assert_null(fake_node("/run/.senders.new"));
	assert_null(fake_node("/run/.udplogger.prom.new"));
}

static void test_a_story_without_faults(void **state)
{
	(void)state;
	begin_story();
	run_story("no fault");
	assert_string_equal(fake_text("stderr"), "");
	check_last_counts();
}

static void test_every_call_may_fail_once(void **state)
{
	(void)state;
	sweep(1, SWEEP_WHILE_MS);
	sweep_all(1, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_a_few_times(void **state)
{
	(void)state;
	sweep(3, SWEEP_WHILE_MS);
}

static void test_every_call_may_fail_for_a_while(void **state)
{
	(void)state;
	sweep(UINT32_MAX, 20);
	sweep(UINT32_MAX, 1200);
}

static void test_every_call_may_fail_for_ever(void **state)
{
	(void)state;
	sweep(UINT32_MAX, UINT32_MAX);
	sweep_all(UINT32_MAX, UINT32_MAX);
}

/* What failed before the last pass has left no trace in it. */
static void test_what_failed_early_is_made_good(void **state)
{
	static const struct kind kind = { ENOSPC,
					  WRITES | OPENS | CLOSES | LINKS,
					  UINT32_MAX };
	unsigned nth;

	(void)state;
	for (nth = 1; nth < 12; nth++) {
		assert_true(tell_with_fault(&kind, nth, UINT32_MAX,
					    SWEEP_WHILE_MS));
		check_last_counts();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_story_without_faults),
		cmocka_unit_test(test_every_call_may_fail_once),
		cmocka_unit_test(test_every_call_may_fail_a_few_times),
		cmocka_unit_test(test_every_call_may_fail_for_a_while),
		cmocka_unit_test(test_every_call_may_fail_for_ever),
		cmocka_unit_test(test_what_failed_early_is_made_good),
	};

	return cmocka_run_group_tests(tests, take_memory, give_memory);
}
