/*
 * nomalloc - loaded into udplogger by LD_PRELOAD, says whether anything asks
 * for memory after the start.
 *
 * From the first pselect() on, every malloc() and its like fails with ENOMEM
 * and is told on stderr, once for each of them.  At the first a line says that
 * this has begun.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *memory, size_t bytes);
int posix_memalign(void **memory, size_t alignment, size_t bytes);
void *aligned_alloc(size_t alignment, size_t bytes);
void free(void *memory);
int pselect(int fds, fd_set *readable, fd_set *writable, fd_set *exceptional,
	    const struct timespec *timeout, const sigset_t *mask);

/* The start takes what it needs from here, and gives nothing back. */
#define ARENA_BYTES (4 << 20)
#define ALIGNMENT   64

static _Alignas(ALIGNMENT) char arena[ARENA_BYTES];
static size_t used;
static bool started;

static void say(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

#define SAY(text) say(text "\n", sizeof(text))

static void *take(size_t bytes)
{
	size_t whole = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *memory = arena + used;

	if (whole > ARENA_BYTES - used) {
		errno = ENOMEM;
		return NULL;
	}
	used += whole;
	return memory;
}

static void *refuse(void)
{
	SAY("nomalloc: memory was asked for after the start");
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t bytes)
{
	return started ? refuse() : take(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	if (bytes > 0 && count > ARENA_BYTES / bytes) {
		errno = ENOMEM;
		return NULL;
	}
	return malloc(count * bytes);
}

/* What is copied too much is in the arena, too. */
void *realloc(void *memory, size_t bytes)
{
	char *to = malloc(bytes), *from = memory;
	size_t i;

	for (i = 0; to && from && i < bytes && from + i < arena + used; i++)
		to[i] = from[i];
	return to;
}

int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
	if (alignment > ALIGNMENT)
		return EINVAL;
	*memory = malloc(bytes);
	return *memory ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
	return alignment <= ALIGNMENT ? malloc(bytes) : NULL;
}

void free(void *memory)
{
	(void)memory;
}

int pselect(int fds, fd_set *readable, fd_set *writable, fd_set *exceptional,
	    const struct timespec *timeout, const sigset_t *mask)
{
	static int (*real)(int, fd_set *, fd_set *, fd_set *,
			   const struct timespec *, const sigset_t *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pselect");
	if (!started)
		SAY("nomalloc: begins");
	started = true;
	return real(fds, readable, writable, exceptional, timeout, mask);
}
