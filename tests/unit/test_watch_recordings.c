/* Tests of watch: which incidents there are in what real kernels sent. */
#include "recorded.h"
#include "watching.h"

/* "== NAME", and the lines of its file of incidents from the second on. */
#define EXPECTED "tests/data/incidents"

#define SAME "2026-01-01 00:"
#define MOST 65536

/* Appends @log to @text as EXPECTED has it, NUL at the end. */
static size_t show(char *text, const char *name, const struct model_bytes *log)
{
	const char *at = (const char *)log->at, *end = at + log->len, *lf;
	size_t len = (size_t)sprintf(text, "== %s\n", name);

	for (; at < end; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(end - at));
		assert_non_null(lf);
		assert_memory_equal(at, SAME, strlen(SAME));
		at += strlen(SAME);
		len += (size_t)sprintf(text + len, "%.*s\n", (int)(lf - at),
				       at);
	}
	return len;
}

static void assert_incidents_of(const char *name, size_t most_taken,
				const char *want, size_t want_len)
{
	struct dgrams recording;
	static char have[MOST];
	struct rig *rig;
	size_t len;

	/* gzip may not be there. */
	if (!open_recording(&recording, name))
		return;
	rig = watching_rig(NULL);
	rig->most_taken = most_taken;
	play(rig, &recording);
	len = show(have, name, rig_log(rig, -TODAY));
	if (len != want_len || memcmp(have, want, len) != 0)
		fail_msg("there are\n%sand should be\n%.*s", have,
			 (int)want_len, want);
	dgrams_close(&recording);
	drop_rig(rig);
}

/* Reads EXPECTED, with NUL at the end; "" if that can't be. */
static void read_expected(char text[MOST])
{
	FILE *file = fopen(EXPECTED, "r");
	size_t len = 0;

	if (file) {
		len = fread(text, 1, MOST - 1, file);
		fclose(file);
	}
	text[len] = '\0';
}

static void assert_all(size_t most_taken)
{
	static char want[MOST];
	char *at = want, *next;
	unsigned count = 0;

	if (!is_top_directory())
		skip_because("not run from the top directory");
	read_expected(want);
	for (; *at != '\0'; at = next) {
		char name[64];

		assert_int_equal(sscanf(at, "== %63s", name), 1);
		next = strstr(at, "\n== ");
		next = next ? next + 1 : at + strlen(at);
		assert_incidents_of(name, most_taken, at, (size_t)(next - at));
		count++;
	}
	assert_true(count >= 27);
}

static void test_recordings_have_the_incidents_of_their_kernels(void **state)
{
	(void)state;
	assert_all(0);
}

static void test_so_they_have_where_queues_are_full(void **state)
{
	(void)state;
	assert_all(5000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_recordings_have_the_incidents_of_their_kernels),
		cmocka_unit_test(test_so_they_have_where_queues_are_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
