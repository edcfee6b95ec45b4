/* loss - which messages did not come; see loss.h. */
#include "loss.h"

static uint64_t *missed_word(struct loss *l, uint64_t sequnum)
{
	return &l->missed[sequnum / 64 % (LOSS_KNOWN / 64)];
}

static uint64_t missed_bit(uint64_t sequnum)
{
	return UINT64_C(1) << sequnum % 64;
}

/* The bit of @sequnum in @parts; 0 where it has none. */
static uint64_t part_of(const struct loss *l, uint64_t sequnum)
{
	uint64_t i = sequnum - l->sequnum - 1;

	return sequnum > l->sequnum && i < 64 ? UINT64_C(1) << i : 0;
}

/* How many messages between the last msgid and @sequnum passed in part. */
static uint32_t count_parts(const struct loss *l, uint64_t sequnum)
{
	uint64_t bit = part_of(l, sequnum);
	uint64_t parts = bit ? l->parts & (bit - 1) : l->parts;
	uint32_t count = 0;

	for (; parts != 0; parts &= parts - 1)
		count++;
	return count;
}

bool loss_was_logged(const struct loss *l, uint64_t sequnum)
{
	uint64_t word = l->missed[sequnum / 64 % (LOSS_KNOWN / 64)];

	return l->begun && sequnum < l->sequnum &&
	       l->sequnum - sequnum < LOSS_KNOWN &&
	       (word & missed_bit(sequnum)) != 0;
}

struct loss_notice loss_look(const struct loss *l, uint64_t sequnum,
			     uint32_t msgid)
{
	uint32_t between = msgid - l->msgid - 1; /* the counter wraps */
	struct loss_notice notice = { 0, l->msgid + 1, msgid - 1, false,
				      false };
	uint32_t parts;

	if (!l->begun || sequnum == l->sequnum)
		return notice;
	if (sequnum < l->sequnum) {
		notice.late = loss_was_logged(l, sequnum);
		notice.doubtful = l->msgid - msgid - 1 > INT32_MAX;
		return notice;
	}
	/* A lower number, in its turn: the target was made anew. */
	if (between > INT32_MAX)
		return notice;
	parts = count_parts(l, sequnum);
	if (between > parts)
		notice.lost = between - parts;
	return notice;
}

/*
 * Makes @sequnum the last that had a msgid.  @some: some between are logged as
 * lost, all but those in @parts count as such.
 */
static void go_to(struct loss *l, uint64_t sequnum, bool some_lost)
{
	uint64_t from = l->sequnum + 1;

	if (sequnum - from > LOSS_KNOWN)
		from = sequnum - LOSS_KNOWN;
	for (; from < sequnum; from++) {
		*missed_word(l, from) &= ~missed_bit(from);
		if (some_lost && (part_of(l, from) & l->parts) == 0)
			*missed_word(l, from) |= missed_bit(from);
	}
	*missed_word(l, sequnum) &= ~missed_bit(sequnum);
}

/* Keeps the parts behind @sequnum, which the next msgid accounts for. */
static void keep_parts(struct loss *l, uint64_t sequnum)
{
	uint64_t behind = sequnum - l->sequnum;

	l->parts = behind < 64 ? l->parts >> behind : 0;
}

void loss_log(struct loss *l, uint64_t sequnum, uint32_t msgid,
	      const struct loss_notice *notice)
{
	if (notice->late)
		loss_excuse(l, sequnum);
	if (l->begun && sequnum <= l->sequnum)
		return;
	if (l->begun) {
		go_to(l, sequnum, notice->lost > 0);
		keep_parts(l, sequnum);
	}
	l->begun = true;
	l->sequnum = sequnum;
	l->msgid = msgid;
}

void loss_excuse(struct loss *l, uint64_t sequnum)
{
	if (loss_was_logged(l, sequnum))
		*missed_word(l, sequnum) &= ~missed_bit(sequnum);
}

void loss_pass_part(struct loss *l, uint64_t sequnum)
{
	if (l->begun)
		l->parts |= part_of(l, sequnum);
}
