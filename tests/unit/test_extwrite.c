/* Records and notices become lines, or objects. */
#include "extworld.h"

#include "extwrite.h"
#include "loss.h"
#include "record.h"

#define BOOT_US UINT64_C(1795348800000005)
#define BOOT	"\"boot\":\"2026-11-22T12:00:00.000005+00:00\","

static struct extwrite w;
static void *memory;

static int set_up(void **state)
{
	(void)state;
	begin_world();
	begin_log(ALL_ROOM);
	memory = rig_memory(extwrite_bytes(SENDERS));
	extwrite_init(&w, &settings, &sources, &limit, memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	end_world();
	return 0;
}

/* The record of @text, a datagram, from sender @source. */
static struct extwrite_record a_record(const char *text, uint32_t source)
{
	struct extwrite_record r = {
		.source = source,
		.arrival = { .tv_sec = NOON },
		.header = header_of(text),
		.boot_us = BOOT_US,
	};

	extbody_split(&r.body, r.header, r.header->chunk);
	return r;
}

/* Writes the record, taking from the queue where it is full. */
static const char *written(const struct extwrite_record *r)
{
	size_t at = 0, before;

	do {
		before = at;
		if (extwrite_record(&w, r, &at))
			break;
		assert_true(at >= before);
		logged();
	} while (true);
	assert_true(at > r->body.text.len);
	return logged();
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		count++;
	}
	return count;
}

#define TWO_LINES "6,1,2000000,-;one\\x0atwo\n cpu=3\n"

static void test_each_line_of_a_record_has_time_and_sender(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);

	(void)state;
	assert_string_equal(written(&r), HEAD "[    2.000000] one\n" HEAD
					      "[    2.000000] two {cpu=3}\n");
	r.source = 2;
	begin_log(ALL_ROOM);
	assert_string_equal(written(&r), STAMP
			    "192.0.2.3:6665 [    2.000000] one\n" STAMP
			    "192.0.2.3:6665 [    2.000000] two {cpu=3}\n");
}

static void test_the_level_is_shown_if_it_was_asked_for(void **state)
{
	struct extwrite_record r = a_record("14,1,2000000,-;up\n", 0);

	(void)state;
	settings.level = true;
	assert_string_equal(written(&r), HEAD "<14>[    2.000000] up\n");
}

static void test_a_record_is_one_object(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 1);

	(void)state;
	settings.json = true;
	begin_log(ALL_ROOM);
	r.missing = 7;
	assert_string_equal(
		written(&r),
		"{\"time\":\"2026-11-22T12:00:00.000000+00:00\",\"address\":"
		"\"192.0.2.2\",\"port\":6665,\"message\":\"one\\ntwo\","
		"\"level\":6,\"facility\":0," BOOT
		"\"sequnum\":1,\"usec\":2000000,"
		"\"dictionary\":{\"cpu\":\"3\"},\"missing\":7}\n");
}

static void test_the_boot_of_another_sender_is_another(void **state)
{
	struct extwrite_record r = a_record("6,1,5,-;a\n", 0);

	(void)state;
	settings.json = true;
	begin_log(ALL_ROOM);
	written(&r);
	r.source = 1;
	r.boot_us++;
	written(&r);
	r.source = 0;
	r.boot_us--;
	assert_int_equal(count_of(written(&r), ":00.000005+00:00\",\"seq"), 2);
	assert_int_equal(count_of(logged(), ":00.000006+00:00\",\"seq"), 1);
}

static void test_a_line_of_pieces_has_its_own_boot(void **state)
{
	struct extwrite_record r = a_record("6,1,5,c;a\n", 0);
	size_t at = 0;

	(void)state;
	settings.json = true;
	begin_log(ALL_ROOM);
	assert_true(extwrite_record(&w, &r, &at));
	assert_string_equal(logged(), "");
	r.boot_us++;
	assert_true(extwrite_booted(&w, &r));
	assert_int_equal(count_of(logged(), ":00.000005+00:00\",\"seq"), 1);
	assert_int_equal(count_of(logged(), ":00.000006+00:00\",\"mes"), 1);
}

static void test_a_record_may_have_more_pairs_than_an_object(void **state)
{
	static char text[32 * (RECORD_PAIRS + 2) + 40];
	struct extwrite_record r;
	unsigned i;
	char *at;

	(void)state;
	settings.json = true;
	begin_log(ALL_ROOM);
	at = text + sprintf(text, "6,1,2000000,-;t\n");
	for (i = 0; i < RECORD_PAIRS + 2; i++)
		at += sprintf(at, " k%u=0123456789abc\n", i);
	r = a_record(text, 0);
	written(&r);
	assert_non_null(strstr(log_text, ",\"k511\":\"0123456789abc\"},"
					 "\"rest\":\"k512=0"));
	assert_null(strstr(log_text, "\"k512\":"));
}

/* 16 pairs in any case, and one more for each 16 bytes. */
static void test_an_object_has_no_more_pairs_than_bytes_pay_for(void **state)
{
	static char text[1000];
	struct extwrite_record r;
	char *at;
	int i, n;

	(void)state;
	settings.json = true;
	for (n = 16; n <= 40; n++) {
		begin_log(ALL_ROOM);
		at = text + sprintf(text, "6,1,2000000,-;t\n");
		for (i = 0; i < n; i++)
			at += sprintf(at, " k%02d\n", i);
		r = a_record(text, 0);
		written(&r);
		/* Pairs of 5 bytes: 16 + 5 * 23 / 16 is 23. */
		assert_true(!strstr(log_text, "\"rest\"") == (n <= 23));
		assert_non_null(strstr(log_text, ",\"k15\":null"));
	}
	assert_non_null(strstr(log_text, ",\"k27\":null},\"rest\":\"k28"));
}

/* Whatever room there is, a line is written once, and whole. */
static void test_a_record_goes_on_where_the_queue_was_full(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);
	static const bool forms[] = { false, true };
	char want[1000];
	size_t i, room;

	(void)state;
	for (i = 0; i < 2; i++) {
		settings.json = forms[i];
		begin_log(ALL_ROOM);
		strcpy(want, written(&r));
		for (room = 0; room <= strlen(want); room++) {
			begin_log(room);
			assert_string_equal(written(&r), want);
		}
	}
}

/* Writes the record; settings change where the queue is full for the first time. */
static const char *changed_midway(const struct extwrite_record *r, bool *midway)
{
	size_t at = 0;

	while (!extwrite_record(&w, r, &at)) {
		*midway = *midway || at > 0;
		settings.json = !settings.json;
		settings.level = true;
		output_change(&output);
		logged();
	}
	return logged();
}

/* Whatever room there is when HUP changes the form. */
static void test_a_record_ends_in_the_form_in_which_it_began(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);
	char text[1000], levelled[1000], object[1000];
	bool midway = false;
	size_t room;

	(void)state;
	strcpy(text, written(&r));
	settings.level = true;
	begin_log(ALL_ROOM);
	strcpy(levelled, written(&r));
	settings.json = true;
	begin_log(ALL_ROOM);
	strcpy(object, written(&r));
	for (room = 0; room <= strlen(object) + 1; room++) {
		const char *got;

		settings.json = room % 2 == 1;
		settings.level = false;
		begin_log(room);
		got = changed_midway(&r, &midway);
		if (strcmp(got, text) != 0 && strcmp(got, levelled) != 0 &&
		    strcmp(got, object) != 0)
			fail_msg("half of one form: %s", got);
	}
	assert_true(midway);
}

static void test_what_is_written_is_not_written_again(void **state)
{
	static const bool forms[] = { false, true };
	struct extwrite_record r = a_record(TWO_LINES, 0);
	size_t i, at;

	(void)state;
	for (i = 0; i < 2; i++) {
		settings.json = forms[i];
		begin_log(ALL_ROOM);
		at = 0;
		assert_true(extwrite_record(&w, &r, &at));
		assert_true(logged()[0] != '\0');
		log_len = 0;
		assert_true(extwrite_record(&w, &r, &at));
		assert_string_equal(logged(), "");
	}
}

/* Three messages behind sequnum 0. */
static bool lose(const struct extwrite_record *r, uint32_t first, uint32_t last)
{
	const struct loss_notice notice = { 3, first, last, false, false };

	return extwrite_lost(&w, r, &notice, 0);
}

static void test_notices_stand_beside_the_record(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);
	const uint32_t msgid = 4294967295u;

	(void)state;
	assert_true(extwrite_booted(&w, &r));
	assert_true(lose(&r, 4294967295u, 1));
	assert_true(extwrite_late(&w, &r, &msgid));
	assert_true(extwrite_late(&w, &r, NULL));
	assert_string_equal(
		logged(),
		HEAD "udplogger: sender booted\n" HEAD
		     "udplogger: 3 messages lost (msgid 4294967295..1)\n" HEAD
		     "udplogger: 1 messages late, not lost (msgid "
		     "4294967295..4294967295)\n" HEAD
		     "udplogger: 1 messages late, not lost (msgid unknown)\n");
}

#define OBJECT                                                        \
	"{\"time\":\"2026-11-22T12:00:00.000000+00:00\",\"address\":" \
	"\"192.0.2.1\",\"port\":6665,\"program\":\"udplogger\",\"notice\":"

static void test_notices_are_objects_of_a_kind(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);
	const uint32_t msgid = 8;

	(void)state;
	settings.json = true;
	begin_log(ALL_ROOM);
	assert_true(extwrite_booted(&w, &r));
	assert_true(lose(&r, 5, 7));
	assert_true(extwrite_late(&w, &r, &msgid));
	assert_true(extwrite_late(&w, &r, NULL));
	assert_string_equal(
		logged(), OBJECT
		"\"booted\"," BOOT "\"message\":\"sender booted\"}\n" OBJECT
		"\"messages-lost\",\"lost\":3," BOOT
		"\"first\":5,\"last\":7,\"between\":[0,1],"
		"\"message\":\"3 messages lost (msgid 5..7)\"}\n" OBJECT
		"\"message-late\"," BOOT
		"\"first\":8,\"last\":8,\"came\":1,\"message\":"
		"\"1 messages late, not lost (msgid 8..8)\"}\n" OBJECT
		"\"message-late\"," BOOT "\"came\":1,\"message\":"
		"\"1 messages late, not lost (msgid unknown)\"}\n");
}

static void test_a_notice_without_room_leaves_nothing(void **state)
{
	struct extwrite_record r = a_record(TWO_LINES, 0);
	const uint32_t msgid = 8;

	(void)state;
	begin_log(20);
	assert_false(extwrite_booted(&w, &r));
	assert_false(lose(&r, 5, 7));
	assert_false(extwrite_late(&w, &r, &msgid));
	assert_false(extwrite_late(&w, &r, NULL));
	assert_string_equal(logged(), "");
	assert_true(extwrite_booted(&w, &r));
	assert_string_equal(logged(), HEAD "udplogger: sender booted\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_each_line_of_a_record_has_time_and_sender),
		CASE(test_the_level_is_shown_if_it_was_asked_for),
		CASE(test_a_record_is_one_object),
		CASE(test_the_boot_of_another_sender_is_another),
		CASE(test_a_line_of_pieces_has_its_own_boot),
		CASE(test_a_record_may_have_more_pairs_than_an_object),
		CASE(test_an_object_has_no_more_pairs_than_bytes_pay_for),
		CASE(test_a_record_goes_on_where_the_queue_was_full),
		CASE(test_a_record_ends_in_the_form_in_which_it_began),
		CASE(test_what_is_written_is_not_written_again),
		CASE(test_notices_stand_beside_the_record),
		CASE(test_notices_are_objects_of_a_kind),
		CASE(test_a_notice_without_room_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
