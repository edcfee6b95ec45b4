/* asked - a command line as a question; see asked.h. */
#include "asked.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conffile.h"
#include "escape.h"
#include "nearest.h"
#include "questions.h"
#include "readfile.h"
#include "sys.h"

static const struct questions_mode *mode_of(const char *argument)
{
	const struct questions_mode *mode;
	size_t i;

	if (strncmp(argument, "--", 2) != 0)
		return NULL;
	for (i = 0; (mode = questions_nth_mode(i)); i++)
		if (strcmp(argument + 2, mode->name) == 0)
			return mode;
	return NULL;
}

bool asked_is_question(int argc, char *const argv[])
{
	int i;

	for (i = 1; i < argc; i++)
		if (mode_of(argv[i]))
			return true;
	return false;
}

/* The command line while it is read. */
struct reading {
	struct question *q;
	const struct questions_mode *mode;
	char **argv; /* what is the daemon's, too; its argv[0] is ours */
	int argc;
	bool says_where; /* dir= or conf= is there */
	bool says_run; /* run= is there, which tells all that is asked */
	char *error;
};

/* Writes "ARGUMENT: REASON"; the argument may hold anything. */
static int refuse_argument(const struct reading *r, const char *argument,
			   const char *format, ...)
{
	char shown[ESCAPE_SHOWN_MAX];
	va_list args;
	int n;

	escape_shown(shown, argument);
	n = snprintf(r->error, ERROR_MAX, "%s: ", shown);
	va_start(args, format);
	vsnprintf(r->error + n, ERROR_MAX - (size_t)n, format, args);
	va_end(args);
	return -1;
}

/* The option of this mode that is nearest to a name that is none. */
static const char *find_meant(const struct reading *r, const char *name,
			      size_t len)
{
	const struct questions_option *option;
	uint8_t nearest = NEAREST_FAR;
	const char *meant = NULL;
	size_t i;

	for (i = 0; (option = questions_nth(i)); i++) {
		uint8_t far = nearest_mistakes(name, len, option->name);

		if (!questions_has(option, r->mode->mode) || far >= nearest)
			continue;
		nearest = far;
		meant = option->name;
	}
	return meant;
}

/* Whether @argument, which is no option, may be what host= wants. */
static bool may_be_host(const struct reading *r, const char *argument)
{
	const struct questions_option *host =
		questions_find("host", 4, r->mode->mode);

	return !strchr(argument, '=') && *argument != '-' &&
	       questions_has(host, r->mode->mode);
}

/* Its value says nothing about what was meant, and may be long. */
static int refuse_name(const struct reading *r, const char *argument,
		       const char *name, size_t len)
{
	const char *meant = find_meant(r, name, len);
	char nameless[ESCAPE_SHOWN_MAX];

	snprintf(nameless, sizeof(nameless), "%.*s",
		 (int)strcspn(argument, "=") + 1, argument);
	if (!meant && may_be_host(r, argument))
		meant = "host";
	if (meant)
		return refuse_argument(
			r, nameless,
			"unknown with --%s; did you mean %s=? See --help",
			r->mode->name, meant);
	return refuse_argument(r, nameless, "unknown with --%s; see --help",
			       r->mode->name);
}

static int refuse_here(const struct reading *r, const char *argument,
		       const struct questions_option *option)
{
	char named[QUESTIONS_MODES_MAX];

	questions_name_modes(named, option);
	return refuse_argument(r, argument,
			       "not allowed with --%s; allowed with %s",
			       r->mode->name, *named ? named : "no other");
}

static void keep_for_settings(struct reading *r, char *argument,
			      const char *name)
{
	r->argv[r->argc++] = argument;
	r->says_where |=
		strncmp(name, "dir=", 4) == 0 || strncmp(name, "conf=", 5) == 0;
	r->says_run |= strncmp(name, "run=", 4) == 0;
}

static int read_option(struct reading *r, char *argument)
{
	const char *name = argument + 2 * (strncmp(argument, "--", 2) == 0);
	size_t len = strcspn(name, "=");
	const struct questions_option *option =
		questions_find(name, len, r->mode->mode);
	const char *value = name + len + 1;

	if (!option)
		return refuse_name(r, argument, name, len);
	if (!questions_has(option, r->mode->mode))
		return refuse_here(r, argument, option);
	if (name[len] == '\0')
		return refuse_argument(r, argument, "needs a value; %s=%s, %s",
				       option->name, option->value,
				       option->allowed);
	if (!option->set) {
		keep_for_settings(r, argument, name);
		return 0;
	}
	if (*value == '\0')
		return refuse_argument(r, argument,
				       "empty value; allowed is %s",
				       option->allowed);
	if (!option->set(option, r->q, value))
		return refuse_argument(r, argument,
				       "not allowed; allowed is %s",
				       option->allowed);
	return 0;
}

/* What stands alone behind the mode, if the mode has that. */
static bool is_operand(const struct reading *r, const char *argument)
{
	return r->mode->operand && *argument != '-' && !strchr(argument, '=');
}

/* The only one that there is is a host. */
static int read_operand(struct reading *r, const char *argument)
{
	const struct questions_option *host =
		questions_find("host", 4, r->mode->mode);

	if (r->q->host)
		return refuse_argument(
			r, argument, "not allowed behind %s; allowed is one %s",
			r->q->host, r->mode->operand);
	if (!host->set(host, r->q, argument))
		return refuse_argument(r, argument,
				       "not allowed; allowed is %s",
				       host->allowed);
	return 0;
}

static int read_argument(struct reading *r, char *argument)
{
	const struct questions_mode *mode = mode_of(argument);

	if (mode && mode != r->mode)
		return refuse_argument(r, argument,
				       "not allowed with --%s; allowed is one "
				       "question",
				       r->mode->name);
	if (mode)
		return 0;
	if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
		r->q->wants_help = true;
		return 0;
	}
	if (is_operand(r, argument))
		return read_operand(r, argument);
	return read_option(r, argument);
}

static int check_together(const struct reading *r)
{
	const struct question *q = r->q;
	const char *name = r->mode->name;

	if (r->mode->operand && !q->host)
		snprintf(r->error, ERROR_MAX, "--%s: needs %s, as in --%s web1",
			 name, r->mode->operand, name);
	else if (r->mode->needs && !q->host)
		snprintf(r->error, ERROR_MAX, "--%s: needs host=, %s", name,
			 questions_find("host", 4, q->mode)->allowed);
	else if (q->has_boot && q->has_incident)
		snprintf(r->error, ERROR_MAX,
			 "boot=: not allowed with incident=; allowed is one of "
			 "them");
	else if (q->span.from_us >= q->span.until_us)
		snprintf(r->error, ERROR_MAX,
			 "from=: not allowed behind to=; allowed is a time "
			 "before it");
	else if (q->follow && q->has_to)
		snprintf(r->error, ERROR_MAX,
			 "follow=yes: not allowed with to=; allowed is from=");
	else
		return 0;
	return -1;
}

static bool is_about_run(const struct reading *r)
{
	return r->q->mode == QUESTION_STATUS || r->q->mode == QUESTION_HEARD;
}

/* Reads the file of conf=, and again the command line, which goes before it. */
static int read_conf(struct reading *r, const struct sys *sys, const char *path)
{
	struct question *q = r->q;
	struct options_file file = { .path = path };
	char shown[CONFFILE_PATH_MAX];
	char why[READFILE_WHY_MAX] = "no memory";
	ssize_t len = -1;

	q->conf_text = malloc(CONFFILE_BYTES + 1);
	if (q->conf_text)
		len = readfile(sys, path, q->conf_text, CONFFILE_BYTES, why);
	if (len < 0) {
		conffile_show_path(shown, path);
		snprintf(r->error, ERROR_MAX,
			 "conf=%s: unable to read it: %s; allowed is a file of "
			 "at most %d bytes, or %s=",
			 shown, why, CONFFILE_BYTES,
			 is_about_run(r) ? "run" : "dir");
		return -1;
	}
	file.text = q->conf_text;
	file.len = (size_t)len;
	return options_parse_file(&q->options, r->argc, r->argv, &file,
				  r->error);
}

static bool tells_all(const struct reading *r)
{
	return r->says_where || (r->says_run && is_about_run(r));
}

static int read_settings(struct reading *r, const struct sys *sys,
			 const char *installed)
{
	struct question *q = r->q;

	if (options_parse(&q->options, r->argc, r->argv, r->error))
		return -1;
	if (q->options.settings.conf)
		return read_conf(r, sys, q->options.settings.conf);
	if (tells_all(r) || (sys->access(installed, F_OK) && errno == ENOENT))
		return 0;
	return read_conf(r, sys, installed);
}

static int read_command_line(struct reading *r, const struct sys *sys, int argc,
			     char *const argv[], const char *installed)
{
	int i;

	for (i = 1; i < argc && !r->mode; i++)
		r->mode = mode_of(argv[i]);
	r->q->mode = r->mode->mode;
	for (i = 1; i < argc; i++)
		if (read_argument(r, argv[i]))
			return -1;
	if (r->q->wants_help)
		return 0;
	if (check_together(r))
		return -1;
	return read_settings(r, sys, installed);
}

int asked_read(struct question *q, const struct sys *sys, int argc,
	       char *const argv[], const char *installed, time_t now,
	       char error[ERROR_MAX])
{
	struct reading r = { .q = q, .argc = 1, .error = error };
	int result;

	*q = (struct question){
		.now = now,
		.span = TIMESPAN_ALL,
		.since_seconds = 60,
	};
	r.argv = calloc((size_t)argc + 1, sizeof(*r.argv));
	if (!r.argv) {
		snprintf(error, ERROR_MAX, "no memory");
		return -1;
	}
	r.argv[0] = argv[0];
	result = read_command_line(&r, sys, argc, argv, installed);
	free(r.argv);
	return result;
}

void asked_forget(struct question *q)
{
	free(q->conf_text);
	q->conf_text = NULL;
}
