/* arrival - when the kernel received a datagram; see arrival.h. */
#include "arrival.h"

#include <string.h>

#include "sys.h"

/* Linux's numbers; libc has them under one name alone, or not at all. */
#if defined(__sparc__)
#define STAMPS_OLD 0x0021
#define STAMPS_NEW 0x0042
#elif defined(__hppa__)
#define STAMPS_OLD 0x4013
#define STAMPS_NEW 0x4039
#else
#define STAMPS_OLD 35
#define STAMPS_NEW 64
#endif

/* The old form ends in 2038 where a long has 32 bits. */
bool arrival_ask(const struct sys *sys, int fd, bool on)
{
	const int value = on;

	return (sizeof(long) < sizeof(int64_t) &&
		sys->setsockopt(fd, SOL_SOCKET, STAMPS_NEW, &value,
				sizeof(value)) == 0) ||
	       sys->setsockopt(fd, SOL_SOCKET, STAMPS_OLD, &value,
			       sizeof(value)) == 0;
}

bool arrival_read(int type, const void *value, size_t len,
		  struct timespec *arrival)
{
	int64_t wide[2];
	int32_t narrow[2];

	if (type != STAMPS_OLD && type != STAMPS_NEW)
		return false;
	if (len == sizeof(wide)) {
		memcpy(wide, value, sizeof(wide));
		arrival->tv_sec = (time_t)wide[0];
		arrival->tv_nsec = (long)wide[1];
		return true;
	}
	if (len != sizeof(narrow))
		return false;
	memcpy(narrow, value, sizeof(narrow));
	arrival->tv_sec = narrow[0];
	arrival->tv_nsec = narrow[1];
	return true;
}
