/*
 * The real system calls: that each entry of the table is the call whose name it
 * bears.  Files in a directory of its own, and sockets without a network.
 */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fakesys.h"
#include "sys.h"

static const struct sys *const sys = &sys_linux;
static char dir[4000], file[4096], link_to_it[4096];

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof(dir), "%s/test_sys.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(link_to_it, sizeof(link_to_it), "%s/link", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(link_to_it);
	unlink(file);
	return rmdir(dir);
}

static int open_file(void)
{
	int fd = sys->open(file, O_RDWR | O_CREAT | O_APPEND, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void test_a_file_is_written_and_read(void **state)
{
	const struct iovec iov[2] = { { (void *)(uintptr_t) "de", 2 },
				      { (void *)(uintptr_t) "f", 1 } };
	int fd = open_file();
	char bytes[8] = "";
	struct stat st;

	(void)state;
	assert_int_equal(sys->write(fd, "abc", 3), 3);
	assert_int_equal(sys->writev(fd, iov, 2), 3);
	assert_int_equal(sys->pread(fd, bytes, 8, 2), 4);
	assert_string_equal(bytes, "cdef");
	assert_int_equal(sys->ftruncate(fd, 4), 0);
	assert_int_equal(sys->fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(sys->fchmod(fd, 0640), 0);
	assert_int_equal(sys->stat(file, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(sys->close(fd), 0);
	assert_int_equal(sys->write(fd, "x", 1), -1);
	assert_int_equal(errno, EBADF);
}

static void test_a_new_file_has_the_mode_that_was_asked_for(void **state)
{
	mode_t mask = umask(0);
	struct stat st;
	int fd;

	(void)state;
	fd = sys->open(file, O_WRONLY | O_CREAT, 0624);
	umask(mask);
	assert_true(fd >= 0);
	assert_int_equal(sys->fstat(fd, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0624);
	sys->close(fd);
}

static void test_a_look_at_a_link_is_not_one_through_it(void **state)
{
	struct stat st;

	(void)state;
	sys->close(open_file());
	assert_int_equal(symlink(file, link_to_it), 0);
	assert_int_equal(sys->lstat(link_to_it, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(sys->stat(link_to_it, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(sys->open(link_to_it, O_RDONLY | O_NOFOLLOW, 0), -1);
	assert_int_equal(errno, ELOOP);
}

static void test_access_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(sys->access(dir, W_OK | X_OK), 0);
	assert_int_equal(sys->access(file, F_OK), -1);
	assert_int_equal(errno, ENOENT);
	sys->close(open_file());
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(sys->access(file, R_OK), 0);
	/* Not even root may run what nobody may. */
	assert_int_equal(sys->access(file, X_OK), -1);
	assert_int_equal(errno, EACCES);
}

static void make_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
}

static void drop_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int receive(int fd, char *bytes, size_t len, bool peek)
{
	struct iovec iov = { bytes, len };
	struct mmsghdr message = { .msg_hdr = { .msg_iov = &iov,
						.msg_iovlen = 1 } };
	int n = sys->recvmmsg(fd, &message, 1, peek);

	return n < 1 ? n : (int)message.msg_len;
}

/* The type of the entry @name of @fd; -1: it is not there. */
static int type_in(int fd, const char *name)
{
	_Alignas(uint64_t) char entries[1024];
	int type = -1;
	ssize_t len, at;

	while ((len = sys->getdents64(fd, entries, sizeof(entries))) > 0)
		for (at = 0; at < len;) {
			struct sys_entry *entry =
				(struct sys_entry *)(void *)(entries + at);

			if (strcmp(entry->name, name) == 0)
				type = entry->type;
			at += entry->length;
		}
	assert_int_equal(len, 0);
	return type;
}

static void test_a_directory_has_entries_that_can_be_opened(void **state)
{
	int fd = sys->open(dir, O_RDONLY | O_DIRECTORY, 0);
	int entry, type;
	struct stat st;

	(void)state;
	assert_true(fd >= 0);
	sys->close(open_file());
	type = type_in(fd, "file");
	assert_true(type == DT_REG || type == DT_UNKNOWN);
	entry = sys->openat(fd, "file", O_RDONLY, 0);
	assert_true(entry >= 0);
	sys->close(entry);
	assert_int_equal(sys->fstatat(fd, "file", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(symlink("file", link_to_it), 0);
	assert_int_equal(sys->fstatat(fd, "link", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISLNK(st.st_mode));
	sys->close(fd);
}

static void test_entries_are_removed_as_what_they_are(void **state)
{
	int fd = sys->open(dir, O_RDONLY | O_DIRECTORY, 0);
	struct stat st;

	(void)state;
	sys->close(open_file());
	assert_int_equal(sys->unlinkat(fd, "file", AT_REMOVEDIR), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(sys->unlinkat(fd, "file", 0), 0);
	assert_int_equal(sys->fstatat(fd, "file", &st, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sys->unlinkat(fd, "file", 0), -1);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(sys->unlinkat(fd, "file", AT_REMOVEDIR), 0);
	sys->close(fd);
}

static void test_a_file_system_has_blocks(void **state)
{
	struct statfs st;

	(void)state;
	assert_int_equal(sys->statfs(dir, &st), 0);
	assert_true(st.f_bsize > 0);
	assert_true(st.f_bavail <= st.f_blocks);
	assert_int_equal(sys->statfs(link_to_it, &st), -1);
	assert_int_equal(errno, ENOENT);
}

static void test_receiving_never_waits(void **state)
{
	char bytes[8] = "";
	int fds[2];

	(void)state;
	make_pair(fds);
	assert_int_equal(receive(fds[1], bytes, 8, false), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(receive(fds[1], bytes, 8, true), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(sys->send(fds[0], "one", 3, MSG_DONTWAIT), 3);
	assert_int_equal(sys->send(fds[0], "four", 4, MSG_DONTWAIT), 4);
	assert_int_equal(receive(fds[1], bytes, 8, true), 3);
	assert_int_equal(receive(fds[1], bytes, 8, false), 3);
	assert_memory_equal(bytes, "one", 3);
	assert_int_equal(receive(fds[1], bytes, 8, false), 4);
	assert_int_equal(receive(fds[1], bytes, 8, false), -1);
	drop_pair(fds);
}

static void test_several_datagrams_come_at_once(void **state)
{
	struct mmsghdr messages[3];
	struct iovec iov[3];
	char bytes[3][8];
	int fds[2];
	size_t i;

	(void)state;
	memset(messages, 0, sizeof(messages));
	for (i = 0; i < 3; i++) {
		iov[i] = (struct iovec){ bytes[i], 8 };
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	make_pair(fds);
	for (i = 0; i < 2; i++)
		assert_int_equal(sys->send(fds[0], "four", 4, 0), 4);
	assert_int_equal(sys->recvmmsg(fds[1], messages, 3, false), 2);
	drop_pair(fds);
}

static void test_a_wait_ends_when_something_is_there(void **state)
{
	const struct timespec at_once = { 0, 0 };
	fd_set readable, writable;
	sigset_t mask;
	int fds[2];

	(void)state;
	make_pair(fds);
	sigemptyset(&mask);
	FD_ZERO(&readable);
	FD_SET((uint16_t)fds[1], &readable);
	assert_int_equal(
		sys->pselect(fds[1] + 1, &readable, NULL, &at_once, &mask), 0);
	assert_int_equal(sys->send(fds[0], "x", 1, 0), 1);
	FD_SET((uint16_t)fds[1], &readable);
	FD_ZERO(&writable);
	FD_SET((uint16_t)fds[0], &writable);
	assert_int_equal(
		sys->pselect(fds[1] + 1, &readable, &writable, NULL, &mask), 2);
	assert_true(FD_ISSET((uint16_t)fds[1], &readable));
	assert_true(FD_ISSET((uint16_t)fds[0], &writable));
	drop_pair(fds);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

static void test_a_wait_lets_in_what_its_mask_does(void **state)
{
	struct sigaction action = { .sa_handler = count_signal };
	const struct timespec long_time = { 60, 0 };
	sigset_t blocked, before, none;

	(void)state;
	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	assert_int_equal(signals, 0);
	assert_int_equal(sys->pselect(0, NULL, NULL, &long_time, &none), -1);
	assert_int_equal(errno, EINTR);
	assert_int_equal(signals, 1);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* A name without a file, and options that all sockets have. */
static void test_a_socket_is_made_and_named(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int one = sys->socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int other = sys->socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(name);
	int number = 0;

	(void)state;
	/* The kernel chooses one. */
	assert_int_equal(sys->bind(one, (struct sockaddr *)&name,
				   sizeof(name.sun_family)),
			 0);
	assert_int_equal(sys->getsockname(one, (struct sockaddr *)&name, &len),
			 0);
	assert_true(len > sizeof(name.sun_family));
	assert_int_equal(sys->connect(other, (struct sockaddr *)&name, len), 0);
	assert_int_equal(sys->send(other, "x", 1, MSG_DONTWAIT), 1);
	len = sizeof(number);
	assert_int_equal(
		sys->getsockopt(one, SOL_SOCKET, SO_TYPE, &number, &len), 0);
	assert_int_equal(number, SOCK_DGRAM);
	number = 1;
	assert_int_equal(sys->setsockopt(one, SOL_SOCKET, SO_PASSCRED, &number,
					 sizeof(number)),
			 0);
	sys->close(one);
	sys->close(other);
}

static void test_an_interface_has_a_name(void **state)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct ifreq request = { .ifr_ifindex = 1 };
	char name[IFNAMSIZ];

	(void)state;
	if (if_indextoname(1, name)) {
		assert_int_equal(sys->ioctl(fd, SIOCGIFNAME, &request), 0);
		assert_string_equal(request.ifr_name, name);
	}
	request.ifr_ifindex = 0;
	assert_int_equal(sys->ioctl(fd, SIOCGIFNAME, &request), -1);
	close(fd);
}

static void test_ids_and_capabilities_are_our_own(void **state)
{
	struct sys_capabilities sets[2], again[2];
	uid_t uids[3];
	gid_t gids[3];

	(void)state;
	assert_int_equal(sys->getresuid(&uids[0], &uids[1], &uids[2]), 0);
	assert_int_equal(uids[0], getuid());
	assert_int_equal(uids[1], geteuid());
	assert_int_equal(sys->getresgid(&gids[0], &gids[1], &gids[2]), 0);
	assert_int_equal(gids[0], getgid());
	assert_int_equal(gids[1], getegid());
	assert_int_equal(sys->setresuid(uids[0], uids[1], uids[2]), 0);
	assert_int_equal(sys->setresgid(gids[0], gids[1], gids[2]), 0);
	assert_int_equal(sys->getgroups(0, NULL), getgroups(0, NULL));
	memset(sets, 0xff, sizeof(sets));
	memset(again, 0, sizeof(again)); /* valgrind knows of one of the two */
	assert_int_equal(sys->capget(sets), 0);
	assert_int_equal(sets[0].effective & ~sets[0].permitted, 0);
	assert_int_equal(sys->capset(sets), 0);
	assert_int_equal(sys->capget(again), 0);
	assert_memory_equal(sets, again, sizeof(sets));
	assert_int_equal(sys->prctl(PR_GET_DUMPABLE, 0, 0),
			 prctl(PR_GET_DUMPABLE));
}

static void test_the_clock_is_told_in_milliseconds(void **state)
{
	struct timespec now;
	uint64_t before;

	(void)state;
	fake_reset();
	fake.now_ms = 1795348812345;
	assert_true(sys_monotonic_ms(&fakesys) == 1795348812345);
	fake.now_ms = 999;
	assert_true(sys_monotonic_ms(&fakesys) == 999);
	before = sys_monotonic_ms(sys);
	assert_int_equal(sys->clock_gettime(CLOCK_MONOTONIC, &now), 0);
	assert_true((uint64_t)now.tv_sec * 1000 +
			    (uint64_t)now.tv_nsec / 1000000 >=
		    before);
}

static void test_memory_is_zeroed_and_can_be_written(void **state)
{
	const size_t len = (size_t)3 << 20;
	unsigned char *memory = sys_memory(len);
	size_t i;

	(void)state;
	assert_non_null(memory);
	for (i = 0; i < len; i += 4093)
		assert_int_equal(memory[i], 0);
	memory[0] = memory[len - 1] = 1;
	assert_null(sys_memory(SIZE_MAX - UINT16_MAX));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_file_is_written_and_read),
		CASE(test_a_new_file_has_the_mode_that_was_asked_for),
		CASE(test_a_look_at_a_link_is_not_one_through_it),
		CASE(test_access_is_asked_for),
		CASE(test_a_directory_has_entries_that_can_be_opened),
		CASE(test_entries_are_removed_as_what_they_are),
		CASE(test_a_file_system_has_blocks),
		CASE(test_receiving_never_waits),
		CASE(test_several_datagrams_come_at_once),
		CASE(test_a_wait_ends_when_something_is_there),
		CASE(test_a_wait_lets_in_what_its_mask_does),
		CASE(test_a_socket_is_made_and_named),
		CASE(test_an_interface_has_a_name),
		CASE(test_ids_and_capabilities_are_our_own),
		CASE(test_the_clock_is_told_in_milliseconds),
		CASE(test_memory_is_zeroed_and_can_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
