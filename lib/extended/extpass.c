/* extpass - a record passes into the log; see extpass.h. */
#include "extpass.h"

#include <string.h>

#include "carve.h"
#include "settings.h"

size_t extpass_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct extpass_source)) +
	       carve_bytes(sources * sizeof(struct extpass_past));
}

void extpass_init(struct extpass *p, uint32_t sources,
		  const struct shelves *held, struct extwrite *write,
		  void *memory)
{
	char *at = memory;

	_Static_assert(sizeof(struct extpass_source) == 64 &&
			       sizeof(struct extpass_past) % 64 == 0,
		       "cache lines");
	*p = (struct extpass){ .held = held, .write = write };
	p->sources = carve(&at, sources * sizeof(*p->sources));
	p->pasts = carve(&at, sources * sizeof(*p->pasts));
}

enum order_place extpass_place(const struct extpass *p, uint32_t source,
			       const struct extmsg *msg, size_t len)
{
	return order_place(&p->sources[source].order, &p->pasts[source].seen,
			   msg, len);
}

void extpass_remember(struct extpass *p, uint32_t source,
		      const struct extmsg *msg, size_t len)
{
	order_remember(&p->sources[source].order, &p->pasts[source].seen, msg,
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
	struct loss *loss = &p->pasts[r->source].loss;

	for (; next_held(p, r->source, &at, r->header->sequnum); at++)
		loss_excuse(loss, at);
}

/* Logs before @r the loss, or the late arrival, that its msgid shows. */
static bool say_loss(struct extpass *p, const struct extwrite_record *r,
		     uint32_t msgid)
{
	struct loss *loss = &p->pasts[r->source].loss;
	uint64_t sequnum = r->header->sequnum;
	uint64_t from = loss->sequnum + 1;
	struct loss_notice notice = loss_look(loss, sequnum, msgid);

	take_off_held(p, r, from, &notice);
	if (notice.lost > 0 &&
	    !extwrite_lost(p->write, r, notice.lost, notice.first, notice.last))
		return false;
	if (notice.late &&
	    !extwrite_late(p->write, r, notice.doubtful ? NULL : &msgid))
		return false;
	p->counts.lost += notice.lost;
	p->counts.lost -= notice.late;
	loss_log(loss, sequnum, msgid, &notice);
	if (notice.lost > 0)
		excuse_held(p, r, from);
	return true;
}

/* Logs that a message which seemed lost has come after all. */
static bool say_again(struct extpass *p, const struct extwrite_record *r,
		      uint32_t msgid)
{
	struct loss *loss = &p->pasts[r->source].loss;
	struct loss_notice notice = loss_look_again(loss, msgid);

	if (notice.late && !extwrite_late(p->write, r, &msgid))
		return false;
	p->counts.lost -= notice.late;
	loss_log_again(loss, r->header->sequnum, msgid, &notice);
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
	struct loss *loss = &p->pasts[r->source].loss;
	uint64_t sequnum = r->header->sequnum;

	if (!loss_was_logged(loss, sequnum) ||
	    order_has_passed(&p->sources[r->source].order, sequnum))
		return true;
	if (!extwrite_late(p->write, r, NULL))
		return false;
	p->counts.lost--;
	loss_excuse(loss, sequnum);
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
		loss_hear(&p->pasts[r->source].loss, msgid);
	return (number == NUMBER_NONE && r->missing == 0) ||
	       say_late_part(p, r);
}

/* Notes that the record, whose body has @len bytes, is in the log. */
static void pass(struct extpass *p, const struct extwrite_record *r, size_t len,
		 enum number number, bool fresh)
{
	struct loss *loss = &p->pasts[r->source].loss;
	struct order_passed passed;

	if (r->missing > 0 && number == NUMBER_NONE)
		loss_pass_part(loss, r->header->sequnum);
	if (r->missing == 0)
		extpass_remember(p, r->source, r->header, len);
	passed = order_pass(&p->sources[r->source].order, r->header, fresh);
	p->counts.gaps += (uint64_t)passed.left_out;
	if (passed.restarted)
		*loss = (struct loss){ .begun = false };
}

bool extpass_record(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole, bool fresh, size_t *at)
{
	uint32_t msgid;
	enum number number = read_body(p, r, whole, &msgid);

	if (*at == 0 && !say_notice(p, r, number, msgid))
		return false;
	if (!extwrite_record(p->write, r, at))
		return false;
	pass(p, r, whole.len, number, fresh);
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

	if (number == NUMBER_SURE)
		return say_again(p, r, msgid);
	if (number == NUMBER_DOUBTFUL)
		loss_hear(&p->pasts[r->source].loss, msgid);
	return true;
}

/*
 * A record that still waits will be accounted for by itself, and a fragment has
 * but a part of the body.
 */
void extpass_double(struct extpass *p, struct extwrite_record *r,
		    struct extmsg_part whole)
{
	struct loss *loss = &p->pasts[r->source].loss;
	uint32_t msgid;

	if (!r->header->fragment && loss->begun &&
	    order_has_passed(&p->sources[r->source].order,
			     r->header->sequnum) &&
	    read_body(p, r, whole, &msgid) != NUMBER_NONE)
		loss_hear(loss, msgid);
}

/* Memory that was never touched stays untouched. */
void extpass_forget(struct extpass *p, uint32_t source)
{
	const struct order *order = &p->sources[source].order;

	if (order->ahead > 0 || order->begun)
		memset(&p->pasts[source], 0, sizeof(p->pasts[source]));
	p->sources[source] = (struct extpass_source){ .doubtful = 0 };
}

bool extpass_boot(struct extpass *p, const struct extwrite_record *r)
{
	if (!extwrite_booted(p->write, r))
		return false;
	extpass_forget(p, r->source);
	return true;
}
