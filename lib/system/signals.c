/* signals - which of them mean something; see signals.h. */
#include "signals.h"

#include <stddef.h>

volatile sig_atomic_t signals_stop;
volatile sig_atomic_t signals_reopen;
volatile sig_atomic_t signals_counts;

static void on_signal(int number)
{
	if (number == SIGHUP)
		signals_reopen = 1;
	else if (number == SIGUSR1)
		signals_counts = 1;
	else
		signals_stop = signals_stop + 1;
}

static void set_action(int number, void (*action)(int))
{
	struct sigaction sa = { .sa_handler = action };

	sigfillset(&sa.sa_mask);
	sigaction(number, &sa, NULL);
}

void signals_ignore(void)
{
	static const int ignored[] = {
		SIGPIPE,   SIGXFSZ, SIGUSR2, SIGALRM, SIGXCPU, SIGVTALRM,
		SIGPROF,   SIGIO,   SIGPWR,  SIGTTIN, SIGTTOU,
#ifdef SIGSTKFLT /* not on MIPS, SPARC and Alpha; signal(7) */
		SIGSTKFLT,
#endif
	};
	size_t i;
	int number;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_action(ignored[i], SIG_IGN);
	for (number = SIGRTMIN; number <= SIGRTMAX; number++)
		set_action(number, SIG_IGN);
}

void signals_init(sigset_t *waiting)
{
	static const int handled[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
				       SIGUSR1 };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		set_action(handled[i], on_signal);
		sigaddset(&blocked, handled[i]);
	}
	/* Whatever mask we inherited: nothing is blocked while we wait. */
	sigemptyset(waiting);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}
