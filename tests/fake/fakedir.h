/*
 * fakedir - directories of fakesys.  They are nodes whose mode says so; what is
 * in one is what has its path before a slash.
 */
#ifndef TESTS_FAKEDIR_H
#define TESTS_FAKEDIR_H

#include <sys/stat.h>
#include <sys/types.h>

struct statfs;

int fakedir_openat(int dir, const char *name, int flags, mode_t mode);
int fakedir_fstatat(int dir, const char *name, struct stat *st, int flags);
int fakedir_statfs(const char *path, struct statfs *st);
ssize_t fakedir_getdents64(int fd, void *entries, size_t len);
int fakedir_unlinkat(int dir, const char *name, int flags);

#endif
