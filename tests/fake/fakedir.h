/*
 * fakedir - directories of fakesys.  They are nodes whose mode says so; what is
 * in one is what has its path before a slash.
 */
#ifndef TESTS_FAKEDIR_H
#define TESTS_FAKEDIR_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct statfs;

int fakedir_openat(int dir, const char *name, int flags, mode_t mode);
int fakedir_fstatat(int dir, const char *name, struct stat *st, int flags);
int fakedir_statfs(const char *path, struct statfs *st);
ssize_t fakedir_getdents64(int fd, void *entries, size_t len);
int fakedir_unlinkat(int dir, const char *name, int flags);
int fakedir_mkdir(const char *path, mode_t mode);

/*
 * Whether the directories that @path is in are there; if not, errno is set.
 * That of files at the top needs no node.
 */
bool fakedir_leads_to(const char *path);

/* Renames what is below a directory. */
void fakedir_move(const char *path, const char *to);
/* A link's text is its target. */
ssize_t fakedir_readlinkat(int dir, const char *name, char *target, size_t len);
int fakedir_symlinkat(const char *target, int dir, const char *name);
/* It gives up where something of another nature or mode would be replaced. */
int fakedir_renameat(int dir, const char *name, int to_dir, const char *to);

/* Renames /log, or deletes it if @to is NULL. */
void fakedir_lose_log(const char *to);

#endif
