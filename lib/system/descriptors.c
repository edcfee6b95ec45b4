/* descriptors - how many files may be open at once; see descriptors.h. */
#include "descriptors.h"

#include <sys/resource.h>

#define OTHERS 16 /* for all but files */
#define MOST   65536

uint32_t descriptors_for_files(void)
{
	struct rlimit limit = { .rlim_cur = 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 2;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < OTHERS + 2)
		return 2;
	limit.rlim_cur -= OTHERS;
	return limit.rlim_cur < MOST ? (uint32_t)limit.rlim_cur : MOST;
}
