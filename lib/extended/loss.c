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

static uint32_t count_bits(uint64_t bits)
{
	uint32_t count = 0;

	for (; bits != 0; bits &= bits - 1)
		count++;
	return count;
}

/* Whether @msgid comes after the last one; the counter wraps. */
static bool is_next(const struct loss *l, uint32_t msgid)
{
	return msgid - l->msgid - 1 <= INT32_MAX;
}

static bool id_was_logged(const struct loss *l, uint32_t msgid)
{
	uint64_t word = l->missed_ids[msgid / 64 % (LOSS_IDS / 64)];

	return l->begun && l->msgid - msgid < LOSS_IDS &&
	       (word & missed_bit(msgid)) != 0;
}

/* The bits of @heard that are below @msgid. */
static uint64_t heard_below(const struct loss *l, uint32_t msgid)
{
	uint32_t above = l->heard_id - msgid + 1; /* those from @msgid on */

	if (above > INT32_MAX || above == 0)
		return l->heard;
	return above < 64 ? l->heard >> above << above : 0;
}

/* How many messages between the last msgid and @msgid were heard of. */
static uint32_t count_heard(const struct loss *l, uint32_t msgid)
{
	uint64_t known = heard_below(l, l->msgid + 1);

	return count_bits(heard_below(l, msgid) & ~known) + l->heard_before;
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

	return count_bits(bit ? l->parts & (bit - 1) : l->parts);
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
	uint32_t came;

	if (!l->begun)
		return notice;
	if (sequnum <= l->sequnum) {
		notice.late =
			loss_was_logged(l, sequnum) || id_was_logged(l, msgid);
		notice.doubtful = l->msgid - msgid - 1 > INT32_MAX;
		return notice;
	}
	/* A lower number, in its turn: the target was made anew. */
	if (between > INT32_MAX)
		return notice;
	came = count_parts(l, sequnum) + count_heard(l, msgid);
	if (between > came)
		notice.lost = between - came;
	return notice;
}

struct loss_notice loss_look_again(const struct loss *l, uint32_t msgid)
{
	return (struct loss_notice){ .late = id_was_logged(l, msgid) };
}

/* The bits of [@from, @end) in the word of @from; *@to is where that ends. */
static uint64_t missed_bits(uint64_t from, uint64_t end, uint64_t *to)
{
	uint64_t count = 64 - from % 64;

	if (count > end - from)
		count = end - from;
	*to = from + count;
	return UINT64_MAX >> (64 - count) << from % 64;
}

/*
 * Makes @sequnum the last that had a msgid.  @some: some between are logged as
 * lost, all but those in @parts count as such.
 */
static void go_to(struct loss *l, uint64_t sequnum, bool some_lost)
{
	uint64_t begin = l->sequnum + 1;
	uint64_t from, to, parts;

	if (sequnum - begin > LOSS_KNOWN)
		begin = sequnum - LOSS_KNOWN;
	for (from = begin; from < sequnum; from = to) {
		uint64_t *word = missed_word(l, from);
		uint64_t bits = missed_bits(from, sequnum, &to);

		*word = some_lost ? *word | bits : *word & ~bits;
	}
	for (parts = l->parts; parts != 0; parts &= parts - 1) {
		from = l->sequnum + 1 + (uint64_t)__builtin_ctzll(parts);
		if (from >= begin && from < sequnum)
			*missed_word(l, from) &= ~missed_bit(from);
	}
	*missed_word(l, sequnum) &= ~missed_bit(sequnum);
}

/* Sets, or clears, @count bits of @missed_ids from that of @id on. */
static void mark_ids(struct loss *l, uint64_t id, uint32_t count, bool missed)
{
	while (count > 0) {
		uint32_t room = 64 - (uint32_t)(id % 64);
		uint32_t n = count < room ? count : room;
		uint64_t mask = (n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX)
				<< id % 64;
		uint64_t *word = &l->missed_ids[id / 64 % (LOSS_IDS / 64)];

		*word = missed ? *word | mask : *word & ~mask;
		id += n;
		count -= n;
	}
}

static void clear_heard_ids(struct loss *l)
{
	uint32_t i;

	for (i = 0; i < 64; i++)
		if (l->heard >> i & 1)
			mark_ids(l, l->heard_id - i, 1, false);
}

/* What was heard of up to @msgid says nothing of those behind it. */
static void forget_heard(struct loss *l, uint32_t msgid)
{
	l->heard &= ~heard_below(l, msgid + 1);
	l->heard_before = 0;
}

/*
 * Makes @msgid the last.  Where each message between is either lost or heard
 * of, it is known which of them are logged as lost.
 */
static void go_to_id(struct loss *l, uint32_t msgid, uint32_t lost)
{
	uint32_t between = msgid - l->msgid - 1;
	bool known = lost > 0 && lost + count_heard(l, msgid) == between &&
		     l->heard_before == 0;

	if (between >= LOSS_IDS)
		between = LOSS_IDS - 1;
	mark_ids(l, msgid - between, between, known);
	mark_ids(l, msgid, 1, false);
	if (l->heard == 0)
		return;
	clear_heard_ids(l);
	/* Of a target that was made anew nothing was heard yet. */
	forget_heard(l, is_next(l, msgid) ? msgid : l->heard_id);
}

void loss_hear(struct loss *l, uint32_t msgid)
{
	uint32_t ahead = msgid - l->heard_id;

	if (l->begun && !is_next(l, msgid))
		return;
	if (l->heard == 0) {
		l->heard = 1;
		l->heard_id = msgid;
	} else if (ahead > INT32_MAX) {
		if (l->heard_id - msgid < 64)
			l->heard |= UINT64_C(1) << (l->heard_id - msgid);
	} else {
		uint64_t stay = ahead < 64 ? l->heard << ahead : 0;

		l->heard_before += count_bits(l->heard) - count_bits(stay);
		l->heard = stay | 1;
		l->heard_id = msgid;
	}
}

/* Keeps the parts behind @sequnum, which the next msgid accounts for. */
static void keep_parts(struct loss *l, uint64_t sequnum)
{
	uint64_t behind = sequnum - l->sequnum;

	l->parts = behind < 64 ? l->parts >> behind : 0;
}

static void take_back(struct loss *l, uint64_t sequnum, uint32_t msgid)
{
	if (loss_was_logged(l, sequnum))
		*missed_word(l, sequnum) &= ~missed_bit(sequnum);
	if (id_was_logged(l, msgid))
		mark_ids(l, msgid, 1, false);
}

void loss_log_again(struct loss *l, uint64_t sequnum, uint32_t msgid,
		    const struct loss_notice *notice)
{
	if (notice->late)
		take_back(l, sequnum, msgid);
	else
		loss_hear(l, msgid);
}

void loss_log(struct loss *l, uint64_t sequnum, uint32_t msgid,
	      const struct loss_notice *notice)
{
	if (notice->late)
		take_back(l, sequnum, msgid);
	if (l->begun && sequnum <= l->sequnum)
		return;
	if (l->begun) {
		go_to(l, sequnum, notice->lost > 0);
		keep_parts(l, sequnum);
		go_to_id(l, msgid, notice->lost);
	} else {
		forget_heard(l, msgid);
	}
	l->begun = true;
	l->sequnum = sequnum;
	l->msgid = msgid;
}

/* As its msgid isn't known, no msgid is known to be lost any more. */
void loss_excuse(struct loss *l, uint64_t sequnum)
{
	if (!loss_was_logged(l, sequnum))
		return;
	*missed_word(l, sequnum) &= ~missed_bit(sequnum);
	mark_ids(l, 0, LOSS_IDS, false);
}

void loss_pass_part(struct loss *l, uint64_t sequnum)
{
	if (l->begun)
		l->parts |= part_of(l, sequnum);
}
