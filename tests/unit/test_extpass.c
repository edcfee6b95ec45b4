/* A record passes: first what its numbers say of others, then its lines. */
#include "extworld.h"

#include "extpass.h"

static struct extwrite w;
static struct extpass p;
static struct shelves held;
static void *write_memory, *pass_memory, *held_memory;

static void begin_pass(void)
{
	memset(pass_memory, 0, extpass_bytes(SENDERS));
	extpass_init(&p, SENDERS, &held, &w, pass_memory);
}

static int set_up(void **state)
{
	(void)state;
	begin_world();
	begin_log(ALL_ROOM);
	write_memory = rig_memory(extwrite_bytes(SENDERS));
	pass_memory = rig_memory(extpass_bytes(SENDERS));
	held_memory = rig_memory(shelves_bytes(SENDERS, 64));
	extwrite_init(&w, &settings, &sources, &limit, write_memory);
	shelves_init(&held, SENDERS, 64, held_memory);
	begin_pass();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(write_memory);
	free(pass_memory);
	free(held_memory);
	end_world();
	return 0;
}

/* Record @sequnum of @source, with @msgid or, if that is 0, without. */
static const char *text_of(unsigned sequnum, unsigned msgid)
{
	static char text[100];
	int len = snprintf(text, sizeof(text), "6,%u,%u,-;r%u\n", sequnum,
			   sequnum * 1000000, sequnum);

	if (msgid > 0)
		snprintf(text + len, sizeof(text) - (size_t)len, " msgid=%u\n",
			 msgid);
	return text;
}

/* One try from *@at on; @missing: bytes that did not come. */
static bool try_to_pass(uint32_t source, const char *text, uint32_t missing,
			size_t *at)
{
	struct extwrite_record r = {
		.source = source,
		.arrival = { .tv_sec = NOON },
		.header = header_of(text),
		.missing = missing,
	};

	return extpass_record(&p, &r, r.header->chunk, true, at);
}

static void pass_text(uint32_t source, const char *text, uint32_t missing)
{
	size_t at = 0;

	while (!try_to_pass(source, text, missing, &at))
		logged();
}

static void pass(unsigned sequnum, unsigned msgid)
{
	pass_text(0, text_of(sequnum, msgid), 0);
}

static enum order_place place(uint32_t source, unsigned sequnum, unsigned msgid)
{
	const struct extmsg *msg = header_of(text_of(sequnum, msgid));

	return extpass_place(&p, source, msg, msg->chunk.len);
}

static void hold(uint32_t source, uint64_t sequnum)
{
	const struct shelf_entry entry = { .sequnum = sequnum };

	shelf_add(&held, source, &entry);
}

/* What was logged since the last call, without stamps, times and pairs. */
static const char *told(void)
{
	static char all[4096];
	const char *line = logged();
	char *to = all;

	while (*line != '\0') {
		const char *end = strchr(line, '\n');
		const char *text = line + strlen(HEAD);
		const char *brace = memchr(text, '{', (size_t)(end - text));

		if (*text == '[')
			text = strstr(text, "] ") + 2;
		to += sprintf(to, "%s%.*s", to > all ? "|" : "",
			      (int)((brace ? brace - 1 : end) - text), text);
		line = end + 1;
	}
	*to = '\0';
	log_len = 0;
	return all;
}

static void test_the_numbers_of_a_sender_tell_the_place(void **state)
{
	(void)state;
	assert_int_equal(place(0, 5, 0), ORDER_FIRST);
	pass(5, 0);
	assert_int_equal(place(0, 6, 0), ORDER_NEXT);
	assert_int_equal(place(0, 8, 0), ORDER_AHEAD);
	assert_int_equal(place(0, 5, 0), ORDER_DOUBLE);
	assert_int_equal(place(0, 4, 0), ORDER_LATE);
	/* Others are not concerned. */
	assert_int_equal(place(1, 5, 0), ORDER_FIRST);
}

static void test_what_is_remembered_has_doubles(void **state)
{
	const struct extmsg *msg;

	(void)state;
	pass(5, 0);
	msg = header_of(text_of(8, 0));
	extpass_remember(&p, 0, msg, msg->chunk.len);
	assert_int_equal(place(0, 8, 0), ORDER_DOUBLE);
	assert_int_equal(place(0, 7, 0), ORDER_AHEAD);
}

static void test_loss_is_logged_before_the_record(void **state)
{
	(void)state;
	pass(5, 10);
	pass(8, 13);
	assert_string_equal(told(),
			    "r5|udplogger: 2 messages lost (msgid 11..12)|r8");
	assert_int_equal(p.counts.lost, 2);
	assert_int_equal(p.counts.gaps, 2);
	pass(9, 14);
	assert_string_equal(told(), "r9");
}

/* What is lost is none of it, however it becomes known. */
static void test_records_that_senders_left_out_are_counted(void **state)
{
	(void)state;
	pass(10, 1);
	pass(13, 2);
	assert_int_equal(p.counts.withheld, 2);
	/* 15 to 17, of which two were sent and lost. */
	pass(14, 3);
	pass(18, 6);
	assert_int_equal(p.counts.lost, 2);
	assert_int_equal(p.counts.withheld, 3);
	/* One of them comes late. */
	pass(16, 5);
	assert_int_equal(p.counts.lost, 1);
	assert_int_equal(p.counts.late, 1);
	assert_int_equal(p.counts.withheld, 3);
	/* A part without its msgid, behind a gap, proves nothing by itself. */
	pass_text(0, text_of(21, 0), 5);
	assert_int_equal(p.counts.withheld, 3);
	pass(22, 9);
	assert_int_equal(p.counts.lost, 2);
	assert_int_equal(p.counts.withheld, 4);
}

static void test_without_msgids_nobody_knows_what_was_left_out(void **state)
{
	(void)state;
	pass(10, 0);
	pass(15, 0);
	pass(16, 1);
	pass(17, 0);
	assert_int_equal(p.counts.gaps, 4);
	assert_int_equal(p.counts.withheld, 0);
}

static void test_gaps_without_msgids_are_no_loss(void **state)
{
	(void)state;
	pass(5, 0);
	pass(8, 0);
	assert_string_equal(told(), "r5|r8");
	assert_int_equal(p.counts.lost, 0);
	assert_int_equal(p.counts.gaps, 2);
	pass(6, 0);
	assert_int_equal(p.counts.gaps, 1);
}

static void test_what_was_logged_as_lost_may_come_late(void **state)
{
	(void)state;
	pass(5, 10);
	pass(8, 13);
	told();
	pass(7, 12);
	assert_string_equal(
		told(),
		"udplogger: 1 messages late, not lost (msgid 12..12)|r7");
	assert_int_equal(p.counts.lost, 1);
	assert_int_equal(p.counts.gaps, 1);
}

/* It came in part, and without the pair that has its msgid. */
static void test_a_part_may_come_late(void **state)
{
	(void)state;
	pass(5, 10);
	pass(8, 13);
	told();
	pass_text(0, text_of(7, 0), 3);
	assert_string_equal(told(), "udplogger: 1 messages late, not lost "
				    "(msgid unknown)|r7");
	assert_int_equal(p.counts.lost, 1);
	/* Once is enough. */
	pass_text(0, text_of(7, 0), 3);
	assert_string_equal(told(), "r7");
	assert_int_equal(p.counts.lost, 1);
}

static void test_a_whole_record_without_msgid_takes_nothing_back(void **state)
{
	(void)state;
	pass(5, 10);
	pass(8, 13);
	told();
	pass(7, 0);
	assert_string_equal(told(), "r7");
	assert_int_equal(p.counts.lost, 2);
}

static void test_what_is_held_is_not_lost(void **state)
{
	(void)state;
	pass(5, 10);
	told();
	hold(0, 7);
	hold(0, 9); /* behind it */
	hold(1, 6); /* of another */
	pass(8, 13);
	assert_string_equal(told(),
			    "udplogger: 1 messages lost (msgid 11..12)|r8");
	assert_int_equal(p.counts.lost, 1);
	/* So there is nothing to take back. */
	pass(7, 12);
	assert_string_equal(told(), "r7");
	assert_int_equal(p.counts.lost, 1);
}

static void test_where_all_are_held_nothing_is_said(void **state)
{
	(void)state;
	pass(5, 10);
	hold(0, 6);
	hold(0, 7);
	pass(8, 13);
	assert_string_equal(told(), "r5|r8");
	assert_int_equal(p.counts.lost, 0);
}

static void test_a_boot_is_logged_and_forgets(void **state)
{
	struct extwrite_record r = { .arrival = { .tv_sec = NOON } };

	(void)state;
	pass(5, 10);
	begin_log(10);
	r.header = header_of(text_of(0, 1));
	assert_false(extpass_boot(&p, &r));
	assert_int_equal(place(0, 5, 10), ORDER_DOUBLE);
	logged();
	assert_true(extpass_boot(&p, &r));
	assert_string_equal(told(), "udplogger: sender booted");
	assert_int_equal(place(0, 5, 10), ORDER_FIRST);
	pass(0, 1);
	pass(1, 2);
	assert_string_equal(told(), "r0|r1");
}

static void test_another_sender_knows_nothing_of_the_old(void **state)
{
	(void)state;
	pass(5, 10);
	pass(8, 13);
	told();
	extpass_forget(&p, 0);
	assert_int_equal(place(0, 8, 13), ORDER_FIRST);
	pass(9, 50);
	pass(8, 49);
	assert_string_equal(told(), "r9|r8");
	assert_int_equal(place(0, 9, 50), ORDER_DOUBLE);
}

/* Records that wait, and no other yet: there is something to forget as well. */
static void test_what_was_only_remembered_is_forgotten(void **state)
{
	const struct extmsg *msg = header_of(text_of(8, 0));

	(void)state;
	extpass_remember(&p, 0, msg, msg->chunk.len);
	extpass_forget(&p, 0);
	assert_int_equal(place(0, 8, 0), ORDER_FIRST);
	pass(7, 0);
	assert_int_equal(place(0, 8, 0), ORDER_NEXT);
}

/* Of a record that came in part nothing is remembered, but its msgid is. */
static void test_what_was_only_heard_of_is_forgotten(void **state)
{
	(void)state;
	pass_text(0, "6,8,1,-;<9 bytes missing>\n taskname=a\n msgid=12\n", 9);
	extpass_forget(&p, 0);
	pass(5, 10);
	told();
	pass(8, 13);
	assert_string_equal(told(), "udplogger: 2 messages lost (msgid 11..12)|"
				    "r8");
}

static void begin_objects(void)
{
	settings.json = true;
	begin_log(ALL_ROOM);
}

/* Passes record @sequnum of @source, which came @ms after noon. */
static void pass_at(uint32_t source, unsigned sequnum, unsigned usec,
		    uint64_t ms)
{
	char text[100];
	struct extwrite_record r = {
		.source = source,
		.arrival = { .tv_sec = NOON + (time_t)(ms / 1000),
			     .tv_nsec = (long)(ms % 1000) * 1000000 },
	};
	size_t at = 0;

	snprintf(text, sizeof(text), "6,%u,%u,-;x\n", sequnum, usec);
	r.header = header_of(text);
	assert_true(extpass_record(&p, &r, r.header->chunk, true, &at));
}

/* The boots of all objects since the last call. */
static const char *boots(void)
{
	static char all[4096];
	const char *at = logged();
	char *to = all;

	*to = '\0';
	while ((at = strstr(at, "\"boot\":\"")) != NULL) {
		at += strlen("\"boot\":\"");
		to += sprintf(to, "%s%.15s", to > all ? " " : "",
			      at + strlen("2026-11-22T"));
		assert_memory_equal(at + strlen("2026-11-22T12:00:00.000000"),
				    "+00:00\"", 7);
	}
	log_len = 0;
	return all;
}

static void test_a_boot_is_by_its_first_record_for_all(void **state)
{
	(void)state;
	begin_objects();
	pass_at(0, 5, 3000007, 0);
	pass_at(0, 6, 4000000, 1010); /* it took 10 ms longer */
	pass_at(1, 5, 1, 2000);
	pass_at(0, 4, 2000000, 2005);
	assert_string_equal(boots(), "11:59:56.999993 11:59:56.999993 "
				     "12:00:01.999999 11:59:56.999993");
}

static void test_the_next_boot_is_by_the_record_that_shows_it(void **state)
{
	struct extwrite_record r = { .arrival = { .tv_sec = NOON + 60 } };

	(void)state;
	begin_objects();
	pass_at(0, 5, 3000000, 0);
	r.header = header_of("6,1,2000,-;x\n");
	assert_true(extpass_boot(&p, &r));
	/* One that was before it in the boot, and came after it. */
	pass_at(0, 0, 1000, 60500);
	pass_at(0, 1, 2000, 60000);
	assert_string_equal(boots(), "11:59:57.000000 12:00:59.998000 "
				     "12:00:59.998000 12:00:59.998000");
	/* Another sender's are its own. */
	extpass_forget(&p, 0);
	pass_at(0, 7, 1000000, 90000);
	assert_string_equal(boots(), "12:01:29.000000");
}

static void test_losses_have_the_boot_and_sequnums_around_them(void **state)
{
	const char *text;

	(void)state;
	begin_objects();
	pass(5, 10);
	pass(8, 13);
	pass(7, 12);
	text = logged();
	assert_non_null(strstr(
		text,
		"\"notice\":\"messages-lost\",\"lost\":2,\"boot\":\"2026-11-22T"
		"11:59:55.000000+00:00\",\"first\":11,\"last\":12,"
		"\"between\":[5,8],\"message\":"));
	assert_non_null(strstr(
		text,
		"\"notice\":\"message-late\",\"boot\":\"2026-11-22T11:59:55."
		"000000+00:00\",\"first\":12,\"last\":12,\"came\":7,"));
}

/* Whatever a sender says, and whatever the clock here. */
static void test_no_boot_is_before_1970(void **state)
{
	static const struct {
		time_t second;
		const char *usec;
		const char *boot;
	} table[] = {
		{ NOON, "18446744073709551615", "1970-01-01T00:00:00.000001" },
		{ NOON, "1795348800000000", "1970-01-01T00:00:00.000001" },
		{ NOON, "1795348799999998", "1970-01-01T00:00:00.000002" },
		{ 0, "0", "1970-01-01T00:00:00.000001" },
		{ -5, "1", "1970-01-01T00:00:00.000001" },
	};
	char text[100], want[100];
	size_t i, at;

	(void)state;
	begin_objects();
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct extwrite_record r = {
			.arrival = { .tv_sec = table[i].second }
		};

		at = 0;
		extpass_forget(&p, 0);
		snprintf(text, sizeof(text), "6,1,%s,-;x\n", table[i].usec);
		r.header = header_of(text);
		assert_true(extpass_record(&p, &r, r.header->chunk, true, &at));
		snprintf(want, sizeof(want), "\"boot\":\"%s+00:00\"",
			 table[i].boot);
		assert_true(r.boot_us > 0);
		if (table[i].second == NOON)
			assert_non_null(strstr(logged(), want));
		log_len = 0;
	}
}

/* With any room, the log and the counts are the same. */
static void test_a_full_queue_changes_nothing(void **state)
{
	const char *want = "udplogger: 2 messages lost (msgid 11..12)|r8|"
			   "udplogger: 1 messages late, not lost (msgid "
			   "12..12)|r7|udplogger: 1 messages late, not lost "
			   "(msgid unknown)|r6";
	size_t room;

	(void)state;
	for (room = 0; room < 400; room++) {
		begin_pass();
		pass(5, 10);
		begin_log(room);
		pass(8, 13);
		pass(7, 12);
		pass_text(0, text_of(6, 0), 1);
		assert_string_equal(told(), want);
		assert_int_equal(p.counts.lost, 0);
		assert_int_equal(p.counts.gaps, 0);
	}
}

/* What was said before it is not said again when it goes on. */
static void test_a_record_that_goes_on_has_its_notice_behind_it(void **state)
{
	const char *text = "6,8,8000000,-;a\\x0ab\n msgid=13\n";
	size_t at = 0;

	(void)state;
	pass(5, 10);
	begin_log(150);
	assert_false(try_to_pass(0, text, 0, &at));
	assert_true(at > 0);
	assert_string_equal(told(),
			    "udplogger: 2 messages lost (msgid 11..12)|a");
	assert_int_equal(place(0, 6, 0), ORDER_NEXT);
	assert_true(try_to_pass(0, text, 0, &at));
	assert_string_equal(told(), "b");
	assert_int_equal(place(0, 9, 0), ORDER_NEXT);
	assert_int_equal(p.counts.lost, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_numbers_of_a_sender_tell_the_place),
		CASE(test_what_is_remembered_has_doubles),
		CASE(test_loss_is_logged_before_the_record),
		CASE(test_records_that_senders_left_out_are_counted),
		CASE(test_without_msgids_nobody_knows_what_was_left_out),
		CASE(test_gaps_without_msgids_are_no_loss),
		CASE(test_what_was_logged_as_lost_may_come_late),
		CASE(test_a_part_may_come_late),
		CASE(test_a_whole_record_without_msgid_takes_nothing_back),
		CASE(test_what_is_held_is_not_lost),
		CASE(test_where_all_are_held_nothing_is_said),
		CASE(test_a_boot_is_logged_and_forgets),
		CASE(test_another_sender_knows_nothing_of_the_old),
		CASE(test_what_was_only_remembered_is_forgotten),
		CASE(test_what_was_only_heard_of_is_forgotten),
		CASE(test_a_boot_is_by_its_first_record_for_all),
		CASE(test_the_next_boot_is_by_the_record_that_shows_it),
		CASE(test_losses_have_the_boot_and_sequnums_around_them),
		CASE(test_no_boot_is_before_1970),
		CASE(test_a_full_queue_changes_nothing),
		CASE(test_a_record_that_goes_on_has_its_notice_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
