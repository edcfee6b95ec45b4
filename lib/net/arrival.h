/*
 * arrival - when the kernel received a datagram: SO_TIMESTAMPNS, socket(7).
 *
 * L2.  The control message that carries the time has several forms.  Linux
 * before 5.1 has one alone, struct timespec of the machine's long.  Since then
 * there is a second one, of two 64-bit numbers, for 32-bit programs whose
 * time_t has 64 bits (include/uapi/asm-generic/socket.h); libc may make either
 * out of the other.  All of them are read, whatever was asked for.
 */
#ifndef UDPLOGGER_ARRIVAL_H
#define UDPLOGGER_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

struct sys;

/* Bytes of a control buffer that one time needs, in two forms at once. */
#define ARRIVAL_CONTROL_BYTES (2 * CMSG_SPACE(2 * sizeof(int64_t)))

/* Switches the times on or off; false: the kernel refuses. */
bool arrival_ask(const struct sys *sys, int fd, bool on);

/*
 * Reads a control message of level SOL_SOCKET, of @type, with @len bytes at
 * @value.  False if that is no time.
 */
bool arrival_read(int type, const void *value, size_t len,
		  struct timespec *arrival);

#endif
