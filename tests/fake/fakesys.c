/* fakesys - a kernel in memory; see fakesys.h. */
#include "fakesys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fakedir.h"
#include "fakenet.h"

#define DEVICE 7

struct fake_kernel fake;

void fake_reset(void)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		free(fake.nodes[i].bytes);
	fakenet_reset();
	memset(&fake, 0, sizeof(fake));
	fake_no_faults();
	fake.capacity = SIZE_MAX;
	fake.rx_room = FAKE_RX_ROOM;
	fake.rcvbuf = 212992;
	fake.rcvbuf_most = 4 << 20;
	fake.now_ms = 1000;
	fake_set_wall(FAKE_NOON);
}

void fake_set_wall(time_t second)
{
	fake.wall_ms = (int64_t)second * 1000 - (int64_t)fake.now_ms;
}

int fake_refuse(int error)
{
	errno = error;
	return -1;
}

/* Files. */

struct fake_node *fake_node(const char *path)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		if (fake.nodes[i].used && strcmp(fake.nodes[i].path, path) == 0)
			return &fake.nodes[i];
	return NULL;
}

struct fake_node *fake_create(const char *path, mode_t mode, const char *text)
{
	struct fake_node *node = fake.nodes;

	while (node->used)
		if (++node == fake.nodes + FAKE_NODES)
			fake_give_up("too many files");
	*node = (struct fake_node){
		.used = true,
		.mode = mode,
		.inode = (ino_t)(node - fake.nodes) + 10,
		.takes = SIZE_MAX,
	};
	snprintf(node->path, sizeof(node->path), "%s", path);
	node->len = strlen(text);
	node->room = node->len + 1;
	node->bytes = strdup(text);
	return node;
}

static void forget_if_unused(struct fake_node *node)
{
	if (node->opens > 0 || node->links > 0 || node->path[0] != '\0')
		return;
	free(node->bytes);
	memset(node, 0, sizeof(*node));
}

void fake_rename(const char *path, const char *to)
{
	struct fake_node *node = fake_node(path);

	if (!node)
		return;
	if (S_ISDIR(node->mode))
		fakedir_move(path, to);
	snprintf(node->path, sizeof(node->path), "%s", to);
}

void fake_unlink(const char *path)
{
	struct fake_node *node = fake_node(path);

	if (!node)
		return;
	node->path[0] = '\0';
	node->changed_ms = fake.now_ms;
	forget_if_unused(node);
}

const char *fake_text(const char *path)
{
	struct fake_node *node = fake_node(path);

	return node ? node->bytes : "";
}

unsigned said_times(const char *text)
{
	const char *at = fake_text("stderr");
	unsigned n = 0;

	while ((at = strstr(at, text))) {
		at++;
		n++;
	}
	return n;
}

size_t fake_disk_used(void)
{
	size_t used = 0;
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		if (S_ISREG(fake.nodes[i].mode))
			used += fake.nodes[i].len + fake.nodes[i].hole;
	return used;
}

/* The lowest number that no UDP socket has. */
static unsigned free_udp(void)
{
	unsigned number = 1;
	int fd = 0;

	while (fd < FAKE_FDS)
		if (fake.fds[fd++].udp == number) {
			number++;
			fd = 0;
		}
	return number;
}

int fake_fd(struct fake_node *node, int flags)
{
	int fd;

	for (fd = FAKE_FIRST_FD; fd < FAKE_FDS; fd++)
		if (!fake.fds[fd].node && !fake.fds[fd].udp) {
			fake.fds[fd] = (struct fake_fd){
				.node = node,
				.udp = node ? 0 : free_udp(),
				.flags = flags,
				.rcvbuf = node ? 0 : fake.rcvbuf,
			};
			if (node)
				node->opens++;
			return fd;
		}
	return fake_refuse(EMFILE);
}

unsigned fake_open_fds(void)
{
	unsigned count = 0;
	unsigned i;

	for (i = 0; i < FAKE_FDS; i++)
		count += fake.fds[i].node || fake.fds[i].udp > 0;
	return count;
}

struct fake_node *fake_node_of(int fd)
{
	if (fd >= 0 && fd < FAKE_FDS && fake.fds[fd].node)
		return fake.fds[fd].node;
	errno = EBADF;
	return NULL;
}

/* What /proc/self/fd/N leads to, else what bears the name. */
static struct fake_node *look_up(const char *path)
{
	int fd;

	if (sscanf(path, "/proc/self/fd/%d", &fd) == 1)
		return fake_node_of(fd);
	errno = ENOENT;
	return fake_node(path);
}

/* /proc/self/net/snmp, and no snmp6; the file goes when it is closed. */
static int open_counts(const char *path)
{
	struct fake_node *node;
	char text[256];
	int fd;

	if (fake.no_snmp || strcmp(path, "/proc/self/net/snmp") != 0)
		return fake_refuse(ENOENT);
	snprintf(text, sizeof(text),
		 "Udp: InErrors RcvbufErrors InCsumErrors MemErrors\n"
		 "Udp: %u %u %u 0\n",
		 fake_drops(), fake_drops() - fake.bad_checksums,
		 fake.bad_checksums);
	node = fake_create(path, S_IFREG | 0400, text);
	fd = fake_fd(node, O_RDONLY);
	node->path[0] = '\0';
	return fd;
}

int fake_open(const char *path, int flags, mode_t mode)
{
	struct fake_node *node;

	if (strncmp(path, "/proc/self/net/", 15) == 0)
		return open_counts(path);
	if (!fakedir_leads_to(path))
		return -1;
	node = look_up(path);
	if (!node && !(flags & O_CREAT))
		return -1;
	if (node && (flags & O_CREAT) && (flags & O_EXCL))
		return fake_refuse(EEXIST);
	if (!node)
		node = fake_create(path, S_IFREG | mode, "");
	if (S_ISLNK(node->mode) && (flags & O_NOFOLLOW))
		return fake_refuse(ELOOP);
	if (S_ISDIR(node->mode) && (flags & O_ACCMODE) != O_RDONLY)
		return fake_refuse(EISDIR);
	/* A pipe that nobody reads; with O_RDWR we are the reader. */
	if (S_ISFIFO(node->mode) && (flags & O_ACCMODE) == O_WRONLY &&
	    node->takes == 0 && strncmp(path, "/proc/", 6) != 0)
		return fake_refuse(ENXIO);
	if (!(node->mode & S_IRUSR) && (flags & O_ACCMODE) == O_RDWR)
		return fake_refuse(EACCES);
	if (!(node->mode & S_IRUSR) && S_ISDIR(node->mode) && !(flags & O_PATH))
		return fake_refuse(EACCES);
	/* A link leads to a directory. */
	if (!S_ISDIR(node->mode) && !S_ISLNK(node->mode) &&
	    (flags & O_DIRECTORY))
		return fake_refuse(ENOTDIR);
	return fake_fd(node, flags);
}

static int do_open(const char *path, int flags, mode_t mode)
{
	return fake_enter(FAKE_OPEN) ? fake_open(path, flags, mode) : -1;
}

static int do_dup(int fd)
{
	struct fake_node *node = fake_node_of(fd);

	return fake_enter(FAKE_DUP) && node ? fake_fd(node, fake.fds[fd].flags)
					    : -1;
}

static int do_close(int fd)
{
	bool fine = fake_enter(FAKE_CLOSE);
	struct fake_node *node;

	if (fd < 0 || fd >= FAKE_FDS ||
	    (!fake.fds[fd].node && !fake.fds[fd].udp))
		fake_give_up("close() of what is not open");
	node = fake.fds[fd].node;
	fake.fds[fd] = (struct fake_fd){ .node = NULL };
	if (node) {
		node->opens--;
		forget_if_unused(node);
	}
	/* Linux has closed it, whatever it says. */
	return fine ? 0 : -1;
}

int fake_fill_stat(const struct fake_node *node, struct stat *st)
{
	if (!node)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_mode = node->mode;
	st->st_dev = DEVICE;
	st->st_ino = node->inode;
	st->st_size = (off_t)(node->len + node->hole);
	st->st_mtim.tv_sec = (time_t)node->written_ms;
	st->st_ctim.tv_sec = (time_t)node->changed_ms;
	if (!fake.no_links)
		st->st_nlink = (node->path[0] != '\0') + node->links;
	return 0;
}

static int do_fstat(int fd, struct stat *st)
{
	return fake_enter(FAKE_FSTAT) ? fake_fill_stat(fake_node_of(fd), st)
				      : -1;
}

static int do_lstat(const char *path, struct stat *st)
{
	if (!fake_enter(FAKE_LSTAT) || !fakedir_leads_to(path))
		return -1;
	return fake_fill_stat(look_up(path), st);
}

/* A link's own nature; nothing here has one that leads somewhere. */
static int do_stat(const char *path, struct stat *st)
{
	return fake_enter(FAKE_STAT) ? fake_fill_stat(look_up(path), st) : -1;
}

static int do_ftruncate(int fd, off_t length)
{
	struct fake_node *node = fake_node_of(fd);

	if (!fake_enter(FAKE_FTRUNCATE) || !node)
		return -1;
	if ((size_t)length > node->len + node->hole)
		fake_give_up("ftruncate() that makes a file longer");
	if ((size_t)length < node->len)
		node->len = (size_t)length;
	node->hole = (size_t)length - node->len;
	node->bytes[node->len] = '\0';
	return 0;
}

static int do_fchmod(int fd, mode_t mode)
{
	struct fake_node *node = fake_node_of(fd);

	if (!fake_enter(FAKE_FCHMOD) || !node)
		return -1;
	node->mode = (node->mode & S_IFMT) | mode;
	return 0;
}

static int do_access(const char *path, int mode)
{
	(void)mode;
	return fake_enter(FAKE_ACCESS) && look_up(path) ? 0 : -1;
}

static size_t disk_room(void)
{
	size_t used = fake_disk_used();

	return used < fake.capacity ? fake.capacity - used : 0;
}

/* How many of @len bytes the file, the disk and the test let pass. */
static size_t may_take(struct fake_node *node, size_t len)
{
	if (fake.short_nth > 0 && --fake.short_nth == 0) {
		fake.failed = true;
		if (len > fake.short_len)
			len = fake.short_len;
	}
	if (S_ISREG(node->mode) && len > disk_room())
		len = disk_room();
	if (!S_ISREG(node->mode) && len > node->takes)
		len = node->takes;
	return len;
}

static void append(struct fake_node *node, const void *bytes, size_t len)
{
	if (node->len + len + 1 > node->room) {
		node->room = (node->len + len + 1) * 2;
		node->bytes = realloc(node->bytes, node->room);
	}
	memcpy(node->bytes + node->len, bytes, len);
	node->len += len;
	node->bytes[node->len] = '\0';
	node->written_ms = node->changed_ms = fake.now_ms;
	if (!S_ISREG(node->mode))
		node->takes -= len;
}

static ssize_t write_to(int fd, const struct iovec *iov, int count)
{
	struct fake_node *node = fake_node_of(fd);
	size_t len = 0;
	size_t left, take;
	int i;

	if (!node)
		return -1;
	if ((fake.fds[fd].flags & O_ACCMODE) == O_RDONLY)
		return fake_refuse(EBADF);
	for (i = 0; i < count; i++)
		len += iov[i].iov_len;
	left = take = may_take(node, len);
	if (take == 0 && len > 0)
		return fake_refuse(S_ISREG(node->mode) ? ENOSPC : EAGAIN);
	for (i = 0; left > 0; i++) {
		size_t n = iov[i].iov_len < left ? iov[i].iov_len : left;

		append(node, iov[i].iov_base, n);
		left -= n;
	}
	return (ssize_t)take;
}

static ssize_t do_write(int fd, const void *bytes, size_t len)
{
	const struct iovec iov = { (void *)(uintptr_t)bytes, len };

	return fake_enter(FAKE_WRITE) ? write_to(fd, &iov, 1) : -1;
}

static ssize_t do_writev(int fd, const struct iovec *iov, int count)
{
	return fake_enter(FAKE_WRITEV) ? write_to(fd, iov, count) : -1;
}

static ssize_t do_send(int fd, const void *bytes, size_t len, int flags)
{
	const struct iovec iov = { (void *)(uintptr_t)bytes, len };

	if (!(flags & MSG_DONTWAIT) || !(flags & MSG_NOSIGNAL))
		fake_give_up("send() that waits or kills");
	return fake_enter(FAKE_SEND) ? write_to(fd, &iov, 1) : -1;
}

static ssize_t do_pread(int fd, void *bytes, size_t len, off_t offset)
{
	struct fake_node *node = fake_node_of(fd);

	if (!fake_enter(FAKE_PREAD) || !node)
		return -1;
	if ((fake.fds[fd].flags & O_ACCMODE) == O_WRONLY)
		return fake_refuse(EBADF);
	if ((size_t)offset >= node->len)
		return 0;
	if (len > node->len - (size_t)offset)
		len = node->len - (size_t)offset;
	memcpy(bytes, node->bytes + offset, len);
	return (ssize_t)len;
}

const struct sys fakesys = {
	.open = do_open,
	.openat = fakedir_openat,
	.fstatat = fakedir_fstatat,
	.statfs = fakedir_statfs,
	.getdents64 = fakedir_getdents64,
	.unlinkat = fakedir_unlinkat,
	.mkdir = fakedir_mkdir,
	.readlinkat = fakedir_readlinkat,
	.symlinkat = fakedir_symlinkat,
	.renameat = fakedir_renameat,
	.dup = do_dup,
	.close = do_close,
	.fstat = do_fstat,
	.lstat = do_lstat,
	.stat = do_stat,
	.ftruncate = do_ftruncate,
	.fchmod = do_fchmod,
	.access = do_access,
	.write = do_write,
	.writev = do_writev,
	.pread = do_pread,
	.send = do_send,
	.socket = fakenet_socket,
	.bind = fakenet_bind,
	.connect = fakenet_connect,
	.getsockname = fakenet_getsockname,
	.setsockopt = fakenet_setsockopt,
	.getsockopt = fakenet_getsockopt,
	.ioctl = fakenet_ioctl,
	.recvmmsg = fakenet_recvmmsg,
	.pselect = fakenet_pselect,
	.clock_gettime = fakenet_clock_gettime,
};
