/* chaos - a story made of bytes, and the reckoning; see chaos.h. */
#include "chaos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reckoning.h"
#include "signals.h"
#include "wire.h"
#include "world.h"

#define SOURCES	   5
#define MEDDLE_MAX 8 /* renamed and deleted files; fakesys holds few */
#define DAYS_MAX   5
#define HEAL_MS	   4000 /* more than any retry waits */

/* What a story may have; all at once could not be reckoned. */
enum { WITH_PIECES = 1, WITH_DROPS = 2, WITH_DELETION = 4, WITH_LOOKS = 8 };

struct story {
	const uint8_t *at;
	size_t left;
	unsigned flags;
	unsigned units; /* sent so far */
	unsigned piece[SOURCES]; /* the unit that waits for its end; 0: none */
	unsigned meddled, days;
	bool truncated; /* then nothing is added, or the size tells nothing */
	bool healed;
	struct reckoning reckoning;
};

static struct story story;

static unsigned next_byte(void)
{
	if (story.left == 0)
		return 0;
	story.left--;
	return *story.at++;
}

static void send_text(unsigned source, const char *text, unsigned unit,
		      unsigned part)
{
	uint32_t drops = fake.drops;

	fake_say(source, text);
	reckoning_sent(&story.reckoning, unit, part, fake.drops != drops);
}

/* A whole line, or one whose end comes later. */
static void send_some(unsigned code)
{
	unsigned source = code % SOURCES;
	unsigned unit = story.piece[source];
	char text[RECKONING_TEXT_MAX];

	if (unit > 0) {
		story.piece[source] = 0;
		reckoning_text(text, &story.reckoning, unit, RECKONING_END);
		strcat(text, "\n");
		send_text(source, text, unit, RECKONING_END);
		return;
	}
	unit = reckoning_add(&story.reckoning, source, next_byte());
	if (unit == 0)
		return;
	if ((story.flags & WITH_PIECES) && (code & 1)) {
		story.piece[source] = unit;
		reckoning_text(text, &story.reckoning, unit, RECKONING_BEGIN);
		send_text(source, text, unit, RECKONING_BEGIN);
		return;
	}
	reckoning_text(text, &story.reckoning, unit, RECKONING_WHOLE);
	strcat(text, "\n");
	send_text(source, text, unit, RECKONING_WHOLE);
}

static bool deliver(unsigned host, const char *bytes, size_t len)
{
	uint32_t drops = fake.drops;

	fake_datagram(host, bytes, len);
	return fake.drops == drops;
}

static uint64_t clock_ms(void)
{
	return fake.now_ms;
}

/* Records of senders on a bad network. */
static void send_records(void)
{
	unsigned count = next_byte() % 16 + 1;

	while (count-- > 0)
		wire_act();
}

static void send_burst(void)
{
	unsigned count = next_byte();

	while (count-- > 0)
		send_some(2 * count);
}

/*
 * Not fstat() where people meddle: without a look nobody can know.  Not
 * ftruncate(): a piece may have to stay then.
 */
static void break_something(void)
{
	static const int errors[] = { ENOSPC, EIO,     EMFILE, ENFILE,
				      EDQUOT, EROFS,   EACCES, ETXTBSY,
				      ENOMEM, EUNATCH, EINTR,  EAGAIN,
				      ESTALE, EFBIG,   EPERM,  ENXIO };
	static const enum fake_call calls[] = {
		FAKE_OPEN,    FAKE_WRITEV, FAKE_WRITE,	    FAKE_LSTAT,
		FAKE_PREAD,   FAKE_FCHMOD, FAKE_CLOSE,	    FAKE_RECVMMSG,
		FAKE_CONNECT, FAKE_FSTAT,  FAKE_GETSOCKOPT, FAKE_STAT,
	};
	enum fake_call call = calls[next_byte() % 12];
	unsigned nth = next_byte() % 8 + 1;
	unsigned times = next_byte();
	int error = errors[next_byte() % 16];
	uint64_t lasts_ms = next_byte() * 20 + 20;

	if (call == FAKE_FSTAT && !(story.flags & WITH_LOOKS))
		return;
	fake_no_faults();
	fake_fail(FAKE_BIT(call), nth, times < 128 ? times + 1 : UINT32_MAX,
		  error, lasts_ms);
}

static void today_path(char path[64])
{
	int32_t day = (int32_t)STAMP_PERIOD_DAY(engine_period(&engine));

	snprintf(path, 64, "/log/%04d-%02d-%02d.log", (int)(day / 10000),
		 (int)(day / 100 % 100), (int)(day % 100));
}

static void rename_today(const char *path)
{
	char to[80];

	story.reckoning.copies++;
	snprintf(to, sizeof(to), "%s.%u", path, story.meddled);
	fake_rename(path, to);
}

static void delete_today(struct fake_node *node, const char *path)
{
	reckoning_gone(&story.reckoning, node->bytes, node->len);
	story.reckoning.copies++;
	fake_unlink(path);
}

static void truncate_today(struct fake_node *node, size_t len)
{
	if (len > node->len)
		len = node->len;
	story.truncated = true;
	reckoning_gone(&story.reckoning, node->bytes, node->len);
	/* What is left of it counts again at the end. */
	reckoning_cut(&story.reckoning, node->bytes, len);
	node->len = len;
	node->bytes[len] = '\0';
}

static void add_junk(struct fake_node *node)
{
	int fd = story.truncated ? -1 : fake_fd(node, O_WRONLY);

	if (fd < 0)
		return;
	/* Added to a line of ours that waits for its rest. */
	reckoning_cut(&story.reckoning, node->bytes, node->len);
	fakesys.write(fd, RECKONING_JUNK, strlen(RECKONING_JUNK));
	fakesys.close(fd);
}

/* Something that udplogger must not write to stands at the name for a while. */
static void replace_today(const char *path, mode_t mode)
{
	rename_today(path);
	fake_create(path, mode, "");
}

static void clear_today(const char *path)
{
	struct fake_node *node = fake_node(path);

	if (node && !S_ISREG(node->mode))
		fake_unlink(path);
	else if (node)
		node->mode &= (mode_t)~0111;
}

static void meddle(void)
{
	unsigned how = next_byte(), amount = next_byte();
	struct fake_node *node;
	char path[64];

	today_path(path);
	node = fake_node(path);
	if (how % 9 == 0)
		clear_today(path);
	if (!node || !S_ISREG(node->mode) || story.meddled == MEDDLE_MAX ||
	    (story.flags & WITH_LOOKS))
		return;
	if (how % 9 != 0)
		story.meddled++;
	switch (how % 9) {
	case 1:
	case 2:
		rename_today(path);
		break;
	case 3:
		node->mode |= 0100;
		break;
	case 4:
		replace_today(path, S_IFDIR | 0755);
		break;
	case 5:
		replace_today(path, S_IFLNK | 0777);
		break;
	case 6:
		add_junk(node);
		break;
	case 7:
		if (story.flags & WITH_DELETION)
			delete_today(node, path);
		break;
	case 8:
		/* What is left of joined parts could look like one of them. */
		if ((story.flags & WITH_DELETION) &&
		    !(story.flags & WITH_PIECES))
			truncate_today(node, amount * 8);
		break;
	}
}

/* The disk is full, or has room for a few bytes more, or for all. */
static void change_disk(void)
{
	unsigned room = next_byte();

	fake.capacity = room == 255 ? SIZE_MAX : fake_disk_used() + room;
}

static void set_clock(void)
{
	static const time_t steps[] = { -86400, -3600, 3600, 86400 };
	time_t now = FAKE_NOON + (time_t)(fake.now_ms / 1000);

	if (story.days++ < DAYS_MAX)
		fake_set_wall(now + steps[next_byte() % 4]);
}

static void change_socket(void)
{
	if (story.flags & WITH_DROPS)
		fake.rx_room = next_byte() + 1;
}

static void signal_it(volatile sig_atomic_t *flag)
{
	*flag = 1;
	fake.signalled = true;
}

static void heal(void)
{
	char path[64];
	unsigned i;

	fake_no_faults();
	fake.capacity = SIZE_MAX;
	fake.rx_room = FAKE_RX_ROOM;
	today_path(path);
	for (i = 0; i < FAKE_NODES; i++)
		if (strncmp(fake.nodes[i].path, "/log/", 5) == 0)
			clear_today(fake.nodes[i].path);
	/* Nobody may wait for an end that never comes. */
	for (i = 0; i < SOURCES; i++)
		if (story.piece[i] > 0)
			send_some(2 * SOURCES + i);
	wire_heal();
	story.healed = true;
}

/* Acts until the story says how long nothing happens. */
static void go_on(void)
{
	unsigned pause_ms = 0;

	if (story.healed) {
		signal_it(&signals_stop);
		return;
	}
	while (pause_ms == 0 && story.left > 0) {
		unsigned code = next_byte();

		switch (code % 16) {
		case 0:
		case 1:
		case 2:
			pause_ms = next_byte() + 1;
			break;
		case 3:
			pause_ms = next_byte() * 20 + 1;
			break;
		case 4:
			break_something();
			break;
		case 5:
			change_disk();
			break;
		case 6:
			meddle();
			break;
		case 7:
			signal_it(&signals_reopen);
			break;
		case 8:
			set_clock();
			break;
		case 9:
			change_socket();
			break;
		case 10:
			fake.short_nth = next_byte() % 4 + 1;
			fake.short_len = next_byte();
			break;
		case 11:
			send_burst();
			break;
		case 12:
		case 13:
			send_records();
			break;
		default:
			send_some(code / 16);
		}
	}
	if (pause_ms == 0) {
		heal();
		pause_ms = HEAL_MS;
	}
	fake_at(fake.now_ms + pause_ms, go_on);
}

static void begin(void)
{
	const struct wire_setup wire = {
		.draw = next_byte,
		.deliver = deliver,
		.now_ms = clock_ms,
		.copies = true,
		.reorder_ms = WORLD_REORDER_MS,
	};

	wire_open(&wire);
	go_on();
}

/* Says what is wrong, and what udplogger had to say. */
static bool is_wrong(char *why, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(why, CHAOS_WHY_MAX, format, args);
	va_end(args);
	len = strlen(why);
	snprintf(why + len, CHAOS_WHY_MAX - len, "\nsaid: %s",
		 fake_text("stderr"));
	return false;
}

/* Nothing that the log told was deleted. */
static bool is_exact(void)
{
	return !(story.flags & WITH_DELETION);
}

static bool reckon(char *why)
{
	const struct collector_counts *counts = &engine.collector.counts;
	char reason[RECKONING_WHY_MAX];
	unsigned i;

	for (i = 0; i < FAKE_NODES; i++) {
		const struct fake_node *node = &fake.nodes[i];

		if (S_ISREG(node->mode) &&
		    !reckoning_read(&story.reckoning, node->bytes, node->len,
				    reason))
			return is_wrong(why, "%s: %s", node->path, reason);
	}
	if (counts->datagrams != fake.received)
		return is_wrong(why, "%u datagrams of %u are taken in",
				(unsigned)counts->datagrams,
				(unsigned)fake.received);
	if (fake.received + fake.drops != fake.sent)
		return is_wrong(why, "the socket is not empty");
	if (!reckoning_close(&story.reckoning, fake.drops, is_exact(), reason))
		return is_wrong(why, "%s", reason);
	return !is_exact() ||
	       wire_close(engine.collector.extended.pass.counts.lost, reason) ||
	       is_wrong(why, "%s", reason);
}

bool chaos_play(const uint8_t *bytes, size_t len, char why[CHAOS_WHY_MAX])
{
	story = (struct story){ .at = bytes, .left = len };
	story.flags = next_byte();
	/* A piece that is dropped would glue the other one to the next line. */
	if (story.flags & WITH_PIECES)
		story.flags &= ~(unsigned)WITH_DROPS;
	reckoning_open(&story.reckoning);
	world_reset(FAKE_NOON + 43195);
	fake_at(1100, begin);
	if (!engine_run(&engine))
		return is_wrong(why, "it gave something up");
	return reckon(why);
}
