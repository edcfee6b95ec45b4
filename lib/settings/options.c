/* options - the command line as settings; see options.h. */
#include "options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "rules.h"

/*
 * Writes "ARGUMENT: REASON" into @error.  The argument may hold anything, a
 * newline included, and may be of any length.
 */
static int refuse_argument(char *error, const char *argument,
			   const char *format, ...)
{
	char shown[ESCAPE_SHOWN_MAX];
	va_list args;
	int n;

	escape_shown(shown, argument);
	n = snprintf(error, ERROR_MAX, "%s: ", shown);
	va_start(args, format);
	vsnprintf(error + n, ERROR_MAX - (size_t)n, format, args);
	va_end(args);
	return -1;
}

static int refuse_unknown(char *error, const char *argument)
{
	char names[ERROR_MAX / 2] = "";
	const struct rule *rule;
	size_t len = 0;
	size_t i;

	for (i = 0; (rule = rules_nth(i)) && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					"%s=, ", rule->name);
	assert(len < sizeof(names));
	return refuse_argument(
		error, argument,
		"unknown option; allowed are %s--check, --help and "
		"--version",
		names);
}

static bool parse_mode(struct options *options, const char *argument)
{
	if (strcmp(argument, "--help") == 0)
		options->mode = OPTIONS_HELP;
	else if (strcmp(argument, "--version") == 0)
		options->mode = OPTIONS_VERSION;
	else if (strcmp(argument, "--check") == 0)
		options->mode = OPTIONS_CHECK;
	else
		return false;
	return true;
}

static int parse_argument(struct options *options, const char *argument,
			  char *error)
{
	const char *name = argument;
	const struct rule *rule;
	size_t len;

	if (parse_mode(options, argument))
		return 0;
	if (strncmp(name, "--", 2) == 0)
		name += 2;
	len = strcspn(name, "=");
	rule = rules_find(name, len);
	if (!rule)
		return refuse_unknown(error, argument);
	if (name[len] == '\0')
		return refuse_argument(error, argument,
				       "needs a value; %s=%s, %s", rule->name,
				       rule->value, rule->allowed);
	if (name[len + 1] == '\0')
		return refuse_argument(error, argument,
				       "empty value; allowed is %s",
				       rule->allowed);
	if (!rule->set(rule, &options->settings, name + len + 1))
		return refuse_argument(error, argument, "%s; allowed is %s",
				       rule->wrong ? rule->wrong(name + len + 1)
						   : "not allowed",
				       rule->allowed);
	return 0;
}

/* The longest line must fit into the queue, even if each byte is escaped. */
static int check_together(const struct settings *settings, char *error)
{
	unsigned long growth =
		settings->json ? ESCAPE_GROWTH_JSON : ESCAPE_GROWTH;
	unsigned long least = settings->wbuf_bytes * (growth + 1);

	if (settings->raw && settings->json) {
		snprintf(error, ERROR_MAX,
			 "raw=yes: not allowed with format=json, which cannot "
			 "hold arbitrary bytes; allowed is raw=no, or "
			 "format=text");
		return -1;
	}
	if (settings->raw && settings->hides_ansi) {
		snprintf(error, ERROR_MAX,
			 "raw=yes: not allowed with ansi=hide, which changes "
			 "what came; allowed is raw=no, or ansi=show");
		return -1;
	}
	if (settings->queue_bytes >= least)
		return 0;
	snprintf(error, ERROR_MAX,
		 "queue=%lu: too small for wbuf=%lu; allowed is %lu or more "
		 "with that",
		 settings->queue_bytes, settings->wbuf_bytes, least);
	return -1;
}

int options_parse(struct options *options, int argc, char *const argv[],
		  char error[ERROR_MAX])
{
	int i;

	options->mode = OPTIONS_RUN;
	rules_defaults(&options->settings);
	for (i = 1; i < argc; i++)
		if (parse_argument(options, argv[i], error))
			return -1;
	return check_together(&options->settings, error);
}
