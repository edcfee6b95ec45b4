/* Tests of asked and questions: command lines of the readers. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asked.h"
#include "questions.h"
#include "sys.h"

#define NOW	  1772323200 /* 2026-03-01 00:00:00 UTC */
#define NOWHERE	  "/nonexistent/udplogger.conf"
#define ARGUMENTS 8

static struct question q;
static char error[ERROR_MAX];

/* Splits @line at its spaces. */
static int ask_with(const char *installed, const char *line)
{
	static char text[512];
	char *argv[ARGUMENTS + 1] = { "udplogger" };
	int argc = 1;
	char *word;

	snprintf(text, sizeof(text), "%s", line);
	for (word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		assert_true(argc < ARGUMENTS);
		argv[argc++] = word;
	}
	*error = '\0';
	assert_true(asked_is_question(argc, argv));
	asked_forget(&q);
	return asked_read(&q, &sys_linux, argc, argv, installed, NOW, error);
}

static void ask(const char *line)
{
	if (ask_with(NOWHERE, line))
		fail_msg("%s: %s", line, error);
}

static void assert_refused(const char *line, const char *why)
{
	assert_int_equal(ask_with(NOWHERE, line), -1);
	assert_string_equal(error, why);
}

static void test_only_a_mode_makes_a_question(void **state)
{
	static char *const rows[][3] = {
		{ "udplogger", "dir=log", "incidents=yes" },
		{ "udplogger", "-incidents", "show" },
		{ "udplogger", "--incidents=yes", "--showx" },
		{ "udplogger", "", "--" },
		{ "--show", "dir=log", "--help" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(asked_is_question(3, rows[i]));
}

static void test_everything_has_its_default(void **state)
{
	(void)state;
	ask("--incidents dir=log");
	assert_int_equal(q.mode, QUESTION_INCIDENTS);
	assert_null(q.host);
	assert_int_equal(q.class, CLASS_NONE);
	assert_int_equal(q.span.from_us, INT64_MIN);
	assert_int_equal(q.span.until_us, INT64_MAX);
	assert_false(q.follow || q.plain || q.has_boot || q.has_incident);
	assert_int_equal(q.format, QUESTION_TEXT);
	assert_int_equal(q.since_seconds, 60);
	assert_string_equal(q.options.settings.dir, "log");
	assert_null(q.options.settings.hosts);
}

static void test_everything_can_be_asked(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	ask("from=2026-02-01 --incidents --host=web1 class=oops format=json "
	    "follow=yes");
	assert_string_equal(q.host, "web1");
	assert_int_equal(q.class, CLASS_OOPS);
	assert_int_equal(q.format, QUESTION_JSON);
	assert_int_equal(q.follow, 1);
	assert_int_equal(q.span.from_us, 1769904000 * TIMESPAN_SECOND_US);
	ask("--show host=10.0.0.1:6665 boot=-1 plain=yes to=-2h");
	assert_int_equal(q.mode, QUESTION_SHOW);
	assert_true(q.has_boot);
	assert_int_equal(q.boot, 1);
	assert_int_equal(q.plain, 1);
	ask("--show host=a incident=last");
	assert_true(q.has_incident);
	assert_int_equal(q.incident, QUESTION_LAST);
	ask("--show host=a incident=3 file={host}/%Y-%m-%d.log hosts=names");
	assert_int_equal(q.incident, 3);
	assert_string_equal(q.options.settings.hosts, "names");
	assert_true(q.options.settings.file.by_sender);
}

static void test_the_last_of_several_counts(void **state)
{
	(void)state;
	ask("--show host=a host=b plain=yes plain=no");
	assert_string_equal(q.host, "b");
	assert_int_equal(q.plain, 0);
}

static void test_help_is_asked_for_whatever_is_missing(void **state)
{
	(void)state;
	ask("--show --help");
	assert_true(q.wants_help);
	ask("-h --incidents");
	assert_true(q.wants_help);
}

static void test_bad_questions_are_refused_with_what_is_allowed(void **state)
{
	static const char *const rows[][2] = {
		{ "--show",
		  "--show: needs host=, a name, ADDRESS, ADDRESS:PORT or "
		  "[IPV6]:PORT" },
		{ "--incidents clas=oops",
		  "clas=: unknown with --incidents; did you mean class=? See "
		  "--help" },
		{ "--incidents xyzzy=oops",
		  "xyzzy=: unknown with --incidents; see --help" },
		{ "--incidents port=514",
		  "port=: unknown with --incidents; see --help" },
		{ "--incidents --check",
		  "--check: unknown with --incidents; see --help" },
		{ "--incidents plain=yes",
		  "plain=yes: not allowed with --incidents; allowed with "
		  "--show" },
		{ "--incidents --show",
		  "--show: not allowed with --incidents; allowed is one "
		  "question" },
		{ "--incidents class=ops",
		  "class=ops: not allowed; allowed is panic, oops, sanitizer, "
		  "locking, lockup, hung, warning, oom, leak, hardware, "
		  "storage, sysrq, boot or shutdown" },
		{ "--incidents class", "class: needs a value; class=CLASS, "
				       "panic, oops, sanitizer, "
				       "locking, lockup, hung, warning, oom, "
				       "leak, hardware, storage, sysrq, "
				       "boot or shutdown" },
		{ "--incidents from=", "from=: empty value; allowed is "
				       "YYYY-MM-DD[THH:MM[:SS]], or -90s, "
				       "-30m, -2h, -3d" },
		{ "--incidents to=yesterday",
		  "to=yesterday: not allowed; allowed is "
		  "YYYY-MM-DD[THH:MM[:SS]], or -90s, -30m, -2h, -3d" },
		{ "--incidents from=-1h to=-2h",
		  "from=: not allowed behind to=; allowed is a time before "
		  "it" },
		{ "--incidents follow=yes to=-2h",
		  "follow=yes: not allowed with to=; allowed is from=" },
		{ "--incidents format=html",
		  "format=html: not allowed; allowed is text or json" },
		{ "--show web1",
		  "web1: unknown with --show; did you mean host=? See --help" },
		{ "--status web1", "web1: unknown with --status; see --help" },
		{ "--heard web1 web2",
		  "web2: not allowed behind web1; allowed is one HOST" },
		{ "--heard 10.0.0.1:66666",
		  "10.0.0.1:66666: not allowed; allowed is a name, ADDRESS, "
		  "ADDRESS:PORT or [IPV6]:PORT" },
		{ "--status conf=" NOWHERE,
		  "conf=" NOWHERE ": unable to read it: No such file or "
		  "directory; allowed is a file of at most 65536 bytes, or "
		  "run=" },
		{ "--show host=a boot=1",
		  "boot=1: not allowed; allowed is 0, -1, -2 and so on" },
		{ "--show host=a incident=0",
		  "incident=0: not allowed; allowed is last, or a number from "
		  "1 on" },
		{ "--show host=a incident=last boot=0",
		  "boot=: not allowed with incident=; allowed is one of "
		  "them" },
		{ "--show host=a dir=", "dir=: empty value; allowed is a "
					"directory that can be written" },
		{ "--show host=a file=x",
		  "file=x: it must hold %Y, %m and %d, or days would share a "
		  "file; allowed is a path with %Y, %m and %d" },
		{ "--show host=a conf=" NOWHERE,
		  "conf=" NOWHERE ": unable to read it: No such file or "
		  "directory; allowed is a file of at most 65536 bytes, or "
		  "dir=" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(rows[i][0], rows[i][1]);
}

/* What no sender can be called is no answer of "nothing found". */
static void test_hosts_are_names_and_addresses_alone(void **state)
{
	static const char *const good[] = {
		"web1",		  "others",	    "udplogger",
		"a.b_c-D9",	  "10.0.0.1",	    "10.0.0.1:6665",
		"fe80::1",	  "fe80::1%eth0",   "[fe80::1]",
		"[fe80::1%eth0]", "[fe80::1]:6665", "[fe80::1%eth0]:6665",
	};
	static const char *const bad[] = {
		".web1",	 "a/b",		"web1,web2",	  "web1:1",
		"10.0.0.1:",	 "10.0.0.0/24", "10.0.0.1:65536", "web*",
		"[fe80::1",	 "[fe80::1]:",	"[10.0.0.1]:1",	  "fe80:1",
		"[fe80::1]:x%y", "\xc3\xa4",	"a\"b",		  "web1%eth0",
	};
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(line, sizeof(line), "--show host=%s", good[i]);
		ask(line);
		snprintf(line, sizeof(line), "--heard %s", good[i]);
		ask(line);
		assert_string_equal(q.host, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "--incidents host=%s", bad[i]);
		if (ask_with(NOWHERE, line) == 0)
			fail_msg("taken: %s", line);
		snprintf(line, sizeof(line), "--heard %s", bad[i]);
		if (ask_with(NOWHERE, line) == 0)
			fail_msg("taken: %s", line);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void test_where_the_logs_are_stands_in_a_file(void **state)
{
	char path[] = "/tmp/test_asked.XXXXXX";
	char line[128], want[128];

	(void)state;
	close(mkstemp(path));
	write_file(path, "dir=there\nhosts=names\nformat=json\n");
	assert_int_equal(ask_with(path, "--incidents"), 0);
	assert_string_equal(q.options.settings.dir, "there");
	assert_string_equal(q.options.settings.hosts, "names");
	assert_int_equal(q.format, QUESTION_TEXT);
	assert_int_equal(ask_with(path, "--incidents dir=here"), 0);
	assert_string_equal(q.options.settings.dir, "here");
	assert_null(q.options.settings.hosts);
	assert_int_equal(ask_with(path, "--incidents conf=none"), 0);
	assert_string_equal(q.options.settings.dir, ".");
	assert_int_equal(ask_with(path, "--incidents hosts=none"), 0);
	assert_string_equal(q.options.settings.dir, "there");
	assert_null(q.options.settings.hosts);
	snprintf(line, sizeof(line), "--incidents dir=here conf=%s", path);
	ask(line);
	assert_string_equal(q.options.settings.dir, "here");
	assert_string_equal(q.options.settings.hosts, "names");
	write_file(path, "dir=there\nfile=x\n");
	assert_int_equal(ask_with(path, "--incidents"), -1);
	snprintf(want, sizeof(want), "%s:2: file=x: it must hold", path);
	assert_memory_equal(error, want, strlen(want));
	unlink(path);
}

static void test_help_has_what_may_be_asked(void **state)
{
	char help[QUESTIONS_HELP_MAX];
	const struct questions_mode *mode;
	const char *line = help;
	char part[64];
	size_t i;

	(void)state;
	questions_help(help);
	for (i = 0; (mode = questions_nth_mode(i)); i++) {
		snprintf(part, sizeof(part), "\n  --%s", mode->name);
		assert_non_null(strstr(help, part));
	}
	assert_non_null(strstr(help, "\n  incident=WHICH "));
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		assert_between(len, 0, 80);
		line += len + (line[len] == '\n');
	}
}

static int forget(void **state)
{
	(void)state;
	asked_forget(&q);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_a_mode_makes_a_question),
		cmocka_unit_test(test_everything_has_its_default),
		cmocka_unit_test(test_everything_can_be_asked),
		cmocka_unit_test(test_the_last_of_several_counts),
		cmocka_unit_test(test_help_is_asked_for_whatever_is_missing),
		cmocka_unit_test(
			test_bad_questions_are_refused_with_what_is_allowed),
		cmocka_unit_test(test_hosts_are_names_and_addresses_alone),
		cmocka_unit_test(test_where_the_logs_are_stands_in_a_file),
		cmocka_unit_test(test_help_has_what_may_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
