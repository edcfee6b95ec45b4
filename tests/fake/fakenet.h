/*
 * fakenet - the network and the clocks of fakesys.
 *
 * UDP sockets with queues of datagrams, and pselect(), which is the only one
 * that moves time.
 */
#ifndef TESTS_FAKENET_H
#define TESTS_FAKENET_H

#include <time.h>

#include "sys.h"

void fakenet_reset(void);

/* Datagrams that wait in the sockets. */
unsigned fakenet_queued(void);

int fakenet_socket(int domain, int type, int protocol);
int fakenet_bind(int fd, const struct sockaddr *addr, socklen_t len);
int fakenet_connect(int fd, const struct sockaddr *addr, socklen_t len);
int fakenet_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int fakenet_setsockopt(int fd, int level, int name, const void *value,
		       socklen_t len);
int fakenet_getsockopt(int fd, int level, int name, void *value,
		       socklen_t *len);
int fakenet_ioctl(int fd, unsigned long request, void *argument);
int fakenet_recvmmsg(int fd, struct mmsghdr *messages, unsigned count,
		     bool peek);
int fakenet_pselect(int fds, fd_set *readable, fd_set *writable,
		    const struct timespec *timeout, const sigset_t *mask);
int fakenet_clock_gettime(clockid_t clock, struct timespec *now);

#endif
