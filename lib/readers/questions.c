/* questions - what may be asked; see questions.h. */
#include "questions.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "hosts.h"

#define INCIDENTS (1U << QUESTION_INCIDENTS)
#define SHOW	  (1U << QUESTION_SHOW)
#define STATUS	  (1U << QUESTION_STATUS)
#define HEARD	  (1U << QUESTION_HEARD)
#define ALL	  (INCIDENTS | SHOW | STATUS | HEARD)

#define WORD(name, ...)                                            \
	.set = set_word, .field = offsetof(struct question, name), \
	.words = { __VA_ARGS__ }

static bool set_sender(const struct questions_option *option,
		       struct question *q, const char *text)
{
	struct hosts_sender sender;
	const char *scope;
	size_t scope_len;

	(void)option;
	q->host = text;
	return hosts_read_asked(&sender, text, &scope, &scope_len) ||
	       hosts_may_have(text);
}

static bool set_class(const struct questions_option *option, struct question *q,
		      const char *text)
{
	(void)option;
	q->class = class_named(text, strlen(text));
	return q->class != CLASS_NONE;
}

static bool set_from(const struct questions_option *option, struct question *q,
		     const char *text)
{
	(void)option;
	q->has_from = true;
	return timespan_set_from(&q->span, text, q->now);
}

static bool set_to(const struct questions_option *option, struct question *q,
		   const char *text)
{
	(void)option;
	q->has_to = true;
	return timespan_set_to(&q->span, text, q->now);
}

#define NUMBER_MOST 1000000000

static bool set_boot(const struct questions_option *option, struct question *q,
		     const char *text)
{
	(void)option;
	q->has_boot = true;
	if (strcmp(text, "0") == 0)
		return decimal_parse(text, 0, &q->boot);
	return *text == '-' && decimal_parse(text + 1, NUMBER_MOST, &q->boot);
}

static bool set_incident(const struct questions_option *option,
			 struct question *q, const char *text)
{
	(void)option;
	q->has_incident = true;
	if (strcmp(text, "last") == 0) {
		q->incident = QUESTION_LAST;
		return true;
	}
	return decimal_parse(text, NUMBER_MOST, &q->incident) &&
	       q->incident > 0;
}

static bool set_since(const struct questions_option *option, struct question *q,
		      const char *text)
{
	static const char units[] = "smhd";
	static const unsigned seconds[] = { 1, 60, 3600, 86400 };
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);
	const char *unit = units;

	(void)option;
	if (!decimal_read(&at, end, NUMBER_MOST, &q->since_seconds))
		return false;
	if (at < end)
		unit = strchr(units, *at++);
	if (!unit || at != end)
		return false;
	q->since_seconds *= seconds[unit - units];
	return q->since_seconds > 0;
}

static bool set_word(const struct questions_option *option, struct question *q,
		     const char *text)
{
	uint8_t i;

	for (i = 0; option->words[i]; i++)
		if (strcmp(option->words[i], text) == 0) {
			memcpy((char *)q + option->field, &i, sizeof(i));
			return true;
		}
	return false;
}

/* In the order of the manual. */
static const struct questions_mode modes[] = {
	{ "incidents", QUESTION_INCIDENTS, NULL, NULL,
	  "what happened to the senders: panics, oopses, boots\n"
	  "and the like, as incidents=yes has noted them" },
	{ "show", QUESTION_SHOW, NULL, "host", "the lines of one sender" },
	{ "status", QUESTION_STATUS, NULL, NULL,
	  "how it is now: the daemon and its senders, by run=" },
	{ "heard", QUESTION_HEARD, "HOST", NULL,
	  "exit status 0: it was heard, 1: it was not, 2: nobody\n"
	  "knows, as there is no run=, or it is 30 s old" },
};

#define MOMENT "YYYY-MM-DD[THH:MM[:SS]], or -90s, -30m, -2h, -3d"

static const struct questions_option table[] = {
	{ "host", INCIDENTS | SHOW, "HOST", "any",
	  "a name, ADDRESS, ADDRESS:PORT or [IPV6]:PORT",
	  "of this sender; an address has all its ports", .set = set_sender },
	{ "class", INCIDENTS, "CLASS", "any",
	  "panic, oops, sanitizer, locking, lockup, hung, warning, oom, leak, "
	  "hardware, storage, sysrq, boot or shutdown",
	  "only incidents of this class", .set = set_class },
	{ "boot", SHOW, "NUMBER", "any", "0, -1, -2 and so on",
	  "only this boot: 0 is the present one, -1 the one\n"
	  "before",
	  .set = set_boot },
	{ "incident", SHOW, "WHICH", "any", "last, or a number from 1 on",
	  "only this one, by its number in --incidents; last\n"
	  "passes over boots, shutdowns and SysRq",
	  .set = set_incident },
	{ "from", INCIDENTS | SHOW, "TIME", "the first", MOMENT,
	  "not before that, in local time", .set = set_from },
	{ "to", INCIDENTS | SHOW, "TIME", "the last", MOMENT,
	  "not after that; a day has its evening, a minute its\n"
	  "last second",
	  .set = set_to },
	{ "plain", SHOW, "WHETHER", "no", "yes or no",
	  "without our stamp and source, as for decode_stacktrace.sh",
	  WORD(plain, "no", "yes") },
	{ "follow", INCIDENTS, "WHETHER", "no", "yes or no",
	  "wait for new ones, and print each as it comes",
	  WORD(follow, "no", "yes") },
	{ "sort", STATUS, "COLUMN", "name",
	  "name, address, heard, lines, rate, lost, boots or incident",
	  "order of the senders",
	  WORD(sort, "name", "address", "heard", "lines", "rate", "lost",
	       "boots", "incident") },
	{ "since", HEARD, "SECONDS", "60", "1 or more, or with s, m, h or d",
	  "whether it was heard in so many", .set = set_since },
	{ "format", INCIDENTS, "FORMAT", "text", "text or json",
	  "a table, or an object of JSON for each",
	  WORD(format, "text", "json") },
	{ "format", STATUS, "FORMAT", "text", "text, json or html",
	  "a table, objects of JSON, or html, a page",
	  WORD(format, "text", "json", "html") },
	{ "conf", ALL, "FILE", "none", "a path, or none",
	  "where the four below stand, if not here", .set = NULL },
	{ "dir", ALL, "DIRECTORY", ".", "a directory",
	  "where the log files are", .set = NULL },
	{ "file", ALL, "PATTERN", "%Y-%m-%d.log", "a path with %Y, %m and %d",
	  "their path below dir=", .set = NULL },
	{ "hosts", ALL, "FILE", "none", "a path, or none", "names of senders",
	  .set = NULL },
	{ "run", ALL, "DIRECTORY", "none", "a path, or none",
	  "where the daemon tells its state", .set = NULL },
};

const struct questions_mode *questions_nth_mode(size_t i)
{
	return i < sizeof(modes) / sizeof(modes[0]) ? &modes[i] : NULL;
}

const struct questions_option *questions_nth(size_t i)
{
	return i < sizeof(table) / sizeof(table[0]) ? &table[i] : NULL;
}

const struct questions_option *questions_find(const char *name, size_t len,
					      enum question_mode mode)
{
	const struct questions_option *option, *other = NULL;
	size_t i;

	for (i = 0; (option = questions_nth(i)); i++) {
		if (strlen(option->name) != len ||
		    memcmp(option->name, name, len) != 0)
			continue;
		if (questions_has(option, mode))
			return option;
		other = option;
	}
	return other;
}

void questions_name_modes(char text[QUESTIONS_MODES_MAX],
			  const struct questions_option *option)
{
	const struct questions_mode *mode;
	size_t len = 0;
	size_t i;

	text[0] = '\0';
	for (i = 0; (mode = questions_nth_mode(i)); i++)
		if (questions_has(option, mode->mode))
			len += (size_t)snprintf(
				text + len, QUESTIONS_MODES_MAX - len, "%s--%s",
				len > 0 ? ", " : "", mode->name);
}

/* Adds lines of @text behind @left, which stands before the first. */
static size_t help_lines(char *out, size_t size, const char *left,
			 const char *text)
{
	size_t len = 0;

	while (*text != '\0' && len < size) {
		int n = (int)strcspn(text, "\n");

		len += (size_t)snprintf(out + len, size - len, "  %-17s %.*s\n",
					left, n, text);
		text += n + (text[n] == '\n');
		left = "";
	}
	return len;
}

static bool is_asked(const struct questions_option *option)
{
	const struct questions_mode *mode;
	size_t i;

	for (i = 0; (mode = questions_nth_mode(i)); i++)
		if (questions_has(option, mode->mode))
			return true;
	return false;
}

/* What is read as the daemon's option was told of with those. */
static size_t help_asked(char *out, size_t size,
			 const struct questions_option *option)
{
	char named[QUESTIONS_MODES_MAX];
	char left[32];
	size_t len;

	snprintf(left, sizeof(left), "%s=%s", option->name, option->value);
	len = help_lines(out, size, left, option->help);
	questions_name_modes(named, option);
	if (option->set && len < size)
		len += (size_t)snprintf(out + len, size - len,
					"  %-17s default %s; for %s\n", "",
					option->fallback, named);
	return len;
}

static size_t help_mode(char *out, size_t size,
			const struct questions_mode *mode)
{
	char left[32];

	snprintf(left, sizeof(left), "--%s%s%s", mode->name,
		 mode->operand ? " " : "", mode->operand ? mode->operand : "");
	return help_lines(out, size, left, mode->help);
}

void questions_help(char help[QUESTIONS_HELP_MAX])
{
	const struct questions_option *option;
	const struct questions_mode *mode;
	size_t len, i;

	len = (size_t)snprintf(help, QUESTIONS_HELP_MAX, "%s",
			       "\nQuestions about what was written:\n\n");
	for (i = 0; (mode = questions_nth_mode(i)); i++)
		len += help_mode(help + len, QUESTIONS_HELP_MAX - len, mode);
	len += (size_t)snprintf(help + len, QUESTIONS_HELP_MAX - len, "\n");
	for (i = 0; (option = questions_nth(i)); i++)
		if (is_asked(option) && len < QUESTIONS_HELP_MAX)
			len += help_asked(help + len, QUESTIONS_HELP_MAX - len,
					  option);
	assert(len < QUESTIONS_HELP_MAX);
}
