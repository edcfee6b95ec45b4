/* Command line and file of conf= together, on a fake disk. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "configuration.h"
#include "diag.h"
#include "fakesys.h"
#include "hostsfile.h"

#define PATH "/etc/udplogger.conf"

static struct configuration conf;
static struct diag diag;
static char error[ERROR_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	memset(&conf, 0, sizeof(conf));
	diag = (struct diag){ .sys = &fakesys };
	diag.out.fd = fake_fd(fake_create("stderr", S_IFIFO, ""), O_WRONLY);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* Reads a command line; NULL ends it. */
static int read_with(const char *first, ...)
{
	static char *argv[8] = { (char *)(uintptr_t) "udplogger" };
	va_list args;
	int argc = 1;

	va_start(args, first);
	for (; first; first = va_arg(args, const char *))
		argv[argc++] = (char *)(uintptr_t)first;
	va_end(args);
	conf.sys = &fakesys;
	conf.argc = argc;
	conf.argv = argv;
	memset(error, 0, sizeof(error));
	return configuration_read(&conf, error);
}

#define READ(...) read_with(__VA_ARGS__, (const char *)NULL)

static void test_the_file_is_read_if_there_is_one(void **state)
{
	(void)state;
	assert_int_equal(READ("port=1"), 0);
	assert_int_equal(conf.options.settings.ports.at[0], 1);
	fake_create(PATH, S_IFREG | 0644, "port=2\ndir=/log\n");
	assert_int_equal(READ("conf=" PATH), 0);
	assert_int_equal(conf.options.settings.ports.at[0], 2);
	assert_string_equal(conf.options.settings.dir, "/log");
	assert_int_equal(READ("port=3", "conf=" PATH), 0);
	assert_int_equal(conf.options.settings.ports.at[0], 3);
	assert_int_equal(READ("conf=" PATH, "conf=none"), 0);
	assert_int_equal(conf.options.settings.ports.at[0], 6666);
	assert_int_equal(fake_open_fds(), 1);
}

static void test_a_file_that_cannot_be_read_is_named(void **state)
{
	(void)state;
	assert_int_equal(READ("conf=" PATH), -1);
	assert_string_equal(error,
			    "conf=" PATH ": unable to read it: No such file or "
			    "directory; allowed is a file of at most 65536 "
			    "bytes, or none");
	fake_create(PATH, S_IFIFO | 0644, "");
	assert_int_equal(READ("conf=" PATH), -1);
	assert_non_null(strstr(error, "is not a regular file"));
}

static void test_a_file_of_64_kib_is_read_and_no_larger_one(void **state)
{
	char *text = malloc(CONFFILE_BYTES + 2);
	size_t i;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < CONFFILE_BYTES + 1; i++)
		text[i] = i % 64 == 63 ? '\n' : '#';
	memcpy(text + CONFFILE_BYTES - 7, "\nport=7", 7);
	text[CONFFILE_BYTES] = '\0';
	fake_create(PATH, S_IFREG | 0644, text);
	assert_int_equal(READ("conf=" PATH), 0);
	assert_int_equal(conf.options.settings.ports.at[0], 7);
	fake_unlink(PATH);
	text[CONFFILE_BYTES] = '\n';
	text[CONFFILE_BYTES + 1] = '\0';
	fake_create(PATH, S_IFREG | 0644, text);
	assert_int_equal(READ("conf=" PATH), -1);
	assert_non_null(strstr(error, "has more than 65536 bytes"));
	free(text);
}

static void test_help_needs_no_file(void **state)
{
	(void)state;
	assert_int_equal(READ("conf=/nosuch", "--help"), 0);
	assert_int_equal(conf.options.mode, OPTIONS_HELP);
	assert_int_equal(READ("-V", "conf=/nosuch"), 0);
	assert_int_equal(conf.options.mode, OPTIONS_VERSION);
	assert_int_equal(READ("--check", "conf=/nosuch"), -1);
}

static void test_any_call_may_fail_while_the_file_is_read(void **state)
{
	static const int errors[] = { EIO, EINTR, EACCES, ENOMEM, EMFILE };
	unsigned call;
	size_t i;

	(void)state;
	fake_create(PATH, S_IFREG | 0644, "port=2\n");
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (call = 1; call < 8; call++) {
			unsigned open_before = fake_open_fds();

			fake_fail(~0ULL, call, 1, errors[i], 0);
			if (READ("conf=" PATH) == 0)
				assert_int_equal(
					conf.options.settings.ports.at[0], 2);
			else
				assert_non_null(strstr(error, "conf=" PATH));
			fake_no_faults();
			assert_int_equal(fake_open_fds(), open_before);
		}
}

static void test_what_will_not_do_is_warned_of(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "port=2\nperm=0600\nport=3\n");
	assert_int_equal(READ("conf=" PATH), 0);
	configuration_warn(&conf, &diag);
	assert_string_equal(fake_text("stderr"),
			    "udplogger: warning: " PATH ":1: port= has no "
			    "effect, as line 3 sets it again\n");
	fake_node("stderr")->len = 0;
	assert_int_equal(READ("port=1"), 0);
	configuration_warn(&conf, &diag);
	assert_int_equal(fake_node("stderr")->len, 0);
}

static void test_address_and_port_beside_passed_sockets_are_warned_of(void **s)
{
	(void)s;
	fake_create(PATH, S_IFREG | 0644, "perm=0600\nport=2\n");
	assert_int_equal(READ("conf=" PATH, "ip=127.0.0.1"), 0);
	configuration_warn_passed(&conf, &diag);
	assert_string_equal(fake_text("stderr"),
			    "udplogger: warning: ip= has no effect, as "
			    "LISTEN_FDS passes the sockets\n"
			    "udplogger: warning: " PATH ":2: port= has no "
			    "effect, as LISTEN_FDS passes the sockets\n");
	fake_node("stderr")->len = 0;
	assert_int_equal(READ("perm=0600"), 0);
	configuration_warn_passed(&conf, &diag);
	assert_int_equal(fake_node("stderr")->len, 0);
}

static void test_a_user_who_cannot_read_it_is_warned_of(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "port=2\n");
	assert_int_equal(READ("conf=" PATH), 0);
	fake_fail(FAKE_BIT(FAKE_ACCESS), 1, 1, EACCES, 0);
	configuration_warn(&conf, &diag);
	assert_non_null(strstr(fake_text("stderr"), "can't read it"));
	assert_non_null(strstr(fake_text("stderr"), "Permission denied"));
}

/* The file is another one, and HUP comes. */
static bool read_again(const char *text)
{
	if (fake_node(PATH))
		fake_unlink(PATH);
	fake_create(PATH, S_IFREG | 0644, text);
	fake_node("stderr")->len = 0;
	return configuration_read_again(&conf, &diag);
}

static const char *said(void)
{
	return fake_node("stderr")->len > 0 ? fake_text("stderr") : "";
}

static void begin(const char *text)
{
	fake_create(PATH, S_IFREG | 0644, text);
	conf.dir = "/log";
	assert_int_equal(READ("conf=" PATH, "perm=0600"), 0);
}

static void test_what_is_live_changes_and_the_rest_needs_a_restart(void **s)
{
	(void)s;
	begin("dir=/a\nport=1\n");
	assert_true(read_again("dir=/b\ntimeout=6\nport=2\nformat=json\n"
			       "perm=0640\n"));
	assert_string_equal(said(), "udplogger: from now on: timeout=6 "
				    "format=json\n"
				    "udplogger: warning: port=: needs a "
				    "restart\n"
				    "udplogger: warning: dir=: needs a "
				    "restart\n");
	assert_int_equal(conf.options.settings.timeout_ms, 6000);
	assert_true(conf.options.settings.json);
	assert_int_equal(conf.options.settings.ports.at[0], 1);
	assert_int_equal(conf.options.settings.perm, 0600);
	assert_string_equal(conf.options.settings.dir, "/a");
	assert_true(read_again("dir=/a\nport=1\n"));
	assert_string_equal(said(), "udplogger: from now on: timeout=10 "
				    "format=text\n");
	assert_true(read_again("dir=/a\nport=1\n"));
	assert_string_equal(said(), "");
}

/* Texts stay, though the file is read into the same memory again. */
static void test_texts_outlast_the_file(void **state)
{
	char text[64], want[32];
	int i;

	(void)state;
	begin("dir=/first\nfile=a%Y%m%d\nhosts=/names\n");
	for (i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "dir=/x%d\nfile=%d-%%Y%%m%%d\n", i,
			 i);
		assert_true(read_again(text));
		snprintf(want, sizeof(want), "%d-%%Y%%m%%d", i);
		assert_string_equal(conf.options.settings.file.pattern, want);
		assert_string_equal(conf.options.settings.dir, "/first");
		assert_null(conf.options.settings.hosts);
		assert_false(read_again("file=%Y%m%d-wrong\nport=x\n"));
		assert_string_equal(conf.options.settings.file.pattern, want);
	}
}

static void test_a_wrong_file_changes_nothing(void **state)
{
	static const char *const rows[][2] = {
		{ "timeout=6\nport=x", PATH ":2: port=x: not allowed" },
		{ "timeout=6\nprot=1", PATH ":2: prot=: unknown option" },
		{ "format=json", PATH ":1: raw=yes: not allowed with" },
		{ "link=now\nfile={host}%Y%m%d", "link=now: not allowed with" },
		{ "file=a/b/c/d/e/f/g/h/%Y%m%d", "file=: needs a restart" },
	};
	size_t i;

	(void)state;
	begin("raw=yes\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(read_again(rows[i][0]));
		if (!strstr(said(), rows[i][1]))
			fail_msg("not '%s' but %s", rows[i][1], said());
		assert_non_null(strstr(said(), "stay as they were\n"));
		assert_int_equal(conf.options.settings.timeout_ms, 10000);
		assert_false(conf.options.settings.json);
	}
	fake_unlink(PATH);
	assert_false(configuration_read_again(&conf, &diag));
	assert_non_null(strstr(said(), "unable to read it"));
}

/* A file of names is a part of the settings: all change, or nothing. */
static void test_names_that_cannot_be_read_change_nothing(void **state)
{
	static struct hostsfile hosts;
	void *memory = calloc(1, hostsfile_bytes(PATH));

	(void)state;
	assert_non_null(memory);
	begin("hosts=/names\n");
	fake_create("/names", S_IFREG | 0644, "192.0.2.1 a\n");
	hostsfile_init(&hosts, &fakesys, &diag, "/names", memory);
	assert_int_equal(hostsfile_begin(&hosts, error), 0);
	conf.hosts = &hosts;
	assert_false(read_again("timeout=6\nhosts=/nix\n"));
	assert_string_equal(said(), "udplogger: warning: " PATH ":2: "
				    "hosts=/nix: unable to read it: No such "
				    "file or directory; the settings stay as "
				    "they were\n");
	assert_int_equal(conf.options.settings.timeout_ms, 10000);
	assert_string_equal(conf.options.settings.hosts, "/names");
	fake_create("/bad", S_IFREG | 0644, "bad\n");
	assert_false(read_again("timeout=6\nhosts=/bad\n"));
	assert_non_null(strstr(said(), "hosts=: /bad:1: "));
	assert_non_null(strstr(said(), "; the settings stay as they were\n"));
	assert_int_equal(conf.options.settings.timeout_ms, 10000);
	/* The same file may be bad without that. */
	fake_unlink("/names");
	assert_true(read_again("timeout=6\nhosts=/names\n"));
	assert_true(read_again("hosts=none\n"));
	assert_null(conf.options.settings.hosts);
	conf.hosts = NULL;
	free(memory);
}

static void test_without_a_file_nothing_is_read_again(void **state)
{
	(void)state;
	assert_int_equal(READ("perm=0600"), 0);
	assert_false(configuration_read_again(&conf, &diag));
	assert_string_equal(said(), "");
}

static char *list(void)
{
	static char text[65536];
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	assert_true(configuration_list(&conf, &conf.options.settings, out));
	fclose(out);
	return text;
}

static void assert_listed(const char *line)
{
	const char *text = list();
	const char *at = strstr(text, line);

	if (!at || (at > text && at[-1] != '\n') || at[strlen(line)] != '\n')
		fail_msg("no line '%s' in\n%s", line, text);
}

static void test_each_setting_is_listed_with_its_origin(void **state)
{
	(void)state;
	fake_create(PATH, S_IFREG | 0644, "\nport = 2\ndir=/a\ntimeout=5s");
	assert_int_equal(READ("conf=" PATH, "dir=/b", "wbuf=2k"), 0);
	assert_listed("# conf=" PATH " # command line");
	assert_listed("port=2 # " PATH ":2");
	assert_listed("dir=/b # command line");
	assert_listed("timeout=5 # " PATH ":4");
	assert_listed("wbuf=2048 # command line");
	assert_listed("perm=0600 # default");
}

static void test_what_no_file_can_say_is_listed_in_a_comment(void **state)
{
	(void)state;
	assert_int_equal(READ("dir=/a #b"), 0);
	assert_listed("# dir=/a #b # command line");
	assert_int_equal(READ("dir=/a\nb"), 0);
	assert_listed("# dir=/a\\x0ab # command line");
}

/* Read as a file, the list makes the same settings, and the same list. */
static void test_the_list_is_a_file_itself(void **state)
{
	char value[RULES_VALUE_MAX], again[RULES_VALUE_MAX];
	struct settings settings;
	const struct rule *rule;
	size_t i;

	(void)state;
	assert_int_equal(READ("uid=5", "gid=users", "ip=192.0.2.1", "port=7",
			      "file={host}/a#%Y%m%d", "keep=7d"),
			 0);
	settings = conf.options.settings;
	fake_create(PATH, S_IFREG | 0644, list());
	assert_int_equal(READ("conf=" PATH), 0);
	for (i = 1; (rule = rules_nth(i)); i++) {
		rule->show(rule, &settings, value);
		rule->show(rule, &conf.options.settings, again);
		assert_string_equal(value, again);
	}
}

static void test_a_list_that_cannot_be_written_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip_because("no /dev/full");
	assert_int_equal(READ("port=1"), 0);
	assert_false(configuration_list(&conf, &conf.options.settings, full));
	fclose(full);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_file_is_read_if_there_is_one),
		CASE(test_a_file_that_cannot_be_read_is_named),
		CASE(test_a_file_of_64_kib_is_read_and_no_larger_one),
		CASE(test_help_needs_no_file),
		CASE(test_any_call_may_fail_while_the_file_is_read),
		CASE(test_what_will_not_do_is_warned_of),
		CASE(test_address_and_port_beside_passed_sockets_are_warned_of),
		CASE(test_a_user_who_cannot_read_it_is_warned_of),
		CASE(test_what_is_live_changes_and_the_rest_needs_a_restart),
		CASE(test_texts_outlast_the_file),
		CASE(test_a_wrong_file_changes_nothing),
		CASE(test_names_that_cannot_be_read_change_nothing),
		CASE(test_without_a_file_nothing_is_read_again),
		CASE(test_each_setting_is_listed_with_its_origin),
		CASE(test_what_no_file_can_say_is_listed_in_a_comment),
		CASE(test_the_list_is_a_file_itself),
		CASE(test_a_list_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
