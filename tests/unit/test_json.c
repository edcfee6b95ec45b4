/* Tests of json: a record as an object. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "hosts.h"
#include "json.h"
#include "rig.h"

#define TIME  "{\"time\":\"2026-11-22T01:14:00.123456+09:00\""
#define BEGIN TIME ",\"address\":\"192.0.2.1\",\"port\":6665"
#define BOOT  "2026-11-21T16:00:00.000007+00:00"
#define BOOTS ",\"boot\":\"" BOOT "\""

static struct record a_record(const char *text)
{
	return (struct record){
		.stamp = "2026-11-22T01:14:00.123456+09:00 ",
		.stamp_len = STAMP_ISO_BYTES,
		.prefix = "192.0.2.1:6665 ",
		.prefix_len = 15,
		.address = "192.0.2.1",
		.address_len = 9,
		.port = 6665,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
	};
}

static void assert_json(const struct record *record, const char *want)
{
	static char out[100000];
	size_t len;

	assert_true(format_max(record, FORMAT_JSON) <= sizeof(out));
	len = format_record(out, record, FORMAT_JSON);
	assert_true(len <= format_max(record, FORMAT_JSON));
	out[len] = '\0';
	assert_string_equal(out, want);
}

static void assert_message(const char *text, const char *want)
{
	struct record record = a_record(text);
	char all[1000];

	snprintf(all, sizeof(all), BEGIN ",\"message\":\"%s\"}\n", want);
	assert_json(&record, all);
}

static void test_text_has_time_source_port_and_message(void **state)
{
	(void)state;
	assert_message("eth0: up", "eth0: up");
	assert_message("", "");
}

static void test_the_message_is_what_the_text_format_shows(void **state)
{
	(void)state;
	assert_message("a\"b\\c\td/", "a\\\"b\\\\c\\td/");
	assert_message("\033[2J\r\x01\x7f", "\\\\x1b[2J\\\\x0d\\\\x01\\\\x7f");
	assert_message("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		       "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
	assert_message("\xc3 \xff \xed\xa0\x80 \xc0\x80 \xf4\x90\x80\x80",
		       "\\\\xc3 \\\\xff \\\\xed\\\\xa0\\\\x80 \\\\xc0\\\\x80 "
		       "\\\\xf4\\\\x90\\\\x80\\\\x80");
	assert_message("\xc2\x85\xc2\x9b", "\\\\xc2\\\\x85\\\\xc2\\\\x9b");
	/* Only lines of a record are parted by it. */
	assert_message("a\nb\n", "a\\\\x0ab\\\\x0a");
}

static void assert_head(const char *line, const char *members)
{
	struct record record = a_record(line);
	char all[1000];

	snprintf(all, sizeof(all), BEGIN ",\"message\":\"%s\"%s}\n", line,
		 members);
	assert_json(&record, all);
}

static void test_a_line_of_text_has_what_its_head_says(void **state)
{
	struct record record = a_record("<6>[    1.000000] 17 empty lines");

	(void)state;
	assert_head("<14>[   12.345678][    T12] up",
		    ",\"level\":6,\"facility\":1,\"usec\":12345678,"
		    "\"caller\":\"T12\"");
	assert_head("[    0.000000] up", ",\"usec\":0");
	assert_head("<0>", ",\"level\":0,\"facility\":0");
	assert_head("[  C1] up", ",\"caller\":\"C1\"");
	assert_head("up <6>", "");
	/* What the daemon says has none. */
	record.notice = "empty-lines";
	record.lines = 17;
	assert_json(&record, BEGIN ",\"program\":\"udplogger\",\"notice\":"
				   "\"empty-lines\",\"lines\":17,\"message\":"
				   "\"<6>[    1.000000] 17 empty lines\"}\n");
}

static void test_a_nul_is_text_as_well(void **state)
{
	struct record record = a_record("");

	(void)state;
	record.text = (const unsigned char *)"a\0b";
	record.text_len = 3;
	assert_json(&record, BEGIN ",\"message\":\"a\\\\x00b\"}\n");
}

static void test_an_address_may_have_any_name_of_an_interface(void **state)
{
	struct record record = a_record("x");

	(void)state;
	record.address = "fe80::1%eth0";
	record.address_len = strlen(record.address);
	record.port = 514;
	assert_json(&record, TIME ",\"address\":\"fe80::1%eth0\",\"port\":514,"
				  "\"message\":\"x\"}\n");
	/* An interface may be named like this. */
	record.address = "fe80::1%a\"]:";
	record.address_len = strlen(record.address);
	assert_json(&record, TIME ",\"address\":\"fe80::1%a\\\"]:\",\"port\":"
				  "514,\"message\":\"x\"}\n");
}

static void test_a_sender_by_address_has_no_port(void **state)
{
	struct record record = a_record("up");

	(void)state;
	record.by_address = true;
	assert_json(&record, "{\"time\":\"2026-11-22T01:14:00.123456+09:00\","
			     "\"address\":\"192.0.2.1\",\"message\":\"up\"}\n");
}

static void test_a_sender_with_a_name_keeps_its_address(void **state)
{
	struct record record = a_record("up");

	(void)state;
	record.prefix = "web-1 192.0.2.1";
	record.prefix_len = strlen("web-1 ");
	record.host_len = strlen("web-1");
	record.address = record.prefix + record.prefix_len;
	assert_json(&record, "{\"time\":\"2026-11-22T01:14:00.123456+09:00\","
			     "\"host\":\"web-1\",\"address\":\"192.0.2.1\","
			     "\"port\":6665,\"message\":\"up\"}\n");
}

static void test_a_notice_may_stand_for_lines(void **state)
{
	struct record record = a_record("20 empty lines");

	(void)state;
	record.notice = "empty-lines";
	record.lines = 20;
	assert_json(&record, BEGIN ",\"program\":\"udplogger\",\"notice\":"
				   "\"empty-lines\",\"lines\":20,\"message\":"
				   "\"20 empty lines\"}\n");
}

static void test_notices_are_of_the_program(void **state)
{
	struct record record = a_record("sender booted");

	(void)state;
	record.notice = "booted";
	assert_json(&record,
		    BEGIN ",\"program\":\"udplogger\",\"notice\":\"booted\","
			  "\"message\":\"sender booted\"}\n");
	record.prefix_len = 0;
	record.lost = 3;
	assert_json(
		&record, TIME
		",\"program\":\"udplogger\",\"notice\":\"booted\",\"lost\":3,"
		"\"message\":\"sender booted\"}\n");
}

/* Numbers of its own, so that nobody has to read them in the message. */
static void test_notices_of_records_tell_the_boot_and_numbers(void **state)
{
	struct record_told told = { .boot = BOOT };
	struct record record = a_record("x");

	(void)state;
	record.notice = "booted";
	record.told = &told;
#define NOTICE BEGIN ",\"program\":\"udplogger\",\"notice\":"
	assert_json(&record, NOTICE "\"booted\"" BOOTS ",\"message\":\"x\"}\n");
	told = (struct record_told){
		.boot = BOOT,
		.has_msgids = true,
		.first = UINT32_MAX,
		.last = 0,
		.is_gap = true,
		.between = { 0, UINT64_MAX },
	};
	record.notice = "messages-lost";
	record.lost = 2;
	assert_json(&record, NOTICE "\"messages-lost\",\"lost\":2" BOOTS
				    ",\"first\":4294967295,\"last\":0,"
				    "\"between\":[0,18446744073709551615],"
				    "\"message\":\"x\"}\n");
	told = (struct record_told){ .boot = BOOT, .has_come = true };
	record.notice = "message-late";
	record.lost = 0;
	assert_json(&record, NOTICE "\"message-late\"" BOOTS
				    ",\"came\":0,\"message\":\"x\"}\n");
}

static struct extmsg_part part(const char *text)
{
	return (struct extmsg_part){ (const unsigned char *)text,
				     strlen(text) };
}

static void test_extended_records_have_what_their_header_says(void **state)
{
	struct record record = a_record("x");
	struct extmsg header = { .prio = 2047,
				 .sequnum = UINT64_MAX,
				 .usec = UINT64_MAX };
	struct record_extended extended = { .boot = BOOT, .header = &header };

	(void)state;
	record.extended = &extended;
	assert_json(&record, BEGIN ",\"message\":\"x\",\"level\":7,"
				   "\"facility\":255" BOOTS
				   ",\"sequnum\":18446744073709551615,"
				   "\"usec\":18446744073709551615}\n");
	header = (struct extmsg){ .prio = 6,
				  .caller = part("T1"),
				  .release = part("6.12\"\\x") };
	extended.missing = 1;
	assert_json(&record,
		    BEGIN ",\"message\":\"x\",\"level\":6,"
			  "\"facility\":0" BOOTS ",\"sequnum\":0,\"usec\":0,"
			  "\"caller\":\"T1\",\"release\":"
			  "\"6.12\\\"\\\\x\",\"missing\":1}\n");
}

/* As extbody_list() makes it of what a sender sent. */
static void assert_dictionary(const char *pairs, const char *want)
{
	struct record record = a_record("x");
	struct extbody_pair list[4];
	const struct extbody body = { .pairs = part(pairs) };
	struct extmsg header = { .prio = 6 };
	struct record_extended extended = { .boot = BOOT,
					    .header = &header,
					    .pairs = list };
	unsigned char bytes[EXTBODY_LIST_MAX(100)];
	char all[1000];

	record.extended = &extended;
	extended.pairs_len = strlen(pairs);
	extended.pair_count =
		extbody_list(&body, bytes, list, 4, &extended.rest);
	snprintf(all, sizeof(all),
		 BEGIN ",\"message\":\"x\",\"level\":6,\"facility\":0" BOOTS
		       ",\"sequnum\":0,\"usec\":0%s}\n",
		 want);
	assert_json(&record, all);
}

static void test_a_dictionary_has_each_key_once(void **state)
{
	(void)state;
	assert_dictionary("", "");
	assert_dictionary("\n \n", "");
	assert_dictionary(" SUBSYSTEM=net\n DEVICE=n\\x5c3\n",
			  ",\"dictionary\":{\"SUBSYSTEM\":\"net\","
			  "\"DEVICE\":\"n\\\\3\"}");
	assert_dictionary(" a=1\n b=\n a=2\n a\n",
			  ",\"dictionary\":{\"a\":[\"1\",\"2\",null],"
			  "\"b\":\"\"}");
	/* What is written alike is one key. */
	assert_dictionary(" a\x01=1\n a\\x01=2\n",
			  ",\"dictionary\":{\"a\\\\x01\":[\"1\",\"2\"]}");
	assert_dictionary(" k=a=b\"\n", ",\"dictionary\":{\"k\":\"a=b\\\"\"}");
	/* Not a new pair, as none is escaped. */
	assert_dictionary(
		" taskname=x\ny\\x41\n",
		",\"dictionary\":{\"taskname\":\"x\\\\x0ay\\\\x41\"}");
	assert_dictionary(" taskname=b\nmsgid=99\n x\ny\n",
			  ",\"dictionary\":{\"taskname\":\"b\\\\x0amsgid=99\","
			  "\"x\\\\x0ay\":null}");
	assert_dictionary(" DEVICE=a\\x0a\n",
			  ",\"dictionary\":{\"DEVICE\":\"a\\\\x0a\"}");
	assert_dictionary(" a=1\n b=2\n c=3\n d=4\n",
			  ",\"dictionary\":{\"a\":\"1\",\"b\":\"2\","
			  "\"c\":\"3\",\"d\":\"4\"}");
	assert_dictionary(
		" a=1\n b=2\n c=3\n d=4\n e\n f\n",
		",\"dictionary\":{\"a\":\"1\",\"b\":\"2\","
		"\"c\":\"3\",\"d\":\"4\"},\"rest\":\"e\\\\x0a f\\\\x0a\"");
}

/* Against each one compared with each. */
static void test_keys_by_lot_stand_once_each(void **state)
{
	static struct extbody_pair list[RECORD_PAIRS];
	static char key[RECORD_PAIRS][8], out[200000];
	struct extmsg header = { .prio = 6 };
	struct record_extended extended = { .boot = BOOT,
					    .header = &header,
					    .pairs = list };
	uint64_t lots = 1;
	size_t n, i, j;

	(void)state;
	for (n = 1; n <= RECORD_PAIRS; n += 1 + n / 9) {
		struct record record = a_record("x");
		char *at = out;

		for (i = 0; i < n; i++) {
			snprintf(key[i], sizeof(key[i]), "k%u",
				 (unsigned)rig_random(&lots, n));
			list[i].key = part(key[i]);
			list[i].value = part("v");
		}
		record.extended = &extended;
		extended.pair_count = n;
		extended.pairs_len = 20 * n;
		out[format_record(out, &record, FORMAT_JSON)] = '\0';
		at = strstr(out, "\"dictionary\":{") + 14;
		for (i = 0; i < n; i++) {
			char want[10000];
			size_t len, count = 0;

			for (j = 0; j < n; j++) {
				bool same = strcmp(key[i], key[j]) == 0;

				if (same && j < i)
					break;
				count += same;
			}
			if (j < n)
				continue;
			len = (size_t)sprintf(want, "%s\"%s\":%s\"v\"",
					      at[-1] == '{' ? "" : ",", key[i],
					      count > 1 ? "[" : "");
			for (j = 1; j < count; j++)
				len += (size_t)sprintf(want + len, ",\"v\"");
			if (count > 1)
				want[len++] = ']';
			assert_memory_equal(at, want, len);
			at += len;
		}
		assert_string_equal(at, "}}\n");
	}
}

/* The worst that a header, text and pairs can be fit into what is allowed. */
static void test_the_most_that_an_object_can_take_is_enough(void **state)
{
	static unsigned char bad[4000];
	static unsigned char scratch[EXTBODY_LIST_MAX(4000)];
	static struct extbody_pair list[RECORD_PAIRS];
	struct extmsg header = { .prio = 2047,
				 .sequnum = UINT64_MAX,
				 .usec = UINT64_MAX,
				 .caller = { bad, EXTMSG_CALLER_MAX },
				 .release = { bad, EXTMSG_RELEASE_MAX } };
	struct record_extended extended = { .boot = BOOT,
					    .header = &header,
					    .pairs = list };
	static const struct record_told told = {
		.boot = BOOT,
		.has_msgids = true,
		.first = UINT32_MAX,
		.last = UINT32_MAX,
		.is_gap = true,
		.between = { UINT64_MAX, UINT64_MAX },
		.has_come = true,
		.came = UINT64_MAX,
	};
	static char prefix[SRCADDR_TEXT_MAX];
	static const char *const units[] = { "\xff", " \xff\n",	 "\xff\n ",
					     " =\n", " \xff=\n", " a=\xff\n" };
	size_t i, len;

	(void)state;
	memset(bad, 0xff, sizeof(bad));
	memset(prefix, '"', sizeof(prefix));
	memcpy(prefix + sizeof(prefix) - 7, ":65535 ", 7);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		for (len = 0; len < 2500; len += 1 + len / 7) {
			struct record record = a_record("");
			size_t unit = strlen(units[i]);
			const struct extbody body = { .pairs = { bad, len } };
			size_t j, most;
			char *out;

			for (j = 0; j < len; j++)
				bad[j] = (unsigned char)units[i][j % unit];
			record.prefix = record.address = prefix;
			record.prefix_len = record.address_len = sizeof(prefix);
			record.host_len = HOSTS_NAME_MAX;
			record.port = record.local = 65535;
			record.tells_local = true;
			record.text = bad + 2500;
			record.text_len = len % 50;
			record.notice = "booted";
			record.lost = UINT64_MAX;
			record.told = &told;
			extended.missing = UINT32_MAX;
			extended.pair_count =
				extbody_list(&body, scratch, list, RECORD_PAIRS,
					     &extended.rest);
			extended.pairs_len = len;
			record.extended = &extended;
			most = format_max(&record, FORMAT_JSON);
			out = malloc(most);
			assert_non_null(out);
			assert_true(format_record(out, &record, FORMAT_JSON) <=
				    most);
			free(out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_has_time_source_port_and_message),
		cmocka_unit_test(
			test_the_message_is_what_the_text_format_shows),
		cmocka_unit_test(test_a_line_of_text_has_what_its_head_says),
		cmocka_unit_test(test_a_nul_is_text_as_well),
		cmocka_unit_test(
			test_an_address_may_have_any_name_of_an_interface),
		cmocka_unit_test(test_notices_are_of_the_program),
		cmocka_unit_test(
			test_notices_of_records_tell_the_boot_and_numbers),
		cmocka_unit_test(test_a_sender_by_address_has_no_port),
		cmocka_unit_test(test_a_sender_with_a_name_keeps_its_address),
		cmocka_unit_test(test_a_notice_may_stand_for_lines),
		cmocka_unit_test(
			test_extended_records_have_what_their_header_says),
		cmocka_unit_test(test_a_dictionary_has_each_key_once),
		cmocka_unit_test(test_keys_by_lot_stand_once_each),
		cmocka_unit_test(
			test_the_most_that_an_object_can_take_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
