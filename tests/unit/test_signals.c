/* What each signal means, and when it is let in. */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "signals.h"

static sigset_t waiting;

static int set_up(void **state)
{
	(void)state;
	signals_stop = signals_reopen = signals_counts = 0;
	signals_ignore();
	signals_init(&waiting);
	return 0;
}

/* Lets in what waits, as pselect() does. */
static void let_in(void)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, &waiting, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static void send_signal(int number)
{
	assert_int_equal(raise(number), 0);
	let_in();
}

static void test_term_int_and_quit_ask_for_the_end(void **state)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT };
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		send_signal(numbers[i]);
		assert_int_equal(signals_stop, i + 1);
	}
	assert_int_equal(signals_reopen, 0);
	assert_int_equal(signals_counts, 0);
}

static void test_hup_asks_for_files_to_be_reopened(void **state)
{
	(void)state;
	send_signal(SIGHUP);
	assert_int_equal(signals_reopen, 1);
	send_signal(SIGHUP);
	assert_int_equal(signals_reopen, 1);
	assert_int_equal(signals_stop, 0);
	assert_int_equal(signals_counts, 0);
}

static void test_usr1_asks_for_counts(void **state)
{
	(void)state;
	send_signal(SIGUSR1);
	assert_int_equal(signals_counts, 1);
	assert_int_equal(signals_stop, 0);
	assert_int_equal(signals_reopen, 0);
}

static void test_signals_wait_until_they_are_let_in(void **state)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
				       SIGUSR1 };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_int_equal(raise(numbers[i]), 0);
	assert_int_equal(signals_stop, 0);
	assert_int_equal(signals_reopen, 0);
	assert_int_equal(signals_counts, 0);
	let_in();
	assert_int_equal(signals_stop, 3);
	assert_int_equal(signals_reopen, 1);
	assert_int_equal(signals_counts, 1);
}

/* A parent may have left any mask. */
static void test_an_inherited_mask_holds_nothing_up(void **state)
{
	sigset_t all, now;
	int number;

	(void)state;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signals_init(&waiting);
	for (number = 1; number < SIGRTMIN; number++)
		assert_int_equal(sigismember(&waiting, number), 0);
	sigprocmask(SIG_SETMASK, NULL, &now);
	assert_int_equal(sigismember(&now, SIGSEGV), 0);
	assert_int_equal(sigismember(&now, SIGTERM), 1);
	send_signal(SIGTERM);
	assert_int_equal(signals_stop, 1);
}

/* A second signal waits until the first one's handler is done. */
static void test_handlers_do_not_interrupt_each_other(void **state)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
				       SIGUSR1 };
	struct sigaction sa;
	size_t i, j;

	(void)state;
	for (i = 0; i < 5; i++) {
		assert_int_equal(sigaction(numbers[i], NULL, &sa), 0);
		for (j = 0; j < 5; j++)
			assert_int_equal(sigismember(&sa.sa_mask, numbers[j]),
					 1);
	}
}

static bool is_ignored(int number)
{
	struct sigaction sa;

	assert_int_equal(sigaction(number, NULL, &sa), 0);
	return sa.sa_handler == SIG_IGN;
}

static void test_what_has_no_business_here_is_ignored(void **state)
{
	static const int numbers[] = {
		SIGPIPE,   SIGXFSZ, SIGUSR2, SIGALRM, SIGXCPU, SIGVTALRM,
		SIGPROF,   SIGIO,   SIGPWR,  SIGTTIN, SIGTTOU,
#ifdef SIGSTKFLT
		SIGSTKFLT,
#endif
	};
	size_t i;
	int number;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_true(is_ignored(numbers[i]));
		send_signal(numbers[i]);
	}
	for (number = SIGRTMIN; number <= SIGRTMAX; number++)
		assert_true(is_ignored(number));
	assert_int_equal(signals_stop, 0);
}

/* A shell may stop it and let it go on. */
static void test_stops_act_as_ever(void **state)
{
	static const int numbers[] = { SIGTRAP, SIGTSTP, SIGCONT, SIGCHLD,
				       SIGWINCH };
	struct sigaction sa;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(sigaction(numbers[i], NULL, &sa), 0);
		assert_true(sa.sa_handler == SIG_DFL);
	}
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_term_int_and_quit_ask_for_the_end),
		CASE(test_hup_asks_for_files_to_be_reopened),
		CASE(test_usr1_asks_for_counts),
		CASE(test_signals_wait_until_they_are_let_in),
		CASE(test_an_inherited_mask_holds_nothing_up),
		CASE(test_handlers_do_not_interrupt_each_other),
		CASE(test_what_has_no_business_here_is_ignored),
		CASE(test_stops_act_as_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
