/* oldfiles - what is in /log, and what may go of it; see oldfiles.h. */
#include "oldfiles.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "world.h"

#define DAY_S	  86400
#define LAID_MOST 12
#define DAYS	  6 /* so far back a story may go */
#define INCIDENTS "%Y-%m-%d.incidents"

static struct reckoning *reckoning;
static bool had_lines;
static bool was_open[FAKE_NODES];
static char wrong[OLDFILES_WHY_MAX]; /* the first that was removed wrongly */

static const struct settings *settings(void)
{
	return engine.collector.settings;
}

long oldfiles_today(void)
{
	return (long)((fake.wall_ms + (int64_t)fake.now_ms) / 1000 / DAY_S);
}

/* ---- names ---- */

static void write_name(char name[128], const char *pattern, long day)
{
	time_t second = (time_t)day * DAY_S;
	struct tm tm;

	gmtime_r(&second, &tm);
	strftime(name, 128, pattern, &tm);
}

/* Whether @pattern, of a file alone, can make just @name. */
static bool is_made_by(const char *pattern, const char *name, long *day)
{
	struct tm tm = { .tm_year = 0 };
	char again[128];

	if (!strptime(name, pattern, &tm))
		return false;
	*day = (long)(timegm(&tm) / DAY_S);
	write_name(again, pattern, *day);
	return strcmp(again, name) == 0;
}

/* The same with what may follow the name, and the number of one beside it. */
static bool is_variant_of(const char *pattern, const char *name, long *day)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst",
						".bz2" };
	const char *dot = strchr(pattern, '.');
	int stem = (int)(dot ? (size_t)(dot - pattern) : strlen(pattern));
	char variant[128];
	unsigned i, beside;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		for (beside = 0; beside <= FILENAME_BESIDE; beside++) {
			char number[4] = "";

			if (beside > 0)
				snprintf(number, sizeof(number), ".%u",
					 beside % 10);
			snprintf(variant, sizeof(variant), "%.*s%s%s%s", stem,
				 pattern, number, pattern + stem, suffixes[i]);
			if (is_made_by(variant, name, day))
				return true;
		}
	return false;
}

bool oldfiles_day(const char *path, long *day)
{
	const char *pattern = engine.files.pattern->pattern;
	const char *slash = strrchr(pattern, '/');
	const char *below, *name;

	if (strncmp(path, "/log/", 5) != 0)
		return false;
	below = path + 5;
	name = strchr(below, '/');
	if (!name && is_variant_of(INCIDENTS, below, day))
		return true;
	if ((name != NULL) != (slash != NULL))
		return false;
	return is_variant_of(slash ? slash + 1 : pattern,
			     name ? name + 1 : below, day);
}

/* ---- what may go ---- */

/* keep= counts today, in settings.h. */
static bool goes_by_age(long day)
{
	uint64_t keep = settings()->keep_days;

	return keep > 0 && oldfiles_today() - day > (long)keep - 1;
}

static bool may_go_for_room(long day)
{
	return (settings()->max_bytes > 0 || settings()->free_bytes > 0) &&
	       oldfiles_today() - day > (long)settings()->keepmin_days;
}

/* What must not happen to it; NULL: it may be removed. */
static const char *objection_to(const struct fake_node *node)
{
	const char *name = strrchr(node->path, '/');
	long day;

	if (strncmp(node->path, "/log/", 5) != 0)
		return "not below DIR";
	if (S_ISDIR(node->mode))
		return NULL;
	if (S_ISLNK(node->mode))
		return strcmp(name, "/now") == 0 ||
				       strcmp(name, "/.now.new") == 0 ||
				       strcmp(name, "/latest") == 0 ||
				       strcmp(name, "/.latest.new") == 0
			       ? NULL
			       : "another link";
	if (!S_ISREG(node->mode))
		return "no regular file";
	if (!oldfiles_day(node->path, &day))
		return "no name of ours";
	if (node->links > 0)
		return "it has another name";
	if (node->opens > 0)
		return "it is open";
	return goes_by_age(day) || may_go_for_room(day) ? NULL : "too young";
}

static void judge(const struct fake_node *node)
{
	const char *objection = objection_to(node);

	if (strncmp(node->path, "/run/", 5) == 0)
		return;
	if (objection && wrong[0] == '\0')
		snprintf(wrong, sizeof(wrong), "%s was removed: %s", node->path,
			 objection);
	if (!S_ISREG(node->mode) || node->len == 0)
		return;
	reckoning_gone(reckoning, node->bytes, node->len);
	had_lines = true;
}

void oldfiles_open(struct reckoning *of)
{
	reckoning = of;
	had_lines = false;
	wrong[0] = '\0';
	fake.removes = judge;
}

bool oldfiles_had_lines(void)
{
	return had_lines;
}

/* ---- what is there ---- */

static struct fake_node *lay_at(const char *path, mode_t mode, size_t bytes)
{
	struct fake_node *node;

	if (fake_node(path))
		return NULL;
	node = fake_create(path, mode, "");
	node->hole = S_ISREG(mode) ? bytes : 0;
	return node;
}

/* The patterns of chaos, and what looks like them. */
static const char *const patterns[] = {
	"%Y-%m-%d.log",	    "%Y-%m-%d.log", "%Y-%m-%d.log.gz",
	"%Y-%m-%d.1.log",   "%Y%m%d.log",   "%d-%m-%Y.log",
	"%Y%m%d",	    INCIDENTS,	    INCIDENTS ".xz",
	"%Y-%m-%d.log.old", "%Y-%m.log",    "notes.txt",
};

static void lay_one(const char *directory, unsigned (*draw)(void))
{
	static const mode_t modes[] = { S_IFREG | 0600, S_IFREG | 0400,
					S_IFREG | 0600, S_IFREG | 0640,
					S_IFLNK | 0777, S_IFDIR | 0755 };
	const char *pattern =
		patterns[draw() % (sizeof(patterns) / sizeof(patterns[0]))];
	unsigned before = draw() % 12, lot = draw();
	long day = oldfiles_today() - (long)before + 1;
	size_t bytes = lot == 255 ? (size_t)600 << 20 : (size_t)lot << 12;
	struct fake_node *node;
	char name[128], path[256];

	write_name(name, pattern, day);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	lot = draw();
	/* What may be written to yet has no hole, where nothing is read. */
	node = lay_at(path, modes[lot < 192 ? lot % 4 : 2 + lot % 4],
		      before > DAYS ? bytes : 0);
	if (!node || !S_ISREG(node->mode))
		return;
	node->stays = lot % 16 == 5;
	node->links = lot % 16 == 6;
}

void oldfiles_lay(bool by_host, unsigned (*draw)(void))
{
	unsigned count = 1 + draw() % LAID_MOST;

	while (count-- > 0) {
		char directory[64] = "/log";
		unsigned lot = by_host ? draw() % 8 : 0;

		if (lot > 0)
			snprintf(directory, sizeof(directory), "/log/%s%u",
				 lot < 6 ? "192.0.2." : "old", lot % 6);
		if (lot > 0)
			lay_at(directory, S_IFDIR | 0755, 0);
		lay_one(directory, draw);
	}
}

void oldfiles_heal(void)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		fake.nodes[i].stays = false;
}

void oldfiles_note_open(void)
{
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		was_open[i] = fake.nodes[i].opens > 0;
}

/* ---- the reckoning ---- */

static bool can_go(const struct fake_node *node, long *day)
{
	return node->used && S_ISREG(node->mode) && node->links == 0 &&
	       node->opens == 0 && oldfiles_day(node->path, day);
}

/* By age, those of a day go an hour; for room, all that can. */
static bool has_to_go(long day, bool is_too_much)
{
	return (goes_by_age(day) &&
		engine.retain.removed_for[RETAIN_KEEP] == 0) ||
	       (is_too_much && may_go_for_room(day));
}

static bool are_too_many(void)
{
	uint64_t bytes = 0;
	unsigned i;
	long day;

	for (i = 0; i < FAKE_NODES; i++)
		if (can_go(&fake.nodes[i], &day))
			bytes += fake.nodes[i].len + fake.nodes[i].hole;
	return settings()->max_bytes > 0 && bytes > settings()->max_bytes;
}

bool oldfiles_close(bool passed, char why[OLDFILES_WHY_MAX])
{
	bool is_too_much = are_too_many();
	unsigned i;
	long day;

	snprintf(why, OLDFILES_WHY_MAX, "%s", wrong);
	if (wrong[0] != '\0')
		return false;
	for (i = 0; i < FAKE_NODES && passed; i++) {
		const struct fake_node *node = &fake.nodes[i];

		if (was_open[i] || !can_go(node, &day) ||
		    !has_to_go(day, is_too_much))
			continue;
		snprintf(why, OLDFILES_WHY_MAX, "%s had to go", node->path);
		return false;
	}
	return true;
}
