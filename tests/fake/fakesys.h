/*
 * fakesys - a kernel in memory, for struct sys.
 *
 * It has files by path, pipes and sockets to write to, UDP sockets that
 * datagrams arrive at, and clocks that only pselect() moves.  Any call can be
 * told to fail.  What a test has to say happens at moments of the monotonic
 * clock: fake_at() takes a function, and pselect() calls it when it "sleeps"
 * until then; it goes on sleeping if that was nothing to wake it.  Nothing
 * ever sleeps for real.
 *
 * There is one such kernel at a time, since struct sys has no context.
 */
#ifndef TESTS_FAKESYS_H
#define TESTS_FAKESYS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "sys.h"

enum fake_call {
	FAKE_OPEN,
	FAKE_OPENAT,
	FAKE_DUP,
	FAKE_CLOSE,
	FAKE_FSTAT,
	FAKE_LSTAT,
	FAKE_STAT,
	FAKE_FSTATAT,
	FAKE_STATFS,
	FAKE_GETDENTS64,
	FAKE_UNLINKAT,
	FAKE_READLINKAT,
	FAKE_SYMLINKAT,
	FAKE_RENAMEAT,
	FAKE_FCHMOD,
	FAKE_MKDIR,
	FAKE_FTRUNCATE,
	FAKE_ACCESS,
	FAKE_WRITE,
	FAKE_WRITEV,
	FAKE_PREAD,
	FAKE_SEND,
	FAKE_SOCKET,
	FAKE_BIND,
	FAKE_CONNECT,
	FAKE_GETSOCKNAME,
	FAKE_SETSOCKOPT,
	FAKE_GETSOCKOPT,
	FAKE_IOCTL,
	FAKE_RECVMMSG,
	FAKE_PSELECT,
	FAKE_CLOCK,
	/* Of test_privilege. */
	FAKE_SETGROUPS,
	FAKE_GETGROUPS,
	FAKE_SETRESGID,
	FAKE_SETRESUID,
	FAKE_GETRESGID,
	FAKE_GETRESUID,
	FAKE_PRCTL,
	FAKE_CAPSET,
	FAKE_CAPGET,
	FAKE_CALLS
};

#define FAKE_BIT(call) (UINT64_C(1) << (call))
#define FAKE_ANY       UINT64_MAX

#define FAKE_FDS       64
#define FAKE_FIRST_FD  3
#define FAKE_NODES     256
#define FAKE_TRACE_MAX 256
#define FAKE_RX_ROOM   65536 /* datagrams, at most */
#define FAKE_SOCKETS   20
#define FAKE_NOON      ((time_t)1795348800) /* 2026-11-22 12:00:00 UTC */

/* A file, whether it has a name or not. */
struct fake_node {
	bool used;
	char path[512]; /* "": this name is deleted */
	mode_t mode;
	ino_t inode; /* the lowest that is free, as many file systems do */
	char *bytes;
	size_t len, room;
	size_t hole; /* bytes behind these that take no memory */
	uint64_t written_ms, changed_ms; /* mtime and ctime, monotonic */
	size_t takes; /* pipes and sockets: how many more bytes */
	unsigned opens;
	bool stays; /* it can't be deleted by its name: EPERM */
	unsigned links; /* names besides @path */
};

struct fake_fd {
	struct fake_node *node; /* NULL: free, or a UDP socket */
	unsigned udp; /* the number of the UDP socket, from 1; 0: none */
	struct sockaddr_storage bound;
	int flags;
	unsigned position; /* of the next entry of a directory */
	int rcvbuf;
};

/* A UDP socket but the first. */
struct fake_udp {
	bool shut;
	uint32_t drops;
	bool stamps_off;
};

/* How the kernel, and libc, hand over the time of arrival. */
enum fake_stamps {
	FAKE_STAMPS, /* this machine's struct timespec */
	FAKE_STAMPS_32, /* two 32-bit numbers, as on 32-bit machines */
	FAKE_STAMPS_NEW, /* SO_TIMESTAMPNS_NEW */
	FAKE_STAMPS_BOTH, /* libc has added the new form to the 32-bit one */
};

struct fake_kernel {
	struct fake_node nodes[FAKE_NODES];
	struct fake_fd fds[FAKE_FDS];
	size_t capacity; /* bytes that the disk holds in all files */
	size_t hides; /* free bytes that statfs() does not show */
	bool no_types; /* getdents64() does not tell them */
	bool no_links; /* its file system does not count them */
	bool no_log; /* the directory /log is gone; mkdir() makes it anew */

	uint64_t now_ms;
	int64_t wall_ms; /* wall clock = monotonic clock + this */

	/* UDP sockets. */
	unsigned senders_to; /* so many, by their numbers; 0: to the first */
	unsigned rx_room; /* datagrams that each one's buffer holds */
	bool shut; /* the first is connected: nothing more comes */
	uint32_t drops; /* of the first, so far */
	struct fake_udp others[FAKE_SOCKETS];
	uint32_t bad_checksums; /* among these; others found no room */
	bool no_snmp; /* /proc is not mounted */
	uint64_t sent, received;
	bool no_stamps; /* SO_TIMESTAMPNS is not known */
	enum fake_stamps stamp_form;
	bool linux50; /* the new form can't be asked for */
	bool stamps_off; /* of the first, by SO_TIMESTAMPNS */
	bool no_meminfo;
	bool endless; /* the last one that was taken of the first comes again */
	int rcvbuf; /* of a new socket, */
	int rcvbuf_most; /* and the most that SO_RCVBUF gives */
	bool no_force; /* SO_RCVBUFFORCE is not allowed */
	char interfaces[8][16]; /* by index; "": there is none */
	int bind_family; /* of the last bind() that succeeded */
	bool freebind; /* an address may come later */
	unsigned no_freebind; /* 1: not for IPv6; 2: for nothing */
	struct sockaddr_storage bound;
	unsigned joined; /* groups, */
	uint32_t joined_by; /* the last one by this interface */
	int join_error; /* why none can be joined */

	/* A write that takes but @short_len bytes: the @short_nth from now. */
	unsigned short_nth;
	size_t short_len;

	bool signalled; /* a signal comes: pselect() gives EINTR */

	void (*removes)(const struct fake_node *node); /* at unlinkat() */

	unsigned counts[FAKE_CALLS];
	uint64_t calls;
	enum fake_call trace[FAKE_TRACE_MAX]; /* the first ones */
	bool failed; /* some fault has struck */
};

extern struct fake_kernel fake;
extern const struct sys fakesys;

/* An empty disk, no faults, noon. */
void fake_reset(void);

/*
 * From the @nth call on (1: the next) of those in @calls, @times calls fail
 * with @error; and none when @lasts_ms have passed since the first, if that
 * isn't 0.  A call that is made to fail takes a millisecond, so that nobody
 * who tries again at once makes time stand still.
 */
void fake_fail(uint64_t calls, unsigned nth, unsigned times, int error,
	       uint64_t lasts_ms);
void fake_no_faults(void);

/* What every call of the fake begins with; false: return -1, errno is set. */
bool fake_enter(enum fake_call call);

/* Sets errno; returns -1. */
int fake_refuse(int error);

/* Something that no kernel would bear has happened. */
_Noreturn void fake_give_up(const char *what);

/* Files.  fake_node() gives NULL where there is none. */
struct fake_node *fake_node(const char *path);
struct fake_node *fake_create(const char *path, mode_t mode, const char *text);
/* What stands below a directory goes with it. */
void fake_rename(const char *path, const char *to);
void fake_unlink(const char *path);
/* The text of a file, NUL-terminated; "" when there is none. */
const char *fake_text(const char *path);

/* How often @text stands in what was said on stderr. */
unsigned said_times(const char *text);
/* A descriptor for @node. */
int fake_fd(struct fake_node *node, int flags);
unsigned fake_open_fds(void);
/* The node that @fd is open at; NULL and EBADF if there is none. */
struct fake_node *fake_node_of(int fd);
/* open() and fstat() without fake_enter(); @node may be NULL, with errno. */
int fake_open(const char *path, int flags, mode_t mode);
int fake_fill_stat(const struct fake_node *node, struct stat *st);
/* Bytes in all files. */
size_t fake_disk_used(void);

/* UDP sockets. */
int fake_udp(void);
/* Datagrams that any of them dropped. */
uint32_t fake_drops(void);
/* A datagram arrives now, from 192.0.2.@host port 6665. */
void fake_datagram(unsigned host, const void *bytes, size_t len);
void fake_say(unsigned host, const char *text);
/* The same from fe80::@host, by that interface. */
void fake_say_by(unsigned interface, unsigned host, const char *text);

/* Calls @act when the monotonic clock has come to @at_ms. */
void fake_at(uint64_t at_ms, void (*act)(void));
void fake_set_wall(time_t second);

#endif
