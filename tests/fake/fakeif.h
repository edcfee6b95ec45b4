/*
 * fakeif - the interfaces, addresses and default routes of a machine that isn't
 * there.
 *
 * A test that calls a function of this has this getifaddrs() instead of libc's.
 */
#ifndef TESTS_FAKEIF_H
#define TESTS_FAKEIF_H

#include <stdbool.h>
#include <stddef.h>

#include "srcaddr.h"
#include "sys.h"

/* The key of address @ip. */
struct srcaddr fakeif_key(const char *ip, uint16_t port);

/* No interfaces and no routes. */
void fakeif_reset(void);

/* Interface @name, with IFF_ @flags, has the address @ip; NULL: none. */
void fakeif_add(const char *name, unsigned flags, const char *ip);

/* Its hardware address: "\x02", NULs and @last, @len bytes. */
void fakeif_hardware(const char *name, unsigned char last, size_t len);

/* Datagrams to the Internet, of the family of @ip, go out with that address. */
void fakeif_route(const char *ip);

/* From now on getifaddrs() fails. */
void fakeif_fail(void);

/* fakesys with these routes. */
const struct sys *fakeif_sys(void);

/* Lists that getifaddrs() gave and that were not freed. */
unsigned fakeif_lists(void);

#endif
