/* fakefault - calls of fakesys that are told to fail; see fakesys.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakesys.h"

#define FAULTS	  8
#define CALLS_MAX 20000000 /* more are a loop without end */

struct fault {
	uint64_t calls;
	unsigned skip, times;
	int error;
	uint64_t lasts_ms, until_ms;
};

static struct fault faults[FAULTS];

_Noreturn void fake_give_up(const char *what)
{
	fprintf(stderr, "fakesys: %s\n", what);
	abort();
}

void fake_no_faults(void)
{
	memset(faults, 0, sizeof(faults));
}

void fake_fail(uint64_t calls, unsigned nth, unsigned times, int error,
	       uint64_t lasts_ms)
{
	struct fault *fault = faults;

	while (fault->calls != 0)
		if (++fault == faults + FAULTS)
			fake_give_up("too many faults");
	*fault = (struct fault){ calls, nth - 1, times, error, lasts_ms, 0 };
}

static bool strikes(struct fault *fault, enum fake_call call)
{
	if ((fault->calls & FAKE_BIT(call)) == 0 || fault->times == 0)
		return false;
	if (fault->skip > 0) {
		fault->skip--;
		return false;
	}
	if (fault->until_ms == 0)
		fault->until_ms = fault->lasts_ms
					  ? fake.now_ms + fault->lasts_ms
					  : UINT64_MAX;
	if (fake.now_ms >= fault->until_ms)
		return false;
	if (fault->times != UINT32_MAX)
		fault->times--;
	fake.now_ms++;
	return true;
}

bool fake_enter(enum fake_call call)
{
	unsigned i;

	if (fake.calls < FAKE_TRACE_MAX)
		fake.trace[fake.calls] = call;
	if (++fake.calls > CALLS_MAX)
		fake_give_up("a loop without end");
	fake.counts[call]++;
	for (i = 0; i < FAULTS; i++)
		if (strikes(&faults[i], call)) {
			fake.failed = true;
			errno = faults[i].error;
			return false;
		}
	return true;
}
