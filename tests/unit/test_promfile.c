/* What udplogger.prom and senders say. */
#include "unit.h"

#include <string.h>

#include "promfile.h"
#include "sendersfile.h"

static char out[PROMFILE_HEAD_MAX + 1];

static const char *head_of(const struct promfile_facts *facts)
{
	size_t len = promfile_head(out, facts);

	assert_true(len < PROMFILE_HEAD_MAX);
	out[len] = '\0';
	return out;
}

static void assert_line(const char *text, const char *line)
{
	char whole[200];

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	if (!strstr(text, whole))
		fail_msg("no line \"%s\" in:\n%s", line, text);
}

static void test_every_series_is_there_from_zero(void **state)
{
	static const char *const zeros[] = {
		"udplogger_datagrams_total 0",
		"udplogger_bytes_total 0",
		"udplogger_lines_total 0",
		"udplogger_drops_total 0",
		"udplogger_messages_lost_total 0",
		"udplogger_withheld_total 0",
		"udplogger_doubles_total 0",
		"udplogger_late_total 0",
		"udplogger_left_out_total 0",
		"udplogger_boots_total{before=\"panic\"} 0",
		"udplogger_boots_total{before=\"planned\"} 0",
		"udplogger_boots_total{before=\"silent\"} 0",
		"udplogger_boots_total{before=\"unknown\"} 0",
		"udplogger_queue_bytes 0",
		"udplogger_open_files 0",
		"udplogger_senders 0",
		"udplogger_evictions_total 0",
		"udplogger_removed_files_total{reason=\"keep\"} 0",
		"udplogger_removed_files_total{reason=\"max\"} 0",
		"udplogger_removed_files_total{reason=\"free\"} 0",
		"udplogger_write_failing 0",
		"udplogger_last_write_timestamp_seconds 0.000",
		"udplogger_build_info{version=\"1.2.3\"} 1",
	};
	const struct promfile_facts facts = { .version = "1.2.3" };
	const char *text = head_of(&facts);
	char line[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		assert_line(text, zeros[i]);
	for (i = CLASS_NONE + 1; i < CLASSES; i++) {
		snprintf(line, sizeof(line),
			 "udplogger_incidents_total{class=\"%s\"} 0",
			 class_name((enum incident_class)i));
		assert_line(text, line);
	}
	assert_null(strstr(text, "\"none\""));
}

static void test_the_largest_numbers_fit(void **state)
{
	static char version[1000];
	struct promfile_facts facts;
	const char *text;

	(void)state;
	memset(version, '"', sizeof(version) - 1);
	memset(&facts, 0xff, sizeof(facts));
	facts.version = version;
	facts.write_failing = true;
	facts.started = facts.last_write =
		(struct timespec){ .tv_sec = INT32_MAX, .tv_nsec = 999999999 };
	text = head_of(&facts);
	assert_line(text, "udplogger_lines_total 18446744073709551615");
	assert_line(text,
		    "udplogger_last_write_timestamp_seconds 2147483647.999");
}

static void test_labels_are_escaped(void **state)
{
	static const char name[] = "a\"b\\c\nd";
	const struct timespec heard = { .tv_sec = 12, .tv_nsec = 5000000 };
	char line[PROMFILE_HOST_MAX + 1];
	size_t len;

	(void)state;
	len = promfile_heard(line, name, strlen(name), &heard);
	line[len] = '\0';
	assert_string_equal(line, "udplogger_host_last_heard_timestamp_seconds"
				  "{host=\"a\\\"b\\\\c\\nd\"} 12.005\n");
	len = promfile_lines(line, "x", 1, 42);
	line[len] = '\0';
	assert_string_equal(line,
			    "udplogger_host_lines_total{host=\"x\"} 42\n");
}

static void assert_row(const struct sendersfile_row *row, const char *want)
{
	char line[SENDERSFILE_ROW_MAX + 1];
	size_t len = sendersfile_row(line, row);

	assert_true(len <= SENDERSFILE_ROW_MAX);
	line[len] = '\0';
	assert_string_equal(line, want);
}

static void test_a_row_has_ten_fields(void **state)
{
	struct sendersfile_row row = { .address = "" };
	char head[SENDERSFILE_ROW_MAX + 1];
	char name[64], address[64];

	(void)state;
	head[sendersfile_head(head)] = '\0';
	assert_string_equal(head, "name\taddress\tport\theard\tlines\trate\t"
				  "lost\tboots\tincident\tincident_time\n");
	assert_row(&row, "-\t-\t-\t-\t0\t0.0\t0\t0\t-\t-\n");
	row = (struct sendersfile_row){
		.name = "web1",
		.name_len = 4,
		.address = "192.0.2.1",
		.has_port = true,
		.port = 6665,
		.heard = { .tv_sec = 1795348800, .tv_nsec = 7999999 },
		.lines = 10,
		.rate_tenths = 123,
		.lost = 2,
		.boots = 1,
		.incident = "panic",
		.incident_ms = 1795348799050,
	};
	assert_row(&row,
		   "web1\t192.0.2.1\t6665\t1795348800.007\t10\t12.3\t2\t1\t"
		   "panic\t1795348799.050\n");
	memset(name, 'n', sizeof(name));
	memset(address, 'f', sizeof(address));
	address[63] = '\0';
	row = (struct sendersfile_row){
		.name = name,
		.name_len = 64,
		.address = address,
		.has_port = true,
		.port = 65535,
		.heard = { .tv_sec = INT32_MAX },
		.lines = UINT64_MAX,
		.rate_tenths = UINT64_MAX,
		.lost = UINT64_MAX,
		.boots = UINT64_MAX,
		.incident = "sanitizer",
		.incident_ms = UINT64_MAX / 2000000,
	};
	assert_true(sendersfile_row(head, &row) < SENDERSFILE_ROW_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_series_is_there_from_zero),
		cmocka_unit_test(test_the_largest_numbers_fit),
		cmocka_unit_test(test_labels_are_escaped),
		cmocka_unit_test(test_a_row_has_ten_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
