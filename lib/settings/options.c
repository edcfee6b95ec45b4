/* options - command line and file as settings; see options.h. */
#include "options.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conffile.h"
#include "escape.h"
#include "linkname.h"
#include "nearest.h"

/* One thing that somebody wants to be set. */
struct setting {
	const char *path; /* of the file; NULL: the command line */
	uint32_t origin; /* as in struct options */
	const char *name;
	size_t name_len;
	const char *value; /* NULL: there is no "=" */
	const char *dashes; /* before the name */
};

/*
 * Writes "FILE:LINE: ARGUMENT: REASON" into @error.  The argument may hold
 * anything, a newline included, and may be of any length.
 */
static int refuse_setting(char *error, const struct setting *setting,
			  const char *format, ...)
{
	char argument[ESCAPE_SHOWN_MAX];
	char shown[ESCAPE_SHOWN_MAX];
	va_list args;
	int n = conffile_place(error, setting->path, setting->origin);

	snprintf(argument, sizeof(argument), "%s%.*s%s%s", setting->dashes,
		 (int)(setting->name_len < sizeof(argument) ? setting->name_len
							    : sizeof(argument)),
		 setting->name, setting->value ? "=" : "",
		 setting->value ? setting->value : "");
	escape_shown(shown, argument);
	n += snprintf(error + n, ERROR_MAX - (size_t)n, "%s: ", shown);
	va_start(args, format);
	vsnprintf(error + n, ERROR_MAX - (size_t)n, format, args);
	va_end(args);
	return -1;
}

/* Its value says nothing about what was meant, and may be long. */
static int refuse_unknown(char *error, const struct setting *setting)
{
	struct setting nameless = *setting;
	enum nearest_flags flags = NEAREST_FLAGS_FIRST;
	char meant[NEAREST_MAX];

	if (setting->value) {
		nameless.value = "";
		flags = NEAREST_FLAGS_LAST;
	}
	if (setting->path || (setting->value && !*setting->dashes))
		flags = NEAREST_NO_FLAGS;
	if (!nearest_option(meant, setting->name, setting->name_len, flags))
		return refuse_setting(error, &nameless,
				      "unknown option; see --help");
	return refuse_setting(error, &nameless,
			      "unknown option; did you mean %s? See --help",
			      meant);
}

static bool parse_mode(struct options *options, const char *argument)
{
	static const struct {
		const char *flag;
		enum options_mode mode;
	} flags[] = {
		{ "--help", OPTIONS_HELP },	  { "-h", OPTIONS_HELP },
		{ "--version", OPTIONS_VERSION }, { "-V", OPTIONS_VERSION },
		{ "--check", OPTIONS_CHECK },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(argument, flags[i].flag) == 0) {
			options->mode = flags[i].mode;
			return true;
		}
	return false;
}

/* Notes where the value of @rule came from, and the first that it replaces. */
static void note_origin(struct options *options, const struct rule *rule,
			const struct setting *setting)
{
	uint32_t *origin = &options->origins[rules_place(rule)];

	if (setting->path && *origin != OPTIONS_DEFAULT &&
	    !options->first_double.rule)
		options->first_double = (struct options_double){
			.rule = rule,
			.line = *origin,
			.later = setting->origin,
		};
	*origin = setting->origin;
}

#define PART_MAX 12 /* bytes that are shown of a part */

/*
 * Writes "PART ", what of @value is wrong, or nothing, if all of it is.  A part
 * ends where its bracket does, or the name that it is in.
 */
static void write_part(char shown[ESCAPE_SHOWN_MAX + 1],
		       const struct rule *rule, const char *value)
{
	const char *begin = rule->part ? rule->part(value) : NULL;
	char part[PART_MAX + 1] = "";
	size_t len = 1;

	shown[0] = '\0';
	if (!begin)
		return;
	if (*begin == '{')
		len = strcspn(begin, "}/");
	if (begin[len] != '\0' && begin[len] != '/' && *begin != '}')
		len++;
	snprintf(part, sizeof(part), "%.*s", (int)len, begin);
	escape_shown(shown, part);
	strcat(shown, " ");
}

/* The value is not allowed. */
static int refuse_value(char *error, const struct setting *setting,
			const struct rule *rule)
{
	const char *why =
		rule->wrong ? rule->wrong(setting->value) : "not allowed";
	char part[ESCAPE_SHOWN_MAX + 1];

	write_part(part, rule, setting->value);
	return refuse_setting(error, setting, "%s%s; allowed is %s", part, why,
			      rule->allowed);
}

static int apply(struct options *options, const struct setting *setting,
		 char *error)
{
	const struct rule *rule = rules_find(setting->name, setting->name_len);
	const char *value = setting->value;

	if (!rule)
		return refuse_unknown(error, setting);
	if (setting->path && strcmp(rule->name, "conf") == 0)
		return refuse_setting(
			error, setting,
			"not allowed in a file that conf= names; allowed "
			"is conf= on the command line");
	if (!value)
		return refuse_setting(error, setting,
				      "needs a value; %s=%s, %s", rule->name,
				      rule->value, rule->allowed);
	if (*value == '\0')
		return refuse_setting(error, setting,
				      "empty value; allowed is %s",
				      rule->allowed);
	if (!rule->set(rule, &options->settings, value))
		return refuse_value(error, setting, rule);
	note_origin(options, rule, setting);
	return 0;
}

static int parse_argument(struct options *options, const char *argument,
			  char *error)
{
	bool dashed = strncmp(argument, "--", 2) == 0;
	const char *name = dashed ? argument + 2 : argument;
	size_t len = strcspn(name, "=");
	const struct setting setting = {
		.origin = OPTIONS_COMMAND_LINE,
		.dashes = dashed ? "--" : "",
		.name = name,
		.name_len = len,
		.value = name[len] == '=' ? name + len + 1 : NULL,
	};

	if (parse_mode(options, argument))
		return 0;
	return apply(options, &setting, error);
}

static int parse_file(struct options *options, const struct options_file *from,
		      char *error)
{
	struct conffile file = { .text = from->text, .len = from->len };

	while (conffile_next(&file)) {
		const struct setting setting = {
			.path = from->path,
			.origin = (uint32_t)file.line,
			.dashes = "",
			.name = file.key,
			.name_len = file.key ? strlen(file.key) : 0,
			.value = file.value,
		};
		int n;

		if (file.wrong) {
			n = conffile_place(error, from->path, setting.origin);
			snprintf(error + n, ERROR_MAX - (size_t)n, "%s",
				 file.wrong);
			return -1;
		}
		if (apply(options, &setting, error))
			return -1;
	}
	return 0;
}

static uint32_t origin_of(const struct options *options, const char *name)
{
	const struct rule *rule = rules_find(name, strlen(name));
	uint32_t origin = options->origins[rules_place(rule)];

	return origin == OPTIONS_COMMAND_LINE ? 0 : origin;
}

/*
 * Writes into @error that the values of @a and @b don't go together, at the
 * place of what set one of them in the file, the later one.
 */
static int refuse_both(char *error, const struct options *options,
		       const char *path, const char *a, const char *b,
		       const char *format, ...)
{
	uint32_t line = origin_of(options, a);
	va_list args;
	int n;

	if (origin_of(options, b) > line)
		line = origin_of(options, b);
	n = conffile_place(error, line > 0 ? path : NULL, line);
	va_start(args, format);
	vsnprintf(error + n, ERROR_MAX - (size_t)n, format, args);
	va_end(args);
	return -1;
}

/* raw=yes writes bytes as they came. */
static int check_raw(const struct options *options, const char *path,
		     char *error)
{
	const struct settings *settings = &options->settings;

	if (settings->raw && settings->json)
		return refuse_both(
			error, options, path, "raw", "format",
			"raw=yes: not allowed with format=json, which cannot "
			"hold arbitrary bytes; allowed is raw=no, or "
			"format=text");
	if (settings->raw && settings->hides_ansi)
		return refuse_both(
			error, options, path, "raw", "ansi",
			"raw=yes: not allowed with ansi=hide, which changes "
			"what came; allowed is raw=no, or ansi=show");
	return 0;
}

/* The longest line must fit into the queue, even if each byte is escaped. */
static int check_queue(const struct options *options, const char *path,
		       char *error)
{
	const struct settings *settings = &options->settings;
	unsigned long growth =
		settings->json ? ESCAPE_GROWTH_JSON : ESCAPE_GROWTH;
	unsigned long least = settings->wbuf_bytes * (growth + 1);

	if (settings->queue_bytes >= least)
		return 0;
	return refuse_both(error, options, path, "queue", "wbuf",
			   "queue=%lu: too small for wbuf=%lu; allowed is %lu "
			   "or more with that",
			   settings->queue_bytes, settings->wbuf_bytes, least);
}

/* What stands in DIR must have other names than the log files. */
static int check_names(const struct options *options, const char *path,
		       char *error)
{
	const struct settings *s = &options->settings;
	const char *wrong =
		s->link ? linkname_wrong_with(s->link, &s->file) : NULL;
	char shown[ESCAPE_SHOWN_MAX];

	escape_shown(shown, s->file.pattern);
	if (wrong)
		return refuse_both(error, options, path, "link", "file",
				   "link=%s: not allowed with file=%s: %s",
				   s->link, shown, wrong);
	wrong = s->incidents ? linkname_wrong_with_incidents(&s->file) : NULL;
	if (wrong)
		return refuse_both(error, options, path, "incidents", "file",
				   "incidents=yes: not allowed with file=%s: "
				   "%s",
				   shown, wrong);
	return 0;
}

int options_check(const struct options *options, const char *path,
		  char error[ERROR_MAX])
{
	if (check_raw(options, path, error) ||
	    check_names(options, path, error))
		return -1;
	return check_queue(options, path, error);
}

/* Text is to be printed, whatever else was asked for. */
static bool prints(const struct options *options)
{
	return options->mode == OPTIONS_HELP ||
	       options->mode == OPTIONS_VERSION;
}

static int parse_arguments(struct options *options, int argc,
			   char *const argv[], char *error)
{
	int i;

	for (i = 1; i < argc && !prints(options); i++)
		if (parse_argument(options, argv[i], error))
			return -1;
	return 0;
}

static void set_defaults(struct options *options)
{
	*options = (struct options){ .mode = OPTIONS_RUN };
	rules_defaults(&options->settings);
}

int options_parse(struct options *options, int argc, char *const argv[],
		  char error[ERROR_MAX])
{
	set_defaults(options);
	if (parse_arguments(options, argc, argv, error))
		return -1;
	return options->settings.conf || prints(options)
		       ? 0
		       : options_check(options, NULL, error);
}

int options_parse_file(struct options *options, int argc, char *const argv[],
		       const struct options_file *file, char error[ERROR_MAX])
{
	set_defaults(options);
	if (parse_file(options, file, error) ||
	    parse_arguments(options, argc, argv, error))
		return -1;
	return options_check(options, file->path, error);
}

int options_check_paths(const struct settings *settings, const char *dir,
			char error[ERROR_MAX])
{
	size_t longest = strlen(dir) + 1 +
			 linkname_longest(settings->link, &settings->file,
					  settings->incidents);
	char shown[ESCAPE_SHOWN_MAX];

	if (longest <= PATH_MAX)
		return 0;
	escape_shown(shown, settings->dir);
	snprintf(error, ERROR_MAX,
		 "dir=%s: too long for file=, with which paths can have %zu "
		 "bytes; allowed are %d",
		 shown, longest - 1, PATH_MAX - 1);
	return -1;
}
