/* meddling - people who meddle with files; see meddling.h. */
#include "meddling.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"
#include "world.h"

#define MOST 8 /* fakesys holds few files */

/* The directories that lines of a story go to. */
static const char *const hosts[] = {
	"192.0.2.0", "192.0.2.1",   "192.0.2.2",   "192.0.2.3",
	"192.0.2.4", "192.0.2.100", "192.0.2.101", "192.0.2.102",
	"name1.1",   "others",	    "udplogger",
};

#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

/* What a story calls the link, also while it is made. */
static const char *const links[] = { "now", "latest", ".now.new",
				     ".latest.new" };

#define LINKS (sizeof(links) / sizeof(links[0]))

/* A file of today, and the directory that it is in. */
struct place {
	char directory[64];
	char path[96];
};

static struct place choose(const struct meddling *m)
{
	int32_t day = (int32_t)STAMP_PERIOD_DAY(engine_period(&engine));
	struct place place = { "/log", "" };
	bool of_incidents;

	if (m->by_host)
		snprintf(place.directory, sizeof(place.directory), "/log/%s",
			 hosts[m->draw() % HOSTS]);
	of_incidents = m->incidents && m->draw() % 3 == 0;
	snprintf(place.path, sizeof(place.path), "%s/%04d-%02d-%02d.%s",
		 of_incidents ? "/log" : place.directory, (int)(day / 10000),
		 (int)(day / 100 % 100), (int)(day % 100),
		 of_incidents ? "incidents" : "log");
	return place;
}

static void rename_it(struct meddling *m, const char *path)
{
	char to[128];

	m->reckoning->copies++;
	snprintf(to, sizeof(to), "%s.%u", path, m->count);
	fake_rename(path, to);
}

static void delete_it(struct meddling *m, struct fake_node *node)
{
	reckoning_gone(m->reckoning, node->bytes, node->len);
	m->reckoning->copies++;
	fake_unlink(node->path);
}

static void truncate_it(struct meddling *m, struct fake_node *node, size_t len)
{
	if (len > node->len)
		len = node->len;
	m->truncated = true;
	reckoning_gone(m->reckoning, node->bytes, node->len);
	/* What is left of it counts again at the end. */
	reckoning_cut(m->reckoning, node->bytes, len);
	node->len = len;
	node->bytes[len] = '\0';
}

static void add_junk(struct meddling *m, struct fake_node *node)
{
	int fd = m->truncated ? -1 : fake_fd(node, O_WRONLY);

	if (fd < 0)
		return;
	/* Added to a line of ours that waits for its rest. */
	reckoning_cut(m->reckoning, node->bytes, node->len);
	fakesys.write(fd, RECKONING_JUNK, strlen(RECKONING_JUNK));
	fakesys.close(fd);
}

/* Something that udplogger must not write to stands at the name for a while. */
static void replace_it(struct meddling *m, const char *path, mode_t mode)
{
	rename_it(m, path);
	fake_create(path, mode, "");
}

/* rm -r */
static void delete_directory(struct meddling *m, const char *directory)
{
	size_t len = strlen(directory);
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++) {
		struct fake_node *node = &fake.nodes[i];

		if (!node->used || strncmp(node->path, directory, len) != 0 ||
		    node->path[len] != '/')
			continue;
		if (S_ISREG(node->mode))
			delete_it(m, node);
		else
			fake_unlink(node->path);
	}
	fake_unlink(directory);
}

static bool is_directory(const struct fake_node *node)
{
	return strncmp(node->path, "/log/", 5) == 0 && S_ISDIR(node->mode) &&
	       !strchr(node->path + 5, '/');
}

static bool is_of_link(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < LINKS; i++)
		if (strcmp(name, links[i]) == 0)
			return true;
	return false;
}

static void clear(const char *path)
{
	struct fake_node *node = fake_node(path);

	if (node && S_ISLNK(node->mode) && is_of_link(path))
		return;
	if (node && (!S_ISREG(node->mode) || is_of_link(path)))
		fake_unlink(path);
	else if (node)
		node->mode &= (mode_t)~0111;
}

/* What stands in place of a directory. */
static void clear_directory(const char *path)
{
	struct fake_node *node = fake_node(path);

	if (node && !S_ISDIR(node->mode))
		fake_unlink(path);
}

static void meddle_with_directory(struct meddling *m, unsigned how,
				  const char *directory)
{
	const struct fake_node *node = fake_node(directory);

	if (!node || !is_directory(node) || m->count == MOST)
		return;
	m->count++;
	if (how == 0)
		rename_it(m, directory);
	else if (how == 1)
		replace_it(m, directory, S_IFREG | 0644);
	else if (how == 2)
		replace_it(m, directory, S_IFLNK | 0777);
	else if (m->may_delete)
		delete_directory(m, directory);
}

static void meddle_with_file(struct meddling *m, unsigned how, unsigned amount,
			     const char *path)
{
	struct fake_node *node = fake_node(path);

	if (!node || !S_ISREG(node->mode) || m->count == MOST)
		return;
	m->count++;
	switch (how) {
	case 1:
	case 2:
		rename_it(m, path);
		break;
	case 3:
		node->mode |= 0100;
		break;
	case 4:
		replace_it(m, path, S_IFDIR | 0755);
		break;
	case 5:
		replace_it(m, path, S_IFLNK | 0777);
		break;
	case 6:
		add_junk(m, node);
		break;
	case 7:
		if (m->may_delete)
			delete_it(m, node);
		break;
	case 8:
		if (m->may_truncate)
			truncate_it(m, node, (size_t)amount * 8);
		break;
	}
}

/* Puts something in place of a link, which goes. */
static void meddle_with_link(struct meddling *m, const char *directory)
{
	static const mode_t modes[] = { 0, S_IFDIR | 0755, S_IFREG | 0644,
					S_IFLNK | 0777, S_IFLNK | 0777 };
	unsigned how = m->draw();
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", directory,
		 links[how / 8 % LINKS]);
	if (m->by_host && !fake_node(directory))
		return;
	fake_unlink(path);
	if (how % 5 > 0)
		fake_create(path, modes[how % 5],
			    how % 5 == 4 ? "2026-11-24.log" : "");
}

void meddling_act(struct meddling *m)
{
	unsigned how = m->draw() % (m->by_host ? 13 : 9), amount = m->draw();
	const struct place place = choose(m);

	if (m->links && amount % 3 == 0) {
		meddle_with_link(m, place.directory);
	} else if (how == 0) {
		clear(place.path);
		if (m->by_host)
			clear_directory(place.directory);
	} else if (how < 9) {
		meddle_with_file(m, how, amount, place.path);
	} else {
		meddle_with_directory(m, how - 9, place.directory);
	}
}

void meddling_heal(struct meddling *m)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++) {
		struct fake_node *node = &fake.nodes[i];
		const char *path = node->path;

		if (!node->used || strncmp(path, "/log/", 5) != 0)
			continue;
		if (!m->by_host || strchr(path + 5, '/') ||
		    strstr(path, ".incidents"))
			clear(path);
		else
			clear_directory(path);
	}
}

/* The sender's address, or its name, begins a line after its stamp. */
bool meddling_is_of_host(const char *path, const char *text)
{
	size_t stamp;
	unsigned a, b;
	char host[32], member[48];

	/* The directory may have been renamed: something is added then. */
	if (sscanf(path, "/log/192.0.2.%u", &a) == 1) {
		snprintf(host, sizeof(host), "192.0.2.%u:", a);
		snprintf(member, sizeof(member), ",\"address\":\"192.0.2.%u\"",
			 a);
	} else if (sscanf(path, "/log/name%u.%u", &a, &b) == 2) {
		snprintf(host, sizeof(host), "name%u.%u ", a, b);
		snprintf(member, sizeof(member), ",\"host\":\"name%u.%u\"", a,
			 b);
	} else {
		return true;
	}
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t len = strcspn(text, "\n");

		/* Behind half a line, which may end before its host. */
		if (len > 0 && text[len - 1] == *RECKONING_JUNK)
			continue;
		/* Nor does what is left of an object that was cut short. */
		stamp = strlen(
			"{\"time\":\"2026-11-22T12:00:00.000000+00:00\"");
		if (*text == '{' && len >= stamp + strlen(member) &&
		    !memmem(text, len, member, strlen(member)))
			return false;
		stamp = strlen("2026-11-22 12:00:00 ");
		if (strncmp(text, "2026-11-", 8) == 0 && text[10] == 'T')
			stamp = strlen("2026-11-22T12:00:00.000000+00:00 ");
		if (strncmp(text, "2026-11-", 8) == 0 &&
		    strcspn(text, "\n") > stamp + strlen(host) &&
		    strncmp(text + stamp, host, strlen(host)) != 0)
			return false;
	}
	return true;
}
