/*
 * sys - the system calls that the edge makes, as a table of functions.
 *
 * L2.  What can fail while it runs is called through such a table, so that a
 * test can make any call fail at any time.  Each has the meaning and the errors
 * of the call whose name it bears.
 */
#ifndef UDPLOGGER_SYS_H
#define UDPLOGGER_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

struct mmsghdr;
struct statfs;

/* struct __user_cap_data_struct, which libc has no name for. */
struct sys_capabilities {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

/* struct linux_dirent64, getdents64(2), which libc has no name for. */
struct sys_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length; /* of this entry, in bytes */
	uint8_t type; /* DT_REG */
	char name[]; /* NUL-terminated */
};

struct sys {
	int (*open)(const char *path, int flags, mode_t mode);
	int (*openat)(int dir, const char *path, int flags, mode_t mode);
	int (*dup)(int fd); /* closed by exec(), as all of ours */
	int (*close)(int fd);
	int (*fstat)(int fd, struct stat *st);
	int (*lstat)(const char *path, struct stat *st);
	int (*stat)(const char *path, struct stat *st);
	int (*fstatat)(int dir, const char *path, struct stat *st, int flags);
	int (*statfs)(const char *path, struct statfs *st);
	ssize_t (*getdents64)(int fd, void *entries, size_t len);
	int (*unlinkat)(int dir, const char *path, int flags);
	ssize_t (*readlinkat)(int dir, const char *path, char *target,
			      size_t len);
	int (*symlinkat)(const char *target, int dir, const char *path);
	int (*renameat)(int dir, const char *path, int to_dir, const char *to);
	int (*fchmod)(int fd, mode_t mode);
	int (*mkdir)(const char *path, mode_t mode);
	int (*ftruncate)(int fd, off_t length);
	int (*access)(const char *path, int mode); /* effective ids */
	ssize_t (*write)(int fd, const void *bytes, size_t len);
	ssize_t (*writev)(int fd, const struct iovec *iov, int count);
	ssize_t (*pread)(int fd, void *bytes, size_t len, off_t offset);
	ssize_t (*send)(int fd, const void *bytes, size_t len, int flags);

	int (*socket)(int domain, int type, int protocol);
	int (*bind)(int fd, const struct sockaddr *addr, socklen_t len);
	int (*connect)(int fd, const struct sockaddr *addr, socklen_t len);
	int (*getsockname)(int fd, struct sockaddr *addr, socklen_t *len);
	int (*setsockopt)(int fd, int level, int name, const void *value,
			  socklen_t len);
	int (*getsockopt)(int fd, int level, int name, void *value,
			  socklen_t *len);
	int (*ioctl)(int fd, unsigned long request, void *argument);
	/* never waits; PEEK leaves the datagrams in the socket */
	int (*recvmmsg)(int fd, struct mmsghdr *messages, unsigned count,
			bool peek);
	int (*pselect)(int fds, fd_set *readable, fd_set *writable,
		       const struct timespec *timeout, const sigset_t *mask);
	int (*clock_gettime)(clockid_t clock, struct timespec *now);

	int (*setgroups)(size_t count, const gid_t *groups);
	int (*getgroups)(int count, gid_t *groups);
	int (*setresgid)(gid_t real, gid_t effective, gid_t saved);
	int (*setresuid)(uid_t real, uid_t effective, uid_t saved);
	int (*getresgid)(gid_t *real, gid_t *effective, gid_t *saved);
	int (*getresuid)(uid_t *real, uid_t *effective, uid_t *saved);
	int (*prctl)(int option, unsigned long value, unsigned long more);
	int (*capset)(const struct sys_capabilities sets[2]);
	int (*capget)(struct sys_capabilities sets[2]);
};

/* A call that EINTR ends so often in a row counts as failed. */
#define SYS_EINTR_MAX 16

/* The real ones. */
extern const struct sys sys_linux;

/* The monotonic clock in milliseconds; it can't fail. */
uint64_t sys_monotonic_ms(const struct sys *sys);

/* Zeroed memory that costs nothing until it is touched, or NULL. */
void *sys_memory(size_t bytes);

/*
 * Has what is touched of @memory from now on in huge pages, if the kernel has
 * some: that takes up to 2 MiB more for each table there, and less time where
 * tables are so large that the processor knows few of their pages.
 */
void sys_memory_is_large(void *memory, size_t bytes);

#endif
