/* aftermath - whether all is as new; see aftermath.h. */
#include "aftermath.h"

#include <stdio.h>
#include <string.h>

#include "oldfiles.h"
#include "world.h"

#define DAY_MS 86400000

static bool is_wrong(char *why, const char *what, const char *of)
{
	snprintf(why, AFTERMATH_WHY_MAX, "%s: %s", of, what);
	return false;
}

/* ---- links ---- */

/* A log file without a number beside, of the day of its last write. */
static bool is_of_its_day(const struct fake_node *node)
{
	int64_t written_ms = fake.wall_ms + (int64_t)node->written_ms;
	const char *dot;
	long day;

	if (!S_ISREG(node->mode) || !oldfiles_day(node->path, &day) ||
	    strstr(node->path, ".incidents") || day != written_ms / DAY_MS)
		return false;
	dot = strchr(strrchr(node->path, '/'), '.');
	return !dot || !strchr(dot + 1, '.');
}

/* Whether the same directory has a later one. */
static bool is_outdone(const struct fake_node *node, uint64_t since_ms)
{
	size_t len = (size_t)(strrchr(node->path, '/') - node->path) + 1;
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++) {
		const struct fake_node *other = &fake.nodes[i];

		if (other->used && other != node &&
		    strncmp(other->path, node->path, len) == 0 &&
		    !strchr(other->path + len, '/') &&
		    other->written_ms >= since_ms && is_of_its_day(other) &&
		    other->written_ms > node->written_ms)
			return true;
	}
	return false;
}

/* The link beside @node leads there. */
static bool is_linked(const struct fake_node *node, const char *link)
{
	int len = (int)(strrchr(node->path, '/') - node->path);
	const struct fake_node *there;
	char path[sizeof(node->path) + 64];

	snprintf(path, sizeof(path), "%.*s/%s", len, node->path, link);
	there = fake_node(path);
	return there && S_ISLNK(there->mode) &&
	       strcmp(there->bytes, node->path + len + 1) == 0;
}

/* Where lines of one name went to the file of another, it isn't known whose. */
static bool are_linked(uint64_t since_ms, char *why)
{
	const char *link = engine.collector.settings->link;
	unsigned i;

	if (engine.writer.agenda.settings->shares)
		return true;
	for (i = 0; i < FAKE_NODES && link; i++) {
		const struct fake_node *node = &fake.nodes[i];

		if (node->used && node->written_ms >= since_ms &&
		    is_of_its_day(node) && !is_outdone(node, since_ms) &&
		    !is_linked(node, link))
			return is_wrong(why, "the link does not lead there",
					node->path);
	}
	return true;
}

/* ---- faults ---- */

/* Nothing was said of it, or its end was, or that is kept back. */
static bool is_over(const struct diag_fault *fault)
{
	size_t i;

	if (fault->count == 0 || fault->worked_ms > 0)
		return true;
	for (i = 0; i < sizeof(fault->said) / sizeof(fault->said[0]); i++)
		if (fault->said[i] != 0)
			return false;
	return true;
}

/* No link is made before there is a line for the file that it leads to. */
static bool is_link_tried(const char *path, uint64_t since_ms)
{
	size_t len = (size_t)(strrchr(path, '/') - path) + 1;
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++)
		if (fake.nodes[i].used &&
		    strncmp(fake.nodes[i].path, path, len) == 0 &&
		    fake.nodes[i].written_ms >= since_ms)
			return true;
	return false;
}

/* What nobody asks for any more is not tried again. */
static bool are_over(uint64_t since_ms, char *why)
{
	const struct agenda *agenda = &engine.writer.agenda;
	const struct link *link = &agenda->settings->link;
	uint32_t i;

	if (agenda->disk.failing || !is_over(&agenda->disk.fault))
		return is_wrong(why, "a fault lasts", "the disk");
	for (i = 0; i < engine.files.count; i++)
		if (agenda->logs[i].retry.disk &&
		    !is_over(&agenda->logs[i].retry.fault))
			return is_wrong(why, "a fault lasts",
					filetable_name(&engine.files, i));
	for (i = 0; i < engine.intake.count; i++)
		if (!is_over(&engine.intake.inlets[i].fault))
			return is_wrong(why, "a fault lasts", "a socket");
	if (!is_over(&engine.intake.full_fault))
		return is_wrong(why, "a fault lasts", "receiving");
	if (link->name && !is_over(&link->fault) &&
	    is_link_tried(link->failed, since_ms))
		return is_wrong(why, "a fault lasts", "link=");
	if (engine.state.setup.dir && (!is_over(&engine.state.prom.fault) ||
				       !is_over(&engine.state.senders.fault)))
		return is_wrong(why, "a fault lasts", "run=");
	if (engine.files.pattern->by_sender && !is_over(&engine.earlier.fault))
		return is_wrong(why, "a fault lasts", "files=");
	/* What failed may have to wait for its hour. */
	if (engine.retain.on && !engine.retain.postponed &&
	    !is_over(&engine.retain.fault))
		return is_wrong(why, "a fault lasts", "retention");
	return true;
}

/* ---- descriptors ---- */

/* What it had to open to walk, and stderr. */
static bool are_closed(unsigned sockets, char *why)
{
	unsigned open = fake_open_fds();
	unsigned fine = 1 + sockets + engine.retain.walk.open +
			engine.earlier.walk.open;
	char text[64];

	snprintf(text, sizeof(text), "%u, and not %u", open, fine);
	return open == fine || is_wrong(why, text, "descriptors");
}

/* ---- what is told ---- */

static bool tells(const char *series, uint64_t number, char *why)
{
	char wanted[100];

	snprintf(wanted, sizeof(wanted), "\nudplogger_%s %llu\n", series,
		 (unsigned long long)number);
	return strstr(fake_text("/run/udplogger.prom"), wanted) ||
	       is_wrong(why, wanted + 1, "no series");
}

static bool is_told(char *why)
{
	const struct collector *c = &engine.collector;

	return !engine.state.setup.dir ||
	       (tells("datagrams_total", c->counts.datagrams, why) &&
		tells("drops_total", fake_drops(), why) &&
		tells("lines_total", c->output.lines, why) &&
		tells("left_out_total", c->limit.total, why) &&
		tells("queue_bytes", 0, why) && tells("write_failing", 0, why));
}

bool aftermath_is_well(unsigned sockets, uint64_t since_ms,
		       char why[AFTERMATH_WHY_MAX])
{
	return are_linked(since_ms, why) && are_over(since_ms, why) &&
	       are_closed(sockets, why) && is_told(why);
}
