/* limit - how many lines a sender may write; see limit.h. */
#include "limit.h"

#include <string.h>

#include "carve.h"
#include "decimal.h"
#include "record.h"
#include "watch.h"

#define LINE	 1000 /* what a line takes out of a bucket */
#define LEFT_OUT " lines left out (limit=)"

size_t limit_bytes(const struct settings *settings)
{
	uint32_t clients = (uint32_t)settings->clients;

	return carve_bytes(clients * sizeof(struct limit_sender)) +
	       carve_bytes(ilist_bytes(clients));
}

void limit_init(struct limit *l, const struct settings *settings,
		const struct source_table *sources, struct output *output,
		void *memory)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	_Static_assert(sizeof(struct limit_sender) == 64, "a cache line");
	*l = (struct limit){
		.settings = settings,
		.sources = sources,
		.output = output,
	};
	l->senders = carve(&at, clients * sizeof(*l->senders));
	ilist_init(&l->untold, carve(&at, ilist_bytes(clients)));
	limit_change(l);
}

void limit_change(struct limit *l)
{
	l->counts = l->settings->limit_lines > 0 || l->sources->tally;
}

/* Writes @record, of a sender, whatever the limit. */
static bool pass(struct limit *l, struct record *record,
		 const struct timespec *time)
{
	if (!output_put(l->output, record, time))
		return false;
	if (l->sources->tally)
		tally_line(l->sources->tally, record->source);
	return true;
}

/* Writes how many lines of source @number were left out. */
static bool tell(struct limit *l, uint32_t number)
{
	struct limit_sender *s = &l->senders[number];
	char text[DECIMAL_MAX + sizeof(LEFT_OUT)];
	struct record record = {
		.notice = "lines-left-out",
		.lost = s->left_out,
		.text = (const unsigned char *)text,
	};

	strcpy(decimal_write(text, s->left_out, 1), LEFT_OUT);
	record.text_len = strlen(text);
	source_sign(l->sources, &l->sources->entries[number], &record);
	if (!pass(l, &record, &s->time))
		return false;
	ilist_remove(&l->untold, number);
	s->left_out = 0;
	s->next_ms = l->now_ms + LIMIT_TELL_MS;
	return true;
}

static void look_later(struct limit *l, uint32_t number)
{
	l->senders[number].look_ms = l->now_ms + LIMIT_QUIET_MS;
	ilist_append(&l->untold, number);
}

static void leave_out(struct limit *l, const struct record *record,
		      const struct timespec *time)
{
	struct limit_sender *s = &l->senders[record->source];
	uint64_t lines = record->lines > 0 ? record->lines : 1;

	if (s->left_out == 0) {
		s->first_ms = l->now_ms;
		look_later(l, record->source);
	}
	s->left_out += lines;
	s->time = *time;
	s->again = true;
	l->total += lines;
}

/* What is out of the bucket now. */
static uint64_t spent_now(const struct limit *l, const struct limit_sender *s)
{
	uint64_t ms = l->now_ms - s->at_ms;
	uint64_t back = ms * l->settings->limit_lines;

	return ms < LIMIT_BURST_MS && back < s->spent ? s->spent - back : 0;
}

/* What lines of @ms take out of a bucket. */
static uint64_t lines_counted_in(const struct limit *l, uint64_t ms)
{
	return ms * l->settings->limit_lines;
}

static bool is_free(const struct record *record)
{
	return record->notice && record->lines == 0;
}

/*
 * A line that finds no room is not charged, and comes again when there is more
 * in the bucket, not less.  One that comes after a pause has what was left out
 * before it told before it.
 */
static bool charge(struct limit *l, struct record *record,
		   const struct timespec *time)
{
	struct limit_sender *s = &l->senders[record->source];
	uint64_t most = lines_counted_in(l, LIMIT_BURST_MS);
	uint64_t spent;

	if (is_free(record))
		return pass(l, record, time);
	spent = spent_now(l, s);
	if (spent + LINE > most) {
		leave_out(l, record, time);
		return true;
	}
	if (s->left_out > 0 && l->now_ms >= s->next_ms &&
	    spent + lines_counted_in(l, LIMIT_QUIET_MS) <= most &&
	    !tell(l, record->source))
		return false;
	if (!pass(l, record, time))
		return false;
	s->spent = (uint32_t)(spent + LINE);
	s->at_ms = l->now_ms;
	return true;
}

bool limit_put_counted(struct limit *l, struct record *record,
		       const struct timespec *time)
{
	return l->settings->limit_lines > 0 ? charge(l, record, time)
					    : pass(l, record, time);
}

bool limit_put_watched(struct limit *l, struct record *record,
		       const struct timespec *time)
{
	uint64_t total = l->total;
	bool spared = l->settings->limit_lines == 0 ||
		      watch_spares(l->incidents, record->source);

	if (spared ? !pass(l, record, time) : !charge(l, record, time))
		return false;
	watch_count(l->incidents, record, time, l->total == total);
	return true;
}

static bool is_due(const struct limit *l, const struct limit_sender *s)
{
	return l->now_ms >= s->next_ms &&
	       (!s->again || l->now_ms - s->first_ms >= LIMIT_TELL_MS);
}

/* A look that finds that it is not time puts the next one off. */
bool limit_expire(struct limit *l)
{
	while (limit_deadline(l) <= l->now_ms) {
		uint32_t number = l->untold.first;
		struct limit_sender *s = &l->senders[number];

		if (is_due(l, s)) {
			if (!tell(l, number))
				return false;
			continue;
		}
		s->again = false;
		ilist_remove(&l->untold, number);
		look_later(l, number);
	}
	return true;
}

bool limit_flush(struct limit *l)
{
	while (l->untold.first != ILIST_NONE)
		if (!tell(l, l->untold.first))
			return false;
	return true;
}

/* Memory that was never touched stays untouched. */
bool limit_give_way(struct limit *l, uint32_t number)
{
	if (l->settings->limit_lines == 0 && l->untold.first == ILIST_NONE)
		return true;
	if (l->senders[number].left_out > 0 && !tell(l, number))
		return false;
	l->senders[number] = (struct limit_sender){ .spent = 0 };
	return true;
}

uint32_t limit_untold(const struct limit *l)
{
	return ilist_count(&l->untold);
}
