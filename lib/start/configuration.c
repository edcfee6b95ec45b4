/* configuration - what is in force, and where it came from; see
 * configuration.h.
 */
#include "configuration.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conffile.h"
#include "diag.h"
#include "errortext.h"
#include "escape.h"
#include "hostsfile.h"
#include "readfile.h"
#include "sys.h"

/* Reads the file at @path into @text, and with it @options. */
static int take_in_file(const struct configuration *c, struct options *options,
			const char *path, char *text, char *error)
{
	struct options_file file = { .path = path, .text = text };
	char shown[CONFFILE_PATH_MAX];
	char why[READFILE_WHY_MAX];
	ssize_t len = readfile(c->sys, path, text, CONFFILE_BYTES, why);

	if (len < 0) {
		conffile_show_path(shown, path);
		snprintf(error, ERROR_MAX,
			 "conf=%s: unable to read it: %s; allowed is a file of "
			 "at most %d bytes, or none",
			 shown, why, CONFFILE_BYTES);
		return -1;
	}
	file.len = (size_t)len;
	return options_parse_file(options, c->argc, c->argv, &file, error);
}

int configuration_read(struct configuration *c, char error[ERROR_MAX])
{
	const struct options *options = &c->options;

	if (options_parse(&c->options, c->argc, c->argv, error))
		return -1;
	if (!options->settings.conf || options->mode == OPTIONS_HELP ||
	    options->mode == OPTIONS_VERSION)
		return 0;
	return take_in_file(c, &c->options, options->settings.conf, c->texts[0],
			    error);
}

static bool is_changed(const struct configuration *c, const struct rule *rule)
{
	char before[RULES_VALUE_MAX], after[RULES_VALUE_MAX];

	rule->show(rule, &c->options.settings, before);
	rule->show(rule, &c->fresh.settings, after);
	return strcmp(before, after) != 0;
}

/*
 * What needs a restart stays as it is; the rest must go together with that, and
 * fit into the memory that was taken at the start.
 */
static int fit(struct configuration *c, char *error)
{
	const struct settings *now = &c->options.settings;
	struct options fitted = c->fresh;
	const struct rule *rule;
	size_t i;

	for (i = 0; (rule = rules_nth(i)); i++)
		if (!rule->live)
			rules_copy(rule, &fitted.settings, now);
	if (options_check(&fitted, now->conf, error) ||
	    options_check_paths(&fitted.settings, c->dir, error))
		return -1;
	if (filename_is_moderate(&fitted.settings.file) ||
	    strcmp(fitted.settings.file.pattern, now->file.pattern) == 0)
		return 0;
	snprintf(error, ERROR_MAX,
		 "file=: needs a restart, as its names may be long or deep");
	return -1;
}

/* Writes "FILE:LINE: ", or nothing, if it is from the command line. */
static void name_place(const struct configuration *c, uint32_t origin,
		       char place[ERROR_MAX])
{
	conffile_place(place,
		       origin == OPTIONS_COMMAND_LINE
			       ? NULL
			       : c->options.settings.conf,
		       origin);
}

#define STAY "the settings stay as they were"

/* A file of names that would take the place of another must be good. */
static bool can_have_names(struct configuration *c, struct diag *diag)
{
	const struct rule *rule = rules_find("hosts", strlen("hosts"));
	const char *path = c->fresh.settings.hosts;
	char why[READFILE_WHY_MAX];
	char place[ERROR_MAX];
	int bad;

	if (!c->hosts || !path || !is_changed(c, rule))
		return true;
	bad = hostsfile_try(c->hosts, path, STAY, why);
	name_place(c, c->fresh.origins[rules_place(rule)], place);
	if (bad < 0)
		diag_warn(diag, "%shosts=%.800s: unable to read it: %s; " STAY,
			  place, path, why);
	return bad == 0;
}

#define SAID_MAX 8192

/* Says what is another value from now on, in one line. */
static void say_live(const struct configuration *c, struct diag *diag)
{
	char said[SAID_MAX] = "";
	char value[RULES_VALUE_MAX];
	const struct rule *rule;
	size_t len = 0;
	size_t i;

	for (i = 0; (rule = rules_nth(i)) && len < SAID_MAX; i++) {
		if (!rule->live || !is_changed(c, rule))
			continue;
		rule->show(rule, &c->fresh.settings, value);
		len += (size_t)snprintf(said + len, SAID_MAX - len, " %s=%s",
					rule->name, value);
	}
	if (len > 0)
		diag_say(diag, "from now on:%s", said);
}

static void take_over(struct configuration *c, struct diag *diag)
{
	const struct rule *rule;
	size_t i;

	say_live(c, diag);
	for (i = 0; (rule = rules_nth(i)); i++)
		if (rule->live)
			rules_copy(rule, &c->options.settings,
				   &c->fresh.settings);
		else if (is_changed(c, rule))
			diag_warn(diag, "%s=: needs a restart", rule->name);
}

bool configuration_read_again(struct configuration *c, struct diag *diag)
{
	const char *path = c->options.settings.conf;
	unsigned other = c->latest == 1 ? 2 : 1;
	char error[ERROR_MAX];

	if (!path)
		return false;
	if (take_in_file(c, &c->fresh, path, c->texts[other], error) ||
	    fit(c, error)) {
		diag_warn(diag, "%s; " STAY, error);
		return false;
	}
	if (!can_have_names(c, diag))
		return false;
	take_over(c, diag);
	c->latest = other;
	return true;
}

void configuration_warn(const struct configuration *c, struct diag *diag)
{
	const struct options_double *first = &c->options.first_double;
	const char *path = c->options.settings.conf;

	if (!path)
		return;
	if (first->rule)
		diag_warn(diag,
			  "%s:%lu: %s= has no effect, as line %lu sets it "
			  "again",
			  path, (unsigned long)first->line, first->rule->name,
			  (unsigned long)first->later);
	if (c->sys->access(path, R_OK))
		diag_warn(diag,
			  "conf=%s: user %lu, as whom this runs, can't read "
			  "it, and so not on HUP: %s",
			  path, (unsigned long)geteuid(), errortext(errno));
}

void configuration_warn_passed(const struct configuration *c, struct diag *diag)
{
	static const char *const names[] = { "ip", "port" };
	char place[ERROR_MAX];
	uint32_t origin;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct rule *rule =
			rules_find(names[i], strlen(names[i]));

		origin = c->options.origins[rules_place(rule)];
		if (origin == OPTIONS_DEFAULT)
			continue;
		name_place(c, origin, place);
		diag_warn(diag,
			  "%s%s= has no effect, as LISTEN_FDS passes the "
			  "sockets",
			  place, rule->name);
	}
}

static void write_origin(const struct configuration *c, uint32_t origin,
			 FILE *out)
{
	char shown[CONFFILE_PATH_MAX];

	if (origin == OPTIONS_DEFAULT) {
		fputs("default", out);
	} else if (origin == OPTIONS_COMMAND_LINE) {
		fputs("command line", out);
	} else {
		conffile_show_path(shown, c->options.settings.conf);
		fprintf(out, "%s:%lu", shown, (unsigned long)origin);
	}
}

/* Whether a file can say it; conf= has no place there. */
static bool is_for_file(const struct rule *rule, const char *value)
{
	return conffile_can_hold(value) && strcmp(rule->name, "conf") != 0;
}

/* What no file can say stands in a comment. */
static void list_one(const struct configuration *c, const struct rule *rule,
		     const struct settings *settings, FILE *out)
{
	char safe[RULES_VALUE_MAX * ESCAPE_GROWTH];
	char value[RULES_VALUE_MAX];
	size_t len;

	rule->show(rule, settings, value);
	len = escape_text(safe, (const unsigned char *)value, strlen(value));
	fprintf(out, "%s%s=%.*s # ",
		is_for_file(rule, value) && len == strlen(value) ? "" : "# ",
		rule->name, (int)len, safe);
	write_origin(c, c->options.origins[rules_place(rule)], out);
	putc('\n', out);
}

bool configuration_list(const struct configuration *c,
			const struct settings *settings, FILE *out)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; (rule = rules_nth(i)); i++)
		list_one(c, rule, settings, out);
	return fflush(out) == 0 && !ferror(out);
}
