/* sequence - where a record belongs among others; see sequence.h. */
#include "sequence.h"

#define BACK_US 2000000 /* no clock goes back that far, and no datagram waits */
#define NEAR	64 /* sequnums, and */
#define NEAR_US 1000000 /* time, that are near zero */

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

/*
 * After a boot both numbers begin near zero.  A target that is made through
 * configfs begins wherever the ring buffer is, so what counts is that both go
 * back, and farther than two processors' clocks are apart.  In a ring buffer
 * that is sent all at once there may be days between two records, but not near
 * its beginning; so one that belongs into a gap close by is late, whatever its
 * time.
 */
static bool is_boot(const struct sequence *s, const struct extmsg *msg)
{
	uint64_t next = s->begun ? s->next : s->ahead;
	uint64_t back = next - msg->sequnum;
	bool near = msg->sequnum < NEAR && msg->usec < NEAR_US;

	if (msg->sequnum >= next || msg->usec >= s->usec)
		return false;
	if (back <= SEQUENCE_SEEN && (s->passed >> (back - 1) & 1) == 0)
		return near && s->usec - msg->usec >= NEAR_US;
	return near || s->usec - msg->usec >= BACK_US;
}

enum sequence_place sequence_look(const struct sequence *s,
				  const struct extmsg *msg, size_t len)
{
	if (s->seen[msg->sequnum % SEQUENCE_SEEN] == digest(msg, len))
		return SEQUENCE_DOUBLE;
	if (is_boot(s, msg))
		return SEQUENCE_BOOT;
	if (!s->begun)
		return SEQUENCE_FIRST;
	if (msg->sequnum == s->next)
		return SEQUENCE_NEXT;
	return msg->sequnum > s->next ? SEQUENCE_AHEAD : SEQUENCE_LATE;
}

/* No kernel gets that far; whoever forges it has it again and again. */
static uint64_t after(uint64_t sequnum)
{
	return sequnum < UINT64_MAX ? sequnum + 1 : sequnum;
}

static void see_time(struct sequence *s, const struct extmsg *msg)
{
	if (msg->usec > s->usec)
		s->usec = msg->usec;
}

void sequence_remember(struct sequence *s, const struct extmsg *msg, size_t len)
{
	s->seen[msg->sequnum % SEQUENCE_SEEN] = digest(msg, len);
	if (msg->sequnum >= s->ahead)
		s->ahead = after(msg->sequnum);
	see_time(s, msg);
}

static int64_t pass_late(struct sequence *s, uint64_t sequnum)
{
	uint64_t back = s->next - sequnum;

	if (back <= SEQUENCE_SEEN)
		s->passed |= UINT64_C(1) << (back - 1);
	if (s->left_out == 0)
		return 0;
	s->left_out--;
	return -1;
}

int64_t sequence_pass(struct sequence *s, const struct extmsg *msg)
{
	uint64_t left_out = 0;

	s->late_told = false;
	see_time(s, msg);
	if (sequence_is_late(s, msg))
		return pass_late(s, msg->sequnum);
	if (s->begun)
		left_out = msg->sequnum - s->next;
	if (left_out > INT32_MAX)
		left_out = INT32_MAX; /* no sender's, but forged */
	s->passed =
		left_out < SEQUENCE_SEEN - 1 ? s->passed << (left_out + 1) : 0;
	s->passed |= 1;
	s->begun = true;
	s->next = after(msg->sequnum);
	s->left_out += left_out;
	return (int64_t)left_out;
}

struct sequence_loss sequence_loss(const struct sequence *s, uint32_t msgid,
				   uint32_t spared, bool late)
{
	uint32_t ahead = msgid - s->msgid; /* the counter wraps */
	struct sequence_loss loss = { 0, s->msgid + 1, msgid - 1, false };

	if (!s->numbered)
		return loss;
	spared += s->unnumbered;
	if (ahead - 1 <= INT32_MAX) {
		if (ahead - 1 > spared)
			loss.lost = ahead - 1 - spared;
	} else if (ahead > 0 && late && s->told > 0 && !s->late_told) {
		loss.late = true;
	}
	return loss;
}

void sequence_told(struct sequence *s, const struct sequence_loss *loss,
		   uint32_t msgid, bool late)
{
	bool back = s->numbered && msgid - s->msgid - 1 > INT32_MAX;

	if (s->numbered && msgid == s->msgid)
		return;
	s->told += loss->lost;
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

void sequence_unnumbered(struct sequence *s)
{
	if (s->numbered)
		s->unnumbered++;
}
