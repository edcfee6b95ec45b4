/*
 * common.h - what the programs of the benchmark share.
 *
 * The sender and the checker must agree on every byte without talking to each
 * other, so all traffic is a function of a line number: line k of a run with
 * N sources belongs to source bench_pick(k, N), and its text follows from the
 * source and from that source's own count.
 */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_LINE_MIN	  40 /* bytes of a line, its LF included */
#define BENCH_LINE_MAX	  120
#define BENCH_LINE_EVEN	  80 /* where all have the same length */
#define BENCH_SOURCES_MAX 1048576
#define BENCH_BLOCK_MAX	  64 /* sources whose fragments are interleaved */
#define BENCH_DATAGRAM	  65536 /* room for any datagram */

/* The same length as a usual "STAMP ADDRESS:PORT ", and like nothing else. */
#define FLOOR_PREFIX "2000-01-01 00:00:00 127.255.255.255:65535 "

/* Says what went wrong on stderr, with errno when it is set, and exits 1. */
_Noreturn void die(const char *what);

/* The value of the last "name=value" (or "--name=value"), or @fallback. */
const char *opt_text(char **argv, const char *name, const char *fallback);
uint64_t opt_number(char **argv, const char *name, uint64_t fallback);

uint64_t now_ns(void); /* monotonic */
void sleep_us(uint64_t us); /* resumed after signals */
void pin_to_cpu(int cpu); /* a negative one: stay where it is */

/* Source @index sends from 127.A.B.C (host order, @addr) and @port. */
void bench_source(uint32_t index, uint32_t *addr, uint16_t *port);

/* Whose turn line @k is; @seq is the number of that source's own lines so far.
 * Each pass visits every source once, each time in another order. */
uint32_t bench_pick(uint64_t k, uint32_t sources, uint32_t *seq);

/* Writes the line with its LF (no NUL), returns its length, which is @even if
 * that is not 0. */
size_t bench_line(uint32_t source, uint32_t seq, size_t even, char *text);

/*
 * What stands before a source's line @seq: the kernel's time, or, if @kind is
 * "extended", the header of a record that leaves just that line; nothing if it
 * is "no".  Returns the length, below BENCH_HEADER_MAX.
 */
#define BENCH_HEADER_MAX 40
size_t bench_header(const char *kind, uint32_t seq, char *text);

/* Fragment @f of @frags of a line of @len bytes begins at this offset. */
size_t bench_cut(size_t len, unsigned f, unsigned frags);

/* How many lines are sent side by side when lines come in fragments.  It
 * divides the number of sources, so none of them is in a block twice. */
uint32_t bench_block(uint32_t sources);

/* Asks for a receive buffer the way the daemon does. Returns what the kernel
 * granted, in its own (doubled) count. */
int set_rbuf(int fd, int bytes);

#define ANSWER_MAX 512

/*
 * Runs one of these programs; its one line of output goes to @answer, of
 * ANSWER_MAX bytes.  Returns its exit status.
 */
int run_tool(char **args, char *answer);

/* The number after @name in such an answer, 0 if there is none. */
uint64_t answer_number(const char *answer, const char *name);

/* What the kernel's tables say of all UDP sockets on a local port. */
struct waiting {
	int sockets; /* a receiver may have one for each family */
	uint64_t bytes; /* to be received, in the kernel's count */
	uint64_t drops; /* datagrams that found no room */
};

struct waiting udp_sockets(uint16_t port);

/* For the floors: a bound, non-blocking socket, and the day's file. */
int floor_socket(char **argv);
int floor_file(char **argv);
void floor_write(int fd, const char *bytes, size_t len);

/* Blocks TERM and INT but inside pselect(): select_or_stop() returns false
 * when one of them has come. */
void catch_stop(void);
bool select_or_stop(int fd);

#endif
