/* fakedir - directories of fakesys; see fakedir.h. */
#include "fakedir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "fakesys.h"

/*
 * The path of @name in the directory that @dir is open at; NULL: EBADF.  With
 * AT_FDCWD @name is a path itself.
 */
static const char *path_in(int dir, const char *name)
{
	static char path[1024];
	const struct fake_node *node;

	if (dir == AT_FDCWD && name[0] == '/')
		return name;
	node = fake_node_of(dir);
	if (!node)
		return NULL;
	if (strchr(name, '/'))
		fake_give_up("a path where a name was promised");
	snprintf(path, sizeof(path), "%s/%s", node->path, name);
	return path;
}

int fakedir_openat(int dir, const char *name, int flags, mode_t mode)
{
	const char *path = path_in(dir, name);

	if (!fake_enter(FAKE_OPENAT) || !path)
		return -1;
	return fake_open(path, flags, mode);
}

int fakedir_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	const char *path = path_in(dir, name);

	if (flags != AT_SYMLINK_NOFOLLOW)
		fake_give_up("fstatat() that follows links");
	if (!fake_enter(FAKE_FSTATAT) || !path)
		return -1;
	errno = ENOENT;
	return fake_fill_stat(fake_node(path), st);
}

int fakedir_statfs(const char *path, struct statfs *st)
{
	size_t used = fake_disk_used();

	(void)path;
	if (!fake_enter(FAKE_STATFS))
		return -1;
	memset(st, 0, sizeof(*st));
	st->f_bsize = 4096;
	st->f_frsize = 1;
	if (fake.capacity > used + fake.hides)
		st->f_bavail = fake.capacity - used - fake.hides;
	return 0;
}

/* What @node is called in @dir, if it is in there. */
static const char *name_in(const struct fake_node *dir,
			   const struct fake_node *node)
{
	size_t len = strlen(dir->path);

	if (!node->used || strncmp(node->path, dir->path, len) != 0 ||
	    node->path[len] != '/' || strchr(node->path + len + 1, '/'))
		return NULL;
	return node->path + len + 1;
}

static uint8_t type_of(const struct fake_node *node)
{
	return fake.no_types ? DT_UNKNOWN : (uint8_t)IFTODT(node->mode);
}

static size_t put_entry(char *to, size_t room, const struct fake_node *node,
			const char *name)
{
	const size_t head = offsetof(struct sys_entry, name);
	size_t len = (head + strlen(name) + 1 + 7) / 8 * 8;
	struct sys_entry *entry = (struct sys_entry *)(void *)to;

	if (len > room)
		return 0;
	memset(to, 0, len);
	entry->inode = node->inode;
	entry->length = (uint16_t)len;
	entry->type = type_of(node);
	memcpy(to + head, name, strlen(name));
	return len;
}

/* Two entries at once, so that there is an end to each buffer. */
ssize_t fakedir_getdents64(int fd, void *entries, size_t len)
{
	const struct fake_node *dir = fake_node_of(fd);
	size_t used = 0;
	unsigned n = 0;

	if (!fake_enter(FAKE_GETDENTS64) || !dir)
		return -1;
	if (dir->path[0] == '\0')
		return fake_refuse(ENOENT);
	for (; fake.fds[fd].position < FAKE_NODES && n < 2;
	     fake.fds[fd].position++) {
		const struct fake_node *node =
			&fake.nodes[fake.fds[fd].position];
		const char *name = name_in(dir, node);

		if (!name)
			continue;
		used += put_entry((char *)entries + used, len - used, node,
				  name);
		n++;
	}
	return (ssize_t)used;
}

static bool is_empty(const struct fake_node *dir)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		if (name_in(dir, &fake.nodes[i]))
			return false;
	return true;
}

int fakedir_unlinkat(int dir, const char *name, int flags)
{
	const char *path = path_in(dir, name);
	struct fake_node *node;

	if (!fake_enter(FAKE_UNLINKAT) || !path)
		return -1;
	node = fake_node(path);
	if (!node)
		return fake_refuse(ENOENT);
	if (S_ISDIR(node->mode) != ((flags & AT_REMOVEDIR) != 0))
		return fake_refuse(flags & AT_REMOVEDIR ? ENOTDIR : EISDIR);
	if (S_ISDIR(node->mode) && !is_empty(node))
		return fake_refuse(ENOTEMPTY);
	if (node->stays)
		return fake_refuse(EPERM);
	if (fake.removes)
		fake.removes(node);
	fake_unlink(path);
	return 0;
}

bool fakedir_leads_to(const char *path)
{
	const char *slash = path[0] == '/' ? strchr(path + 1, '/') : NULL;
	char directory[512];

	/* Only below DIR, which may have no node. */
	if (!slash || strncmp(path, "/log/", 5) != 0)
		return true;
	errno = ENOENT;
	if (fake.no_log)
		return false;
	while ((slash = strchr(slash + 1, '/'))) {
		const struct fake_node *node;

		snprintf(directory, sizeof(directory), "%.*s",
			 (int)(slash - path), path);
		node = fake_node(directory);
		/* A link leads nowhere. */
		errno = node && !S_ISLNK(node->mode) ? ENOTDIR : ENOENT;
		if (!node || !S_ISDIR(node->mode))
			return false;
	}
	return true;
}

int fakedir_mkdir(const char *path, mode_t mode)
{
	if (!fake_enter(FAKE_MKDIR) || !fakedir_leads_to(path))
		return -1;
	if (fake_node(path) || (!fake.no_log && strcmp(path, "/log") == 0))
		return fake_refuse(EEXIST);
	/* It takes a block. */
	if (fake_disk_used() >= fake.capacity)
		return fake_refuse(ENOSPC);
	if (strcmp(path, "/log") == 0)
		fake.no_log = false;
	else
		fake_create(path, S_IFDIR | mode, "");
	return 0;
}

void fakedir_move(const char *path, const char *to)
{
	size_t len = strlen(path);
	char moved[1024];
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++) {
		struct fake_node *node = &fake.nodes[i];

		if (!node->used || strncmp(node->path, path, len) != 0 ||
		    node->path[len] != '/')
			continue;
		snprintf(moved, sizeof(moved), "%s%s", to, node->path + len);
		snprintf(node->path, sizeof(node->path), "%.*s",
			 (int)sizeof(node->path) - 1, moved);
	}
}

ssize_t fakedir_readlinkat(int dir, const char *name, char *target, size_t len)
{
	const char *path = path_in(dir, name);
	const struct fake_node *node;

	if (!fake_enter(FAKE_READLINKAT) || !path)
		return -1;
	node = fake_node(path);
	if (!node)
		return fake_refuse(ENOENT);
	if (!S_ISLNK(node->mode))
		return fake_refuse(EINVAL);
	if (len > node->len)
		len = node->len;
	memcpy(target, node->bytes, len);
	return (ssize_t)len;
}

int fakedir_symlinkat(const char *target, int dir, const char *name)
{
	const char *path = path_in(dir, name);

	if (!fake_enter(FAKE_SYMLINKAT) || !path)
		return -1;
	if (fake_node(path))
		return fake_refuse(EEXIST);
	fake_create(path, S_IFLNK | 0777, target);
	return 0;
}

int fakedir_renameat(int dir, const char *name, int to_dir, const char *to)
{
	const char *path = path_in(dir, name);
	struct fake_node *node;

	if (dir != AT_FDCWD || to_dir != AT_FDCWD)
		fake_give_up("renameat() of no whole path");
	if (!fake_enter(FAKE_RENAMEAT))
		return -1;
	node = fake_node(to);
	if (!fake_node(path))
		return fake_refuse(ENOENT);
	if (node && node->mode != fake_node(path)->mode)
		fake_give_up("something of another nature is replaced");
	fake_unlink(to);
	fake_rename(path, to);
	return 0;
}

void fakedir_lose_log(const char *to)
{
	unsigned i;

	if (to)
		fakedir_move("/log", to);
	for (i = 0; i < FAKE_NODES; i++)
		if (strncmp(fake.nodes[i].path, "/log/", 5) == 0)
			fake_unlink(fake.nodes[i].path);
	fake.no_log = true;
}
