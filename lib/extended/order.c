/* order - where a record belongs among others; see order.h. */
#include "order.h"

#define BACK_US 2000000 /* no clock goes back that far, and no datagram waits */
#define NEAR	64 /* sequnums, and */
#define NEAR_US 1000000 /* time, that are near zero */
#define ASTRAY \
	8 /* late records in a row, after which they are no longer late */

/* The multiplier is that of Knuth's MMIX generator; any odd one will do. */
static uint64_t mix(uint64_t mixed, uint64_t value)
{
	mixed = (mixed ^ value) * 6364136223846793005u;
	return mixed ^ mixed >> 32;
}

/* Records with the same numbers and length are the same. */
static uint32_t digest(const struct extmsg *msg, size_t len)
{
	uint64_t mixed = mix(mix(0, msg->sequnum), msg->usec);

	mixed = mix(mixed, (uint64_t)msg->prio << 32 ^ len);
	return (uint32_t)(mixed >> 32) | 1;
}

static bool is_far(uint64_t next, uint64_t sequnum)
{
	return next - sequnum > ORDER_SEEN;
}

/* Whether that one came, which is late, and not far. */
static bool was_passed(const struct order *s, uint64_t sequnum)
{
	return s->begun && (s->passed >> (s->next - sequnum - 1) & 1) != 0;
}

/*
 * After a boot both numbers begin near zero.  A target that is made through
 * configfs begins wherever the ring buffer is, so what counts is that both go
 * back, and farther than two processors' clocks are apart.  In a ring buffer
 * that is sent all at once there may be days between two records, but not near
 * its beginning; so one that belongs into a gap close by is late, whatever its
 * time.
 */
static bool is_boot(const struct order *s, const struct extmsg *msg)
{
	uint64_t next = s->begun ? s->next : s->ahead;
	bool near = msg->sequnum < NEAR && msg->usec < NEAR_US;

	if (msg->sequnum >= next || msg->usec >= s->usec)
		return false;
	if (near && s->usec - msg->usec >= NEAR_US)
		return true;
	return s->usec - msg->usec >= BACK_US &&
	       (is_far(next, msg->sequnum) || was_passed(s, msg->sequnum));
}

/* What was remembered, and may have been, as it is no new number. */
static bool is_double(const struct order *s, const struct extmsg *msg,
		      size_t len)
{
	uint64_t sequnum = msg->sequnum;

	if (s->seen[sequnum % ORDER_SEEN] != digest(msg, len))
		return false;
	if (!order_is_late(s, msg))
		return sequnum < s->ahead;
	return is_far(s->next, sequnum) || was_passed(s, sequnum);
}

enum order_place order_look(const struct order *s, const struct extmsg *msg,
			    size_t len)
{
	if (is_double(s, msg, len))
		return ORDER_DOUBLE;
	if (is_boot(s, msg))
		return ORDER_BOOT;
	if (!s->begun)
		return ORDER_FIRST;
	if (msg->sequnum == s->next)
		return ORDER_NEXT;
	return msg->sequnum > s->next ? ORDER_AHEAD : ORDER_LATE;
}

/* No kernel gets that far; whoever forges it has it again and again. */
static uint64_t after(uint64_t sequnum)
{
	return sequnum < UINT64_MAX ? sequnum + 1 : sequnum;
}

static void see_time(struct order *s, const struct extmsg *msg)
{
	if (msg->usec > s->usec)
		s->usec = msg->usec;
}

void order_remember(struct order *s, const struct extmsg *msg, size_t len)
{
	s->seen[msg->sequnum % ORDER_SEEN] = digest(msg, len);
	if (msg->sequnum >= s->ahead)
		s->ahead = after(msg->sequnum);
	see_time(s, msg);
}

/*
 * A forged number that was far ahead would make all that follow late.  Some in
 * a row that are far back are the sender's own.
 */
static bool leads_back(struct order *s, const struct extmsg *msg)
{
	/* Low bits will do: what matters is that one follows the other. */
	uint32_t ahead = (uint32_t)msg->sequnum - s->astray_next;

	if (ahead > ORDER_SEEN)
		s->astray = 0;
	s->astray++;
	s->astray_next = (uint32_t)msg->sequnum + 1;
	if (s->astray < ASTRAY)
		return false;
	s->next = s->ahead = after(msg->sequnum);
	s->usec = msg->usec;
	s->passed = 1;
	s->left_out = s->told = s->astray = 0;
	s->numbered = false;
	return true;
}

static int64_t pass_late(struct order *s, const struct extmsg *msg)
{
	if (!is_far(s->next, msg->sequnum))
		s->passed |= UINT64_C(1) << (s->next - msg->sequnum - 1);
	else if (leads_back(s, msg))
		return 0;
	if (s->left_out == 0)
		return 0;
	s->left_out--;
	return -1;
}

int64_t order_pass(struct order *s, const struct extmsg *msg)
{
	uint64_t left_out = 0;

	s->late_told = false;
	see_time(s, msg);
	if (order_is_late(s, msg))
		return pass_late(s, msg);
	if (s->begun)
		left_out = msg->sequnum - s->next;
	s->passed = left_out < ORDER_SEEN - 1 ? s->passed << (left_out + 1) : 0;
	s->passed |= 1;
	/* Forged, and no sender's own. */
	if (left_out > INT32_MAX - s->left_out)
		left_out = INT32_MAX - s->left_out;
	s->begun = true;
	s->next = after(msg->sequnum);
	s->left_out += (uint32_t)left_out;
	return (int64_t)left_out;
}

struct order_loss order_loss(const struct order *s, uint32_t msgid,
			     uint32_t spared, bool late)
{
	uint32_t ahead = msgid - s->msgid; /* the counter wraps */
	struct order_loss loss = { 0, s->msgid + 1, msgid - 1, false };

	if (!s->numbered)
		return loss;
	spared += s->unnumbered;
	if (ahead - 1 <= INT32_MAX) {
		if (ahead - 1 > spared)
			loss.lost = ahead - 1 - spared;
	} else if (ahead > 0 && late && s->told > 0 && !s->late_told) {
		/* It is before the last one, and not before the first told. */
		loss.late = msgid - s->told_from <= INT32_MAX;
	}
	return loss;
}

void order_told(struct order *s, const struct order_loss *loss, uint32_t msgid,
		bool late)
{
	bool back = s->numbered && msgid - s->msgid - 1 > INT32_MAX;

	if (s->numbered && msgid == s->msgid)
		return;
	if (loss->lost > 0) {
		if (s->told == 0)
			s->told_from = loss->first;
		s->told += loss->lost;
	}
	if (loss->late) {
		s->told--;
		s->late_told = true;
	}
	/* In its turn a lower number means that the target was made anew. */
	if (back && late)
		return;
	if (back)
		s->told = 0;
	s->numbered = true;
	s->msgid = msgid;
	s->unnumbered = 0;
}

void order_unnumbered(struct order *s)
{
	if (s->numbered && s->unnumbered < UINT16_MAX)
		s->unnumbered++;
}
