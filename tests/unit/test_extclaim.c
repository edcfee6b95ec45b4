/* Whether a datagram is a record, or text. */
#include "unit.h"

#include <string.h>

#include "datagram.h"
#include "extclaim.h"
#include "linebuf.h"
#include "source.h"

static struct source source;
static uint64_t doubtful;
static struct extmsg msg;

static int set_up(void **state)
{
	(void)state;
	source = (struct source){ .line = LINEBUF_EMPTY };
	doubtful = 0;
	return 0;
}

static bool is_record(const char *text)
{
	const struct datagram d = { .bytes = (const unsigned char *)text,
				    .len = strlen(text) };

	return extclaim_read(&source, &doubtful, &d, &msg);
}

static void test_a_record_marks_its_sender(void **state)
{
	(void)state;
	assert_true(is_record("6,416,1758426,-;up\n"));
	assert_true(msg.sequnum == 416);
	assert_true(source.extended);
}

static void test_text_is_no_record(void **state)
{
	(void)state;
	assert_false(is_record("[    1.758426] up\n"));
	assert_false(is_record("6,416,1758426,-"));
	assert_false(source.extended);
	source.extended = true;
	assert_false(is_record("[    1.758426] up\n"));
	assert_true(source.extended);
}

static void test_in_the_middle_of_a_line_it_is_text(void **state)
{
	(void)state;
	source.line = 3;
	assert_false(is_record("6,416,1758426,-;up\n"));
	/* Whoever sends records has lines of their own. */
	source.extended = true;
	assert_true(is_record("6,416,1758426,-;up\n"));
}

static void test_of_a_plain_sender_it_takes_two_in_order(void **state)
{
	(void)state;
	source.plain = true;
	assert_false(is_record("6,416,1758426,-;up\n"));
	assert_false(is_record("6,416,1758426,-;up\n"));
	assert_false(is_record("6,418,1758426,-;up\n"));
	assert_false(source.extended);
	assert_true(is_record("6,419,1758426,-;up\n"));
	assert_true(source.extended);
	assert_true(is_record("6,7,1758426,-;up\n"));
}

/* Text between does not part them. */
static void test_what_is_plain_text_says_nothing_of_them(void **state)
{
	(void)state;
	source.plain = true;
	assert_false(is_record("6,416,1758426,-;up\n"));
	assert_false(is_record("plain\n"));
	assert_true(is_record("6,417,1758426,-;up\n"));
}

static void test_before_the_first_number_there_is_none(void **state)
{
	(void)state;
	source.plain = true;
	assert_false(is_record("6,18446744073709551615,1,-;up\n"));
	assert_false(is_record("6,0,1758426,-;up\n"));
	assert_true(is_record("6,1,1758426,-;up\n"));
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_record_marks_its_sender),
		CASE(test_text_is_no_record),
		CASE(test_in_the_middle_of_a_line_it_is_text),
		CASE(test_of_a_plain_sender_it_takes_two_in_order),
		CASE(test_what_is_plain_text_says_nothing_of_them),
		CASE(test_before_the_first_number_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
