/* random - bytes that nobody can guess; see random.h. */
#include "random.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

bool random_fill(void *bytes, size_t len)
{
	ssize_t got = getrandom(bytes, len, GRND_NONBLOCK);
	int fd;

	if (got == (ssize_t)len)
		return true;
	/* Very early at boot, or Linux before 3.17. */
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, bytes, len);
	close(fd);
	return got == (ssize_t)len;
}
