/* loss - which messages did not come; see loss.h. */
#include "loss.h"

#include <string.h>

static const struct loss_marks *marks_of(const struct pool *marks,
					 const struct loss *l)
{
	static const struct loss_marks none;

	return l->marks > 0 ? pool_at(marks, l->marks - 1) : &none;
}

/* The same for one who sets some; there is a block for each sender. */
static struct loss_marks *take_marks(struct pool *marks, struct loss *l)
{
	if (l->marks == 0) {
		uint32_t block = pool_get(marks);

		memset(pool_at(marks, block), 0, sizeof(struct loss_marks));
		l->marks = (block + 1) & INT32_MAX;
	}
	return pool_at(marks, l->marks - 1);
}

static bool is_any_set(const struct loss_marks *m)
{
	uint64_t set = m->parts | m->heard | m->heard_before;
	unsigned i;

	for (i = 0; i < LOSS_KNOWN / 64; i++)
		set |= m->missed[i];
	for (i = 0; i < LOSS_IDS / 64; i++)
		set |= m->missed_ids[i];
	return set != 0;
}

static void leave_marks(struct pool *marks, struct loss *l)
{
	if (l->marks > 0)
		pool_put(marks, l->marks - 1);
	l->marks = 0;
}

/* Keeps the block of @l only if it needs it. */
static void settle_marks(struct pool *marks, struct loss *l)
{
	if (!is_any_set(marks_of(marks, l)))
		leave_marks(marks, l);
}

void loss_forget(struct pool *marks, struct loss *l)
{
	leave_marks(marks, l);
	*l = (struct loss){ .begun = false };
}

static uint64_t *missed_word(struct loss_marks *m, uint64_t sequnum)
{
	return &m->missed[sequnum / 64 % (LOSS_KNOWN / 64)];
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

static bool id_was_logged(const struct loss_marks *m, const struct loss *l,
			  uint32_t msgid)
{
	uint64_t word = m->missed_ids[msgid / 64 % (LOSS_IDS / 64)];

	return l->begun && l->msgid - msgid < LOSS_IDS &&
	       (word & missed_bit(msgid)) != 0;
}

/* The bits of @heard that are below @msgid. */
static uint64_t heard_below(const struct loss_marks *m, uint32_t msgid)
{
	uint32_t above = m->heard_id - msgid + 1; /* those from @msgid on */

	if (above > INT32_MAX || above == 0)
		return m->heard;
	return above < 64 ? m->heard >> above << above : 0;
}

/* How many messages between the last msgid and @msgid were heard of. */
static uint32_t count_heard(const struct loss_marks *m, const struct loss *l,
			    uint32_t msgid)
{
	uint64_t known = heard_below(m, l->msgid + 1);

	return count_bits(heard_below(m, msgid) & ~known) + m->heard_before;
}

/* The bit of @sequnum in @parts; 0 where it has none. */
static uint64_t part_of(const struct loss *l, uint64_t sequnum)
{
	uint64_t i = sequnum - l->sequnum - 1;

	return sequnum > l->sequnum && i < 64 ? UINT64_C(1) << i : 0;
}

/* How many messages between the last msgid and @sequnum passed in part. */
static uint32_t count_parts(const struct loss_marks *m, const struct loss *l,
			    uint64_t sequnum)
{
	uint64_t bit = part_of(l, sequnum);

	return count_bits(bit ? m->parts & (bit - 1) : m->parts);
}

static bool was_logged(const struct loss_marks *m, const struct loss *l,
		       uint64_t sequnum)
{
	uint64_t word = m->missed[sequnum / 64 % (LOSS_KNOWN / 64)];

	return l->begun && sequnum < l->sequnum &&
	       l->sequnum - sequnum < LOSS_KNOWN &&
	       (word & missed_bit(sequnum)) != 0;
}

bool loss_was_logged(const struct pool *marks, const struct loss *l,
		     uint64_t sequnum)
{
	return was_logged(marks_of(marks, l), l, sequnum);
}

struct loss_notice loss_look(const struct pool *marks, const struct loss *l,
			     uint64_t sequnum, uint32_t msgid)
{
	const struct loss_marks *m = marks_of(marks, l);
	uint32_t between = msgid - l->msgid - 1; /* the counter wraps */
	struct loss_notice notice = { 0, l->msgid + 1, msgid - 1, false,
				      false };
	uint32_t came;

	if (!l->begun)
		return notice;
	if (sequnum <= l->sequnum) {
		notice.late =
			was_logged(m, l, sequnum) || id_was_logged(m, l, msgid);
		notice.doubtful = l->msgid - msgid - 1 > INT32_MAX;
		return notice;
	}
	/* A lower number, in its turn: the target was made anew. */
	if (between > INT32_MAX)
		return notice;
	if (l->marks == 0) {
		notice.lost = between;
		return notice;
	}
	came = count_parts(m, l, sequnum) + count_heard(m, l, msgid);
	if (between > came)
		notice.lost = between - came;
	return notice;
}

struct loss_notice loss_look_again(const struct pool *marks,
				   const struct loss *l, uint32_t msgid)
{
	return (struct loss_notice){ .late = id_was_logged(marks_of(marks, l),
							   l, msgid) };
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
static void go_to(struct loss_marks *m, const struct loss *l, uint64_t sequnum,
		  bool some_lost)
{
	uint64_t begin = l->sequnum + 1;
	uint64_t from, to, parts;

	if (sequnum - begin > LOSS_KNOWN)
		begin = sequnum - LOSS_KNOWN;
	for (from = begin; from < sequnum; from = to) {
		uint64_t *word = missed_word(m, from);
		uint64_t bits = missed_bits(from, sequnum, &to);

		*word = some_lost ? *word | bits : *word & ~bits;
	}
	for (parts = m->parts; parts != 0; parts &= parts - 1) {
		from = l->sequnum + 1 + (uint64_t)__builtin_ctzll(parts);
		if (from >= begin && from < sequnum)
			*missed_word(m, from) &= ~missed_bit(from);
	}
	*missed_word(m, sequnum) &= ~missed_bit(sequnum);
}

/* Sets, or clears, @count bits of @missed_ids from that of @id on. */
static void mark_ids(struct loss_marks *m, uint64_t id, uint32_t count,
		     bool missed)
{
	while (count > 0) {
		uint32_t room = 64 - (uint32_t)(id % 64);
		uint32_t n = count < room ? count : room;
		uint64_t mask = (n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX)
				<< id % 64;
		uint64_t *word = &m->missed_ids[id / 64 % (LOSS_IDS / 64)];

		*word = missed ? *word | mask : *word & ~mask;
		id += n;
		count -= n;
	}
}

static void clear_heard_ids(struct loss_marks *m)
{
	uint32_t i;

	for (i = 0; i < 64; i++)
		if (m->heard >> i & 1)
			mark_ids(m, m->heard_id - i, 1, false);
}

/* What was heard of up to @msgid says nothing of those behind it. */
static void forget_heard(struct loss_marks *m, uint32_t msgid)
{
	m->heard &= ~heard_below(m, msgid + 1);
	m->heard_before = 0;
}

/*
 * Makes @msgid the last.  Where each message between is either lost or heard
 * of, it is known which of them are logged as lost.
 */
static void go_to_id(struct loss_marks *m, const struct loss *l, uint32_t msgid,
		     uint32_t lost)
{
	uint32_t between = msgid - l->msgid - 1;
	bool known = lost > 0 && lost + count_heard(m, l, msgid) == between &&
		     m->heard_before == 0;

	if (between >= LOSS_IDS)
		between = LOSS_IDS - 1;
	mark_ids(m, msgid - between, between, known);
	mark_ids(m, msgid, 1, false);
	if (m->heard == 0)
		return;
	clear_heard_ids(m);
	/* Of a target that was made anew nothing was heard yet. */
	forget_heard(m, is_next(l, msgid) ? msgid : m->heard_id);
}

static void hear(struct loss_marks *m, uint32_t msgid)
{
	uint32_t ahead = msgid - m->heard_id;

	if (m->heard == 0) {
		m->heard = 1;
		m->heard_id = msgid;
	} else if (ahead > INT32_MAX) {
		if (m->heard_id - msgid < 64)
			m->heard |= UINT64_C(1) << (m->heard_id - msgid);
	} else {
		uint64_t stay = ahead < 64 ? m->heard << ahead : 0;

		m->heard_before += count_bits(m->heard) - count_bits(stay);
		m->heard = stay | 1;
		m->heard_id = msgid;
	}
}

void loss_hear(struct pool *marks, struct loss *l, uint32_t msgid)
{
	if (!l->begun || is_next(l, msgid))
		hear(take_marks(marks, l), msgid);
}

/* Keeps the parts behind @sequnum, which the next msgid accounts for. */
static void keep_parts(struct loss_marks *m, const struct loss *l,
		       uint64_t sequnum)
{
	uint64_t behind = sequnum - l->sequnum;

	m->parts = behind < 64 ? m->parts >> behind : 0;
}

static void take_back(struct loss_marks *m, const struct loss *l,
		      uint64_t sequnum, uint32_t msgid)
{
	if (was_logged(m, l, sequnum))
		*missed_word(m, sequnum) &= ~missed_bit(sequnum);
	if (id_was_logged(m, l, msgid))
		mark_ids(m, msgid, 1, false);
}

void loss_log_again(struct pool *marks, struct loss *l, uint64_t sequnum,
		    uint32_t msgid, const struct loss_notice *notice)
{
	if (!notice->late) {
		loss_hear(marks, l, msgid);
		return;
	}
	take_back(take_marks(marks, l), l, sequnum, msgid);
	settle_marks(marks, l);
}

/* @m is what loss_log() needs of @l's. */
static void log_marks(struct loss_marks *m, const struct loss *l,
		      uint64_t sequnum, uint32_t msgid,
		      const struct loss_notice *notice)
{
	if (notice->late)
		take_back(m, l, sequnum, msgid);
	if (!l->begun) {
		forget_heard(m, msgid);
	} else if (sequnum > l->sequnum) {
		go_to(m, l, sequnum, notice->lost > 0);
		keep_parts(m, l, sequnum);
		go_to_id(m, l, msgid, notice->lost);
	}
}

void loss_log(struct pool *marks, struct loss *l, uint64_t sequnum,
	      uint32_t msgid, const struct loss_notice *notice)
{
	if (l->marks > 0 || notice->lost > 0) {
		log_marks(take_marks(marks, l), l, sequnum, msgid, notice);
		settle_marks(marks, l);
	}
	if (l->begun && sequnum <= l->sequnum)
		return;
	l->begun = true;
	l->sequnum = sequnum;
	l->msgid = msgid;
}

/* As its msgid isn't known, no msgid is known to be lost any more. */
void loss_excuse(struct pool *marks, struct loss *l, uint64_t sequnum)
{
	struct loss_marks *m;

	if (!loss_was_logged(marks, l, sequnum))
		return;
	m = take_marks(marks, l);
	*missed_word(m, sequnum) &= ~missed_bit(sequnum);
	mark_ids(m, 0, LOSS_IDS, false);
	settle_marks(marks, l);
}

void loss_pass_part(struct pool *marks, struct loss *l, uint64_t sequnum)
{
	uint64_t part = l->begun ? part_of(l, sequnum) : 0;

	if (part != 0)
		take_marks(marks, l)->parts |= part;
}
