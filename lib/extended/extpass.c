/* extpass - a record passes into the log; see extpass.h. */
#include "extpass.h"

#include <string.h>

#include "carve.h"
#include "limit.h"
#include "settings.h"
#include "source.h"

size_t extpass_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct extpass_source)) +
	       carve_bytes(sources * sizeof(struct loss_marks));
}

void extpass_init(struct extpass *p, uint32_t sources,
		  const struct shelves *held, struct extwrite *write,
		  void *memory)
{
	char *at = memory;

	_Static_assert(sizeof(struct extpass_source) <= 344,
		       "there may be a million");
	*p = (struct extpass){ .held = held, .write = write };
	p->sources = carve(&at, sources * sizeof(*p->sources));
	pool_init(&p->marks, at, sources * sizeof(struct loss_marks),
		  sizeof(struct loss_marks));
}

/* Two waits for memory; the second is for what the first shows to be next. */
void extpass_prefetch(const struct extpass *p, const struct source_table *table,
		      uint32_t *numbers, size_t count)
{
	size_t senders = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t number = numbers[i];

		if (!table->entries[number].extended)
			continue;
		__builtin_prefetch(&p->sources[number], 1);
		__builtin_prefetch(&p->sources[number].left_out, 1);
		numbers[senders++] = number;
	}
	for (i = 0; i < senders; i++) {
		const struct extpass_source *s = &p->sources[numbers[i]];

		__builtin_prefetch(
			&s->seen.digests[s->order.ahead % ORDER_SEEN], 1);
	}
}

enum order_place extpass_place(const struct extpass *p, uint32_t source,
			       const struct extmsg *msg, size_t len)
{
	return order_place(&p->sources[source].order, &p->sources[source].seen,
			   msg, len);
}

void extpass_remember(struct extpass *p, uint32_t source,
		      const struct extmsg *msg, size_t len)
{
	order_remember(&p->sources[source].order, &p->sources[source].seen, msg,
		       len);
}

/*
 * Whether @source holds a message in [*@sequnum, @to); *@sequnum is then its
 * own.
 */
static bool next_held(const struct extpass *p, uint32_t source,
		      uint64_t *sequnum, uint64_t to)
{
	const struct shelf_entry *held = shelf_from(p->held, source, *sequnum);

	if (!held || held->sequnum >= to)
		return false;
	*sequnum = held->sequnum;
	return true;
}

/*
 * Excuses the messages that seem lost before @r but are held, at least in part.
 */
static void take_off_held(const struct extpass *p,
			  const struct extwrite_record *r, uint64_t at,
			  struct loss_notice *notice)
{
	while (notice->lost > 0 &&
	       next_held(p, r->source, &at, r->header->sequnum)) {
		notice->lost--;
		at++;
	}
}

static void excuse_held(struct extpass *p, const struct extwrite_record *r,
			uint64_t at)
{
	struct loss *loss = &p->sources[r->source].loss;

	for (; next_held(p, r->source, &at, r->header->sequnum); at++)
		loss_excuse(&p->marks, loss, at);
}

/* Notes that the log tells of @lost messages, or that one came @late. */
static void count(struct extpass *p, uint32_t source, uint32_t lost, bool late)
{
	struct tally *tally = p->write->sources->tally;
	int64_t more = (int64_t)lost - late;

	if (more == 0)
		return;
	p->counts.lost += (uint64_t)more;
	p->counts.late += late;
	p->sources[source].left_out -= more;
	if (tally)
		tally_lose(tally, source, more);
}

/* Logs before @r the loss, or the late arrival, that its msgid shows. */
static bool say_loss(struct extpass *p, const struct extwrite_record *r,
		     uint32_t msgid)
{
	struct loss *loss = &p->sources[r->source].loss;
	uint64_t sequnum = r->header->sequnum;
	uint64_t from = loss->sequnum + 1;
	struct loss_notice notice = loss_look(&p->marks, loss, sequnum, msgid);

	take_off_held(p, r, from, &notice);
	if (notice.lost > 0 &&
	    !extwrite_lost(p->write, r, &notice, loss->sequnum))
		return false;
	if (notice.late &&
	    !extwrite_late(p->write, r, notice.doubtful ? NULL : &msgid))
		return false;
	count(p, r->source, notice.lost, notice.late);
	loss_log(&p->marks, loss, sequnum, msgid, &notice);
	if (notice.lost > 0)
		excuse_held(p, r, from);
	return true;
}

/* Logs that a message which seemed lost has come after all. */
static bool say_again(struct extpass *p, const struct extwrite_record *r,
		      uint32_t msgid)
{
	struct loss *loss = &p->sources[r->source].loss;
	struct loss_notice notice = loss_look_again(&p->marks, loss, msgid);

	if (notice.late && !extwrite_late(p->write, r, &msgid))
		return false;
	count(p, r->source, 0, notice.late);
	loss_log_again(&p->marks, loss, r->header->sequnum, msgid, &notice);
	return true;
}

/*
 * A record that its kernel sent again may stand before others that it sent
 * between, so its msgid tells nothing of theirs.
 */
static bool say_number(struct extpass *p, const struct extwrite_record *r,
		       uint32_t msgid)
{
	return r->header->replayed ? say_again(p, r, msgid)
				   : say_loss(p, r, msgid);
}

/*
 * For a record that came without a msgid that is sure: logs its late arrival,
 * if it was logged as lost.
 */
static bool say_late_part(struct extpass *p, const struct extwrite_record *r)
{
	struct loss *loss = &p->sources[r->source].loss;
	uint64_t sequnum = r->header->sequnum;

	if (!loss_was_logged(&p->marks, loss, sequnum) ||
	    order_has_passed(&p->sources[r->source].order, sequnum))
		return true;
	if (!extwrite_late(p->write, r, NULL))
		return false;
	count(p, r->source, 0, true);
	loss_excuse(&p->marks, loss, sequnum);
	return true;
}

/* What a record says of its msgid. */
enum number {
	NUMBER_NONE,
	NUMBER_DOUBTFUL, /* proves nothing */
	NUMBER_SURE
};

/* Splits the body of @r, and reads its msgid. */
static enum number read_body(const struct extpass *p, struct extwrite_record *r,
			     struct extmsg_part whole, uint32_t *msgid)
{
	extbody_split(&r->body, r->header, whole);
	r->body.hides_ansi = p->write->settings->hides_ansi;
	if (!extbody_msgid(&r->body, msgid))
		return NUMBER_NONE;
	return extbody_doubts_msgid(&r->body) ? NUMBER_DOUBTFUL : NUMBER_SURE;
}

/* Logs what is due before @r. */
static bool say_notice(struct extpass *p, const struct extwrite_record *r,
		       enum number number, uint32_t msgid)
{
	if (number == NUMBER_SURE)
		return say_number(p, r, msgid);
	if (number == NUMBER_DOUBTFUL)
		loss_hear(&p->marks, &p->sources[r->source].loss, msgid);
	return (number == NUMBER_NONE && r->missing == 0) ||
	       say_late_part(p, r);
}

/*
 * Of the sequnums that did not come, the sender left out those that no msgid
 * accounts for; which these are shows the next record whose msgid is sure.
 */
static void settle_left_out(struct extpass *p, uint32_t number,
			    const struct order_passed *passed, bool sure)
{
	struct extpass_source *source = &p->sources[number];

	source->left_out += passed->left_out;
	if (!sure)
		return;
	if (source->numbered)
		p->counts.withheld += source->left_out;
	source->left_out = 0;
	source->numbered = !passed->restarted;
}

/* Notes that the record, whose body has @len bytes, is in the log. */
static void pass_record(struct extpass *p, const struct extwrite_record *r,
			size_t len, enum number number, bool fresh)
{
	struct loss *loss = &p->sources[r->source].loss;
	struct order_passed passed;

	if (r->missing > 0 && number == NUMBER_NONE)
		loss_pass_part(&p->marks, loss, r->header->sequnum);
	if (r->missing == 0)
		extpass_remember(p, r->source, r->header, len);
	passed = order_pass(&p->sources[r->source].order, r->header, fresh);
	p->counts.gaps += (uint64_t)passed.left_out;
	if (passed.left_out != 0 || number == NUMBER_SURE)
		settle_left_out(p, r->source, &passed,
				number == NUMBER_SURE && !r->header->replayed);
	if (passed.restarted)
		loss_forget(&p->marks, loss);
}

/*
 * When the sender of @r booted, by the sender's clock.  A forged one may say it
 * was before 1970, which not every store takes, and 0 is none.
 */
static uint64_t boot_by(const struct extwrite_record *r)
{
	uint64_t us = 0;

	if (r->arrival.tv_sec > 0)
		us = (uint64_t)r->arrival.tv_sec * 1000000 +
		     (uint64_t)r->arrival.tv_nsec / 1000;
	return r->header->usec < us ? us - r->header->usec : 1;
}

/* A boot stays when it was by its first record, so that all have the same. */
static void keep_boot(struct extpass_source *source, struct extwrite_record *r)
{
	if (source->boot_us == 0)
		source->boot_us = boot_by(r) & EXTPASS_BOOT_MAX;
	r->boot_us = source->boot_us;
}

bool extpass_record(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole, bool fresh, size_t *at)
{
	uint32_t msgid;
	enum number number = read_body(p, r, whole, &msgid);

	keep_boot(&p->sources[r->source], r);
	if (*at == 0 && !say_notice(p, r, number, msgid))
		return false;
	if (!extwrite_record(p->write, r, at))
		return false;
	pass_record(p, r, whole.len, number, fresh);
	return true;
}

bool extpass_is_rest(const struct extpass *p, const struct extwrite_record *r)
{
	return r->missing > 0 && extpass_place(p, r->source, r->header,
					       r->header->total) == ORDER_AGAIN;
}

bool extpass_again(struct extpass *p, struct extwrite_record *r,
		   struct extmsg_part whole)
{
	uint32_t msgid;
	enum number number = read_body(p, r, whole, &msgid);

	keep_boot(&p->sources[r->source], r);
	if (number == NUMBER_SURE)
		return say_again(p, r, msgid);
	if (number == NUMBER_DOUBTFUL)
		loss_hear(&p->marks, &p->sources[r->source].loss, msgid);
	return true;
}

/*
 * A record that still waits will be accounted for by itself, and a fragment has
 * but a part of the body.
 */
void extpass_double(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole)
{
	struct loss *loss = &p->sources[r->source].loss;
	uint32_t msgid;

	if (!r->header->fragment && loss->begun &&
	    order_has_passed(&p->sources[r->source].order,
			     r->header->sequnum) &&
	    read_body(p, r, whole, &msgid) != NUMBER_NONE)
		loss_hear(&p->marks, loss, msgid);
}

/* Memory that was never touched stays untouched. */
void extpass_forget(struct extpass *p, uint32_t source)
{
	struct extpass_source *s = &p->sources[source];

	if (s->order.ahead == 0 && !s->order.begun && s->boot_us == 0)
		return;
	loss_forget(&p->marks, &s->loss);
	memset(s, 0, sizeof(*s));
}

bool extpass_boot(struct extpass *p, const struct extwrite_record *r)
{
	struct tally *tally = p->write->sources->tally;
	struct extwrite_record first = *r;

	first.boot_us = boot_by(r);
	if (!extwrite_booted(p->write, &first))
		return false;
	/* With incidents=yes that is one of the boots it counts. */
	if (tally && !p->write->limit->incidents)
		tally->senders[r->source].boots++;
	extpass_forget(p, r->source);
	keep_boot(&p->sources[r->source], &first);
	return true;
}
