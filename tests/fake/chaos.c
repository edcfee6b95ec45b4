/* chaos - a story made of bytes, and the reckoning; see chaos.h. */
#include "chaos.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aftermath.h"
#include "cases.h"
#include "meddling.h"
#include "oldfiles.h"
#include "reckoning.h"
#include "signals.h"
#include "wire.h"
#include "world.h"

#define SOURCES	  5
#define DAYS_MAX  5
#define HEAL_MS	  4000 /* more than any retry waits */
#define UNTOLD_MS 200 /* less than until it is told what was left out */
#define PASS_MS \
	(2 * RETAIN_PASS_MS + 5000) /* and than what is done each minute */

/* What a story may have; all at once could not be reckoned. */
enum {
	WITH_PIECES = 1,
	WITH_DROPS = 2,
	WITH_DELETION = 4,
	WITH_LOOKS = 8,
	BY_HOST = 16, /* a file for each sender */
	FEW_FILES = 32, /* then senders share those of others */
	FEW_DESCRIPTORS = 64,
	WITH_NAMES = 128, /* that change */
};

/* What settings may be about; with these a HUP comes at the begin. */
enum {
	WITH_LIMIT = 1,
	WITH_RETENTION = 2, /* there are old files, too */
	WITH_LINK = 4, /* people meddle with it */
	WITH_STATE = 8, /* there are the files of run=, too */
};

#define STORY_SOCKETS 3
#define FAULTS_MOST   4

struct story {
	const uint8_t *at;
	size_t left;
	unsigned flags;
	unsigned units; /* sent so far */
	unsigned piece[SOURCES]; /* the unit that waits for its end; 0: none */
	unsigned days;
	unsigned version; /* of the names of hosts= */
	bool reloads; /* HUP brings other settings */
	bool renames; /* another file= among them */
	unsigned about; /* limit=, retention, link=, run= */
	unsigned faults; /* at once, since they were all of one kind */
	bool watches; /* incidents=yes */
	bool calm; /* nothing fails, and no clock is set */
	bool healed;
	bool settled; /* after that all was opened anew */
	uint64_t settled_ms;
	struct meddling meddling;
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
	uint32_t drops = fake_drops();

	fake_say(source, text);
	reckoning_sent(&story.reckoning, unit, part, fake_drops() != drops);
	if (fake_drops() == drops)
		cases_heard(source, story.reckoning.units[unit].class, unit,
			    fake.now_ms);
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
	if (story.watches)
		story.reckoning.units[unit].class = cases_draw(next_byte());
	reckoning_text(text, &story.reckoning, unit, RECKONING_WHOLE);
	strcat(text, "\n");
	send_text(source, text, unit, RECKONING_WHOLE);
}

static bool deliver(unsigned host, const char *bytes, size_t len)
{
	uint32_t drops = fake_drops();

	fake_datagram(host, bytes, len);
	return fake_drops() == drops;
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
 * Not fstat() where people meddle: without a look nobody can know.  Nor with
 * ESTALE, which says that the file is gone: its lines are written again.  Not
 * ftruncate(): a piece may have to stay then.
 */
static void break_something(void)
{
	static const int errors[] = { ENOSPC, EIO,     EMFILE, ENFILE,
				      EDQUOT, EROFS,   EACCES, ETXTBSY,
				      ENOMEM, EUNATCH, EINTR,  EAGAIN,
				      ESTALE, EFBIG,   EPERM,  ENXIO };
	static const enum fake_call calls[] = {
		FAKE_OPEN,	 FAKE_WRITEV,	  FAKE_WRITE,
		FAKE_LSTAT,	 FAKE_PREAD,	  FAKE_FCHMOD,
		FAKE_CLOSE,	 FAKE_RECVMMSG,	  FAKE_CONNECT,
		FAKE_FSTAT,	 FAKE_GETSOCKOPT, FAKE_STAT,
		FAKE_OPENAT,	 FAKE_FSTATAT,	  FAKE_STATFS,
		FAKE_GETDENTS64, FAKE_UNLINKAT,	  FAKE_READLINKAT,
		FAKE_SYMLINKAT,	 FAKE_RENAMEAT,	  FAKE_MKDIR,
	};
	/* Behind these come those that no line waits for, which are rare. */
	const unsigned of_lines = 12;
	unsigned kind = next_byte() % (story.about ? 21 : of_lines);
	enum fake_call call = calls[kind];
	unsigned nth = next_byte() % (kind < of_lines ? 8 : 2) + 1;
	unsigned times = next_byte();
	int error = errors[next_byte() % 16];
	uint64_t lasts_ms = next_byte() * 20 + 20;

	if (call == FAKE_FSTAT &&
	    (!(story.flags & WITH_LOOKS) || error == ESTALE))
		return;
	/*
	 * With two of lines at once those who write them can't know what is
	 * there, and write it twice rather than lose it.
	 */
	if (kind < of_lines || ++story.faults > FAULTS_MOST) {
		fake_no_faults();
		story.faults = 1;
	}
	fake_fail(FAKE_BIT(call), nth, times < 128 ? times + 1 : UINT32_MAX,
		  error, lasts_ms);
}

static void meddle(void)
{
	if (!(story.flags & WITH_LOOKS))
		meddling_act(&story.meddling);
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

/* Those that a story is about have the last word. */
static void change_more(char *text, size_t room)
{
	static const char *const links[] = { "now", "latest", "none", "now" };
	size_t len = 0;

	if (story.about & WITH_LIMIT)
		len += (size_t)snprintf(text + len, room - len, "limit=%u\n",
					next_byte() % 4 + 1);
	if (story.about & WITH_LINK)
		len += (size_t)snprintf(text + len, room - len, "link=%s\n",
					links[next_byte() % 4]);
	if (story.about & WITH_RETENTION) {
		unsigned which = next_byte();

		len += (size_t)snprintf(text + len, room - len, "keepmin=%u\n",
					which % 8);
		if (which & 8)
			len += (size_t)snprintf(text + len, room - len,
						"keep=%u\n", next_byte() % 8);
		if (which & 16)
			len += (size_t)snprintf(text + len, room - len,
						"max=1M\n");
		if (which & 32)
			snprintf(text + len, room - len, "free=64K\n");
	}
}

/* Each live option that leaves lines what a reckoning can read, or none. */
static void change_settings(void)
{
	static const char *const lines[] = {
		"perm=0640\n", "stamp=iso\n",	"level=yes\n",
		"ansi=hide\n", "line=cr\n",	"keep=30\n",
		"max=1T\n",    "free=64K\n",	"limit=100000\n",
		"link=now\n",  "notices=yes\n", "line=datagram\n",
		"port=x\n",
	};
	static const char *const by_host[] = {
		"file={host}/%Y-%m-%d.log\n",
		"file={host}/%Y%m%d.log\n",
		"file={host}/%d-%m-%Y.log\n",
	};
	static const char *const by_day[] = {
		"file=%Y-%m-%d.log\n",
		"file=%Y%m%d.log\n",
		"file=%Y%m%d\n",
	};
	char text[768] = "timeout=5\nkeepmin=9\n";
	unsigned which = next_byte() | next_byte() << 8;
	unsigned pattern = story.renames ? (which >> 14) % 3 : 0;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (which & 1U << i)
			strcat(text, lines[i]);
	if (story.watches)
		strcat(text, "incidents=yes\n");
	which = next_byte();
	if (which & 1)
		strcat(text, "format=json\n");
	if (which & 2)
		strcat(text, which & 4 ? "reorder=0\n" : "reorder=50\n");
	strcat(text, (story.flags & BY_HOST ? by_host : by_day)[pattern]);
	if ((story.flags & WITH_NAMES) && (story.flags & BY_HOST) &&
	    next_byte() % 4 > 0)
		strcat(text, "hosts=/hosts\n");
	change_more(text + strlen(text), sizeof(text) - strlen(text));
	fake_unlink(WORLD_CONF);
	fake_create(WORLD_CONF, S_IFREG | 0644, text);
}

/* HUP; some senders have other names from then on. */
static void reopen(void)
{
	static const char *const path = "/hosts";
	char text[512] = "# no names\n";
	size_t len = strlen(text);
	unsigned host;

	signal_it(&signals_reopen);
	if (story.reloads)
		change_settings();
	if (!(story.flags & WITH_NAMES) || !(story.flags & BY_HOST))
		return;
	story.version++;
	for (host = 0; host < SOURCES; host++)
		if (next_byte() % 2 == 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"192.0.2.%u name%u.%u\n", host,
						host, story.version % 3);
	fake_unlink(path);
	fake_create(path, S_IFREG | 0644, text);
}

static void heal(void)
{
	unsigned i;

	fake_no_faults();
	fake.capacity = SIZE_MAX;
	fake.rx_room = FAKE_RX_ROOM;
	meddling_heal(&story.meddling);
	/* Nobody may wait for an end that never comes. */
	for (i = 0; i < SOURCES; i++)
		if (story.piece[i] > 0)
			send_some(2 * SOURCES + i);
	wire_heal();
	oldfiles_heal();
	story.healed = true;
}

/* Each sender has a line when all is well, and files are opened anew. */
static void settle(void)
{
	unsigned i;

	if (story.meddling.links)
		reopen();
	for (i = 0; i < SOURCES; i++)
		send_some((SOURCES + 1) * i);
	story.settled = true;
	story.settled_ms = fake.now_ms;
}

/* Of the acts below, those after which calls fail, or time leaps. */
static bool is_trouble(unsigned act)
{
	return act >= 4 && act <= 10 && act != 7;
}

/* Acts until the story says how long nothing happens. */
static void go_on(void)
{
	unsigned pause_ms = 0;

	if (story.healed && (story.settled || !story.about)) {
		oldfiles_note_open();
		signal_it(&signals_stop);
		return;
	}
	if (story.healed) {
		settle();
		fake_at(fake.now_ms + (story.about == WITH_LIMIT ? UNTOLD_MS
								 : PASS_MS),
			go_on);
		return;
	}
	while (pause_ms == 0 && story.left > 0) {
		unsigned code = next_byte();

		if (story.calm && is_trouble(code % 16))
			continue;
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
			reopen();
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
	if (story.about)
		reopen();
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
	return !(story.flags & WITH_DELETION) && !oldfiles_had_lines();
}

/* Incidents, as the daemon counts them. */
static uint64_t count_begun(void)
{
	uint64_t begun = 0;
	unsigned class;

	for (class = CLASS_NONE; class < CLASSES; class ++)
		begun += engine.collector.incidents.counts.begun[class];
	return begun;
}

/* How many senders without a name had a file of the day of @like. */
static unsigned count_of_day(const struct fake_node *like)
{
	const char *name = strrchr(like->path, '/');
	unsigned i, host, count = 0;

	for (i = 0; i < FAKE_NODES; i++) {
		const char *path = fake.nodes[i].path;

		count += S_ISREG(fake.nodes[i].mode) && fake.nodes[i].len > 0 &&
			 sscanf(path, "/log/192.0.2.%u/", &host) == 1 &&
			 strcmp(strrchr(path, '/'), name) == 0;
	}
	return count;
}

/*
 * files= holds: of days that are not returned to, and where each sender's file
 * stays where it is.
 */
static bool are_files_few(char *why)
{
	unsigned i;

	if (!(story.flags & BY_HOST) || story.renames || story.days > 0 ||
	    story.meddling.count > 0)
		return true;
	for (i = 0; i < FAKE_NODES; i++) {
		const struct fake_node *node = &fake.nodes[i];

		if (strncmp(node->path, "/log/192", 8) == 0 &&
		    S_ISREG(node->mode) &&
		    count_of_day(node) > engine.files.unnamed.most)
			return is_wrong(why, "%s: too many of that day",
					node->path);
	}
	return true;
}

static bool reckon(char *why)
{
	const struct collector_counts *counts = &engine.collector.counts;
	bool shares = engine.writer.agenda.settings->shares;
	char reason[RECKONING_WHY_MAX];
	unsigned i;

	/*
	 * One file may be that of two names: since one of these is refused, or
	 * since file= changed and others have renamed it.
	 */
	story.reckoning.strays = story.renames || shares;
	for (i = 0; i < FAKE_NODES; i++) {
		const struct fake_node *node = &fake.nodes[i];

		if (!shares && !story.renames &&
		    strncmp(node->path, "/log/", 5) == 0 &&
		    !meddling_is_of_host(node->path, node->bytes))
			return is_wrong(why, "%s: another host's", node->path);
		if (S_ISREG(node->mode) && strcmp(node->path, "/hosts") != 0 &&
		    strcmp(node->path, WORLD_CONF) != 0 &&
		    strncmp(node->path, "/run/", 5) != 0 &&
		    !reckoning_read(&story.reckoning, node->bytes, node->len,
				    reason))
			return is_wrong(why, "%s: %s", node->path, reason);
	}
	if (!are_files_few(why))
		return false;
	if (counts->datagrams != fake.received)
		return is_wrong(why, "%u datagrams of %u are taken in",
				(unsigned)counts->datagrams,
				(unsigned)fake.received);
	if (fake.received + fake_drops() != fake.sent)
		return is_wrong(why, "the socket is not empty");
	if (!reckoning_close(&story.reckoning, fake_drops(),
			     engine.collector.limit.total, is_exact(),
			     reason) ||
	    !cases_close(count_begun(), story.reckoning.copies, reason))
		return is_wrong(why, "%s", reason);
	if (!oldfiles_close(story.about & WITH_RETENTION, reason) ||
	    (story.about > WITH_LIMIT &&
	     !aftermath_is_well(fake.senders_to, story.settled_ms, reason)))
		return is_wrong(why, "%s", reason);
	return !is_exact() || (story.about & WITH_LIMIT) ||
	       wire_close(engine.collector.extended.pass.counts.lost, reason) ||
	       is_wrong(why, "%s", reason);
}

static void make_world(time_t wall)
{
	struct world_files files = {
		.pattern = "%Y-%m-%d.log",
		.most = 1,
		.open_most = 8,
		.incidents = story.watches,
	};

	if (story.flags & BY_HOST) {
		files.pattern = "{host}/%Y-%m-%d.log";
		files.most = story.flags & FEW_FILES ? 3 : WORLD_CLIENTS;
		files.open_most = story.flags & FEW_DESCRIPTORS ? 2 : 8;
	}
	world_reset_files(wall, &files);
	if (!(story.flags & BY_HOST))
		return;
	if (story.flags & WITH_NAMES)
		world_read_hosts("/hosts");
}

/* Senders have them by their numbers. */
static void add_sockets(unsigned count)
{
	uint16_t i;

	for (i = 1; i < count; i++)
		world_add_socket((uint16_t)(6666 + i));
	if (count > 1)
		intake_tell_apart(&engine.intake);
	fake.senders_to = count;
}

bool chaos_play(const uint8_t *bytes, size_t len, char why[CHAOS_WHY_MAX])
{
	unsigned reload;

	story = (struct story){ .at = bytes, .left = len };
	story.flags = next_byte();
	/* A piece that is dropped would glue the other one to the next line. */
	if (story.flags & WITH_PIECES)
		story.flags &= ~(unsigned)WITH_DROPS;
	story.watches = next_byte() % 2 == 0;
	story.calm = story.watches && next_byte() % 2 == 0;
	if (story.calm)
		story.flags &= ~(unsigned)(WITH_PIECES | WITH_DROPS);
	reckoning_open(&story.reckoning);
	cases_open(story.calm);
	story.meddling = (struct meddling){
		.draw = next_byte,
		.reckoning = &story.reckoning,
		.incidents = story.watches,
		.by_host = (story.flags & BY_HOST) != 0,
		.may_delete = (story.flags & WITH_DELETION) != 0,
		/* What is left of joined parts could look like one of them. */
		.may_truncate = (story.flags & WITH_DELETION) &&
				!(story.flags & WITH_PIECES),
	};
	make_world(FAKE_NOON + 43195);
	add_sockets(next_byte() % STORY_SOCKETS + 1);
	reload = next_byte();
	story.reloads = reload % 2 == 0;
	story.renames = story.reloads && reload % 4 == 0;
	story.about = story.reloads ? reload >> 3 & 15 : 0;
	/* It takes much memory. */
	if (reload < 128)
		story.about &= ~(unsigned)WITH_STATE;
	story.meddling.links = (story.about & WITH_LINK) && (reload & 4);
	story.reckoning.limited = (story.about & WITH_LIMIT) != 0;
	if (story.reloads)
		world_read_settings();
	if (story.about) {
		fake_create("/log", S_IFDIR | 0755, "");
		oldfiles_open(&story.reckoning);
	}
	if (story.about & WITH_STATE)
		world_write_state();
	if (story.about & WITH_RETENTION)
		oldfiles_lay((story.flags & BY_HOST) != 0, next_byte);
	fake_at(1100, begin);
	if (!engine_run(&engine))
		return is_wrong(why, "it gave something up");
	return reckon(why);
}
