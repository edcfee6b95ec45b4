/* sys - the real system calls; see sys.h. */
#include "sys.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* _LINUX_CAPABILITY_VERSION_3, include/uapi/linux/capability.h */
#define CAPABILITY_VERSION 0x20080522

struct capability_header {
	uint32_t version;
	int pid;
};

static int real_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags, mode);
}

static int real_openat(int dir, const char *path, int flags, mode_t mode)
{
	return openat(dir, path, flags, mode);
}

static int real_dup(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static int real_lstat(const char *path, struct stat *st)
{
	return lstat(path, st);
}

static int real_stat(const char *path, struct stat *st)
{
	return stat(path, st);
}

static int real_fstat(int fd, struct stat *st)
{
	return fstat(fd, st);
}

static int real_fstatat(int dir, const char *path, struct stat *st, int flags)
{
	return fstatat(dir, path, st, flags);
}

/* glibc has it since 2.30; musl calls it getdents(). */
static ssize_t real_getdents64(int fd, void *entries, size_t len)
{
	return (ssize_t)syscall(SYS_getdents64, fd, entries, len);
}

static int real_access(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

/* The flags are an int in glibc, unsigned in musl: constants suit both. */
static int real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count,
			 bool peek)
{
	return peek ? recvmmsg(fd, messages, count, MSG_DONTWAIT | MSG_PEEK,
			       NULL)
		    : recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
}

/* The request is an int in musl, unsigned long in glibc; both have 32 bits. */
static int real_ioctl(int fd, unsigned long request, void *argument)
{
#ifdef __GLIBC__
	return ioctl(fd, request, argument);
#else
	return ioctl(fd, (int)request, argument);
#endif
}

static int real_pselect(int fds, fd_set *readable, fd_set *writable,
			const struct timespec *timeout, const sigset_t *mask)
{
	return pselect(fds, readable, writable, NULL, timeout, mask);
}

static int real_prctl(int option, unsigned long value, unsigned long more)
{
	return prctl(option, value, more, 0UL, 0UL);
}

static int real_capset(const struct sys_capabilities sets[2])
{
	struct capability_header header = { CAPABILITY_VERSION, 0 };

	return (int)syscall(SYS_capset, &header, sets);
}

static int real_capget(struct sys_capabilities sets[2])
{
	struct capability_header header = { CAPABILITY_VERSION, 0 };

	return (int)syscall(SYS_capget, &header, sets);
}

/* glibc declares the address of these as a transparent union. */
static int real_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return bind(fd, addr, len);
}

static int real_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return connect(fd, addr, len);
}

static int real_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	return getsockname(fd, addr, len);
}

const struct sys sys_linux = {
	.open = real_open,
	.openat = real_openat,
	.dup = real_dup,
	.close = close,
	.fstat = real_fstat,
	.lstat = real_lstat,
	.stat = real_stat,
	.fstatat = real_fstatat,
	.statfs = statfs,
	.getdents64 = real_getdents64,
	.unlinkat = unlinkat,
	.readlinkat = readlinkat,
	.symlinkat = symlinkat,
	.renameat = renameat,
	.fchmod = fchmod,
	.mkdir = mkdir,
	.ftruncate = ftruncate,
	.access = real_access,
	.write = write,
	.writev = writev,
	.pread = pread,
	.send = send,
	.socket = socket,
	.bind = real_bind,
	.connect = real_connect,
	.getsockname = real_getsockname,
	.setsockopt = setsockopt,
	.getsockopt = getsockopt,
	.ioctl = real_ioctl,
	.recvmmsg = real_recvmmsg,
	.pselect = real_pselect,
	.clock_gettime = clock_gettime,
	.setgroups = setgroups,
	.getgroups = getgroups,
	.setresgid = setresgid,
	.setresuid = setresuid,
	.getresgid = getresgid,
	.getresuid = getresuid,
	.prctl = real_prctl,
	.capset = real_capset,
	.capget = real_capget,
};

uint64_t sys_monotonic_ms(const struct sys *sys)
{
	struct timespec now = { 0, 0 };

	sys->clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void *sys_memory(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* A huge page would make 2 MiB resident for the first byte. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	return memory;
}

void sys_memory_is_large(void *memory, size_t bytes)
{
	madvise(memory, bytes, MADV_HUGEPAGE);
}
