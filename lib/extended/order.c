/* order - where a record belongs among others; see order.h. */
#include "order.h"

#define BACK_US	    2000000 /* no clock is that far behind, and no datagram */
#define BACK_COARSE 9 /* the same in units of 2^18 us, rounded up */
#define NEAR	    64 /* sequnums near zero */
#define NEAR_US	    1000000 /* time near zero */
#define CLOSE	    64 /* sequnums back at which a record may just be late */
#define ASTRAY	    8 /* records far back, one after the other, lead back */

/* The multiplier is that of Knuth's MMIX generator; any odd one will do. */
static uint64_t mix(uint64_t mixed, uint64_t value)
{
	mixed = (mixed ^ value) * 6364136223846793005u;
	return mixed ^ mixed >> 32;
}

/* Of a digest: its numbers, its length, and more. */
#define NUMBERS	 0xffffff00U
#define LENGTH	 0x000000fcU
#define REPLAYED 2U
#define THERE	 1U

/* Records with the same numbers and length are the same. */
static uint32_t digest(const struct extmsg *msg, size_t len)
{
	uint64_t mixed = mix(mix(0, msg->sequnum), msg->usec);
	uint64_t length;

	mixed = mix(mixed, msg->prio);
	length = mix(mixed, len);
	return ((uint32_t)(mixed >> 32) & NUMBERS) |
	       ((uint32_t)(length >> 32) & LENGTH) |
	       (msg->replayed ? REPLAYED : 0) | THERE;
}

/* How many sequnums a late record is back; 0: not late. */
static uint64_t back(const struct order *o, uint64_t sequnum)
{
	return order_is_late(o, sequnum) ? o->next - sequnum : 0;
}

static uint64_t passed_bit(uint64_t sequnum)
{
	return UINT64_C(1) << sequnum % 64;
}

static uint64_t *passed_word(struct order *o, uint64_t sequnum)
{
	return &o->passed[sequnum / 64 % (ORDER_KNOWN / 64)];
}

bool order_has_passed(const struct order *o, uint64_t sequnum)
{
	uint64_t n = back(o, sequnum);
	uint64_t word = o->passed[sequnum / 64 % (ORDER_KNOWN / 64)];

	return n > 0 && n <= o->known && (word & passed_bit(sequnum)) != 0;
}

/* Whether @sequnum was left out and has not come since. */
static bool is_left_out(const struct order *o, uint64_t sequnum)
{
	uint64_t n = back(o, sequnum);

	return n > 0 && n <= o->known && !order_has_passed(o, sequnum);
}

static uint32_t coarse(uint64_t usec)
{
	return (uint32_t)(usec >> 18);
}

/*
 * Whether the record's time is from long before all that passed.  A coarse time
 * wraps after 35 years, so a forged one may be earlier, and its record later.
 */
static bool is_from_before(const struct order *o, const struct extmsg *msg)
{
	uint32_t before = o->passed_time - coarse(msg->usec);

	return o->begun && before >= BACK_COARSE && before <= INT32_MAX &&
	       msg->usec < o->usec;
}

/*
 * Whether the sender booted.  After a boot sequnum and time begin near zero.  A
 * target made through configfs begins wherever the ring buffer is: at a lower
 * sequnum than the last, or by chance at a higher one.  So the time decides: it
 * goes back by more than the clocks of two processors differ.  A ring buffer
 * that is sent all at once may have days between two records, though not near
 * its beginning; so a record that was left out is late, whatever its time.
 */
static bool is_boot(const struct order *o, const struct extmsg *msg)
{
	uint64_t next = o->begun ? o->next : o->ahead;
	bool near = msg->sequnum < NEAR && msg->usec < NEAR_US;

	/* Nothing is sent again of a boot of which nothing was sent. */
	if (msg->replayed)
		return false;
	if (msg->sequnum >= next)
		return is_from_before(o, msg);
	if (msg->usec >= o->usec)
		return false;
	if (near && o->usec - msg->usec >= NEAR_US)
		return true;
	if (o->usec - msg->usec < BACK_US || is_left_out(o, msg->sequnum))
		return false;
	return next - msg->sequnum > CLOSE || order_has_passed(o, msg->sequnum);
}

/*
 * Whether the record came before.  A kernel that sends a record again counts it
 * again, so its msgid may be longer then.  A sequnum that wasn't seen yet is no
 * double, whatever its digest.
 */
static bool came_before(const struct order *o, const struct order_seen *seen,
			const struct extmsg *msg, size_t len,
			enum order_place *place)
{
	uint32_t before, now;

	if (msg->sequnum >= o->ahead)
		return false;
	before = seen->digests[msg->sequnum % ORDER_SEEN];
	now = digest(msg, len);
	*place = (before | now) & REPLAYED ? ORDER_AGAIN : ORDER_DOUBLE;
	return before == now ||
	       (*place == ORDER_AGAIN && ((before ^ now) & NUMBERS) == 0 &&
		before != 0);
}

enum order_place order_place(const struct order *o,
			     const struct order_seen *seen,
			     const struct extmsg *msg, size_t len)
{
	enum order_place place;

	if (came_before(o, seen, msg, len, &place))
		return place;
	if (is_boot(o, msg))
		return ORDER_BOOT;
	if (!o->begun)
		return ORDER_FIRST;
	if (msg->sequnum == o->next)
		return ORDER_NEXT;
	return msg->sequnum > o->next ? ORDER_AHEAD : ORDER_LATE;
}

/* The next sequnum; UINT64_MAX, which no kernel reaches, is its own. */
static uint64_t after(uint64_t sequnum)
{
	return sequnum < UINT64_MAX ? sequnum + 1 : sequnum;
}

static void see_time(struct order *o, const struct extmsg *msg)
{
	if (msg->usec > o->usec)
		o->usec = msg->usec;
}

static void pass_time(struct order *o, const struct extmsg *msg)
{
	uint32_t passed_time = coarse(msg->usec);

	see_time(o, msg);
	if (!o->begun || passed_time - o->passed_time <= INT32_MAX)
		o->passed_time = passed_time;
}

void order_remember(struct order *o, struct order_seen *seen,
		    const struct extmsg *msg, size_t len)
{
	seen->digests[msg->sequnum % ORDER_SEEN] = digest(msg, len);
	if (msg->sequnum >= o->ahead)
		o->ahead = after(msg->sequnum);
	see_time(o, msg);
}

/* Notes that a fresh record is far back; true: the sender is there now. */
static bool go_astray(struct order *o, uint64_t sequnum)
{
	/* The low bits suffice to see that one record follows the other. */
	uint32_t ahead = (uint32_t)sequnum - o->astray_next;

	if (ahead > ORDER_SEEN)
		o->astray = 0;
	o->astray++;
	o->astray_next = (uint32_t)sequnum + 1;
	return o->astray >= ASTRAY;
}

/* Keeps what recognizes the doubles of earlier records. */
static struct order_passed restart(struct order *o, const struct extmsg *msg)
{
	struct order_passed passed = { -(int64_t)o->leap, true };

	o->begun = false;
	o->known = 0;
	o->leap = 0;
	o->ahead = after(msg->sequnum);
	o->usec = msg->usec;
	order_pass(o, msg, true);
	return passed;
}

static struct order_passed pass_late(struct order *o, const struct extmsg *msg,
				     bool fresh)
{
	struct order_passed passed = { 0, false };

	if (back(o, msg->sequnum) > ORDER_KNOWN) {
		if (fresh && go_astray(o, msg->sequnum))
			return restart(o, msg);
		return passed;
	}
	if (is_left_out(o, msg->sequnum))
		passed.left_out = -1;
	if (back(o, msg->sequnum) <= o->known)
		*passed_word(o, msg->sequnum) |= passed_bit(msg->sequnum);
	return passed;
}

/* Notes that none of @count sequnums from @from on has passed. */
static void clear_passed(struct order *o, uint64_t from, uint64_t count)
{
	while (count > 0) {
		uint64_t n = 64 - from % 64;
		uint64_t bits;

		if (n > count)
			n = count;
		bits = n < 64 ? passed_bit(n) - 1 : UINT64_MAX;
		*passed_word(o, from) &= ~(bits << from % 64);
		from += n;
		count -= n;
	}
}

/* Moves @next up to @sequnum; no record between has passed. */
static void step_to(struct order *o, uint64_t sequnum, uint64_t left_out)
{
	uint64_t known = o->known + left_out + 1;

	if (left_out >= ORDER_KNOWN)
		left_out = known = ORDER_KNOWN;
	clear_passed(o, o->next, left_out);
	*passed_word(o, sequnum) |= passed_bit(sequnum);
	o->known = (uint8_t)(known < ORDER_KNOWN ? known : ORDER_KNOWN);
	o->next = after(sequnum);
}

struct order_passed order_pass(struct order *o, const struct extmsg *msg,
			       bool fresh)
{
	uint64_t left_out = o->begun ? msg->sequnum - o->next : 0;

	pass_time(o, msg);
	if (order_is_late(o, msg->sequnum))
		return pass_late(o, msg, fresh);
	if (!o->begun)
		o->next = msg->sequnum;
	step_to(o, msg->sequnum, left_out);
	o->begun = true;
	o->astray = 0;
	if (left_out > INT32_MAX)
		left_out = INT32_MAX; /* forged */
	if (left_out > ORDER_KNOWN)
		o->leap = (uint32_t)left_out;
	return (struct order_passed){ (int64_t)left_out, false };
}
