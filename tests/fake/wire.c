/* wire - senders of extended netconsole on a bad network; see wire.h. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES       1024 /* of a sender */
#define PARTS	       4
#define DELAYED	       32
#define BOOT_US	       2500000 /* so far its clock was heard of, at least */
#define BOOT_MSGIDS    100000
#define DATAGRAM_MAX   600
#define REPLAY	       "** replaying previous printk message **\n"
#define TASKNAME       " taskname=s"
#define REPLAYS_BACK   20 /* messages */
#define LINE_MAX_BYTES 80000

/* What is delayed: not by more than are remembered, nor as a boot would look. */
#define BEHIND_MAX   50
#define DELAY_MAX_MS 900
#define GAP_MAX	     4

struct message {
	unsigned boot;
	unsigned msgid; /* its boot's number is in it */
	uint64_t sequnum;
	uint64_t usec;
	unsigned parts;
	unsigned delivered; /* a bit for each part */
	char flag; /* "c" and "+": pieces of a line */
	bool replay; /* of an earlier one; it has the same text and sequnum */
	bool numbered; /* the log has its msgid, of which it tells losses */
	bool found; /* the log has it whole */
	char body[DATAGRAM_MAX];
};

#define NOTICES 512 /* of a sender, that are known again */

struct sender {
	unsigned count; /* of its messages */
	unsigned boot;
	unsigned msgid; /* the next one */
	uint64_t sequnum;
	uint64_t booted_ms;
	uint64_t sent_ms; /* the latest */
	uint64_t heard_us; /* the latest time of a record that came whole */
	uint64_t told; /* as lost */
	uint64_t taken_back;
	uint64_t alike; /* copies of these, or others of the same words */
	unsigned notices;
	uint64_t digests[NOTICES]; /* of their texts */
};

struct delayed {
	unsigned sender, message, part;
	uint64_t since_ms;
};

static struct wire_setup setup;
static struct sender senders[WIRE_SENDERS];
static struct message all_messages[WIRE_SENDERS][MESSAGES];
static struct delayed delayed[DELAYED];
static unsigned delayed_count;

static struct message *messages_of(const struct sender *s)
{
	return all_messages[s - senders];
}

static unsigned draw(unsigned below)
{
	return setup.draw() % below;
}

static void boot(struct sender *s)
{
	s->boot++;
	s->msgid = s->boot * BOOT_MSGIDS + 1;
	s->sequnum = draw(3);
	s->booted_ms = setup.now_ms();
	s->heard_us = 0;
}

/* Sends part @part of a message, as a fragment where it has several. */
static void deliver(unsigned sender, struct message *m, unsigned part)
{
	unsigned total = (unsigned)strlen(m->body);
	unsigned from = total * part / m->parts;
	unsigned to = total * (part + 1) / m->parts;
	char text[DATAGRAM_MAX + 100], fragment[40] = "";
	int len;

	if (m->parts > 1)
		sprintf(fragment, ",ncfrag=%u/%u", from, total);
	len = snprintf(text, sizeof(text), "%s6,%llu,%llu,%c%s;%.*s",
		       m->replay ? REPLAY : "", (unsigned long long)m->sequnum,
		       (unsigned long long)m->usec, m->flag, fragment,
		       (int)(to - from), m->body + from);
	senders[sender].sent_ms = setup.now_ms();
	if (setup.deliver(WIRE_HOST + sender, text, (size_t)len))
		m->delivered |= 1U << part;
	if (m->parts == 1 && m->delivered && m->usec > senders[sender].heard_us)
		senders[sender].heard_us = m->usec;
}

static void delay(unsigned sender, unsigned message, unsigned part)
{
	if (delayed_count < DELAYED)
		delayed[delayed_count++] =
			(struct delayed){ sender, message, part,
					  setup.now_ms() };
}

/* A copy of what came may be behind any number of others. */
static void deliver_delayed(unsigned i)
{
	struct delayed d = delayed[i];
	struct sender *s = &senders[d.sender];
	struct message *m = &messages_of(s)[d.message];

	delayed[i] = delayed[--delayed_count];
	if (m->boot != s->boot || setup.now_ms() - d.since_ms > DELAY_MAX_MS ||
	    (m->delivered == 0 && s->count - d.message > BEHIND_MAX))
		return;
	deliver(d.sender, m, d.part);
}

/* The next message's flag; "+" may go on any message, as forgers know. */
static char draw_flag(void)
{
	static const char flags[] = "---c++++";

	return flags[draw(sizeof(flags) - 1)];
}

/* Those before the first whose msgid is sure are not known to be lost. */
static bool is_named(const struct message *m)
{
	return setup.names && m->msgid % BOOT_MSGIDS > 1 && draw(2) > 0;
}

static struct message *make_message(struct sender *s, unsigned parts)
{
	struct message *m = &messages_of(s)[s->count];
	char pad[128];

	*m = (struct message){
		.boot = s->boot,
		.msgid = s->msgid++,
		.sequnum = s->sequnum,
		.usec = (setup.now_ms() - s->booted_ms) * 1000 +
			s->count % 1000,
		.parts = parts,
		.flag = draw_flag(),
	};
	s->count++;
	s->sequnum += 1 + (draw(8) == 0 ? draw(GAP_MAX) : 0);
	memset(pad, 'x', sizeof(pad));
	pad[draw(sizeof(pad))] = '\0';
	snprintf(m->body, sizeof(m->body), "r%u.%s.\n k=v\n%s msgid=%u\n",
		 m->msgid, pad, is_named(m) ? TASKNAME "\n" : "", m->msgid);
	return m;
}

/* Sends one of the latest again; NULL: it is of another boot. */
static struct message *make_replay(struct sender *s)
{
	struct message *m = &messages_of(s)[s->count];
	unsigned back = 1 + draw(REPLAYS_BACK);

	if (back > s->count || m[-(int)back].boot != s->boot)
		return NULL;
	*m = m[-(int)back];
	s->count++;
	m->msgid = s->msgid++;
	m->replay = true;
	m->delivered = 0;
	m->numbered = m->found = false;
	sprintf(strchr(m->body, '\n'), "\n k=v\n msgid=%u\n", m->msgid);
	return m;
}

static void meet_fate(unsigned sender, struct message *m, unsigned part)
{
	unsigned message = (unsigned)(m - messages_of(&senders[sender]));

	switch (draw(10)) {
	case 0:
	case 1:
		return;
	case 2:
		delay(sender, message, part);
		return;
	case 3:
		deliver(sender, m, part);
		deliver(sender, m, part);
		return;
	case 4:
		delay(sender, message, part);
		break;
	}
	deliver(sender, m, part);
}

/* The first of a boot comes, as nobody would know of those before. */
static void send(unsigned sender)
{
	struct sender *s = &senders[sender];
	bool first = s->msgid % BOOT_MSGIDS == 1;
	unsigned parts = first || draw(3) > 0 ? 1 : 2 + draw(PARTS - 1);
	struct message *m;
	unsigned part;

	if (s->count == MESSAGES - 1)
		return;
	if (setup.replays)
		parts = 1;
	m = setup.replays && !first && draw(4) == 0 ? make_replay(s) : NULL;
	if (!m)
		m = make_message(s, parts);
	if (first)
		deliver(sender, m, 0);
	for (part = 0; part < parts && !first; part++)
		meet_fate(sender, m, part);
}

/* No machine boots while records of its last boot may still be swapped. */
static bool may_boot(const struct sender *s)
{
	return setup.boots && s->heard_us > BOOT_US &&
	       setup.now_ms() - s->sent_ms > setup.reorder_ms;
}

void wire_open(const struct wire_setup *given)
{
	unsigned i;

	setup = *given;
	memset(senders, 0, sizeof(senders));
	delayed_count = 0;
	for (i = 0; i < WIRE_SENDERS; i++) {
		boot(&senders[i]);
		send(i);
	}
}

void wire_act(void)
{
	unsigned sender = draw(WIRE_SENDERS);
	struct sender *s = &senders[sender];
	unsigned what = draw(16);

	if (what < 5 && delayed_count > 0)
		deliver_delayed(draw(delayed_count));
	else {
		if (what == 5 && may_boot(s))
			boot(s);
		send(sender);
	}
}

void wire_heal(void)
{
	unsigned i;

	while (delayed_count > 0)
		deliver_delayed(0);
	for (i = 0; i < WIRE_SENDERS; i++)
		deliver(i, make_message(&senders[i], 1), 0);
}

/* The next msgid in the braces from *@at on, where there is one; else 0. */
static unsigned next_msgid(const char **at)
{
	const char *name;
	unsigned msgid;
	int len;

	while ((name = strstr(*at, "msgid="))) {
		*at = name + 6;
		len = 0;
		if (strchr(" {", name[-1]) &&
		    sscanf(name, "msgid=%u%n", &msgid, &len) == 1 &&
		    (name[len] == ' ' || name[len] == '}'))
			return msgid;
	}
	return 0;
}

static struct message *find(struct sender *s, unsigned msgid)
{
	unsigned i;

	for (i = 0; i < s->count; i++)
		if (messages_of(s)[i].msgid == msgid)
			return &messages_of(s)[i];
	return NULL;
}

/* Whether a name of a task that is there stands before the msgid at @id. */
static bool is_doubtful(const char *id)
{
	const char *name = id - sizeof(TASKNAME);

	return memcmp(name + 1, &TASKNAME[1], sizeof(TASKNAME) - 2) == 0 &&
	       (*name == '{' || (*name == ' ' && name[-1] != '>'));
}

/* A line of the log has the msgid of @m, and perhaps all of its text. */
static void see(struct message *m, const char *line, const char *id)
{
	char text[DATAGRAM_MAX];

	m->numbered = !m->replay && !is_doubtful(id);
	sprintf(text, "%.*s", (int)strcspn(m->body, "\n"), m->body);
	m->found = m->found || strstr(line, text) != NULL;
}

/*
 * Whether this notice was read before; each of a sender is another, but for
 * those of messages whose msgids are unknown.
 */
static bool is_copy(struct sender *s, const char *text)
{
	uint64_t digest = 14695981039346656037u; /* FNV-1a */
	unsigned i;

	for (; *text; text++)
		digest = (digest ^ (unsigned char)*text) * 1099511628211u;
	for (i = 0; i < s->notices; i++)
		if (s->digests[i] == digest)
			return setup.copies;
	if (s->notices < NOTICES)
		s->digests[s->notices++] = digest;
	return false;
}

static bool read_notice(struct sender *s, const char *text)
{
	unsigned lost, first, last;

	if (strncmp(text, "udplogger: ", 11) == 0 && is_copy(s, text)) {
		s->alike += strstr(text, "(msgid unknown)") != NULL;
		return true;
	}
	if (sscanf(text, "udplogger: %u messages lost (msgid %u..%u)", &lost,
		   &first, &last) == 3) {
		s->told += lost;
		return true;
	}
	if (strncmp(text, "udplogger: 1 messages late, not lost (msgid ", 44) ==
	    0) {
		s->taken_back++;
		return true;
	}
	return strncmp(text, "udplogger: sender booted", 24) == 0;
}

bool wire_read(unsigned host, const char *text, size_t len)
{
	static char line[LINE_MAX_BYTES];
	struct sender *s;
	const char *body;
	bool has_hole, sees = false;
	struct message *m;
	unsigned msgid;

	if (host < WIRE_HOST || host >= WIRE_HOST + WIRE_SENDERS ||
	    len >= sizeof(line))
		return false;
	s = &senders[host - WIRE_HOST];
	memcpy(line, text, len);
	line[len] = '\0';
	if (read_notice(s, line))
		return true;
	body = strstr(line, "] ");
	if (line[0] != '[' || !body)
		return false;
	/* One of which a part is missing may not say which it is. */
	has_hole = strstr(line, " bytes missing>") != NULL;
	body = strstr(body, " {");
	if (!body)
		return has_hole;
	while ((msgid = next_msgid(&body)) != 0) {
		m = find(s, msgid);
		if (m)
			see(m, line, body - 6);
		else if (!has_hole)
			return false;
		sees = true;
	}
	return sees || has_hole;
}

/* How many that did not come the log can know of in one boot. */
static uint64_t count_missing(const struct sender *s, unsigned number)
{
	uint64_t missing = 0, since = 0;
	bool begun = false;
	unsigned i;

	for (i = 0; i < s->count; i++) {
		const struct message *m = &messages_of(s)[i];

		if (m->boot != number)
			continue;
		if (m->numbered) {
			missing += begun ? since : 0;
			begun = true;
			since = 0;
		}
		since += m->delivered == 0;
	}
	return missing;
}

/* Whether the log has @m whole, or another message of the same record. */
static bool is_found(const struct sender *s, const struct message *m)
{
	unsigned i;

	for (i = 0; i < s->count; i++) {
		const struct message *other = &messages_of(s)[i];

		if (other->found && other->boot == m->boot &&
		    other->sequnum == m->sequnum)
			return true;
	}
	return false;
}

static bool close_sender(const struct sender *s, unsigned number, char *why)
{
	uint64_t told = s->told - s->taken_back;
	uint64_t missing = 0;
	unsigned i;

	for (i = 1; i <= s->boot; i++)
		missing += count_missing(s, i);
	for (i = 0; i < s->count; i++)
		if (messages_of(s)[i].parts == 1 &&
		    messages_of(s)[i].delivered &&
		    !is_found(s, &messages_of(s)[i])) {
			snprintf(why, WIRE_WHY_MAX, "sender %u: %u is missing",
				 number, messages_of(s)[i].msgid);
			return false;
		}
	if (missing <= told && told - missing <= s->alike)
		return true;
	snprintf(why, WIRE_WHY_MAX,
		 "sender %u: %llu told as lost, %llu taken back, but %llu did "
		 "not come",
		 number, (unsigned long long)s->told,
		 (unsigned long long)s->taken_back,
		 (unsigned long long)missing);
	return false;
}

bool wire_close(uint64_t counted, char why[WIRE_WHY_MAX])
{
	uint64_t sum = 0, alike = 0;
	unsigned i;

	for (i = 0; i < WIRE_SENDERS; i++) {
		if (!close_sender(&senders[i], i, why))
			return false;
		sum += senders[i].told - senders[i].taken_back;
		alike += senders[i].alike;
	}
	if (counted <= sum && sum - counted <= alike)
		return true;
	snprintf(why, WIRE_WHY_MAX, "counted %llu as lost, the log has %llu",
		 (unsigned long long)counted, (unsigned long long)sum);
	return false;
}
