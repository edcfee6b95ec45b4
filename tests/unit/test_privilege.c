/*
 * Giving up root on a kernel that may refuse any step, or lie about it.
 *
 * The rules of ids and capabilities are those of credentials(7) and
 * capabilities(7), as far as they matter here.
 */
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "fakesys.h"
#include "privilege.h"

#define KEEP  UINT32_MAX
#define USER  4001
#define GROUP 4002

/* What the kernel says is done, and isn't. */
enum lie { HONEST, GROUPS, GID, UID, SAVED_UID, SAVED_GID, CAPS, NNP, LIES };

static struct {
	uint32_t uid[3], gid[3];
	int groups;
	bool capable, ambient, no_new_privs;
	unsigned bounds_dropped;
	enum lie lie;
	bool regains_uid, regains_gid; /* a way back is left open */
	unsigned stuck; /* the id that did not change, from 1; gids from 4 */
	unsigned left; /* the word of struct sys_capabilities, from 1 */
} who;

static struct sys sys;
static struct privilege privilege;
static char error[ERROR_MAX];

static bool may_set(const uint32_t ids[3], const uint32_t want[3])
{
	int i;

	for (i = 0; i < 3; i++)
		if (want[i] != KEEP && want[i] != ids[0] && want[i] != ids[1] &&
		    want[i] != ids[2])
			return who.capable;
	return true;
}

static void set_ids(uint32_t ids[3], const uint32_t want[3], bool not_saved)
{
	int i;

	for (i = 0; i < 3 - not_saved; i++)
		if (want[i] != KEEP)
			ids[i] = want[i];
}

static int do_setgroups(size_t count, const gid_t *groups)
{
	(void)groups;
	if (!fake_enter(FAKE_SETGROUPS))
		return -1;
	if (!who.capable)
		return fake_refuse(EPERM);
	if (who.lie != GROUPS)
		who.groups = (int)count;
	return 0;
}

static int do_getgroups(int count, gid_t *groups)
{
	(void)count;
	(void)groups;
	return fake_enter(FAKE_GETGROUPS) ? who.groups : -1;
}

static int do_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	const uint32_t want[3] = { real, effective, saved };

	if (!fake_enter(FAKE_SETRESGID))
		return -1;
	if (who.regains_gid && effective == 0)
		return 0;
	if (!may_set(who.gid, want))
		return fake_refuse(EPERM);
	if (who.lie != GID)
		set_ids(who.gid, want, who.lie == SAVED_GID);
	return 0;
}

/* Whoever leaves root in all three ids loses the capabilities. */
static int do_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	const uint32_t want[3] = { real, effective, saved };

	if (!fake_enter(FAKE_SETRESUID))
		return -1;
	if (who.regains_uid && effective == 0)
		return 0;
	if (!may_set(who.uid, want))
		return fake_refuse(EPERM);
	if (who.lie != UID)
		set_ids(who.uid, want, who.lie == SAVED_UID);
	if (who.uid[0] && who.uid[1] && who.uid[2] && who.lie != CAPS)
		who.capable = false;
	return 0;
}

/* Id @i of @ids, the first of which is called @first + 1 in who.stuck. */
static uint32_t shown_id(const uint32_t ids[3], unsigned i, unsigned first)
{
	return ids[i] != 0 && who.stuck == first + i + 1 ? 77 : ids[i];
}

static int do_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
	if (!fake_enter(FAKE_GETRESGID))
		return -1;
	*real = shown_id(who.gid, 0, 3);
	*effective = shown_id(who.gid, 1, 3);
	*saved = shown_id(who.gid, 2, 3);
	return 0;
}

static int do_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
	if (!fake_enter(FAKE_GETRESUID))
		return -1;
	*real = shown_id(who.uid, 0, 0);
	*effective = shown_id(who.uid, 1, 0);
	*saved = shown_id(who.uid, 2, 0);
	return 0;
}

static int do_prctl(int option, unsigned long value, unsigned long more)
{
	if (!fake_enter(FAKE_PRCTL))
		return -1;
	assert_int_equal(more, 0);
	switch (option) {
	case PR_CAPBSET_DROP:
		if (value > 40)
			return fake_refuse(EINVAL);
		if (!who.capable)
			return fake_refuse(EPERM);
		who.bounds_dropped++;
		return 0;
	case PR_CAP_AMBIENT:
		who.ambient = false;
		return 0;
	case PR_SET_NO_NEW_PRIVS:
		who.no_new_privs = who.lie != NNP;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return who.no_new_privs;
	default:
		return fake_refuse(EINVAL);
	}
}

static int do_capset(const struct sys_capabilities sets[2])
{
	if (!fake_enter(FAKE_CAPSET))
		return -1;
	if (who.lie != CAPS)
		who.capable = (sets[0].permitted | sets[1].permitted) != 0;
	return 0;
}

static int do_capget(struct sys_capabilities sets[2])
{
	memset(sets, 0, 2 * sizeof(sets[0]));
	if (!fake_enter(FAKE_CAPGET))
		return -1;
	sets[1].permitted = who.capable;
	if (who.left > 0)
		(&sets[0].effective)[who.left - 1] = 1u << 31;
	return 0;
}

static void become(uint32_t uid, uint32_t gid)
{
	int i;

	memset(&who, 0, sizeof(who));
	for (i = 0; i < 3; i++) {
		who.uid[i] = uid;
		who.gid[i] = gid;
	}
	who.capable = uid == 0;
	who.groups = 3;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	sys = fakesys;
	sys.setgroups = do_setgroups;
	sys.getgroups = do_getgroups;
	sys.setresgid = do_setresgid;
	sys.setresuid = do_setresuid;
	sys.getresgid = do_getresgid;
	sys.getresuid = do_getresuid;
	sys.prctl = do_prctl;
	sys.capset = do_capset;
	sys.capget = do_capget;
	become(0, 0);
	privilege = (struct privilege){ true, USER, GROUP };
	error[0] = '\0';
	return 0;
}

static int drop(void)
{
	return privilege_drop(&privilege, &sys, error);
}

static void assert_gone(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(who.uid[i], USER);
		assert_int_equal(who.gid[i], GROUP);
	}
	assert_int_equal(who.groups, 0);
	assert_true(who.no_new_privs);
	assert_false(who.capable);
}

/* When @call was made first, among all calls. */
static unsigned when(enum fake_call call)
{
	unsigned i;

	for (i = 0; i < FAKE_TRACE_MAX && i < fake.calls; i++)
		if (fake.trace[i] == call)
			return i;
	fail_msg("call %d was not made", (int)call);
	return 0;
}

static void test_root_becomes_the_user_for_good(void **state)
{
	(void)state;
	who.ambient = true;
	assert_int_equal(drop(), 0);
	assert_gone();
	assert_false(who.ambient);
	assert_int_equal(who.bounds_dropped, 41);
}

/* Each step needs a privilege that a later one takes away. */
static void test_groups_go_before_the_user(void **state)
{
	(void)state;
	assert_int_equal(drop(), 0);
	assert_true(when(FAKE_PRCTL) < when(FAKE_SETRESUID));
	assert_true(when(FAKE_SETGROUPS) < when(FAKE_SETRESGID));
	assert_true(when(FAKE_SETRESGID) < when(FAKE_SETRESUID));
	assert_true(when(FAKE_SETRESUID) < when(FAKE_CAPGET));
}

static void test_every_refusal_is_told(void **state)
{
	static const enum fake_call calls[] = {
		FAKE_SETGROUPS, FAKE_SETRESGID, FAKE_SETRESUID, FAKE_CAPGET,
		FAKE_GETGROUPS, FAKE_GETRESGID, FAKE_GETRESUID,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		set_up(NULL);
		/* The very first look only asks whether we are root. */
		fake_fail(FAKE_BIT(calls[i]),
			  calls[i] == FAKE_GETRESUID ? 2 : 1, 1, EPERM, 0);
		if (drop() != -1)
			fail_msg("call %d failed and nobody cared",
				 (int)calls[i]);
		assert_non_null(strstr(error, "uid=4001 gid=4002: "));
		assert_null(strchr(error, '\n'));
	}
}

/* A sandbox refuses capset(2) also to those who have no capability to lose. */
static void test_capset_may_be_refused_if_none_is_left(void **state)
{
	unsigned left;

	(void)state;
	for (left = 0; left <= 6; left++) {
		set_up(NULL);
		become(USER, GROUP);
		privilege.change = false;
		who.left = left;
		fake_fail(FAKE_BIT(FAKE_CAPSET), 1, 1, EPERM, 0);
		assert_int_equal(drop(), left == 0 ? 0 : -1);
	}
	assert_non_null(strstr(error, "unable to give up the capabilities"));
}

/*
 * The bounding and the ambient set may not be known to the kernel; what
 * counts is what is left in the end.
 */
static void test_no_new_privs_may_not_be_refused(void **state)
{
	unsigned nth, refused = 0;

	(void)state;
	for (nth = 1; nth <= 80; nth++) {
		set_up(NULL);
		fake_fail(FAKE_BIT(FAKE_PRCTL), nth, 1, EINVAL, 0);
		if (drop() == 0)
			assert_gone();
		else
			refused++;
	}
	assert_int_equal(refused, 2);
}

static void test_a_kernel_that_lies_is_caught(void **state)
{
	int lie;

	(void)state;
	for (lie = HONEST + 1; lie < LIES; lie++) {
		set_up(NULL);
		who.lie = (enum lie)lie;
		if (drop() != -1)
			fail_msg("lie %d was believed", lie);
		assert_true(strlen(error) > 0);
	}
}

static void test_a_way_back_is_found(void **state)
{
	(void)state;
	who.regains_uid = true;
	assert_int_equal(drop(), -1);
	set_up(NULL);
	who.regains_gid = true;
	assert_int_equal(drop(), -1);
}

static void test_a_group_alone_changes_too(void **state)
{
	(void)state;
	privilege = (struct privilege){ true, 0, GROUP };
	assert_int_equal(drop(), 0);
	assert_int_equal(who.uid[1], 0);
	assert_int_equal(who.gid[2], GROUP);
	assert_int_equal(who.groups, 0);
	assert_false(who.capable);
}

static void test_root_stays_root_when_nothing_is_asked(void **state)
{
	(void)state;
	privilege = (struct privilege){ false, 0, 0 };
	assert_int_equal(drop(), 0);
	assert_true(who.capable);
	assert_int_equal(who.groups, 3);
	assert_true(who.no_new_privs);
}

static void test_nobody_special_goes_on_without_capabilities(void **state)
{
	(void)state;
	become(1000, 1000);
	who.capable = who.ambient = true;
	privilege = (struct privilege){ false, 1000, 1000 };
	assert_int_equal(drop(), 0);
	assert_false(who.capable);
	assert_false(who.ambient);
	assert_int_equal(fake.counts[FAKE_SETGROUPS], 0);
}

static void test_each_id_must_have_changed(void **state)
{
	unsigned stuck;

	(void)state;
	for (stuck = 1; stuck <= 6; stuck++) {
		set_up(NULL);
		who.stuck = stuck;
		assert_int_equal(drop(), -1);
		assert_non_null(strstr(error, "did not change"));
	}
}

/* Each of them, of each set, in each half. */
static void test_no_capability_may_be_left(void **state)
{
	unsigned left;

	(void)state;
	for (left = 1; left <= 6; left++) {
		set_up(NULL);
		who.left = left;
		assert_int_equal(drop(), -1);
		assert_non_null(strstr(error, "capabilities are left"));
	}
}

/* Of a program that is set-user-id, whoever it was. */
static void test_the_effective_user_is_who_we_are(void **state)
{
	static const struct {
		uint32_t uid[3];
		bool is_root;
	} rows[] = {
		{ { 0, 1000, 0 }, false },    { { 1000, 1000, 0 }, false },
		{ { 0, 1000, 1000 }, false }, { { 1000, 0, 1000 }, true },
		{ { 0, 0, 1000 }, true },     { { 1000, 0, 0 }, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		become(0, 0);
		memcpy(who.uid, rows[i].uid, sizeof(who.uid));
		privilege = (struct privilege){ .change = false };
		assert_int_equal(drop(), 0);
		assert_int_equal(who.capable, rows[i].is_root);
		assert_true(who.no_new_privs);
	}
}

static void test_nobody_special_may_ask_for_what_he_is(void **state)
{
	(void)state;
	become(1000, 1000);
	privilege = (struct privilege){ true, 1000, 1000 };
	assert_int_equal(drop(), 0);
}

static void test_nobody_special_cannot_become_another(void **state)
{
	(void)state;
	become(1000, 1000);
	assert_int_equal(drop(), -1);
	assert_non_null(strstr(error, "uid=4001"));
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_root_becomes_the_user_for_good),
		CASE(test_groups_go_before_the_user),
		CASE(test_every_refusal_is_told),
		CASE(test_capset_may_be_refused_if_none_is_left),
		CASE(test_no_new_privs_may_not_be_refused),
		CASE(test_a_kernel_that_lies_is_caught),
		CASE(test_each_id_must_have_changed),
		CASE(test_no_capability_may_be_left),
		CASE(test_the_effective_user_is_who_we_are),
		CASE(test_a_way_back_is_found),
		CASE(test_a_group_alone_changes_too),
		CASE(test_root_stays_root_when_nothing_is_asked),
		CASE(test_nobody_special_goes_on_without_capabilities),
		CASE(test_nobody_special_may_ask_for_what_he_is),
		CASE(test_nobody_special_cannot_become_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
