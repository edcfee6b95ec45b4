/* retain - which old log files go; see retain.h. */
#include "retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "age.h"
#include "carve.h"
#include "incidentsfile.h"
#include "sys.h"

#define STEP_PAUSE_MS 1 /* others have their turn */
#define REST_TIMES    10 /* a pass's own time, until the next begins */

static size_t bytes_for(const struct filename *pattern)
{
	return carve_bytes(walk_bytes(pattern)) +
	       carve_bytes(candidates_bytes(candidates_name_max(pattern))) +
	       carve_bytes(holders_bytes(holders_most(pattern)));
}

size_t retain_bytes(const struct settings *settings)
{
	size_t moderate = bytes_for(&filename_moderate);
	size_t own;

	if (!settings->conf && !settings_remove(settings))
		return 0;
	own = bytes_for(&settings->file);
	return settings->conf && own < moderate ? moderate : own;
}

static void arrange(struct retain *r)
{
	const struct retain_setup *setup = &r->setup;
	const struct filename *pattern = &setup->settings->file;
	char *at = r->memory;

	r->on = settings_remove(setup->settings);
	if (!r->on)
		return;
	r->walk = (struct walk){ .sys = setup->sys,
				 .diag = setup->diag,
				 .fault = &r->fault,
				 .dir = setup->dir };
	r->removal = (struct removal){ setup->sys,     setup->diag,
				       &r->fault,      setup->dir,
				       setup->is_open, setup->context,
				       setup->settings };
	r->room = (struct room){ .sys = setup->sys,
				 .diag = setup->diag,
				 .fault = &r->fault,
				 .dir = setup->dir,
				 .most = setup->settings->max_bytes,
				 .wanted = setup->settings->free_bytes };
	walk_init(&r->walk, pattern, carve(&at, walk_bytes(pattern)));
	candidates_init(
		&r->candidates, candidates_name_max(pattern),
		carve(&at, candidates_bytes(candidates_name_max(pattern))));
	holders_init(&r->holders, holders_most(pattern), setup->key,
		     carve(&at, holders_bytes(holders_most(pattern))));
}

void retain_init(struct retain *r, const struct retain_setup *setup,
		 void *memory)
{
	*r = (struct retain){ .setup = *setup, .memory = memory };
	arrange(r);
}

void retain_change(struct retain *r)
{
	walk_end(&r->walk);
	r->phase = RETAIN_RESTS;
	r->stuck = false;
	r->pass_ms = 0;
	arrange(r);
}

/* ---- which files may go ---- */

static bool may_go_by_age(const struct retain *r, uint32_t period)
{
	uint64_t days = r->setup.settings->keep_days;

	return days > 0 && age_exceeds(r->stamp.day, period, days - 1);
}

static bool may_go_for_room(const struct retain *r, uint32_t period)
{
	return age_exceeds(r->stamp.day, period,
			   r->setup.settings->keepmin_days);
}

/* By age, today; the limit is a day's files an hour. */
static bool is_day_due(const struct retain *r, uint32_t period, uint64_t now_ms)
{
	return STAMP_PERIOD_DAY(period) == r->aged_day ||
	       now_ms >= r->next_day_ms;
}

/* ---- walks ---- */

static bool is_wanted(const struct retain *r, const struct candidate *file)
{
	if (!r->for_room)
		return may_go_by_age(r, file->period);
	return may_go_for_room(r, file->period) &&
	       r->holders.all[file->holder].bytes > r->largest / 2;
}

static void add_up(struct retain *r, const struct candidate *file)
{
	struct holder *holder = &r->holders.all[file->holder];

	r->files++;
	r->bytes += file->bytes;
	holder->bytes += file->bytes;
	if (may_go_for_room(r, file->period))
		holder->removable += file->bytes;
}

/* Looks at the file that the walk has found. */
static void consider(struct retain *r)
{
	const struct walk *walk = &r->walk;
	const struct candidate file = {
		.device = walk->st.st_dev,
		.inode = walk->st.st_ino,
		.bytes = room_taken_by((uint64_t)walk->st.st_size),
		.period = walk->found.period,
		.holder = holders_find(&r->holders, walk->found.holder),
	};

	if (r->phase == RETAIN_COUNTS)
		add_up(r, &file);
	if (is_wanted(r, &file))
		candidates_put(&r->candidates, &file, walk->name);
}

static void begin_walk(struct retain *r, enum retain_phase phase,
		       uint64_t now_ms)
{
	r->phase = phase;
	r->progressed = false;
	candidates_clear(&r->candidates);
	/* Without DIR it ends at once. */
	walk_begin(&r->walk, now_ms);
}

static void say_files(struct retain *r)
{
	if (!r->said_files)
		diag_say(r->setup.diag,
			 "retention: %" PRIu64 " files of %" PRIu64
			 " bytes; %" PRIu64
			 " others, whose names are not such, stay",
			 r->files, r->bytes, r->walk.strangers);
	r->said_files = true;
}

static void end_walk(struct retain *r, uint64_t written)
{
	if (r->phase == RETAIN_COUNTS) {
		r->written = written;
		say_files(r);
	}
	r->phase = RETAIN_REMOVES;
}

static void go_on_walking(struct retain *r, uint64_t written, uint64_t now_ms)
{
	enum walk_result result;

	do {
		result = walk_step(&r->walk, now_ms);
		if (result == WALK_FOUND)
			consider(r);
	} while ((result == WALK_FOUND || result == WALK_PASSED) &&
		 sys_monotonic_ms(r->setup.sys) == now_ms);
	if (result == WALK_ENDED)
		end_walk(r, written);
}

/* ---- passes ---- */

static void begin_pass(struct retain *r, uint64_t written, bool is_full,
		       uint64_t now_ms)
{
	r->began_ms = now_ms;
	r->faults = r->fault.count;
	room_look(&r->room, written, is_full, now_ms);
	r->files = r->bytes = 0;
	r->for_room = false;
	r->room_day = 0;
	holders_clear(&r->holders);
	candidates_begin_pass(&r->candidates);
	begin_walk(r, RETAIN_COUNTS, now_ms);
}

static void say_works(struct retain *r, uint64_t now_ms)
{
	char what[DIAG_TEXT_MAX / 2];

	/* What failed may be among what is postponed. */
	if (r->fault.count != r->faults || r->postponed)
		return;
	snprintf(what, sizeof(what), "remove old files in %s", r->setup.dir);
	diag_works(r->setup.diag, &r->fault, now_ms, what);
}

static void end_pass(struct retain *r, uint64_t now_ms)
{
	uint64_t rest = (now_ms - r->began_ms) * REST_TIMES;

	r->phase = RETAIN_RESTS;
	r->stuck = room_limit(&r->room, r->bytes) != RETAIN_NOTHING;
	r->pass_ms =
		now_ms + RETAIN_PASS_MS + deadline_earlier(rest, RETAIN_DAY_MS);
	r->soonest_ms = now_ms + RETAIN_PRESS_MS +
			deadline_earlier(rest, RETAIN_PASS_MS);
	room_settle(&r->room, now_ms);
	say_works(r, now_ms);
}

/* Collects files of those that hold most, if room is wanted. */
static void collect_for_room(struct retain *r, uint64_t now_ms)
{
	r->for_room = true;
	r->largest = holders_largest(&r->holders);
	if (room_limit(&r->room, r->bytes) && r->largest > 0)
		begin_walk(r, RETAIN_COLLECTS, now_ms);
	else
		end_pass(r, now_ms);
}

/* None of what was collected is to be removed any more. */
static void go_on_collecting(struct retain *r, uint64_t now_ms)
{
	if (!r->for_room)
		r->postponed = r->candidates.count > 0;
	if (!r->for_room && !r->postponed && r->candidates.overflowed)
		begin_walk(r, RETAIN_COLLECTS, now_ms);
	else if (!r->for_room || r->progressed)
		collect_for_room(r, now_ms);
	else
		end_pass(r, now_ms);
}

/* ---- removals ---- */

/* Whether @file goes by age now. */
static bool goes_by_age(const struct retain *r, const struct candidate *file,
			uint64_t now_ms)
{
	return may_go_by_age(r, file->period) &&
	       is_day_due(r, file->period, now_ms);
}

/* Whether @file goes for room, and nobody holds more now, who comes first. */
static bool goes_for_room(const struct retain *r, const struct candidate *file)
{
	return room_limit(&r->room, r->bytes) &&
	       may_go_for_room(r, file->period) &&
	       r->holders.all[file->holder].bytes > r->largest / 2;
}

/*
 * Whether @file, the oldest, tells of incidents whose lines have just gone for
 * room.  Where senders have their own files, those of others may be there.
 */
static bool goes_with_its_day(const struct retain *r,
			      const struct candidate *file)
{
	return incidentsfile_has(file->period) &&
	       STAMP_PERIOD_DAY(file->period) <= r->room_day &&
	       !r->setup.settings->file.by_sender;
}

/* The number of the file that goes next, if one does. */
static uint32_t choose_next(const struct retain *r, uint64_t now_ms)
{
	const struct candidates *c = &r->candidates;
	uint32_t i = r->for_room ? candidates_of_largest(c, &r->holders)
				 : candidates_oldest(c);

	if (i == CANDIDATES_NONE)
		return i;
	if (r->for_room ? goes_for_room(r, &c->files[i]) ||
				  goes_with_its_day(r, &c->files[i])
			: goes_by_age(r, &c->files[i], now_ms))
		return i;
	return CANDIDATES_NONE;
}

static void note_gone(struct retain *r, const struct candidate *file)
{
	r->room.freed += file->bytes;
	r->bytes -= file->bytes < r->bytes ? file->bytes : r->bytes;
	holders_lose(&r->holders.all[file->holder], file->bytes);
}

static void note_removed(struct retain *r, const struct candidate *file,
			 enum retain_reason reason, uint64_t now_ms)
{
	uint32_t day = STAMP_PERIOD_DAY(file->period);

	r->removed++;
	r->removed_for[reason]++;
	diag_say(r->setup.diag, "removed %s/%s (%s=)", r->setup.dir, file->name,
		 retain_reason_name(reason));
	if (r->for_room) {
		r->room_day = day;
	} else if (day != r->aged_day) {
		r->aged_day = day;
		r->next_day_ms = now_ms + RETAIN_DAY_MS;
	}
}

/* Removes file @i, or a part of it. */
static void remove_file(struct retain *r, uint32_t i, uint64_t now_ms)
{
	enum retain_reason limit = room_limit(&r->room, r->bytes);
	const struct candidate *file = &r->candidates.files[i];
	enum removal_result result = removal_step(
		&r->removal,
		&(struct removal_file){ file->name, file->device, file->inode },
		now_ms);

	if (result == REMOVAL_SHORTENED)
		return;
	r->progressed = true;
	holders_give_up(&r->holders.all[file->holder], file->bytes);
	if (result != REMOVAL_DONE && result != REMOVAL_GONE) {
		candidates_fail(&r->candidates, i);
		return;
	}
	r->limit = limit ? limit : r->limit;
	if (result == REMOVAL_DONE)
		note_removed(r, file, r->for_room ? r->limit : RETAIN_KEEP,
			     now_ms);
	note_gone(r, file);
	candidates_take(&r->candidates, i);
}

static void remove_next(struct retain *r, uint64_t now_ms)
{
	uint32_t i = choose_next(r, now_ms);

	if (i == CANDIDATES_NONE)
		go_on_collecting(r, now_ms);
	else
		remove_file(r, i, now_ms);
}

/* ---- from outside ---- */

/* Has a pass begin sooner, if files grow, or others take the room. */
static void look_whether_it_presses(struct retain *r, uint64_t written,
				    bool is_full, uint64_t now_ms)
{
	bool presses = is_full && r->room.wanted > 0;

	if (r->stuck)
		return;
	if (room_is_too_much(&r->room, r->bytes + (written - r->written)))
		presses = true;
	if (!presses && written != r->looked_written && now_ms >= r->look_ms) {
		r->look_ms = now_ms + RETAIN_LOOK_MS;
		r->looked_written = written;
		room_look(&r->room, written, is_full, now_ms);
		presses = room_is_short(&r->room);
	}
	if (presses)
		r->pass_ms = deadline_earlier(r->pass_ms, r->soonest_ms);
}

void retain_step(struct retain *r, uint64_t written, bool is_full,
		 uint64_t now_ms)
{
	struct timespec now = { 0, 0 };

	if (!r->on)
		return;
	if (r->phase == RETAIN_RESTS)
		look_whether_it_presses(r, written, is_full, now_ms);
	if (now_ms < retain_deadline(r))
		return;
	r->setup.sys->clock_gettime(CLOCK_REALTIME, &now);
	stamp_set(&r->stamp, &now);
	if (r->phase == RETAIN_RESTS)
		begin_pass(r, written, is_full, now_ms);
	else if (r->phase == RETAIN_REMOVES)
		remove_next(r, now_ms);
	else
		go_on_walking(r, written, now_ms);
	r->step_ms = now_ms + STEP_PAUSE_MS;
}
