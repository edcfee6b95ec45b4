/* state - the files of run=; see state.h. */
#include "state.h"

#include "carve.h"
#include "class.h"
#include "collector.h"
#include "facts.h"
#include "hosts.h"
#include "intake.h"
#include "sendersfile.h"
#include "settings.h"
#include "sys.h"

#define STEP_PAUSE_MS 1 /* others have their turn */
#define STEP_NAMES    2000 /* looked at in a step */
#define STEP_FILES    4000
#define STEP_ROWS     400 /* written, if they have room in a piece */

size_t state_bytes(const struct settings *settings)
{
	if (!settings->run)
		return 0;
	return carve_bytes(tally_bytes((uint32_t)settings->clients)) +
	       carve_bytes(hostsums_bytes()) + carve_bytes(STATEFILE_PIECE);
}

static struct collector *collector_from(const struct state *s)
{
	return s->setup.intake->collector;
}

static const struct source_table *sources_of(const struct state *s)
{
	return &collector_from(s)->sources;
}

/* ---- what a sender has sent ---- */

/* Adds to its name's sum what it has sent since it was told last. */
static void sum_up(struct state *s, uint32_t source, const char **name,
		   size_t *len)
{
	const struct source_table *table = sources_of(s);
	struct tally_recent *recent = &s->tally.recent[source];
	struct hostsum *sum = NULL;

	*name = table->hosts ? hosts_name(table->hosts,
					  &table->entries[source].addr, len)
			     : NULL;
	if (*name)
		sum = hostsums_get(&s->hosts, *name, *len);
	if (!sum)
		return;
	sum->lines += (uint32_t)recent->lines - recent->told_lines;
	if (recent->heard.tv_sec > sum->heard.tv_sec ||
	    (recent->heard.tv_sec == sum->heard.tv_sec &&
	     recent->heard.tv_nsec > sum->heard.tv_nsec))
		sum->heard = recent->heard;
}

/* For tally.leaves. */
static void note_leaving(void *context, uint32_t source)
{
	const char *name;
	size_t len;

	sum_up(context, source, &name, &len);
}

/* Tenths of a line a second since it was told last. */
static uint64_t rate_of(const struct tally_recent *recent, uint64_t now_ms)
{
	uint32_t lines = (uint32_t)recent->lines - recent->told_lines;
	uint32_t ms = (uint32_t)now_ms - recent->told_ms;

	if (recent->told_ms == 0 || ms > 2 * STATE_MS)
		ms = STATE_MS;
	if (ms < 1000)
		ms = 1000;
	return (uint64_t)lines * 10000 / ms;
}

static size_t write_sender(struct state *s, uint32_t source, uint64_t now_ms,
			   char out[SENDERSFILE_ROW_MAX])
{
	const struct source_table *table = sources_of(s);
	const struct source *entry = &table->entries[source];
	const struct tally_sender *sender = &s->tally.senders[source];
	struct tally_recent *recent = &s->tally.recent[source];
	char address[SRCADDR_HOST_MAX];
	struct sendersfile_row row = {
		.address = address,
		.has_port = !table->by_address,
		.port = entry->addr.port,
		.heard = recent->heard,
		.lines = recent->lines,
		.rate_tenths = rate_of(recent, now_ms),
		.lost = sender->lost,
		.boots = sender->boots,
		.incident =
			sender->incident ? class_name(sender->incident) : NULL,
		.incident_ms = sender->incident_ms,
	};

	srcaddr_host_text(address, &entry->addr, table->scopes);
	sum_up(s, source, &row.name, &row.name_len);
	if (!row.name)
		row.name_len = 0;
	recent->told_lines = (uint32_t)recent->lines;
	recent->told_ms = (uint32_t)now_ms | 1;
	return sendersfile_row(out, &row);
}

static size_t write_gone(const struct state *s, char out[SENDERSFILE_ROW_MAX])
{
	const struct tally_sums *gone = &s->tally.gone;
	const struct sendersfile_row row = {
		.address = "",
		.lines = gone->lines,
		.lost = gone->lost,
		.boots = gone->boots,
	};

	return gone->senders > 0 ? sendersfile_row(out, &row) : 0;
}

/* ---- steps ---- */

/* Keeps the sums of names that hosts= still has.  True: no more to do. */
static bool keep_names(struct state *s)
{
	const struct source_table *table = sources_of(s);
	struct hosts_sender line;
	uint32_t left;

	if (s->names != table->names) {
		s->names = table->names;
		s->at = 0;
		hostsums_renew(&s->hosts);
	}
	for (left = STEP_NAMES; left > 0; left--) {
		if (!table->hosts || !hosts_nth(table->hosts, s->at++, &line))
			return true;
		hostsums_keep(&s->hosts, line.name, line.name_len);
	}
	return false;
}

static bool sum_up_queues(struct state *s)
{
	if (facts_add_waiting(s->setup.intake, &s->at, STEP_FILES,
			      &s->queue_bytes))
		return false;
	s->facts.queue_bytes = s->queue_bytes;
	return true;
}

/* Each adds the next row of its file.  False: there are no more. */

static bool add_sender(struct state *s, uint64_t now_ms)
{
	struct statefile *file = &s->senders;

	if (s->at < sources_of(s)->count) {
		statefile_add(file, write_sender(s, s->at++, now_ms,
						 statefile_end(file)));
		return true;
	}
	statefile_add(file, write_gone(s, statefile_end(file)));
	return false;
}

static bool add_host_row(struct state *s, bool heard)
{
	struct statefile *file = &s->prom;
	const struct hostsum *sum;
	char *to = statefile_end(file);

	if (s->at >= s->hosts.count)
		return false;
	sum = hostsums_nth(&s->hosts, s->at++);
	if (sum)
		statefile_add(file,
			      heard ? promfile_heard(to, sum->name, sum->len,
						     &sum->heard)
				    : promfile_lines(to, sum->name, sum->len,
						     sum->lines));
	return true;
}

static bool add_next(struct state *s, uint64_t now_ms)
{
	switch (s->phase) {
	case STATE_SENDERS:
		return add_sender(s, now_ms);
	case STATE_HEARD:
		return add_host_row(s, true);
	case STATE_LINES:
		return add_host_row(s, false);
	default:
		return false;
	}
}

/* What stands before the rows of a phase. */
static void add_first(struct state *s, uint64_t now_ms)
{
	struct statefile *file = &s->prom;
	char *to = statefile_end(file);

	if (s->phase == STATE_SENDERS)
		statefile_add(&s->senders,
			      sendersfile_head(statefile_end(&s->senders)));
	if (s->phase == STATE_HEAD) {
		facts_gather(&s->facts, s->setup.sys, s->setup.intake,
			     s->setup.retain, now_ms);
		statefile_add(file, promfile_head(to, &s->facts));
	}
	if (s->phase == STATE_HEARD)
		statefile_add(file, promfile_heard_head(to));
	if (s->phase == STATE_LINES)
		statefile_add(file, promfile_lines_head(to));
	s->begun = true;
}

enum step_result { STEP_MORE, STEP_DONE, STEP_FAILED };

/*
 * Fills a piece and writes it, or goes on writing one that is not written
 * whole: then nothing is added, so that there is always room for a head.
 */
static enum step_result write_rows(struct state *s, struct statefile *file,
				   uint64_t now_ms)
{
	unsigned rows = STEP_ROWS;
	bool more = true;

	if (file->len == 0 && !s->begun)
		add_first(s, now_ms);
	while (file->done == 0 && more && rows-- > 0 &&
	       statefile_room(file) >= 2 * SENDERSFILE_ROW_MAX)
		more = add_next(s, now_ms);
	if (!statefile_write(file, now_ms))
		return STEP_FAILED;
	return more || !statefile_is_written(file) ? STEP_MORE : STEP_DONE;
}

static void turn_to(struct state *s, enum state_phase phase)
{
	s->phase = phase;
	s->at = 0;
	s->begun = false;
}

static void rest(struct state *s)
{
	turn_to(s, STATE_RESTS);
}

/* A step of a phase that writes @file, whose next phase is @next. */
static void write_file(struct state *s, struct statefile *file, bool is_last,
		       enum state_phase next, uint64_t now_ms)
{
	enum step_result result = STEP_FAILED;

	if (file->is_open || statefile_begin(file, now_ms))
		result = write_rows(s, file, now_ms);
	if (result == STEP_DONE && is_last && !statefile_finish(file, now_ms))
		result = STEP_FAILED;
	if (result == STEP_FAILED && file == &s->prom)
		rest(s);
	else if (result != STEP_MORE)
		turn_to(s, next);
}

static void start_pass(struct state *s, uint64_t now_ms)
{
	s->began_ms = now_ms;
	s->queue_bytes = 0;
	turn_to(s,
		s->names == sources_of(s)->names ? STATE_QUEUES : STATE_NAMES);
}

static void go_on(struct state *s, uint64_t now_ms)
{
	switch (s->phase) {
	case STATE_NAMES:
		if (keep_names(s))
			turn_to(s, STATE_QUEUES);
		break;
	case STATE_QUEUES:
		if (sum_up_queues(s))
			turn_to(s, STATE_SENDERS);
		break;
	case STATE_SENDERS:
		write_file(s, &s->senders, true, STATE_HEAD, now_ms);
		break;
	case STATE_HEAD:
		write_file(s, &s->prom, false, STATE_HEARD, now_ms);
		break;
	case STATE_HEARD:
		write_file(s, &s->prom, false, STATE_LINES, now_ms);
		break;
	default:
		write_file(s, &s->prom, true, STATE_RESTS, now_ms);
		break;
	}
}

/* ---- from outside ---- */

void state_init(struct state *s, const struct settings *settings,
		const struct state_setup *setup, void *memory)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	*s = (struct state){ .setup = *setup };
	if (!settings->run)
		return;
	s->on = true;
	tally_init(&s->tally, clients, carve(&at, tally_bytes(clients)));
	hostsums_init(&s->hosts, carve(&at, hostsums_bytes()));
	s->tally.leaves = note_leaving;
	s->tally.context = s;
	s->senders = (struct statefile){
		.sys = setup->sys,
		.diag = setup->diag,
		.dir = setup->dir,
		.name = SENDERSFILE_NAME,
		.piece = carve(&at, STATEFILE_PIECE),
	};
	s->prom = s->senders;
	s->prom.name = PROMFILE_NAME;
	s->facts.version = setup->version;
	collector_count(collector_from(s), &s->tally);
}

int state_look(const struct sys *sys, const char *dir,
	       char why[SAFEOPEN_WHY_MAX])
{
	if (statefile_look(sys, dir, SENDERSFILE_NAME, why))
		return -1;
	return statefile_look(sys, dir, PROMFILE_NAME, why);
}

void state_begin(struct state *s, uint64_t now_ms)
{
	if (!s->on)
		return;
	s->setup.sys->clock_gettime(CLOCK_REALTIME, &s->facts.started);
	s->names = sources_of(s)->names;
	s->step_ms = now_ms;
}

void state_step(struct state *s, uint64_t now_ms)
{
	if (now_ms < state_deadline(s))
		return;
	if (s->phase == STATE_RESTS)
		start_pass(s, now_ms);
	else
		go_on(s, now_ms);
	if (s->phase != STATE_RESTS)
		s->step_ms = now_ms + STEP_PAUSE_MS;
	else if (s->began_ms + STATE_MS > now_ms)
		s->step_ms = s->began_ms + STATE_MS;
	else
		s->step_ms = now_ms + STATE_MS;
}

void state_end(struct state *s, uint64_t now_ms)
{
	if (!s->on)
		return;
	statefile_abandon(&s->senders);
	statefile_abandon(&s->prom);
	start_pass(s, now_ms);
	while (s->phase != STATE_RESTS)
		go_on(s, now_ms);
	s->on = false;
}
