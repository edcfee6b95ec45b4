/* Tests of loss: what msgids tell of others. */
#include "unit.h"

#include "loss.h"
#include "rig.h"

static struct loss_marks blocks[1]; /* a block for each sender */
static struct pool marks;
static struct loss l;

static int set_up(void **state)
{
	(void)state;
	pool_init(&marks, blocks, sizeof(blocks), sizeof(blocks[0]));
	l = (struct loss){ .begun = false };
	return 0;
}

/* A record with a msgid passes; returns how many are logged as lost. */
static uint32_t pass(uint64_t sequnum, uint32_t msgid)
{
	struct loss_notice notice = loss_look(&marks, &l, sequnum, msgid);

	assert_false(notice.late);
	loss_log(&marks, &l, sequnum, msgid, &notice);
	/* Whoever finds no room for the record asks again. */
	assert_int_equal(loss_look(&marks, &l, sequnum, msgid).lost, 0);
	return notice.lost;
}

/* One that comes after others; returns whether it was logged as lost. */
static bool pass_late(uint64_t sequnum, uint32_t msgid)
{
	struct loss_notice notice = loss_look(&marks, &l, sequnum, msgid);

	assert_int_equal(notice.lost, 0);
	loss_log(&marks, &l, sequnum, msgid, &notice);
	assert_false(loss_look(&marks, &l, sequnum, msgid).late);
	return notice.late;
}

static void test_gaps_are_loss(void **state)
{
	struct loss_notice notice;

	(void)state;
	assert_int_equal(pass(1, 16), 0); /* who knows since when it counts */
	notice = loss_look(&marks, &l, 5, 20);
	assert_int_equal(notice.lost, 3);
	assert_int_equal(notice.first, 17);
	assert_int_equal(notice.last, 19);
	assert_int_equal(pass(5, 20), 3);
	assert_int_equal(pass(6, 21), 0);
	/* The console's log level left out the ones between. */
	assert_int_equal(pass(90, 22), 0);
	assert_int_equal(pass(95, 24), 1);
}

static void test_a_target_that_is_made_anew_begins_anew(void **state)
{
	(void)state;
	pass(1, 16);
	assert_int_equal(pass(2, 20), 3);
	assert_int_equal(pass(3, 1), 0);
	assert_int_equal(pass(5, 3), 1);
	assert_int_equal(pass(6, 3), 0);
	assert_int_equal(pass(7, 4), 0);
}

static void test_the_msgid_wraps(void **state)
{
	struct loss_notice notice;

	(void)state;
	pass(1, UINT32_MAX - 1);
	notice = loss_look(&marks, &l, 5, 2);
	assert_int_equal(notice.lost, 3);
	assert_int_equal(notice.first, UINT32_MAX);
	assert_int_equal(notice.last, 1);
	/* Half of all numbers ahead is ahead, and one more is back. */
	set_up(state);
	pass(1, 5);
	assert_int_equal(loss_look(&marks, &l, 2, 6 + (uint32_t)INT32_MAX).lost,
			 INT32_MAX);
	assert_int_equal(loss_look(&marks, &l, 2, 7 + (uint32_t)INT32_MAX).lost,
			 0);
}

static void test_one_that_was_logged_may_be_late(void **state)
{
	(void)state;
	pass(1, 16);
	pass(5, 20);
	assert_true(loss_was_logged(&marks, &l, 3));
	assert_true(pass_late(3, 18));
	assert_false(loss_was_logged(&marks, &l, 3));
	assert_false(pass_late(3, 18));
	assert_true(pass_late(2, 17));
	/* None of these was logged: it came, is before the first, or to come. */
	assert_false(pass_late(1, 16));
	assert_false(pass_late(5, 20));
	assert_false(pass_late(0, 15));
	assert_false(loss_was_logged(&marks, &l, 6));
	assert_true(loss_was_logged(&marks, &l, 4));
	assert_int_equal(pass(6, 21), 0);
	assert_true(pass_late(4, 19));
}

/* A copy of what came is not late, however much was lost since. */
static void test_a_double_is_not_late(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i <= 200; i++)
		if (i != 10 && i != 150)
			pass(i, (uint32_t)i);
	for (i = 1; i <= 200; i++)
		assert_int_equal(loss_was_logged(&marks, &l, i),
				 i == 10 || i == 150);
	assert_false(pass_late(11, 11));
	assert_true(pass_late(10, 10));
}

static void test_it_is_known_so_far_back(void **state)
{
	uint64_t i, last = 10 + LOSS_KNOWN;

	(void)state;
	pass(1, 1);
	assert_int_equal(pass(20, 20), 18);
	for (i = 21; i < last; i++)
		pass(i, (uint32_t)i);
	assert_true(loss_was_logged(&marks, &l, 10));
	assert_true(loss_was_logged(&marks, &l, 11));
	pass(last, (uint32_t)last);
	assert_false(loss_was_logged(&marks, &l, 10));
	assert_true(loss_was_logged(&marks, &l, 11));
	/* More at once than are known. */
	assert_int_equal(pass(last + 2 * LOSS_KNOWN, (uint32_t)last + 9), 8);
	for (i = 0; i <= last + LOSS_KNOWN; i++)
		assert_false(loss_was_logged(&marks, &l, i));
	for (i++; i < last + 2 * LOSS_KNOWN; i++)
		assert_true(loss_was_logged(&marks, &l, i));
	assert_false(loss_was_logged(&marks, &l, last + 2 * LOSS_KNOWN));
}

/* Some of those between are there, in part. */
static void test_an_excused_one_was_not_logged(void **state)
{
	(void)state;
	pass(1, 1);
	pass(5, 5);
	loss_excuse(&marks, &l, 3);
	assert_false(pass_late(3, 3));
	assert_true(pass_late(4, 4));
	loss_excuse(&marks, &l, 4);
	loss_excuse(&marks, &l, 9);
	assert_int_equal(pass(6, 6), 0);
}

static void test_parts_without_msgid_are_not_lost(void **state)
{
	(void)state;
	loss_pass_part(&marks, &l, 0);
	assert_int_equal(pass(1, 1), 0);
	loss_pass_part(&marks, &l, 2);
	assert_int_equal(pass(3, 3), 0);
	loss_pass_part(&marks, &l, 5);
	loss_pass_part(&marks, &l, 5);
	assert_int_equal(pass(8, 8), 3);
	assert_false(loss_was_logged(&marks, &l, 5));
	assert_true(loss_was_logged(&marks, &l, 4));
	assert_true(loss_was_logged(&marks, &l, 6));
	/* One that is behind says nothing any more. */
	loss_pass_part(&marks, &l, 7);
	assert_int_equal(pass(10, 10), 1);
}

/* Even if a msgid comes late that lies between. */
static void test_parts_stay_until_a_msgid_tells_of_them(void **state)
{
	(void)state;
	pass(5, 5);
	loss_pass_part(&marks, &l, 8);
	assert_int_equal(pass(6, 6), 0);
	assert_int_equal(pass(9, 9), 1);
	assert_true(loss_was_logged(&marks, &l, 7));
	assert_false(loss_was_logged(&marks, &l, 8));
	loss_pass_part(&marks, &l, 10);
	loss_pass_part(&marks, &l, 9 + 64);
	assert_int_equal(pass(9 + 65, 12), 0);
	loss_pass_part(&marks, &l, 75);
	assert_int_equal(pass(200, 14), 0);
}

/* One that comes again; returns whether it was logged as lost. */
static bool pass_again(uint64_t sequnum, uint32_t msgid)
{
	struct loss_notice notice = loss_look_again(&marks, &l, msgid);

	assert_int_equal(notice.lost, 0);
	loss_log_again(&marks, &l, sequnum, msgid, &notice);
	assert_false(loss_look_again(&marks, &l, msgid).late);
	return notice.late;
}

static void test_what_was_heard_of_is_not_lost(void **state)
{
	(void)state;
	loss_hear(&marks, &l, 2);
	assert_int_equal(pass(1, 1), 0);
	assert_int_equal(pass(2, 3), 0);
	loss_hear(&marks, &l, 3);
	loss_hear(&marks, &l, 2);
	loss_hear(&marks, &l, 6);
	loss_hear(&marks, &l, 6);
	loss_hear(&marks, &l, 4);
	loss_hear(&marks, &l, 9);
	assert_int_equal(pass(3, 8), 2);
	assert_false(pass_again(2, 6));
	assert_true(pass_again(2, 7));
	assert_true(pass_again(2, 5));
	assert_int_equal(pass(4, 10), 0);
	assert_false(pass_again(2, 9));
	/* The counter wraps. */
	set_up(state);
	pass(1, UINT32_MAX - 1);
	loss_hear(&marks, &l, 0);
	assert_int_equal(pass(2, 2), 2);
	assert_true(pass_again(1, UINT32_MAX));
	assert_true(pass_again(1, 1));
	assert_false(pass_again(1, 0));
}

static void test_more_are_heard_of_than_there_are_bits(void **state)
{
	uint32_t n, i;

	(void)state;
	for (n = 1; n < 300; n++) {
		set_up(state);
		pass(1, 1000);
		for (i = 1; i <= n; i++)
			if (i != 2)
				loss_hear(&marks, &l, 1000 + i);
		assert_int_equal(pass(2, 1000 + n + 1), n > 1);
	}
	set_up(state);
	pass(1, 1000);
	loss_hear(&marks, &l, 1001);
	loss_hear(&marks, &l, 1001 + 64);
	loss_hear(&marks, &l, 1001 + 500);
	assert_int_equal(pass(2, 1000 + 503), 502 - 3);
}

/* What was heard of before the first that is sure excuses none behind it. */
static void test_what_was_heard_of_first_tells_nothing_of_others(void **state)
{
	uint32_t msgid;

	(void)state;
	for (msgid = 1; msgid <= 200; msgid++)
		loss_hear(&marks, &l, msgid);
	assert_int_equal(pass(201, 201), 0);
	assert_int_equal(pass(205, 205), 3);
	/* But those behind it do. */
	set_up(state);
	for (msgid = 1; msgid <= 200; msgid++)
		loss_hear(&marks, &l, msgid);
	assert_int_equal(pass(197, 197), 0);
	assert_int_equal(pass(205, 205), 4);
}

/* A target that is made anew counts the same msgids again. */
static void test_what_was_heard_of_before_that_is_another(void **state)
{
	(void)state;
	pass(1, 100);
	loss_hear(&marks, &l, 103);
	assert_int_equal(pass(5, 1), 0);
	assert_int_equal(pass(6, 102), 100);
	assert_int_equal(pass(8, 104), 1);
}

static void test_a_msgid_is_known_so_far_back(void **state)
{
	(void)state;
	pass(1, 1000);
	assert_int_equal(pass(2, 1003), 2);
	assert_int_equal(pass(3, 1001 + LOSS_IDS), LOSS_IDS - 3);
	assert_false(pass_again(1, 1001));
	assert_true(pass_again(1, 1002));
	assert_false(pass_again(1, 1003));
	assert_true(pass_again(1, 1004));
	/* A target that is made anew knows none of them. */
	pass(4, 1);
	assert_false(pass_again(1, 1005));
	assert_int_equal(pass(5, 3), 1);
	assert_true(pass_again(1, 2));
}

/* Which are lost is known only if each between is lost or heard of. */
static void test_a_msgid_that_came_in_part_is_not_late(void **state)
{
	(void)state;
	pass(1, 1);
	loss_pass_part(&marks, &l, 2);
	assert_int_equal(pass(4, 4), 1);
	assert_false(pass_again(1, 2));
	assert_true(pass_late(3, 3));
	assert_int_equal(pass(7, 7), 2);
	loss_excuse(&marks, &l, 5);
	assert_false(pass_again(1, 5));
	assert_true(pass_late(6, 6));
}

/* Against arrays of what was sent, came, and is logged. */
static void play(uint64_t seed)
{
	enum { SENT = 300 };
	bool came[SENT] = { false }, logged[SENT] = { false };
	uint32_t i, last = 0, told = 0;

	set_up(NULL);
	came[0] = true;
	pass(0, 1000);
	for (i = 1; i < SENT; i++) {
		uint32_t at, lost = 0;

		if (rig_random(&seed, 4) == 0)
			continue;
		for (at = last + 1; at < i; at++)
			lost += logged[at] = !came[at];
		came[i] = true;
		told += lost;
		assert_int_equal(pass(i, 1000 + i), lost);
		last = i;
		at = (uint32_t)rig_random(&seed, i);
		if (rig_random(&seed, 3) > 0 || i - at >= LOSS_KNOWN)
			continue;
		told -= logged[at];
		assert_int_equal(pass_late(at, 1000 + at), logged[at]);
		logged[at] = false;
		came[at] = true;
	}
	for (i = 0; i <= last; i++)
		told -= !came[i];
	assert_int_equal(told, 0);
}

static void test_told_less_taken_back_is_what_did_not_come(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 1000; seed++)
		play(seed);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_gaps_are_loss),
		CASE(test_a_target_that_is_made_anew_begins_anew),
		CASE(test_the_msgid_wraps),
		CASE(test_one_that_was_logged_may_be_late),
		CASE(test_a_double_is_not_late),
		CASE(test_it_is_known_so_far_back),
		CASE(test_an_excused_one_was_not_logged),
		CASE(test_parts_without_msgid_are_not_lost),
		CASE(test_parts_stay_until_a_msgid_tells_of_them),
		CASE(test_told_less_taken_back_is_what_did_not_come),
		CASE(test_what_was_heard_of_is_not_lost),
		CASE(test_more_are_heard_of_than_there_are_bits),
		CASE(test_what_was_heard_of_first_tells_nothing_of_others),
		CASE(test_what_was_heard_of_before_that_is_another),
		CASE(test_a_msgid_is_known_so_far_back),
		CASE(test_a_msgid_that_came_in_part_is_not_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
